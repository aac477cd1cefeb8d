# SPDX-License-Identifier: Apache-2.0
"""Nodes of contributed operators, for infer_microsoft.py. Sizes in a case differ where they may."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

MS = "com.microsoft"
RANDOM = np.random.default_rng(7)


@dataclass
class Case:
    """One node."""

    op: str
    inputs: dict[str, np.ndarray | None]
    attributes: dict[str, Any] = field(default_factory=dict)
    outputs: tuple[int, ...] = (1,)          # 1: asked for
    fixed: tuple[str, ...] = ()              # inputs that are initializers
    expect: list[tuple[str, list[int]]] | None = None  # where it does not run, or differently
    free: tuple[tuple[int, int], ...] = ()   # (output, axis) that nobody can tell
    dark: bool = False                       # with symbols, some may stay unknown
    macs: int | None = None
    domain: str = MS
    opset: int = 1
    note: str = ""
    runs: bool = True

    @property
    def name(self) -> str:
        return f"{self.op}{' ' + self.note if self.note else ''}"


def f(*shape: int) -> np.ndarray:
    return RANDOM.random(shape, dtype=np.float32)


def h(*shape: int) -> np.ndarray:
    return f(*shape).astype(np.float16)


def u8(*shape: int) -> np.ndarray:
    return RANDOM.integers(1, 9, shape).astype(np.uint8)


def i8(*shape: int) -> np.ndarray:
    return RANDOM.integers(-9, 9, shape).astype(np.int8)


def i32(*values: Any) -> np.ndarray:
    return np.array(values[0] if len(values) == 1 else values, np.int32)


def i64(*values: Any) -> np.ndarray:
    return np.array(values[0] if len(values) == 1 else values, np.int64)


def ones(kind: Any, *shape: int) -> np.ndarray:
    return np.ones(shape, kind)


S = np.float32(0.5).reshape(())   # a scale
Z8 = np.uint8(3).reshape(())      # a zero point
ZI = np.int8(0).reshape(())

CASES: list[Case] = []


def case(op: str, inputs: dict[str, Any], **more: Any) -> None:
    given = {name: np.asarray(value) if value is not None else None
             for name, value in inputs.items()}
    known = {key: more.pop(key) for key in list(more) if key in Case.__dataclass_fields__}
    CASES.append(Case(op, given, attributes=more, **known))


# ---- One tensor in, the same out ---------------------------------------------------------------

for name in ("Gelu", "QuickGelu"):
    case(name, {"x": f(2, 3, 8)})
case("BiasGelu", {"x": f(2, 3, 8), "b": f(8)})
case("FastGelu", {"x": f(2, 3, 8), "b": f(8)})
case("Inverse", {"x": f(2, 3, 3) + 3 * np.eye(3, dtype=np.float32)})
case("RotaryEmbedding", {"x": f(2, 3, 32), "p": i64([[0, 1, 2], [0, 1, 2]]), "c": f(8, 4),
                         "s": f(8, 4)}, num_heads=4)
case("GroupNorm", {"x": f(1, 4, 4, 8), "g": f(8), "b": f(8)}, groups=2, activation=0,
     expect=[("float32", [1, 4, 4, 8])], runs=False)
case("SkipGroupNorm", {"x": f(1, 4, 4, 8), "g": f(8), "b": f(8), "s": f(1, 8)}, groups=2,
     activation=0, outputs=(1, 1), expect=[("float32", [1, 4, 4, 8])] * 2, runs=False)
case("SkipLayerNormalization", {"x": f(2, 3, 8), "s": f(2, 3, 8), "g": f(8), "b": f(8)},
     outputs=(1, 1, 1, 1))
case("SkipSimplifiedLayerNormalization", {"x": f(2, 3, 8), "s": f(2, 3, 8), "g": f(8)},
     outputs=(1, 0, 0, 1))
case("SkipSimplifiedLayerNormalization", {"x": h(2, 3, 8), "s": h(3, 8), "g": h(8)},
     outputs=(1, 0, 0, 1), note="half")
case("BiasSplitGelu", {"x": f(2, 5, 8), "b": f(8)}, expect=[("float32", [2, 5, 4])], runs=False)
case("BiasDropout", {"x": f(2, 5, 8), "b": f(8)}, outputs=(1, 1), runs=False,
     expect=[("float32", [2, 5, 8]), ("bool", [2, 5, 8])])
case("BitmaskDropout", {"x": f(2, 5, 7)}, outputs=(1, 1), runs=False,
     expect=[("float32", [2, 5, 7]), ("uint32", [3])])
case("NGramRepeatBlock", {"i": ones(np.int64, 2, 5), "s": f(2, 9)}, ngram_size=2)
case("MurmurHash3", {"x": ones(np.int32, 4, 9)})
case("MurmurHash3", {"x": ones(np.int64, 4, 9)}, positive=0, note="signed")
case("Trilu", {"x": f(3, 4, 5)})
case("GridSample", {"x": f(2, 3, 5, 6), "g": f(2, 7, 8, 2)})
case("ComplexMul", {"a": f(4, 2), "b": f(3, 4, 2)}, expect=[("float32", [3, 4, 2])], runs=False)

# ---- Matrix products ---------------------------------------------------------------------------

case("FusedMatMul", {"a": f(3, 4, 5), "b": f(5, 6)}, macs=360)
case("FusedMatMul", {"a": f(3, 5, 4), "b": f(3, 6, 5)}, transA=1, transB=1, macs=360, note="T")
case("FusedMatMul", {"a": f(5), "b": f(4, 5)}, transB=1, note="vector", macs=20)
case("FusedMatMul", {"a": f(4, 5), "b": f(5)}, transA=0, note="by vector", macs=20)
case("FusedMatMul", {"a": f(7, 2, 3, 5), "b": f(2, 3, 5, 6)}, transBatchA=1, note="batch",
     expect=[("float32", [2, 3, 7, 6])], macs=1260)
case("FusedMatMul", {"a": f(4, 3, 5), "b": f(6, 3, 5)}, transBatchA=1, transBatchB=1, transB=1,
     note="batch T", macs=360)
case("FusedMatMul", {"a": f(5, 3, 4), "b": f(3, 5, 6)}, transBatchA=1, transA=1, note="batch A T",
     macs=360)
case("TransposeMatMul", {"a": f(3, 5, 4), "b": f(5, 6)}, transA=1)
case("GemmFastGelu", {"a": f(3, 4), "b": f(4, 6)}, expect=[("float32", [3, 6])], runs=False,
     macs=72)
case("FusedGemm", {"a": f(4, 3), "b": f(6, 4), "c": f(6)}, transA=1, transB=1, activation="Relu",
     macs=72)
case("MatMulInteger16", {"a": ones(np.int16, 2, 3), "b": ones(np.int16, 3, 4)}, macs=24)
case("DynamicQuantizeMatMul", {"a": f(2, 3, 4), "b": u8(4, 5), "s": S, "z": Z8},
     fixed=("b", "s", "z"), macs=120)
case("MatMulIntegerToFloat", {"a": u8(2, 3, 4), "b": u8(4, 5), "as": S, "bs": S, "az": Z8,
                              "bz": Z8}, fixed=("b", "as", "bs", "az", "bz"), macs=120)
case("MatMulNBits", {"a": f(2, 3, 64), "b": u8(8, 4, 8), "s": f(8, 4)}, fixed=("b", "s"), K=64, N=8,
     bits=4, block_size=16, macs=3072)
case("MatMulNBits", {"a": h(3, 64), "b": u8(8, 4, 16), "s": h(8, 4)}, fixed=("b", "s"), K=64, N=8,
     bits=8, block_size=16, note="8 bits", macs=1536)
case("MatMulBnb4", {"a": f(2, 3, 64), "b": u8(256), "s": f(32)}, fixed=("b", "s"), K=64, N=8,
     block_size=16, quant_type=0, macs=3072)
case("QGemm", {"a": u8(3, 4), "as": S, "az": Z8, "b": u8(4, 6), "bs": S, "bz": Z8,
               "c": i32([1] * 6)}, note="to float", macs=72)
case("QGemm", {"a": u8(3, 4), "as": S, "az": Z8, "b": i8(6, 4), "bs": S, "bz": ZI, "c": None,
               "ys": S, "yz": Z8}, transB=1, macs=72)
case("CDist", {"a": f(4, 5), "b": f(6, 5)}, macs=120)
case("MatMulNBitsMlp", {"a": f(2, 3, 64), "s": None, "n": None, "gb": u8(8, 4, 8), "gs": f(8, 4),
                        "gi": None, "ub": u8(8, 4, 8), "us": f(8, 4)}, K=64, N=8, block_size=16,
     activation="silu", expect=[("float32", [2, 3, 8])], runs=False, macs=6144)
case("MatMulNBitsQkv", {"a": f(2, 3, 64), "s": f(2, 3, 64), "n": f(64), "qb": u8(8, 4, 8),
                        "qs": f(8, 4), "qi": None, "kb": u8(4, 4, 8), "ks": f(4, 4), "ki": None,
                        "vb": u8(4, 4, 8), "vs": f(4, 4)}, K=64, Nq=8, Nkv=4, block_size=16,
     outputs=(1, 1, 1, 1), runs=False, macs=6144,
     expect=[("float32", [2, 3, 8]), ("float32", [2, 3, 4]), ("float32", [2, 3, 4]),
             ("float32", [2, 3, 64])])
case("GemmFloat8", {"a": f(3, 4), "b": f(6, 4)}, transB=1, dtype=10, runs=False,
     expect=[("float16", [3, 6])], macs=72)
for quantized in (False, True):
    bits = {"expert_weight_bits": 8} if quantized else {}
    weights = ({"w1": u8(4, 24, 16), "s1": f(4, 24), "b1": None, "w2": u8(4, 16, 24),
                "s2": f(4, 16)} if quantized else
               {"w1": f(4, 24, 16), "b1": None, "w2": f(4, 16, 24)})
    case("QMoE" if quantized else "MoE", {"x": f(6, 16), "r": f(6, 4), **weights}, k=2, **bits,
         fixed=tuple(weights), macs=2 * 6 * 2 * 24 * 16)

# ---- Convolutions and pools --------------------------------------------------------------------

case("FusedConv", {"x": f(2, 4, 9, 8), "w": f(6, 4, 3, 3)}, activation="Relu", strides=[2, 1],
     pads=[1, 0, 1, 0], macs=2 * 6 * 5 * 6 * 36, fixed=("w",))
case("NhwcFusedConv", {"x": h(2, 9, 8, 4), "w": h(6, 4, 3, 3)}, strides=[2, 1], pads=[1, 0, 1, 0],
     activation="Relu", runs=False, expect=[("float16", [2, 5, 6, 6])], macs=2 * 6 * 5 * 6 * 36)
case("NhwcConv", {"x": f(2, 9, 8, 4), "w": f(6, 2, 3, 3)}, group=2, runs=False,
     expect=[("float32", [2, 7, 6, 6])], macs=2 * 7 * 6 * 6 * 18)
case("NhwcMaxPool", {"x": u8(2, 9, 8, 4)}, kernel_shape=[3, 3], strides=[2, 2])
case("NhwcMaxPool", {"x": i8(2, 9, 8, 4)}, kernel_shape=[2, 2], strides=[2, 2], ceil_mode=1,
     note="ceil")
case("MaxpoolWithMask", {"x": f(1, 3, 9, 8), "m": ones(np.int32, 1, 3, 9, 8)}, kernel_shape=[3, 3])
case("ConvTransposeWithDynamicPads", {"x": f(2, 4, 5, 6), "w": f(4, 3, 3, 3), "p": i64(1, 0, 1, 2)},
     strides=[2, 2], fixed=("p", "w"), macs=2 * 4 * 30 * 27)
for last in (0, 1):
    shape = (2, 9, 8, 4) if last else (2, 4, 9, 8)
    case("QLinearConv", {"x": u8(*shape), "xs": S, "xz": Z8, "w": u8(6, 4, 3, 3), "ws": S, "wz": Z8,
                         "ys": S, "yz": Z8}, channels_last=last, strides=[2, 1], note=f"{last}",
         fixed=("w", "xs", "xz", "ws", "wz", "ys", "yz"), macs=2 * 6 * 4 * 6 * 36)
    case("QLinearAveragePool", {"x": u8(*shape), "xs": S, "xz": Z8, "ys": S, "yz": Z8},
         channels_last=last, kernel_shape=[3, 2], strides=[2, 2], note=f"{last}")
    case("QLinearGlobalAveragePool", {"x": u8(*shape), "xs": S, "xz": Z8, "ys": S, "yz": Z8},
         channels_last=last, note=f"{last}")
case("WordConvEmbedding", {"s": ones(np.int32, 4, 6), "w": f(7, 1, 3, 5), "b": f(7), "c": f(9, 5)},
     macs=4 * 4 * 7 * 15)
case("CropAndResize", {"x": f(1, 3, 8, 9), "r": f(2, 4), "b": i32(0, 0), "c": i32(5, 6)},
     fixed=("c",))
case("AveragePool", {"x": f(2, 9, 8, 4)}, kernel_shape=[3, 3], strides=[2, 2],
     domain="com.ms.internal.nhwc", opset=11, runs=False, expect=[("float32", [2, 4, 3, 4])])
case("Conv", {"x": f(2, 9, 8, 4), "w": f(6, 4, 3, 3)}, domain="com.ms.internal.nhwc", opset=11,
     runs=False, expect=[("float32", [2, 7, 6, 6])], macs=2 * 7 * 6 * 6 * 36)
case("ConvTranspose", {"x": f(2, 5, 6, 4), "w": f(4, 3, 3, 3)}, strides=[2, 2],
     domain="com.ms.internal.nhwc", opset=11, runs=False, expect=[("float32", [2, 11, 13, 3])],
     macs=2 * 30 * 4 * 27)
case("DepthToSpace", {"x": f(2, 5, 6, 12)}, blocksize=2, domain="com.ms.internal.nhwc", opset=13,
     runs=False, expect=[("float32", [2, 10, 12, 3])])
case("GlobalMaxPool", {"x": f(2, 5, 6, 12)}, domain="com.ms.internal.nhwc", opset=13,
     runs=False, expect=[("float32", [2, 1, 1, 12])])
NCHWC = {"domain": "com.microsoft.nchwc"}
case("Conv", {"x": f(2, 32, 9, 8), "w": f(16, 32, 3, 3)}, **NCHWC, note="blocks", fixed=("w",),
     macs=2 * 16 * 7 * 6 * 288)
case("MaxPool", {"x": f(2, 32, 9, 8)}, kernel_shape=[3, 3], **NCHWC, note="blocks")
case("ReorderInput", {"x": f(2, 32, 9, 8)}, **NCHWC, dark=True)
case("ReorderOutput", {"x": f(2, 32, 9, 8)}, channels=28, **NCHWC)
case("ReorderOutput", {"x": f(2, 32, 9, 8)}, channels=28, channels_last=1, **NCHWC, note="last")
case("Upsample", {"x": f(2, 32, 9, 8)}, scales=[1, 1, 2, 3], **NCHWC)
case("GlobalAveragePool", {"x": f(2, 32, 9, 8)}, **NCHWC, note="blocks")

# ---- Quantized ---------------------------------------------------------------------------------

for name in ("QLinearAdd", "QLinearMul"):
    case(name, {"a": u8(3, 1, 5), "as": S, "az": Z8, "b": u8(4, 5), "bs": S, "bz": Z8, "cs": S,
                "cz": Z8})
for name, more in (("QLinearSigmoid", {}), ("QLinearLeakyRelu", {})):
    case(name, {"x": i8(3, 4), "xs": S, "xz": ZI, "ys": S, "yz": ZI}, **more,
         fixed=("xs", "xz", "ys", "yz"))
case("QLinearConcat", {"ys": S, "yz": Z8, "a": u8(3, 4), "as": S, "az": Z8, "b": u8(3, 5), "bs": S,
                       "bz": Z8}, axis=1)
case("QLinearWhere", {"c": ones(np.bool_, 3, 1), "x": u8(3, 4), "xs": S, "xz": Z8, "y": u8(4),
                      "ys": S, "yz": Z8, "zs": S, "zz": Z8},
     fixed=("xs", "xz", "ys", "yz", "zs", "zz"))
case("QLinearReduceMean", {"x": u8(3, 4, 5), "xs": S, "xz": Z8, "ys": S, "yz": Z8}, axes=[-1],
     keepdims=0, runs=False, expect=[("uint8", [3, 4])])
case("QLinearReduceMean", {"x": u8(3, 4, 5), "xs": S, "xz": Z8, "ys": S, "yz": Z8}, axes=[1, 0],
     keepdims=1, note="keep", runs=False, expect=[("uint8", [1, 1, 5])])
case("QuantizeLinear", {"x": f(3, 4), "s": S, "z": np.uint16(3)})
case("DequantizeLinear", {"x": u8(3, 4), "s": S, "z": Z8})
case("MulInteger", {"a": u8(3, 1), "az": Z8, "b": u8(4), "bz": Z8}, runs=False,
     expect=[("int32", [3, 4])])
case("ReduceSumInteger", {"x": u8(3, 4)}, axes=[1], keepdims=0, runs=False,
     expect=[("uint32", [3])])
case("QuantizeBFP", {"x": f(3, 16)}, bfp_type=0, outputs=(0, 1, 1), runs=False,
     expect=[("int64", [2]), ("int64", [2])])
for bits, packed in ((4, 16), (8, 32)):
    case("GatherBlockQuantized", {"d": u8(8, packed), "i": i64([[1, 2, 3]]), "s": f(8, 2)},
         fixed=("d", "s"), block_size=16, bits=bits, gather_axis=0, quantize_axis=1,
         note=f"{bits} bits")
case("DynamicQuantizeLSTM",
     {"x": f(5, 2, 3), "w": u8(2, 3, 16), "r": u8(2, 4, 16), "b": None, "l": None, "h": None,
      "c": None, "p": None, "ws": f(2), "wz": u8(2), "rs": f(2), "rz": u8(2)},
     fixed=("w", "r", "ws", "wz", "rs", "rz"), direction="bidirectional", hidden_size=4,
     outputs=(1, 1, 1), macs=2 * 5 * 2 * 16 * 7)

# ---- Attention ---------------------------------------------------------------------------------

case("Attention", {"x": f(2, 5, 12), "w": f(12, 48), "b": f(48)}, num_heads=4, outputs=(1, 1),
     expect=[("float32", [2, 5, 16]), ("float32", [2, 2, 4, 5, 4])],
     macs=2 * 5 * 12 * 48 + 2 * 5 * 5 * 32)
case("Attention", {"x": f(2, 5, 16), "w": f(16, 48), "b": f(48), "m": None,
                   "p": f(2, 2, 4, 3, 4)}, num_heads=4, outputs=(1, 1), note="past",
     macs=2 * 5 * 16 * 48 + 2 * 5 * 8 * 32)
case("Attention", {"x": f(2, 5, 12), "w": f(12, 40), "b": f(40)}, num_heads=4, note="sizes",
     qkv_hidden_sizes=[16, 16, 8], macs=2 * 5 * 12 * 40 + 2 * 5 * 5 * 24)
case("QAttention", {"x": u8(2, 5, 16), "w": u8(16, 48), "b": f(48), "xs": S, "ws": S, "m": None,
                    "xz": Z8, "wz": Z8, "p": f(2, 2, 4, 3, 4)}, num_heads=4, outputs=(1, 1),
     fixed=("w",), unidirectional=1, macs=2 * 5 * 16 * 48 + 2 * 5 * 8 * 32)
case("MultiHeadAttention", {"q": f(2, 5, 16), "k": f(2, 7, 16), "v": f(2, 7, 24)}, num_heads=4,
     macs=2 * 5 * 7 * 40)
case("MultiHeadAttention", {"q": f(2, 5, 16), "k": f(2, 5, 16), "v": f(2, 5, 16), "b": None,
                            "m": None, "a": None, "pk": f(2, 4, 3, 4), "pv": f(2, 4, 3, 4)},
     num_heads=4, outputs=(1, 1, 1), note="past", macs=2 * 5 * 8 * 32)
case("MultiHeadAttention", {"q": f(2, 5, 16), "k": f(2, 4, 7, 4), "v": f(2, 4, 7, 4)}, num_heads=4,
     note="cross", macs=2 * 5 * 7 * 32)
case("MultiHeadAttention", {"q": f(2, 5, 16), "k": f(2, 7, 4, 2, 4)}, num_heads=4,
     note="packed key and value", runs=False, expect=[("float32", [2, 5, 16])], macs=2 * 5 * 7 * 32)
case("MultiHeadAttention", {"q": f(2, 5, 4, 3, 4)}, num_heads=4, note="packed", runs=False,
     expect=[("float32", [2, 5, 16])], macs=2 * 5 * 5 * 32)
case("MultiHeadAttention", {"q": f(2, 5, 16), "k": f(2, 5, 16), "v": f(2, 5, 16)}, num_heads=4,
     outputs=(1, 1, 1, 1), note="scores", runs=False, expect=[("float32", [2, 5, 16])] +
     [("float32", [2, 4, 5, 4])] * 2 + [("float32", [2, 4, 5, 5])])
case("MultiHeadAttention", {"q": f(2, 1, 16), "k": f(2, 1, 16), "v": f(2, 1, 16), "b": None,
                            "m": None, "a": None, "pk": f(2, 4, 9, 4), "pv": f(2, 4, 9, 4),
                            "l": i32([3])}, num_heads=4, outputs=(1, 1, 1), note="shared")
case("DecoderMaskedMultiHeadAttention",
     {"q": f(2, 1, 16), "k": f(2, 1, 16), "v": f(2, 1, 16), "m": None, "a": None,
      "pk": f(2, 4, 9, 4), "pv": f(2, 4, 9, 4), "l": i32([3])}, num_heads=4,
     past_present_share_buffer=1, outputs=(1, 1, 1))
case("DecoderMaskedMultiHeadAttention",
     {"q": f(2, 1, 16), "k": f(2, 4, 9, 4), "v": f(2, 4, 9, 4)}, num_heads=4, note="cross",
     macs=2 * 9 * 32)
SEQ = {"l": i32([7, 7]), "t": i32(8)}
case("GroupQueryAttention", {"q": f(2, 8, 32), "k": f(2, 8, 16), "v": f(2, 8, 16), "pk": None,
                             "pv": None, **SEQ}, num_heads=4, kv_num_heads=2, outputs=(1, 1, 1),
     macs=2 * 2 * 8 * 8 * 32)
case("GroupQueryAttention", {"q": f(2, 8, 64), "k": None, "v": None, "pk": None, "pv": None, **SEQ},
     num_heads=4, kv_num_heads=2, outputs=(1, 1, 1), note="packed", macs=2 * 2 * 8 * 8 * 32)
case("GroupQueryAttention", {"q": f(2, 1, 32), "k": f(2, 1, 16), "v": f(2, 1, 16),
                             "pk": f(2, 2, 7, 8), "pv": f(2, 2, 7, 8), **SEQ}, num_heads=4,
     kv_num_heads=2, outputs=(1, 1, 1), note="past", free=((1, 2), (2, 2)))
case("GroupQueryAttention", {"q": f(2, 1, 32), "k": f(2, 1, 16), "v": f(2, 1, 16),
                             "pk": f(2, 2, 7, 8), "pv": f(2, 2, 7, 8), **SEQ}, num_heads=4,
     kv_num_heads=2, outputs=(1, 1, 1), note="total", fixed=("t",), macs=2 * 2 * 8 * 32)
case("GroupQueryAttention", {"q": f(2, 1, 32), "k": f(2, 1, 16), "v": f(2, 1, 16),
                             "pk": f(2, 2, 11, 8), "pv": f(2, 2, 11, 8), **SEQ}, num_heads=4,
     kv_num_heads=2, outputs=(1, 1, 1), note="buffer", fixed=("t",))
case("SparseAttention", {"q": f(1, 4, 32), "k": f(1, 4, 16), "v": f(1, 4, 16), "pk": f(1, 2, 32, 8),
                         "pv": f(1, 2, 32, 8), "br": i32([[0, 1, 3]]), "bc": i32([[0, 0, 1]]),
                         "t": i32([4]), "l": i32([4])}, num_heads=4, kv_num_heads=2,
     sparse_block_size=16, outputs=(1, 1, 1), expect=[("float32", [1, 4, 32])] +
     [("float32", [1, 2, 32, 8])] * 2, runs=False)
case("PagedAttention", {"q": h(6, 32), "k": h(6, 16), "v": h(6, 16), "kc": h(9, 16, 2, 8),
                        "vc": h(9, 16, 2, 8), "cu": i32(0, 2, 6), "p": i32(3, 0),
                        "bt": i32([[0], [1]])}, num_heads=4, kv_num_heads=2, outputs=(1, 1, 1),
     fixed=("cu", "p"), runs=False, macs=(2 * 5 + 4 * 4) * 64,
     expect=[("float16", [6, 32])] + [("float16", [9, 16, 2, 8])] * 2)
case("PackedAttention", {"x": f(6, 12), "w": f(12, 48), "b": f(48), "o": i32([[0, 1, 2, 6],
                                                                             [3, 4, 5, 7]]),
                         "cu": i32(0, 3, 6)}, num_heads=4, fixed=("cu",), runs=False,
     expect=[("float32", [6, 16])], macs=6 * 12 * 48 + 18 * 32)
case("PackedMultiHeadAttention", {"q": f(6, 16), "k": f(6, 16), "v": f(6, 24), "b": None,
                                  "o": i32([[0, 1, 2, 6], [3, 4, 5, 7]]), "cu": i32(0, 3, 6)},
     num_heads=4, fixed=("cu",), runs=False, expect=[("float32", [6, 24])], macs=18 * 40)
case("LongformerAttention", {"x": f(2, 8, 16), "w": f(16, 48), "b": f(48), "m": f(2, 8),
                             "gw": f(16, 48), "gb": f(48), "g": ones(np.int32, 2, 8)}, num_heads=4,
     window=2, runs=False, expect=[("float32", [2, 8, 16])])
case("RelativePositionBias", {"t": f(32, 4), "q": i64(5), "k": i64(7)}, max_distance=8,
     fixed=("q", "k"), runs=False, expect=[("float32", [1, 4, 5, 7])])
case("GatedRelativePositionBias", {"q": f(2, 5, 16), "qb": f(16), "r": f(1, 4, 5, 5), "w": f(4, 8),
                                   "b": f(8), "e": f(1, 4, 1, 1)}, num_heads=4, runs=False,
     expect=[("float32", [2, 4, 5, 5])], macs=2 * 5 * 16 * 8)
case("RemovePadding", {"x": f(2, 5, 16), "c": i32(3, 4)}, outputs=(1, 1, 1, 1), free=((0, 0),),
     runs=False, expect=[("float32", [7, 16]), ("int32", [2, 5]), ("int32", [3]), ("int32", [1])])
case("RestorePadding", {"x": f(7, 16), "o": ones(np.int32, 2, 5)}, runs=False,
     expect=[("float32", [2, 5, 16])])
case("DecoderAttention",
     {"q": f(5, 2, 16), "k": f(7, 2, 16), "qw": f(16, 16), "kw": f(16, 32), "b": f(48), "m": None,
      "kc": None, "vc": None, "s": np.array([True]), "u": np.array([False]), "l": np.array([False]),
      "p": np.array([False])}, num_heads=4, outputs=(1, 1, 1), fixed=("s", "u", "l", "p"),
     runs=False, expect=[("float32", [5, 2, 16])] + [("float32", [2, 4, 7, 4])] * 2,
     macs=2 * (5 * 256 + 7 * 512) + 2 * 5 * 7 * 32)
case("EmbedLayerNormalization", {"i": ones(np.int32, 2, 5), "s": ones(np.int32, 2, 5),
                                 "w": f(9, 16), "p": f(8, 16), "se": f(3, 16), "g": f(16),
                                 "b": f(16),
                                 "m": ones(np.int32, 2, 5)}, outputs=(1, 1, 1), fixed=("w",))
case("QEmbedLayerNormalization",
     {"i": ones(np.int32, 2, 5), "s": ones(np.int32, 2, 5), "w": u8(9, 16), "p": u8(8, 16),
      "se": u8(3, 16), "g": u8(16), "b": u8(16), "m": ones(np.int32, 2, 5), "ws": S, "ps": S,
      "ss": S, "gs": S, "bs": S, "wz": Z8, "pz": Z8, "sz": Z8, "gz": Z8, "bz": Z8}, outputs=(1, 1))

# ---- With state --------------------------------------------------------------------------------

case("CausalConvWithState", {"x": f(2, 6, 5), "w": f(6, 1, 4)}, outputs=(1, 1), macs=2 * 6 * 5 * 4)
case("CausalConvWithState", {"x": f(2, 5, 6), "w": f(6, 1, 4)}, outputs=(1, 1), dilation=2,
     channels_last=1, note="last", macs=2 * 6 * 5 * 4)
case("CausalConvWithState", {"x": f(2, 6, 5), "w": f(6, 1, 4)}, outputs=(1, 1), state_window=3,
     note="window", runs=False, expect=[("float32", [2, 6, 5]), ("float32", [3, 2, 6, 3])])
case("LinearAttention", {"q": f(2, 5, 16), "k": f(2, 5, 8), "v": f(2, 5, 12)}, q_num_heads=4,
     kv_num_heads=2, update_rule="linear", outputs=(1, 1), macs=10 * 24 * 6)
case("LinearAttention", {"q": f(2, 5, 8), "k": f(2, 5, 16), "v": f(2, 5, 12), "p": f(2, 4, 4, 3)},
     q_num_heads=2, kv_num_heads=4, update_rule="linear", outputs=(1, 1), note="inverse",
     macs=10 * 12 * 8)
case("LinearAttentionGate", {"a": f(2, 5, 4), "d": f(4), "s": f(4), "b": f(2, 5, 4)},
     outputs=(1, 1))
case("GatedDeltaNet", {"q": f(6, 2, 8), "k": f(6, 2, 8), "v": f(6, 4, 3), "cu": i32(0, 2, 6),
                       "d": f(6, 4), "b": f(6, 4)}, outputs=(1, 1), runs=False,
     expect=[("float32", [6, 4, 3]), ("float32", [2, 4, 3, 8])], macs=6 * 24 * 16)
case("GatedDeltaNet", {"q": f(6, 44), "k": None, "v": None, "cu": i32(0, 2, 6), "d": f(6, 4),
                       "b": f(6, 4), "s": f(2, 4, 3, 8)}, outputs=(1, 1), runs=False, note="packed",
     expect=[("float32", [6, 4, 3]), ("float32", [2, 4, 3, 8])], macs=6 * 24 * 16)
case("VarlenCausalConvWithState", {"x": f(6, 8), "w": f(8, 1, 4), "cu": i32(0, 2, 6), "b": None,
                                   "s": f(2, 8, 3)}, outputs=(1, 1), runs=False,
     expect=[("float32", [6, 8]), ("float32", [2, 8, 3])], macs=6 * 8 * 4)
case("NGramHashMapping", {"i": i64([[1, 2, 3, 4]]), "m": i64(3, 5, 7), "v": i64(11, 13, 17, 19)},
     max_ngram_size=3, n_head_per_ngram=2, pad_id=0, outputs=(1, 1))
case("GatedRMSNorm", {"x": f(2, 3, 8), "s": f(4), "g": f(2, 3, 8)})
case("GatedAdd", {"x": f(2, 3, 8), "y": f(2, 3, 8), "g": f(2, 3, 1)})
case("ScaledSiLU", {"x": f(2, 3, 8)})
case("BranchwiseRMSNorm", {"x": f(2, 3, 8), "s": f(8)})
case("HyperConnectionPreMix", {"x": f(2, 3, 4, 8), "m": f(2, 3, 4)})
case("HyperConnectionPreMix", {"x": f(2, 3, 32), "m": f(2, 3, 4)}, num_branches=4, note="flat")
case("HyperConnectionPostMix", {"x": f(2, 3, 4, 8), "y": f(2, 3, 8), "m": f(2, 3, 4)})
case("EngramGate", {"k": f(2, 3, 4, 8), "q": f(2, 3, 4, 8), "v": f(2, 3, 8), "ks": f(4, 8),
                    "qs": f(4, 8), "cs": f(4, 8)}, outputs=(1, 1))

# ---- All kinds ---------------------------------------------------------------------------------

case("ExpandDims", {"x": f(2, 3), "a": i32(-2)}, fixed=("a",))
case("ExpandDims", {"x": f(2, 3), "a": i32(1)}, note="unknown axis", free=((0, 0), (0, 1), (0, 2)))
case("UnfoldTensor", {"x": f(2, 9)}, dim=-1, size=3, step=2)
case("UnfoldTensor", {"x": f(2, 9)}, dim=0, size=2, note="first")
case("DynamicTimeWarping", {"x": f(4, 9)}, free=((0, 1),))
case("BifurcationDetector", {"s": i64(1, 2, 3, 4), "c": i64(1, 2), "p": i64([1])}, outputs=(1, 1),
     free=((0, 0),))
case("Tokenizer", {"x": np.array(["ab", "c"], object)}, mark=1, mincharnum=1, pad_value="#",
     separators=[""], free=((0, 1),))
case("Tokenizer", {"x": np.array([["ab", "c"]], object)}, mark=0, mincharnum=1, pad_value="#",
     separators=[""], free=((0, 2),), note="rows")
case("Unique", {"x": f(5)}, outputs=(1, 1, 1), free=((0, 0), (2, 0)))
case("Range", {"a": i32(3), "b": i32(11), "c": i32(2)}, fixed=("a", "b", "c"))
case("Range", {"a": np.float32(1), "b": np.float32(4)}, fixed=("a", "b"), note="no step")
case("GatherND", {"d": f(4, 5, 6), "i": i64([[0, 1], [2, 3], [1, 1]])}, dark=True)
case("Pad", {"x": f(4, 5), "p": i64(1, 0, 2, 3), "v": np.float32(0)}, fixed=("p",))
case("Rfft", {"x": f(2, 8)}, signal_ndim=1, runs=False, expect=[("float32", [2, 5, 2])])
case("Irfft", {"x": f(2, 5, 2)}, signal_ndim=1, runs=False, expect=[("float32", [2, 8])])
case("IsAllFinite", {"x": f(2, 5)}, runs=False, expect=[("bool", [])])
case("TorchEmbedding", {"w": f(9, 16), "i": i64([[1, 2, 3], [1, 2, 3]])}, runs=False,
     expect=[("float32", [2, 3, 16])])
case("SampleOp", {"x": f(2, 3)})
case("Crop", {"x": f(2, 3, 8, 9)}, domain="", opset=1, border=[1, 2, 0, 1], runs=False,
     expect=[("float32", [2, 3, 5, 8])])
case("Crop", {"x": f(2, 3, 8, 9)}, domain="", opset=1, border=[1, 2, 0, 1], scale=[4, 5],
     runs=False, expect=[("float32", [2, 3, 4, 5])], note="to a size")
case("FC", {"x": f(4, 5), "w": f(6, 5), "b": f(6)}, domain="", opset=1, runs=False,
     expect=[("float32", [4, 6])], macs=120)
case("DynamicSlice", {"x": f(4, 5), "s": i64(1, 0), "e": i64(3, 2)}, domain="", opset=1, runs=False,
     fixed=("s", "e"), expect=[("float32", [2, 2])], dark=True)
case("EfficientNMS_TRT", {"b": f(2, 9, 4), "s": f(2, 9, 3)}, domain="", opset=1, runs=False,
     max_output_boxes=7, outputs=(1, 1, 1, 1), background_class=-1, box_coding=0, iou_threshold=0.5,
     plugin_version="1", score_activation=0, score_threshold=0.1,
     expect=[("int32", [2, 1]), ("float32", [2, 7, 4]), ("float32", [2, 7]), ("int32", [2, 7])])
for domain in ("qonnx.custom_op.general", "finn.custom_op.general", "onnx.brevitas"):
    case("Quant", {"x": f(2, 3), "s": S, "z": S, "b": S}, domain=domain, narrow=0, signed=1,
         runs=False, expect=[("float32", [2, 3])], note=domain)
case("ExtendedQuantizeLinear", {"x": f(2, 3), "s": S, "z": np.int16(0)}, domain="com.amd.quark",
     runs=False, expect=[("int16", [2, 3])])
case("VitisDequantizeLinear", {"x": i8(2, 3), "s": S, "z": ZI}, domain="com.vai.quantize",
     runs=False, expect=[("float32", [2, 3])])

# ---- More of the same, in other forms ----------------------------------------------------------

case("MultiHeadAttention", {"q": f(2, 5, 16), "k": f(2, 5, 16), "v": f(2, 5, 24)}, num_heads=4,
     outputs=(1, 1, 1), note="value size")
case("MultiHeadAttention", {"q": f(2, 5, 16), "k": f(2, 4, 7, 4), "v": f(2, 4, 7, 4)}, num_heads=4,
     outputs=(1, 1, 1), note="cross present")
case("MultiHeadAttention", {"q": f(2, 5, 16), "k": f(2, 4, 7, 4), "v": f(2, 4, 7, 4), "b": None,
                            "m": None, "a": None, "pk": f(2, 4, 3, 4), "pv": f(2, 4, 3, 4)},
     num_heads=4, outputs=(1, 1, 1), note="cross past", macs=2 * 5 * 10 * 32)
case("Attention", {"x": f(2, 5, 12), "w": f(12, 40), "b": f(40)}, num_heads=4, note="sizes present",
     qkv_hidden_sizes=[16, 16, 8], outputs=(1, 1))
case("DecoderMaskedMultiHeadAttention",
     {"q": f(2, 1, 48), "k": None, "v": None, "m": None, "a": None, "pk": f(2, 4, 9, 4),
      "pv": f(2, 4, 9, 4), "l": i32([3]), "w": None, "c": None, "b": f(48)}, num_heads=4,
     past_present_share_buffer=1, outputs=(1, 1, 1), note="packed", runs=False, fixed=("l",),
     expect=[("float32", [2, 1, 16])] + [("float32", [2, 4, 9, 4])] * 2, macs=2 * 4 * 32)
case("GroupQueryAttention", {"q": f(2, 3, 32), "k": f(2, 3, 16), "v": f(2, 3, 16), "pk": None,
                             "pv": None, "l": i32(2, 2), "t": i32(3)}, num_heads=4, kv_num_heads=2,
     qk_output=1, outputs=(1, 1, 1, 1), fixed=("t",), note="scores")
case("GroupQueryAttention", {"q": f(2, 1, 32), "k": f(2, 1, 16), "v": f(2, 1, 16),
                             "pk": f(2, 2, 4, 8), "pv": f(2, 2, 4, 8), "l": i32(9, 9),
                             "t": i32(10)}, num_heads=4, kv_num_heads=2, sliding_window_cache=1,
     local_window_size=4, outputs=(1, 1, 1), note="window")
case("GroupQueryAttention", {"q": f(2, 3, 32), "k": f(2, 3, 16), "v": f(2, 3, 16),
                             "pk": f(2, 2, 0, 8), "pv": f(2, 2, 0, 8), "l": i32(2, 2), "t": i32(3)},
     num_heads=4, kv_num_heads=2, outputs=(1, 1, 1), note="empty past", free=((1, 2), (2, 2)))
case("EmbedLayerNormalization", {"i": ones(np.int32, 2, 5), "s": None, "w": f(9, 16), "p": f(8, 16),
                                 "se": None, "g": f(16), "b": f(16)}, outputs=(1, 0, 1),
     fixed=("w",), note="sum")
case("QLinearAveragePool", {"x": u8(2, 9, 8, 4), "xs": S, "xz": Z8, "ys": S, "yz": Z8},
     channels_last=1, kernel_shape=[3, 2], strides=[2, 2], ceil_mode=1, pads=[1, 0, 1, 1],
     note="ceil")
case("NhwcMaxPool", {"x": u8(2, 9, 8, 4)}, kernel_shape=[3, 2], strides=[2, 2],
     auto_pad="SAME_UPPER", note="same")
case("NhwcMaxPool", {"x": u8(2, 9, 8, 4)}, kernel_shape=[3, 2], strides=[2, 2], dilations=[2, 2],
     note="dilated")
case("GatherBlockQuantized", {"d": u8(8, 16), "i": np.int64(3), "s": f(8, 2)}, fixed=("d", "s"),
     block_size=16, bits=4, note="scalar")
case("GatherBlockQuantized", {"d": u8(8, 8), "i": i64([3]), "s": f(8, 2)}, fixed=("d", "s"),
     block_size=16, bits=2, quantize_axis=-1, note="2 bits")
case("VarlenNGramHashMapping", {"i": i64(list(range(6))), "m": i64(3, 5, 7),
                                "v": i64(11, 13, 17, 19), "c": i32(0, 2, 6)}, max_ngram_size=3,
     n_head_per_ngram=2, pad_id=0, outputs=(1, 1))
case("MRotaryEmbedding", {"x": f(2, 3, 32), "p": ones(np.int64, 3, 2, 3), "c": f(8, 4),
                          "s": f(8, 4)}, num_heads=4, mrope_section=[2, 1, 1])
case("QMoE", {"x": f(2, 3, 16), "r": f(6, 4), "w1": u8(4, 24, 8), "s1": f(4, 24), "b1": None,
              "w2": u8(4, 16, 12), "s2": f(4, 16)}, k=2, expert_weight_bits=4, note="4 bits",
     fixed=("w1", "w2", "s1", "s2"), macs=2 * 6 * 2 * 24 * 16)

# ---- By definition -----------------------------------------------------------------------------


def defined(op: str, inputs: dict[str, Any], expect: list[tuple[str, list[int]]],
            **more: Any) -> None:
    more.setdefault("outputs", (1,) * len(expect))
    case(op, inputs, expect=expect, runs=False, **more)


X = ("float32", [2, 3, 8])
for name in ("BiasFastGeluGrad_dX", "BiasGeluGrad_dX"):
    defined(name, {"d": f(2, 3, 8), "x": f(2, 3, 8), "b": f(8)}, [X])
for name in ("FastGeluGrad", "GeluGrad", "LogSoftmaxGrad", "LogSoftmaxGrad_13", "ReluGrad",
             "SigmoidGrad", "SoftmaxGrad", "SoftmaxGrad_13", "TanhGrad"):
    defined(name, {"d": f(2, 3, 8), "x": f(2, 3, 8)}, [X])
defined("ZeroGradient", {"d": f(2, 3, 8), "x": f(1)}, [X])
defined("DropoutGrad", {"d": f(2, 3, 8), "m": ones(np.bool_, 2, 3, 8)}, [X])
defined("DivGrad", {"d": f(2, 3, 8), "a": f(2, 3, 8), "b": f(8)}, [X, ("float32", [8])])
defined("BiasAdd", {"x": f(2, 3, 8), "b": f(8), "s": f(2, 3, 8)}, [X])
defined("BiasSoftmax", {"x": f(2, 3, 8), "b": f(2, 1, 8)}, [X], axis=2, is_inner_broadcast=0)
defined("InPlaceAccumulator", {"x": f(2, 3, 8), "v": f(2, 3, 8)}, [X])
defined("InPlaceAccumulatorV2", {"x": f(2, 3, 8), "v": f(2, 3, 8)}, [("bool", [1]), X])
defined("BitmaskBiasDropout", {"x": f(2, 3, 8), "b": f(8)}, [X, ("uint32", [2])])
defined("ComplexMulConj", {"a": f(3, 2), "b": f(3, 2)}, [("float32", [3, 2])])
defined("GemmaRotaryEmbedding", {"e": f(2, 5, 8), "q": h(2, 4, 5, 8), "qr": h(2, 4, 5, 8),
                                 "k": h(2, 3, 5, 8), "kr": h(2, 3, 5, 8)},
        [("float16", [2, 4, 5, 8]), ("float16", [2, 3, 5, 8])])
defined("AdamOptimizer", {"r": f(1), "t": i64([1]), "w": f(3, 4), "g": f(3, 4), "a": f(3, 4),
                          "b": f(3, 4)}, [("int64", [1])] + [("float32", [3, 4])] * 3,
        outputs=(1, 1, 1, 1))
defined("SGDOptimizer", {"e": f(1), "w": f(3, 4), "g": f(3, 4)}, [("float32", [3, 4])] * 2)
defined("BatchNormalizationGrad", {"d": f(2, 3, 4), "x": f(2, 3, 4), "s": f(3), "m": f(3),
                                   "v": f(3)}, [("float32", [2, 3, 4])] + [("float32", [3])] * 2)
defined("LayerNormalizationGrad", {"d": f(2, 3, 8), "x": f(2, 3, 8), "s": f(8), "m": f(2, 3, 1),
                                   "v": f(2, 3, 1)}, [X] + [("float32", [8])] * 2)
defined("SimplifiedLayerNormalizationGrad", {"d": f(2, 3, 8), "x": f(2, 3, 8), "s": f(8),
                                             "v": f(2, 3, 1)}, [X, ("float32", [8])])
defined("GatherGrad", {"s": i64(7, 4), "i": i64(1, 2), "d": f(2, 4)}, [("float32", [7, 4])],
        fixed=("s",))
defined("GatherNDGrad", {"s": i64(7, 4), "i": i64([[1], [2]]), "d": f(2, 4)}, [("float32", [7, 4])],
        fixed=("s",))
defined("GatherElementsGrad", {"d": f(2, 4), "s": i64(7, 4), "i": ones(np.int64, 2, 4)},
        [("float32", [7, 4])], fixed=("s",))
defined("SliceGrad", {"d": f(2, 4), "s": i64(7, 4), "a": i64([0]), "e": i64([2])},
        [("float32", [7, 4])], fixed=("s",))
defined("ReduceSumTraining", {"x": f(2, 3, 8), "a": i64(0, -1)}, [("float32", [1, 3, 1])],
        fixed=("a",))
defined("ConcatTraining", {"a": f(2, 3), "b": f(2, 4)}, [("float32", [2, 7]), ("int64", [2])],
        axis=-1)
defined("SplitTraining", {"x": f(2, 7), "s": i64(3, 4)}, [("float32", [2, 3]), ("float32", [2, 4])],
        axis=1, fixed=("s",))
defined("SoftmaxCrossEntropyLossInternal", {"s": f(2, 5, 3), "l": ones(np.int64, 2, 3)},
        [("float32", []), ("float32", [2, 5, 3])])
defined("SoftmaxCrossEntropyLossInternal", {"s": f(2, 5, 3), "l": ones(np.int64, 2, 3)},
        [("float16", [2, 3]), ("float16", [2, 5, 3])], reduction="none", output_type=10,
        note="none")
defined("SoftmaxCrossEntropyLossInternalGrad", {"d": f(2, 3), "p": f(2, 5, 3),
                                                "l": ones(np.int64, 2, 3)},
        [("float32", [2, 5, 3])])
defined("YieldOp", {"a": f(2, 3), "b": i64(1), "c": f(4)}, [("float32", [2, 3]), ("float32", [4])],
        non_differentiable_outputs=[1], full_shape_outputs=[0])
defined("BroadcastGradientArgs", {"a": i64(2, 3), "b": i64([3])}, [("int64", [0]), ("int64", [1])],
        free=((0, 0), (1, 0)), note="unknown")
defined("BroadcastGradientArgs", {"a": i64(1, 1, 3), "b": i64(2, 3)},
        [("int64", [1]), ("int64", [1])], fixed=("a", "b"))
defined("FusedMatMulActivation", {"a": f(3, 4), "b": f(6, 4)}, [("float32", [3, 6])], transB=1,
        activation="Relu", macs=72)
defined("MatMulFpQ4", {"a": f(3, 64), "b": u8(640), "s": i64(64, 8)}, [("float32", [3, 8])],
        fixed=("s",), macs=1536)
defined("MatMulBlockQuantizedFp4Weight", {"a": h(3, 64), "b": u8(8, 32), "s": u8(8, 4), "g": f(1)},
        [("float16", [3, 8])], macs=1536)
defined("MatMulBlockQuantizedFp8Weight", {"a": h(3, 64), "b": u8(8, 64), "s": f(8, 1)},
        [("float16", [3, 8])], macs=1536)
defined("QOrderedMatMul", {"a": i8(2, 3, 4), "as": S, "b": i8(4, 5), "bs": S, "ys": S},
        [("int8", [2, 3, 5])], order_A=1, order_B=1, order_Y=1, macs=120)
defined("QOrderedAttention", {"x": i8(2, 5, 12), **{f"s{i}": S for i in range(4)}, "q": i8(12, 16),
                              "k": i8(12, 16), "v": i8(12, 24), **{f"t{i}": S for i in range(3)},
                              "qb": f(16), "kb": f(16), "vb": f(24), "a": S, "b": S, "c": S},
        [("int8", [2, 5, 24])], num_heads=4, order_input=1, order_output=1, order_weight=1,
        macs=2 * 5 * 12 * 56 + 2 * 5 * 5 * 40)
defined("QOrderedGelu", {"x": i8(2, 3), "a": S, "b": S}, [("int8", [2, 3])])
defined("QuantizeWithOrder", {"x": f(2, 3), "s": S}, [("int8", [2, 3])], order_input=1,
        order_output=1)
defined("DequantizeWithOrder", {"x": i8(2, 3), "s": S}, [("float16", [2, 3])], order_input=1,
        order_output=1, to=10)
defined("DequantizeBFP", {"x": u8(48), "s": i64(3, 16), "t": i64(16, 1)}, [("float32", [3, 16])],
        bfp_type=0, fixed=("s",))
defined("DecoderMaskedSelfAttention", {"x": f(2, 1, 16), "w": f(16, 48), "b": f(48), "m": None,
                                       "p": f(2, 2, 4, 9, 4), "a": None, "l": i32([3])},
        [("float32", [2, 1, 16]), ("float32", [2, 2, 4, 9, 4])], num_heads=4, fixed=("l",),
        past_present_share_buffer=1, macs=2 * 16 * 48 + 2 * 4 * 32)
QSA = {"q": f(2, 5, 16), "k": f(2, 5, 8), "qn": f(8), "kn": f(8), "c": f(64, 4), "s": f(64, 4)}
defined("SparseAttentionIndexer", {**QSA, "m": None, "p": f(2, 3, 8)},
        [("int32", [2, 5, 11]), ("float32", [2, 8, 8])], policy_mode="qsa", compress_ratio=4,
        token_budget=8)
defined("SparseAttentionIndexer", {**QSA, "m": None, "p": f(2, 3, 8), "g": f(2, 5, 16),
                                   "b": f(4, 16), "h": f(2, 5, 2), "i": ones(np.int64, 2, 5),
                                   "l": None, "bu": f(2, 2, 6, 16)},
        [("int32", [2, 5, 6]), ("float32", [2, 4, 8]), ("float32", [2, 2, 7, 16])],
        policy_mode="csa", compress_ratio=4, index_topk=6, note="csa",
        free=((1, 1), (2, 2)))
defined("DynamicSparseAttention", {"q": f(2, 3, 32), "k": f(2, 3, 16), "v": f(2, 3, 16),
                                   "pk": f(2, 2, 7, 8), "pv": f(2, 2, 7, 8), "ak": None, "av": None,
                                   "si": ones(np.int32, 6, 3), "sc": ones(np.int32, 6),
                                   "l": i32(9, 9), "t": i32(10)},
        [("float32", [2, 3, 32])] + [("float32", [2, 2, 10, 8])] * 2, num_heads=4, kv_num_heads=2,
        fixed=("t",))


def body(name: str) -> Any:
    """A graph that does nothing; the operators only look at whether there is one."""
    from onnx import TensorProto, helper
    value = helper.make_tensor_value_info("a", TensorProto.INT32, [1])
    return helper.make_graph([helper.make_node("Identity", ["a"], ["b"])], name, [value],
                             [helper.make_tensor_value_info("b", TensorProto.INT32, [1])])


GENERATION = {"decoder": body("decoder"), "eos_token_id": 2, "pad_token_id": 0}
for name, extra in (("GreedySearch", []), ("Sampling", [("float32", [2, 50])])):
    defined(name, {"i": ones(np.int32, 2, 5), "m": i32([20]), "n": i32([1]), "p": f(1)},
            [("int32", [2, 20]), *extra], fixed=("m",), vocab_size=50, **GENERATION)
defined("BeamSearch", {"i": ones(np.int32, 2, 5), "m": i32([20]), "n": i32([1]), "b": i32([4]),
                       "r": i32([3]), "l": f(1)},
        [("int32", [2, 3, 20]), ("float32", [2, 3]), ("float32", [15, 2, 4, 50])],
        fixed=("m", "b", "r"), vocab_size=50, **GENERATION)
NHWC = {"domain": "com.ms.internal.nhwc", "opset": 19}
defined("BatchNormalization", {"x": f(2, 5, 6, 4), "s": f(4), "b": f(4), "m": f(4), "v": f(4)},
        [("float32", [2, 5, 6, 4])], **NHWC)
defined("InstanceNormalization", {"x": f(2, 5, 6, 4), "s": f(4), "b": f(4)},
        [("float32", [2, 5, 6, 4])], **NHWC)
defined("MaxPool", {"x": f(2, 9, 8, 4)}, [("float32", [2, 4, 3, 4]), ("int64", [2, 4, 3, 4])],
        kernel_shape=[3, 3], strides=[2, 2], **NHWC)
defined("LpPool", {"x": f(2, 9, 8, 4)}, [("float32", [2, 7, 6, 4])], kernel_shape=[3, 3], **NHWC)
defined("GridSample", {"x": f(2, 5, 6, 3), "g": f(2, 7, 8, 2)}, [("float32", [2, 7, 8, 3])],
        domain="com.ms.internal.nhwc", opset=20)
defined("SpaceToDepth", {"x": f(2, 10, 12, 3)}, [("float32", [2, 5, 6, 12])], blocksize=2, **NHWC)
defined("MaxUnpool", {"x": f(2, 4, 3, 4), "i": ones(np.int64, 2, 4, 3, 4)},
        [("float32", [2, 8, 6, 4])], kernel_shape=[2, 2], strides=[2, 2], **NHWC)
defined("QLinearConv", {"x": u8(2, 9, 8, 4), "xs": S, "xz": Z8, "w": u8(6, 4, 3, 3), "ws": S,
                        "wz": Z8, "ys": S, "yz": Z8}, [("uint8", [2, 7, 6, 6])],
        macs=2 * 42 * 6 * 36, **NHWC)
defined("QLinearConvTranspose", {"x": u8(2, 5, 6, 4), "xs": S, "xz": Z8, "w": u8(4, 3, 3, 3),
                                 "ws": S, "wz": Z8, "ys": S, "yz": Z8}, [("uint8", [2, 7, 8, 3])],
        macs=2 * 30 * 4 * 27, **NHWC)
defined("ExtendedLSTM", {"x": f(5, 2, 3), "w": f(1, 16, 3), "r": f(1, 16, 4)},
        [("float32", [5, 1, 2, 4]), ("float32", [1, 2, 4]), ("float32", [1, 2, 4])], hidden_size=4,
        domain="com.amd.quark", macs=5 * 2 * 16 * 7)
defined("VitisLSTM", {"x": f(2, 5, 3), "w": f(1, 16, 3), "r": f(1, 16, 4)},
        [("float32", [2, 5, 1, 4])], hidden_size=4, layout=1, domain="com.vai.quantize",
        macs=5 * 2 * 16 * 7)
for name in ("BFPQuantizeDequantize", "MXQuantizeDequantize"):
    defined(name, {"x": f(2, 3)}, [("float32", [2, 3])], domain="com.amd.quark")
for name in ("IntQuant", "Trunc"):
    defined(name, {"x": f(2, 3), "s": S, "z": S, "b": S}, [("float32", [2, 3])], narrow=0, signed=1,
            domain="qonnx.custom_op.general")
defined("MultiThreshold", {"x": f(2, 3), "t": f(3, 7)}, [("float32", [2, 3])], out_dtype="INT4",
        domain="qonnx.custom_op.general")
defined("GRUUnit", {"h": f(2, 3), "g": f(2, 9), "l": f(2), "t": f(1)}, [("float32", [2, 3])],
        domain="", opset=1)
for name in ("PyramidROIAlign_TRT", "MultilevelCropAndResize_TRT"):
    defined(name, {"b": f(2, 9, 4), **{f"m{i}": f(2, 3, 8, 8) for i in range(4)}},
            [("float32", [2, 9, 3, 7, 7])], pooled_size=7, image_size=[3, 64, 64],
            plugin_version="1", domain="", opset=1)
