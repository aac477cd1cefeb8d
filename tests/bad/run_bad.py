#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs the program over everything make_bad.py wrote, and compares with its EXPECT.tsv.

    python3 tests/bad/run_bad.py DIRECTORY [--only REGEX] [--every] [--jobs N]

For each file: `summary` as JSON, as text, and (small files) from a pipe; `show` where a tensor is
named; then every command in every format, as every.py lists them. Large files, and the cuts of one
and the same model, take turns at those; --every asks all of all. Watched are the exit code,
signals, time, memory, what stderr says, and that answers are well-formed with nothing injected.
All DOT is given to `nop` of Graphviz, where there is one.

Environment: see spawn.py. The last line is `N passed, N failed`; exit status 1 if any failed.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import re
import shutil
import stat
import subprocess
import sys
import tempfile
import zlib
from dataclasses import fields
from pathlib import Path

from every import arguments, complaint, check_forms, questions, sound_first
from forms import UNSAFE, excerpt, strict_json, unsafe_text
from make_bad import TEXTS, Expectation
from rows import unmatched
from spawn import MEBIBYTE, MOST_MEBIBYTES, PROGRAM, SANITIZED, SECONDS, Outcome, Runner

PIPE_ROOM = 60_000  # fits into a pipe without a reader
LARGE = 200_000     # of these, and of cuts, a share of the questions is asked
TURNS = 6


# ---- Judging -----------------------------------------------------------------------------------

class Tally:
    def __init__(self) -> None:
        self.passed = 0
        self.failures: list[str] = []

    def check(self, what: str, sound: bool, detail: str = "") -> bool:
        if sound:
            self.passed += 1
        else:
            self.failures.append(f"FAIL {what!a}{': ' if detail else ''}{detail}")
        return sound


class Judge:
    """Asks about one file after the other; what was found is in `tally`."""

    def __init__(self, root: Path, every: bool, scratch: Path) -> None:
        self.runner = Runner(scratch)
        self.root = root
        self.every = every
        self.keep = scratch / "dot"
        self.tally = Tally()
        self.questions = questions(check_forms())
        self.sound = str(root / "other/sound.onnx")
        sound_first(self.runner, self.sound)

    def survived(self, what: str, outcome: Outcome, file_bytes: int) -> bool:
        """No signal, in time, within memory, no commands to the terminal on stderr."""
        check = self.tally.check
        if not check(f"{what}: in time", not outcome.late, f"more than {SECONDS} s"):
            return False
        if not check(f"{what}: no crash", outcome.status >= 0 and outcome.status < 126,
                     f"status {outcome.status}, {excerpt(outcome.stderr[-2000:])}"):
            return False
        if not SANITIZED:
            limit = min(30 * file_bytes + 64 * MEBIBYTE, MOST_MEBIBYTES * MEBIBYTE)
            check(f"{what}: memory", outcome.kibibytes * 1024 <= limit,
                  f"{outcome.kibibytes / 1024:.0f} MiB, limit {limit / MEBIBYTE:.0f}")
        trouble = unsafe_text(outcome.stderr)
        check(f"{what}: stderr is safe", not trouble, trouble)
        return True

    def json_form(self, what: str, outcome: Outcome, expected: Expectation) -> None:
        check = self.tally.check
        try:
            document = strict_json(outcome.stdout)
        except (ValueError, RecursionError) as error:
            check(f"{what}: strict JSON", False, f"{error}, {excerpt(outcome.stdout)}")
            return
        is_object = isinstance(document, dict) and document.get("schema") == 1
        if not check(f"{what}: schema 1", is_object, excerpt(outcome.stdout)):
            return
        error = document.get("error")
        if outcome.status != 3:
            check(f"{what}: no error", error is None, str(error))
            return
        if not check(f"{what}: an error object", isinstance(error, dict),
                     excerpt(outcome.stdout)):
            return
        code, text = error.get("code"), error.get("message")
        if expected.code:
            check(f"{what}: error.code", code in expected.code.split(","),
                  f"{code!r}, not {expected.code}; {text!a}")
        check(f"{what}: error.message", isinstance(text, str) and bool(text)
              and not UNSAFE.search(text), f"{text!a}")

    def file(self, expected: Expectation) -> None:
        path = str(self.root / expected.file)
        try:
            status = os.stat(path)
            size, regular = status.st_size, stat.S_ISREG(status.st_mode)
        except OSError:
            size, regular = 0, False
        exits = [int(code) for code in expected.exit.split(",")]
        check = self.tally.check

        def judge(how: str, arguments: list[str], piped: str = "") -> Outcome | None:
            what = f"{expected.file} ({expected.note}), {how}"
            outcome = self.runner.run(arguments, piped)
            if not self.survived(what, outcome, size):
                return None
            check(f"{what}: exit code", outcome.status in exits,
                  f"{outcome.status}, not {expected.exit}; {excerpt(outcome.stderr)}")
            if outcome.status == 3:
                said = outcome.stderr.decode("utf-8", "replace")
                pattern = expected.stderr if not piped else ""
                check(f"{what}: stderr", bool(said) and bool(re.search(pattern or ".", said)),
                      f"{excerpt(outcome.stderr)} lacks {pattern!a}")
            return outcome

        name = f"{expected.file} ({expected.note})"
        outcome = judge("json", ["summary", "-f", "json", path])
        if outcome:
            self.json_form(f"{name}, json", outcome, expected)
        outcome = judge("text", ["summary", path])
        if outcome:
            trouble = unsafe_text(outcome.stdout)
            check(f"{name}, text: safe to print", not trouble, trouble)
            if expected.prints:
                said = outcome.stdout.decode("utf-8", "replace")
                check(f"{name}, text: stdout", bool(re.search(expected.prints, said)),
                      f"{excerpt(outcome.stdout)} lacks {expected.prints!a}")
        if regular and size <= PIPE_ROOM and os.access(path, os.R_OK):
            outcome = judge("pipe", ["summary", "-f", "json", "-"], piped=path)
            if outcome:
                self.json_form(f"{name}, pipe", outcome, expected)
        if expected.show:
            self.show(name, path, size, expected)
        self.all_forms(name, path, size, expected)

    def all_forms(self, name: str, path: str, size: int, expected: Expectation) -> None:
        """Every command in every format, or a share of them: a pipe is waited for."""
        share = not self.every and (size > LARGE or expected.file.startswith(("cut/", "file/fifo")))
        turn = zlib.crc32(expected.file.encode("utf-8", "surrogateescape"))
        text = TEXTS.get(Path(expected.file).stem, b"\0") if expected.file[:5] == "text/" else b"\0"
        wanted = expected.show or ("w" if b"\0" in text or not text else os.fsdecode(text))
        for k, question in enumerate(self.questions):
            if share and (turn + k) % TURNS:
                continue
            form, words = question
            asked = arguments(question, path, self.sound, wanted)
            outcome = self.runner.run(asked)
            wrong = complaint(form, outcome)
            if not wrong and expected.never and re.search(
                    expected.never.encode(), outcome.stdout + outcome.stderr) and form != "pdf":
                wrong = "gives something away"
            self.tally.check(f"{name}, {' '.join(words)}", not wrong, wrong)
            if form == "dot" and outcome.stdout and len(outcome.stdout) < LARGE:
                (self.keep / f"{turn:08x}_{k}.gv").write_bytes(outcome.stdout)

    def show(self, name: str, path: str, size: int, expected: Expectation) -> None:
        what = f"{name}, show"
        check = self.tally.check
        outcome = self.runner.run(["show", path, expected.show])
        if not self.survived(what, outcome, size):
            return
        check(f"{what}: exit code", outcome.status in (0, 3),
              f"{outcome.status}; {excerpt(outcome.stderr)}")
        trouble = unsafe_text(outcome.stdout)
        check(f"{what}: safe to print", not trouble, trouble)
        said = (outcome.stdout + outcome.stderr).decode("utf-8", "replace")
        check(f"{what}: says", bool(said) and bool(re.search(expected.says, said)),
              f"{ascii(said[:400])} lacks {expected.says!a}")
        if expected.never:
            check(f"{what}: gives nothing away", not re.search(expected.never, said),
                  ascii(said[:400]))


