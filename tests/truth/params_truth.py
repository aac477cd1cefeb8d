#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Counts the parameters of models with the `onnx` package and compares with `onnxray params`.

    python3 tests/truth/params_truth.py [--onnxray build/onnxray] MODEL...

Everything here is counted anew from the protobuf: which tensors there are, how large, who reads
them, in which scope. Roles are only asked about where no two opinions are possible (the second
input of a Conv is a weight). Models that the package cannot read are skipped.

Exit status: 0 all agree, 1 some do not, 77 the `onnx` package is missing.
The last line is "N passed, N failed".
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass, field
from math import prod
from pathlib import Path

try:
    import onnx
    from google.protobuf.message import DecodeError
    from onnx import AttributeProto
except ImportError as missing:
    print(f"skipped: {missing}")
    sys.exit(77)

COUNTED = ("weight", "bias", "norm", "embedding")
BITS = {1: 32, 2: 8, 3: 8, 4: 16, 5: 16, 6: 32, 7: 64, 9: 8, 10: 16, 11: 64, 12: 32, 13: 64, 14: 64,
        15: 128, 16: 16, 17: 8, 18: 8, 19: 8, 20: 8, 21: 4, 22: 4, 23: 4, 24: 8, 25: 2, 26: 2}

# What only changes the guise of its first input.
PASSING = set("""Identity Cast CastLike BitCast Transpose Reshape Squeeze Unsqueeze Flatten Expand
    ExpandDims Dropout Slice QuantizeLinear DequantizeLinear Quant IntQuant FloatQuant BipolarQuant
    Trunc MemcpyToHost MemcpyFromHost""".split())
SPLITTING = {"Split"}

# Roles that nobody could doubt, by operator and input.
CERTAIN = {
    ("Conv", 1): "weight", ("Conv", 2): "bias", ("ConvTranspose", 1): "weight",
    ("Gemm", 1): "weight", ("Gemm", 2): "bias", ("LSTM", 1): "weight", ("LSTM", 3): "bias",
    ("BatchNormalization", 1): "norm", ("BatchNormalization", 2): "norm",
    ("BatchNormalization", 3): "norm_statistic", ("BatchNormalization", 4): "norm_statistic",
    ("LayerNormalization", 1): "norm", ("LayerNormalization", 2): "norm",
    ("InstanceNormalization", 1): "norm", ("QLinearConv", 3): "weight", ("QLinearConv", 8): "bias",
    ("QLinearConv", 1): "quantization", ("QLinearConv", 2): "quantization",
    ("QuantizeLinear", 1): "quantization", ("QuantizeLinear", 2): "quantization",
    ("DequantizeLinear", 1): "quantization", ("DequantizeLinear", 2): "quantization",
    ("Reshape", 1): "shape_constant", ("Slice", 1): "shape_constant",
    ("MatMulNBits", 1): "weight", ("ConvInteger", 1): "weight",
}


@dataclass
class Value:
    """A name in a scope; a stored tensor when `dims` is there."""
    name: str
    dims: tuple[int, ...] | None = None
    type: int = 0
    bytes: int | None = None
    is_output: bool = False
    is_annotated: bool = False
    is_read: bool = False
    reads: list[tuple[int, str, int]] = field(default_factory=list)  # node, operator, input
    passed: list[tuple[int, list["Value"]]] = field(default_factory=list)
    packed: int | None = None

    def readers(self) -> set[int]:
        """Nodes that read it, seen through what only passes it on."""
        found, todo, seen = set(), [self], set()
        while todo:
            value = todo.pop()
            if id(value) in seen:
                continue
            seen.add(id(value))
            found.update(node for node, _, _ in value.reads)
            for node, results in value.passed:
                for result in results:
                    if not result.is_read or result.is_output:
                        found.add(node)
                    todo.append(result)
                if not results:
                    found.add(node)
        return found

    def roles(self) -> set[str | None]:
        return {CERTAIN.get((op, index)) for _, op, index in self.reads}


