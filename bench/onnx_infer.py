#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Infers the shapes of a model with the onnx package, for comparison.

    onnx_infer.py MODEL [RUNS]      {"nodes": n, "known": n, "cpu": s, "wall": s}

Importing and reading are not measured; the best of all runs counts. `known` are values that have a
shape afterwards.
"""

from __future__ import annotations

import json
import sys
import time


def main() -> None:
    import onnx

    model = onnx.load(sys.argv[1], load_external_data=False)
    best = (float("inf"), float("inf"))
    known = 0
    for _ in range(int(sys.argv[2]) if len(sys.argv) > 2 else 3):
        wall, cpu = time.perf_counter(), time.process_time()
        result = onnx.shape_inference.infer_shapes(model, strict_mode=False, data_prop=True)
        best = min(best, (time.process_time() - cpu, time.perf_counter() - wall))
        known = sum(value.type.tensor_type.HasField("shape")
                    for value in (*result.graph.value_info, *result.graph.output))
    print(json.dumps({"nodes": len(model.graph.node), "known": known, "cpu": best[0],
                      "wall": best[1]}))


if __name__ == "__main__":
    main()