def read_expectations(root: Path) -> list[Expectation]:
    text = (root / "EXPECT.tsv").read_bytes().decode("utf-8", "surrogateescape")
    header, *lines = text.rstrip("\n").split("\n")
    if header.split("\t") != [field.name for field in fields(Expectation)]:
        raise SystemExit(f"{root}/EXPECT.tsv has other columns: make it anew")
    return [Expectation(*line.split("\t")) for line in lines]


_judge: Judge


def start(root: Path, every: bool, scratch: Path) -> None:
    global _judge
    _judge = Judge(root, every, scratch)


def judge(expected: Expectation) -> tuple[int, list[str], float]:
    _judge.tally = Tally()
    _judge.runner.seconds = 0
    _judge.file(expected)
    return _judge.tally.passed, _judge.tally.failures, _judge.runner.seconds


def graphviz(folder: Path) -> tuple[int, list[str]]:
    """Graphviz' own parser over all DOT that was written, many files at a time."""
    files = sorted(map(str, folder.iterdir()))
    failures = []
    for at in range(0, len(files), 100):
        done = subprocess.run(["nop", *files[at:at + 100]], capture_output=True, check=False)
        if done.returncode or done.stderr:
            failures.append(f"FAIL nop: {excerpt(done.stderr)}")
    return len(files) - len(failures), failures


def main() -> int:
    parser = argparse.ArgumentParser(description="Runs the program over hostile files.")
    parser.add_argument("directory", type=Path)
    parser.add_argument("--only", default="", help="regular expression for file names")
    parser.add_argument("--every", action="store_true", help="all questions about all files")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    options = parser.parse_args()

    if not os.access(PROGRAM, os.X_OK):
        raise SystemExit(f"{PROGRAM}: no such program")
    expectations = read_expectations(options.directory)
    wanted = [item for item in expectations if re.search(options.only, item.file)]
    # The slow ones first, so that no processor waits for another at the end.
    wanted.sort(key=lambda item: item.file[:5] != "many/")
    passed, failed, seconds = 0, 0, 0.0

    def count(result: tuple[int, list[str]]) -> None:
        nonlocal passed, failed
        passed += result[0]
        failed += len(result[1])
        for line in result[1]:
            print(line[:1000], flush=True)

    missing = unmatched([item.file for item in expectations])
    count((0, [f"FAIL no file for {line}" for line in missing]))
    with tempfile.TemporaryDirectory(prefix="onnxray-bad-") as name:
        scratch = Path(name)
        (scratch / "dot").mkdir()
        with multiprocessing.Pool(options.jobs, start,
                                  (options.directory, options.every, scratch)) as pool:
            for result in pool.imap_unordered(judge, wanted):
                count(result[:2])
                seconds += result[2]
        if shutil.which("nop"):
            count(graphviz(scratch / "dot"))
    print(f"the program took {seconds:.0f} s of processor time")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
