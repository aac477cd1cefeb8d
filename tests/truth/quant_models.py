# SPDX-License-Identifier: Apache-2.0
"""Small float models, and what quantizers make of them. Built once, kept in $B/quant-models.

    cases()   every case: float model, quantized model, and what the quantizer was asked for

ONNX Runtime's quantizers do the work; 4-bit weights, float16 and QONNX nodes are written here,
since their quantizers need packages that are seldom installed.
"""

from __future__ import annotations

import hashlib
import json
import logging
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import onnx
from asking import BUILD
from dequantize import packed_tensor, quantize
from onnx import ModelProto, TensorProto, helper, numpy_helper
from onnxruntime import quantization
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType
from onnxruntime.quantization.shape_inference import quant_pre_process

HERE = Path(__file__)
FLOAT = TensorProto.FLOAT


class Net:
    """A float model in the making."""

    def __init__(self, name: str, shape: list[int], seed: int, kind: int = FLOAT) -> None:
        self.name, self.random = name, np.random.default_rng(seed)
        self.nodes: list[onnx.NodeProto] = []
        self.stored: list[TensorProto] = []
        self.input = helper.make_tensor_value_info("x", kind, shape)
        self.last = "x"

    def keep(self, name: str, values: np.ndarray) -> str:
        self.stored.append(numpy_helper.from_array(values, name))
        return name

    def weight(self, name: str, *dims: int, spread: float = 0.3, shift: float = 0.0) -> str:
        values = self.random.normal(shift, spread, dims)
        if len(dims) > 1:  # channels differ, or per-channel would not
            values *= self.random.uniform(0.3, 1.7, (dims[0], *[1] * (len(dims) - 1)))
        return self.keep(name, values.astype(np.float32))

    def node(self, op: str, inputs: list[str], **attributes: object) -> str:
        name = f"{op}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(op, inputs, [name + "_out"], name, **attributes))
        self.last = name + "_out"
        return self.last

    def conv(self, inputs: int, outputs: int, kernel: int, *, group: int = 1, stride: int = 1,
             bias: bool = True, norm: bool = False) -> str:
        n = len(self.nodes)
        given = [self.last,
                 self.weight(f"conv{n}.weight", outputs, inputs // group, kernel, kernel)]
        if bias:
            given.append(self.weight(f"conv{n}.bias", outputs, spread=0.1))
        self.node("Conv", given, group=group, strides=[stride] * 2, pads=[kernel // 2] * 4,
                  kernel_shape=[kernel] * 2)
        if norm:
            self.node("BatchNormalization", [
                self.last, self.weight(f"bn{n}.weight", outputs, shift=1.0),
                self.weight(f"bn{n}.bias", outputs), self.weight(f"bn{n}.mean", outputs),
                self.keep(f"bn{n}.var", self.random.uniform(0.2, 2, outputs).astype(np.float32))],
                epsilon=1e-3)
        return self.last

    def linear(self, inputs: int, outputs: int, bias: bool = True) -> str:
        n = len(self.nodes)
        self.node("MatMul", [self.last, self.weight(f"fc{n}.weight", inputs, outputs)])
        if bias:
            self.node("Add", [self.last, self.weight(f"fc{n}.bias", outputs, spread=0.1)])
        return self.last

    def gemm(self, inputs: int, outputs: int, transposed: int) -> str:
        n = len(self.nodes)
        dims = (outputs, inputs) if transposed else (inputs, outputs)
        return self.node("Gemm", [self.last, self.weight(f"gemm{n}.weight", *dims),
                                  self.weight(f"gemm{n}.bias", outputs, spread=0.1)],
                         transB=transposed)

    def relu(self) -> str:
        return self.node("Relu", [self.last])

    def model(self, opset: int = 21) -> ModelProto:
        out = helper.make_tensor_value_info(self.last, FLOAT, None)
        graph = helper.make_graph(self.nodes, self.name, [self.input], [out], self.stored)
        made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)],
                                 ir_version=10, producer_name="quant_models")
        return onnx.shape_inference.infer_shapes(made, strict_mode=True)


def convnet(opset: int = 21) -> ModelProto:
    """Convolutions with BatchNormalization, one of them by depth; a classifier."""
    n = Net("convnet", [1, 3, 16, 16], 1)
    n.conv(3, 16, 3, bias=False, norm=True)
    n.relu()
    n.conv(16, 16, 3, group=16, norm=True)
    n.relu()
    n.conv(16, 24, 1)
    n.relu()
    n.conv(24, 24, 3, stride=2, bias=False)
    n.node("GlobalAveragePool", [n.last])
    n.node("Flatten", [n.last])
    n.gemm(24, 10, 1)
    return n.model(opset)


