#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compares the shapes of every value of real models with what others know and with what is true.

    B=build ONNXRAY=build/onnxray python3 tests/truth/infer_corpus.py [-v] [--full] [PLACE...]

PLACE is a model or a folder. Without: the folder $ONNXRAY_CORPUS (default ../shared/models beside
the repository). What others know comes from corpus_runs.py and is kept in $ORAY_INFER_TRUTH
(default $B/infer-truth):

    onnx      onnx.shape_inference, of the model without declared shapes
    merged    the same with them
    symbolic  ONNX Runtime's symbolic inference; needs sympy
    run       the model was run, and every value looked at

A value is missing when one of them knows its type, rank or a dimension, and the program does not.
It conflicts when type, rank or a number differ. Expressions are evaluated with the sizes of the
run; a symbol that no input has is what it is where it is first met. A run has the last word: where
it proves onnx or ONNX Runtime wrong, that is only a note. So is a declared shape that nothing else
supports (it is stale). After that each run is compared once more with --input for every input.

Making the truth stops after a minute, except with --full; models without any are left out of the
comparison then. --make only makes it. -v lists everything. Names of symbols are not compared.

The last line is "N passed, N failed[, N skipped]": values without a finding, and gates.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib
import importlib.util
import json
import multiprocessing
import os
import re
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from threading import Lock
from typing import Any

import corpus_runs
from corpus_truth import PROGRAM, ROOT, malformed_in, models_in, onnx
from dims import Dim, Shape, Unreadable, agrees, is_symbol, symbols

HERE = Path(__file__).resolve().parent
BUILD = Path(os.environ.get("B") or ROOT / "build")
CACHE = Path(os.environ.get("ORAY_INFER_TRUTH") or BUILD / "infer-truth")
WORKERS = 2
BUDGET = 60         # seconds for making truth
ONE = 240           # seconds for the truth of one model
SECONDS = 300       # for an answer of the program
SHOWN = 12          # findings of a kind, without -v

RUN = ("onnxruntime", "reference")
RANKED = 0.98       # of all values
SIZED = 0.95

# Findings that cannot be otherwise: model, value, source, text -> why.
ALLOWED: dict[tuple[str, str, str, str], str] = {
    ("bert_squad_pt14_opset11*", "*", "symbolic", "int64[[]*, theirs int64[[]2]"):
        "the model joins scalars and vectors of one; ONNX Runtime leaves the scalars out of the "
        "length of the result, and then reads them from it",
    ("bert_squad_pt14_opset11_fp16.onnx", "*", "merged", "*max_seq_len], theirs *128]"):
        "declared for another length than the input's",
    ("silero_vad_*", "*", "run*", "*[?]*, really *"):
        "behind an If that asks whether a size is 1: its branches have different ranks",
    ("torch_optional_gh11717.onnx", "*", "merged", "*"):
        "the sizes that were traced, of an input that may have others"}

Known = dict[str, Any]
Graphs = dict[str, dict[str, Known]]


# ---- What others know ----------------------------------------------------------------------------

def version(package: str) -> str:
    if importlib.util.find_spec(package) is None:
        return "-"
    return str(__import__(package).__version__)


def alone(path: Path, out: Path) -> None:
    """In a process of its own."""
    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nothing, stream)
    corpus_runs.look(path, out, list(corpus_runs.STAGES))


def prepare() -> None:
    """Imports what takes long."""
    for name in ("onnx.reference", "onnxruntime.tools.symbolic_shape_infer"):
        try:
            importlib.import_module(name)
        except ImportError:
            pass


