#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Holds what pictures fold against the onnx package.

    ONNXRAY=build/onnxray fold_check.py MODEL...

Which nodes of the main graph are boxes is found here by the rules of the manual, from the names in
the protobuf, and compared node by node with the ids in the SVG: with constants, with arithmetic on
shapes, and with QuantizeLinear and DequantizeLinear folded. A model made here has layers whose number
is known. Models with names that are defined twice are left out. Last line: "N passed, N failed".
"""
import os
import re
import subprocess
import sys
import tempfile
from multiprocessing.pool import ThreadPool

import onnx
from onnx import TensorProto, helper

BINARY = os.environ.get("ONNXRAY", "build/onnxray")
STANDARD = ("", "ai.onnx")
ALGEBRA = set("""
    Gather Slice Concat Squeeze Unsqueeze Reshape Cast Identity Split Add Sub Mul Div Mod Neg Abs Sign
    Min Max Floor Ceil Round Sqrt Pow Equal Not And Or Less LessOrEqual Greater GreaterOrEqual Where
    ReduceProd ReduceSum ReduceMin ReduceMax GatherND CastLike Reciprocal""".split())
SMALL = 16

passed = failed = 0


def check(good, what, detail=""):
    global passed, failed
    passed += bool(good)
    failed += not good
    if not good:
        print(f"FAIL {what}: {detail}"[:500])


def elements(tensor):
    n = 1
    for d in tensor.dims:
        n *= d
    return n


class Graph:
    """The main graph by names; `odd` where names do not tell."""

    def __init__(self, graph):
        self.nodes = graph.node
        self.tensors = {t.name: t for t in graph.initializer}
        self.sparse = {t.values.name for t in graph.sparse_initializer}
        self.outputs = {v.name for v in graph.output}
        self.maker, self.readers = {}, {}
        defined = set(self.tensors) | self.sparse
        self.odd = len(defined) < len(graph.initializer) + len(graph.sparse_initializer)
        inputs = [v.name for v in graph.input]
        self.odd |= len(set(inputs)) < len(inputs)
        defined |= set(inputs)
        for i, node in enumerate(graph.node):
            for name in filter(None, node.output):
                self.odd |= name in defined
                defined.add(name)
                self.maker[name] = i
        for i, node in enumerate(graph.node):
            for name in self.reads(node):
                self.readers.setdefault(name, []).append(i)
        for i, node in enumerate(graph.node):  # in order of the data
            self.odd |= any(self.maker.get(name, -1) >= i for name in node.input)

    def reads(self, node):
        yield from filter(None, node.input)
        for a in node.attribute:
            for body in ([a.g] if a.type == onnx.AttributeProto.GRAPH else a.graphs):
                own = {v.name for v in body.input} | {t.name for t in body.initializer}
                own |= {o for n in body.node for o in n.output}
                for inner in body.node:
                    yield from (name for name in self.reads(inner) if name not in own)

    def op(self, i, *names):
        return self.nodes[i].op_type in names and self.nodes[i].domain in STANDARD

    def is_constant_node(self, i):
        return self.op(i, "Constant") and not self.nodes[i].input and len(self.nodes[i].output) == 1

    def is_constant(self, name):
        return (name in self.tensors or name in self.sparse or
                (name in self.maker and self.is_constant_node(self.maker[name])))

    def is_small(self, name):
        if name in self.tensors:
            return elements(self.tensors[name]) <= SMALL
        if name not in self.maker or len(self.nodes[self.maker[name]].attribute) != 1:
            return False
        a = self.nodes[self.maker[name]].attribute[0]
        return {a.INT: lambda: True, a.FLOAT: lambda: True, a.INTS: lambda: len(a.ints) <= SMALL,
                a.FLOATS: lambda: len(a.floats) <= SMALL,
                a.TENSOR: lambda: elements(a.t) <= SMALL}.get(a.type, lambda: False)()

    # ---- arithmetic on shapes ----

    def shapes(self, passing):
        """Nodes that compute shapes and nothing else."""
        kind = {}  # node: "shape" or "constant"
        for i, node in enumerate(self.nodes):
            if i in passing or node.domain not in STANDARD:
                continue
            names = [n for n in node.input if n]
            if node.op_type in ("Shape", "Size") and node.input:
                kind[i] = "shape"
                continue
            known = [kind.get(self.maker.get(n)) or
                     ("constant" if self.is_constant(n) and self.is_small(n) else None)
                     for n in names]
            if node.op_type == "ConstantOfShape":
                by = self.maker.get(names[0]) if names else None
                if (kind.get(by) == "shape" and self.op(by, "Shape", "Size") and
                        self.maker.get(self.nodes[by].input[0]) in kind):
                    kind[i] = "shape"
            elif node.op_type in ALGEBRA and names and all(known):
                kind[i] = "shape" if "shape" in known else "constant"
        folded = set()
        for i in sorted(kind, reverse=True):
            outputs = [n for n in self.nodes[i].output if n]
            readers = [r for n in outputs for r in self.readers.get(n, [])]
            if not readers or any(n in self.outputs for n in outputs):
                continue
            if kind[i] == "shape" or all(r in folded for r in readers):
                folded.add(i)
        return folded

    # ---- quantization ----

    def behind(self, name):
        """A constant, by way of copies of it."""
        for _ in range(8):
            if self.is_constant(name):
                return True
            if name not in self.maker or not self.is_copy(self.maker[name]):
                return False
            name = self.nodes[self.maker[name]].input[0]
        return False

    def is_copy(self, i):
        return (self.op(i, "Identity", "Cast") and len(self.nodes[i].input) == 1 and
                len(self.nodes[i].output) == 1 and bool(self.nodes[i].output[0]))

    def step(self, i, op):
        node = self.nodes[i]
        return (node.op_type == op and node.domain in STANDARD + ("com.microsoft",) and
                len(node.input) > 1 and len(node.output) == 1 and bool(node.input[0]) and
                all(self.behind(n) for n in node.input[1:] if n) and
                (node.output[0] in self.readers or node.output[0] in self.outputs))

    def pairs(self):
        folded = set()

        def ends(name, copies):
            if name in self.outputs or name not in self.readers:
                return None
            found = set()
            for r in self.readers[name]:
                if self.step(r, "DequantizeLinear"):
                    found.add(r)
                    continue
                more = ends(self.nodes[r].output[0], False) if copies and self.is_copy(r) else None
                if more is None:
                    return None
                found |= more | {r}
            return found

        for i, node in enumerate(self.nodes):
            if (self.step(i, "DequantizeLinear") and self.behind(node.input[0]) and
                    node.output[0] not in self.outputs):
                folded.add(i)
            if self.step(i, "QuantizeLinear"):
                behind = ends(node.output[0], True)
                if behind is not None:
                    folded |= behind | {i}
        for i in reversed(range(len(self.nodes))):
            if (self.is_copy(i) and self.behind(self.nodes[i].input[0]) and
                    self.nodes[i].output[0] not in self.outputs and
                    self.readers.get(self.nodes[i].output[0]) and
                    all(r in folded for r in self.readers[self.nodes[i].output[0]])):
                folded.add(i)
        return folded

    def constants(self, folded):
        rows = set()
        for i, node in enumerate(self.nodes):
            filled = (self.op(i, "ConstantOfShape") and len(node.input) == 1 and
                      node.input[0] in self.tensors)
            if not (filled or self.is_constant_node(i)) or node.output[0] in self.outputs:
                continue
            readers = self.readers.get(node.output[0], [])
            others = [r for r in readers if r not in folded]
            if len(others) <= 1 and i not in folded:
                rows.add(i)
        return rows

    def boxes(self, shapes, pairs):
        quantizing = self.pairs() if pairs else set()
        folded = quantizing | (self.shapes(quantizing) if shapes else set())
        folded |= self.constants(folded)
        rest = set(range(len(self.nodes))) - folded
        return rest if rest or not self.nodes else set(range(len(self.nodes)))


def drawn(path, *options):
    with tempfile.NamedTemporaryFile(suffix=".svg") as file:
        run = subprocess.run([BINARY, "graph", "-q", "-o", file.name, *options, path],
                             capture_output=True, timeout=120, check=False)
        with open(file.name, encoding="utf-8") as svg:
            return run, svg.read()


def boxes_in(svg):
    return {int(n) for n in re.findall(r'<(?:g|use) id="n(\d+)"', svg)}


def bodies_read_outside(graph):
    return any(a.type in (onnx.AttributeProto.GRAPH, onnx.AttributeProto.GRAPHS)
               for n in graph.node for a in n.attribute)


def check_model(path):
    try:
        model = onnx.load(path, load_external_data=False)
    except Exception:  # pylint: disable=broad-except
        return []
    g = Graph(model.graph)
    # who reads what below is one of the things that this script would have to know too well
    if g.odd or bodies_read_outside(model.graph) or not g.nodes:
        return []
    results = []
    for name, shapes, pairs in (("constants", 0, 0), ("shapes", 1, 0), ("qdq", 0, 1),
                                ("shapes,qdq", 1, 1)):
        run, svg = drawn(path, "--fold", name)
        if run.returncode == 3:
            return []
        want, have = g.boxes(shapes, pairs), boxes_in(svg)
        results.append((want == have, f"{os.path.basename(path)} --fold {name}",
                        f"missing {sorted(want - have)[:8]} too many {sorted(have - want)[:8]} "
                        f"{run.stderr[:200]}"))
    have = boxes_in(drawn(path, "--fold", "none")[1])
    results.append((have == set(range(len(g.nodes))), f"{os.path.basename(path)} --fold none",
                    f"{len(have)} of {len(g.nodes)}"))
    return results


# ---- models whose layers are known ----


def decoder(layers, names, shuffled=False):
    """A decoder with a mask that every layer reads, and a cache of each layer's own."""
    rows, tensors, inputs, outputs = [], [], [], []

    def weight(name, *dims):
        tensors.append(helper.make_tensor(name, TensorProto.FLOAT, dims, [0.5] * elements_of(dims)))
        return name

    def elements_of(dims):
        n = 1
        for d in dims:
            n *= d
        return n

    def add(op, made, *given, scope="", **more):
        rows.append(helper.make_node(op, list(given), [made], name=scope + made if names else "",
                                     **more))
        return made

    inputs.append(helper.make_tensor_value_info("ids", TensorProto.INT64, ["batch", "seq"]))
    inputs.append(helper.make_tensor_value_info("mask", TensorProto.FLOAT, ["batch", "seq", 8]))
    x = add("Gather", "embedded", weight("table", 10, 8), "ids")
    bias = add("Neg", "bias", "mask")
    for i in range(layers):
        at = f"/model/layers.{i}/"
        past = f"past.{i}"
        inputs.append(helper.make_tensor_value_info(past, TensorProto.FLOAT, ["batch", "seq", 8]))
        n = add("LayerNormalization", f"n{i}", x, weight(f"g{i}", 8), scope=at)
        q = add("MatMul", f"q{i}", n, weight(f"wq{i}", 8, 8), scope=at)
        k = add("MatMul", f"k{i}", n, weight(f"wk{i}", 8, 8), scope=at)
        c = add("Add", f"present.{i}", k, past, scope=at)
        outputs.append(helper.make_tensor_value_info(c, TensorProto.FLOAT, ["batch", "seq", 8]))
        s = add("Mul", f"s{i}", q, c, scope=at)
        s = add("Add", f"m{i}", s, bias, scope=at)
        s = add("Softmax", f"p{i}", s, scope=at)
        x = add("Add", f"r{i}", x, s, scope=at)
        n = add("LayerNormalization", f"l{i}", x, weight(f"h{i}", 8), scope=at)
        u = add("MatMul", f"u{i}", n, weight(f"wu{i}", 8, 16), scope=at)
        u = add("Relu", f"a{i}", u, scope=at)
        u = add("MatMul", f"d{i}", u, weight(f"wd{i}", 16, 8), scope=at)
        x = add("Add", f"o{i}", x, u, scope=at)
    outputs.append(helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["batch", "seq", 10]))
    add("MatMul", "logits", x, weight("head", 8, 10))
    if shuffled:  # another order that is as good: what depends on least comes first
        rank, made = {}, {}
        for i, row in enumerate(rows):
            rank[i] = 1 + max((made.get(n, 0) for n in row.input), default=0)
            made[row.output[0]] = rank[i]
        rows = [rows[i] for i in sorted(rank, key=lambda i: (rank[i], i))]
    return helper.make_model(helper.make_graph(rows, "decoder", inputs, outputs, tensors),
                             opset_imports=[helper.make_opsetid("", 17)])


