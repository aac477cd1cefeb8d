#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Asks for the shapes of nodes that make no sense: every operator, with absurd attributes.

    B=build python3 tests/bad/odd_nodes.py [--models N] [--seed S] [--keep DIRECTORY]

Each model holds some sixty nodes. Operators, arities and attribute names come from the operator
table (the tool dump_ops); attributes, dims and contents of constants are drawn from numbers that
break arithmetic: 0, -1, the ends of int64, sizes whose product does not fit, NaN, lists of wrong
length, equations of nonsense. Inputs are whatever is there: graph inputs with symbols, constants,
outputs of nodes before.

The program must answer: exit code 0 or 1, no signal, within ten seconds and 300 MB, strict JSON.
Standard library only. Environment: B, ONNXRAY. The last line is "N passed, N failed".
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import struct
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from make_bad import INT64, message, number, tag, tensor, varint

ROOT = Path(__file__).resolve().parents[2]
BUILD = Path(os.environ.get("B") or ROOT / "build")
PROGRAM = os.environ.get("ONNXRAY") or str(BUILD / "onnxray")
SANITIZED = os.environ.get("ORAY_SANITIZED", "0") not in ("", "0")
SECONDS = 100 if SANITIZED else 10
MEBIBYTES = 300

ENVIRONMENT = {**os.environ, "ASAN_OPTIONS": "exitcode=99", "UBSAN_OPTIONS": "exitcode=99"}

FLOAT, INT32, BOOL = 1, 6, 9
MOST, LEAST = (1 << 63) - 1, -(1 << 63)
INTS = [0, 0, 1, 1, 1, 2, 2, 3, 4, 5, 7, 8, 16, 31, 64, -1, -1, -2, -3, 100, 4096, 65536, 1 << 20,
        (1 << 31) - 1, 1 << 31, -(1 << 31), 1 << 32, 10**9, 10**18, 1 << 61, 1 << 62, MOST, LEAST,
        LEAST + 1, 3037000500]
FLOATS = [0.0, -0.0, 1.0, 0.5, 2.0, -1.0, 1e-30, 1e30, float("nan"), float("inf"), float("-inf"),
          0.1, 3.4e38, 1e9]
WORDS = [b"", b"NOTSET", b"SAME_UPPER", b"SAME_LOWER", b"VALID", b"linear", b"nearest", b"constant",
         b"ij,jk->ik", b"...ij,...jk->...ik", b"->", b",,,", b"a" * 3000, b"ii->i", b"i,j->k",
         b"bidirectional", b"reverse", b"none", b"mean", b"sum", b"INT64", b"FLOAT", b"NHWC",
         b"NCHW", b"\xff\x00"]
DIMS = [0, 1, 1, 2, 3, 4, 5, 8, 16, 224, 4096, -1, MOST, LEAST, 1 << 32, 1 << 62, 3037000501]
TYPES = {"float": 1, "int": 2, "string": 3, "tensor": 4, "floats": 6, "ints": 7, "strings": 8}


def packed(field: int, values: list[int]) -> bytes:
    return message(field, b"".join(varint(v) for v in values))


