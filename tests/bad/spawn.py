# SPDX-License-Identifier: Apache-2.0
"""Runs the program with limits and measures it; shared by the runners of hostile files.

A child inherits the peak memory of whoever started it, as far as its own measurement goes. So a
small process that does nothing else starts the program: `python3 spawn.py` reads requests, a line
of JSON each, and answers with a line each.

Environment: ONNXRAY, the program (default build/onnxray); ORAY_SANITIZED=1 lifts the limits on
memory and allows more time.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

PROGRAM = os.path.abspath(os.environ.get("ONNXRAY", "build/onnxray"))
SANITIZED = os.environ.get("ORAY_SANITIZED", "0") not in ("", "0")
SECONDS = 100 if SANITIZED else 10  # of processor time; others may use the machine too
PATIENCE = 12 * SECONDS           # of waiting
MEBIBYTE = 1 << 20
MOST_MEBIBYTES = 300


@dataclass
class Outcome:
    status: int         # exit code, or minus the signal
    kibibytes: int      # most memory it had
    stdout: bytes
    stderr: bytes
    late: bool
    seconds: float = 0  # of processor time, its children's included


class Late(Exception):
    pass


def ring(_number: int, _frame: object) -> None:
    raise Late


def serve() -> None:
    signal.signal(signal.SIGALRM, ring)
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    if not SANITIZED:
        resource.setrlimit(resource.RLIMIT_AS, (4096 * MEBIBYTE, 4096 * MEBIBYTE))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # Lists of fonts are kept for ever, by libraries that draw.
    quiet = "suppressions=" + os.path.join(os.path.dirname(os.path.abspath(__file__)), "leaks.txt")
    environment = {**os.environ, "ASAN_OPTIONS": "exitcode=99:allocator_may_return_null=1",
                   "UBSAN_OPTIONS": "exitcode=99",
                   "LSAN_OPTIONS": f"{quiet}:print_suppressions=0"}
    for line in sys.stdin:
        request = json.loads(line)
        argv = [os.fsencode(item) for item in request["argv"]]
        with open(request["stdout"], "wb") as out, open(request["stderr"], "wb") as err:
            piped = request["piped"]
            child = subprocess.Popen(argv, stdout=out, stderr=err, start_new_session=True,
                                     stdin=subprocess.PIPE if piped else subprocess.DEVNULL,
                                     env=environment)
            if piped:
                try:
                    os.write(child.stdin.fileno(), Path(piped).read_bytes())
                except BrokenPipeError:
                    pass
                child.stdin.close()
            late = False
            signal.alarm(request["seconds"])
            try:
                _, status, usage = os.wait4(child.pid, 0)
            except Late:
                late = True
                os.killpg(child.pid, signal.SIGKILL)
                _, status, usage = os.wait4(child.pid, 0)
            signal.alarm(0)
            child.returncode = os.waitstatus_to_exitcode(status)
        print(json.dumps([child.returncode, usage.ru_maxrss, late,
                          usage.ru_utime + usage.ru_stime]), flush=True)


class Runner:
    """One small process that starts others. Outputs are kept in a folder of its own in `scratch`."""

    def __init__(self, scratch: Path) -> None:
        self.scratch = Path(tempfile.mkdtemp(dir=scratch))
        self.seconds = 0.0
        self.process = subprocess.Popen([sys.executable, __file__], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True)

    def run(self, arguments: list[str], piped: str = "", seconds: int = PATIENCE,
            before: tuple[str, ...] = ()) -> Outcome:
        """`before`: a program that starts ours, such as strace."""
        out, err = (self.scratch / name for name in ("out", "err"))
        print(json.dumps({"argv": [*before, PROGRAM, *arguments], "piped": piped,
                          "seconds": seconds, "stdout": str(out), "stderr": str(err)}),
              file=self.process.stdin, flush=True)
        status, kibibytes, late, used = json.loads(self.process.stdout.readline())
        self.seconds += used
        late = late or used > SECONDS
        return Outcome(status, kibibytes, out.read_bytes(), err.read_bytes(), late, used)

    def close(self) -> None:
        self.process.stdin.close()
        self.process.wait()


if __name__ == "__main__":
    try:
        serve()
    except BrokenPipeError:
        pass
