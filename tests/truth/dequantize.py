# SPDX-License-Identifier: Apache-2.0
"""What the stored weights of a quantized model stand for, in numpy's own arithmetic, and how far
they are from the originals. Knows the operators' definitions and ONNX Runtime's habit of calling
scale and zero point of `W_quantized` `W_scale` and `W_zero_point`; nothing of onnxray.

    for w in quantized_weights(model): w.name, w.real, w.scale, ...
    error_of(x, w.real)
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import inf, log10, nan, sqrt

import numpy as np
from onnx import ModelProto, NodeProto, TensorProto, helper, numpy_helper

NAMES = {getattr(TensorProto, word): ours for word, ours in (
    ("FLOAT", "float32"), ("DOUBLE", "float64"), ("FLOAT16", "float16"), ("BFLOAT16", "bfloat16"),
    ("INT8", "int8"), ("UINT8", "uint8"), ("INT16", "int16"), ("UINT16", "uint16"),
    ("INT32", "int32"), ("UINT32", "uint32"), ("INT64", "int64"), ("UINT64", "uint64"),
    ("INT4", "int4"), ("UINT4", "uint4"), ("INT2", "int2"), ("UINT2", "uint2"), ("BOOL", "bool"),
    ("STRING", "string"), ("COMPLEX64", "complex64"), ("COMPLEX128", "complex128"),
    ("FLOAT8E4M3FN", "float8e4m3fn"), ("FLOAT8E4M3FNUZ", "float8e4m3fnuz"),
    ("FLOAT8E5M2", "float8e5m2"), ("FLOAT8E5M2FNUZ", "float8e5m2fnuz"),
    ("FLOAT8E8M0", "float8e8m0"), ("FLOAT4E2M1", "float4e2m1"))}
RANGES = {"int8": (-128, 127), "uint8": (0, 255), "int16": (-32768, 32767), "uint16": (0, 65535),
          "int4": (-8, 7), "uint4": (0, 15), "int2": (-2, 1), "uint2": (0, 3),
          "int32": (-(1 << 31), (1 << 31) - 1)}


@dataclass
class Weight:
    """A stored tensor and the real numbers it stands for."""
    name: str
    role: str  # "weight" or "bias"
    type: str
    granularity: str  # "tensor", "axis", "block"
    axis: int  # of `real`; -1 for "tensor"
    block: int
    scale: np.ndarray
    zero: np.ndarray
    real: np.ndarray
    stored: np.ndarray
    op: str
    names: set[str] = field(default_factory=set)  # what else it may be called
    ends: tuple[int, int] | None = None  # where they are not those of the type


@dataclass
class Error:
    sqnr_db: float
    mse: float
    max_abs_error: float
    cosine: float


def error_of(x: np.ndarray, y: np.ndarray) -> Error:
    """How far y is from x."""
    a, b = np.asarray(x, np.float64).ravel(), np.asarray(y, np.float64).ravel()
    off = a - b
    signal, noise, other = sqrt(float(a @ a)), sqrt(float(off @ off)), sqrt(float(b @ b))
    ratio = inf if noise == 0 else -inf if signal == 0 else 20 * log10(signal / noise)
    return Error(nan if signal == 0 else ratio, float(off @ off) / max(a.size, 1),
                 float(np.abs(off).max(initial=0)),
                 float(a @ b) / (signal * other) if signal and other else nan)


def spread(what: np.ndarray, shape: tuple[int, ...], axis: int, block: int) -> np.ndarray:
    """Scales or zero points, one for each element."""
    what = np.asarray(what, np.float64)
    if what.size == 1:
        return np.broadcast_to(what.reshape(()), shape)
    if block:
        return np.take(np.repeat(what, block, axis), np.arange(shape[axis]), axis)
    dims = [1] * len(shape)
    dims[axis] = what.size
    return np.broadcast_to(what.reshape(dims), shape)


def array(tensor: TensorProto) -> np.ndarray:
    """As the package decodes it, small floats and packed integers included."""
    got = numpy_helper.to_array(tensor)
    return got if got.dtype.kind in "biufcOSU" else got.astype(
        np.float64 if "float" in str(got.dtype) or "bfloat" in str(got.dtype) else np.int64)


def integer(node: NodeProto, name: str, otherwise: int) -> int:
    for a in node.attribute:
        if a.name == name:
            return a.i
    return otherwise


def number(node: NodeProto, name: str, otherwise: float) -> float:
    for a in node.attribute:
        if a.name == name:
            return a.f
    return otherwise


class Reader:
    """Finds constants of the main graph by name, through Identity."""

    def __init__(self, model: ModelProto) -> None:
        self.nodes = list(model.graph.node)
        self.tensors = {t.name: t for t in model.graph.initializer}
        for node in self.nodes:
            if node.op_type == "Constant" and node.attribute and node.attribute[0].name == "value":
                self.tensors[node.output[0]] = node.attribute[0].t
        for node in self.nodes:
            if node.op_type == "Identity" and node.input[0] in self.tensors:
                self.tensors[node.output[0]] = self.tensors[node.input[0]]

    def constant(self, node: NodeProto, index: int) -> np.ndarray | None:
        if index >= len(node.input) or not node.input[index]:
            return None
        tensor = self.tensors.get(node.input[index])
        return None if tensor is None else array(tensor)

    def typed(self, name: str) -> str:
        return NAMES.get(self.tensors[name].data_type, "?")

    def plain(self, node: NodeProto, index: int, scale: np.ndarray, zero: np.ndarray | None,
              axis: int, block: int = 0, role: str = "weight") -> Weight:
        name = node.input[index]
        stored = array(self.tensors[name])
        scale = np.asarray(scale, np.float64)
        zero = np.zeros_like(scale) if zero is None else np.asarray(zero, np.float64)
        axis = axis % max(stored.ndim, 1)
        blocked = block > 0 and scale.size > 1
        kind = "block" if blocked else "axis" if scale.size > 1 else "tensor"
        real = (stored.astype(np.float64) - spread(zero, stored.shape, axis, block)) * \
            spread(scale, stored.shape, axis, block)
        return Weight(name, role, self.typed(name), kind, -1 if kind == "tensor" else axis,
                      block if blocked else 0, scale, zero, real, stored, node.op_type, {name})

    # ---- one method an operator ----

    def dequantize(self, node: NodeProto) -> list[Weight]:
        scale = self.constant(node, 1)
        if scale is None or self.constant(node, 0) is None:
            return []
        return self.scaled(node, scale)

    def looked_up(self, node: NodeProto) -> list[Weight]:
        """A table of integers: what is taken out of it goes through DequantizeLinear."""
        for after in self.nodes:
            if after.op_type == "DequantizeLinear" and after.input[0] == node.output[0]:
                scale = self.constant(after, 1)
                if scale is not None and scale.size == 1 and node.input[0] in self.tensors:
                    return [self.plain(node, 0, scale, self.constant(after, 2), 0)]
        return []

    def scaled(self, node: NodeProto, scale: np.ndarray) -> list[Weight]:
        kind = self.typed(node.input[0])
        w = self.plain(node, 0, scale, self.constant(node, 2), integer(node, "axis", 1),
                       integer(node, "block_size", 0), "bias" if kind == "int32" else "weight")
        w.names.add(node.output[0])
        return [w]

    def quantized(self, node: NodeProto, weight: int, scale: int, axis: int,
                  bias: int = -1) -> list[Weight]:
        """QLinearConv and the like: scale and zero point follow each operand."""
        s, x = self.constant(node, scale), self.constant(node, 1)
        if s is None or self.constant(node, weight) is None:
            return []
        found = [self.plain(node, weight, s, self.constant(node, scale + 1), axis)]
        if bias > 0 and x is not None and self.constant(node, bias) is not None:
            found.append(self.plain(node, bias, np.float64(x) * np.asarray(s, np.float64).ravel() *
                                    number(node, "alpha", 1) / number(node, "beta", 1), None, 0,
                                    role="bias"))
        return found

    def integer_only(self, node: NodeProto, axis: int) -> list[Weight]:
        """ConvInteger, MatMulInteger: the scale is somewhere after; its name tells."""
        name = node.input[1]
        base = name.removesuffix("_quantized")
        if name not in self.tensors or base + "_scale" not in self.tensors:
            return []
        return [self.plain(node, 1, array(self.tensors[base + "_scale"]), self.constant(node, 3),
                           axis)]

    def dynamic_lstm(self, node: NodeProto) -> list[Weight]:
        found = []
        for weight, scale in ((1, 8), (2, 10)):
            stored, s, z = (self.constant(node, i) for i in (weight, scale, scale + 1))
            if stored is None or s is None:
                continue
            directions = stored.shape[0]
            columns = np.asarray(s, np.float64).reshape(directions, 1, -1)
            zeros = np.zeros_like(columns) if z is None else \
                np.asarray(z, np.float64).reshape(directions, 1, -1)
            real = (stored.astype(np.float64) - zeros) * columns
            per = "axis" if columns.size > 1 else "tensor"
            name = node.input[weight]
            found.append(Weight(name, "weight", self.typed(name), per, 2 if per == "axis" else -1,
                                0, np.ravel(columns), np.ravel(zeros), real, stored, node.op_type,
                                {name}))
        return found

    def nbits(self, node: NodeProto) -> list[Weight]:
        packed, scale = self.constant(node, 1), self.constant(node, 2)
        if packed is None or scale is None:
            return []
        k, n = integer(node, "K", 0), integer(node, "N", 0)
        bits, block = integer(node, "bits", 4), integer(node, "block_size", 0)
        blocks = -(-k // block)
        stored = unpacked(packed.reshape(n * blocks, -1), bits, block).reshape(n, blocks, block)
        zero = self.constant(node, 3)
        if zero is None:
            zeros = np.full((n, blocks), float(1 << (bits - 1)))
        elif self.typed(node.input[3]) == "uint8":
            zeros = unpacked(zero.reshape(n, -1), bits, blocks).astype(np.float64)
        else:
            zeros = np.asarray(zero, np.float64).reshape(n, blocks)
        scales = np.asarray(scale, np.float64).reshape(n, blocks)
        real = (stored - zeros[:, :, None]) * scales[:, :, None]
        name = node.input[1]
        return [Weight(name, "weight", f"uint{bits}", "block", 0, block, scales, zeros,
                       real.reshape(n, -1)[:, :k].T, stored.reshape(n, -1)[:, :k].T, node.op_type,
                       {name})]

    def gathered(self, node: NodeProto) -> list[Weight]:
        """GatherBlockQuantized: 4-bit types, or two numbers in a byte."""
        stored, scale = self.constant(node, 0), self.constant(node, 2)
        name = node.input[0]
        if stored is None or scale is None:
            return []
        kind, block = self.typed(name), integer(node, "block_size", 128)
        zero, axis = self.constant(node, 3), integer(node, "quantize_axis", 1) % stored.ndim
        if kind == "uint8":
            bits = integer(node, "bits", 4)
            stored = unpacked(stored, bits, stored.shape[-1] * 8 // bits)
            zero = unpacked(zero, bits, scale.shape[-1]) if zero is not None else None
            kind = f"uint{bits}"
        scale = np.asarray(scale, np.float64)
        middle = float(RANGES[kind][1] + 1) / 2 if kind[0] == "u" else 0.0
        zero = np.full(scale.shape, middle) if zero is None else np.asarray(zero, np.float64)
        real = (stored - spread(zero, stored.shape, axis, block)) * \
            spread(scale, stored.shape, axis, block)
        return [Weight(name, "weight", kind, "block", axis, block, scale, zero, real, stored,
                       node.op_type, {name})]

    def fake(self, node: NodeProto) -> list[Weight]:
        """A float weight behind QuantizeLinear."""
        x, scale = self.constant(node, 0), self.constant(node, 1)
        if x is None or scale is None or x.dtype.kind != "f":
            return []
        zero = self.constant(node, 2)
        kind = self.typed(node.input[2]) if zero is not None else \
            NAMES.get(integer(node, "output_dtype", 2), "?")
        axis = integer(node, "axis", 1) % max(x.ndim, 1)
        block = integer(node, "block_size", 0) if scale.size > 1 else 0
        s, z = spread(scale, x.shape, axis, block), spread(
            np.zeros_like(scale) if zero is None else zero, x.shape, axis, block)
        if kind not in RANGES:
            return []
        stored = np.clip(np.rint(x.astype(np.float64) / s) + z, *RANGES[kind])
        per = "block" if block else "axis" if scale.size > 1 else "tensor"
        name = node.input[0]
        return [Weight(name, "weight", kind, per, -1 if per == "tensor" else axis, block,
                       np.asarray(scale, np.float64), np.asarray(z), (stored - z) * s, stored,
                       node.op_type, {name, node.output[0]})]

    def all(self) -> list[Weight]:
        found: list[Weight] = []
        for node in self.nodes:
            op = node.op_type
            if op == "DequantizeLinear":
                found += self.dequantize(node)
            elif op == "GatherBlockQuantized":
                found += self.gathered(node)
            elif op == "Gather":
                found += self.looked_up(node)
            elif op == "QuantizeLinear":
                found += self.fake(node)
            elif op == "QLinearConv":
                found += self.quantized(node, 3, 4, 0, 8)
            elif op == "QLinearMatMul":
                found += self.quantized(node, 3, 4, -1)
            elif op == "QGemm":
                found += self.quantized(node, 3, 4, 0 if integer(node, "transB", 0) else 1, 6)
            elif op == "ConvInteger":
                found += self.integer_only(node, 0)
            elif op == "MatMulInteger":
                found += self.integer_only(node, -1)
            elif op == "DynamicQuantizeLSTM":
                found += self.dynamic_lstm(node)
            elif op == "MatMulNBits":
                found += self.nbits(node)
        first: dict[str, Weight] = {}
        for w in found:  # a weight that several nodes read is one weight
            first.setdefault(w.name, w).names.update(w.names)
        return list(first.values())


def unpacked(rows: np.ndarray, bits: int, count: int) -> np.ndarray:
    """The first `count` numbers of each row of bytes, low bits first."""
    each = np.unpackbits(rows.astype(np.uint8), axis=-1, bitorder="little")
    usable = each[:, :count * bits].reshape(rows.shape[0], count, bits)
    return (usable.astype(np.int64) << np.arange(bits)).sum(-1)


def quantized_weights(model: ModelProto) -> list[Weight]:
    """Weights and biases of the main graph that are stored quantized, each once."""
    return Reader(model).all()


def quantize(x: np.ndarray, kind: str, scale: np.ndarray, zero: np.ndarray, axis: int = 0,
             block: int = 0) -> np.ndarray:
    low, high = RANGES[kind]
    return np.clip(np.rint(x / spread(scale, x.shape, axis, block)) +
                   spread(zero, x.shape, axis, block), low, high).astype(np.int64)


def packed_tensor(name: str, values: np.ndarray, kind: int) -> TensorProto:
    """An initializer of any integer type."""
    return helper.make_tensor(name, kind, values.shape, values.ravel().tolist())