def mlp(opset: int = 21) -> ModelProto:
    n = Net("mlp", [4, 64], 2)
    n.linear(64, 48)
    n.relu()
    n.gemm(48, 40, 0)
    n.relu()
    n.gemm(40, 32, 1)
    n.relu()
    n.linear(32, 10, bias=False)
    return n.model(opset)


def deconv(opset: int = 21) -> ModelProto:
    n = Net("deconv", [1, 3, 12, 12], 3)
    n.conv(3, 8, 3, stride=2)
    n.relu()
    n.node("ConvTranspose", [n.last, n.weight("up.weight", 8, 6, 2, 2), n.weight("up.bias", 6)],
           strides=[2, 2], kernel_shape=[2, 2])
    n.relu()
    n.conv(6, 2, 1)
    return n.model(opset)


def recurrent(opset: int = 17) -> ModelProto:
    n = Net("recurrent", [5, 1, 12], 4)
    n.node("LSTM", ["x", n.weight("lstm.W", 1, 64, 12), n.weight("lstm.R", 1, 64, 16),
                    n.weight("lstm.B", 1, 128)], hidden_size=16)
    n.keep("axes", np.array([1], np.int64))
    n.node("Squeeze", [n.last, "axes"])
    n.linear(16, 8)
    return n.model(opset)


def embedding(opset: int = 21) -> ModelProto:
    n = Net("embedding", [1, 7], 5, TensorProto.INT64)
    n.node("Gather", [n.weight("table", 50, 32), "x"])
    n.linear(32, 16)
    return n.model(opset)


def transformer(opset: int = 21) -> ModelProto:
    """One block: attention with two heads, and the usual two layers."""
    n = Net("transformer", [1, 6, 64], 6)
    n.keep("heads", np.array([1, 6, 2, 32], np.int64))
    n.keep("whole", np.array([1, 6, 64], np.int64))
    n.keep("root", np.array(32 ** 0.5, np.float32))

    def norm(of: str, k: int) -> str:
        return n.node("LayerNormalization", [of, n.weight(f"ln{k}.weight", 64, shift=1.0),
                                             n.weight(f"ln{k}.bias", 64)], axis=-1)

    start, parts = norm("x", 0), []
    for order in ([0, 2, 1, 3], [0, 2, 3, 1], [0, 2, 1, 3]):
        n.last = start
        n.linear(64, 64)
        n.node("Reshape", [n.last, "heads"])
        parts.append(n.node("Transpose", [n.last], perm=order))
    n.node("MatMul", parts[:2])
    n.node("Div", [n.last, "root"])
    n.node("Softmax", [n.last], axis=-1)
    n.node("MatMul", [n.last, parts[2]])
    n.node("Transpose", [n.last], perm=[0, 2, 1, 3])
    n.node("Reshape", [n.last, "whole"])
    n.linear(64, 64)
    middle = n.node("Add", [n.last, "x"])
    norm(middle, 1)
    n.linear(64, 128)
    n.node("Gelu", [n.last]) if opset >= 20 else n.relu()
    n.linear(128, 64)
    n.node("Add", [n.last, middle])
    return n.model(opset)


FLOATS: dict[str, Callable[..., ModelProto]] = {
    f.__name__: f for f in (convnet, mlp, deconv, recurrent, embedding, transformer)}


class Data(CalibrationDataReader):
    """Eight inputs of noise."""

    def __init__(self, model: ModelProto) -> None:
        made = np.random.default_rng(9)
        dims = [d.dim_value for d in model.graph.input[0].type.tensor_type.shape.dim]
        if model.graph.input[0].type.tensor_type.elem_type == TensorProto.INT64:
            self.rows = [made.integers(0, 50, dims) for _ in range(8)]
        else:
            self.rows = [made.normal(0, 1, dims).astype(np.float32) for _ in range(8)]

    def get_next(self) -> dict | None:
        return {"x": self.rows.pop()} if self.rows else None


