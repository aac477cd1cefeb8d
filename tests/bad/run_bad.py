#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs the program over everything make_bad.py wrote, and compares with its EXPECT.tsv.

    python3 tests/bad/run_bad.py DIRECTORY [--only REGEX] [--also COMMAND]... [--jobs N]

For each file: `summary` as JSON, as text, and (small files) from a pipe; `show` where a tensor is
named. Watched are the exit code, signals, time, memory, what stderr says, that JSON is strictly
valid, and that no byte of a model can command a terminal. --also names further commands that must
survive each file (such as layers or check), whatever they find.

Environment: ONNXRAY, the program (default build/onnxray); ORAY_SANITIZED=1, memory is not watched
and more time allowed. The last line is `N passed, N failed`; exit status 1 if any failed.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import resource
import signal
import stat
import subprocess
import sys
import tempfile
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields
from pathlib import Path

from make_bad import Expectation

SANITIZED = os.environ.get("ORAY_SANITIZED", "0") not in ("", "0")
SECONDS = 200 if SANITIZED else 20
MEBIBYTE = 1 << 20
PIPE_ROOM = 60_000  # fits into a pipe without a reader

# What must not reach a terminal: controls, line and paragraph separators, text direction, and the
# invisible. A line end is the only exception.
UNSAFE = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e"
                    "\u2066-\u2069\ufeff\U000e0000-\U000e007f]")


# ---- Running -----------------------------------------------------------------------------------

@dataclass
class Outcome:
    status: int         # exit code, or minus the signal
    kibibytes: int      # most memory it had
    stdout: bytes
    stderr: bytes
    late: bool


def spawner() -> None:
    """The loop of a small process that does nothing but start others.

    A child inherits the peak memory of whoever started it, as far as its own measurement goes. The
    runner may grow by reading long outputs; this process does not.
    """
    class Late(Exception):
        pass

    def ring(_number: int, _frame: object) -> None:
        raise Late

    signal.signal(signal.SIGALRM, ring)
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    if not SANITIZED:
        resource.setrlimit(resource.RLIMIT_AS, (4096 * MEBIBYTE, 4096 * MEBIBYTE))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    for line in sys.stdin:
        request = json.loads(line)
        argv = [os.fsencode(item) for item in request["argv"]]
        with open(request["stdout"], "wb") as out, open(request["stderr"], "wb") as err:
            piped = request["piped"]
            child = subprocess.Popen(argv, stdout=out, stderr=err, start_new_session=True,
                                     stdin=subprocess.PIPE if piped else subprocess.DEVNULL)
            if piped:
                try:
                    os.write(child.stdin.fileno(), Path(piped).read_bytes())
                except BrokenPipeError:
                    pass
                child.stdin.close()
            late = False
            signal.alarm(SECONDS)
            try:
                _, status, usage = os.wait4(child.pid, 0)
            except Late:
                late = True
                os.killpg(child.pid, signal.SIGKILL)
                _, status, usage = os.wait4(child.pid, 0)
            signal.alarm(0)
            child.returncode = os.waitstatus_to_exitcode(status)
        print(json.dumps([child.returncode, usage.ru_maxrss, late]), flush=True)


class Runner:
    """One spawner for each thread, and a place for outputs."""

    def __init__(self, program: str, scratch: Path) -> None:
        self.program = program
        self.scratch = scratch
        self.local = threading.local()
        self.spawners: list[subprocess.Popen[str]] = []

    def run(self, arguments: list[str], piped: str = "") -> Outcome:
        if not hasattr(self.local, "process"):
            self.local.process = subprocess.Popen(
                [sys.executable, __file__, "--spawner"], stdin=subprocess.PIPE,
                stdout=subprocess.PIPE, text=True)
            self.spawners.append(self.local.process)
        process = self.local.process
        out, err = (self.scratch / f"{threading.get_ident()}.{name}" for name in ("out", "err"))
        print(json.dumps({"argv": [self.program, *arguments], "piped": piped,
                          "stdout": str(out), "stderr": str(err)}), file=process.stdin, flush=True)
        status, kibibytes, late = json.loads(process.stdout.readline())
        return Outcome(status, kibibytes, out.read_bytes(), err.read_bytes(), late)

    def close(self) -> None:
        for process in self.spawners:
            process.stdin.close()
            process.wait()


