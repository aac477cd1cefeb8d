#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Prints what onnxray costs, beside what its peers cost in the same run and beside its limits.

    python3 bench/run.py --build build [--runs 5]

All figures are ratios of two things measured here and now, in turn, so that the machine and its
other work cancel out. None of this is a test: time is never one. What is steady enough is tested by
tests/gates.py.

ONNX_PYTHON names a Python that can import onnx, when this one cannot. Peers that are absent are
left out with a note. Needs half a GB of disk below the build directory.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import crossings
from generate import Entry, generate
from probe import Command, Probe, Runs, instructions
from viewer import chrome, measure

HERE = Path(__file__).resolve().parent
BAD = HERE.parent / "tests/bad/make_bad.py"

FREE = 4 << 20          # bytes that any process may occupy
PER_METADATA = 2.0
PAGE = 4096
PER_BYTE = 30           # the loader's cap: so many bytes for each of the file,
ALLOWANCE = 64 << 20    # and these

# ---- The table ---------------------------------------------------------------------------------


@dataclass
class Row:
    """`ours` is compared with `other`; the ratio may have a limit."""

    what: str
    ours: str
    other: str
    ratio: float
    limit: float | None = None

    @property
    def verdict(self) -> str:
        if self.limit is None:
            return ""
        return "ok" if self.ratio <= self.limit else "OVER"


class Table:
    """Rows in groups, and notes about what is not in them."""

    def __init__(self) -> None:
        self.lines: list[Row | str] = []
        self.notes: list[str] = []

    def group(self, title: str) -> None:
        self.lines.append(title)

    def add(self, what: str, ours: str, other: str, ratio: float,
            limit: float | None = None) -> None:
        self.lines.append(Row(what, ours, other, ratio, limit))

    def note(self, text: str) -> None:
        self.notes.append(text)

    def print(self) -> None:
        rows = [line for line in self.lines if isinstance(line, Row)]
        cells = [(r.what, r.ours, r.other, number(r.ratio),
                  f"<= {number(r.limit)}" if r.limit is not None else "", r.verdict)
                 for r in rows]
        heads = ("", "onnxray", "compared with", "ratio", "limit", "")
        widths = [max(len(c[i]) for c in [heads, *cells]) for i in range(len(heads))]

        def line(cell: tuple[str, ...]) -> str:
            left = f"  {cell[0]:<{widths[0]}}  {cell[1]:>{widths[1]}}  {cell[2]:<{widths[2]}}"
            return (left + f"  {cell[3]:>{widths[3]}}  {cell[4]:<{widths[4]}}  {cell[5]}").rstrip()

        print(line(heads))
        rest = iter(cells)
        for entry in self.lines:
            print(f"\n{entry}" if isinstance(entry, str) else line(next(rest)))
        print()
        for text in self.notes:
            print(f"note: {text}")
        limited = [r for r in rows if r.limit is not None]
        over = sum(r.verdict == "OVER" for r in limited)
        print(f"{len(limited) - over} of {len(limited)} figures are within their limits")


def number(value: float) -> str:
    if value >= 9.95 or value == int(value):
        return f"{value:.0f}"
    return f"{value:.2f}" if value >= 0.1 else f"{value:.2g}"


def size(value: float) -> str:
    for unit, scale in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if value >= scale:
            shown = value / scale
            return f"{shown:.{0 if shown >= 99.5 else 1 if shown >= 9.95 else 2}f} {unit}"
    return f"{value:.0f} bytes"


def seconds(value: float) -> str:
    return f"{value:.2f} s" if value >= 1 else f"{value * 1e3:.3g} ms"


# ---- What is measured --------------------------------------------------------------------------