class Count:
    """All tensors of a model outside of its training graphs."""

    def __init__(self, model: onnx.ModelProto) -> None:
        self.tensors: list[Value] = []
        self.generated: dict[str, Value] = {}
        self.operators: Counter[tuple[str, str]] = Counter()
        self.nodes = 0
        self.functions = {(f.domain, f.name) for f in model.functions}
        self.graph(model.graph, {})
        for function in model.functions:
            scope = {name: Value(name) for name in function.input}
            self.nodes_of(function.node, scope)
            for name in function.output:
                if name in scope:
                    scope[name].is_output = True

    def store(self, scope: dict[str, Value], name: str, tensor: onnx.TensorProto,
              dims: tuple[int, ...] | None = None, more: int = 0) -> None:
        own = tuple(tensor.dims)
        bits = BITS.get(tensor.data_type)
        size = None if bits is None else (prod(own) * bits + 7) // 8 + more
        value = Value(name, own if dims is None else dims, tensor.data_type, size)
        self.tensors.append(value)
        scope[name] = value

    def sparse(self, scope: dict[str, Value], name: str, sparse: onnx.SparseTensorProto) -> None:
        self.store(scope, name, sparse.values, tuple(sparse.dims), prod(sparse.indices.dims) * 8)

    def graph(self, graph: onnx.GraphProto, outer: dict[str, Value], holder: int = -1) -> None:
        scope = dict(outer)
        for value in graph.input:
            scope[value.name] = Value(value.name)
        for tensor in graph.initializer:
            self.store(scope, tensor.name, tensor)
        for tensor in graph.sparse_initializer:
            self.sparse(scope, tensor.values.name, tensor)
        self.nodes_of(graph.node, scope)
        for value in graph.output:
            if value.name in scope:
                scope[value.name].is_output = True
                if holder >= 0 and scope[value.name].dims is not None:
                    scope[value.name].reads.append((holder, "", 0))
        for note in graph.quantization_annotation:
            for pair in note.quant_parameter_tensor_names:
                if pair.key in ("SCALE_TENSOR", "ZERO_POINT_TENSOR") and pair.value in scope:
                    scope[pair.value].is_annotated = True

    def constant(self, node: onnx.NodeProto, scope: dict[str, Value]) -> None:
        for a in node.attribute:
            if a.ref_attr_name or not node.output:
                continue
            if a.type == AttributeProto.TENSOR:
                self.store(scope, node.output[0], a.t)
            elif a.type == AttributeProto.SPARSE_TENSOR:
                self.sparse(scope, node.output[0], a.sparse_tensor)
            else:
                forms = {"value_float": (1, 1), "value_floats": (1, len(a.floats)),
                         "value_int": (7, 1), "value_ints": (7, len(a.ints)),
                         "value_string": (8, 1), "value_strings": (8, len(a.strings))}
                kind, n = forms[a.name]
                dims = (n,) if a.name.endswith("s") else ()
                size = None if kind == 8 else n * BITS[kind] // 8
                scope[node.output[0]] = Value(node.output[0], dims, kind, size)
                self.tensors.append(scope[node.output[0]])

    def nodes_of(self, nodes, scope: dict[str, Value]) -> None:
        for node in nodes:  # results first: nodes may be in any order
            if node.op_type == "Constant" and node.domain in ("", "ai.onnx"):
                self.constant(node, scope)
            for name in node.output:
                if name and (node.op_type != "Constant" or name not in scope):
                    scope[name] = Value(name)
        for node in nodes:
            self.node(node, scope)

    def node(self, node: onnx.NodeProto, scope: dict[str, Value]) -> None:
        number = self.nodes
        self.nodes += 1
        self.operators[node.domain or "ai.onnx", node.op_type] += 1
        local = (node.domain, node.op_type) in self.functions
        integers = {a.name: a.i for a in node.attribute}
        for index, name in enumerate(node.input):
            value = scope.get(name)
            if not name or value is None:
                continue
            value.is_read = True
            if index == 0 and not local and node.op_type in PASSING | SPLITTING:
                outputs = node.output if node.op_type in SPLITTING else node.output[:1]
                value.passed.append((number, [scope[o] for o in outputs if o]))
            else:
                value.reads.append((number, node.op_type, index))
            if node.op_type in ("MatMulNBits", "MatMulBnb4") and index == 1:
                value.packed = integers["K"] * integers["N"]
        if node.op_type == "ConstantOfShape":
            self.generated.setdefault(node.output[0], scope[node.output[0]])
        for a in node.attribute:
            for body in [a.g] if a.type == AttributeProto.GRAPH else a.graphs:
                self.graph(body, scope, number)

    def unused(self) -> list[Value]:
        return [t for t in self.tensors
                if not (t.is_read or t.is_output or t.is_annotated)]


class Tally:
    """Counts comparisons, prints those that fail."""

    def __init__(self) -> None:
        self.passed = self.failed = 0

    def check(self, what: str, ours: object, theirs: object) -> None:
        if ours == theirs:
            self.passed += 1
        else:
            self.failed += 1
            print(f"FAIL {what}: ours {ours!r}, theirs {theirs!r}")


def ask(program: str, command: str, path: Path) -> dict | None:
    done = subprocess.run([program, command, "-f", "json", str(path)], capture_output=True,
                          check=False)
    try:
        return json.loads(done.stdout) if done.returncode == 0 else None
    except (json.JSONDecodeError, UnicodeDecodeError):
        return None


def elements(value: Value) -> int:
    """As onnxray counts them: what a dimension cannot be does not count."""
    dims = value.dims or ()
    n = prod(dims)
    return n if min(dims, default=0) >= 0 and n < 1 << 64 else -1


def check_sums(name: str, p: dict, rows: list[dict], tally: Tally) -> None:
    """Columns add up, unless some tensors are too large for sums: `overflow` says so."""
    if p["overflow"]:
        return
    known = [r for r in rows if r["elements"] is not None]
    by_role: Counter[str] = Counter()
    by_type: Counter[str] = Counter()
    for row in known:
        by_role[row["role"]] += row["elements"]
        if row["role"] in COUNTED:
            by_type[row["type"]] += row["elements"]
    tally.check(f"{name}: rows by role", {k: v for k, v in p["by_role"].items() if v},
                {k: v for k, v in by_role.items() if v})
    tally.check(f"{name}: rows by type", {k: v for k, v in p["by_type"].items() if v},
                {k: v for k, v in by_type.items() if v})
    tally.check(f"{name}: all elements", p["all_elements"], sum(r["elements"] for r in known))
    tally.check(f"{name}: total", p["total"], sum(p["by_role"][role] for role in COUNTED))