class Truth:
    """Made once for each model and set of tools."""

    def __init__(self, full: bool) -> None:
        sources = [(HERE / name).read_bytes()
                   for name in ("corpus_runs.py", "corpus_truth.py", "dims.py")]
        self.tools = " ".join((onnx.__version__, version("onnxruntime"), version("sympy")))
        self.base = hashlib.sha256(b"".join(sources) + self.tools.encode())
        self.full = full
        self.lock = Lock()
        self.end = time.monotonic() + BUDGET
        CACHE.mkdir(parents=True, exist_ok=True)
        (CACHE / "README").write_text("Made by tests/truth/corpus_runs.py. May be deleted.\n")

    def file(self, path: Path) -> Path:
        digest = self.base.copy()
        digest.update(path.read_bytes())
        name = re.sub(r"[^\w.-]", "_", path.name)[:60]
        return (CACHE / f"{name}-{digest.hexdigest()[:16]}.json").resolve()

    def make(self, path: Path) -> dict[str, Any] | None:
        """None: there was no time, or the package cannot read the model."""
        out = self.file(path)
        if not out.exists():
            with self.lock:
                prepare()
            left = ONE if self.full else min(ONE, self.end - time.monotonic())
            if left <= 0:
                return None
            draft = out.with_suffix(".draft")
            # Packages are imported once, and what crashes or hangs does so by itself.
            process = multiprocessing.get_context("fork").Process(
                target=alone, args=(path, draft), daemon=True)
            process.start()
            process.join(left)
            late = process.is_alive()
            if late:
                process.kill()
                process.join()
                late = left < ONE  # what is there by then is used, but not kept
            if not draft.exists():
                return None
            kept = draft if late else out
            os.replace(draft, kept)
            return self.read(kept)
        return self.read(out)

    @staticmethod
    def read(path: Path) -> dict[str, Any] | None:
        try:
            return json.loads(path.read_text())
        except (OSError, ValueError):
            return None


# ---- What the program says -----------------------------------------------------------------------

class Broken(Exception):
    """No usable answer."""


def ask(path: Path, command: str, *options: str) -> dict[str, Any]:
    try:
        done = subprocess.run([PROGRAM, command, "-f", "json", *options, "--", str(path)],
                              capture_output=True, timeout=SECONDS, check=False)
    except subprocess.TimeoutExpired as late:
        raise Broken(f"{command}: no answer within {SECONDS} s") from late
    if done.returncode != 0:
        raise Broken(f"{command} {' '.join(options)[:120]}: exit {done.returncode}: "
                     f"{done.stderr.decode('utf-8', 'replace').strip()[:160]}")
    return json.loads(done.stdout)


KNOWS_INPUT = "--input" in subprocess.run([PROGRAM, "layers", "--help"], capture_output=True,
                                          text=True, check=False).stdout


def values_of(layers: dict[str, Any]) -> Graphs:
    """Outputs of all nodes."""
    found: Graphs = {}
    for row in layers["layers"]:
        for value in row["outputs"]:
            if value["name"]:
                found.setdefault(row["graph"], {}).setdefault(value["name"], value)
    return found


# ---- Comparing -----------------------------------------------------------------------------------

@dataclass
class Finding:
    """One value, one thing that is wrong."""

    kind: str    # missing, conflict, stale, note
    source: str
    graph: str
    name: str
    text: str

    def __str__(self) -> str:
        place = f"{self.graph}: " if self.graph else ""
        return f"{self.kind} ({self.source}) {place}{self.name}: {self.text}"


def shown(one: Known | None) -> str:
    if one is None:
        return "nothing"
    shape = one.get("shape")
    dims = "?" if shape is None else "[" + ",".join("?" if d is None else str(d) for d in shape) \
        + "]"
    return f"{one.get('type') or '?'}{dims}"


def is_tensor(kind: str | None) -> bool:
    return kind is None or "(" not in kind