# ---- Judging -----------------------------------------------------------------------------------

class Tally:
    def __init__(self) -> None:
        self.passed = 0
        self.failed = 0
        self.lock = threading.Lock()

    def check(self, what: str, sound: bool, detail: str = "") -> bool:
        with self.lock:
            if sound:
                self.passed += 1
            else:
                self.failed += 1
                print(f"FAIL {what!a}{': ' if detail else ''}{detail}", flush=True)
        return sound


def excerpt(data: bytes) -> str:
    return ascii(data[:300].decode("utf-8", "backslashreplace"))


def strict_json(data: bytes) -> object:
    """One document, no NaN, no raw control characters, no key twice; ValueError otherwise."""
    def constant(word: str) -> None:
        raise ValueError(f"{word} is not JSON")

    def unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
        result = dict(pairs)
        if len(result) != len(pairs):
            raise ValueError("a key occurs twice")
        return result

    return json.loads(data.decode("utf-8"), parse_constant=constant, object_pairs_hook=unique)


def unsafe_text(data: bytes) -> str:
    """Says what is wrong with text meant for a terminal, or nothing."""
    try:
        found = UNSAFE.search(data.decode("utf-8"))
    except UnicodeDecodeError as error:
        return f"not UTF-8: {error}"
    return f"U+{ord(found[0]):04X} in {excerpt(data[max(0, found.start() - 40):])}" if found else ""


class Judge:
    def __init__(self, runner: Runner, root: Path, also: list[str], tally: Tally) -> None:
        self.runner = runner
        self.root = root
        self.also = also
        self.tally = tally

    def survived(self, what: str, outcome: Outcome, file_bytes: int) -> bool:
        """No signal, in time, within memory, no commands to the terminal on stderr."""
        check = self.tally.check
        if not check(f"{what}: in time", not outcome.late, f"more than {SECONDS} s"):
            return False
        if not check(f"{what}: no crash", outcome.status >= 0 and outcome.status < 126,
                     f"status {outcome.status}, {excerpt(outcome.stderr[-2000:])}"):
            return False
        if not SANITIZED:
            limit = 30 * file_bytes + 64 * MEBIBYTE
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
        for command in self.also:
            what = f"{name}, {command}"
            outcome = self.runner.run([command, "-f", "json", path])
            if self.survived(what, outcome, size):
                check(f"{what}: exit code", outcome.status in (0, 1, 3), str(outcome.status))
                self.json_form(what, outcome, expected)

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


def main() -> int:
    if sys.argv[1:] == ["--spawner"]:
        spawner()
        return 0
    parser = argparse.ArgumentParser(description="Runs the program over hostile files.")
    parser.add_argument("directory", type=Path)
    parser.add_argument("--only", default="", help="regular expression for file names")
    parser.add_argument("--also", action="append", default=[], help="another command to survive")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    options = parser.parse_args()

    program = os.path.abspath(os.environ.get("ONNXRAY", "build/onnxray"))
    if not os.access(program, os.X_OK):
        raise SystemExit(f"{program}: no such program")
    tally = Tally()
    with tempfile.TemporaryDirectory() as scratch:
        runner = Runner(program, Path(scratch))
        judge = Judge(runner, options.directory, options.also, tally)
        with ThreadPoolExecutor(options.jobs) as pool:
            wanted = [item for item in read_expectations(options.directory)
                      if re.search(options.only, item.file)]
            for done in [pool.submit(judge.file, item) for item in wanted]:
                done.result()
        runner.close()
    print(f"{tally.passed} passed, {tally.failed} failed")
    return 1 if tally.failed else 0


if __name__ == "__main__":
    sys.exit(main())
