#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs contributed operators in ONNX Runtime, and compares with what onnxray infers.

    ONNXRAY=build/onnxray python3 tests/truth/infer_microsoft.py [NAME...]

The cases are in infer_microsoft_cases.py: one node each, with inputs. Outputs are declared without
a type. Every model is asked about twice: with the sizes of the inputs as numbers, and with a symbol
for each size of each input that is not an initializer; those answers are evaluated at the numbers.
What comes out of a run is the truth. Operators without a CPU kernel have an expectation instead, by
their definition.

    NAME    only cases whose name begins so

Exit status: 0 all agree, 1 some do not, 77 onnxruntime is missing. The last line is
"N passed, N failed[, N skipped]": answers, and costs.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

try:
    import numpy as np
    import onnx
    import onnxruntime as ort
    from onnx import helper, numpy_helper
except ImportError as missing:
    print(f"notice: skipped, {missing}")
    print("0 passed, 0 failed, 1 skipped")
    sys.exit(77)

from dims import agrees
from infer_microsoft_cases import CASES, Case

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = os.environ.get("ONNXRAY") or str(ROOT / "build/onnxray")
SECONDS = 120
NAMES = {"object": "string"}

Type = tuple[str, list[int]]


def model_of(case: Case, symbolic: bool) -> tuple[onnx.ModelProto, dict[str, int]]:
    """The model, and what its symbols stand for."""
    inputs, initializers, values = [], [], {}
    for name, value in case.inputs.items():
        if value is None:
            continue
        if name in case.fixed:
            initializers.append(numpy_helper.from_array(value, name))
            continue
        shape: list[int | str] = list(value.shape)
        if symbolic:
            shape = [f"{name}_{i}" for i in range(value.ndim)]
            values |= dict(zip(shape, value.shape))
        kind = helper.np_dtype_to_tensor_dtype(value.dtype)
        inputs.append(helper.make_tensor_value_info(name, kind, shape))
    outputs = [f"o{i}" if wanted else "" for i, wanted in enumerate(case.outputs)]
    node = helper.make_node(case.op, [name if value is not None else ""
                                      for name, value in case.inputs.items()],
                            outputs, domain=case.domain, **case.attributes)
    graph = helper.make_graph([node], "g", inputs,
                              [helper.make_empty_tensor_value_info(o) for o in outputs if o],
                              initializers)
    imports = [helper.make_opsetid("", 17)]
    if case.domain:
        imports.append(helper.make_opsetid(case.domain, case.opset))
    else:
        imports = [helper.make_opsetid("", case.opset)]
    return helper.make_model(graph, opset_imports=imports, ir_version=9), values


def run(case: Case) -> list[Type] | str:
    """Types of what comes out; text: it does not run."""
    options = ort.SessionOptions()
    options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.log_severity_level = 4
    try:
        session = ort.InferenceSession(model_of(case, False)[0].SerializeToString(), options,
                                       providers=["CPUExecutionProvider"])
        found = session.run(None, {name: value for name, value in case.inputs.items()
                                   if value is not None and name not in case.fixed})
    except Exception as error:  # onnxruntime has many kinds, and no common base
        return str(error).splitlines()[0][:200]
    return [(NAMES.get(str(one.dtype), str(one.dtype)), list(one.shape)) for one in found]


def ask(paths: list[str]) -> list[dict[str, Any]]:
    done = subprocess.run([PROGRAM, "summary", "-f", "ndjson", "--", *paths], capture_output=True,
                          text=True, timeout=SECONDS, check=False)
    found = [json.loads(line) for line in done.stdout.splitlines()]
    if done.returncode < 0 or len(found) != len(paths):
        print(f"exit {done.returncode}, {len(found)} of {len(paths)} models: {done.stderr[:300]}")
        sys.exit(1)
    return found


def judge(case: Case, truth: list[Type], answer: dict[str, Any],
          values: dict[str, int]) -> tuple[list[str], list[str]]:
    """What is wrong, and what is missing."""
    wrong, missing = [], []
    if "error" in answer:
        return [answer["error"]["message"]], []
    if answer["findings"]["warning"]:
        wrong.append("a complaint about a sound node")
    positions = [i for i, wanted in enumerate(case.outputs) if wanted]
    for at, (kind, shape), ours in zip(positions, truth, answer["graph"]["outputs"]):
        what = f"output {at}: {ours['type']} {ours['shape']} where {kind} {shape}"
        if ours["type"] in (None, "unknown"):
            missing.append(what)
        elif ours["type"] != kind:
            wrong.append(what)
        if ours["shape"] is None:
            missing.append(what)
            continue
        if len(ours["shape"]) != len(shape):
            wrong.append(what)
            continue
        for axis, (dim, number) in enumerate(zip(ours["shape"], shape)):
            same = agrees(dim, number, values)
            if same is False:
                wrong.append(what)
            elif same is None and (at, axis) not in case.free:
                missing.append(what)
    return wrong, missing


def cost_of(answer: dict) -> int | str | None:
    """Multiply-accumulates: a number, a formula, or None."""
    compute = answer.get("compute", {})
    macs = compute.get("macs")
    return macs if macs is not None else compute.get("macs_expression")


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("only", nargs="*")
    options = parser.parse_args()
    cases = [case for case in CASES
             if not options.only or case.name.startswith(tuple(options.only))]
    passed = failed = ran = 0
    truths: list[list[Type]] = []
    for case in cases:
        found = run(case) if case.runs else "has no kernel"
        if case.expect:
            if not isinstance(found, str) and found != case.expect:
                print(f"case {case.name}: {found} where {case.expect} is expected")
                failed += 1
        elif isinstance(found, str):
            print(f"case {case.name} does not run: {found}")
            failed += 1
        ran += not isinstance(found, str)
        truths.append(case.expect or (found if not isinstance(found, str) else []))
    with tempfile.TemporaryDirectory() as folder:
        for symbolic in (False, True):
            how = "symbols" if symbolic else "numbers"
            models, paths = [], []
            for i, case in enumerate(cases):
                models.append(model_of(case, symbolic))
                paths.append(f"{folder}/{how}{i}.onnx")
                Path(paths[-1]).write_bytes(models[-1][0].SerializeToString())
            answers = ask(paths)
            counts = any(cost_of(answer) for answer in answers)
            if not counts:
                print("notice: this program does not say what nodes cost")
            for case, truth, answer, (_, values) in zip(cases, truths, answers, models):
                wrong, missing = judge(case, truth, answer, values)
                if symbolic and case.dark:
                    missing = []
                for text in wrong:
                    print(f"WRONG ({how}) {case.name}: {text}")
                for text in missing:
                    print(f"open ({how}) {case.name}: {text}")
                failed += bool(wrong or missing)
                passed += not (wrong or missing)
                if case.macs is None or not counts:
                    continue
                macs = cost_of(answer)
                good = agrees(macs, case.macs, values) is True or (symbolic and case.dark)
                if not good:
                    print(f"WRONG ({how}) {case.name}: {macs} MACs where {case.macs}")
                failed += not good
                passed += good
    print(f"{len(cases)} cases, {len({(c.domain, c.op) for c in cases})} operators, "
          f"{ran} cases ran in onnxruntime {ort.__version__}")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