@dataclass
class Report:
    """What is found in one model."""

    path: Path
    values: int = 0
    ranked: int = 0
    sized: int = 0
    own: int = 0         # with a symbol that is none of the inputs'
    others: int = 0      # sequences and the like
    compared: int = 0
    findings: list[Finding] = field(default_factory=list)
    sources: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    broken: str = ""
    open_inputs: int = 0  # dimensions that --input does not make numbers
    seen: set[tuple[str, str, str]] = field(default_factory=set)

    def add(self, kind: str, source: str, graph: str, name: str, text: str) -> None:
        if kind in ("missing", "conflict"):
            said = (self.path.name, name, source, text)
            if any(all(map(fnmatchcase, said, patterns)) for patterns in ALLOWED):
                kind = "allowed"
        if (kind, graph, name) not in self.seen:  # once for each value
            self.seen.add((kind, graph, name))
            self.findings.append(Finding(kind, source, graph, name, text))

    def count(self, kind: str) -> int:
        return sum(finding.kind == kind for finding in self.findings)

    def by_source(self, kind: str, source: str) -> int:
        return sum(f.kind == kind and f.source.startswith(source) for f in self.findings)


class Comparison:
    """One model, everything that is known about it."""

    def __init__(self, path: Path, truth: dict[str, Any]) -> None:
        self.path = path
        self.truth = truth
        self.report = Report(path, problems=truth.get("problems", []))
        # The reference evaluator is only asked about what ONNX Runtime does not show.
        self.runs: list[dict[str, Any]] = truth.get("runs", [])
        shown_by_ort = any(run["by"] == "onnxruntime" and not run["partial"] for run in self.runs)
        for run in self.runs:
            if shown_by_ort and run["by"] == "reference":
                run["values"].pop("", None)
        declared = truth.get("declared", {})
        self.declared = {name for values in declared.values() for value in values.values()
                         for dim in value["shape"] or () for name in symbols(dim)}

    def work(self) -> Report:
        report = self.report
        self.ours = values_of(ask(self.path, "layers", "--all"))
        self.inputs = {value["name"]: value["shape"] for value in
                       ask(self.path, "summary")["graph"]["inputs"]}
        self.given = {name for shape in self.inputs.values() for dim in shape or ()
                      for name in symbols(dim)}
        self.cover()
        self.true: dict[tuple[str, str], list[Known]] = {}
        for run in self.runs:
            for graph, values in run["values"].items():
                for name, value in values.items():
                    self.true.setdefault((graph, name), []).append(value)
        for number, run in enumerate(self.runs):
            self.compare_run(f"run {number + 1}", run, self.ours, self.inputs)
        for source in ("onnx", "symbolic", "merged"):
            if source in self.truth:
                report.sources.append(source)
                self.compare_inferred(source, self.truth[source])
        report.sources += [run["by"] for run in self.runs]
        for number, run in enumerate(self.runs if KNOWS_INPUT else ()):
            self.with_inputs(f"run {number + 1} with --input", run)
        return report

    def cover(self) -> None:
        report = self.report
        for graph, values in self.ours.items():
            if graph.startswith("fn:"):
                continue  # has no shapes of its own
            for value in values.values():
                if not is_tensor(value["type"]):
                    report.others += 1
                    continue
                report.values += 1
                if value["shape"] is not None:
                    report.ranked += 1
                    report.sized += None not in value["shape"]
                    report.own += any(not symbols(dim) <= self.given for dim in value["shape"])

    # ---- runs ----

    def compare_run(self, source: str, run: dict[str, Any], ours: Graphs,
                    inputs: dict[str, Shape]) -> None:
        known: dict[str, int] = {}
        for name, sizes in run["inputs"].items():
            self.bind(inputs.get(name), sizes, known)
        for graph, values in run["values"].items():
            for name, true in values.items():
                value = ours.get(graph, {}).get(name)
                if value is not None and not graph.startswith("fn:"):
                    self.bind(value["shape"], true["shape"], known)
        for graph, values in run["values"].items():
            for name, true in values.items():
                value = ours.get(graph, {}).get(name)
                if value is not None:
                    self.report.compared += 1
                    self.compare_true(source, graph, name, value, true, known)

    @staticmethod
    def bind(shape: Shape, sizes: Shape, known: dict[str, int]) -> None:
        if shape is None or sizes is None or len(shape) != len(sizes):
            return
        for dim, size in zip(shape, sizes):
            if isinstance(dim, str) and isinstance(size, int) and is_symbol(dim):
                known.setdefault(dim, size)

    def compare_true(self, source: str, graph: str, name: str, ours: Known, true: Known,
                     known: dict[str, int]) -> None:
        where = (source, graph, name)
        text = f"{shown(ours)}, really {shown(true)}"
        local = graph.startswith("fn:")
        if ours["type"] and true["type"] and ours["type"] != true["type"]:
            self.report.add("conflict", *where, text)
            return
        if true["shape"] is None:
            return
        if ours["shape"] is None or ours["type"] is None:
            if not local:
                self.report.add("missing", *where, text)
            return
        if len(ours["shape"]) != len(true["shape"]):
            self.report.add("conflict", *where, text)
            return
        for dim, size in zip(ours["shape"], true["shape"]):
            if size is None:  # it varies
                if isinstance(dim, int):
                    self.report.add("conflict", *where, text + ", which varies")
                continue
            if dim is None:
                if not local:
                    self.report.add("missing", *where, text)
                continue
            try:
                right = agrees(dim, size, known)
            except Unreadable:
                self.report.add("conflict", *where, f"{dim!r} is no expression")
                return
            if right is False and not (local and isinstance(dim, str)):
                self.report.add("conflict", *where, text + (
                    "" if isinstance(dim, int) else f" where {self.told(dim, known)}"))
                return

    @staticmethod
    def told(dim: Dim, known: dict[str, int]) -> str:
        return ", ".join(f"{name} = {known[name]}" for name in sorted(symbols(dim))
                         if name in known)

    def with_inputs(self, source: str, run: dict[str, Any]) -> None:
        options = [f"--input={name}:{'x'.join(map(str, sizes))}"
                   for name, sizes in run["inputs"].items() if sizes and name in self.inputs]
        if not options or not any(isinstance(dim, str) or dim is None for name in run["inputs"]
                                  for dim in self.inputs.get(name) or [None]):
            return
        ours = values_of(ask(self.path, "layers", "--all", *options))
        inputs: dict[str, Shape] = {name: list(sizes) for name, sizes in run["inputs"].items()}
        self.compare_run(source, run, ours, inputs)
        self.report.open_inputs += sum(
            not isinstance(dim, int) for graph, values in ours.items()
            if not graph.startswith("fn:") for value in values.values()
            for dim in value["shape"] or ())

    # ---- inference ----

    def compare_inferred(self, source: str, graphs: Graphs) -> None:
        names = self.declared if source == "merged" else {
            name for value in self.truth.get("declared", {}).get("", {}).values()
            for dim in value["shape"] or () for name in symbols(dim)}
        for graph, values in graphs.items():
            if graph.startswith("fn:"):
                continue
            for name, theirs in values.items():
                ours = self.ours.get(graph, {}).get(name)
                if ours is not None:
                    self.report.compared += 1
                    self.compare_one(source, graph, name, ours, theirs, names)

    def compare_one(self, source: str, graph: str, name: str, ours: Known, theirs: Known,
                    names: set[str]) -> None:
        where = (source, graph, name)
        text = f"{shown(ours)}, theirs {shown(theirs)}"
        if ours["type"] and theirs["type"] and ours["type"] != theirs["type"]:
            self.disagree(*where, text, ours, theirs)
            return
        if theirs["type"] and not ours["type"]:
            self.report.add("missing", *where, text)
        if theirs["shape"] is None:
            return
        if ours["shape"] is None:
            self.report.add("missing", *where, text)
            return
        if len(ours["shape"]) != len(theirs["shape"]):
            self.disagree(*where, text, ours, theirs)
            return
        for mine, dim in zip(ours["shape"], theirs["shape"]):
            if isinstance(mine, int) and isinstance(dim, int) and mine != dim:
                self.disagree(*where, text, ours, theirs)
                return
        for i, (mine, dim) in enumerate(zip(ours["shape"], theirs["shape"])):
            if isinstance(dim, int) and not isinstance(mine, int) or \
                    isinstance(dim, str) and mine is None and symbols(dim) <= names:
                if self.true_dim(graph, name, i, dim) is False:
                    self.report.add("note", *where, f"{text}: disproved")
                else:
                    self.report.add("missing", *where, text)
                return

    def true_dim(self, graph: str, name: str, position: int, dim: Dim) -> bool | None:
        """Whether a number of theirs is what was seen; None: nothing was."""
        for true in self.true.get((graph, name), ()):
            shape = true["shape"]
            if shape is None or position >= len(shape):
                return False
            if isinstance(dim, int) and shape[position] != dim:
                return False
        return None

    def disagree(self, source: str, graph: str, name: str, text: str, ours: Known,
                 theirs: Known) -> None:
        runs = self.true.get((graph, name))
        if runs:
            disproved = any(self.differs(theirs, true) for true in runs)
            # What is wrong with ours is a finding of the run's.
            self.report.add("note", source, graph, name, f"{text}, really {shown(runs[0])}" +
                            (": disproved" if disproved else ""))
            return
        other = self.truth.get("onnx", {}).get(graph, {}).get(name)
        if source == "merged" or (source == "symbolic" and other is not None and
                                  not self.differs(other, ours)):
            self.report.add("stale", source, graph, name, text)
            return
        self.report.add("conflict", source, graph, name, text)

    @staticmethod
    def differs(one: Known, other: Known) -> bool:
        if one["type"] and other["type"] and one["type"] != other["type"]:
            return True
        if one["shape"] is None or other["shape"] is None:
            return False
        return len(one["shape"]) != len(other["shape"]) or any(
            isinstance(a, int) and isinstance(b, int) and a != b
            for a, b in zip(one["shape"], other["shape"]))


