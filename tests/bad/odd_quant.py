#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Asks about models whose quantization makes no sense: quant, diff, statistics, show.

    B=build python3 tests/bad/odd_quant.py [--models N] [--seed S] [--keep DIRECTORY]

Each model holds a few quantized operators, each drawn as a quantizer might have written it and then
spoilt: scales of 0, NaN, infinity or below zero, of a wrong type, length or rank, or computed; zero
points of another type or out of range; axes out of range; block sizes, K, N, bits of nonsense;
weights whose data is too short, too long, missing, in a file that is not there or ends early;
dims that are negative or too large; scales that are the weight itself; loops of names. Every model
is compared with itself, with a sound float model of the same names, and with the model before.

The program must answer: exit code 0, 1 or 3, no signal, within ten seconds and 300 MB, strict
JSON. Standard library only. Environment: B, ONNXRAY. The last line is "N passed, N failed".
"""

from __future__ import annotations

import argparse
import json
import random
import struct
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from make_bad import INT64, message, number, tag, tensor
from odd_nodes import ENVIRONMENT, PROGRAM, SECONDS, limits

FLOAT, UINT8, INT8, UINT16, INT16, INT32, FLOAT16, DOUBLE, BFLOAT16 = 1, 2, 3, 4, 5, 6, 10, 11, 16
FLOAT8, UINT4, INT4, FLOAT4, FLOAT8E8M0, UINT2, INT2 = 17, 21, 22, 23, 24, 25, 26
BITS = {FLOAT: 32, UINT8: 8, INT8: 8, UINT16: 16, INT16: 16, INT32: 32, INT64: 64, FLOAT16: 16,
        DOUBLE: 64, BFLOAT16: 16, FLOAT8: 8, 18: 8, 19: 8, 20: 8, UINT4: 4, INT4: 4, FLOAT4: 4,
        FLOAT8E8M0: 8, UINT2: 2, INT2: 2, 9: 8, 8: 0, 12: 32, 13: 64, 14: 64, 15: 128, 27: 6, 99: 8}
STORED = [INT8, INT8, UINT8, UINT8, INT16, UINT16, INT32, INT4, UINT4, INT2, UINT2, FLOAT8, FLOAT4,
          18, 19, 20, FLOAT, FLOAT16, INT64, 8, 14, 27, 99]
SCALES = [0.01, 0.02, 1.0, 0.0, -0.0, -1.0, 1e-45, 1e-30, 3e38, float("nan"), float("inf"),
          float("-inf")]
MOST, LEAST = (1 << 63) - 1, -(1 << 63)
INTS = [0, 1, 2, 3, 4, 8, 16, 32, 128, -1, -2, -3, 7, 15, 17, 100, 1000, 1 << 20, 1 << 31, 1 << 32,
        (1 << 31) - 1, 1 << 62, MOST, LEAST, LEAST + 1]
DIMS = [0, 1, 2, 3, 5, 8, 16, -1, 1 << 16, 1 << 31, 1 << 32, 1 << 62, MOST, LEAST]
MICROSOFT, QONNX = b"com.microsoft", b"qonnx.custom_op.general"

# Operators that take a weight: domain, where it is, where scale and zero point are, how many
# inputs, attributes.
OPERATORS: list[tuple[bytes, bytes, int, int, int, int, tuple[str, ...]]] = [
    (b"", b"DequantizeLinear", 0, 1, 2, 3, ("axis", "block_size", "output_dtype")),
    (b"", b"DequantizeLinear", 0, 1, 2, 3, ("axis", "block_size")),
    (b"", b"QuantizeLinear", 0, 1, 2, 3, ("axis", "block_size", "output_dtype", "saturate")),
    (b"", b"QLinearConv", 3, 4, 5, 9, ("group",)),
    (b"", b"QLinearMatMul", 3, 4, 5, 8, ()),
    (b"", b"ConvInteger", 1, -1, 3, 4, ("group",)),
    (b"", b"MatMulInteger", 1, -1, 3, 4, ()),
    (MICROSOFT, b"DequantizeLinear", 0, 1, 2, 3, ("axis",)),
    (MICROSOFT, b"QGemm", 3, 4, 5, 9, ("transA", "transB")),
    (MICROSOFT, b"MatMulNBits", 1, 2, 3, 6, ("K", "N", "bits", "block_size", "accuracy_level")),
    (MICROSOFT, b"MatMulNBits", 1, 2, 3, 4, ("K", "N", "bits", "block_size")),
    (MICROSOFT, b"MatMulBnb4", 1, 2, -1, 3, ("K", "N", "block_size", "quant_type")),
    (MICROSOFT, b"GatherBlockQuantized", 0, 2, 3, 4,
     ("gather_axis", "quantize_axis", "block_size", "bits")),
    (MICROSOFT, b"QMoE", 2, 3, 11, 14, ("expert_weight_bits", "block_size", "k")),
    (MICROSOFT, b"QMoE", 5, 6, 12, 14, ("expert_weight_bits", "fc2_expert_weight_bits")),
    (MICROSOFT, b"QEmbedLayerNormalization", 2, 8, 13, 18, ()),
    (MICROSOFT, b"MatMulIntegerToFloat", 1, 3, 5, 7, ()),
    (MICROSOFT, b"DynamicQuantizeMatMul", 1, 2, 3, 5, ()),
    (MICROSOFT, b"DynamicQuantizeLSTM", 1, 8, 9, 12, ("hidden_size",)),
    (MICROSOFT, b"QAttention", 1, 4, 7, 8, ("num_heads",)),
    (MICROSOFT, b"QLinearConcat", 2, 3, 4, 8, ("axis",)),
    (MICROSOFT, b"QLinearAdd", 3, 4, 5, 8, ()),
    (QONNX, b"Quant", 0, 1, 2, 4, ("signed", "narrow")),
    (QONNX, b"IntQuant", 0, 1, 2, 4, ("signed", "narrow")),
    (QONNX, b"BipolarQuant", 0, 1, -1, 2, ()),
    (QONNX, b"Trunc", 0, 1, 2, 5, ()),
    (QONNX, b"FloatQuant", 0, 1, 2, 7, ()),
    (b"com.amd.quark", b"ExtendedDequantizeLinear", 0, 1, 2, 3, ("axis",)),
    (b"com.amd.quark", b"BFPQuantizeDequantize", 0, -1, -1, 1, ("axis", "block_size", "bit_width")),
    (b"trt", b"TRT_FP4DynamicQuantize", 0, 1, -1, 2, ("axis", "block_size", "scale_type")),
]


def bytes_of(kind: int, dims: list[int], drawn: random.Random) -> bytes:
    """As much data as the dims ask for, within reason."""
    count = 1
    for d in dims:
        count *= d
    if not 0 <= count <= 1 << 16:
        count = drawn.randint(0, 64)
    return drawn.randbytes((count * BITS.get(kind, 8) + 7) // 8)


class Maker:
    """Draws one model. `spoil` is how likely each single thing is wrong."""

    def __init__(self, seed: int, spoil: float) -> None:
        self.random = random.Random(seed)
        self.spoil = spoil
        self.nodes: list[bytes] = []
        self.stored: list[bytes] = []
        self.last = b"x"
        self.names: list[bytes] = [b"x"]

    def wrong(self) -> bool:
        return self.random.random() < self.spoil

    def keep(self, name: bytes, kind: int, dims: list[int], raw: bytes) -> bytes:
        if self.wrong():
            kind = self.random.choice(STORED)
        if self.wrong():
            dims = [self.random.choice(DIMS) for _ in range(self.random.choice([0, 1, 2, 3, 9]))]
        if self.wrong():
            raw = raw[:self.random.randint(0, len(raw))] + \
                b"\xff" * self.random.choice([0, 0, 1, 9])
        body = message(9, raw)
        drawn = self.random.random()
        if self.wrong():
            body = {0: lambda: b"", 1: lambda: message(5, raw),
                    2: lambda: message(4, raw[:len(raw) // 4 * 4]),
                    3: lambda: message(7, b"\x01\x80\x80\x80\x80\x80\x80\x80\x80\x01\x7f"),
                    4: lambda: message(9, raw) + message(5, raw)}[int(drawn * 5)]()
        elif self.wrong():
            body = self.outside(len(raw))
        self.stored.append(message(5, tensor(name, dims, body, data_type=kind)))
        self.names.append(name)
        return name

    def outside(self, size: int) -> bytes:
        """External data: the file has 256 bytes, and may not be there at all."""
        pairs = {b"location": self.random.choice([b"short.bin", b"short.bin", b"gone.bin", b".",
                                                  b"../../etc/passwd", b"", b"odd.onnx"]),
                 b"offset": self.random.choice([b"0", b"0", b"128", b"255", b"256", b"-1", b"x",
                                                b"18446744073709551615", b"9223372036854775807"]),
                 b"length": self.random.choice([b"%d" % size, b"%d" % (size + 1), b"0", b"256",
                                                b"-5", b"99999999999999999999"])}
        if self.wrong():
            pairs.pop(self.random.choice(list(pairs)))
        return b"".join(message(13, message(1, k), message(2, v)) for k, v in pairs.items()) + \
            number(14, 1)

    def scale(self, name: bytes, count: int) -> bytes:
        kind = FLOAT
        if self.wrong():
            kind = self.random.choice([FLOAT16, DOUBLE, BFLOAT16, FLOAT8E8M0, INT32, INT8])
        if self.wrong():
            count = self.random.choice([0, 1, 2, 3, count + 1, 4 * count])
        values = [self.random.choice(SCALES) if self.wrong() else 0.02 for _ in range(count)]
        raw = struct.pack(f"<{count}f", *values) if kind == FLOAT else \
            self.random.randbytes(count * BITS[kind] // 8)
        dims = [] if count == 1 and self.random.random() < 0.5 else [count]
        return self.keep(name, kind, dims, raw)

    def attribute(self, name: str, right: int) -> bytes:
        value = self.random.choice(INTS) if self.wrong() else right
        if self.wrong():
            return message(5, message(1, name.encode()), tag(2, 5) + struct.pack("<f", 1.5),
                           number(20, 1))
        return message(5, message(1, name.encode()), number(3, value), number(20, 2))

    def operator(self, index: int) -> None:
        domain, op, weight, scale, zero, arity, attributes = self.random.choice(OPERATORS)
        k, n, block, bits = 32, self.random.choice([1, 8, 16]), 16, self.random.choice([2, 4, 4, 8])
        kind = self.random.choice(STORED[:12])
        dims = [n, k, 1, 1] if b"Conv" in op and b"Concat" not in op else [k, n]
        if op == b"MatMulNBits":
            kind, dims = UINT8, [n, k // block, block * bits // 8]
        elif op in (b"QuantizeLinear", b"Quant", b"IntQuant", b"BipolarQuant", b"Trunc",
                    b"FloatQuant", b"BFPQuantizeDequantize"):
            kind = FLOAT
        per = self.random.choice([1, n, n * (k // block)])
        given: list[bytes] = []
        for i in range(arity):
            name = b"t%d_%d" % (index, i)
            if i == weight:
                name = b"w%d%s" % (index, self.random.choice([b"_quantized", b"_Q4", b""]))
                given.append(self.keep(name, kind, dims, bytes_of(kind, dims, self.random)))
            elif i == scale or (scale >= 0 and i in (1, 4, 6) and i != weight and arity > 6):
                given.append(self.scale(name, per if i == scale else 1))
            elif i == zero:
                count = per if not self.wrong() else self.random.choice([0, 1, 3, per + 1])
                given.append(self.keep(name, kind, [count] if count > 1 else [],
                                       bytes_of(kind, [count], self.random)))
            elif domain == QONNX and i:
                given.append(self.scale(name, 1))
            elif i > 1 and arity > 6:
                given.append(self.keep(name, INT8, [], b"\x01"))
            else:
                given.append(self.last)
            if self.wrong():
                given[-1] = self.random.choice([b"", *self.names])
        if self.wrong():
            given = given[:self.random.randint(0, len(given))]
        right = {"axis": self.random.choice([0, 1, -1]), "K": k, "N": n, "bits": bits,
                 "block_size": block if per > n else 0, "group": 1, "signed": 1}
        if op in (b"MatMulNBits", b"MatMulBnb4", b"GatherBlockQuantized"):
            right["block_size"] = block
        out = b"v%d" % index
        if self.wrong():
            out = self.random.choice([given[0] if given else b"", b"x", out])
        self.nodes.append(message(1, *(message(1, g) for g in given), message(2, out),
                                  message(3, b"n%d" % index), message(4, op), message(7, domain),
                                  *(self.attribute(a, right.get(a, 0)) for a in attributes
                                    if not self.wrong())))
        if op in (b"DequantizeLinear", b"QuantizeLinear", b"Quant", b"IntQuant", b"BipolarQuant"):
            reader = self.random.choice([b"Conv", b"MatMul", b"Gemm", b"DequantizeLinear"])
            more = [self.last, out] if reader != b"DequantizeLinear" else [out, given[-1]] \
                if given else [out]
            self.nodes.append(message(1, *(message(1, g) for g in more), message(2, out + b"_r"),
                                      message(3, b"r%d" % index), message(4, reader)))
            out += b"_r"
        self.last = out or b"x"
        self.names.append(self.last)

    def model(self) -> bytes:
        for index in range(self.random.randint(1, 12)):
            self.operator(index)
        if self.wrong():
            self.random.shuffle(self.nodes)
        shape = message(2, message(1, number(1, 4)), message(1, number(1, 32)))
        x = message(11, message(1, b"x"), message(2, message(1, number(1, FLOAT), shape)))
        note = message(14, message(1, self.random.choice(self.names)),
                       message(2, message(1, b"SCALE_TENSOR"),
                               message(2, self.random.choice(self.names)))) if self.wrong() else b""
        version = self.random.choice([10, 13, 17, 19, 21, 23, 25])
        opsets = b"".join(message(8, message(1, d), number(2, v)) for d, v in (
            (b"", version), (MICROSOFT, 1), (QONNX, 1), (b"com.amd.quark", 1)))
        return number(1, 10) + opsets + message(7, *self.nodes, message(2, b"g"), x, *self.stored,
                                                note, message(12, message(1, self.last)))


def plain_model(seed: int) -> bytes:
    """Float weights by the names that quantizers start from."""
    drawn = random.Random(seed)
    parts, last = [], b"x"
    for index in range(12):
        dims = [32, 32]
        raw = struct.pack("<1024f", *(drawn.gauss(0, 1) for _ in range(1024)))
        parts.append(message(5, tensor(b"w%d" % index, dims, message(9, raw), data_type=FLOAT)))
        parts.append(message(1, message(1, last), message(1, b"w%d" % index),
                             message(2, b"v%d_r" % index), message(3, b"r%d" % index),
                             message(4, b"MatMul")))
        last = b"v%d_r" % index
    shape = message(2, message(1, number(1, 4)), message(1, number(1, 32)))
    x = message(11, message(1, b"x"), message(2, message(1, number(1, FLOAT), shape)))
    return number(1, 10) + message(8, number(2, 21)) + message(7, *parts, message(2, b"g"), x,
                                                               message(12, message(1, last)))


def refuse(word: str) -> None:
    raise ValueError(f"{word} is not JSON")


STRICT = json.JSONDecoder(parse_constant=refuse)


def trouble(command: list[str]) -> str:
    """What is wrong with an answer; nothing when it is right."""
    try:
        done = subprocess.run([PROGRAM, *command], capture_output=True, check=False,
                              timeout=SECONDS, preexec_fn=limits, env=ENVIRONMENT)
    except subprocess.TimeoutExpired:
        return f"no answer in {SECONDS} s"
    if done.returncode not in (0, 1, 3):
        return f"exit {done.returncode}: {done.stderr[-300:].decode(errors='replace')}"
    if "json" in command:
        try:
            text = done.stdout.decode().lstrip()
            while text:  # `show` says one object for each thing of a name
                _, end = STRICT.raw_decode(text)
                text = text[end:].lstrip() if command[0] == "show" else text[end:].strip("\n")
                if text and command[0] != "show":
                    return "JSON: more than one document"
        except ValueError as why:
            return f"JSON: {why}"
    elif "\0" in done.stdout.decode(errors="replace"):
        return "a control byte"
    return ""


def commands(path: Path, before: Path, sound: Path) -> list[list[str]]:
    p = str(path)
    return [["quant", "-f", "json", p], ["quant", p], ["quant", "-v", "--width", "60", p],
            ["params", "--stats", "-f", "json", p], ["params", "--stats", p],
            ["show", p, "w0_quantized", "n0"], ["show", "-f", "json", p, "w0"],
            ["diff", "-f", "json", p, p], ["diff", "-f", "json", str(sound), p],
            ["diff", p, str(sound)], ["diff", "-f", "csv", str(before), p],
            ["diff", "-f", "md", "--exit-code", p, str(before)], ["summary", "-f", "json", p]]


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--models", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path)
    asked = parser.parse_args()
    passed = failed = 0
    with tempfile.TemporaryDirectory() as scratch:
        place = asked.keep or Path(scratch)
        place.mkdir(parents=True, exist_ok=True)
        (place / "short.bin").write_bytes(bytes(range(256)))
        sound = place / "sound.onnx"
        sound.write_bytes(plain_model(1))

        def path_of(seed: int) -> Path:
            path = place / f"odd_quant_{seed}.onnx"
            if not path.exists():
                path.write_bytes(Maker(seed, (0, 0.02, 0.1, 0.3)[seed % 4]).model())
            return path

        def attempt(seed: int) -> list[str]:
            said = []
            for command in commands(path_of(seed), path_of(seed - 1), sound):
                wrong = trouble(command)
                said.append(f"{' '.join(command)}: {wrong}" if wrong else "")
            return said

        seeds = range(asked.seed, asked.seed + asked.models)
        for seed in [asked.seed - 1, *seeds]:
            path_of(seed)
        with ThreadPoolExecutor(2) as pool:
            for said in pool.map(attempt, seeds):
                for line in said:
                    passed += not line
                    failed += bool(line)
                    if line:
                        print("FAILED", line)
    print(f"{passed} passed, {failed} failed")
    return failed != 0


if __name__ == "__main__":
    sys.exit(main())
