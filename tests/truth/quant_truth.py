#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Quantizes small models, and compares what `onnxray quant` and `onnxray diff` say about them with
what the quantizer was asked for and with numpy.

    python3 tests/truth/quant_truth.py [WORD...]     only cases whose name has a word

For every case of quant_models.py: `quant` must name the scheme, and for each weight the type,
granularity, axis, block size, symmetry, scale, zero point and the range of real numbers; the same
for activations between QuantizeLinear and DequantizeLinear; coverage by nodes, parameters and MACs.
`diff` against the float model (as the quantizer saw it, and as it was before BatchNormalization was
folded) must find every weight with the error that numpy finds, also when all names differ; ONNX
Runtime's own weight error must be the same where its helper knows the format.

Environment: B, ONNXRAY. The last line is "N passed, N failed[, N skipped]".
"""

from __future__ import annotations

import logging
import math
import sys
import tempfile
from pathlib import Path

from asking import Tally, real, skip, tell

try:
    import numpy as np
    import onnx
    from dequantize import RANGES, Reader, Weight, array, error_of, integer, quantized_weights
    from diff_truth import DECIBEL, SHARE, folded, look_up, weights_of
    from onnx import numpy_helper
    from onnxruntime.quantization.qdq_loss_debug import compute_weight_error, create_weight_matching
    from quant_models import Case, cases
    from renaming import renamed
except ImportError as missing:
    skip(missing)

SUFFIXES = ("_DQ_Q4", "_quantized", "_Q4", "_Q8", "_i8", "_quant")
COMPUTE = {"Conv", "ConvTranspose", "MatMul", "Gemm", "LSTM"}


def base_of(name: str) -> str:
    for suffix in SUFFIXES:
        if name.endswith(suffix):
            return name.removesuffix(suffix)
    return name


def before_folding(name: str) -> str:
    """The runtime calls what it folded a BatchNormalization into by another name."""
    return name.removeprefix("ConvBnFusion_W_")


def originals(model: onnx.ModelProto) -> dict[str, np.ndarray]:
    return {t.name: numpy_helper.to_array(t) for t in model.graph.initializer}


def partner(w: Weight, stored: dict[str, np.ndarray]) -> tuple[str, np.ndarray] | None:
    """The float tensor that a quantized one was made of, in the float one's order, and w too."""
    name = base_of(w.name)
    if name not in stored:
        name = before_folding(name)
    x = stored.get(name)
    if x is None:
        return None
    if x.shape == w.real.shape:
        return name, w.real
    if x.ndim == 2 and x.T.shape == w.real.shape:
        return name, w.real.T
    if x.ndim == 3 and x.swapaxes(1, 2).shape == w.real.shape:
        return name, w.real.swapaxes(1, 2)
    return None


# ---- diff ----


def check_row(what: str, row: dict, x: np.ndarray, y: np.ndarray, tally: Tally) -> None:
    want = error_of(x, y)
    got = real(row["sqnr_db"])
    tally.hold(f"{what}: SQNR", got == want.sqnr_db or abs(got - want.sqnr_db) <= DECIBEL or
               (math.isnan(got) and math.isnan(want.sqnr_db)), (got, want.sqnr_db))
    tally.near(f"{what}: MSE", row["mse"], want.mse, 2.5e-3, 1e-18)
    tally.near(f"{what}: largest error", row["max_abs_error"], want.max_abs_error, 1e-3, 1e-9)
    tally.near(f"{what}: cosine", row["cosine"], want.cosine, 0, 1e-6)
    tally.same(f"{what}: elements", row["elements"], x.size)


def check_diff(case: Case, found: list[Weight], tally: Tally) -> None:
    stored = originals(onnx.load(case.before))
    answer, wrong = tell("diff", case.before, case.path)
    if not tally.hold(f"{case.name}: diff", not wrong, wrong):
        return
    rows = weights_of(answer)
    for w in found:
        pair = partner(w, stored)
        if pair is None:
            continue  # made by the quantizer: a constant of an operator
        what = f"{case.name}: diff: {w.name}"
        row = look_up(rows, {pair[0]}, w.names)
        if not tally.hold(f"{what} matched", row is not None,
                          [(r["a"], r["b"]) for r in rows if r["a"] == pair[0]]):
            continue
        tally.same(f"{what}: type", row["type_b"], w.type)
        check_row(what, row, stored[pair[0]], pair[1], tally)
    relation = answer.get("relation", "quantized")
    tally.same(f"{case.name}: relation", relation, "quantized")
    check_renamed(case, found, stored, tally)
    if case.original != case.before:
        check_original(case, found, tally)


