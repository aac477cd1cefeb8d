#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Reads a model with the onnx package: the peer that everybody knows.

    onnx_load.py --version      which onnx, protobuf and backend
    onnx_load.py MODEL          {"import_cpu": s, "cpu": s, "wall": s, "error": null or its name}

Importing the package is measured apart, so that only reading is compared.
"""

from __future__ import annotations

import json
import os
import sys
import time


def main() -> None:
    import onnx

    import_cpu = time.process_time()
    if sys.argv[1:] == ["--version"]:
        import google.protobuf
        from google.protobuf.internal import api_implementation

        print(f"onnx {onnx.__version__}, protobuf {google.protobuf.__version__} "
              f"({api_implementation.Type()})")
        return
    error = None
    wall, cpu = time.perf_counter(), time.process_time()
    try:
        model = onnx.load(sys.argv[1], load_external_data=False)
        del model
    except Exception as refused:  # pylint: disable=broad-except
        error = type(refused).__name__
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    answer = {"import_cpu": import_cpu, "cpu": cpu, "wall": wall, "error": error}
    # stdout may lead nowhere while memory is measured; the caller asks for this file then.
    with open(os.environ.get("ONNX_LOAD_ANSWER", "/dev/stdout"), "w", encoding="utf-8") as out:
        print(json.dumps(answer), file=out)


if __name__ == "__main__":
    main()