class Bench:
    """The programs, the models and the table."""

    def __init__(self, build: Path, runs: int) -> None:
        self.build = build.resolve()
        self.directory = self.build / "bench"
        self.runs = runs
        self.program = self.build / "onnxray"
        self.probe = Probe(self.directory / "measure")
        self.table = Table()
        self.models: dict[str, Entry] = {}
        self.python = find_onnx(self.build, self.table)

    def path(self, model: str) -> Path:
        return self.directory / self.models[model].file

    def summary(self, model: str) -> Command:
        return [self.program, "summary", self.path(model)]

    def open(self, model: str) -> Command:
        return [self.directory / "open", self.path(model)]

    def whole(self, kind: str, model: str) -> Command:
        return [self.directory / "whole", kind, self.path(model)]

    def answer(self, command: Command) -> dict[str, float]:
        """What a program that measures itself says."""
        done = subprocess.run([str(word) for word in command], check=True, capture_output=True,
                              text=True)
        found: dict[str, float] = json.loads(done.stdout)
        return found

    def nothing(self) -> Runs:
        """What the program costs before it looks at a model."""
        return self.probe.run([self.program, "version"], self.runs)

    def onnx(self, model: str, runs: int) -> tuple[Runs, list[dict[str, float]]]:
        """Runs of onnx.load, and what it says about itself."""
        answers, measured = [], Runs()
        assert self.python
        with tempfile.NamedTemporaryFile("r", suffix=".json") as answer:
            os.environ["ONNX_LOAD_ANSWER"] = answer.name
            for _ in range(runs):
                command = [self.python, HERE / "onnx_load.py", self.path(model)]
                measured.all += self.probe.run(command).all
                answer.seek(0)
                answers.append(json.loads(answer.read()))
            del os.environ["ONNX_LOAD_ANSWER"]
        return measured, answers


def find_onnx(build: Path, table: Table) -> str | None:
    candidates = (os.environ.get("ONNX_PYTHON"), sys.executable, build / "venv/bin/python")
    for python in map(str, filter(None, candidates)):
        if not shutil.which(python):
            continue
        done = subprocess.run([python, HERE / "onnx_load.py", "--version"], check=False,
                              capture_output=True, text=True)
        if done.returncode == 0:
            table.note(f"peer: {done.stdout.strip()}")
            return python
    table.note("onnx cannot be imported: comparisons with onnx.load are left out "
               "(ONNX_PYTHON names another Python)")
    return None


def memory(b: Bench) -> None:
    """How much of it, for files of every shape."""
    b.table.group("Peak memory of `onnxray summary`, against 4 MiB + 2 x metadata")
    for model in ("weights", "constants", "floats", "huge", "graph", "shapes"):
        entry = b.models[model]
        peak = b.probe.run(b.summary(model), b.runs).median("peak")
        allowed = FREE + PER_METADATA * entry.metadata
        b.table.add(entry.note, size(peak), size(allowed), peak / allowed, 1.0)
        if model == "weights":
            b.table.add("  against the file", size(peak), size(entry.size), peak / entry.size,
                        0.003)
        if model in ("graph", "shapes"):
            alone = b.probe.run(b.open(model), b.runs).median("peak")
            b.table.add("  opening alone", size(alone), size(allowed), alone / allowed, 1.0)


def peers(b: Bench) -> None:
    """Other readers of the same file."""
    b.table.group("Peers, on b: 100k nodes; user + sys time is the best of all runs")
    ours: Command = b.summary("graph")
    compared = b.probe.alternate({"summary": ours, "open": b.open("graph"),
                                  "arena": b.whole("arena", "graph"),
                                  "malloc": b.whole("malloc", "graph")}, b.runs)
    mine = compared["summary"]
    for kind in ("arena", "malloc"):
        other = compared[kind]
        b.table.add(f"memory, protobuf-c whole model ({kind})", size(mine.median("peak")),
                    size(other.median("peak")), mine.median("peak") / other.median("peak"))
        b.table.add(f"time, protobuf-c whole model ({kind})", seconds(mine.best("cpu")),
                    seconds(other.best("cpu")), mine.best("cpu") / other.best("cpu"))
    if not b.python:
        return
    for model, runs, peak_limit, cpu_limit in (("graph", b.runs, 1 / 7, 1 / 3),
                                               ("weights", 3, None, 1 / 1000)):
        title = "b" if model == "graph" else "a"
        if model == "weights" and available_memory() < 3 * b.models[model].size:
            b.table.note("too little memory for onnx.load on a: left out")
            continue
        mine, other = Runs(), Runs()
        answers: list[dict[str, float]] = []
        for _ in range(runs):
            mine.all += b.probe.run(b.summary(model)).all
            again, answer = b.onnx(model, 1)
            other.all += again.all
            answers += answer
        if answers[0]["error"]:
            b.table.note(f"onnx.load refuses {title}: {answers[0]['error']}")
        cpu = min(a["cpu"] for a in answers)
        b.table.add(f"memory, onnx.load on {title}", size(mine.median("peak")),
                    size(other.median("peak")), mine.median("peak") / other.median("peak"),
                    peak_limit)
        b.table.add(f"time, onnx.load on {title} (import excluded)", seconds(mine.best("cpu")),
                    seconds(cpu), mine.best("cpu") / cpu, cpu_limit)
        b.table.add(f"time, onnx.load on {title} (whole process)", seconds(mine.best("cpu")),
                    seconds(other.best("cpu")), mine.best("cpu") / other.best("cpu"))