def check_renamed(case: Case, found: list[Weight], stored: dict, tally: Tally) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        model = onnx.load(case.path)
        names = renamed(model, 3)
        other = Path(scratch) / "renamed.onnx"
        other.write_bytes(model.SerializeToString())
        rows = weights_of(tell("diff", case.before, other)[0])
        pairs = [(w, p) for w in found if (p := partner(w, stored)) and w.real.size > 1]
        lost = [w.name for w, p in pairs
                if look_up(rows, {p[0]}, {names.get(n, n) for n in w.names}) is None]
        found_of = f"{len(pairs) - len(lost)} of {len(pairs)}"
        tally.hold(f"{case.name}: renamed: {found_of} weights matched",
                   len(lost) <= (1 - SHARE) * len(pairs), lost)


def check_original(case: Case, found: list[Weight], tally: Tally) -> None:
    """The model as it was built: its BatchNormalizations are not folded yet."""
    model = onnx.load(case.original)
    answer, wrong = tell("diff", case.original, case.path)
    if not tally.hold(f"{case.name}: diff with the original", not wrong, wrong):
        return
    rows = weights_of(answer)
    wholes = {name: w for name, w in folded(model).values()}
    stored = originals(model) | wholes
    for w in found:
        pair = partner(w, stored)
        if pair is None or w.role != "weight":
            continue
        what = f"{case.name}: original: {w.name}"
        row = look_up(rows, {pair[0]}, w.names)
        if tally.hold(f"{what} matched", row is not None,
                      [(r["a"], r["b"]) for r in rows if r["a"] == pair[0]]):
            check_row(what, row, stored[pair[0]], pair[1], tally)


def check_runtime(case: Case, found: list[Weight], tally: Tally) -> None:
    """ONNX Runtime's own figures. Its helper knows QDQ with whole bytes, and only zero points of 0:
    it takes others off in the type of the weight, which overflows."""
    if case.how != "static" or case.weight in ("int4", "uint4") or case.scheme == "fake":
        return
    usable = {base_of(w.name) for w in found if (w.zero == 0).all()}
    try:
        theirs = compute_weight_error(create_weight_matching(str(case.before), str(case.path)))
    except Exception as why:
        tally.skip(f"the runtime's weight error of {case.name}: {why}"[:100])
        return
    rows = weights_of(tell("diff", case.before, case.path)[0])
    for name in usable & theirs.keys():
        decibel = theirs[name]
        row = next((r for r in rows if r["a"] == name), None)
        if tally.hold(f"{case.name}: {name} matched", row is not None):
            # The runtime computes in float32: what is exact to 100 dB is only exact to that.
            slack = DECIBEL if decibel < 90 else 0.5 if decibel < 110 else 40
            tally.near(f"{case.name}: {name}: the runtime's SQNR", row["sqnr_db"], float(decibel),
                       0, slack)


# ---- quant ----


def check_numbers(what: str, given: object, want: np.ndarray, tally: Tally) -> None:
    """{"min", "max", "values"} against an array."""
    if not tally.hold(f"{what} is told", isinstance(given, dict), given):
        return
    tally.near(f"{what}: min", given["min"], float(want.min()), 1e-6)
    tally.near(f"{what}: max", given["max"], float(want.max()), 1e-6)
    values = given.get("values")
    if values is not None:
        ours = np.array([real(v) for v in np.ravel(values)])
        flat = np.ravel(want)[:ours.size]
        tally.hold(f"{what}: values", ours.size > 0 and
                   np.allclose(ours, flat, rtol=1e-6, atol=0), (ours[:4], flat[:4]))


def span(w: Weight) -> tuple[float, float]:
    low, high = w.ends or RANGES[w.type]
    ends = np.stack([(low - w.zero) * w.scale, (high - w.zero) * w.scale])
    return float(ends.min()), float(ends.max())


def check_tensor(what: str, row: dict, w: Weight, tally: Tally) -> None:
    tally.same(f"{what}: type", row["type"], w.type)
    if w.real.ndim > 1 or w.role == "bias":  # other vectors may be either
        tally.same(f"{what}: role", row["role"], w.role)
    tally.same(f"{what}: granularity", row["granularity"], w.granularity)
    if w.granularity != "tensor":
        tally.same(f"{what}: axis", row["axis"], w.axis)
    if w.granularity == "block":
        tally.same(f"{what}: block size", row["block_size"], w.block)
    if row["role"] == "weight" and w.type in RANGES and not row["fake"]:
        tally.same(f"{what}: at the ends", row["saturated"],
                   int(np.isin(w.stored, RANGES[w.type]).sum()))
    check_numbers(f"{what}: scale", row["scale"], w.scale, tally)
    if w.role == "weight":
        check_numbers(f"{what}: zero point", row["zero_point"], w.zero, tally)
        middle = 0 if w.type[0] == "i" else (RANGES[w.type][1] + 1) // 2
        tally.same(f"{what}: symmetric", row["symmetric"], bool((w.zero == middle).all()))
        low, high = span(w)
        tally.near(f"{what}: lowest number", row["range"][0], low, 1e-6, 1e-12)
        tally.near(f"{what}: highest number", row["range"][1], high, 1e-6, 1e-12)