def check_tensors(name: str, count: Count, rows: list[dict], tally: Tally) -> None:
    stored = [r for r in rows if r["storage"] != "generated"]
    tally.check(f"{name}: each tensor once", Counter(r["name"] for r in stored),
                Counter(t.name for t in count.tensors))
    ours = {r["name"]: r for r in stored}
    for value in count.tensors:
        row = ours.get(value.name)
        if row is None or sum(t.name == value.name for t in count.tensors) > 1:
            continue
        what = f"{name}: {value.name[:60]}"
        tally.check(f"{what}: shape", row["shape"], list(value.dims or ()))
        n = elements(value) if value.packed is None else value.packed
        tally.check(f"{what}: elements", row["elements"], n if n >= 0 else None)
        if value.bytes is not None and n >= 0:
            tally.check(f"{what}: bytes", row["bytes"],
                        value.bytes if value.bytes < 1 << 64 else None)
        tally.check(f"{what}: readers", row.get("used_by_count", len(row["used_by"])),
                    len(value.readers()))
        roles = value.roles()
        if len(roles) == 1 and None not in roles and not value.passed and not value.is_output:
            tally.check(f"{what}: role", row["role"], next(iter(roles)))
    for row in rows:
        if row["storage"] == "generated":
            tally.check(f"{name}: {row['name'][:60]} is generated", row["name"] in count.generated,
                        True)
            tally.check(f"{name}: {row['name'][:60]}: size", row["elements"], prod(row["shape"]))


def check_use(name: str, count: Count, p: dict, rows: list[dict], tally: Tally) -> None:
    unused = count.unused()
    tally.check(f"{name}: unused tensors", p["unused_tensors"], len(unused))
    if not p["overflow"]:
        tally.check(f"{name}: unused", p["unused"], sum(max(elements(t), 0) for t in unused))
    role = {r["name"]: r["role"] for r in rows}
    size = {r["name"]: r["elements"] for r in rows}
    if len(role) == len(rows):
        values = count.tensors + [v for k, v in count.generated.items() if k in role]
        tally.check(f"{name}: shared", p["shared"], sum(
            size[v.name] for v in values
            if role.get(v.name) in COUNTED and size[v.name] and len(v.readers()) > 1))


def check_summary(name: str, model: onnx.ModelProto, count: Count, p: dict, summary: dict,
                  tally: Tally) -> None:
    tally.check(f"{name}: nodes", summary["graph"]["nodes_total"], count.nodes)
    tally.check(f"{name}: operators",
                {(o["domain"], o["op"]): o["count"] for o in summary["operators"]},
                dict(count.operators))
    tally.check(f"{name}: inputs", [i["name"] for i in summary["graph"]["inputs"]],
                [i.name for i in model.graph.input
                 if i.name not in {t.name for t in model.graph.initializer} |
                 {t.values.name for t in model.graph.sparse_initializer}])
    tally.check(f"{name}: summary and list agree",
                {k: v for k, v in summary["parameters"].items() if k in p},
                {k: v for k, v in p.items() if k in summary["parameters"]})


def check_model(program: str, path: Path, tally: Tally) -> bool:
    try:
        model = onnx.load(str(path), load_external_data=False)
        if not model.graph.name and not model.graph.node and not model.graph.initializer:
            return False
    except (DecodeError, ValueError, OSError):
        return False
    ours, summary = ask(program, "params", path), ask(program, "summary", path)
    name = path.name
    if ours is None or summary is None:
        tally.check(f"{name}: onnxray reads it", False, True)
        return True
    p, rows, count = ours["parameters"], ours["tensors"], Count(model)
    plain = [prod(t.dims) for t in model.graph.initializer]
    if not p["overflow"]:
        tally.check(f"{name}: initializer elements", p["initializer_elements"], sum(plain))
    check_sums(name, p, rows, tally)
    check_tensors(name, count, rows, tally)
    check_use(name, count, p, rows, tally)
    check_summary(name, model, count, p, summary, tally)
    if name.startswith("light_densenet121"):  # a published number
        tally.check(f"{name}: float weights", p["total"] + p["by_role"]["norm_statistic"], 8146152)
    return True


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--onnxray", default=os.environ.get("ONNXRAY", "build/onnxray"))
    parser.add_argument("models", nargs="+", type=Path)
    options = parser.parse_args()
    tally, skipped = Tally(), 0
    for path in options.models:
        skipped += not check_model(options.onnxray, path, tally)
    if skipped:
        print(f"{skipped} models skipped: the onnx package does not read them")
    print(f"{tally.passed} passed, {tally.failed} failed")
    return 1 if tally.failed else 0


if __name__ == "__main__":
    sys.exit(main())