def compare(path: Path, truth: dict[str, Any]) -> Report:
    comparison = Comparison(path, truth)
    try:
        return comparison.work()
    except Broken as wrong:
        comparison.report.broken = str(wrong)
        return comparison.report


# ---- The table -----------------------------------------------------------------------------------

def percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f}" if whole else "-"


def table(reports: Iterable[Report], base: Path) -> None:
    print(f"{'':48}{'values':>7}{'rank %':>8}{'dims %':>8}{'own':>6}  {'missing: onnx':>13}"
          f"{'symb':>6}{'merged':>7}{'run':>6}{'conflicts':>11}{'stale':>7}{'notes':>7}  runs")
    for report in reports:
        name = str(report.path.relative_to(base)) if report.path.is_relative_to(base) \
            else report.path.name
        runs = Counter(source for source in report.sources if source in RUN)
        told = " ".join(f"{count} {source}" for source, count in runs.items()) or "none"
        print(f"{name[-47:]:48}{report.values:>7}{percent(report.ranked, report.values):>8}"
              f"{percent(report.sized, report.values):>8}{report.own:>6}  "
              f"{report.by_source('missing', 'onnx'):>13}"
              f"{report.by_source('missing', 'symbolic'):>6}"
              f"{report.by_source('missing', 'merged'):>7}{report.by_source('missing', 'run'):>6}"
              f"{report.count('conflict'):>11}{report.count('stale'):>7}{report.count('note'):>7}"
              f"  {told}")


