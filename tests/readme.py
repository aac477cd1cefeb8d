# SPDX-License-Identifier: Apache-2.0
"""Keeps the outputs in README.md true.

A line `<!-- $ onnxray ... -->` followed by a fenced block: the block is what the command prints,
run in the folder of the compiled samples. Followed by a picture, it is what the command writes: a
picture has the same bytes on every machine. `readme.py update` writes the blocks and pictures,
`readme.py check` compares them. The program is $ONNXRAY, the samples are in $ORAY_SAMPLES.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

README = Path(__file__).parent.parent / "README.md"
BLOCK = re.compile(r"(<!-- \$ (?P<command>[^\n]*) -->\n```[a-z]*\n)(?P<shown>.*?)(^```$)", re.M | re.S)
PICTURE = re.compile(r"<!-- \$ (?P<command>[^\n]*) -->\n!\[[^\]]*\]\((?P<file>[^)]*)\)")


def run(command: str) -> str:
    return f"$ {command}\n{output(command).decode()}"


def output(command: str) -> bytes:
    environment = dict(os.environ, LC_ALL="C.UTF-8", COLUMNS="80", NO_COLOR="1")
    environment["PATH"] = f"{Path(os.environ['ONNXRAY']).parent}:{environment['PATH']}"
    done = subprocess.run(["sh", "-c", command], cwd=os.environ["ORAY_SAMPLES"], env=environment,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    return done.stdout


def main() -> int:
    text = README.read_text(encoding="utf-8")
    passed = failed = 0
    for block in BLOCK.finditer(text):
        if block["shown"] == run(block["command"]):
            passed += 1
        else:
            failed += 1
            print(f"README shows something else for: {block['command']}")
    for picture in PICTURE.finditer(text):
        file, made = README.parent / picture["file"], output(picture["command"])
        if sys.argv[1:] == ["update"]:
            file.write_bytes(made)
        elif file.is_file() and file.read_bytes() == made:
            passed += 1
        else:
            failed += 1
            print(f"README shows another picture for: {picture['command']}")
    if sys.argv[1:] == ["update"]:
        README.write_text(BLOCK.sub(lambda b: b[1] + run(b["command"]) + b[4], text), encoding="utf-8")
        return 0
    if passed + failed == 0:
        print("README shows no output at all")
        failed = 1
    print(f"{passed} passed, {failed} failed")
    return failed != 0


if __name__ == "__main__":
    sys.exit(main())