def available_memory() -> int:
    with open("/proc/meminfo", encoding="ascii") as lines:
        for line in lines:
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
    return 0


def reads(b: Bench) -> None:
    """How much of a file is looked at, and how often."""
    b.table.group("Reading; program start taken off")
    base = b.nothing()

    def allowed_bytes(entry: Entry) -> int:
        return entry.metadata + PAGE * (entry.bulk_fields + 16)

    for model in ("weights", "constants", "graph"):
        entry = b.models[model]
        runs = b.probe.run(b.summary(model))
        calls = runs.best("read_calls") - base.best("read_calls")
        got = runs.best("read_bytes") - base.best("read_bytes")
        allowed = 1.1 * entry.bulk_fields + entry.metadata / (128 << 10) + 8
        name = entry.note.split(":")[0]
        b.table.add(f"calls, {name}", f"{calls:.0f}", f"{allowed:.0f}", calls / allowed, 1.0)
        b.table.add(f"bytes, {name}", size(got), size(allowed_bytes(entry)),
                    got / allowed_bytes(entry), 1.0)
    entry, path = b.models["cold"], b.path("cold")
    whole = b.probe.run(["cat", path], drop=path).best("fetched")
    if whole < 0.9 * entry.size:
        b.table.note("this file system keeps its pages or does not count them: bytes fetched cold "
                     "are not known")
        return
    cold = b.probe.run(b.summary("cold"), b.runs, drop=path)
    b.table.add("bytes fetched cold, 200 x 2 MB of real data", size(cold.median("fetched")),
                size(allowed_bytes(entry)), cold.median("fetched") / allowed_bytes(entry), 1.0)


def work(b: Bench) -> None:
    """Instructions: the steady measure of time."""
    b.table.group("Instructions a byte of metadata (callgrind), 10k nodes")
    for model in ("graph-10k", "shapes-10k", "decoder-10k"):
        entry = b.models[model]
        for what, command in (("summary", b.summary(model)), ("open", b.open(model))):
            count = instructions(command)
            if count is None:
                b.table.note("valgrind is not installed: instructions are not counted")
                return
            b.table.add(f"{what}, {entry.note}", f"{count / 1e6:.0f} M", size(entry.metadata),
                        count / entry.metadata, 55)


DECODERS = {1000: "decoder-1k", 10_000: "decoder-10k", 30_000: "decoder-30k",
            100_000: "decoder-100k"}


def inference(b: Bench) -> None:
    """Shapes of decoders where half of the nodes compute shapes; in-process, the model loaded."""
    b.table.group("Inference of decoders that compute shapes of symbols; CPU time, best of all runs")
    ours: dict[int, dict[str, float]] = {}
    for count, name in DECODERS.items():
        for _ in range(2):  # what else the machine does may meet one of them
            again = b.answer([b.directory / "infer", b.path(name), b.runs + 4])
            ours[count] = min(ours.get(count, again), again, key=lambda a: a["best"])
        if not b.python:
            continue
        theirs = b.answer([b.python, HERE / "onnx_infer.py", b.path(name),
                           2 if count > 30_000 else b.runs])
        for how, what in (("propagated", "onnx with data propagation"),
                          ("plain", "onnx without")):
            b.table.add(f"{count // 1000}k nodes, {what}", seconds(ours[count]["best"]),
                        seconds(theirs[how]), ours[count]["best"] / theirs[how],
                        0.1 if count >= 10_000 and how == "propagated" else None)
    lost = sum(o["values"] - o["known"] for o in ours.values())
    values = sum(o["values"] for o in ours.values())
    b.table.add("values whose shape is lost, of all", f"{lost:.0f}", f"{values:.0f}", lost / values,
                0)
    base = b.probe.run([b.directory / "open", b.path("decoder-1k")], b.runs).median("peak")
    for small, large in ((10_000, 30_000), (10_000, 100_000)):
        grown, what = large / small, f"{large // 1000}k nodes against {small // 1000}k"
        time = [ours[n]["median"] for n in (large, small)]
        b.table.add(f"time, {what}, a node", seconds(time[0]), seconds(time[1]),
                    time[0] / time[1] / grown, 1.25)
        peak = [b.probe.run([b.directory / "infer", b.path(DECODERS[n]), "1"],
                            b.runs).median("peak") - base for n in (large, small)]
        b.table.add(f"memory, {what}, a node", size(peak[0]), size(peak[1]),
                    peak[0] / peak[1] / grown, 1.1)
    for model in ("decoder-10k", "decoder-100k", "graph", "shapes"):
        compared = b.probe.alternate({"with": b.summary(model),
                                      "without": [*b.summary(model), "--no-infer"]}, b.runs)
        note = b.models[model].note.removeprefix("b: ")
        for what, scale, of, show in (("time", "best", "cpu", seconds),
                                      ("memory", "median", "peak", size)):
            cost = [getattr(compared[how], scale)(of) for how in ("with", "without")]
            b.table.add(f"{what}, summary with inference and without, {note}", show(cost[0]),
                        show(cost[1]), cost[0] / cost[1])


