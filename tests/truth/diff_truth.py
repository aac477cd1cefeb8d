#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compares `onnxray diff` with figures of numpy, for the pairs of the corpus.

    python3 tests/truth/diff_truth.py [WORD...]      only the parts whose name has a word

Parts: `pairs` every weight of diff_truth.json with its error; `renamed` the same when every name in
one of the models is random; `self` a model against itself; `mirror` diff(a, b) against diff(b, a);
`relation` what the files are to each other; `simplified` originals against what a simplifier left
of them, with facts that are established here, by the `onnx` package.

Environment: B, ONNXRAY, ONNXRAY_CORPUS. The last line is "N passed, N failed[, N skipped]".
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from asking import CORPUS, Tally, ask, close, real, skip, tell

try:
    import numpy as np
    import onnx
    from dequantize import error_of, number
    from onnx import numpy_helper
    from renaming import renamed
except ImportError as missing:
    skip(missing)

DECIBEL = 0.01
SHARE = 0.95  # of the weights that must be found when all names differ


@dataclass
class Pair:
    a: Path
    b: Path
    weights: list[dict]

    def __str__(self) -> str:
        return f"{self.a.name} {self.b.name}"


def pairs() -> list[Pair]:
    path = CORPUS / "diff_truth.json"
    if not path.exists():
        skip(f"no {path.name} in ONNXRAY_CORPUS")
    listed = json.loads(path.read_text())["pairs"]
    return [Pair(CORPUS / p["a"], CORPUS / p["b"], p["weights"]) for p in listed]


def weights_of(answer: dict) -> list[dict]:
    """Pairs of weights, each once: a shared one may be told in several layers."""
    found: dict[tuple[str, str], dict] = {}
    for layer in [*answer.get("layers", []), {"weights": answer.get("weights", [])}]:
        for w in layer.get("weights") or []:
            if isinstance(w, dict):
                found.setdefault((w["a"], w["b"]), w)
    return list(found.values())


def look_up(rows: list[dict], names_a: set[str], names_b: set[str]) -> dict | None:
    return next((r for r in rows if r["a"] in names_a and r["b"] in names_b), None)


def check_error(what: str, row: dict, want: dict, tally: Tally) -> None:
    """A row of diff against numpy's figures."""
    got = real(row["sqnr_db"])
    right = real(want["sqnr_db"])
    tally.hold(f"{what}: SQNR", got == right or abs(got - right) <= DECIBEL,
               f"ours {row['sqnr_db']}, theirs {want['sqnr_db']}")
    tally.near(f"{what}: MSE", row["mse"], want["mse"], 2.5e-3, 1e-18)
    tally.near(f"{what}: largest error", row["max_abs_error"], want["max_abs_error"], 1e-3, 1e-9)
    tally.near(f"{what}: cosine", row["cosine"], want["cosine"], 0, 1e-7)


def part_pairs(tally: Tally) -> None:
    for pair in pairs():
        answer, wrong = tell("diff", pair.a, pair.b)
        if not tally.hold(f"{pair}: answer", not wrong, wrong):
            continue
        rows = weights_of(answer)
        for w in pair.weights:
            what = f"{pair}: {w['a'][-60:]}"
            row = look_up(rows, {w["a"], *w["aliases_a"]}, {w["b"], *w["aliases_b"]})
            if not tally.hold(f"{what}: matched with {w['b'][-60:]}", row is not None,
                              [(r["a"], r["b"]) for r in rows
                               if w["a"] == r["a"] or w["b"] == r["b"]]):
                continue
            tally.same(f"{what}: elements", row["elements"], w["elements"])
            tally.same(f"{what}: type a", row["type_a"], w["type_a"])
            tally.same(f"{what}: type b", row["type_b"], w["type_b"])
            check_error(what, row, w, tally)
        relation = answer.get("relation", "quantized")
        tally.same(f"{pair}: relation", relation, "quantized")
        tally.same(f"{pair}: same", answer.get("same"), False)