@dataclass
class Case:
    """What was asked for. Types are those of weights and activations, scheme that of `quant`."""
    name: str
    base: str
    scheme: str
    weight: str = "int8"
    activation: str = "float32"
    per_channel: bool = False
    symmetric: bool | None = None  # of weights; None: as the quantizer likes
    opset: int = 21
    options: dict = field(default_factory=dict)
    how: str = "static"
    reduce: bool = False
    exclude: tuple[str, ...] = ()
    ops: tuple[str, ...] = ()  # quantized operators; () as the quantizer likes
    block: int = 0
    preprocessed: bool = True
    original: Path = Path()  # as built
    before: Path = Path()    # as the quantizer saw it
    path: Path = Path()


TYPES = {"int8": QuantType.QInt8, "uint8": QuantType.QUInt8, "int16": QuantType.QInt16,
         "uint16": QuantType.QUInt16, "int4": QuantType.QInt4, "uint4": QuantType.QUInt4}


def listed() -> list[Case]:
    found: list[Case] = []

    def add(name: str, base: str, scheme: str, **more: object) -> None:
        found.append(Case(name, base, scheme, **more))  # type: ignore[arg-type]

    for base in ("convnet", "mlp", "deconv", "transformer", "embedding"):
        for per in (False, True):
            way = "channel" if per else "tensor"
            for w, a in (("int8", "uint8"), ("uint8", "uint8"), ("int8", "int8")):
                add(f"{base}_qdq_{way}_{w}_{a}", base, "qdq", weight=w, activation=a,
                    per_channel=per)
        add(f"{base}_qdq_fake", base, "fake", activation="uint8",
            options={"AddQDQPairToWeight": True})
        for w, a in (("int16", "uint16"), ("uint16", "uint16"), ("int4", "uint8"),
                     ("uint4", "uint16"), ("int4", "uint8")):
            add(f"{base}_qdq_tensor_{w}_{a}", base, "qdq", weight=w, activation=a)
            add(f"{base}_qdq_channel_{w}_{a}", base, "qdq", weight=w, activation=a,
                per_channel=True)
        add(f"{base}_qdq_symmetric_uint8", base, "qdq", weight="uint8", activation="uint8",
            symmetric=True, options={"WeightSymmetric": True, "ActivationSymmetric": True})
        add(f"{base}_qdq_asymmetric_int8", base, "qdq", activation="uint8", symmetric=False,
            options={"WeightSymmetric": False})
        add(f"{base}_qdq_reduced", base, "qdq", activation="uint8", reduce=True, per_channel=True)
        add(f"{base}_qdq_dedicated", base, "qdq", activation="uint8",
            options={"DedicatedQDQPair": True})
        add(f"{base}_qdq_unprocessed", base, "qdq", activation="uint8", preprocessed=False)
        add(f"{base}_qdq_opset13", base, "qdq", activation="uint8", opset=17, per_channel=True)
        add(f"{base}_qdq_contrib", base, "qdq", activation="uint16", opset=17,
            options={"UseQDQContribOps": True})
    for base in ("convnet", "mlp", "embedding"):
        for per in (False, True):
            for w in ("int8", "uint8"):
                add(f"{base}_qop_{'channel' if per else 'tensor'}_{w}", base, "qoperator", weight=w,
                    activation="uint8", per_channel=per, how="operators", opset=17)
    for base in ("convnet", "mlp", "transformer", "recurrent", "embedding"):
        for w in ("int8", "uint8"):
            add(f"{base}_dynamic_{w}", base, "dynamic", weight=w, activation="uint8", how="dynamic",
                opset=17)
        add(f"{base}_dynamic_channel", base, "dynamic", activation="uint8", how="dynamic",
            per_channel=True, opset=17)
        add(f"{base}_dynamic_reduced", base, "dynamic", activation="uint8", how="dynamic",
            reduce=True, opset=17)
    add("convnet_qdq_partly", "convnet", "qdq", activation="uint8", exclude=("Conv_0", "Gemm_11"))
    add("mlp_qdq_gemm_only", "mlp", "qdq", activation="uint8", ops=("Gemm",))
    add("transformer_dynamic_partly", "transformer", "dynamic", activation="uint8", how="dynamic",
        opset=17, exclude=("MatMul_1", "MatMul_18"))
    for base in ("mlp", "transformer"):
        for bits in (4, 8):
            for zero in (False, True):
                add(f"{base}_nbits{bits}_{'asymmetric' if zero else 'symmetric'}", base,
                    "weight-only", weight=f"uint{bits}", block=16, symmetric=not zero, how="nbits")
        for w in ("int4", "uint4", "int8", "int2"):
            add(f"{base}_blocked_{w}", base, "weight-only", weight=w, block=16, how="blocked",
                symmetric=w[0] == "i", opset=25 if w == "int2" else 21)
        add(f"{base}_weights_only_int8", base, "weight-only", how="axis", per_channel=True,
            symmetric=True)
        add(f"{base}_qonnx", base, "fake", weight="int4", how="qonnx", symmetric=True)
    for base in ("mlp", "transformer", "embedding"):
        for bits in (4, 8):
            for zero in (False, True):
                add(f"{base}_runtime_nbits{bits}_{'asymmetric' if zero else 'symmetric'}", base,
                    "weight-only", weight=f"uint{bits}", block=32, symmetric=not zero,
                    how="blocks", options={"bits": bits, "format": "QOperator"})
        if base != "embedding":
            add(f"{base}_runtime_dq4", base, "weight-only", weight="uint4", block=16,
                how="blocks", options={"bits": 4, "format": "QDQ"})
            add(f"{base}_runtime_dq4_symmetric", base, "weight-only", weight="int4", block=16,
                how="blocks", symmetric=True, options={"bits": 4, "format": "QDQ"})
    add("embedding_gather_bytes", "embedding", "weight-only", weight="uint4", block=16,
        how="gather", symmetric=False)
    for base in FLOATS:
        add(f"{base}_float16", base, "none", weight="float16", how="half",
            opset=17 if base == "recurrent" else 21)
    return list({c.name: c for c in found}.values())


