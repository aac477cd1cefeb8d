#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Counts multiply-accumulates independently, and compares node by node and with published numbers.

    B=build ONNXRAY=build/onnxray python3 tests/truth/macs_nodes.py [-v] [MODEL_OR_FOLDER...]

The convention: one for each product that a convolution, matrix product, recurrent layer or
attention adds up. No bias, padding counted, batch included, masks save nothing.

    networks  those of nets.py, with the numbers that torchvision states, in GMACs and parameters
    layers    resnet18 layer by layer, with the numbers of a DigestAI report
    light     the light models of the onnx package, with totals from elsewhere
    nodes     the backend node tests (see infer_nodes.py) of operators that cost
    corpus    $ONNXRAY_CORPUS (or the arguments): shapes from onnx.shape_inference for models of
              fixed sizes, and those that infer_corpus.py has seen when it ran the models, each
              run with --input for its sizes; and the total as a polynomial, evaluated for them

Nodes whose shapes are not known here are left out, and so are operators that it does not know.
The last line is "N passed, N failed[, N skipped]".
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from math import prod
from pathlib import Path
from typing import Any

from corpus_truth import PROGRAM, ROOT, onnx, read
from dims import Unbound, bind, evaluate
from infer_corpus import KNOWS_INPUT, Truth, models
from infer_nodes import SETS, tests_of
from nets import PUBLISHED, WEIGHTS, build

BUILD = Path(os.environ.get("B") or ROOT / "build")
TESTDATA = Path(os.environ.get("TESTDATA") or "/usr/share/libonnx-testdata/data")
SECONDS = 300
SHOWN = 30

# Convolutions and matrix products; shapes by onnx 1.12, totals also by onnx-tool.
LIGHT = {"bvlc_alexnet": 654560384, "densenet121": 2834161664, "inception_v1": 1431556352,
         "inception_v2": 2018851840, "resnet50": 4089184256, "shufflenet": 124664528,
         "squeezenet": 349151936, "vgg19": 19632062464, "zfnet512": 1481727008}

# FLOPs of a report of DigestAI on resnet18: two for each multiply-accumulate, one for each bias.
DIGEST = {"/conv1/Conv": 236830720, "/fc/Gemm": 1025000}
for _block in (1, 2, 3, 4):
    for _i in (0, 1):
        for _conv in (1, 2):
            DIGEST[f"/layer{_block}/layer{_block}.{_i}/conv{_conv}/Conv"] = {
                1: 231411712, 2: 231311360, 3: 231261184, 4: 231236096}[_block]
DIGEST |= {"/layer2/layer2.0/conv1/Conv": 115705856, "/layer3/layer3.0/conv1/Conv": 115655680,
           "/layer4/layer4.0/conv1/Conv": 115630592,
           "/layer2/layer2.0/downsample/downsample.0/Conv": 12945408,
           "/layer3/layer3.0/downsample/downsample.0/Conv": 12895232,
           "/layer4/layer4.0/downsample/downsample.0/Conv": 12870144}


# ---- Counting ------------------------------------------------------------------------------------

Shape = list[int]
Shapes = dict[str, Shape]


class Unknown(Exception):
    """A shape that is not known here, or an operator."""


class Node:
    """What a formula looks at."""

    def __init__(self, node: onnx.NodeProto, shapes: Shapes) -> None:
        self.node = node
        self.shapes = shapes
        self.attributes = {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute
                           if a.type not in (5, 10) and not getattr(a, "ref_attr_name", "")}

    def has(self, index: int) -> bool:
        return index < len(self.node.input) and bool(self.node.input[index])

    def x(self, index: int) -> Shape:
        return self.shape(self.node.input, index)

    def y(self, index: int = 0) -> Shape:
        return self.shape(self.node.output, index)

    def shape(self, names: Any, index: int) -> Shape:
        name = names[index] if index < len(names) else ""
        if name not in self.shapes:
            raise Unknown(name)
        return self.shapes[name]

    def get(self, name: str, default: Any = None) -> Any:
        value = self.attributes.get(name, default)
        if value is None:
            raise Unknown(name)
        return value