def save(model: onnx.ModelProto, path: Path) -> Path:
    path.write_bytes(model.SerializeToString())
    return path


def part_renamed(tally: Tally) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        for pair in pairs():
            for side in "ab":
                model = onnx.load(pair.a if side == "a" else pair.b)
                names = renamed(model, seed=len(pair.weights))
                other = save(model, Path(scratch) / "renamed.onnx")
                answer, wrong = tell("diff", *((other, pair.b) if side == "a" else (pair.a, other)))
                if not tally.hold(f"{pair}: {side} renamed: answer", not wrong, wrong):
                    continue
                rows, found, lost = weights_of(answer), 0, []
                for w in pair.weights:
                    at, bt = {w["a"], *w["aliases_a"]}, {w["b"], *w["aliases_b"]}
                    if side == "a":
                        at = {names.get(n, n) for n in at}
                    else:
                        bt = {names.get(n, n) for n in bt}
                    row = look_up(rows, at, bt)
                    if row is not None and abs(real(row["sqnr_db"]) - w["sqnr_db"]) <= DECIBEL:
                        found += 1
                    else:
                        lost.append(w["a"])
                share = f"{found} of {len(pair.weights)}"
                tally.hold(f"{pair}: {side} renamed: {share} weights matched",
                           found >= SHARE * len(pair.weights), lost)


def loadable() -> list[Path]:
    """Models of the corpus that have a graph."""
    return [p for p in sorted(CORPUS.rglob("*.onnx")) if not p.name.startswith("bad_")
            and "silero_vad_op18_ifless_extdata_missing" not in p.name]


def part_self(tally: Tally) -> None:
    for path in loadable():
        answer, wrong = tell("diff", path, path)
        if "exit 3" in wrong:
            continue  # external data is not there, or no model
        if not tally.hold(f"{path.name} to itself: answer", not wrong, wrong):
            continue
        tally.same(f"{path.name} to itself: same", answer["same"], True)
        tally.same(f"{path.name} to itself: relation", answer.get("relation", "same_file"),
                   "same_file")
        for key in ("header", "interface", "operators", "only_a", "only_b"):
            tally.same(f"{path.name} to itself: {key}", answer[key], [])
        tally.same(f"{path.name} to itself: changes",
                   [l["a"] for l in answer["layers"] if l["changes"]], [])
        for w in weights_of(answer):
            e = w["max_abs_error"]
            if e not in (None, 0):
                tally.hold(f"{path.name} to itself: {w['a']}", False, w)


def swapped(change: dict) -> dict:
    """Sides exchanged: "a" with "b", "a_known" with "b_known"."""
    other = {"a": "b", "b": "a"}
    return {other.get(k[:1], k[:1]) + k[1:] if k[1:2] in ("", "_") else k: v
            for k, v in change.items()}


def ordered(rows: list) -> list[str]:
    return sorted(json.dumps(r, sort_keys=True) for r in rows)


def part_mirror(tally: Tally) -> None:
    extra = [(CORPUS / a, CORPUS / b) for a, b in OTHERS]
    for a, b in [(p.a, p.b) for p in pairs()] + [p for p in extra if p[0].exists()]:
        what = f"{a.name} {b.name} mirrored"
        one, other = ask("diff", a, b), ask("diff", b, a)
        if not tally.hold(f"{what}: answers", bool(one) and bool(other)):
            continue
        tally.same(f"{what}: same", one["same"], other["same"])
        for key in ("header", "interface", "operators"):
            tally.same(f"{what}: {key}", ordered(one[key]),
                       ordered([swapped(r) for r in other[key]]))
        for key in ("parameters", "bytes", "macs"):
            tally.same(f"{what}: {key}", one[key], swapped(other[key]))
        for key, mirror in (("only_a", "only_b"), ("only_b", "only_a")):
            tally.same(f"{what}: {key}", sorted(map(name_of, one[key])),
                       sorted(map(name_of, other[mirror])))
        there = Counter((str(r["a"]), str(r["b"])) for r in one["layers"])
        back = Counter((str(r["b"]), str(r["a"])) for r in other["layers"])
        tally.same(f"{what}: layers", sorted(there - back), sorted(back - there))
        mine = {(w["a"], w["b"]): w for w in weights_of(one)}
        theirs = {(w["b"], w["a"]): w for w in weights_of(other)}
        tally.same(f"{what}: pairs of weights", sorted(mine.keys() - theirs.keys()),
                   sorted(theirs.keys() - mine.keys()))
        for key in mine.keys() & theirs.keys():
            for field in ("mse", "max_abs_error", "cosine"):
                x, y = real(mine[key][field]), real(theirs[key][field])
                if not close(x, y, 1e-6, 1e-12):
                    tally.hold(f"{what}: {key}: {field}", False, (x, y))
                else:
                    tally.passed += 1


