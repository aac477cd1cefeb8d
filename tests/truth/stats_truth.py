#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compares the statistics of weights with numpy's: `onnxray params --stats` and `show`.

    python3 tests/truth/stats_truth.py [--corpus-only | --made-only]

Every stored tensor of the corpus, and a model made here that has each element type, in raw and in
typed fields, packed with odd numbers of elements, NaN and infinities, nothing at all, one element,
numbers whose squares do not fit, numbers far from 0 beside their spread, and external data. The
`onnx` package decodes; sums are taken in extended precision.

Environment: B, ONNXRAY, ONNXRAY_CORPUS. The last line is "N passed, N failed[, N skipped]".
"""

from __future__ import annotations

import math
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from asking import CORPUS, Tally, real, skip, tell

try:
    import numpy as np
    import onnx
    from dequantize import NAMES, Reader, array, quantized_weights
    from google.protobuf.message import DecodeError
    from onnx import ModelProto, TensorProto, external_data_helper, helper, numpy_helper
except ImportError as missing:
    skip(missing)

INTEGERS = {"INT8", "UINT8", "INT16", "UINT16", "INT32", "UINT32", "INT64", "UINT64", "INT4",
            "UINT4", "INT2", "UINT2"}


BROKEN = {"migraphx_int4_block_fp16_qdq.onnx"}  # its scales are those of another shape


class Facts:
    """What numpy says about numbers."""

    def __init__(self, x: np.ndarray, zero: float = 0) -> None:
        flat = np.ravel(x)
        if flat.dtype.kind in "iub":
            flat = flat.astype(object) if flat.dtype.itemsize == 8 else flat.astype(np.int64)
        self.zeros = int(sum(1 for v in flat if v == zero)) if flat.dtype == object else \
            int((flat == zero).sum())
        finite = np.array([], np.longdouble)
        if flat.size:
            wide = flat.astype(np.longdouble)
            finite = wide[np.isfinite(wide)]
        self.non_finite = flat.size - finite.size
        self.n = flat.size
        self.min = float(finite.min()) if finite.size else math.nan
        self.max = float(finite.max()) if finite.size else math.nan
        self.mean = float(finite.mean()) if finite.size else math.nan
        self.std = float(np.sqrt(((finite - finite.mean()) ** 2).mean())) if finite.size else \
            math.nan
        self.size = float(np.abs(finite).max()) if finite.size else 0.0


def check(what: str, ours: dict | None, facts: Facts, tally: Tally) -> None:
    if not tally.hold(f"{what}: has statistics", isinstance(ours, dict), ours):
        return
    tally.near(f"{what}: min", ours["min"], facts.min, 0, 0)
    tally.near(f"{what}: max", ours["max"], facts.max, 0, 0)
    tally.near(f"{what}: mean", ours["mean"], facts.mean, 1e-6, 1e-7 * facts.size)
    tally.near(f"{what}: std", ours["std"], facts.std, 1e-5, 1e-9 * facts.size)
    tally.same(f"{what}: zeros", ours["zeros"], facts.zeros)
    tally.same(f"{what}: non-finite", ours["non_finite"], facts.non_finite)


# ---- the model that is made ----


def patterns(kind: str, count: int, seed: int) -> np.ndarray:
    """Numbers for an element type: its ends among them."""
    made = np.random.default_rng(seed)
    if kind in INTEGERS:
        bits = int(kind.lstrip("UINT"))
        low, high = (0, (1 << bits) - 1) if kind[0] == "U" else (-(1 << bits - 1),
                                                               (1 << bits - 1) - 1)
        values = [low, high, 0, 1][:count]
        while len(values) < count:
            values.append(int(made.integers(low, high, endpoint=True, dtype=np.uint64
                                            if bits == 64 and low == 0 else np.int64)))
        return np.array(values, object)
    return made.normal(0, 3, count)


def tensors() -> Iterator[TensorProto]:
    for kind in NAMES:
        word = TensorProto.DataType.Name(kind)
        for count in (1, 7, 64, 1001, 70001):
            name = f"{word.lower()}_{count}"
            if word == "STRING":
                yield helper.make_tensor(name, kind, [count], [b"s%d" % k for k in range(count)])
                continue
            values = patterns(word, count, count)
            if word == "BOOL":
                values = values > 0
            if word.startswith("COMPLEX"):
                values = values + 1j * values[::-1]
            if word == "FLOAT8E8M0":
                values = 2.0 ** np.rint(values)
            listed = values.tolist()
            yield helper.make_tensor(name, kind, [count], listed)
            if word not in ("COMPLEX64", "COMPLEX128"):
                typed = in_raw_data(name, kind, count, listed)
                if typed is not None:
                    yield typed
    for kind in (TensorProto.FLOAT8E4M3FN, TensorProto.FLOAT8E4M3FNUZ, TensorProto.FLOAT8E5M2,
                 TensorProto.FLOAT8E5M2FNUZ, TensorProto.FLOAT8E8M0):
        yield TensorProto(name=f"all_{NAMES[kind]}", data_type=kind, dims=[256],
                          raw_data=bytes(range(256)))
    for kind in (TensorProto.FLOAT4E2M1, TensorProto.INT4, TensorProto.UINT4):
        yield TensorProto(name=f"all_{NAMES[kind]}", data_type=kind, dims=[16],
                          raw_data=bytes(2 * k | (2 * k + 1) << 4 for k in range(8)))
    for kind in (TensorProto.FLOAT16, TensorProto.BFLOAT16):
        yield TensorProto(name=f"all_{NAMES[kind]}", data_type=kind, dims=[256, 256],
                          raw_data=np.arange(65536, dtype=np.uint16).tobytes())
    yield from floats()


def in_raw_data(name: str, kind: int, count: int, listed: list) -> TensorProto | None:
    """The same numbers in raw_data."""
    try:
        typed = numpy_helper.to_array(helper.make_tensor("", kind, [count], listed))
        return helper.make_tensor(f"{name}_raw", kind, [count],
                                  numpy_helper.from_array(typed).raw_data, raw=True)
    except (TypeError, ValueError, KeyError, RuntimeError):
        return None


def floats() -> Iterator[TensorProto]:
    made = np.random.default_rng(4)
    noise = made.normal(0, 1, 100003).astype(np.float32)
    odd = noise.copy()
    odd[::1000] = np.nan
    odd[1::1000] = np.inf
    odd[2::1000] = -np.inf
    odd[3::1000] = 0
    odd[4::1000] = -0.0
    given = {
        "noise": noise, "odd": odd, "only_nan": np.full(9, np.nan, np.float32),
        "only_inf": np.full(9, np.inf, np.float32), "huge": (noise * 3e37).astype(np.float32),
        "tiny": (noise * 1e-42).astype(np.float32), "far": (1e6 + noise).astype(np.float32),
        "far64": 1e9 + noise.astype(np.float64), "constant": np.full(50001, 0.1, np.float32),
        "zeros": np.zeros(1000, np.float32), "minus": np.full(3, -0.0, np.float32),
        "huge64": noise.astype(np.float64) * 1e140, "scalar": np.array(2.5, np.float32),
        "empty": np.zeros((0, 3), np.float32), "empty8": np.zeros((3, 0), np.int8),
        "odd64": odd.astype(np.float64), "odd16": odd.astype(np.float16),
        "last": np.append(np.zeros(65539, np.float32), np.float32(-7)),
        "first": np.append(np.float32(7), np.zeros(65539, np.float32)),
        "rows": made.normal(0, 1, (37, 13, 3)).astype(np.float32),
    }
    for name, values in given.items():
        yield numpy_helper.from_array(values, name)


def outside(place: Path, stored: list[TensorProto]) -> None:
    """Moves every third tensor with raw data into a file beside the model, at odd places."""
    at = 0
    with (place / "weights.bin").open("wb") as file:
        for t in stored[::3]:
            if not t.HasField("raw_data"):
                continue
            file.write(b"\xff" * 5)
            at += 5
            size = len(t.raw_data)
            file.write(t.raw_data)
            external_data_helper.set_external_data(t, "weights.bin", at, size)
            t.ClearField("raw_data")
            at += size


def made_model(place: Path) -> Path:
    stored = list(tensors())
    outside(place, stored)
    graph = helper.make_graph([helper.make_node("Identity", [stored[0].name], ["y"])], "g", [],
                              [helper.make_empty_tensor_value_info("y")], stored)
    path = place / "made.onnx"
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 25)], ir_version=13)
    path.write_bytes(model.SerializeToString())
    return path


# ---- any model ----


def zero_points(model: ModelProto) -> dict[str, float]:
    """Zero points of quantized tensors that have one for all elements; others are left out."""
    found = {}
    for w in quantized_weights(model):
        values = set(np.ravel(w.zero).tolist())
        if w.name:
            found[w.name] = values.pop() if len(values) == 1 else math.nan
    return found


def stored_of(model: ModelProto, path: Path) -> dict[str, TensorProto]:
    reader = Reader(model)
    found: dict[str, TensorProto] = {}
    names = Counter(t.name for t in model.graph.initializer)
    for t in [*model.graph.initializer, *reader.tensors.values()]:
        if names[t.name] > 1:
            continue
        found.setdefault(t.name, t)
    for node in model.graph.node:
        if node.op_type == "Constant" and node.attribute and node.attribute[0].name == "value":
            found.setdefault(node.output[0], node.attribute[0].t)
    for t in found.values():
        if external_data_helper.uses_external_data(t):
            external_data_helper.load_external_data_for_tensor(t, str(path.parent))
    return found


def check_model(path: Path, tally: Tally, strict: bool) -> None:
    try:
        model = onnx.load(str(path), load_external_data=False)
        stored = stored_of(model, path)
        zeros = zero_points(model) if strict or path.name not in BROKEN else {}
    except (DecodeError, ValueError, OSError, onnx.checker.ValidationError, TypeError) as why:
        tally.skip(f"the package does not read {path.name}: {str(why)[:60]}")
        return
    answer, wrong = tell("params", "--stats", path)
    if "exit 3" in wrong and not strict:
        return
    if not tally.hold(f"{path.name}: answer", not wrong, wrong):
        return
    seen = 0
    for row in answer["tensors"]:
        t, name = stored.get(row["name"]), row["name"]
        if t is None or row["storage"] in ("sparse", "generated"):
            continue
        what, kind = f"{path.name}: {name[:60]}", TensorProto.DataType.Name(t.data_type)
        if kind == "STRING" or kind.startswith("COMPLEX"):
            tally.same(f"{what}: no statistics", row.get("stats"), None)
            continue
        values = array(t)
        if row["elements"] != values.size:  # packed in bytes: counted by elements, not by these
            continue
        zero = zeros.get(name, 0.0)
        facts = Facts(values, zero)
        if math.isnan(zero):
            facts.zeros = row["stats"]["zeros"]  # one for each channel: see quant_truth.py
        check(what, row.get("stats"), facts, tally)
        seen += 1
    if strict:
        tally.hold(f"{path.name}: {seen} of {len(stored)} tensors seen", seen >= len(stored) - 20)
        some = ("odd", "int4_7", "all_float8e4m3fn", "uint64_1001", "scalar", "float4e2m1_1001")
        for name in some:
            check_show(path, name, Facts(array(stored[name])), tally)


def check_show(path: Path, name: str, facts: Facts, tally: Tally) -> None:
    answer, wrong = tell("show", path, name)
    if not tally.hold(f"show {name}: answer", not wrong, wrong):
        return
    found = find(answer, "stats") or find(answer, "statistics")
    check(f"show {name}", found, facts, tally)


def find(where: object, key: str) -> dict | None:
    if isinstance(where, dict):
        if isinstance(where.get(key), dict):
            return where[key]
        where = list(where.values())
    if isinstance(where, list):
        for inner in where:
            got = find(inner, key)
            if got is not None:
                return got
    return None


def main() -> int:
    tally = Tally()
    if "--corpus-only" not in sys.argv:
        with tempfile.TemporaryDirectory() as scratch:
            check_model(made_model(Path(scratch)), tally, True)
    if "--made-only" not in sys.argv:
        if not CORPUS.is_dir():
            tally.skip("no ONNXRAY_CORPUS")
        for path in sorted(CORPUS.rglob("*.onnx")):
            check_model(path, tally, False)
    return tally.end()


if __name__ == "__main__":
    sys.exit(main())