def conv(weight: int) -> Callable[[Node], int]:
    return lambda n: prod(n.y()) * prod(n.x(weight)[1:])


def conv_transpose(n: Node) -> int:
    return prod(n.x(0)) * prod(n.x(1)[1:])


def gemm(a: int = 0) -> Callable[[Node], int]:
    return lambda n: prod(n.y()) * n.x(a)[0 if n.get("transA", 0) else 1]


def matmul(a: int = 0, b: int = 1) -> Callable[[Node], int]:
    def count(n: Node) -> int:
        right = n.x(b)
        if n.x(a)[-1] != right[-2 if len(right) > 1 else 0]:
            raise Unknown("they do not fit")
        return prod(n.y()) * n.x(a)[-1]
    return count


def fused_matmul(n: Node) -> int:
    a = n.x(0)
    if n.get("transBatchA", 0):
        raise Unknown("batch first")
    return prod(n.y()) * (a[-2] if n.get("transA", 0) and len(a) > 1 else a[-1])


def packed_matmul(n: Node) -> int:
    return prod(n.x(0)[:-1]) * n.get("K") * n.get("N")


def recurrent(n: Node) -> int:
    """[directions, gates * hidden, inputs] and the same for the state."""
    return prod(n.x(0)[:2]) * (prod(n.x(1)) + prod(n.x(2)))


def einsum(n: Node) -> int:
    """From left to right, two at a time; an intermediate has the indices that are still needed."""
    equation = n.get("equation").decode().replace(" ", "")
    left, arrow, right = equation.partition("->")
    terms = left.split(",")
    if not arrow:
        right = "".join(sorted(one for one in set(left) if left.count(one) == 1 and one != ","))
    size: dict[str, int] = {}
    named: list[set[str]] = []
    for i, term in enumerate(terms):
        shape, labels = n.x(i), list(term.replace("...", "."))
        if "." in labels:
            at, extra = labels.index("."), len(shape) - len(labels) + 1
            labels[at:at + 1] = [f".{extra - j}" for j in range(extra)]  # from the right
        for label, dim in zip(labels, shape):
            size[label] = max(size.get(label, 1), dim)
        named.append(set(labels))
    wanted = {label for label in size if label in right or label.startswith(".")}
    total, have = 0, named[0]
    for i in range(1, len(named)):
        have = have | named[i]
        total += prod(size[label] for label in have)
        have &= wanted.union(*named[i + 1:])
    return total


def attention(n: Node) -> int:
    """Of the standard: three or four axes; past and present are 4-D."""
    q, k, v = n.x(0), n.x(1), n.x(2)
    if len(q) == 4:
        batch, heads, length, inside = q
        keys, outside = k[2], v[3]
    else:
        batch, length, width = q
        heads = n.get("q_num_heads")
        inside, outside = width // heads, v[2] // n.get("kv_num_heads")
        keys = k[1]
    if n.has(4):
        keys += n.x(4)[2]
    return batch * heads * length * keys * (inside + outside)


def ms_attention(past: int) -> Callable[[Node], int]:
    """Projection of the input, then attention."""
    def count(n: Node) -> int:
        batch, length, inputs = n.x(0)
        weights = n.x(1)
        third = weights[1] // 3
        q, k, v = n.get("qkv_hidden_sizes", [third] * 3)
        keys = length + (n.x(past)[3] if n.has(past) else 0)
        return batch * length * inputs * (q + k + v) + batch * length * keys * (k + v)
    return count


def ms_multi_head(n: Node) -> int:
    if len(n.x(0)) != 3 or not n.has(1) or not n.has(2) or len(n.x(1)) != 3:
        raise Unknown("packed")
    batch, length, inside = n.x(0)
    keys = n.x(1)[1] + (n.x(6)[2] if n.has(6) else 0)
    return batch * length * keys * (inside + n.x(2)[2])


def ms_group_query(n: Node) -> int:
    batch, length, outside = n.y()
    return 2 * batch * length * n.y(1)[2] * outside


