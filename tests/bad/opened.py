#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What is opened: models whose data is anywhere but beside them, under the eye of strace.

    B=build python3 tests/bad/opened.py

Each file of make_bad.py with external data is asked for its values in every way there is. Opened
may be the model, regular files of its folder that are no links, and what the system's libraries
bring along. Nothing else is even tried by its name.

Environment: see spawn.py. The last line is "N passed, N failed[, N skipped]".
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from make_bad import Place, external_data, plain
from spawn import PROGRAM, SANITIZED
from strange import strange

COMMANDS = (["summary", "-v"], ["params", "--stats"], ["show", "w"], ["quant", "-f", "json"],
            ["diff", "sound"], ["graph", "-f", "html", "--all"], ["layers", "--all"], ["check"])
CALL = re.compile(r'(?:open|openat|openat2|creat|execve|connect|rename|unlink)\('
                  r'(?:(?:AT_FDCWD|\d+)<([^>]*)>, )?(?:"((?:[^"\\]|\\.)*)")?.*?'
                  r'= (-?\d+)(?:<((?:[^>\\]|\\.)*)>)?')
SYSTEM = re.compile(r"/(lib|lib64|usr|proc/self|proc/sys|sys|opt|etc/ld\.so)\b|/dev/null$|/$")
FORBIDDEN = re.compile(r"secret\.bin|passwd|/dev/zero|_ORT_MEM|\.\.|/proc/self/mem|fifo")


def trouble(at: Place, trace: Path, model: Path, sound: Path) -> str:
    folder = str(model.parent)
    fine = {str(model), str(sound), folder, str(sound.parent), PROGRAM}
    for line in trace.read_text("utf-8", "backslashreplace").splitlines():
        call = CALL.search(line)
        if not call:
            continue
        _, asked, result, real = call.groups()
        # The last part alone: links are found out by trying not to follow them.
        tried = FORBIDDEN.search(asked or "") and not re.fullmatch(r"fifo(_sub)?\.data", asked)
        if tried and asked != str(model):
            return f"tried: {line}"
        if int(result) < 0 or not real or real in fine or SYSTEM.match(real):
            continue
        path = Path(real)
        if path.parent != model.parent or not path.is_file() or path.is_symlink():
            if not re.fullmatch(r"fifo(_sub)?\.data|sub", path.name):  # opened, looked at, refused
                return f"opened: {line}"
    return ""


def main() -> int:
    if not os.access(PROGRAM, os.X_OK):
        raise SystemExit(f"{PROGRAM}: no such program")
    if SANITIZED or not shutil.which("strace") or subprocess.run(
            ["strace", "-qq", "-e", "trace=none", "true"], capture_output=True,
            check=False).returncode:
        print("notice: no strace here\n0 passed, 0 failed, 1 skipped")
        return 0
    passed = failed = 0
    with tempfile.TemporaryDirectory(prefix="onnxray-opened-") as name:
        at = Place(Path(name).resolve())
        external_data(at)
        strange(at)
        sound = at.root / "sound.onnx"
        sound.write_bytes(plain())
        models = [at.root / e.file for e in at.expectations
                  if e.file[:4] == "ext/" and not re.search("offset_|length_", e.file)]

        def ask(job: tuple[int, Path]) -> list[str]:
            said = []
            for k, words in enumerate(COMMANDS):
                trace = at.root / f"trace_{job[0]}_{k}"
                more = [str(sound) if w == "sound" else w for w in words[1:]]
                more = [str(job[1]), *more] if words[0] == "show" else [*more, str(job[1])]
                done = subprocess.run(
                    ["strace", "-f", "-y", "-qq", "-s", "4096", "-e",
                     "trace=open,openat,openat2,creat,execve,connect,rename,unlink", "-o", str(trace),
                     PROGRAM, words[0], *more], capture_output=True, check=False, timeout=120,
                    env={**os.environ, "LC_ALL": "C.UTF-8"})
                wrong = trouble(at, trace, job[1], sound)
                if not wrong and done.returncode not in (0, 1, 3):
                    wrong = f"exit {done.returncode}"
                said.append(f"FAIL {job[1].name}, {' '.join(words)}: {wrong}" if wrong else "")
                trace.unlink()
            return said

        with ThreadPoolExecutor(os.cpu_count()) as pool:
            for said in pool.map(ask, enumerate(models)):
                passed += said.count("")
                failed += sum(map(bool, said))
                print("".join(line[:600] + "\n" for line in said if line), end="")
    print(f"{passed} passed, {failed} failed")
    return failed != 0


if __name__ == "__main__":
    sys.exit(main())
