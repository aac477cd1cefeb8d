#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Adds up which lines of src/ were run, from what a build with --coverage left behind.

    python3 tests/coverage.py build-cov [--files N]

Prints a line for each room, the files with the most lines that nothing ran, and the sum. Needs gcov,
which comes with gcc. A line counts once, wherever it was compiled into.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def lines_of(build: Path) -> dict[str, dict[int, int]]:
    """By file of src/, by line: how often it was run."""
    found: dict[str, dict[int, int]] = defaultdict(dict)
    notes = sorted((build / "src").rglob("*.gcno"))
    for at in range(0, len(notes), 50):
        done = subprocess.run(["gcov", "--json-format", "--stdout", *map(str, notes[at:at + 50])],
                              cwd=ROOT, capture_output=True, text=True, check=False)
        for document in filter(None, done.stdout.splitlines()):
            for file in json.loads(document)["files"]:
                name = file["file"]
                if not name.startswith("src/") or name.startswith("src/build/"):
                    continue
                for line in file["lines"]:
                    number = line["line_number"]
                    known = found[name].get(number, 0)
                    found[name][number] = known + line["count"]
    return found


def percent(run: int, total: int) -> str:
    return f"{run:6} of {total:6} lines  {100 * run / total:5.1f} %"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("build", type=Path)
    parser.add_argument("--files", type=int, default=25, help="how many of the least covered")
    args = parser.parse_args()
    found = lines_of(args.build.resolve())
    if not found:
        sys.exit(f"{args.build}: nothing was built there with --coverage")
    rooms: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    files = []
    for name, lines in found.items():
        run = sum(count > 0 for count in lines.values())
        rooms[name.split("/")[1]][0] += run
        rooms[name.split("/")[1]][1] += len(lines)
        files.append((len(lines) - run, name, run, len(lines)))
    for room, (run, total) in sorted(rooms.items()):
        print(f"{room:10} {percent(run, total)}")
    print("most lines that nothing ran:")
    for missing, name, run, total in sorted(files, reverse=True)[:args.files]:
        if missing:
            print(f"  {name:40} {percent(run, total)}")
    run, total = (sum(room[i] for room in rooms.values()) for i in (0, 1))
    print(f"{'src':10} {percent(run, total)}")


if __name__ == "__main__":
    main()