def weights(b: Bench) -> None:
    """Statistics and comparison, beside only reading the same bytes; in-process, CPU time."""
    b.table.group("Weights against a read-only pass by the same access path; best of all runs")
    took = b.answer([b.directory / "weights", b.path("cold"), b.path("cold-int8"), b.runs + 2])
    for what, ours, other, limit in (
            ("statistics of floats", "measuring", "reading", 1 / 0.6),
            ("statistics of int8", "measuring_bytes", "reading_bytes", 1 / 0.6),
            ("floats against int8, a scale a row", "comparing", "reading_both", 1 / 0.5)):
        b.table.add(what, seconds(took[ours]), seconds(took[other]), took[ours] / took[other],
                    limit)
    done = subprocess.run([b.directory / "pairs", b.directory / "pairs.onnx", str(b.runs)],
                          check=True, capture_output=True, text=True)
    for found in map(json.loads, done.stdout.splitlines()):
        what = "floats against " if found["what"] == "compare" else "statistics of "
        b.table.add(what + found["kind"], seconds(found["working"]), seconds(found["reading"]),
                    found["working"] / found["reading"],
                    1 / 0.5 if found["what"] == "compare" else 1 / 0.6)
    pair: Command = [b.directory / "weights", b.path("weights"), b.path("weights-int8"), "0"]
    runs = b.probe.run(pair, 3)
    b.table.add("memory, a pair of 1.5 GB compared", size(runs.median("peak")), size(32 << 20),
                runs.median("peak") / (32 << 20), 1.0)
    b.table.add("wall time of it", seconds(runs.median("wall")), seconds(3),
                runs.median("wall") / 3, 1.0)


def start(b: Bench, rounds: int = 100) -> None:
    """The whole process, on files where only starting should cost."""
    b.table.group("Wall time of the whole process, median of 100 in turn")
    commands: dict[str, Command] = {
        "a": b.summary("weights"), "half": b.summary("weights-small"), "f": b.summary("huge"),
        "version": [b.program, "version"], "wc": ["wc", "-c", b.path("weights")]}
    wall = {name: runs.median("wall") for name, runs in b.probe.alternate(commands, rounds).items()}
    for name, other, what, limit in (("a", "wc", "summary of a, `wc -c` of it", 2.0),
                                     ("version", "wc", "version, `wc -c` of a", None),
                                     ("f", "a", "summary of f, of a", 1.5),
                                     ("a", "half", "summary of a, of half as many weights", 2.2)):
        b.table.add(what, seconds(wall[name]), seconds(wall[other]), wall[name] / wall[other],
                    limit)
    peaks = {name: b.probe.run(b.summary(name), b.runs).median("peak")
             for name in ("huge", "weights")}
    b.table.add("memory, f against a", size(peaks["huge"]), size(peaks["weights"]),
                peaks["huge"] / peaks["weights"], 1.5)


