#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Holds onnxray to its limits on memory, reading and instructions. Never to a time.

    B=build [ONNXRAY=build/onnxray] python3 tests/gates.py

Runs `onnxray summary` on the models of bench/generate.py: 1.5 and 3.2 GB of weights that are holes
in files, graphs of ten and twenty thousand nodes, decoders whose shapes have to be computed, and
files that are made to cost memory. All that
is looked at is steady to a percent or so; bench/run.py shows the rest. Instructions need valgrind.
Under sanitizers (ORAY_SANITIZED=1) memory and instructions are not the program's own, and left out.

The last line is "N passed, N failed[, N skipped]".
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "bench"))

from generate import Entry, generate  # noqa: E402
from probe import Command, Probe, Runs, compile_measure, instructions  # noqa: E402

BUILD = Path(os.environ.get("B") or ROOT / "build").resolve()
PROGRAM = Path(os.environ.get("ONNXRAY") or BUILD / "onnxray").resolve()
SANITIZED = os.environ.get("ORAY_SANITIZED", "0") not in ("", "0")

FREE = 4 << 20             # bytes any process may occupy,
PER_METADATA = 2.0         # and these for each byte that is not a weight
PER_FILE = 0.003           # of a file of weights
PAGE = 4096
SEQUENTIAL = 128 << 10     # bytes a read call should bring where all is read
PER_BYTE = 55              # instructions for each byte of metadata
PER_NODE = 3200            # instructions for each node whose shapes are inferred
DOUBLE = 2.2               # what twice the input may cost
PROGRAM_BYTES = 8 << 20    # what comes on top of --max-memory: code, and what it starts with
LIMITED = 30_000_000       # a --max-memory that some reports meet
REPORTS = (("summary",), ("layers",), ("layers", "-t", "-f", "json"), ("params", "--stats"),
           ("quant", "-f", "json"), ("check",), ("show", "#0"), ("graph", "-f", "svg"),
           ("graph", "-f", "dot"), ("graph", "-f", "html", "--fold", "all"))
HOSTILE = 30               # bytes of memory for each byte of a file made to cost them

HEAVY = ("weights", "huge", "constants", "floats")
GRAPHS = ("graph-10k", "graph-20k", "shapes-10k", "decoder-10k", "decoder-20k")
PAIRS = (("graph-10k", "graph-20k"), ("decoder-10k", "decoder-20k"),
         ("empty-nodes-500k", "empty-nodes-1m"),
         ("empty-tensors-500k", "empty-tensors-1m"), ("repeated-graph-100k", "repeated-graph-200k"))
COSTLY = ("empty-nodes-1m", "empty-tensors-1m", "repeated-graph-200k")
REFUSED = ("deep-20k",)


class Gates:
    """Counts what is within its limit."""

    def __init__(self, directory: Path, probe: Probe) -> None:
        self.probe = probe
        names = {*HEAVY, *GRAPHS, *COSTLY, *REFUSED, *(m for pair in PAIRS for m in pair)}
        there = generate(directory, sorted(names))
        self.models = {name: there[name] for name in sorted(names)}
        self.directory = directory
        self.runs: dict[str, Runs] = {}
        self.passed = self.failed = self.skipped = 0

    def command(self, model: str) -> Command:
        # isolated, the program does not let valgrind have its memory
        return [PROGRAM, "--no-isolation", "summary", self.directory / self.models[model].file]

    def run(self, model: str) -> Runs:
        if model not in self.runs:
            self.runs[model] = self.probe.run(self.command(model), 3)
        return self.runs[model]

    def check(self, what: str, value: float, limit: float) -> None:
        if value <= limit:
            self.passed += 1
        else:
            self.failed += 1
            print(f"FAIL {what}: {value:.6g}, at most {limit:.6g}")

    def skip(self, why: str, count: int) -> None:
        self.skipped += count
        print(f"notice: {why}")


def exits(g: Gates) -> None:
    """A truth that is worth a line of its own: a graph over 2 GiB is read."""
    for model in g.models:
        wanted = 3 if model in REFUSED else 0
        g.check(f"{model}: exit code away from {wanted}", abs(g.run(model).exit - wanted), 0)