STANDARD: dict[str, Callable[[Node], int]] = {
    "Conv": conv(1), "ConvInteger": conv(1), "DeformConv": conv(1), "QLinearConv": conv(3),
    "ConvTranspose": conv_transpose, "Gemm": gemm(), "MatMul": matmul(),
    "MatMulInteger": matmul(), "QLinearMatMul": matmul(0, 3), "Einsum": einsum, "LSTM": recurrent,
    "GRU": recurrent, "RNN": recurrent, "Attention": attention}
MICROSOFT: dict[str, Callable[[Node], int]] = {
    "FusedConv": conv(1), "NhwcConv": conv(1), "NhwcFusedConv": conv(1), "QLinearConv": conv(3),
    "FusedGemm": gemm(), "QGemm": gemm(), "FusedMatMul": fused_matmul,
    "TransposeMatMul": fused_matmul, "DynamicQuantizeMatMul": matmul(),
    "MatMulIntegerToFloat": matmul(), "MatMulNBits": packed_matmul, "MatMulBnb4": packed_matmul,
    "DynamicQuantizeLSTM": recurrent, "Attention": ms_attention(4), "QAttention": ms_attention(8),
    "MultiHeadAttention": ms_multi_head, "GroupQueryAttention": ms_group_query}
# Elsewhere counted, or not comparable: control flow, and what has no formula here.
NOT_HERE = {"If", "Loop", "Scan", "SequenceMap", "LinearAttention", "CausalConvWithState",
            "FlexAttention", "SwiGLU"}


def is_standard(node: onnx.NodeProto) -> bool:
    return node.domain in ("", "ai.onnx")


def knows(op: str, opset: int) -> bool:
    """Whether the standard has the operator, or had it in this version."""
    try:
        onnx.defs.get_schema(op, opset)
        return True
    except Exception:
        return False


def count(node: onnx.NodeProto, shapes: Shapes, opset: int) -> int | None:
    """None: not known here."""
    formulas = STANDARD if is_standard(node) else MICROSOFT if node.domain == "com.microsoft" \
        else {}
    try:
        if node.op_type in formulas:
            return formulas[node.op_type](Node(node, shapes))
    except (Unknown, IndexError, ValueError, ZeroDivisionError):
        return None
    if is_standard(node) and node.op_type not in NOT_HERE and knows(node.op_type, opset):
        return 0
    return None


def stored(graph: onnx.GraphProto) -> Shapes:
    shapes = {tensor.name: list(tensor.dims) for tensor in graph.initializer}
    shapes |= {tensor.values.name: list(tensor.dims) for tensor in graph.sparse_initializer}
    for node in graph.node:
        for attribute in node.attribute:
            if node.op_type == "Constant" and attribute.name == "value" and node.output:
                shapes[node.output[0]] = list(attribute.t.dims)
    return shapes


def inferred(model: onnx.ModelProto) -> Shapes:
    """What has only numbers."""
    try:
        model = onnx.shape_inference.infer_shapes(model, strict_mode=False, data_prop=True)
    except Exception:
        return stored(model.graph)
    shapes = {}
    graph = model.graph
    for value in (*graph.input, *graph.value_info, *graph.output):
        tensor = value.type.tensor_type
        if value.type.HasField("tensor_type") and tensor.HasField("shape") and \
                all(dim.WhichOneof("value") == "dim_value" for dim in tensor.shape.dim):
            shapes[value.name] = [dim.dim_value for dim in tensor.shape.dim]
    return shapes | stored(graph)


# ---- Comparing -----------------------------------------------------------------------------------

class Tally:
    """Counts comparisons, prints those that fail."""

    def __init__(self, verbose: bool) -> None:
        self.verbose = verbose
        self.passed = self.failed = self.skipped = 0

    def check(self, what: str, ours: object, theirs: object) -> bool:
        if ours == theirs:
            self.passed += 1
            return True
        self.failed += 1
        if self.verbose or self.failed <= SHOWN:
            print(f"FAIL {what}: ours {ours!r}, theirs {theirs!r}")
        return False


def ask(path: Path, command: str, *options: str) -> dict[str, Any]:
    done = subprocess.run([PROGRAM, command, "-f", "json", *options, "--", str(path)],
                          capture_output=True, timeout=SECONDS, check=False)
    return json.loads(done.stdout)