def growth(b: Bench) -> None:
    """Twice the input: at most 2.2 times the cost. Best of all runs."""
    b.table.group("Doubling the input: user + sys time, best of all; memory above the program's")
    base = b.nothing().median("peak")
    series = [("graph-25k", "graph-50k"), ("graph-50k", "graph"), ("graph", "graph-200k"),
              ("decoder-10k", "decoder-20k"),
              ("empty-nodes-500k", "empty-nodes-1m"), ("empty-tensors-500k", "empty-tensors-1m"),
              ("repeated-graph-100k", "repeated-graph-200k"), ("deep-20k", "deep-40k")]
    for small, large in series:
        measured = b.probe.alternate({m: b.summary(m) for m in (small, large)}, b.runs + 4)
        time = [measured[m].best("cpu") for m in (large, small)]
        peak = [measured[m].median("peak") - base for m in (large, small)]
        note = b.models[large].note.removeprefix("b: ").removeprefix("b of ")
        b.table.add(f"time, {note}", seconds(time[0]), seconds(time[1]), time[0] / time[1], 2.2)
        if peak[1] > 1 << 20:
            b.table.add(f"memory, {note}", size(peak[0]), size(peak[1]), peak[0] / peak[1], 2.2)


def hostile(b: Bench) -> None:
    """Files that are made to cost memory."""
    b.table.group("Hostile files, the worst of each kind: memory above 4 MiB for each byte")
    opened: dict[str, tuple[float, float, Path]] = {}
    refused: list[tuple[float, float, float, Path]] = []

    def look(kind: str, path: Path) -> None:
        if not path.is_file() or not path.stat().st_size:
            return
        run = b.probe.run([b.program, "summary", path])
        peak, file = run.best("peak"), path.stat().st_size
        if run.exit > 1:
            cap = PER_BYTE * file + ALLOWANCE + FREE
            refused.append((peak / cap, peak, cap, path))
        elif kind not in opened or (peak - FREE) / file > opened[kind][0]:
            opened[kind] = (max(0.0, peak - FREE) / file, peak, path)

    for model in b.models:
        if model.startswith(("empty-", "repeated-", "deep-")):
            look(model.rsplit("-", 1)[0], b.path(model))
    with tempfile.TemporaryDirectory(dir=b.directory) as crafted:
        subprocess.run([sys.executable, BAD, crafted], check=True, stdout=subprocess.DEVNULL)
        expected = (Path(crafted) / "EXPECT.tsv").read_text(errors="surrogateescape")
        for line in expected.splitlines()[1:]:
            look("tests/bad", Path(crafted) / line.split("\t")[0])
        for ratio, peak, path in opened.values():
            b.table.add(path.name, size(peak), size(path.stat().st_size), ratio, PER_BYTE)
        if refused:
            ratio, peak, cap, path = max(refused)
            b.table.add(f"refused: {path.name}, against the cap", size(peak), size(cap), ratio, 1.0)


DRAWN = ("decoder", "unet", "dense", "wide", "chain")
LAYOUT_MS = {1: 5, 10: 30, 30: 60, 100: 150}     # by thousands of nodes
DRAWING_MS = {1: 10, 10: 50, 30: 120, 100: 400}
DRAWING_MB = {10: 15, 30: 30, 100: 80}
DOT_SECONDS = 10
REAL = Path(os.environ.get("ONNXRAY_CORPUS", HERE.parent.parent / "shared/models"))


def dot_seconds(b: Bench, model: Path) -> float | None:
    """How long `dot` takes for what we draw; None: longer than it is given."""
    source = b.directory / "peer.dot"
    subprocess.run([b.program, "graph", "-o", source, model], check=True)
    started = os.times()
    try:
        subprocess.run(["dot", "-Tsvg", "-o", b.directory / "peer.svg", source], check=False,
                       timeout=DOT_SECONDS, capture_output=True)
    except subprocess.TimeoutExpired:
        return None
    ended = os.times()
    return ended.children_user - started.children_user


