#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Infers the shapes of a model with the onnx package, for comparison.

    onnx_infer.py MODEL [RUNS]      {"nodes": n, "known": n, "propagated": s, "plain": s}

Seconds of CPU time, with and without data propagation; importing and reading are not measured, and
the best of all runs counts. `known` are values that have a shape with it.
"""

from __future__ import annotations

import json
import sys
import time


def main() -> None:
    import onnx

    model = onnx.load(sys.argv[1], load_external_data=False)
    best = {True: float("inf"), False: float("inf")}
    known = 0
    for _ in range(int(sys.argv[2]) if len(sys.argv) > 2 else 3):
        for data_prop in (True, False):
            started = time.process_time()
            result = onnx.shape_inference.infer_shapes(model, strict_mode=False,
                                                       data_prop=data_prop)
            best[data_prop] = min(best[data_prop], time.process_time() - started)
            if data_prop:
                known = sum(value.type.tensor_type.HasField("shape")
                            for value in (*result.graph.value_info, *result.graph.output))
            del result
    print(json.dumps({"nodes": len(model.graph.node), "known": known, "propagated": best[True],
                      "plain": best[False]}))


if __name__ == "__main__":
    main()