def models(places: list[Path]) -> list[Path]:
    found: list[Path] = []
    for place in places:
        bad = malformed_in(place)
        found += [path for path in models_in(place) if path not in bad] if place.exists() else []
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description="Compares shapes with what is true.")
    parser.add_argument("-v", "--verbose", action="store_true", help="list every finding")
    parser.add_argument("--full", action="store_true", help="take all the time that it takes")
    parser.add_argument("--make", action="store_true", help="only make the truth")
    parser.add_argument("places", nargs="*", type=Path, metavar="PLACE")
    options = parser.parse_args()
    corpus = Path(os.path.normpath(os.environ.get("ONNXRAY_CORPUS") or ROOT / "../shared/models"))
    paths = models(options.places or [corpus])
    if not paths:
        print(f"notice: no models in {corpus}")
        print("0 passed, 0 failed, 1 skipped")
        return 0
    if not KNOWS_INPUT:
        print("notice: this program has no --input yet")
    truth = Truth(options.full or options.make)
    if "-" in truth.tools.split():
        print(f"notice: not all tools are there (onnx, onnxruntime, sympy: {truth.tools})")
    # Those that are large come first with --full, and last where time is short.
    order = sorted(paths, key=lambda path: path.stat().st_size, reverse=truth.full)
    with ThreadPoolExecutor(WORKERS) as pool:
        truths = dict(zip(order, pool.map(truth.make, order)))
        if options.make:
            print(f"{sum(t is not None for t in truths.values())} of {len(paths)} models")
            return 0
        known = [(path, truths[path]) for path in paths if truths[path] is not None]
        reports = list(pool.map(lambda item: compare(*item), known))
    skipped = len(paths) - len(known)
    table(reports, corpus if not options.places else options.places[0])
    return judge(reports, skipped, options.verbose)


