#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Holds every finding of `onnxray quant` to a broken model and its sound twin.

    python3 tests/truth/quant_findings.py [WORD...]     only rules that have a word

For each rule a small model with one thing wrong, where exactly this finding must be told: rule,
severity, and the place. The twin, which differs in that one thing, must not have it, nor any error.
Twins are run by ONNX Runtime, where it knows their operators: a model that it does not run is no
proof that a finding is absent by right. Where the runtime is said to refuse the broken one, that is
held against it as well.

Environment: B, ONNXRAY. The last line is "N passed, N failed[, N skipped]".
"""

from __future__ import annotations

import re
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from asking import ROOT, Tally, skip, tell

try:
    import numpy as np
    import onnx
    import onnxruntime
    from onnx import ModelProto, NodeProto, TensorProto, helper, numpy_helper
except ImportError as missing:
    skip(missing)

INT8, UINT8, INT32, FLOAT = TensorProto.INT8, TensorProto.UINT8, TensorProto.INT32, \
    TensorProto.FLOAT
K, N = 16, 8
DRAWN = np.random.default_rng(7)
WEIGHTS = DRAWN.integers(-100, 101, (K, N))
WEIGHTS.flat[:2] = -127, 127
QONNX = "qonnx.custom_op.general"


class Net:
    """A model in the making; every value has its name's type from who makes it."""

    def __init__(self, shape: tuple[int, ...] = (2, K), producer: str = "") -> None:
        self.nodes: list[NodeProto] = []
        self.stored: list[TensorProto] = []
        self.outputs: list[tuple[str, int]] = []
        self.input = helper.make_tensor_value_info("x", FLOAT, shape)
        self.producer = producer

    def keep(self, name: str, values: object, kind: int = FLOAT) -> str:
        at = np.asarray(values)
        self.stored.append(helper.make_tensor(name, kind, at.shape, at.ravel().tolist()))
        return name

    def node(self, op: str, given: list[str], name: str, domain: str = "", *,
             more: tuple[str, ...] = (), **attributes: object) -> str:
        self.nodes.append(helper.make_node(op, given, [name + "_out", *more], name, domain=domain,
                                           **attributes))
        return name + "_out"

    def scaled(self, name: str, scale: object, zero: object, kind: int) -> list[str]:
        """A scale, and a zero point unless it is None."""
        found = [self.keep(name + "_scale", scale)]
        if zero is not None:
            found.append(self.keep(name + "_zero", zero, kind))
        return found

    def quantize(self, value: str, name: str, scale: object = 0.02, zero: object = 3,
                 kind: int = UINT8) -> str:
        return self.node("QuantizeLinear", [value, *self.scaled(name, scale, zero, kind)],
                         name + "_q")

    def dequantize(self, value: str, name: str, scale: object = 0.02, zero: object = 3,
                   kind: int = UINT8, **attributes: object) -> str:
        return self.node("DequantizeLinear", [value, *self.scaled(name + "_dq", scale, zero, kind)],
                         name + "_dq", **attributes)

    def pair(self, value: str, name: str, scale: object = 0.02, zero: object = 3,
             kind: int = UINT8) -> str:
        return self.dequantize(self.quantize(value, name, scale, zero, kind), name, scale, zero,
                               kind)

    def weight(self, values: object = WEIGHTS, scale: object = 0.01, zero: object = 0,
               kind: int = INT8, zero_kind: int | None = None, name: str = "w",
               **attributes: object) -> str:
        self.keep(name + "_quantized", values, kind)
        given = self.scaled(name, scale, zero, kind if zero_kind is None else zero_kind)
        return self.node("DequantizeLinear", [name + "_quantized", *given], name + "_dq",
                         **attributes)

    def bias(self, scale: object = 0.0002, zero: object = 0, kind: int = INT32,
             **attributes: object) -> str:
        self.keep("b_quantized", [5, -7] * (N // 2), kind)
        return self.node("DequantizeLinear", ["b_quantized", *self.scaled("b", scale, zero, kind)],
                         "b_dq", **attributes)

    def output(self, value: str, kind: int = FLOAT) -> Net:
        self.outputs.append((value, kind))
        return self

    def model(self) -> ModelProto:
        outputs = [helper.make_tensor_value_info(name, kind, None) for name, kind in self.outputs]
        graph = helper.make_graph(self.nodes, "findings", [self.input], outputs, self.stored)
        domains = {n.domain for n in self.nodes} - {""}
        return helper.make_model(graph, ir_version=10, producer_name=self.producer, opset_imports=[
            helper.make_opsetid("", 21), *(helper.make_opsetid(d, 1) for d in domains)])


Maker = Callable[[], Net]


@dataclass
class Rule:
    rule: str
    severity: str
    where: str
    broken: Maker
    sound: Maker
    refused: bool = False  # by ONNX Runtime, when it loads or runs the broken one
    runs: bool = True      # the runtime knows the operators of the sound one


# ---- models ----


def layer(producer: str = "", pair: tuple[object, ...] = (), bias: dict | None = None,
          **weight: object) -> Net:
    """Between pairs, Gemm with an 8-bit weight and a bias of int32."""
    net = Net(producer=producer)
    given = [net.pair("x", "in", *pair), net.weight(**weight)]  # type: ignore[arg-type]
    if bias is not None:
        given.append(net.bias(**bias))
    return net.output(net.pair(net.node("Gemm", given, "fc"), "out", 0.1, 128))


def channels(value: float, at: int = 3) -> list[float]:
    scales = [0.01] * N
    scales[at] = value
    return scales


def nbits(rows: int = N, scales: int = 0, row: int = 8) -> Net:
    """MatMulNBits with one block of 16 numbers of 4 bits for each of 8 rows: 8 bytes each."""
    net = Net()
    net.keep("w_Q4", DRAWN.integers(0, 256, (rows, 1, row)), UINT8)
    net.keep("w_scales", [0.1] * (scales or N))
    return net.output(net.node("MatMulNBits", ["x", "w_Q4", "w_scales"], "fc", "com.microsoft",
                               K=K, N=N, bits=4, block_size=16))


def table(count: int = 0, size: int = 0) -> Net:
    """MatMulBnb4 with blocks of 16."""
    net = Net()
    net.keep("w_Q4", DRAWN.integers(0, 256, size or K * N // 2), UINT8)
    net.keep("w_scales", [0.1] * (count or K * N // 16))
    return net.output(net.node("MatMulBnb4", ["x", "w_Q4", "w_scales"], "fc", "com.microsoft",
                               K=K, N=N, block_size=16, quant_type=1))


def blocked(columns: int = N, count: int = 1, scale: float = 0.1, kind: int = TensorProto.INT4,
            axis: int = 0) -> Net:
    """DequantizeLinear with blocks of 16."""
    net = Net()
    w = net.weight(np.clip(WEIGHTS // 16, -8, 7), np.full((count, columns), scale), None, kind,
                   axis=axis, block_size=16)
    return net.output(net.node("MatMul", ["x", w], "fc"))


def rounded(zero: float = 0.0, bits: float = 4.0) -> Net:
    net = Net()
    net.keep("w", WEIGHTS / 100.0)
    given = ["w", net.keep("s", 0.1), net.keep("z", zero), net.keep("bits", bits)]
    w = net.node("Quant", given, "round", QONNX, signed=1, narrow=0, rounding_mode="ROUND")
    return net.output(net.node("MatMul", ["x", w], "fc"))


def outside(there: bool) -> Net:
    """Scales in a file, which is there or not."""
    net = layer(scale=[0.01] * N, zero=[0] * N, axis=1)
    scale = next(t for t in net.stored if t.name == "w_scale")
    if not there:
        scale.ClearField("float_data")
        scale.ClearField("raw_data")
        scale.data_location = TensorProto.EXTERNAL
        for key, value in (("location", "gone.bin"), ("length", str(4 * N))):
            scale.external_data.add(key=key, value=value)
    return net


def fake(fold: bool) -> Net:
    """A weight stored as floats, or as what they are rounded to."""
    if fold:
        return layer()
    net = Net()
    net.keep("w", WEIGHTS / 100.0)
    w = net.pair("w", "w", 0.01, 0, INT8)
    return net.output(net.pair(net.node("Gemm", [net.pair("x", "in"), w], "fc"), "out", 0.1, 128))


def unread(read: bool) -> Net:
    net = layer()
    value = net.quantize("x", "more")
    if read:
        net.output(value, UINT8)
    return net


def raw(missing: bool) -> Net:
    """Integers that Add reads as numbers, or does not."""
    net = layer()
    value = net.quantize("x", "more")
    if not missing:
        return net.output(net.node("Relu", [net.dequantize(value, "more")], "sum"))
    one = net.keep("one", 1, UINT8)
    return net.output(net.node("Add", [value, one], "sum"), UINT8)


def dangling(read: bool) -> Net:
    net = layer()
    value = net.dequantize(net.quantize("x", "more"), "more")
    return net.output(value) if read else net


def twice(second: float | None) -> Net:
    net = Net()
    value = net.pair("x", "in")
    if second is not None:
        value = net.pair(value, "again", second)
    out = net.node("Gemm", [value, net.weight()], "fc")
    return net.output(net.pair(out, "out", 0.1, 128))


def products() -> Net:
    """Sums of products made small again: DequantizeLinear of int32, then QuantizeLinear."""
    net = Net()
    net.keep("w_quantized", WEIGHTS, INT8)
    sums = net.node("MatMulInteger", [net.quantize("x", "in"), "w_quantized", "in_zero"], "fc")
    return net.output(net.pair(net.dequantize(sums, "sums", 0.0002, None), "out", 0.1, 128))


def isolated(beside: bool) -> Net:
    """x, a pair, Sin: or with a layer that computes with the same values."""
    net = Net()
    value = net.pair("x", "in")
    net.output(net.node("Sin", [value], "wave"))
    if beside:
        net.output(net.pair(net.node("Gemm", [value, net.weight()], "fc"), "out", 0.1, 128))
    return net


def behind(quantized: bool) -> Net:
    """A pair behind a float layer, or behind one on few bits; Softmax reads it."""
    net = Net()
    if quantized:
        value = net.node("Gemm", [net.pair("x", "in"), net.weight()], "fc")
    else:
        value = net.node("Gemm", ["x", net.keep("w", WEIGHTS / 100.0)], "fc")
    return net.output(net.node("Softmax", [net.pair(value, "mid", 0.1, 128)], "soft"))


def other_scale(scale: float, zero: int = 3) -> Net:
    """What QuantizeLinear writes, DequantizeLinear reads by this."""
    net = Net()
    value = net.dequantize(net.quantize("x", "in"), "in", scale, zero)
    out = net.node("Gemm", [value, net.weight()], "fc")
    return net.output(net.pair(out, "out", 0.1, 128))


def qlinear(scale: float = 0.05, zero: int = 4, bias: bool = False) -> Net:
    """Two QLinearMatMul, the second reads what the first wrote by this scale and zero point."""
    net = Net()
    x, middle = net.quantize("x", "in"), net.scaled("mid", 0.05, 4, UINT8)
    w, v = net.scaled("w", 0.01, 0, INT8), net.scaled("v", 0.01, 0, INT8)
    net.keep("w_quantized", WEIGHTS, INT8)
    net.keep("v_quantized", WEIGHTS[:N], INT8)
    first = net.node("QLinearMatMul", [x, "in_scale", "in_zero", "w_quantized", *w, *middle], "fc1")
    read = net.scaled("read", scale, zero, UINT8)
    out = net.scaled("out", 0.5, 128, UINT8)
    second = net.node("QLinearMatMul", [first, *read, "v_quantized", *v, *out], "fc2")
    return net.output(net.node("DequantizeLinear", [second, *out], "last"))


def half_float(weight: bool, data: bool) -> Net:
    """One layer as it should be, one with weight or data as they are said to be."""
    net = Net()
    value = net.node("Gemm", [net.pair("x", "in"), net.weight()], "fc1")
    value = net.pair(value, "mid", 0.1, 128) if data else net.node("Sin", [value], "wave")
    v = net.weight(WEIGHTS[:N], name="v") if weight else net.keep("v", WEIGHTS[:N] / 100.0)
    return net.output(net.pair(net.node("Gemm", [value, v], "fc2"), "out", 0.1, 128))


def two_layers(first: object, second: object) -> Net:
    net = Net()

    def per(scale: object) -> dict:
        axis = isinstance(scale, list)
        return {"scale": scale, "zero": [0] * N if axis else 0, "axis": 1}

    value = net.node("Gemm", [net.pair("x", "in"), net.weight(**per(first))], "fc1")
    v = net.weight(WEIGHTS[:N], name="v", **per(second))
    return net.output(net.pair(net.node("Gemm", [net.pair(value, "mid", 0.1, 128), v], "fc2"),
                               "out", 0.1, 128))


def moved(scale: float) -> Net:
    """MaxPool between two pairs."""
    net = Net((1, 2, 4, 4))
    value = net.node("MaxPool", [net.pair("x", "in")], "pool", kernel_shape=[2, 2])
    return net.output(net.pair(value, "out", scale))


def many(values: np.ndarray, kind: int = INT8, zero: object = 0, producer: str = "") -> Net:
    return layer(values=values, kind=kind, zero=zero, producer=producer)


def clipped(share: float) -> np.ndarray:
    """8-bit numbers, a share of them at the ends."""
    drawn = np.random.default_rng(3)
    values = drawn.integers(-90, 91, (K, N))
    values.flat[:1] = -127
    values.flat[1:1 + round(share * values.size)] = 127
    return values


OUTLIER = WEIGHTS.copy()
OUTLIER.flat[5] = -128
NARROW = WEIGHTS // 4

RULES = [
    Rule("scale-not-finite", "error", "w_quantized", lambda: layer(scale=float("nan")), layer),
    Rule("scale-not-finite", "error", "w_quantized",
         lambda: layer(scale=channels(float("inf")), zero=[0] * N, axis=1),
         lambda: layer(scale=channels(0.02), zero=[0] * N, axis=1)),
    Rule("scale-not-finite", "error", "in_q_out",
         lambda: layer(pair=(float("nan"),)), layer),
    Rule("scale-zero", "error", "w_quantized",
         lambda: layer(scale=channels(0), zero=[0] * N, axis=1),
         lambda: layer(scale=channels(0.02), zero=[0] * N, axis=1)),
    Rule("scale-zero", "error", "in_q_out", lambda: layer(pair=(0.0,)), layer),
    Rule("scale-negative", "error", "w_quantized", lambda: layer(scale=-0.01), layer),
    Rule("scale-negative", "error", "w_quantized", lambda: layer(scale=-0.01),
         lambda: blocked(scale=-0.1)),
    Rule("scale-denormal", "warning", "w_quantized", lambda: layer(scale=1e-41), layer),
    Rule("scale-unreadable", "info", "w_quantized", lambda: outside(False), lambda: outside(True)),
    Rule("zero-point-type", "error", "w_quantized", lambda: layer(zero_kind=UINT8), layer,
         refused=True),
    Rule("zero-point-range", "error", "w", lambda: rounded(9), lambda: rounded(7), runs=False),
    Rule("zero-point-range", "error", "w", lambda: rounded(-3, 2), lambda: rounded(-2, 2),
         runs=False),
    Rule("zero-point-length", "error", "w_quantized",
         lambda: layer(scale=[0.01] * N, zero=[0] * (N - 1), axis=1),
         lambda: layer(scale=[0.01] * N, zero=[0] * N, axis=1), refused=True),
    Rule("bias-zero-point", "warning", "b_quantized", lambda: layer(bias={"zero": 3}),
         lambda: layer(bias={})),
    Rule("axis", "error", "w_quantized", lambda: layer(scale=[0.01] * N, zero=[0] * N, axis=2),
         lambda: layer(scale=[0.01] * N, zero=[0] * N, axis=-1), refused=True),
    Rule("scale-length", "error", "w_quantized",
         lambda: layer(scale=[0.01] * K, zero=[0] * K, axis=1),
         lambda: layer(scale=[0.01] * K, zero=[0] * K, axis=0), refused=True),
    Rule("blocks", "error", "w_quantized", lambda: blocked(columns=N - 1), blocked, refused=True),
    Rule("blocks", "error", "w_quantized", lambda: blocked(count=2), blocked, refused=True),
    Rule("blocks", "error", "w_Q4", lambda: nbits(scales=N - 1), nbits, refused=True),
    Rule("packed-size", "error", "w_Q4", lambda: nbits(rows=N - 1), nbits, refused=True),
    Rule("packed-size", "error", "w_Q4", lambda: nbits(row=16), nbits, refused=True),
    Rule("packed-size", "error", "w_Q4", lambda: table(size=K * N), table),
    Rule("blocks", "error", "w_Q4", lambda: table(N + 1), table),
    Rule("fake-weight", "info", "w", lambda: fake(False), lambda: fake(True)),
    Rule("asymmetric-weight", "error", "w_quantized", lambda: layer("modelopt", zero=3),
         lambda: layer("modelopt")),
    Rule("asymmetric-weight", "error", "w_quantized", lambda: layer("modelopt", zero=3),
         lambda: layer(zero=3)),
    Rule("no-dequantize", "warning", "more_q", lambda: unread(False), lambda: unread(True)),
    Rule("no-dequantize", "warning", "more_q", lambda: raw(True), lambda: raw(False)),
    Rule("dangling", "warning", "more_dq", lambda: dangling(False), lambda: dangling(True)),
    Rule("twice", "warning", "again_q", lambda: twice(0.05), lambda: twice(None)),
    Rule("twice", "info", "again_q", lambda: twice(0.02), lambda: twice(None)),
    Rule("twice", "warning", "again_q", lambda: twice(0.05), products),
    Rule("float-readers", "warning", "in_q", lambda: isolated(False), lambda: isolated(True)),
    Rule("float-readers", "warning", "mid_q", lambda: behind(False), lambda: behind(True)),
    Rule("scale-mismatch", "warning", "in_dq", lambda: other_scale(0.03),
         lambda: other_scale(0.02)),
    Rule("scale-mismatch", "warning", "in_dq", lambda: other_scale(0.02, 4),
         lambda: other_scale(0.02)),
    Rule("scale-mismatch", "warning", "fc2", lambda: qlinear(0.06), qlinear),
    Rule("scale-mismatch", "warning", "fc2", lambda: qlinear(zero=5), qlinear),
    Rule("bias-type", "warning", "b_quantized", lambda: layer(bias={"kind": INT8}),
         lambda: layer(bias={})),
    Rule("bias-scale", "warning", "fc", lambda: layer(bias={"scale": 0.0003}),
         lambda: layer(bias={})),
    Rule("bias-scale", "warning", "fc",
         lambda: layer(bias={}, scale=channels(0.02), zero=[0] * N, axis=1),
         lambda: layer(bias={"scale": [0.02 * s for s in channels(0.02)], "zero": [0] * N,
                             "axis": 0}, scale=channels(0.02), zero=[0] * N, axis=1)),
    Rule("float-activation", "info", "fc2", lambda: half_float(True, False),
         lambda: half_float(True, True)),
    Rule("float-weight", "info", "fc2", lambda: half_float(False, True),
         lambda: half_float(True, True)),
    Rule("mixed-granularity", "info", "v_quantized", lambda: two_layers([0.01] * N, 0.01),
         lambda: two_layers([0.01] * N, [0.02] * N)),
    Rule("mixed-granularity", "info", "w_quantized", lambda: two_layers(0.01, [0.01] * N),
         lambda: two_layers(0.01, 0.02)),
    Rule("shared-scale", "info", "pool", lambda: moved(0.03), lambda: moved(0.02)),
    Rule("saturated", "warning", "w_quantized", lambda: many(clipped(0.10)),
         lambda: many(clipped(0.01))),
    Rule("saturated", "warning", "w_quantized", lambda: many(clipped(0.10) + 128, UINT8, 128),
         lambda: many(clipped(0.01) + 128, UINT8, 128)),
    Rule("unused-range", "info", "w_quantized", lambda: many(NARROW), lambda: many(WEIGHTS)),
    Rule("unused-range", "info", "w_quantized", lambda: many(NARROW + 60, UINT8, 60),
         lambda: many(WEIGHTS + 128, UINT8, 120)),
    Rule("unused-range", "info", "w_quantized", lambda: many(abs(NARROW)),
         lambda: many(abs(WEIGHTS))),  # one side is empty, but the other needs the scale
    Rule("minus-128", "warning", "w_quantized", lambda: many(OUTLIER, producer="modelopt"),
         lambda: many(WEIGHTS, producer="modelopt")),
    Rule("minus-128", "warning", "w_quantized", lambda: many(OUTLIER, producer="modelopt"),
         lambda: many(OUTLIER)),
]


# ---- what is said about them ----


def findings(model: ModelProto, path: Path) -> tuple[list[dict], str]:
    path.write_bytes(model.SerializeToString())
    answer, wrong = tell("quant", path)
    return answer.get("findings", []), wrong


def run(model: ModelProto) -> str:
    """Why the runtime does not load or run it."""
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    shape = [d.dim_value for d in model.graph.input[0].type.tensor_type.shape.dim]
    try:
        session = onnxruntime.InferenceSession(model.SerializeToString(), options,
                                               providers=["CPUExecutionProvider"])
        session.run(None, {"x": np.ones(shape, np.float32)})
    except Exception as why:  # whatever it throws is its verdict
        return str(why) or type(why).__name__
    return ""


def check(r: Rule, path: Path, tally: Tally) -> None:
    rule = "quant-" + r.rule
    what = f"{rule} at {r.where}"
    broken, sound = r.broken().model(), r.sound().model()
    found, wrong = findings(broken, path)
    if tally.hold(f"{what}: an answer", not wrong, wrong):
        of_rule = [(f["severity"], f["where"]) for f in found if f["rule"] == rule]
        tally.same(f"{what}: broken", of_rule, [(r.severity, r.where)])
        others = [f for f in found if f["rule"] != rule and f["severity"] == "error"]
        tally.same(f"{what}: no other errors in the broken one", others, [])
    found, wrong = findings(sound, path)
    if tally.hold(f"{what}: an answer about the twin", not wrong, wrong):
        tally.same(f"{what}: sound", [f for f in found if f["rule"] == rule], [])
        tally.same(f"{what}: no errors in the sound one",
                   [f for f in found if f["severity"] == "error"], [])
    if r.runs:
        tally.same(f"{what}: the sound one runs", run(sound), "")
    if r.refused:
        tally.hold(f"{what}: the runtime refuses the broken one", run(broken) != "")


def embedding(scale: bool) -> Net:
    """QEmbedLayerNormalization; the scale of the positions is given as it runs, or stored."""
    net = Net((), "")
    for name, dims in (("words", (30, K)), ("places", (10, K)), ("gamma", (K,)), ("beta", (K,))):
        net.keep(name, DRAWN.integers(-100, 101, dims), INT8)
        net.keep(name + "_s", 0.1)
        net.keep(name + "_z", 0, INT8)
    net.keep("ids", [[1, 2]], INT32)
    net.keep("segments", [[0, 0]], INT32)
    given = ["ids", "", "words", "places", "", "gamma", "beta", "", "words_s",
             "places_s" if scale else "x", "", "gamma_s", "beta_s", "words_z", "places_z", "",
             "gamma_z", "beta_z"]
    return net.output(net.node("QEmbedLayerNormalization", given, "emb", "com.microsoft",
                               more=("mask",)))


def bare() -> Net:
    """MatMulInteger whose sums are never scaled: nobody tells what they stand for."""
    net = Net()
    net.keep("w_quantized", WEIGHTS, INT8)
    out = net.node("MatMulInteger", [net.quantize("x", "in"), "w_quantized", "in_zero"], "fc")
    return net.output(out, INT32)


def check_unknown(tally: Tally, path: Path) -> None:
    """Where there is no scale to read, nothing that follows from it is told."""
    for net, name, known in ((embedding(True), "places", True), (embedding(False), "places", False),
                             (bare(), "w_quantized", False)):
        path.write_bytes(net.model().SerializeToString())
        answer, wrong = tell("quant", path)
        rows = [t for t in answer.get("tensors", []) if t["name"] == name]
        if not tally.hold(f"{name} is listed", not wrong and len(rows) == 1, wrong):
            continue
        row = rows[0]
        scale = {"min": row["scale"]["min"], "max": row["scale"]["max"], "range": row["range"],
                 "scales": row["scales"]}
        if known:
            tally.hold(f"{name}: its scale is told", None not in scale.values(), scale)
        else:
            tally.same(f"{name}: unknown, not 0", set(scale.values()), {None})


def check_complete(tally: Tally) -> None:
    """Every finding has a test and is in the manual."""
    told = {rule for source in (ROOT / "src" / "analyze").glob("quant*.c")
            for rule in re.findall(r'"quant-([a-z0-9-]+)"', source.read_text())}
    tally.same("rules of the program and of this test", sorted(told),
               sorted({r.rule for r in RULES}))
    manual = set(re.findall(r"quant-([a-z0-9-]+)", (ROOT / "man" / "quant.more").read_text()))
    tally.same("rules of the program and of the manual", sorted(told), sorted(manual))


def main() -> int:
    tally = Tally()
    words = sys.argv[1:]
    if not words:
        check_complete(tally)
    with tempfile.TemporaryDirectory() as scratch:
        for r in RULES:
            if not words or any(w in r.rule for w in words):
                check(r, Path(scratch) / "model.onnx", tally)
        if not words:
            check_unknown(tally, Path(scratch) / "model.onnx")
    return tally.end()


if __name__ == "__main__":
    sys.exit(main())