def drawing(b: Bench) -> None:
    """Pictures of every family; in-process but for the memory, the model loaded."""
    b.table.group("Drawing: CPU time from the loaded model to the written SVG, best of all runs")
    out = b.directory / "drawn.svg"

    def draw(model: Path) -> dict[str, float]:
        return b.answer([b.directory / "drawing", model, out, b.runs])

    took = {(name, n): draw(b.path(f"{name}-{n}k")) for name in DRAWN
            for n in (1, 10, 15, 30, 50, 100)}
    for name in DRAWN:
        for n, limit in DRAWING_MS.items():
            t = took[name, n]
            what = f"{name}, {n}k nodes, {size(t['bytes'])} of SVG"
            b.table.add(what, seconds(t["whole"]), f"{limit} ms", t["whole"] * 1e3 / limit, 1.0)
            b.table.add("  inference, picture, writing",
                        " + ".join(f"{t[part] * 1e3:.3g}" for part in ("infer", "picture", "svg")),
                        "ms", t["whole"] * 1e3 / limit)
            b.table.add("  layout", seconds(t["layout"]), f"{LAYOUT_MS[n]} ms",
                        t["layout"] * 1e3 / LAYOUT_MS[n], 1.0)
        for n, limit in DRAWING_MB.items():
            command = [b.program, "graph", "-o", out, b.path(f"{name}-{n}k")]
            peak = b.probe.run(command).median("peak")
            b.table.add(f"{name}, {n}k nodes, memory", size(peak), f"{limit} MB",
                        peak / limit / 1e6, 1.0)
        for small, large in ((15, 30), (50, 100)):
            time = [took[name, n]["whole"] for n in (large, small)]
            b.table.add(f"{name}, {large}k against {small}k nodes", seconds(time[0]),
                        seconds(time[1]), time[0] / time[1], 2.3)
    real = sorted(path for path in REAL.glob("*.onnx")
                  if b.probe.run([b.program, "graph", "-o", out, path]).exit == 0)
    times = sorted((draw(path)["whole"], path.name) for path in real)
    if times:
        b.table.add(f"{len(times)} real models, the slowest: {times[-1][1]}",
                    seconds(sum(t for t, _ in times)), seconds(times[-1][0]),
                    sum(t for t, _ in times) / times[-1][0])
    if not shutil.which("dot"):
        b.table.note("dot is not installed: no comparison with it")
        return
    for path in [b.path(f"{name}-1k") for name in DRAWN] + [p for p in real if p.name in PEERED]:
        theirs = dot_seconds(b, path)
        ours = draw(path)["whole"]
        b.table.add(f"{path.stem}, dot", seconds(ours),
                    seconds(theirs) if theirs else f"> {DOT_SECONDS} s, stopped",
                    ours / (theirs or DOT_SECONDS))


PAGE_BYTES = {1: 0.3e6, 10: 0.6e6, 30: 1.7e6, 100: 5.7e6}  # by thousands of nodes
PAGE_MORE = {1: 0.02, 10: 0.06, 30: 0.15, 100: 0.5}        # seconds more than SVG
PAGE_MB = {1: 20, 10: 30, 30: 60, 100: 150}


def pages(b: Bench) -> None:
    """HTML of every family beside the SVG of the same model, whole processes in turn."""
    b.table.group("Pages: size, CPU time beyond that of the SVG, memory")
    for name in DRAWN:
        for n in PAGE_BYTES:
            model = b.path(f"{name}-{n}k")
            page = b.directory / "page.html"
            runs = b.probe.alternate(
                {kind: [b.program, "graph", "-o", b.directory / f"page.{kind}", model]
                 for kind in ("svg", "html")}, b.runs)
            took = {kind: found.best("cpu") for kind, found in runs.items()}
            peak = runs["html"].median("peak")
            b.table.add(f"{name}, {n}k nodes", size(page.stat().st_size),
                        size(PAGE_BYTES[n]), page.stat().st_size / PAGE_BYTES[n], 1.0)
            b.table.add("  more than SVG", seconds(took["html"] - took["svg"]),
                        f"{seconds(PAGE_MORE[n])}, SVG: {seconds(took['svg'])}",
                        (took["html"] - took["svg"]) / PAGE_MORE[n], 1.0)
            b.table.add("  memory", size(peak), f"{PAGE_MB[n]} MB", peak / PAGE_MB[n] / 1e6, 1.0)


PAGE_PAINT = {1: 0.3, 10: 0.3, 30: 0.3, 100: 1.0}  # seconds
FRAME = 17.0  # milliseconds: 60 in a second