def check_nodes(where: str, path: Path, model: onnx.ModelProto, shapes: Shapes, tally: Tally,
                *options: str) -> tuple[int | None, Counter[str]]:
    """@return the total if all nodes are known here, and how many of what were compared"""
    rows = [row for row in ask(path, "layers", *options)["layers"] if not row["graph"]]
    functions = {(f.domain, f.name) for f in getattr(model, "functions", ())}
    opset = next((one.version for one in model.opset_import if one.domain in ("", "ai.onnx")), 1)
    total: int | None = 0
    compared: Counter[str] = Counter()
    for row, node in zip(rows, model.graph.node):
        expected = None if (node.domain, node.op_type) in functions \
            else count(node, shapes, opset)
        if expected is None:
            total = None
            continue
        total = None if total is None else total + expected
        compared[node.op_type if expected else ""] += 1
        tally.check(f"{where}: {row['label'][:60]} ({node.op_type})", row["macs"], expected)
    return total, compared


def check_total(where: str, path: Path, expected: int | None, tally: Tally, *options: str) -> None:
    if expected is not None:
        compute = ask(path, "summary", *options)["compute"]
        tally.check(f"{where}: total", compute["macs"], expected)
        tally.check(f"{where}: unknown nodes", compute["macs_unknown_nodes"], 0)


def networks(tally: Tally) -> None:
    folder = BUILD / "nets"
    folder.mkdir(parents=True, exist_ok=True)
    largest = 0
    for name, (_, parameters, giga) in PUBLISHED.items():
        model, size = build(name)
        largest = max(largest, size)
        with open(folder / WEIGHTS, "ab") as hole:
            hole.truncate(max(largest, hole.tell()))
        path = folder / f"{name}.onnx"
        path.write_bytes(model.SerializeToString())
        total, _ = check_nodes(name, path, model, inferred(model), tally)
        tally.check(f"{name}: the formulas of this test", round((total or 0) / 1e9, 3), giga)
        summary = ask(path, "summary")
        macs = summary["compute"]["macs"]
        tally.check(f"{name}: MACs", macs, total)
        tally.check(f"{name}: GMACs", round(macs / 1e9, 3) if macs is not None else None, giga)
        roles = summary["parameters"]["by_role"]
        tally.check(f"{name}: parameters", summary["parameters"]["initializer_elements"] -
                    roles["norm_statistic"] - roles["shape_constant"], parameters)
    print(f"{len(PUBLISHED)} networks of known cost")


def layers(tally: Tally) -> None:
    path = BUILD / "nets/resnet18.onnx"
    rows = {row["name"]: row for row in ask(path, "layers")["layers"]}
    for name, flops in DIGEST.items():
        row = rows[name]
        shape = row["outputs"][0]["shape"]
        bias = prod(shape) if shape and all(isinstance(dim, int) for dim in shape) else 0
        tally.check(f"resnet18 {name}: FLOPs", 2 * (row["macs"] or 0) + bias, flops)
    tally.check("resnet18: layers with MACs", sum(bool(row["macs"]) for row in rows.values()),
                len(DIGEST))


def light(tally: Tally) -> None:
    places = [Path(onnx.__file__).parent / "backend/test/data/light", TESTDATA / "light"]
    found = [path for place in places for path in sorted(place.glob("light_*.onnx"))]
    for path in found:
        expected = LIGHT.get(path.stem.removeprefix("light_"))
        model, _ = read(path)
        total, _ = check_nodes(path.stem, path, model, inferred(model), tally)
        tally.check(f"{path.stem}: the formulas of this test", total, expected)
        check_total(path.stem, path, expected, tally)
    if not found:
        print("notice: no light models")
        tally.skipped += 1
    else:
        print(f"{len(found)} light models")