def memory(g: Gates, base: Runs) -> None:
    for model in (*HEAVY, *GRAPHS):
        entry, peak = g.models[model], g.run(model).median("peak")
        g.check(f"{model}: peak memory", peak, FREE + PER_METADATA * entry.metadata)
    g.check("weights: peak memory against the file", g.run("weights").median("peak"),
            PER_FILE * g.models["weights"].size)
    g.check("huge: peak memory against that of weights", g.run("huge").median("peak"),
            1.5 * g.run("weights").median("peak"))
    for model in COSTLY:
        g.check(f"{model}: memory above {FREE} for each byte",
                (g.run(model).median("peak") - FREE) / g.models[model].size, HOSTILE)
    for model in REFUSED:
        g.check(f"{model}: peak memory", g.run(model).median("peak"), FREE)
    for small, large in PAIRS:
        cost = [g.run(m).median("peak") - base.median("peak") for m in (small, large)]
        g.check(f"{large}: memory against half of it", cost[1] / cost[0], DOUBLE)


def limits(g: Gates) -> None:
    """All that a command does is within --max-memory: it ends well, or says that it would not be."""
    for model in ("graph-20k", "empty-nodes-500k"):
        path = g.directory / g.models[model].file
        for command, *options in (*REPORTS, ("diff", path)):
            models = 2 if command == "diff" else 1
            run = g.probe.run([PROGRAM, command, path, *options, "--max-memory", str(LIMITED)], 1)
            what = f"{model}, {command} {' '.join(map(str, options))}"
            g.check(f"{what}: exit code 0, 1 or 3", run.exit not in (0, 1, 3), 0)
            g.check(f"{what}: memory with --max-memory", run.median("peak"),
                    models * LIMITED + PROGRAM_BYTES)


def reads(g: Gates, base: Runs) -> None:
    """Program start, which is the same for all, is taken off."""
    for model in (*HEAVY, *GRAPHS):
        entry: Entry = g.models[model]
        calls = g.run(model).best("read_calls") - base.best("read_calls")
        read = g.run(model).best("read_bytes") - base.best("read_bytes")
        g.check(f"{model}: bytes read", read, entry.metadata + PAGE * (entry.bulk_fields + 16))
        g.check(f"{model}: read calls", calls,
                1.1 * entry.bulk_fields + entry.metadata / SEQUENTIAL + 8)


def work(g: Gates) -> None:
    counted = {model: instructions(g.command(model)) for model in GRAPHS}
    for model, count in counted.items():
        if count is None:
            g.skip("valgrind is not installed, instructions are not counted", len(GRAPHS) + 5)
            return
        g.check(f"{model}: instructions for each byte", count / g.models[model].metadata, PER_BYTE)
    for kind in ("graph", "decoder"):
        g.check(f"{kind}-20k: instructions against half of it",
                (counted[f"{kind}-20k"] or 0) / (counted[f"{kind}-10k"] or 1), DOUBLE)
    for model in ("graph-10k", "shapes-10k", "decoder-10k"):
        without = instructions([*g.command(model), "--no-infer"]) or 0
        g.check(f"{model}: instructions of inference and costs for each node",
                ((counted[model] or 0) - without) / 10_000, PER_NODE)


def main() -> None:
    if not os.access(PROGRAM, os.X_OK):
        raise SystemExit(f"{PROGRAM}: no such program")
    with tempfile.TemporaryDirectory() as scratch:
        g = Gates(BUILD / "bench", Probe(compile_measure(Path(scratch))))
        base = g.probe.run([PROGRAM, "version"], 3)
        exits(g)
        if base.best("read_calls"):
            reads(g, base)
        else:
            g.skip("this kernel does not count reads", 2 * len((*HEAVY, *GRAPHS)))
        if SANITIZED:
            g.skip("sanitized: memory and instructions are not looked at", 20)
        else:
            memory(g, base)
            limits(g)
            work(g)
    skipped = f", {g.skipped} skipped" if g.skipped else ""
    print(f"{g.passed} passed, {g.failed} failed{skipped}")
    sys.exit(g.failed > 0)


if __name__ == "__main__":
    main()