def asked(case: Case, what: str, w: Weight, dims: int, tally: Tally) -> None:
    """Holds the quantizer, and so this script, to what it was asked for."""
    if w.role == "bias" or dims < 2 or base_of(w.name) == "table":
        return  # tables are quantized as activations are
    if (case.how == "operators" and case.per_channel) or w.op == "DynamicQuantizeLSTM":
        return  # always in int8
    tally.same(f"{what}: as asked", w.type, case.weight)
    if case.block:
        tally.same(f"{what}: block as asked", w.granularity, "block")
    elif not case.per_channel and case.how not in ("qonnx",):
        tally.same(f"{what}: granularity as asked", w.granularity, "tensor")
    if case.symmetric is not None:
        middle = 0 if w.type[0] == "i" else (RANGES[w.type][1] + 1) // 2
        symmetric = bool((w.zero == middle).all())
        tally.hold(f"{what}: symmetric as asked", symmetric or not case.symmetric)


def activations(model: onnx.ModelProto) -> dict[str, tuple[str, float, float]]:
    """Outputs of QuantizeLinear on what flows: type, scale, zero point."""
    reader, found = Reader(model), {}
    for node in model.graph.node:
        if node.op_type != "QuantizeLinear" or node.input[0] in reader.tensors:
            continue
        scale, zero = reader.constant(node, 1), reader.constant(node, 2)
        if scale is None or zero is None or scale.size != 1:
            continue
        kind = reader.typed(node.input[2])
        found[node.output[0]] = (kind, float(scale), float(zero))
    return found


def check_quant(case: Case, found: list[Weight], tally: Tally) -> None:
    model = onnx.load(case.path)
    answer, wrong = tell("quant", case.path)
    if not tally.hold(f"{case.name}: quant", not wrong, wrong):
        return
    scheme = case.scheme
    if case.how == "static" and any(n.op_type == "Gather" for n in model.graph.node):
        scheme = answer["scheme"]  # a table that is looked up, nothing that is multiplied
    tally.same(f"{case.name}: scheme", answer["scheme"], scheme)
    rows = {r["name"]: r for r in answer["tensors"]}
    for w in found:
        what = f"{case.name}: {w.name}"
        row = next((rows[n] for n in [w.name, *w.names] if n in rows), None)
        if not tally.hold(f"{what} is listed", row is not None, sorted(rows)[:6]):
            continue
        check_tensor(what, row, w, tally)
        asked(case, what, w, w.real.ndim, tally)
        tally.hold(f"{what}: stands for", row["of"] in (base_of(w.name), *w.names), row["of"])
    for name, (kind, scale, zero) in activations(model).items():
        what = f"{case.name}: activation {name}"
        row = rows.get(name)
        if not tally.hold(f"{what} is listed", row is not None):
            continue
        tally.same(f"{what}: type", row["type"], kind)
        tally.same(f"{what}: role", row["role"], "activation")
        check_numbers(f"{what}: scale", row["scale"], np.array(scale), tally)
        check_numbers(f"{what}: zero point", row["zero_point"], np.array(zero), tally)
        low, high = RANGES[kind]
        tally.near(f"{what}: lowest", row["range"][0], (low - zero) * scale, 1e-6, 1e-12)
        tally.near(f"{what}: highest", row["range"][1], (high - zero) * scale, 1e-6, 1e-12)
    check_coverage(case, answer, tally)
    check_summary(case, answer, tally)
    floats = {"float32", "float16"}
    errors = [f for f in answer["findings"] if f["severity"] == "error"]
    tally.same(f"{case.name}: nothing is broken", errors, [])
    tally.hold(f"{case.name}: nothing float among the quantized",
               not any(r["type"] in floats for r in answer["tensors"]))