# ---- quantizers that are written here ----


def matrices(model: ModelProto) -> list[onnx.NodeProto]:
    stored = {t.name for t in model.graph.initializer}
    return [n for n in model.graph.node if n.op_type == "MatMul" and n.input[1] in stored]


def replace(model: ModelProto, name: str, *tensors: TensorProto) -> None:
    kept = [t for t in model.graph.initializer if t.name != name]
    del model.graph.initializer[:]
    model.graph.initializer.extend([*kept, *tensors])


def insert(model: ModelProto, before: onnx.NodeProto, node: onnx.NodeProto) -> None:
    model.graph.node.insert(list(model.graph.node).index(before), node)


def domain(model: ModelProto, name: str, version: int = 1) -> None:
    model.opset_import.append(helper.make_opsetid(name, version))


def blocks_of(w: np.ndarray, block: int, kind: str, symmetric: bool) -> tuple[np.ndarray, ...]:
    """Scales and zero points of blocks along axis 0."""
    bits = int(kind.lstrip("uint"))
    k, n = w.shape
    padded = np.zeros((-(-k // block) * block, n))
    padded[:k] = w
    cut = padded.reshape(-1, block, n)
    if symmetric:
        middle = 0 if kind[0] == "i" else 1 << (bits - 1)
        scale = np.abs(cut).max(1) / max((1 << (bits - 1)) - 1, 1)
        zero = np.full(scale.shape, middle)
    else:
        low, high = np.minimum(cut.min(1), 0), np.maximum(cut.max(1), 0)
        scale = (high - low) / ((1 << bits) - 1)
        zero = np.rint(-low / np.where(scale > 0, scale, 1))
    return np.where(scale > 0, scale, 1).astype(np.float32), zero.astype(np.int64)


def make_nbits(model: ModelProto, case: Case) -> None:
    bits, block = int(case.weight[4:]), case.block
    domain(model, "com.microsoft")
    values = {t.name: numpy_helper.to_array(t) for t in model.graph.initializer}
    for node in matrices(model):
        name = node.input[1]
        w = values[name].astype(np.float64)
        k, n = w.shape
        scale, zero = blocks_of(w, block, case.weight, bool(case.symmetric))
        q = quantize(w, case.weight, scale, zero, 0, block)
        pad = np.zeros((scale.shape[0] * block, n), np.int64)
        pad[:k] = q
        given = [node.input[0], f"{name}_Q{bits}", f"{name}_scales"]
        tensors = [numpy_helper.from_array(rows(pad.T, bits).reshape(n, scale.shape[0], -1),
                                           given[1]),
                   numpy_helper.from_array(np.ascontiguousarray(scale.T).reshape(-1), given[2])]
        if not case.symmetric:
            given.append(f"{name}_zero_points")
            tensors.append(numpy_helper.from_array(rows(zero.T, bits).reshape(-1), given[3]))
        replace(model, name, *tensors)
        node.CopyFrom(helper.make_node("MatMulNBits", given, list(node.output),
                                       f"{node.name}_Q{bits}", domain="com.microsoft", K=k, N=n,
                                       bits=bits, block_size=block))


def rows(values: np.ndarray, bits: int) -> np.ndarray:
    """Numbers of `bits` bits in bytes, low bits first, each row from a new byte."""
    each = (values[..., None] >> np.arange(bits)) & 1
    return np.packbits(each.reshape(values.shape[0], -1).astype(np.uint8), axis=-1,
                       bitorder="little")


def make_blocked(model: ModelProto, case: Case) -> None:
    kind = getattr(TensorProto, case.weight.upper())
    values = {t.name: numpy_helper.to_array(t) for t in model.graph.initializer}
    for node in matrices(model):
        name = node.input[1]
        w = values[name].astype(np.float64)
        scale, zero = blocks_of(w, case.block, case.weight, bool(case.symmetric))
        q = quantize(w, case.weight, scale, zero, 0, case.block)
        given = [f"{name}_DQ_Q4", f"{name}_DQ_scales"]
        tensors = [packed_tensor(given[0], q, kind), numpy_helper.from_array(scale, given[1])]
        if not case.symmetric:
            given.append(f"{name}_DQ_zero_points")
            tensors.append(packed_tensor(given[2], zero, kind))
        replace(model, name, *tensors)
        dq = helper.make_node("DequantizeLinear", given, [f"{name}_dequant"],
                              f"{node.name}_DQ_Q4", axis=0, block_size=case.block)
        insert(model, node, dq)
        node.input[1] = dq.output[0]
        node.name += "_matmul_Q4"


def make_axis(model: ModelProto, _case: Case) -> None:
    values = {t.name: numpy_helper.to_array(t) for t in model.graph.initializer}
    for node in matrices(model):
        name = node.input[1]
        w = values[name].astype(np.float64)
        scale = (np.abs(w).max(0) / 127).astype(np.float32)
        q = quantize(w, "int8", scale, np.zeros(1), 1)
        replace(model, name, numpy_helper.from_array(q.astype(np.int8), f"{name}_i8"),
                numpy_helper.from_array(scale, f"{name}_i8_scale"))
        dq = helper.make_node("DequantizeLinear", [f"{name}_i8", f"{name}_i8_scale"], [name],
                              f"{name}_DequantizeLinear", axis=1)
        insert(model, node, dq)


def make_qonnx(model: ModelProto, case: Case) -> None:
    bits = int(case.weight[3:])
    domain(model, "qonnx.custom_op.general")
    values = {t.name: numpy_helper.to_array(t) for t in model.graph.initializer}
    for node in matrices(model):
        name = node.input[1]
        w = values[name]
        s = (np.abs(w).max(0, keepdims=True) / ((1 << (bits - 1)) - 1)).astype(np.float32)
        model.graph.initializer.extend([
            numpy_helper.from_array(s, name + "_s"),
            numpy_helper.from_array(np.array(0, np.float32), name + "_z"),
            numpy_helper.from_array(np.array(bits, np.float32), name + "_bits")])
        insert(model, node, helper.make_node(
            "Quant", [name, name + "_s", name + "_z", name + "_bits"], [name + "_quant"],
            f"{node.name}_Quant", domain="qonnx.custom_op.general", signed=1, narrow=1,
            rounding_mode="ROUND"))
        node.input[1] = name + "_quant"


def make_half(model: ModelProto, _case: Case) -> None:
    for t in model.graph.initializer:
        if t.data_type == FLOAT:
            t.CopyFrom(numpy_helper.from_array(numpy_helper.to_array(t).astype(np.float16), t.name))
    for value in [*model.graph.input, *model.graph.output]:
        if value.type.tensor_type.elem_type == FLOAT:
            value.type.tensor_type.elem_type = TensorProto.FLOAT16
    del model.graph.value_info[:]


def make_static(model: ModelProto, case: Case, path: Path) -> None:
    quantization.quantize_static(
        model, str(path), Data(model), activation_type=TYPES[case.activation],
        weight_type=TYPES[case.weight], per_channel=case.per_channel, reduce_range=case.reduce,
        quant_format=QuantFormat.QOperator if case.how == "operators" else QuantFormat.QDQ,
        nodes_to_exclude=list(case.exclude), op_types_to_quantize=list(case.ops) or None,
        extra_options=dict(case.options))


def make_dynamic(model: ModelProto, case: Case, path: Path) -> None:
    quantization.quantize_dynamic(
        model, str(path), weight_type=TYPES[case.weight], per_channel=case.per_channel,
        reduce_range=case.reduce, nodes_to_exclude=list(case.exclude),
        op_types_to_quantize=list(case.ops) or None, extra_options=dict(case.options))


def make_gather(model: ModelProto, case: Case) -> None:
    """GatherBlockQuantized with two numbers in a byte."""
    domain(model, "com.microsoft")
    table = {t.name: numpy_helper.to_array(t) for t in model.graph.initializer}["table"]
    scale, zero = blocks_of(table.T.astype(np.float64), case.block, case.weight, False)
    q = quantize(table.T.astype(np.float64), case.weight, scale, zero, 0, case.block).T
    replace(model, "table", numpy_helper.from_array(rows(q, 4), "table_Q4"),
            numpy_helper.from_array(np.ascontiguousarray(scale.T), "table_scales"),
            numpy_helper.from_array(rows(zero.T, 4), "table_zero_points"))
    node = next(n for n in model.graph.node if n.op_type == "Gather")
    node.CopyFrom(helper.make_node(
        "GatherBlockQuantized", ["table_Q4", "x", "table_scales", "table_zero_points"],
        list(node.output), f"{node.name}_Q4", domain="com.microsoft", gather_axis=0,
        quantize_axis=1, block_size=case.block, bits=4))


def make_blocks(model: ModelProto, case: Case, path: Path) -> None:
    """ONNX Runtime's own 4-bit quantizer, which needs onnx_ir."""
    from onnxruntime.quantization import matmul_nbits_quantizer as own
    table = case.base == "embedding" and case.options["bits"] == 4
    made = own.MatMulNBitsQuantizer(
        model, bits=case.options["bits"], block_size=case.block,
        is_symmetric=bool(case.symmetric), quant_format=QuantFormat[case.options["format"]],
        op_types_to_quantize=("MatMul", "Gather") if table else None,
        quant_axes=(("MatMul", 0), ("Gather", 1)) if table else None)
    made.process()
    path.write_bytes(made.model.model.SerializeToString())


BY_HAND = {"gather": make_gather, "nbits": make_nbits, "blocked": make_blocked,
           "axis": make_axis, "qonnx": make_qonnx, "half": make_half}
BY_RUNTIME = {"static": make_static, "operators": make_static, "dynamic": make_dynamic,
              "blocks": make_blocks}


PREPARED = ("static", "operators", "dynamic")


def make(case: Case) -> str:
    """Writes the models of a case that are not there yet. Why not, if that does not work."""
    if not case.original.exists():
        case.original.write_bytes(FLOATS[case.base](case.opset).SerializeToString())
    if case.preprocessed and case.how in PREPARED and not case.before.exists():
        quant_pre_process(str(case.original), str(case.before),
                          skip_symbolic_shape=True)
    model = onnx.load(case.before)
    try:
        if case.how in BY_HAND:
            BY_HAND[case.how](model, case)
            case.path.write_bytes(model.SerializeToString())
        else:
            BY_RUNTIME[case.how](model, case, case.path)
    except Exception as why:  # a quantizer refuses some combinations
        case.path.unlink(missing_ok=True)
        return f"{type(why).__name__}: {why}"[:200]
    return ""


def cases(words: list[str]) -> tuple[list[Case], list[str]]:
    """Cases whose name has one of the words, all without words; and what could not be built."""
    warnings.simplefilter("ignore")
    logging.disable(logging.WARNING)
    version = hashlib.sha256(HERE.read_bytes() + onnx.__version__.encode()).hexdigest()[:12]
    place = BUILD / "quant-models" / version
    place.mkdir(parents=True, exist_ok=True)
    noted = place / "refused.json"
    refused = json.loads(noted.read_text()) if noted.exists() else {}
    found = []
    for case in listed():
        if words and not any(w in case.name for w in words):
            continue
        case.original = place / f"{case.base}.{case.opset}.onnx"
        seen = case.preprocessed and case.how in PREPARED
        case.before = place / f"{case.base}.{case.opset}.pre.onnx" if seen else case.original
        case.path = place / f"{case.name}.onnx"
        if not case.path.exists() and case.name not in refused:
            why = make(case)
            if why:
                refused[case.name] = why
        if case.name not in refused:
            found.append(case)
    noted.write_text(json.dumps(refused))
    return found, [f"{name}: {why}" for name, why in refused.items()]
