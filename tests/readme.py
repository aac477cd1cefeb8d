# SPDX-License-Identifier: Apache-2.0
"""Keeps the outputs in README.md true.

A line `<!-- $ onnxray ... -->` followed by a fenced block: the block is what the command prints,
run in the folder of the compiled samples. `readme.py update` writes the blocks, `readme.py check`
compares them. The program is $ONNXRAY, the samples are in $ORAY_SAMPLES.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

README = Path(__file__).parent.parent / "README.md"
BLOCK = re.compile(r"(<!-- \$ (?P<command>[^\n]*) -->\n```[a-z]*\n)(?P<shown>.*?)(^```$)", re.M | re.S)


def run(command: str) -> str:
    environment = dict(os.environ, LC_ALL="C.UTF-8", COLUMNS="80", NO_COLOR="1")
    environment["PATH"] = f"{Path(os.environ['ONNXRAY']).parent}:{environment['PATH']}"
    done = subprocess.run(["sh", "-c", command], cwd=os.environ["ORAY_SAMPLES"], env=environment,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    return f"$ {command}\n{done.stdout}"


def main() -> int:
    text = README.read_text(encoding="utf-8")
    passed = failed = 0
    for block in BLOCK.finditer(text):
        if block["shown"] == run(block["command"]):
            passed += 1
        else:
            failed += 1
            print(f"README shows something else for: {block['command']}")
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