def name_of(entry: object) -> str:
    return str(entry.get("name", entry)) if isinstance(entry, dict) else str(entry)


MISLABELLED = ("harvesteye_classifier_fp32.onnx", "harvesteye_classifier_int8_mislabelled.onnx")
RETRAINED = ("motor_fault_fp32.onnx", "motor_fault_fp32_retrained_3class.onnx")
OTHERS = [MISLABELLED, RETRAINED, ("picodet_s_320.onnx", "picodet_s_320_sim.onnx"),
          ("ultraface_slim_320.onnx", "ultraface_slim_320_simplified.onnx"),
          ("tiny_gpt2_beamsearch_fp32.onnx", "tiny_gpt2_beamsearch_fp16.onnx"),
          ("bert_squad_pt14_opset11.onnx", "bert_squad_pt14_opset11_fp16.onnx"),
          ("silero_vad_16k_op15.onnx", "silero_vad_half.onnx"),
          ("microllama1_fp32.onnx", "microllama1_int8_pact.onnx"),
          ("qonnx_zoo_tfc_1w1a.onnx", "qonnx_zoo_tfc_2w2a.onnx"),
          ("ort_qdq8_contrib.onnx", "ort_qdq16_contrib.onnx"),
          ("ort_attention_past_state_fp32.onnx", "ort_attention_past_state_u8s8.onnx")]


def relation(a: str, b: str) -> dict:
    return ask("diff", CORPUS / a, CORPUS / b)


def part_relation(tally: Tally) -> None:
    got = relation(*MISLABELLED)
    tally.same("mislabelled: same", got.get("same"), True)
    tally.same("mislabelled: relation", got.get("relation"), "same_file")
    got = relation(*RETRAINED)
    tally.same("retrained: same", got.get("same"), False)
    tally.same("retrained: relation", got.get("relation"), "retrained")
    got = relation("motor_fault_fp32_retrained_3class.onnx", "motor_fault_int8_qdq.onnx")
    tally.same("INT8 of another training: relation", got.get("relation"), "retrained")
    got = relation("motor_fault_fp32.onnx", "motor_fault_extdata/motor_fault_extdata.onnx")
    tally.hold("weights moved into a file: relation", got.get("relation") in
               ("same_file", "same_model"), got.get("relation"))
    got = relation("picodet_s_320.onnx", "picodet_s_320_sim.onnx")
    tally.same("picodet simplified: relation", got.get("relation"), "optimized")
    got = relation("ultraface_slim_320.onnx", "ultraface_slim_320_simplified.onnx")
    tally.same("ultraface simplified: relation", got.get("relation"), "optimized")
    got = relation("micro_kws_fp32.onnx", "yunet_n_dynamic.onnx")
    tally.same("strangers: relation", got.get("relation"), "unrelated")


def constants(model: onnx.ModelProto) -> dict[str, np.ndarray]:
    found = {t.name: numpy_helper.to_array(t) for t in model.graph.initializer}
    for node in model.graph.node:
        if node.op_type == "Constant":
            found[node.output[0]] = numpy_helper.to_array(node.attribute[0].t)
    return found