def check_layers(folder):
    per_layer = 13
    for layers in (2, 3, 7, 32):
        for names in (True, False):
            for shuffled in (False, True):
                what = f"decoder of {layers} layers, names={names}, shuffled={shuffled}"
                path = os.path.join(folder, "decoder.onnx")
                onnx.save(decoder(layers, names, shuffled), path)
                run, svg = drawn(path, "--fold", "repeats")
                more = re.findall(r"× (\d+) more", svg)
                check(more == [str(layers - 1)], what, f"says {more} {run.stderr!r}")
                nodes = len(boxes_in(svg))
                check(nodes == per_layer + 3, what, f"draws {nodes} boxes")
                pills = len(re.findall(r'id="v\d+"', svg)), len(re.findall(r'id="g\d+o\d+"', svg))
                check(pills == (3, 2), what, f"draws {pills} pills")
                if names:
                    check("like layers.0" in svg, what, "does not say of what")
                    run, svg = drawn(path, "--depth", "2")
                    titles = set(re.findall(r"layers\.(\d+)<", svg))
                    check(titles == {str(i) for i in range(layers)}, what, f"modules {titles}")
                    check(len(boxes_in(svg)) == 3, what, "modules leave other boxes")
                    run, svg = drawn(path, "--depth", "2", "--fold", "repeats")
                    check(re.findall(r"× (\d+) more", svg) == ([str(layers - 1)] if layers > 5 else []),
                          what, "modules are not repeated")


