# SPDX-License-Identifier: Apache-2.0
"""Measuring one command: time, memory, reads, instructions. Shared by run.py and tests/gates.py."""

from __future__ import annotations

import os
import re
import shutil
import statistics
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

Command = Sequence[str | Path]


@dataclass(frozen=True)
class Run:
    """What one run of a command cost."""

    exit: int
    wall: float     # seconds
    cpu: float      # seconds, user + sys
    peak: int       # bytes of resident memory
    read_calls: int
    read_bytes: int
    fetched: int    # bytes that devices delivered

    @staticmethod
    def parse(line: str) -> Run:
        code, wall, user, system, peak, _, _, calls, read, fetched = map(int, line.split())
        return Run(code, wall / 1e9, (user + system) / 1e6, peak * 1024, calls, read, fetched)


@dataclass
class Runs:
    """The same command several times."""

    all: list[Run] = field(default_factory=list)

    def best(self, what: str) -> float:
        return min(getattr(run, what) for run in self.all)

    def median(self, what: str) -> float:
        return statistics.median(getattr(run, what) for run in self.all)

    @property
    def exit(self) -> int:
        return max(run.exit for run in self.all)


def compile_measure(directory: Path) -> Path:
    """measure.c needs nothing but a C library: for callers that have no build of it."""
    program = directory / "measure"
    source = Path(__file__).with_name("measure.c")
    subprocess.run([os.environ.get("CC") or "cc", "-std=c11", "-O2", "-D_POSIX_C_SOURCE=200809L",
                    "-D_FILE_OFFSET_BITS=64", "-o", program, source], check=True)
    return program


class Probe:
    """Runs commands below `measure`."""

    def __init__(self, measure: Path) -> None:
        self.measure = measure

    def run(self, command: Command, runs: int = 1, drop: Path | None = None) -> Runs:
        """@param drop  a file whose pages are dropped from the cache before each run"""
        dropping = ["-d", drop] if drop else []
        done = subprocess.run([self.measure, "-n", str(runs), *dropping, "--", *command],
                              check=True, capture_output=True, text=True)
        return Runs([Run.parse(line) for line in done.stdout.splitlines()])

    def alternate(self, commands: dict[str, Command], runs: int) -> dict[str, Runs]:
        """One run of each in turn, so that what else the machine does meets all of them."""
        results = {name: Runs() for name in commands}
        for _ in range(runs):
            for name, command in commands.items():
                results[name].all += self.run(command).all
        return results


def instructions(command: Command) -> int | None:
    """Instructions that a command executes, as callgrind counts them. None: valgrind is absent."""
    if not shutil.which("valgrind"):
        return None
    program, *words = command
    if Path(program).name == "onnxray":  # valgrind needs what isolation takes away
        words.insert(0, "--no-isolation")
    done = subprocess.run(["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null",
                           program, *words], check=False, stdin=subprocess.DEVNULL,
                          stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    found = re.search(r"Collected : (\d+)", done.stderr)
    return int(found[1]) if found else None
