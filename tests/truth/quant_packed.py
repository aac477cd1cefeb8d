#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Weights that operators keep packed in their own ways: what `quant` and `diff` say of them against
what the runtime makes of them.

    python3 tests/truth/quant_packed.py [WORD...]     only cases whose name has a word

MatMulBnb4, MatMulNBits, GatherBlockQuantized, QMoE, microscaling and NVFP4, from random bytes. What
they stand for is asked of ONNX Runtime, or of onnx.reference where the runtime has no kernel: the
node gets inputs that bring its whole weight out. `quant` must tell type, granularity, scale and the
range of real numbers, and count elements at the ends of their range; `diff` against a float model
must find the error that numpy finds.

Environment: B, ONNXRAY. The last line is "N passed, N failed[, N skipped]".
"""

from __future__ import annotations

import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from asking import Tally, skip, tell

try:
    import numpy as np
    import onnxruntime
    from dequantize import RANGES, error_of
    from diff_truth import weights_of
    from onnx import ModelProto, NodeProto, TensorProto, helper, numpy_helper
    from onnx.reference import ReferenceEvaluator
except ImportError as missing:
    skip(missing)

FLOAT, UINT8, INT64 = TensorProto.FLOAT, TensorProto.UINT8, TensorProto.INT64
FLOAT4, FLOAT8, FLOAT8E8M0 = TensorProto.FLOAT4E2M1, TensorProto.FLOAT8E4M3FN, \
    TensorProto.FLOAT8E8M0
K, N, BLOCK = 64, 24, 16


@dataclass
class Case:
    name: str
    nodes: list[NodeProto]
    stored: list[TensorProto]
    type: str
    axis: int                   # of `real`
    block: int
    scale: np.ndarray           # all of them
    bits: int
    numbers: np.ndarray         # that are stored, unpacked; of types with ends
    known: bool = True          # granularity and axis are told
    feeds: dict = field(default_factory=dict)
    turned: bool = False        # the result is the weight swapped
    reference: bool = False     # the runtime has no kernel
    error: float = 1e-5         # of the runtime's arithmetic, against the largest number
    weight: str = "w_Q4"
    opset: int = 21
    twin: str = "MatMul"


def drawn(name: str) -> np.random.Generator:
    return np.random.default_rng(sum(name.encode()))


def pack(numbers: np.ndarray, bits: int) -> np.ndarray:
    """Low bits first, each row from a new byte."""
    each = (numbers[..., None] >> np.arange(bits)) & 1
    flat = each.reshape(*numbers.shape[:-1], -1).astype(np.uint8)
    return np.packbits(flat, axis=-1, bitorder="little")


def keep(name: str, values: np.ndarray, kind: int = 0) -> TensorProto:
    if not kind:
        return numpy_helper.from_array(np.ascontiguousarray(values), name)
    at = np.asarray(values)
    return helper.make_tensor(name, kind, at.shape, at.ravel().tolist())


def raw(name: str, dims: list[int], kind: int, content: np.ndarray) -> TensorProto:
    return TensorProto(name=name, dims=dims, data_type=kind,
                       raw_data=content.astype(np.uint8).tobytes())


def bnb4(kind: int, block: int) -> Case:
    name = f"bnb4_{('fp4', 'nf4')[kind]}_{block}"
    r = drawn(name)
    scale = r.uniform(0.1, 2, -(-K * N // block)).astype(np.float32)
    node = helper.make_node("MatMulBnb4", ["x", "w_Q4", "s"], ["y"], "fc", domain="com.microsoft",
                            K=K, N=N, block_size=block, quant_type=kind)
    content = r.integers(0, 256, K * N // 2).astype(np.uint8)
    return Case(name, [node], [keep("w_Q4", content), keep("s", scale)], ("fp4", "nf4")[kind],
                0, block, scale, 0, np.zeros(0), known=K % block == 0,
                feeds={"x": np.eye(K, dtype=np.float32)})


def nbits(bits: int, block: int, rows: int, zeros: bool) -> Case:
    name = f"nbits_{bits}_{block}_{rows}{'_zeros' if zeros else ''}"
    r = drawn(name)
    blocks = -(-rows // block)
    numbers = r.integers(0, 1 << bits, (N, blocks, block))
    scale = r.uniform(0.1, 2, (N, blocks)).astype(np.float32)
    given = ["x", "w_Q4", "s"]
    stored = [keep("w_Q4", pack(numbers, bits)), keep("s", scale)]
    if zeros:
        given.append("z")
        stored.append(keep("z", pack(r.integers(0, 1 << bits, (N, blocks)), bits)))
    node = helper.make_node("MatMulNBits", given, ["y"], "fc", domain="com.microsoft", K=rows, N=N,
                            bits=bits, block_size=block)
    return Case(name, [node], stored, f"uint{bits}", 0, block, scale, bits,
                numbers.reshape(N, -1)[:, :rows], feeds={"x": np.eye(rows, dtype=np.float32)})


def gather(bits: int, kind: str, zeros: bool) -> Case:
    name = f"gather_{kind}_{bits}{'_zeros' if zeros else ''}"
    r = drawn(name)
    low = RANGES[kind if kind != "uint8" else f"uint{bits}" if bits < 8 else "uint8"][0]
    numbers = r.integers(low, low + (1 << bits), (N, K))
    scale = r.uniform(0.1, 2, (N, K // BLOCK)).astype(np.float32)
    stored = [keep("s", scale)]
    zero = r.integers(low, low + (1 << bits), (N, K // BLOCK))
    more: dict = {}
    if kind == "uint8":
        stored.append(keep("w_Q4", pack(numbers, bits)))
        more = {"bits": bits}
        if zeros:
            stored.append(keep("z", pack(zero, bits)))
    else:
        stored.append(keep("w_Q4", numbers, getattr(TensorProto, kind.upper())))
        if zeros:
            stored.append(keep("z", zero, getattr(TensorProto, kind.upper())))
    given = ["w_Q4", "x", "s", *(["z"] if zeros else [])]
    node = helper.make_node("GatherBlockQuantized", given, ["y"], "fc", domain="com.microsoft",
                            gather_axis=0, quantize_axis=1, block_size=BLOCK, **more)
    return Case(name, [node], stored, f"uint{bits}" if kind == "uint8" else kind, 1, BLOCK, scale,
                bits, numbers, feeds={"x": np.arange(N)}, twin="Gather")


def experts(bits: int, block: int, zeros: bool) -> Case:
    """One expert without an activation; its second weight passes on what the first makes."""
    name = f"moe_{bits}_{block}{'_zeros' if zeros else ''}"
    r = drawn(name)
    middle, blocks = 1 << (bits - 1), K // block if block else 1
    numbers = r.integers(0, 1 << bits, (1, K, K))
    same = np.full((1, K, K), middle)
    same[0][np.arange(K), np.arange(K)] += 1
    scale = r.uniform(0.1, 2, (1, K, blocks)).astype(np.float32)
    ones = np.ones_like(scale)
    stored = [keep("w_Q4", pack(numbers, bits)), keep("v_Q4", pack(same, bits)),
              keep("s", scale if block else scale[..., 0]),
              keep("t", ones if block else ones[..., 0])]
    given = ["x", "r", "w_Q4", "s", "", "v_Q4", "t"]
    if zeros:
        zero = r.integers(0, 1 << bits, (1, K, blocks))
        other = np.full_like(zero, middle)
        stored += [keep(n, pack(z if block else z[..., 0], bits))
                   for n, z in (("z", zero), ("o", other))]
        given += ["", "", "", "", "z", "o"]
    more = {"block_size": block} if block else {}
    node = helper.make_node("QMoE", given, ["y"], "fc", domain="com.microsoft", k=1,
                            activation_type="identity", expert_weight_bits=bits, **more)
    # The runtime rounds activations where bytes come in blocks.
    return Case(name, [node], stored, f"uint{bits}", 2, block or K, scale, bits, numbers,
                feeds={"x": np.eye(K, dtype=np.float32), "r": np.ones((K, 1), np.float32)},
                turned=True, twin="MoE", error=1e-2 if bits == 8 and block else 1e-5)


def micro(two_levels: bool) -> Case:
    """float4 with scales that are powers of two; NVFP4: small scales with a scale of their own."""
    name = "nvfp4" if two_levels else "mx"
    r = drawn(name)
    block = 16 if two_levels else 32
    content = raw("w_Q4", [K, N], FLOAT4, r.integers(0, 256, K * N // 2))
    count = K // block * N
    if two_levels:
        small = raw("s8", [K // block, N], FLOAT8, r.integers(0x30, 0x60, count))
        one = np.float32(0.003)
        values = numpy_helper.to_array(small).astype(np.float32) * one
        stored = [content, small, keep("one", np.array(one))]
        nodes = [helper.make_node("DequantizeLinear", ["s8", "one"], ["s"], "scales")]
    else:
        small = raw("s", [K // block, N], FLOAT8E8M0, r.integers(120, 134, count))
        values = numpy_helper.to_array(small).astype(np.float32)
        stored, nodes = [content, small], []
    more = {} if two_levels else {"output_dtype": FLOAT}
    nodes += [helper.make_node("DequantizeLinear", ["w_Q4", "s"], ["w_real"], "real", axis=0,
                               block_size=block, **more),
              helper.make_node("MatMul", ["x", "w_real"], ["y"], "fc")]
    return Case(name, nodes, stored, "float4e2m1", 0, block, values, 0, np.zeros(0), reference=True,
                feeds={"x": np.eye(K, dtype=np.float32)}, opset=23 if two_levels else 24)


def listed() -> list[Case]:
    found = [bnb4(kind, block) for kind in (0, 1) for block in (16, 64)]
    found += [nbits(bits, block, rows, zeros) for bits in (2, 4, 8) for block in (16, 32)
              for rows in (K, 40) for zeros in (False, True)]
    found += [gather(bits, kind, zeros) for kind, bits in (
        ("uint8", 2), ("uint8", 4), ("uint8", 8), ("uint4", 4), ("int4", 4))
        for zeros in (False, True)]
    found += [experts(bits, block, zeros) for bits in (2, 4, 8) for block in (0, 16)
              for zeros in (False, True)]
    return [*found, micro(False), micro(True)]


# ---- what they stand for ----


def model_of(nodes: list[NodeProto], stored: list[TensorProto], case: Case) -> ModelProto:
    inputs = [helper.make_tensor_value_info(
        n, helper.np_dtype_to_tensor_dtype(x.dtype), x.shape) for n, x in case.feeds.items()]
    graph = helper.make_graph(nodes, "packed", inputs,
                              [helper.make_tensor_value_info("y", FLOAT, None)], stored)
    return helper.make_model(graph, ir_version=11, opset_imports=[
        helper.make_opsetid("", case.opset), helper.make_opsetid("com.microsoft", 1)])


def real_of(model: ModelProto, case: Case) -> np.ndarray:
    if case.reference:
        got = ReferenceEvaluator(model).run(None, case.feeds)[0]
    else:
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 4
        got = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=[
            "CPUExecutionProvider"]).run(None, case.feeds)[0]
    return got.T[None] if case.turned else got


def twin_of(case: Case, values: np.ndarray) -> ModelProto:
    given = {"MatMul": ["x", "w"], "Gather": ["w", "x"], "MoE": ["x", "r", "w", "", "v"]}[case.twin]
    more = {"domain": "com.microsoft", "k": 1, "activation_type": "identity"} \
        if case.twin == "MoE" else {}
    stored = [keep("w", values.astype(np.float32))]
    if case.twin == "MoE":
        stored.append(keep("v", np.eye(K, dtype=np.float32)[None]))
    return model_of([helper.make_node(case.twin, given, ["y"], "fc", **more)], stored, case)


# ---- what is said of them ----


def check_quant(case: Case, path: Path, real: np.ndarray, tally: Tally) -> None:
    answer, wrong = tell("quant", path)
    if not tally.hold(f"{case.name}: quant", not wrong, wrong):
        return
    tally.same(f"{case.name}: scheme", answer["scheme"], "weight-only")
    tally.same(f"{case.name}: errors",
               [f for f in answer["findings"] if f["severity"] == "error"], [])
    rows = [t for t in answer["tensors"] if t["name"] == case.weight]
    if not tally.same(f"{case.name}: listed once", len(rows), 1):
        return
    row = rows[0]
    tally.same(f"{case.name}: type", row["type"], case.type)
    tally.same(f"{case.name}: role", row["role"], "weight")
    tally.same(f"{case.name}: shape", row["shape"], list(real.shape))
    tally.same(f"{case.name}: granularity", row["granularity"], "block")
    tally.same(f"{case.name}: axis", row["axis"], case.axis if case.known else None)
    tally.same(f"{case.name}: block", row["block_size"], case.block)
    tally.same(f"{case.name}: scales", row["scales"], case.scale.size)
    tally.near(f"{case.name}: lowest scale", row["scale"]["min"], float(case.scale.min()), 1e-6)
    tally.near(f"{case.name}: highest scale", row["scale"]["max"], float(case.scale.max()), 1e-6)
    slack = case.error * float(np.abs(real).max())
    tally.hold(f"{case.name}: all within the range", row["range"][0] - slack <= real.min() and
               real.max() <= row["range"][1] + slack, (row["range"], real.min(), real.max()))
    if case.bits:
        wanted = int(np.isin(case.numbers, RANGES[case.type]).sum())
        tally.same(f"{case.name}: at the ends", row["saturated"], wanted)
    else:
        tally.same(f"{case.name}: no ends", row["saturated"], None)


def check_diff(case: Case, path: Path, real: np.ndarray, tally: Tally) -> None:
    noise = drawn(case.name + "twin").normal(0, 0.05 * float(np.abs(real).max()), real.shape)
    values = (real + noise).astype(np.float32)
    other = path.with_name("float.onnx")
    other.write_bytes(twin_of(case, values).SerializeToString())
    answer, wrong = tell("diff", other, path)
    if not tally.hold(f"{case.name}: diff", not wrong, wrong):
        return
    rows = [w for w in weights_of(answer) if w["a"] == "w"]
    if not tally.same(f"{case.name}: compared", [w["b"] for w in rows], [case.weight]):
        return
    if case.error < 1e-4:
        want = error_of(values, real)
        tally.near(f"{case.name}: SQNR", rows[0]["sqnr_db"], want.sqnr_db, 0, 0.01)
        tally.near(f"{case.name}: MSE", rows[0]["mse"], want.mse, 2.5e-3)
    else:
        tally.near(f"{case.name}: SQNR", rows[0]["sqnr_db"], error_of(values, real).sqnr_db, 0, 0.2)


def check(case: Case, path: Path, tally: Tally) -> None:
    model = model_of(case.nodes, case.stored, case)
    path.write_bytes(model.SerializeToString())
    try:
        real = real_of(model, case)
    except Exception as why:  # another version of the runtime knows less
        tally.skip(f"{case.name} is not run: {why}"[:150])
        return
    check_quant(case, path, real, tally)
    check_diff(case, path, real, tally)


def check_opaque(path: Path, tally: Tally) -> None:
    """MatMulFpQ4: scales and numbers in an order of the kernel's. Named, and nothing made up."""
    case = Case("fpq4", [], [], "", 0, 0, np.zeros(0), 0, np.zeros(0),
                feeds={"x": np.eye(K, dtype=np.float32)})
    node = helper.make_node("MatMulFpQ4", ["x", "w_Q4", "dims"], ["y"], "fc",
                            domain="com.microsoft", blk_quant_type=1)
    stored = [keep("w_Q4", np.arange(160, dtype=np.uint8)), keep("dims", np.array([K, N]))]
    path.write_bytes(model_of([node], stored, case).SerializeToString())
    answer, wrong = tell("quant", path)
    rows = [t for t in answer.get("tensors", []) if t["name"] == "w_Q4"]
    if tally.hold("fpq4: listed", not wrong and len(rows) == 1, wrong):
        told = [rows[0][k] for k in ("scales", "range", "symmetric", "saturated", "axis")]
        told += [rows[0][k][m] for k in ("scale", "zero_point") for m in ("min", "max")]
        tally.same("fpq4: nothing made up", [x for x in told if x is not None], [])


def main() -> int:
    tally = Tally()
    words = sys.argv[1:]
    with tempfile.TemporaryDirectory() as scratch:
        for case in listed():
            if not words or any(w in case.name for w in words):
                check(case, Path(scratch) / "model.onnx", tally)
        check_opaque(Path(scratch) / "model.onnx", tally)
    return tally.end()


if __name__ == "__main__":
    sys.exit(main())