def folded(model: onnx.ModelProto) -> dict[str, tuple[str, np.ndarray]]:
    """Output of each Conv, and of the BatchNormalization after it: its weight, both as one."""
    stored = constants(model)
    readers = Counter(n for node in model.graph.node for n in node.input)
    after = {node.input[0]: node for node in model.graph.node
             if node.op_type == "BatchNormalization" and readers[node.input[0]] == 1}
    found = {}
    for node in model.graph.node:
        if node.op_type != "Conv" or node.input[1] not in stored:
            continue
        weight, out = stored[node.input[1]].astype(np.float64), node.output[0]
        norm = after.get(out)
        if norm is not None:
            gamma, _, _, var = (stored[n].astype(np.float64) for n in norm.input[1:5])
            factor = gamma / np.sqrt(var + number(norm, "epsilon", 1e-5))
            weight = weight * factor.reshape(-1, *[1] * (weight.ndim - 1))
            out = norm.output[0]
        found[node.output[0]] = found[out] = (node.input[1], weight)
    return found


def part_simplified(tally: Tally) -> None:
    for a, b in (("picodet_s_320.onnx", "picodet_s_320_sim.onnx"),
                 ("ultraface_slim_320.onnx", "ultraface_slim_320_simplified.onnx")):
        model_a, model_b = onnx.load(CORPUS / a), onnx.load(CORPUS / b)
        answer = relation(a, b)
        if not tally.hold(f"{b}: answer", bool(answer)):
            continue
        ops_a = Counter(n.op_type for n in model_a.graph.node)
        ops_b = Counter(n.op_type for n in model_b.graph.node)
        tally.same(f"{b}: operators", {r["op"]: (int(r["a"] or 0), int(r["b"] or 0))
                                       for r in answer["operators"]},
                   {op: (ops_a[op], ops_b[op]) for op in ops_a | ops_b if ops_a[op] != ops_b[op]})
        gone = [e for e in answer["only_a"]
                if not isinstance(e, dict) or e.get("op") == "BatchNormalization"]
        norms = [n for n in model_a.graph.node if n.op_type == "BatchNormalization"]
        if all(isinstance(e, dict) for e in gone):
            tally.same(f"{b}: BatchNormalizations that vanished", len(gone), len(norms))
            fates = Counter(str(e.get("fate")).split(" ")[0] for e in gone)
            tally.same(f"{b}: what became of them", fates, Counter({"folded": len(norms)}))
        tally.same(f"{b}: only in b", len(answer["only_b"]), 0)
        originals, results = folded(model_a), folded(model_b)
        rows = weights_of(answer)
        tally.same(f"{b}: outputs of convolutions", originals.keys() >= results.keys(), True)
        for out in originals.keys() & results.keys():
            (name_a, x), (name_b, y) = originals[out], results[out]
            if x.shape != y.shape:
                continue
            row = look_up(rows, {name_a}, {name_b})
            what = f"{b}: weight {name_a}"
            if not tally.hold(f"{what} is {name_b}", row is not None,
                              [(r["a"], r["b"]) for r in rows if name_a == r["a"]]):
                continue
            want = error_of(x, y)
            got = real(row["sqnr_db"])
            tally.hold(f"{what}: SQNR", got == want.sqnr_db or abs(got - want.sqnr_db) <= 0.3 or
                       (got > 130 and want.sqnr_db > 130),  # rounded as each likes
                       (got, want.sqnr_db))
            tally.near(f"{what}: cosine", row["cosine"], want.cosine, 0, 1e-6)


PARTS = {"pairs": part_pairs, "renamed": part_renamed, "self": part_self, "mirror": part_mirror,
         "relation": part_relation, "simplified": part_simplified}


def main() -> int:
    tally = Tally()
    for name, part in PARTS.items():
        if len(sys.argv) < 2 or any(word in name for word in sys.argv[1:]):
            before = tally.passed, tally.failed
            part(tally)
            print(f"{name}: {tally.passed - before[0]} passed, {tally.failed - before[1]} failed")
    return tally.end()


if __name__ == "__main__":
    sys.exit(main())