def check_formula(where: str, path: Path, expected: int | None, inputs: Shapes,
                  tally: Tally) -> bool:
    """The total as a polynomial, with the sizes of a run put in. @return whether there is one"""
    summary = ask(path, "summary")
    formula = summary["compute"].get("macs_expression")
    if expected is None or not formula:
        return False
    values: dict[str, int] = {}
    bind(((value["shape"], inputs[value["name"]]) for value in summary["graph"]["inputs"]
          if value["name"] in inputs), values)
    try:
        return tally.check(f"{where}: {formula[:80]}", evaluate(formula, values), expected)
    except Unbound:
        return False


def single_nodes(tally: Tally) -> None:
    """The backend node tests of operators that cost."""
    compared: Counter[str] = Counter()
    for which in SETS:
        for test in tests_of(which, False):
            if test.op not in STANDARD:
                continue
            path = Path(test.model)
            model, _ = read(path)
            shapes = inferred(model) | {one["name"]: one["shape"] for one in test.outputs
                                        if one["shape"] and None not in one["shape"]}
            _, found = check_nodes(f"{test.name} ({which})", path, model, shapes, tally)
            compared += found
    print(f"{sum(compared.values())} nodes of backend tests: " +
          ", ".join(f"{number} {op}" for op, number in sorted(compared.items()) if op))


def runs_of(path: Path, truth: Truth) -> Iterator[tuple[Shapes, list[str]]]:
    """Shapes that were seen, and the options that lead there."""
    seen = truth.read(truth.file(path)) or {}
    for run in seen.get("runs", []):
        shapes = {name: value["shape"] for name, value in run["values"].get("", {}).items()
                  if value["shape"] is not None and None not in value["shape"]}
        shapes |= run["inputs"]
        options = [f"--input={name}:{'x'.join(map(str, sizes))}"
                   for name, sizes in run["inputs"].items() if sizes]
        yield shapes, options


def corpus(places: list[Path], tally: Tally) -> None:
    truth = Truth(False)
    compared: Counter[str] = Counter()
    totals = formulas = 0
    paths = models(places)
    for path in paths:
        try:
            model, _ = read(path)
        except Exception:
            continue
        own = stored(model.graph)
        inputs = [value for value in model.graph.input if value.name not in own]
        fixed = all(value.type.HasField("tensor_type") and all(
            dim.WhichOneof("value") == "dim_value" for dim in value.type.tensor_type.shape.dim)
            for value in inputs)
        ways = list(runs_of(path, truth)) if KNOWS_INPUT or fixed else []
        if fixed:
            ways = [(shapes, []) for shapes, _ in ways[:1]] + [(inferred(model), [])]
        for i, (shapes, options) in enumerate(ways):
            where = f"{path.name} {' '.join(options)[:60]}".strip()
            total, found = check_nodes(where, path, model, own | shapes, tally, *options)
            compared += found if not i else Counter()
            if total is not None:
                totals += 1
                check_total(where, path, total, tally, *options)
                formulas += bool(options) and check_formula(where, path, total, shapes, tally)
    if not paths:
        print("notice: no models")
        tally.skipped += 1
        return
    counted = {op: number for op, number in compared.items() if op}
    print(f"{len(paths)} models, {totals} totals, {formulas} of them as formulas too, "
          f"{sum(counted.values())} nodes with MACs: " +
          ", ".join(f"{number} {op}" for op, number in sorted(counted.items())))


def main() -> int:
    parser = argparse.ArgumentParser(description="Counts multiply-accumulates independently.")
    parser.add_argument("-v", "--verbose", action="store_true", help="list every difference")
    parser.add_argument("places", nargs="*", type=Path, metavar="MODEL_OR_FOLDER")
    options = parser.parse_args()
    tally = Tally(options.verbose)
    if not KNOWS_INPUT:
        print("notice: this program has no --input yet")
    if not options.places:
        networks(tally)
        layers(tally)
        light(tally)
        single_nodes(tally)
    corpus(options.places or [Path(os.path.normpath(
        os.environ.get("ONNXRAY_CORPUS") or ROOT / "../shared/models"))], tally)
    print(f"{tally.passed} passed, {tally.failed} failed" +
          (f", {tally.skipped} skipped" if tally.skipped else ""))
    return 1 if tally.failed else 0


if __name__ == "__main__":
    sys.exit(main())
