#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Holds what `onnxray check` advises, and what it finds unsafe or not portable, to models made for it
and to the onnx package.

    python3 tests/truth/advice_truth.py [WORD...]     only rules that have a word

For each rule a small model with one thing to remark, where exactly this rule must be found at exactly
this place, and a twin that differs in that one thing and must not have it. Then, over the real models,
what can be counted with a few lines of the onnx package: nodes without names and with equal ones, dead
nodes, tensors and inputs that nobody reads, tensors of equal bytes, Identity nodes that can go,
normalizations behind convolutions, weights that are not finite.

Environment: B, ONNXRAY, ONNXRAY_CORPUS. The last line is "N passed, N failed[, N skipped]".
"""

from __future__ import annotations

import sys
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from asking import BUILD, CORPUS, Tally, skip, tell

try:
    import numpy as np
    import onnx
    from onnx import ModelProto, NodeProto, TensorProto, helper, numpy_helper
except ImportError as missing:
    skip(missing)

FLOAT, INT64 = TensorProto.FLOAT, TensorProto.INT64
SHAPE = (2, 4, 8, 8)
DRAWN = np.random.default_rng(11)


class Net:
    """A model in the making: from x on, values are named after the nodes that make them."""

    def __init__(self, opset: int = 21, shape: tuple = SHAPE, kind: int = FLOAT) -> None:
        self.nodes: list[NodeProto] = []
        self.stored: list[TensorProto] = []
        self.inputs = [helper.make_tensor_value_info("x", kind, shape)]
        self.outputs: list = []
        self.options: dict = {"producer_name": "test", "ir_version": 10}
        self.opsets = [helper.make_opsetid("", opset)]

    def keep(self, name: str, values: object) -> str:
        at = np.asarray(values)
        self.stored.append(numpy_helper.from_array(
            at if at.dtype == np.int64 else at.astype(np.float32), name))
        return name

    def node(self, op: str, inputs: list[str], name: str, **attributes: object) -> str:
        self.nodes.append(helper.make_node(op, inputs, [name], name=f"{name}_node", **attributes))
        return name

    def result(self, name: str, kind: int = FLOAT, shape: tuple | None = None) -> Net:
        self.outputs.append(helper.make_tensor_value_info(name, kind, shape))
        return self

    def conv(self, before: str, name: str, channels: int = 4) -> str:
        return self.node("Conv", [before, self.keep(f"{name}_w", DRAWN.normal(size=(
            channels, 4, 1, 1)))], name)

    def norm(self, before: str, name: str, variance: float = 1, **attributes: object) -> str:
        stored = [self.keep(f"{name}_{k}", np.full(4, v) + DRAWN.random(4) / 9)
                  for k, v in (("s", 1), ("b", 0), ("m", 0), ("v", variance))]
        return self.node("BatchNormalization", [before, *stored], name, **attributes)

    def model(self) -> ModelProto:
        graph = helper.make_graph(self.nodes, "g", self.inputs, self.outputs, self.stored)
        return helper.make_model(graph, opset_imports=self.opsets, **self.options)


@dataclass
class Rule:
    rule: str
    places: list[str]  # each is at the end of one finding's place
    broken: ModelProto
    twin: ModelProto


RULES: list[Rule] = []


def rule(name: str, places: str | list[str], broken: Net, twin: Net) -> None:
    RULES.append(Rule(name, [places] if isinstance(places, str) else places, broken.model(),
                      twin.model()))


def relu(**options: object) -> Net:
    net = Net()
    net.node("Relu", ["x"], "y")
    net.options |= options
    return net.result("y")


# ---- names -------------------------------------------------------------------------------------


def named(name: str) -> Net:
    net = relu()
    net.nodes[0].name = name
    return net


def of_names() -> None:
    rule("unsafe-characters", r"\u{202e}gnp.exe", named("\u202egnp.exe"), named("größe"))
    rule("unsafe-characters", r"a\x1b[2Jb", named("a\x1b[2Jb"), named("a [2J b"))
    rule("long-name", "", named("n" * 5000), named("n" * 500))
    rule("unnamed-nodes", "graph", named(""), relu())
    for names, found in ((("a", "a"), True), (("a", "b"), False)):
        net = Net()
        net.nodes = [helper.make_node("Relu", ["x"], ["h"], name=names[0]),
                     helper.make_node("Neg", ["h"], ["y"], name=names[1])]
        net.result("y")
        if found:
            broken = net
    rule("duplicate-node-name", "node[1] a", broken, net)
    rule("no-producer", "model", relu(producer_name=""), relu())


# ---- where it runs -----------------------------------------------------------------------------


def of_targets() -> None:
    def opset(version: int, ir: int) -> Net:
        net = relu(ir_version=ir)
        net.opsets = [helper.make_opsetid("", version)]
        return net
    rule("old-opset", "model", opset(6, 3), opset(7, 3))
    rule("ir-older-than-opset", "model", opset(21, 9), opset(21, 10))

    def foreign(domain: str, op: str) -> Net:
        net = Net()
        net.opsets.append(helper.make_opsetid(domain, 1))
        net.node(op, ["x"], "y", domain=domain)
        return net.result("y")
    rule("custom-operator", "y_node", foreign("com.acme", "Frob"), relu())
    rule("runtime-operator", "y_node", foreign("com.microsoft", "Gelu"), relu())
    open_net, fixed = Net(shape=("batch", 4)), Net(shape=(2, 4))
    for net in (open_net, fixed):
        net.node("Relu", ["x"], "y")
        net.result("y")
    rule("dynamic-shape", "x", open_net, fixed)
    rule("fixed-batch", "graph", fixed, open_net)
    large, small = Net(), Net()
    for net, size in ((large, 1 << 40), (small, 1 << 20)):
        net.keep("n", np.array([size, 4], np.int64))
        net.node("ConstantOfShape", ["n"], "y")
        net.result("y")
    rule("absurd-size", "y", large, small)
    known, unknown = Net(), Net()
    known.node("Reshape", ["x", known.keep("s", np.array([2, -1], np.int64))], "y")
    unknown.inputs.append(helper.make_tensor_value_info("s", INT64, None))
    unknown.node("Reshape", ["x", "s"], "y")
    rule("unknown-shape", "model", unknown.result("y"), known.result("y"))


# ---- what is there for nothing -----------------------------------------------------------------


def of_waste() -> None:
    dead = relu()
    dead.node("Neg", ["x"], "gone")
    dead.node("Neg", ["gone"], "gone2")
    alive = relu()
    alive.node("Neg", ["x"], "z")
    rule("dead-node", ["gone_node", "gone2_node"], dead, alive.result("z"))
    unread, read = relu(), Net()
    unread.keep("w", [1.5])
    read.node("Add", ["x", read.keep("w", [1.5])], "y")
    rule("unused-initializer", "w", unread, read.result("y"))
    unfed = relu()
    unfed.inputs.append(helper.make_tensor_value_info("z", FLOAT, [1]))
    rule("unused-input", "z", unfed, relu())
    same, differ = Net(), Net()
    values = DRAWN.normal(size=(1, 4, 8, 8))
    for net, second in ((same, values), (differ, values[:, ::-1])):
        net.node("Add", ["x", net.keep("a", values)], "h")
        net.node("Mul", ["h", net.keep("b", second)], "y")
        net.result("y")
    rule("duplicate-initializer", "b", same, differ)
    replaceable, fixed = Net(), Net()
    for net in (replaceable, fixed):
        net.node("Add", ["x", net.keep("w", [1.5])], "y")
        net.result("y")
    replaceable.inputs.append(helper.make_tensor_value_info("w", FLOAT, [1]))
    rule("overridable-initializer", "graph", replaceable, fixed)
    constant, changes = Net(), Net()
    for net, first in ((constant, "a"), (changes, "x")):
        net.node("Add", [first, net.keep("a", [1.5, 2])] if first == "a" else ["x", net.keep("a", [1.5])],
                 "h")
        net.node("Sqrt", ["h"], "r")
        net.node("Mul", ["x", "r"] if first == "x" else ["x", net.node("ReduceSum", ["r"], "s",
                                                                   keepdims=0)], "y")
        net.result("y")
    rule("constant-subgraph", "s_node", constant, changes)


# ---- what could be simpler ---------------------------------------------------------------------


def chain(*ops: tuple, opset: int = 21, kind: int = FLOAT) -> Net:
    """Nodes one after the other: (op, further inputs, attributes)."""
    net = Net(opset, kind=kind)
    at = "x"
    for i, (op, more, attributes) in enumerate(ops):
        inputs = [at]
        for k, values in enumerate(more):
            inputs.append("" if values is None else net.keep(f"c{i}_{k}", values))
        at = net.node(op, inputs, f"v{i}", **attributes)
    return net.result(at)


def of_simpler() -> None:
    idle = [
        ("Identity", (), {}),
        ("Dropout", (), {}),
        ("Cast", (), {"to": FLOAT}),
        ("Transpose", (), {"perm": [0, 1, 2, 3]}),
        ("Reshape", (np.array([2, 4, 8, 8], np.int64),), {}),
        ("Expand", (np.array([1, 4, 1, 8], np.int64),), {}),
        ("Tile", (np.array([1, 1, 1, 1], np.int64),), {}),
        ("Pad", (np.zeros(8, np.int64),), {}),
        ("Concat", (), {"axis": 1}),
        ("Sum", (), {}),
    ]
    busy = [
        ("Neg", (), {}),
        ("Dropout", (np.float32(0.5).reshape(()), None), {}),
        ("Cast", (), {"to": TensorProto.FLOAT16}),
        ("Transpose", (), {"perm": [0, 1, 3, 2]}),
        ("Reshape", (np.array([2, 4, 64], np.int64),), {}),
        ("Expand", (np.array([3, 1, 1, 1, 1], np.int64),), {}),
        ("Tile", (np.array([1, 1, 2, 1], np.int64),), {}),
        ("Pad", (np.array([0] * 7 + [1], np.int64),), {}),
        ("Concat", (np.ones(SHAPE),), {"axis": 1}),
        ("Sum", (np.ones(SHAPE),), {}),
    ]
    end = ("Neg", (), {})
    for first, second in zip(idle, busy):
        if first[0] == "Dropout":
            twin = chain(("Neg", (), {}), second, end)
            twin.nodes[1].input.append("yes")
            twin.stored.append(numpy_helper.from_array(np.array(True), "yes"))
            del twin.nodes[1].input[2]
        else:
            twin = chain(("Neg", (), {}), second, end)
        rule("removable-node", "v1_node", chain(("Neg", (), {}), first, end), twin)
    # a result cannot be an input's own name: then the Identity has to stay
    rule("removable-node", "v1_node", chain(("Neg", (), {}), ("Identity", (), {})),
         chain(("Identity", (), {})))
    rule("mergeable-nodes", "v1_node",
         chain(("Transpose", (), {"perm": [0, 1, 3, 2]}), ("Transpose", (), {"perm": [1, 0, 2, 3]})),
         chain(("Transpose", (), {"perm": [0, 1, 3, 2]}), end))
    for attributes, found in (({}, True), ({"training_mode": 1}, False)):
        net = Net()
        net.norm(net.conv("x", "c"), "n", **attributes)
        if not found:
            net.nodes[-1].output.extend(["running_mean", "running_var"])
        net.result("n")
        if found:
            broken = net
    rule("foldable-batchnorm", "n_node", broken, net)
    block, alone = Net(), Net()
    for net, op in ((block, "Relu"), (alone, "Softmax")):
        net.node(op, [net.norm(net.conv("x", "c"), "n")], "y")
        net.result("y")
    rule("fusable-conv", "c_node", block, alone)
    known, unknown = Net(), Net(shape=("batch", 4, 8, 8))
    for net in (known, unknown):
        net.node("Shape", ["x"], "y")
        net.result("y", INT64)
    rule("static-shape", "y_node", known, unknown)
    linear, matrix = Net(), Net()
    for net, bias in ((linear, np.ones(5)), (matrix, np.ones((8, 5)))):
        net.node("MatMul", ["x", net.keep("w", DRAWN.normal(size=(8, 5)))], "h")
        net.node("Add", ["h", net.keep("b", bias)], "y")
        net.result("y")
    rule("fusable-matmul", "h_node", linear, matrix)


def gelu(half: float, root: float) -> Net:
    net = Net()
    net.node("Div", ["x", net.keep("root", np.float32(root).reshape(()))], "a")
    net.node("Erf", ["a"], "b")
    net.node("Add", ["b", net.keep("one", np.float32(1).reshape(()))], "c")
    net.node("Mul", ["x", "c"], "d")
    net.node("Mul", ["d", net.keep("half", np.float32(half).reshape(()))], "y")
    return net.result("y")


def normalized(centered: bool, square: float = 2) -> Net:
    net = Net()
    x = "x"
    if centered:
        net.node("ReduceMean", ["x", net.keep("axes", np.array([-1], np.int64))], "mean")
        x = net.node("Sub", ["x", "mean"], "centered")
    else:
        net.keep("axes", np.array([-1], np.int64))
    net.node("Pow", [x, net.keep("two", np.float32(square).reshape(()))], "squares")
    net.node("ReduceMean", ["squares", "axes"], "variance")
    net.node("Add", ["variance", net.keep("eps", np.float32(1e-5).reshape(()))], "sum")
    net.node("Sqrt", ["sum"], "deviation")
    net.node("Div", [x, "deviation"], "y")
    return net.result("y")


def of_spelling() -> None:
    rule("spelled-out-gelu", "b_node", gelu(0.5, np.sqrt(2)), gelu(0.5, 2))
    rule("spelled-out-normalization", "deviation_node", normalized(True), normalized(True, 3))
    rule("spelled-out-normalization", "deviation_node", normalized(False), normalized(False, 3))
    for op, place, middle in (("Sigmoid", "s_node", ()), ("Softplus", "s_node", ("Tanh",)),
                              ("HardSigmoid", "s_node", ())):
        nets = []
        for other in ("x", "z"):
            net = Net()
            net.inputs.append(helper.make_tensor_value_info("z", FLOAT, SHAPE))
            at = net.node(op, ["x"], "s", **({"alpha": 1 / 6} if op == "HardSigmoid" else {}))
            for k, name in enumerate(middle):
                at = net.node(name, [at], f"m{k}")
            net.node("Mul", [other, at], "y")
            net.node("Neg", ["z"], "unused_z")
            nets.append(net.result("y").result("unused_z"))
        rule("spelled-out-activation", place, *nets)


# ---- weights -----------------------------------------------------------------------------------


def weighed(values: np.ndarray) -> Net:
    net = Net()
    net.node("MatMul", ["x", net.keep("w", values)], "y")
    return net.result("y")


def of_weights() -> None:
    fine = DRAWN.normal(size=(8, 6))
    for bad in (np.nan, np.inf, -np.inf):
        broken = fine.copy()
        broken[3, 2] = bad
        rule("non-finite-weight", "w", weighed(broken), weighed(fine))
    rule("zero-weight", "w", weighed(fine * 0), weighed(fine))
    rule("denormal-weight", "w", weighed(np.full((8, 6), 1e-40)), weighed(np.full((8, 6), 1e-30)))
    broken, twin = Net(), Net()
    broken.norm("x", "n", variance=-2)
    twin.norm("x", "n")
    rule("negative-variance", "n_v", broken.result("n"), twin.result("n"))


# ---- external data -----------------------------------------------------------------------------


def outside(*parts: tuple[int, int]) -> Net:
    """Tensors of other.bin at these offsets, of these lengths in bytes."""
    net = Net(shape=(1,))
    at = "x"
    for i, (offset, length) in enumerate(parts):
        t = TensorProto(name=f"e{i}", data_type=FLOAT, dims=[length // 4],
                        data_location=TensorProto.EXTERNAL)
        for key, value in (("location", "other.bin"), ("offset", offset), ("length", length)):
            t.external_data.add(key=key, value=str(value))
        net.stored.append(t)
        at = net.node("Add", [at, f"e{i}"], f"s{i}")
    return net.result(at)


def of_external() -> None:
    rule("external-overlap", "e1", outside((0, 4096), (2048, 4096)), outside((0, 4096), (0, 4096)))
    rule("external-unaligned", "e0", outside((100, 1 << 17)), outside((4096, 1 << 17)))
    rule("external-gap", "e0", outside((0, 4096), (1 << 20, 4096)), outside((0, 4096), (4096, 4096)))


def check(r: Rule, folder: Path, tally: Tally) -> None:
    (folder / "other.bin").write_bytes(bytes(1 << 21))
    for model, wanted in ((r.broken, r.places), (r.twin, [])):
        path = folder / "model.onnx"
        path.write_bytes(model.SerializeToString())
        answer, wrong = tell("check", path)
        found = [f for f in answer.get("findings", []) if f["rule"] == r.rule]
        what = f"{r.rule} {'broken' if wanted else 'twin'}"
        tally.hold(f"{what}: an answer", not wrong, wrong)
        places = sorted(f["where"] for f in found)
        fits = len(places) == len(wanted) and all(
            any(p.endswith(w) for p in places) for w in wanted)
        tally.hold(what, fits, (places, wanted))


# ---- the corpus --------------------------------------------------------------------------------


def count(model: ModelProto) -> Counter:
    """What the onnx package finds, by rule; of models of one graph."""
    graph, out = model.graph, Counter()
    nodes = graph.node
    names = Counter(n.name for n in nodes if n.name)
    out["unnamed-nodes"] = int(any(not n.name for n in nodes))
    out["duplicate-node-name"] = sum(names.values()) - len(names)
    producer = {o: n for n in nodes for o in n.output if o}
    readers = Counter(i for n in nodes for i in n.input if i)
    results = {o.name for o in graph.output}
    stored = {t.name: t for t in graph.initializer}
    sparse = {s.values.name for s in graph.sparse_initializer}
    annotated = {p.value for a in graph.quantization_annotation
                 for p in a.quant_parameter_tensor_names}
    inputs = {i.name for i in graph.input}
    out["unused-initializer"] = sum(not readers[n] and n not in results | annotated for n in stored)
    out["unused-input"] = sum(not readers[n] and n not in results | annotated
                              for n in inputs - set(stored) - sparse)
    live, queue = set(), list(results)
    while queue:
        node = producer.get(queue.pop())
        if node is not None and id(node) not in live:
            live.add(id(node))
            queue.extend(node.input)
    out["dead-node"] = sum(id(n) not in live for n in nodes if any(n.output))
    fixed = set(stored) - (inputs if model.ir_version >= 4 else set())
    fixed |= {n.output[0] for n in nodes if n.op_type == "Constant"}
    for node in nodes:
        first = node.input[0] if node.input else ""
        before = producer.get(first)
        if node.op_type == "BatchNormalization" and before is not None and not any(
                a.name == "training_mode" and a.i for a in node.attribute):
            out["foldable-batchnorm"] += before.op_type in ("Conv", "ConvTranspose", "Gemm") and \
                readers[first] == 1 and first not in results and \
                all(i in fixed for i in [*node.input[1:], *before.input[1:]] if i)
        if node.op_type == "Transpose" and before is not None and before.op_type == "Transpose":
            out["transposes"] += readers[first] == 1 and first not in results
    return out


def contents(model: ModelProto) -> Counter:
    out: Counter = Counter()
    groups = Counter()
    for t in [*model.graph.initializer,
              *(n.attribute[0].t for n in model.graph.node
                if n.op_type == "Constant" and n.attribute and n.attribute[0].name == "value")]:
        if t.data_type == TensorProto.STRING or t.data_location == TensorProto.EXTERNAL:
            continue
        try:
            at = numpy_helper.to_array(t)
        except (KeyError, TypeError, ValueError):  # no type, or too few data
            continue
        if at.nbytes >= 256:
            groups[t.data_type, at.shape, at.tobytes()] += 1
    out["duplicate-initializer"] = sum(n - 1 for n in groups.values())
    return out


def over_corpus(tally: Tally) -> None:
    for path in sorted(CORPUS.glob("*.onnx")) + sorted((BUILD / "samples").glob("*.onnx")):
        try:
            model = onnx.load(path, load_external_data=False)
        except Exception:  # noqa: BLE001  what it cannot read is not compared
            continue
        if model.functions or model.training_info or any(
                a.HasField("g") or a.graphs for n in model.graph.node for a in n.attribute):
            continue
        answer, wrong = tell("check", path)
        if not tally.hold(f"{path.name}: an answer", not wrong, wrong):
            continue
        ours = Counter(f["rule"] for f in answer["findings"])
        ours["transposes"] = sum(f["rule"] == "mergeable-nodes" and "another Transpose" in f["message"]
                                 for f in answer["findings"])
        theirs = count(model)
        if path.stat().st_size < 30e6:
            theirs |= contents(model)
        for name, n in theirs.items():
            tally.same(f"{path.name}: {name}", ours[name], n)


def main() -> int:
    tally = Tally()
    words = sys.argv[1:]
    for make in (of_names, of_targets, of_waste, of_simpler, of_spelling, of_weights, of_external):
        make()
    with tempfile.TemporaryDirectory() as scratch:
        for r in RULES:
            if not words or any(w in r.rule for w in words):
                check(r, Path(scratch), tally)
    if not words:
        over_corpus(tally)
    return tally.end()


if __name__ == "__main__":
    sys.exit(main())
