#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Infers the shapes of onnx's backend node tests, and compares with what they declare.

    B=build ONNXRAY=build/onnxray python3 tests/truth/infer_nodes.py [-v] [--reference] [NAME...]

Two sets: the node tests of Debian's libonnx-testdata ($TESTDATA/node), and those that the installed
`onnx` package generates, if it is new enough. Each model loses the declared types of its outputs
and its value infos. Then the program is asked twice: plain, and bound, with the test's input
tensors as constants (--bind). Element type, rank and dimensions of every output are compared with
what had been declared, symbols up to renaming; for sequences and optionals the type as text. The
output data of the test is the last word: where the declared shape contradicts it, it is the truth.

    exact   all is known, and as it should be
    partial rank is known, some dimensions are not
    type    only the element type is known
    other   less than that
    CONFLICT a type, rank or number that is wrong

-v lists what is not exact with its operators, --reference adds rows for onnx.shape_inference,
--deep takes the types of the outputs of bodies as well. NAME: only these tests (glob).

Models are kept in $ORAY_NODE_CACHE (default $B/node-tests). The last line is
"N passed, N failed[, N skipped]": outputs without a conflict, and gates.
"""

from __future__ import annotations

import argparse
import fnmatch
import hashlib
import json
import os
import shutil
import subprocess
import sys
import warnings
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from corpus_truth import PROGRAM, ROOT, described, element_name, onnx
from dims import Dim, agrees, bind, is_symbol

BUILD = Path(os.environ.get("B") or ROOT / "build")
CACHE = Path(os.environ.get("ORAY_NODE_CACHE") or BUILD / "node-tests")
TESTDATA = Path(os.environ.get("TESTDATA") or "/usr/share/libonnx-testdata/data")
WORKERS = 2
BATCH = 100
SECONDS = 120
NEWEST = 1700  # a package with fewer node tests is an old one

# Least number of exact outputs: so many of so many. The sets grow, the shares stay.
GATES = {("debian", "plain"): (970, 1119), ("debian", "bound"): (1070, 1119),
         ("newest", "plain"): (1780, 2179), ("newest", "bound"): (2060, 2179)}


@dataclass
class Test:
    """One model without its answers, and the answers."""

    name: str
    model: str                       # path of the stripped model
    op: str
    binds: list[tuple[str, str]]     # input, file of its value
    outputs: list[dict[str, Any]]    # as declared: name, type, shape
    data: list[dict[str, Any] | None]  # as in the test's output data: type, shape


# ---- Making the models -------------------------------------------------------------------------

def operators(model: onnx.ModelProto) -> str:
    names = list(dict.fromkeys(node.op_type for node in model.graph.node))
    return names[0] if len(names) == 1 else f"multi({','.join(names[:6])}" + \
        (",...)" if len(names) > 6 else ")")


def strip(graph: onnx.GraphProto, deep: bool) -> None:
    del graph.value_info[:]
    for output in graph.output:
        output.ClearField("type")
    if deep:
        for node in graph.node:
            for attribute in node.attribute:
                for body in (*([attribute.g] if attribute.HasField("g") else ()),
                             *attribute.graphs):
                    strip(body, deep)


def strip_model(data: bytes, deep: bool) -> bytes:
    model = onnx.ModelProto()
    model.ParseFromString(data)
    strip(model.graph, deep)
    for function in getattr(model, "functions", ()):
        if hasattr(function, "value_info"):
            del function.value_info[:]
    return model.SerializeToString()


def tensor_of(value: Any) -> onnx.TensorProto | None:
    """A tensor of what a test hands over; None for sequences, absent optionals and the like."""
    if isinstance(value, onnx.TensorProto):
        return value
    if value is None or isinstance(value, (list, dict, tuple)):
        return None
    import numpy
    return onnx.numpy_helper.from_array(numpy.asarray(value))


def facts(tensor: onnx.TensorProto | None) -> dict[str, Any] | None:
    return None if tensor is None else {"type": element_name(tensor.data_type),
                                        "shape": list(tensor.dims)}


def is_tensor(value: onnx.ValueInfoProto) -> bool:
    return value.type.HasField("tensor_type")


def make(folder: Path, name: str, model: onnx.ModelProto, deep: bool,
         inputs: list[onnx.TensorProto | None], files: list[Path] | None,
         outputs: list[onnx.TensorProto | None]) -> Test:
    place = folder / name
    place.mkdir(parents=True)
    binds = []
    for i, (value, tensor) in enumerate(zip(model.graph.input, inputs)):
        if tensor is not None and is_tensor(value):
            path = files[i] if files else place / f"input_{i}.pb"
            if not files:
                path.write_bytes(tensor.SerializeToString())
            binds.append((value.name, str(path)))
    declared = [{"name": value.name, **described(value.type)} for value in model.graph.output]
    (place / "model.onnx").write_bytes(strip_model(model.SerializeToString(), deep))
    found = [facts(tensor) for tensor in outputs]
    found += [None] * (len(declared) - len(found))
    return Test(name, str(place / "model.onnx"), operators(model), binds, declared, found)


def parse(path: Path) -> onnx.TensorProto | None:
    tensor = onnx.TensorProto()
    try:
        tensor.ParseFromString(path.read_bytes())
    except Exception:  # a sequence, or nothing
        return None
    return tensor


def debian(folder: Path, deep: bool) -> Iterator[Test]:
    for place in sorted(path.parent for path in (TESTDATA / "node").glob("*/model.onnx")):
        model = onnx.load(str(place / "model.onnx"))
        data = place / "test_data_set_0"
        files = [data / f"input_{i}.pb" for i in range(len(model.graph.input))]
        results = [data / f"output_{i}.pb" for i in range(len(model.graph.output))]

        def tensors(values: Any, paths: list[Path]) -> list[onnx.TensorProto | None]:
            return [parse(path) if is_tensor(value) and path.is_file() else None
                    for value, path in zip(values, paths)]

        yield make(folder, place.name, model, deep, tensors(model.graph.input, files), files,
                   tensors(model.graph.output, results))


def newest(folder: Path, deep: bool) -> Iterator[Test]:
    from onnx.backend.test import loader
    cases = loader.load_model_tests(kind="node")
    if len(cases) < NEWEST or any(case.model is None for case in cases):
        return
    for case in cases:
        inputs, outputs = case.data_sets[0]
        yield make(folder, case.name, case.model, deep, [tensor_of(value) for value in inputs],
                   None, [tensor_of(value) for value in outputs])


SETS = {"debian": debian, "newest": newest}


def tests_of(which: str, deep: bool) -> list[Test]:
    """From the cache, or made now."""
    digest = hashlib.sha256(Path(__file__).read_bytes()).hexdigest()[:16]
    stamp = f"{digest} {onnx.__version__} {TESTDATA if which == 'debian' else ''}"
    folder = (CACHE / (which + ("-deep" if deep else ""))).resolve()
    index = folder / "tests.json"
    try:
        kept = json.loads(index.read_text())
        if kept["stamp"] == stamp:
            return [Test(**test) for test in kept["tests"]]
    except (OSError, ValueError, KeyError, TypeError):
        pass
    shutil.rmtree(folder, ignore_errors=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the tests divide by zero on purpose
        tests = list(SETS[which](folder, deep))
    if tests:
        draft = index.with_suffix(".part")
        draft.write_text(json.dumps({"stamp": stamp, "tests": [vars(test) for test in tests]}))
        os.replace(draft, index)
    return tests


# ---- Asking ------------------------------------------------------------------------------------

Answer = dict[str, Any] | str  # a summary, or what went wrong


def run(arguments: Iterable[str]) -> tuple[int, list[Any], str]:
    done = subprocess.run([PROGRAM, "summary", "-f", "ndjson", *arguments], capture_output=True,
                          timeout=SECONDS, check=False)
    lines = done.stdout.decode("utf-8", "surrogateescape").splitlines()
    found = []
    for line in lines:
        try:
            found.append(json.loads(line))
        except ValueError:
            break
    return done.returncode, found, done.stderr.decode("utf-8", "replace").strip()


def single(test: Test, bound: bool) -> Answer:
    binds = [f"--bind={name}={path}" for name, path in test.binds] if bound else []
    try:
        code, found, complaint = run([*binds, "--", test.model])
    except subprocess.TimeoutExpired:
        return f"no answer within {SECONDS} s"
    if code < 0 or not found:
        return f"exit {code}: {complaint[:160]}"
    if "error" in found[0]:
        return f"exit {code}: {found[0]['error'].get('message')}"
    return found[0]


def batch(tests: list[Test]) -> list[Answer]:
    """Many models, one run. If that does not go well, one by one to see whose fault it is."""
    try:
        code, found, _ = run(["--", *(test.model for test in tests)])
    except subprocess.TimeoutExpired:
        code, found = -1, []
    files = [one.get("file", {}).get("path") for one in found]
    if code == 0 and files == [test.model for test in tests]:
        return found
    return [single(test, False) for test in tests]


def ask(tests: list[Test], bound: bool) -> list[Answer]:
    with ThreadPoolExecutor(WORKERS) as pool:
        if bound:
            return list(pool.map(lambda test: single(test, True), tests))
        parts = [tests[at:at + BATCH] for at in range(0, len(tests), BATCH)]
        return [answer for answers in pool.map(batch, parts) for answer in answers]


def reference(tests: list[Test], bound: bool) -> list[Answer]:
    """What onnx.shape_inference says, in the form of a summary."""
    answers: list[Answer] = []
    for test in tests:
        model = onnx.load(test.model)
        if bound:
            for name, path in test.binds:
                tensor = parse(Path(path))
                if tensor is not None:
                    tensor.name = name
                    model.graph.initializer.append(tensor)
        try:
            model = onnx.shape_inference.infer_shapes(model, strict_mode=False, data_prop=True)
        except Exception as wrong:
            answers.append(str(wrong))
            continue
        outputs = []
        for value in model.graph.output:
            one = {"name": value.name,
                   **described(value.type if value.HasField("type") else None)}
            if one["shape"]:
                one["shape"] = [None if str(dim).startswith("unk__") else dim
                                for dim in one["shape"]]
            outputs.append(one)
        answers.append({"graph": {"outputs": outputs}})
    return answers


# ---- Judging -----------------------------------------------------------------------------------

GRADES = ("exact", "partial", "type", "other", "conflict")


def shown(one: dict[str, Any] | None) -> str:
    if one is None:
        return "nothing"
    shape = one.get("shape")
    dims = "?" if shape is None else "[" + ",".join("?" if d is None else str(d) for d in shape) \
        + "]"
    return f"{one.get('type') or '?'}{dims}"


class Judge:
    """The outputs of one model."""

    def __init__(self, test: Test, answer: Answer) -> None:
        outputs = answer["graph"]["outputs"] if isinstance(answer, dict) else []
        self.test = test
        self.found = [outputs[i] if i < len(outputs) else None for i in range(len(test.outputs))]
        self.values: dict[str, int] = {}
        self.renamed: dict[str, str] = {}
        bind(((one["shape"], data["shape"]) for one, data in zip(self.found, test.data)
              if one and data), self.values)

    def grades(self) -> Iterator[tuple[str, str]]:
        """Of each output: grade, and what was wrong with the declared shape."""
        for found, declared, data in zip(self.found, self.test.outputs, self.test.data):
            truth, wrong = dict(declared), ""
            shape = declared["shape"]
            if data is not None and shape is not None and (
                    len(shape) != len(data["shape"]) or
                    any(isinstance(d, int) and d != n for d, n in zip(shape, data["shape"]))):
                wrong = f"declares {shown(declared)}, its data is {shown(data)}"
                truth["shape"] = data["shape"]
            yield self.grade(found, truth, data), wrong

    def grade(self, found: dict[str, Any] | None, truth: dict[str, Any],
              data: dict[str, Any] | None) -> str:
        if found is None or found["name"] != truth["name"]:
            return "other"
        if "(" in (truth["type"] or ""):
            return self.other(found["type"], truth["type"])
        if found["type"] is not None and found["type"] != truth["type"]:
            return "conflict"
        numbers = data["shape"] if data else None
        if found["shape"] is None:
            if truth["shape"] is None and found["type"]:
                return "exact"
            return "type" if found["type"] else "other"
        wanted = numbers if truth["shape"] is None else truth["shape"]
        if wanted is None:
            return "exact" if found["type"] else "other"
        if len(found["shape"]) != len(wanted):
            return "conflict"
        exact = True
        for i, (ours, theirs) in enumerate(zip(found["shape"], wanted)):
            if truth["shape"] is None:
                theirs = None
            one = self.dim(ours, theirs, numbers[i] if numbers else None)
            if one is None:
                return "conflict"
            exact &= one
        return ("exact" if exact else "partial") if found["type"] else "other"

    def dim(self, ours: Dim, theirs: Dim, number: int | None) -> bool | None:
        """Whether all is known; None: it is wrong."""
        if number is None and isinstance(theirs, int):
            number = theirs
        if number is not None and agrees(ours, number, self.values) is False:
            return None
        if theirs is None:
            return True
        if isinstance(ours, int) or isinstance(theirs, int):
            return isinstance(ours, int)
        if not is_symbol(ours):
            return False
        return self.renamed.setdefault(theirs, str(ours)) == ours

    @staticmethod
    def other(found: str | None, truth: str) -> str:
        if found is None or found == "unknown":
            return "other"
        if found == truth:
            return "exact"
        start, _, end = found.partition("unknown")
        return "type" if "unknown" in found and truth.startswith(start) and \
            truth.endswith(end) else "conflict"


@dataclass
class Result:
    """One row of the table."""

    which: str
    mode: str
    counts: Counter[str] = field(default_factory=Counter)
    open: list[str] = field(default_factory=list)
    conflicts: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    def line(self) -> str:
        share = 100 * self.counts["exact"] / max(self.total, 1)
        return f"{self.which:<8}{self.mode:<18}{self.total:>6}" + \
            "".join(f"{self.counts[grade]:>9}" for grade in GRADES) + f"{share:>8.1f} %"


def judge(which: str, mode: str, tests: list[Test], answers: list[Answer]) -> Result:
    result = Result(which, mode)
    for test, answer in zip(tests, answers):
        if isinstance(answer, str):
            result.broken.append(f"{test.name}: {answer}")
        judged = Judge(test, answer)
        for i, (grade, wrong) in enumerate(judged.grades()):
            result.counts[grade] += 1
            what = f"{test.name} ({test.op}) {test.outputs[i]['name']}: " \
                f"{shown(judged.found[i])}, declared {shown(test.outputs[i])}"
            if test.data[i] is not None and test.data[i]["shape"] != test.outputs[i]["shape"]:
                what += f", data {shown(test.data[i])}"
            if grade == "conflict":
                result.conflicts.append(what)
            elif grade != "exact":
                result.open.append(f"{grade:<8}{what}")
            if wrong:
                result.wrong.append(f"{test.name} {wrong}")
    return result


def main() -> int:
    parser = argparse.ArgumentParser(description="Infers the backend node tests of onnx.")
    parser.add_argument("-v", "--verbose", action="store_true", help="list what is not exact")
    parser.add_argument("--set", choices=SETS, action="append", help="only this set")
    parser.add_argument("--mode", choices=("plain", "bound"), action="append")
    parser.add_argument("--reference", action="store_true", help="what onnx.shape_inference knows")
    parser.add_argument("--deep", action="store_true", help="bodies lose their types as well")
    parser.add_argument("only", nargs="*", metavar="NAME", help="only these tests (glob)")
    options = parser.parse_args()
    results: list[Result] = []
    passed = failed = skipped = 0
    knows = "--bind" in subprocess.run([PROGRAM, "summary", "--help"], capture_output=True,
                                       text=True, check=False).stdout
    if not knows:
        print("notice: this program has no --bind yet")
    print(f"{'':26}{'total':>6}" + "".join(f"{grade:>9}" for grade in GRADES) + f"{'':>10}")
    for which in options.set or SETS:
        tests = tests_of(which, options.deep)
        if options.only:
            tests = [test for test in tests
                     if any(fnmatch.fnmatchcase(test.name, one) for one in options.only)]
        if not tests:
            print(f"notice: no node tests: {which}")
            skipped += 1
            continue
        for mode in options.mode or ("plain", "bound"):
            bound = mode == "bound"
            results.append(judge(which, mode, tests, ask(tests, bound and knows)))
            print(results[-1].line(), flush=True)
            if options.reference:
                print(judge(which, f"{mode} (onnx)", tests, reference(tests, bound)).line())
    for wrong in sorted({one for result in results for one in result.wrong}):
        print(f"note: {wrong}: the data is the truth")
    for result in results:
        where = f"{result.which}, {result.mode}"
        for text in result.open if options.verbose else ():
            print(f"open ({where}): {text}")
        for text in result.broken:
            print(f"FAILED ({where}): {text}")
        for text in result.conflicts:
            print(f"CONFLICT ({where}): {text}")
        passed += result.total - result.counts["conflict"]
        failed += result.counts["conflict"] + len(result.broken)
        if options.only:
            continue
        share, of = GATES[result.which, result.mode]
        gate = -(-result.total * share // of)
        if result.counts["exact"] >= gate:
            passed += 1
        else:
            failed += 1
            print(f"FAILED ({where}): {result.counts['exact']} exact outputs, at least {gate}")
    print(f"{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