class Maker:
    """Draws one model."""

    def __init__(self, rows: list[list[str]], seed: int) -> None:
        self.rows = rows
        self.random = random.Random(seed)
        self.names: list[bytes] = []
        self.parts: list[bytes] = []

    def dims(self, most: int = 6) -> list[int]:
        length = self.random.choice([0, 1, 2, 3, 4, 4, 5, most])
        if self.random.random() < 0.01:
            length = 200
        if self.random.random() < 0.6:
            return [self.random.choice([1, 2, 3, 4, 8]) for _ in range(length)]
        return [self.random.choice(DIMS) for _ in range(length)]

    def constant(self, name: bytes) -> bytes:
        """Numbers that steer: a vector, a scalar, a matrix; sometimes of floats or bools."""
        kind = self.random.choice([INT64, INT64, INT64, INT32, FLOAT, BOOL])
        length = self.random.choice([0, 1, 1, 2, 3, 4, 4, 8, 30])
        dims = self.random.choice([[length], [length], [] if length == 1 else [length],
                                   [1, length]])
        if kind == FLOAT:
            raw = struct.pack(f"<{length}f", *(self.random.choice(FLOATS) for _ in range(length)))
        elif kind == BOOL:
            raw = bytes(self.random.choice([0, 1]) for _ in range(length))
        elif kind == INT32:
            raw = struct.pack(f"<{length}i", *(max(-(1 << 31), min((1 << 31) - 1, self.integer()))
                                               for _ in range(length)))
        else:
            raw = struct.pack(f"<{length}q", *(self.integer() for _ in range(length)))
        return tensor(name, dims, message(9, raw), data_type=kind)

    def integer(self) -> int:
        return self.random.choice(INTS)

    def attribute(self, name: str, kind: int) -> bytes:
        if self.random.random() < 0.03:
            kind = self.random.choice([1, 2, 3, 6, 7, 8])
        length = self.random.choice([0, 1, 2, 2, 3, 4, 4, 6, 8])
        if self.random.random() < 0.01:
            length = 20000
        body = {
            1: lambda: tag(2, 5) + struct.pack("<f", self.random.choice(FLOATS)),
            2: lambda: number(3, self.integer()),
            3: lambda: message(4, self.random.choice(WORDS)),
            4: lambda: message(5, self.constant(b"")),
            6: lambda: message(7, struct.pack(f"<{length}f", *(self.random.choice(FLOATS)
                                                               for _ in range(length)))),
            7: lambda: packed(8, [self.integer() for _ in range(length)]),
            8: lambda: b"".join(message(9, self.random.choice(WORDS)) for _ in range(min(length, 9))),
        }.get(kind)
        return message(5, message(1, name.encode()), body(), number(20, kind)) if body else b""

    def arity(self, least: str, most: str) -> int:
        low, high = int(least), int(most) if most != "*" else int(least) + 4
        count = self.random.randint(low, max(low, high))
        return max(0, count + self.random.choice([0] * 20 + [-1, 1]))

    def node(self, index: int) -> bytes:
        row = self.random.choice(self.rows)
        domain, op, formals = row[0], row[1], row[12] if len(row) > 12 else ""
        inputs = []
        for _ in range(self.arity(row[6], row[7])):
            drawn = self.random.random()
            if drawn < 0.06:
                inputs.append(b"")
            elif drawn < 0.45:
                inputs.append(b"c%d" % len(self.parts))
                self.parts.append(message(5, self.constant(inputs[-1])))
            else:
                inputs.append(self.random.choice(self.names[-12:] if drawn < 0.8 else self.names))
        outputs = [b"v%d_%d" % (index, k) for k in range(self.arity(row[8], row[9]))]
        attributes = []
        for formal in formals.split("|"):
            fields = formal.split(",")
            if len(fields) >= 2 and fields[1].isdigit() and self.random.random() < 0.7:
                attributes.append(self.attribute(fields[0], int(fields[1])))
        self.names += outputs
        return message(1, *(message(1, i) for i in inputs), *(message(2, o) for o in outputs),
                       message(3, b"n%d" % index), message(4, op.encode()), *attributes,
                       message(7, b"" if domain == "ai.onnx" else domain.encode()))

    def input(self, name: bytes) -> bytes:
        dims = b""
        for dim in self.dims():
            drawn = self.random.random()
            dims += message(1, message(2, self.random.choice([b"n", b"m", b"n + 1", b"2*n", b"?"]))
                            if drawn < 0.3 else b"" if drawn < 0.35 else number(1, dim))
        kind = self.random.choice([FLOAT, FLOAT, FLOAT, INT64, BOOL, 2, 3, 10, 8])
        return message(11, message(1, name), message(2, message(1, number(1, kind),
                                                                message(2, dims))))

    def model(self) -> bytes:
        for k in range(8):
            self.names.append(b"x%d" % k)
            self.parts.append(self.input(self.names[-1]))
        nodes = [self.node(index) for index in range(60)]
        version = self.random.choice([1, 5, 6, 7, 9, 10, 11, 12, 13, 15, 17, 18, 20, 21, 24, 28])
        opsets = b"".join(message(8, message(1, domain), number(2, v)) for domain, v in (
            (b"", version), (b"com.microsoft", 1), (b"ai.onnx.ml", self.random.randint(1, 5))))
        last = message(12, message(1, self.names[-1]))
        return number(1, 8) + opsets + message(7, *nodes, message(2, b"g"), *self.parts, last)


def limits() -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if not SANITIZED:
        resource.setrlimit(resource.RLIMIT_AS, (MEBIBYTES << 20, MEBIBYTES << 20))


def trouble(path: Path, command: list[str]) -> str:
    """What is wrong with an answer; nothing when it is right."""
    try:
        done = subprocess.run([PROGRAM, *command, str(path)], capture_output=True, check=False,
                              timeout=SECONDS, preexec_fn=limits, env=ENVIRONMENT)
    except subprocess.TimeoutExpired:
        return f"no answer in {SECONDS} s"
    if done.returncode not in (0, 1):
        return f"exit {done.returncode}: {done.stderr[-300:].decode(errors='replace')}"
    if "json" in command:
        try:
            json.loads(done.stdout, parse_constant=lambda word: 1 / 0)
        except (ValueError, ZeroDivisionError) as why:
            return f"JSON: {why}"
    return ""


COMMANDS = (["summary", "-v"], ["layers", "--all", "-f", "json"], ["layers", "--tree"],
            ["summary", "-f", "json", "--dim", "n=3"])


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--models", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path)
    asked = parser.parse_args()
    dump = subprocess.run([str(BUILD / "tools" / "dump_ops")], capture_output=True, text=True,
                          check=True).stdout
    rows = [line.split("\t") for line in dump.splitlines()]
    passed = failed = 0
    with tempfile.TemporaryDirectory() as scratch:
        place = asked.keep or Path(scratch)
        place.mkdir(parents=True, exist_ok=True)

        def attempt(seed: int) -> list[str]:
            path = place / f"odd_{seed}.onnx"
            path.write_bytes(Maker(rows, seed).model())
            said = []
            for command in COMMANDS:
                wrong = trouble(path, command)
                if wrong and "--dim" in command and "no dimension" in wrong:
                    wrong = ""
                said.append(f"{path.name} {' '.join(command)}: {wrong}" if wrong else "")
            if not any(said) and not asked.keep:
                path.unlink()
            return said

        with ThreadPoolExecutor(2) as pool:
            for said in pool.map(attempt, range(asked.seed, asked.seed + asked.models)):
                for line in said:
                    passed += not line
                    failed += bool(line)
                    if line:
                        print("FAILED", line)
    print(f"{passed} passed, {failed} failed")
    return failed != 0


if __name__ == "__main__":
    sys.exit(main())