def covered(case: Case) -> dict[str, float] | None:
    """Shares of compute nodes, of their weights and of MACs, from the float model."""
    before = onnx.shape_inference.infer_shapes(onnx.load(case.before))
    stored = originals(before)
    shapes = {v.name: [d.dim_value for d in v.type.tensor_type.shape.dim]
              for v in [*before.graph.value_info, *before.graph.output]}
    all_of, part = np.zeros(3), np.zeros(3)
    for node in before.graph.node:
        if node.op_type not in COMPUTE:
            continue
        if node.input[1] not in stored:
            return None  # what counts as quantized there is a matter of taste
        w = stored[node.input[1]]
        out = shapes[node.output[0]]
        if node.op_type == "Conv":
            macs = math.prod(out) * math.prod(w.shape[1:])
        elif node.op_type == "ConvTranspose":
            macs = math.prod(out) // (out[2] * out[3]) * w.shape[0] * w.shape[2] * w.shape[3] * \
                (out[2] // w.shape[2]) * (out[3] // w.shape[3])
            assert integer(node, "group", 1) == 1
        elif node.op_type in ("MatMul", "Gemm"):
            macs = math.prod(out) * (w.size // out[-1])
        else:
            return None
        row = np.array([1, w.size, macs], np.float64)
        all_of += row
        quantizable = {"nbits": {"MatMul"}, "blocked": {"MatMul"}, "axis": {"MatMul"},
                       "qonnx": {"MatMul"}, "blocks": {"MatMul"}}.get(case.how) or \
            set(case.ops) or COMPUTE
        if node.name not in case.exclude and node.op_type in quantizable:
            part += row
    return dict(zip(("nodes", "parameters", "macs"), part / all_of))


def check_summary(case: Case, answer: dict, tally: Tally) -> None:
    """The summary finds out by itself, without looking at scales."""
    summary = tell("summary", case.path)[0].get("quantization", {})
    for key, name in (("nodes", "node_coverage"), ("parameters", "parameter_coverage")):
        tally.same(f"{case.name}: {name} of the summary", summary.get(name),
                   answer["coverage"][key])
    tally.same(f"{case.name}: scheme of the summary", summary.get("scheme"), answer["scheme"])


def check_coverage(case: Case, answer: dict, tally: Tally) -> None:
    if case.how == "half":
        for key in ("nodes", "parameters", "macs"):
            tally.hold(f"{case.name}: {key} covered", real(answer["coverage"][key]) in (0,) or
                       math.isnan(real(answer["coverage"][key])), answer["coverage"])
        return
    if case.base in ("embedding", "recurrent"):
        return
    if case.how == "dynamic" and case.base == "deconv":
        return
    want = covered(case)
    if want is None:
        return
    for key, share in want.items():
        tally.near(f"{case.name}: {key} covered", answer["coverage"][key], share, 0, 1e-3)


def check_half(case: Case, tally: Tally) -> None:
    stored, halves = originals(onnx.load(case.before)), originals(onnx.load(case.path))
    answer, wrong = tell("diff", case.before, case.path)
    if not tally.hold(f"{case.name}: diff", not wrong, wrong):
        return
    rows = weights_of(answer)
    tally.same(f"{case.name}: relation", answer.get("relation", "converted"), "converted")
    for name, y in halves.items():
        if y.dtype != np.float16 or y.size < 2:
            continue
        row = look_up(rows, {name}, {name})
        if row is None:
            if y.ndim > 1:
                tally.hold(f"{case.name}: {name} matched", False)
            continue
        tally.same(f"{case.name}: {name}: types", (row["type_a"], row["type_b"]),
                   ("float32", "float16"))
        check_row(f"{case.name}: {name}", row, stored[name], y.astype(np.float64), tally)


def main() -> int:
    tally = Tally()
    chosen, refused = cases(sys.argv[1:])
    logging.disable(logging.CRITICAL)
    for why in refused:
        tally.skip(why)
    for case in chosen:
        if case.how == "half":
            check_half(case, tally)
            check_quant(case, [], tally)
            continue
        model = onnx.load(case.path)
        found = quantized_weights(model)
        if case.how == "qonnx":
            found = [of_quant(n, model) for n in model.graph.node if n.op_type == "Quant"]
        tally.hold(f"{case.name}: something is quantized", bool(found))
        check_quant(case, found, tally)
        check_diff(case, found, tally)
        check_runtime(case, found, tally)
    print(f"{len(chosen)} cases")
    return tally.end()


def of_quant(node: onnx.NodeProto, model: onnx.ModelProto) -> Weight:
    """A QONNX node with a weight: signed, narrow, zero point 0."""
    stored = {t.name: array(t) for t in model.graph.initializer}
    x, s = stored[node.input[0]].astype(np.float64), stored[node.input[1]].astype(np.float64)
    bits = int(stored[node.input[3]])
    top = (1 << (bits - 1)) - 1
    q = np.clip(np.rint(x / s), -top, top)
    return Weight(node.input[0], "weight", f"int{bits}", "axis", 1, 0, s, np.zeros_like(s), q * s,
                  q, "Quant", {node.input[0], node.output[0]}, (-top, top))


if __name__ == "__main__":
    sys.exit(main())