def check_circle(folder):
    """A module that is left and entered again is drawn in parts, each before what reads it."""
    rows = [helper.make_node("Relu", ["x"], ["a"], name="/m/a"),
            helper.make_node("Neg", ["a"], ["b"], name="/m/b"),
            helper.make_node("Abs", ["b"], ["c"], name="/other/c"),
            helper.make_node("Exp", ["c"], ["d"], name="/m/d"),
            helper.make_node("Add", ["d", "b"], ["y"], name="/m/y")]
    value = lambda n: helper.make_tensor_value_info(n, TensorProto.FLOAT, [2])  # noqa: E731
    path = os.path.join(folder, "circle.onnx")
    onnx.save(helper.make_model(helper.make_graph(rows, "g", [value("x")], [value("y")])), path)
    run, svg = drawn(path, "--depth", "1")
    check(svg.count(">m<") == 2 and "1 of 2" in svg and "2 of 2" in svg, "a module in two parts",
          run.stderr)
    check(boxes_in(svg) == {2}, "what is between them", boxes_in(svg))


def main():
    with tempfile.TemporaryDirectory() as folder:
        check_layers(folder)
        check_circle(folder)
    counted = 0
    with ThreadPool(2) as pool:
        for results in pool.imap(check_model, sys.argv[1:]):
            counted += bool(results)
            for result in results:
                check(*result)
    print(f"{counted} models were folded")
    print(f"{passed} passed, {failed} failed")
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