def judge(reports: list[Report], skipped: int, verbose: bool) -> int:
    values = sum(report.values for report in reports)
    ranked = sum(report.ranked for report in reports)
    sized = sum(report.sized for report in reports)
    findings = [(report, finding) for report in reports for finding in report.findings]
    count = Counter(finding.kind for _, finding in findings)
    told: Counter[str] = Counter()
    for report, finding in sorted(findings, key=lambda item: ("conflict", "missing", "stale",
                                                              "note", "allowed")
                                  .index(item[1].kind)):
        told[finding.kind] += 1
        if verbose or (told[finding.kind] <= SHOWN and finding.kind in ("conflict", "missing")):
            print(f"{report.path.name}: {finding}".encode("utf-8", "backslashreplace").decode())
    if verbose:
        for report in reports:
            for problem in report.problems:
                print(f"{report.path.name}: truth: {problem}")
    broken = [report for report in reports if report.broken]
    for report in broken:
        print(f"FAILED {report.path.name}: {report.broken}")
    gates = {f"rank of {percent(ranked, values)} %, at least {100 * RANKED:.0f} %":
             ranked >= RANKED * values,
             f"dimensions of {percent(sized, values)} %, at least {100 * SIZED:.0f} %":
             sized >= SIZED * values}
    for gate, good in gates.items():
        print(f"{'ok' if good else 'FAILED'}: {gate} of all values")
    others = sum(report.others for report in reports)
    print(f"{len(reports)} models, {values} tensors and {others} other values: rank known "
          f"{percent(ranked, values)} %, all dimensions known or symbolic "
          f"{percent(sized, values)} % (of these {sum(report.own for report in reports)} with "
          f"symbols that inputs do not have), missing {count['missing']}, "
          f"conflicts {count['conflict']}, stale declarations {count['stale']}, "
          f"allowed {count['allowed']}; "
          f"{sum(report.open_inputs for report in reports)} dimensions open with --input; "
          f"{sum(any(s in RUN for s in report.sources) for report in reports)} models were run")
    wrong = {(report.path, finding.graph, finding.name) for report, finding in findings
             if finding.kind in ("missing", "conflict")}
    failed = len(wrong) + len(broken) + sum(not good for good in gates.values())
    passed = values + others - len(wrong) + sum(gates.values())
    if skipped:
        print(f"notice: {skipped} models without truth")
    print(f"{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
