#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Holds what `onnxray summary --count` says against what the tools of that name print.

    B=build ONNXRAY=build/onnxray python3 tests/truth/count_truth.py [-v]

    thop        ResNets of nets.py, with the numbers that thop.profile is known to print
    symbols     the same with the batch as a symbol: the cost of one, times it
    onnx-tool   the light models of the onnx package, with the totals of onnx-tool
    functions   operators that the standard spells out as functions: the node test of the operator
                and that of its expansion cost the same multiply-accumulates

Exit status: 0 all agree, 1 some do not, 77 the `onnx` package is missing.
The last line is "N passed, N failed".
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path

from corpus_truth import PROGRAM, onnx
from nets import WEIGHTS, build

LIGHT = [Path(onnx.__file__).parent / "backend/test/data/light",
         Path("/usr/share/libonnx-testdata/data/light")]
ONNX_TOOL = {
    "light_bvlc_alexnet": 675839112, "light_densenet121": 3369419240,
    "light_inception_v1": 1481545240, "light_inception_v2": 2157663112,
    "light_resnet50": 4450789512, "light_shufflenet": 234546984, "light_squeezenet": 357511224,
    "light_vgg19": 19667941512, "light_zfnet512": 1542366888}
THOP = {"resnet18": 1824033792, "resnet34": 3678739456, "resnet50": 4133742592,
        "resnet101": 7866435584}
FUNCTIONS = r"test_(attention|linear_attention|causal_conv)"


def costs(paths: list[Path], counting: str = "macs") -> list[object]:
    """The totals of models: a number, a formula as text, or None where something is unknown."""
    out: list[object] = []
    for start in range(0, len(paths), 100):
        part = [str(path) for path in paths[start:start + 100]]
        run = subprocess.run([PROGRAM, "summary", "-f", "ndjson", "--count", counting, *part],
                             capture_output=True, text=True, check=False)
        answers = [json.loads(line)["compute"] for line in run.stdout.splitlines()]
        out += [answer["macs"] if answer["macs"] is not None else answer.get("macs_expression")
                for answer in answers]
    return out


class Tally:
    def __init__(self) -> None:
        self.passed = self.failed = 0

    def same(self, what: str, got: object, expected: object) -> None:
        self.passed += got == expected
        self.failed += got != expected
        if got != expected:
            print(f"FAILED: {what}: {got}, expected {expected}")
        elif "-v" in sys.argv:
            print(f"ok: {what}: {got}")


def networks(work: Path, tally: Tally) -> None:
    largest = 0
    for name, printed in THOP.items():
        model, size = build(name)
        largest = max(largest, size)
        with open(work / WEIGHTS, "ab") as hole:
            hole.truncate(largest)
        path = work / f"{name}.onnx"
        onnx.save(model, path)
        tally.same(f"{name}, thop", costs([path], "thop"), [printed])
        one = costs([path])[0]
        model.graph.input[0].type.tensor_type.shape.dim[0].dim_param = "N"
        onnx.save(model, path)
        tally.same(f"{name}, batch N", costs([path]), [f"{one}*N"])


def light(tally: Tally) -> None:
    folder = next((f for f in LIGHT if f.is_dir()), None)
    files = sorted(folder.glob("light_*.onnx")) if folder else []
    for path, total in zip(files, costs(files, "onnx-tool")):
        tally.same(f"{path.stem}, onnx-tool", total, ONNX_TOOL.get(path.stem))


def functions(work: Path, tally: Tally) -> None:
    from onnx.backend.test.loader import load_model_tests
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tests = [t for t in load_model_tests(kind="node") if re.match(FUNCTIONS, t.name)]
    paths = {}
    for test in tests:
        paths[test.name] = work / f"{test.name}.onnx"
        onnx.save(getattr(test, "model", None) or onnx.load(Path(test.model_dir) / "model.onnx"),
                  paths[test.name])
    found = dict(zip(paths, costs(list(paths.values()))))
    for name, macs in found.items():
        if name + "_expanded" in found:
            tally.same(f"{name} and its expansion", macs, found[name + "_expanded"])


def main() -> int:
    tally = Tally()
    with tempfile.TemporaryDirectory() as folder:
        networks(Path(folder), tally)
        light(tally)
        functions(Path(folder), tally)
    print(f"{tally.passed} passed, {tally.failed} failed")
    return 1 if tally.failed else 0


if __name__ == "__main__":
    sys.exit(main())
