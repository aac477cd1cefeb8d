# SPDX-License-Identifier: Apache-2.0
"""Asks onnxray, and counts the comparisons of its answers. Environment: B, ONNXRAY,
ONNXRAY_CORPUS, ORAY_SANITIZED."""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BUILD = Path(os.environ.get("B") or ROOT / "build").resolve()
PROGRAM = os.environ.get("ONNXRAY") or str(BUILD / "onnxray")
CORPUS = Path(os.environ.get("ONNXRAY_CORPUS") or ROOT.parent / "shared" / "models")
SANITIZED = os.environ.get("ORAY_SANITIZED", "0") not in ("", "0")
SECONDS = 600 if SANITIZED else 60


def skip(why: object) -> None:
    """Ends the script: something that it needs is not installed."""
    print(f"notice: {why}: skipped")
    print("0 passed, 0 failed, 1 skipped")
    sys.exit(0)


def refuse(word: str) -> None:
    raise ValueError(f"{word} is not JSON")


def ask(*words: object) -> dict:
    """What a command answers in JSON. An empty dictionary when it does not: tell() says why."""
    return tell(*words)[0]


def tell(*words: object) -> tuple[dict, str]:
    """The answer, and what is wrong with it."""
    command = [PROGRAM, *map(str, words), "-f", "json"]
    try:
        done = subprocess.run(command, capture_output=True, check=False, timeout=SECONDS)
    except subprocess.TimeoutExpired:
        return {}, f"no answer in {SECONDS} s"
    if done.returncode not in (0, 1):
        return {}, f"exit {done.returncode}: {(done.stderr or done.stdout)[-200:]!r}"
    try:
        return json.loads(done.stdout, parse_constant=refuse), ""
    except ValueError as why:
        return {}, f"JSON: {why}"


def real(value: object) -> float:
    """A number of the JSON: NaN and infinities are words, unknown is NaN."""
    return math.nan if value is None else float(value)  # type: ignore[arg-type]


def close(a: float, b: float, relative: float = 1e-9, absolute: float = 0.0) -> bool:
    if math.isnan(a) or math.isnan(b):
        return math.isnan(a) and math.isnan(b)
    return math.isclose(a, b, rel_tol=relative, abs_tol=absolute)


class Tally:
    """Counts comparisons, prints those that fail."""

    def __init__(self) -> None:
        self.passed = self.failed = self.skipped = 0
        self.noticed: set[str] = set()

    def hold(self, what: str, holds: bool, why: object = "") -> bool:
        self.passed += bool(holds)
        self.failed += not holds
        if not holds:
            print(f"FAIL {what}{': ' if why != '' else ''}{why}")
        return bool(holds)

    def same(self, what: str, ours: object, theirs: object) -> bool:
        return self.hold(what, ours == theirs, f"ours {ours!r}, theirs {theirs!r}")

    def near(self, what: str, ours: object, theirs: float, relative: float = 1e-9,
             absolute: float = 0.0) -> bool:
        return self.hold(what, close(real(ours), theirs, relative, absolute),
                         f"ours {ours!r}, theirs {theirs!r}")

    def skip(self, why: str) -> None:
        self.skipped += 1
        if why not in self.noticed:
            self.noticed.add(why)
            print(f"notice: {why}: skipped")

    def end(self) -> int:
        print(f"{self.passed} passed, {self.failed} failed" +
              (f", {self.skipped} skipped" if self.skipped else ""))
        return 1 if self.failed else 0