def viewer(b: Bench) -> None:
    """Pages in headless Chromium: the first picture, and times between frames."""
    b.table.group("Pages in a browser: first picture, frames while moving and zooming")
    if not chrome.find():
        b.table.note("there is no chromium: pages are not opened")
        return
    with chrome.Chrome() as browser:
        for n in PAGE_PAINT:
            page = b.directory / "viewer.html"
            subprocess.run([b.program, "graph", "-o", page, b.path(f"decoder-{n}k")], check=True,
                           capture_output=True)
            costs = [measure(browser, page) for _ in range(min(b.runs, 3))]
            paint = min(cost.paint for cost in costs)
            ready = min(cost.ready for cost in costs)
            b.table.add(f"decoder, {n}k nodes: first picture", seconds(paint),
                        f"{seconds(PAGE_PAINT[n])}, all {seconds(ready)}", paint / PAGE_PAINT[n], 1.0)
            for move in costs[0].frames:
                median, worst = min(cost.frames[move] for cost in costs)
                b.table.add(f"  {move}: frame, median", f"{median:.1f} ms",
                            f"{FRAME:.0f} ms, worst {worst:.1f}", median / FRAME, 1.0)


def crossed(b: Bench) -> None:
    """Crossings in pictures of real models, and in those that dot makes of the same graphs."""
    b.table.group("Crossings in pictures of real models; crossings.py says how they are counted")
    models = sorted(REAL.rglob("*.onnx"))
    if not models or not shutil.which("dot"):
        b.table.note("no real models, or no dot: crossings are not counted")
        return
    rows = crossings.table(b.program, models, DOT_SECONDS, b.directory / "crossings")
    for what, counts in (("with ports", [(r.ours, r.ported) for r in rows]),
                         ("without, where operands may be swapped", [(r.ours, r.free)
                                                                     for r in rows])):
        done = [(ours, theirs) for ours, theirs in counts if theirs is not None]
        ours, theirs = (sum(side) for side in zip(*done))
        b.table.add(f"{len(done)} models that dot finishes in {DOT_SECONDS} s, {what}", f"{ours}",
                    f"{theirs}", ours / max(theirs, 1))
        more = sum(mine > other for mine, other in done)
        b.table.add("  models with more crossings than dot's", f"{more}", f"{len(done)}",
                    more / len(done), 0 if what == "with ports" else None)


PEERED = {"yunet_n_dynamic.onnx", "squeezenet_fp16_caffe2.onnx", "light_resnet50_caffe2.onnx",
          "light_densenet121_caffe2.onnx", "silero_vad_16k_op15.onnx"}

PARTS: dict[str, Callable[[Bench], None]] = {
    "memory": memory, "peers": peers, "reads": reads, "work": work, "inference": inference,
    "weights": weights, "drawing": drawing, "pages": pages, "viewer": viewer,
    "crossings": crossed, "start": start, "growth": growth, "hostile": hostile}

MODELS = ["weights", "weights-small", "weights-int8", "constants", "floats", "huge", "cold",
          "cold-int8", "graph", "shapes",
          "graph-10k", "shapes-10k", *DECODERS.values(), "decoder-20k", "graph-25k", "graph-50k",
          "graph-200k", "empty-nodes-500k", "empty-nodes-1m", "empty-tensors-500k",
          "empty-tensors-1m", "repeated-graph-100k", "repeated-graph-200k", "deep-20k", "deep-40k"]
DRAWN_MODELS = [f"{name}-{size}k" for name in DRAWN for size in (1, 10, 15, 30, 50, 100)]


def main() -> None:
    parser = argparse.ArgumentParser(description="Measures onnxray against peers and limits.")
    parser.add_argument("--build", type=Path, default=Path("build"))
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--only", nargs="+", choices=PARTS, default=list(PARTS))
    parser.add_argument("--real", action="store_true", help="write 6 GB of weights, not holes")
    options = parser.parse_args()
    b = Bench(options.build, options.runs)
    if shutil.disk_usage(options.build).free < 1 << 30:
        raise SystemExit("bench: less than 1 GiB of disk is free")
    pictures = {"drawing", "pages", "viewer"} & set(options.only)
    wanted = [] if set(options.only) <= pictures | {"crossings"} else MODELS
    if pictures:
        wanted = [*wanted, *DRAWN_MODELS]
    b.models = generate(b.directory, wanted, options.real)
    for part in options.only:
        PARTS[part](b)
    b.table.print()


if __name__ == "__main__":
    main()
