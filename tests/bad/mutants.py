#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Asks about mutants: real models and samples, each spoilt in a few places.

    B=build python3 tests/bad/mutants.py [--runs N] [--seed S] [--keep DIRECTORY] [--jobs N]

Half of the mutants are spoilt as bytes: bits flipped, pieces cut out, copied or exchanged, lengths
changed. The other half as what they mean: the wire format is taken apart by field numbers, and
fields are removed, repeated, exchanged and put into strangers; numbers become extreme, names those
of others, values are wired into circles, operators change, nodes move into bodies, bodies nest,
functions call each other, data goes elsewhere or loses bytes.

Each mutant is asked one question of every.py, and some are compared with what they were made from.
The program must answer: exit code 0, 1 or 3, within ten seconds of processor time and 300 MB, and
well-formed. The same seed makes the same mutants and questions; what failed is kept in --keep, and
`--seed S --runs 1` repeats run S.

Environment: ONNXRAY, ORAY_SANITIZED as in spawn.py; ONNXRAY_CORPUS, the real models; ORAY_SAMPLES.
Standard library only. The last line is "N passed, N failed".
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import random
import struct
import sys
import tempfile
from pathlib import Path

from every import Question, arguments, check_forms, complaint, questions, sound_first
from make_bad import FIXED32, FIXED64, LENGTH, TEXTS, VARINT, plain, tag, varint
from spawn import PROGRAM, Runner

LARGEST = 450_000  # bytes of a model that is spoilt in its meaning; of bytes, ten times that
EXTREMES = [0, 0, 1, 1, 2, 3, 4, 5, 7, 8, 16, 31, 64, 127, 255, 4096, 65536, -1, -1, -2, -3, 1 << 20,
            (1 << 31) - 1, 1 << 31, -(1 << 31), 1 << 32, 3037000500, 10**18, 1 << 61, 1 << 62,
            (1 << 63) - 1, -(1 << 63), -(1 << 63) + 1]
REALS = [0.0, -0.0, 1.0, -1.0, 1e-45, 3.4e38, float("inf"), float("-inf"), float("nan"), 0.1]

# Messages by kind: which fields are messages, and of what kind.
SCHEMA: dict[str, dict[int, str]] = {
    "model": {7: "graph", 8: "opset", 14: "pair", 20: "training", 25: "function", 26: "device"},
    "graph": {1: "node", 5: "tensor", 11: "value", 12: "value", 13: "value", 14: "annotation",
              15: "sparse", 16: "pair"},
    "node": {5: "attribute", 9: "pair", 10: "placement"},
    "attribute": {5: "tensor", 6: "graph", 10: "tensor", 11: "graph", 14: "type", 15: "type",
                  22: "sparse", 23: "sparse"},
    "tensor": {3: "segment", 13: "pair", 16: "pair"},
    "sparse": {1: "tensor", 2: "tensor"},
    "value": {2: "type", 4: "pair"},
    "type": {1: "array", 4: "list", 5: "map", 7: "opaque", 8: "array", 9: "list"},
    "array": {2: "shape"}, "shape": {1: "dim"}, "list": {1: "type"}, "map": {2: "type"},
    "training": {1: "graph", 2: "graph", 3: "pair", 4: "pair"},
    "function": {7: "node", 9: "opset", 11: "attribute", 12: "value", 14: "pair"},
    "annotation": {2: "pair"},
}
# Names that refer to values, by kind and field.
NAMES = {("node", 1), ("node", 2), ("value", 1), ("tensor", 8), ("function", 4), ("function", 5),
         ("annotation", 1)}
NODE_OF = {"graph": 1, "function": 7}


class Field:
    """One field: a number, bytes, or fields of a message that is taken apart."""

    __slots__ = ("number", "wire", "value", "kind")

    def __init__(self, number: int, wire: int, value: int | bytes | list[Field],
                 kind: str = "") -> None:
        self.number, self.wire, self.value, self.kind = number, wire, value, kind


def read_varint(data: bytes, at: int) -> tuple[int, int]:
    total = shift = 0
    while True:
        byte = data[at]
        total |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if not byte & 0x80:
            return total, at


def take_apart(data: bytes, kind: str, depth: int = 0) -> list[Field]:
    fields, at = [], 0
    known = SCHEMA.get(kind, {})
    while at < len(data):
        key, at = read_varint(data, at)
        number, wire = key >> 3, key & 7
        if wire == VARINT:
            value, at = read_varint(data, at)
            fields.append(Field(number, wire, value))
        elif wire == LENGTH:
            size, at = read_varint(data, at)
            if at + size > len(data):
                raise IndexError
            inner = known.get(number, "") if depth < 60 else ""
            body = data[at:at + size]
            fields.append(Field(number, wire, take_apart(body, inner, depth + 1) if inner else body,
                                inner))
            at += size
        else:
            size = {FIXED64: 8, FIXED32: 4}[wire]
            fields.append(Field(number, wire, data[at:at + size]))
            at += size
    return fields


def put_together(fields: list[Field]) -> bytes:
    out = bytearray()
    for f in fields:
        out += tag(f.number, f.wire)
        if isinstance(f.value, int):
            out += varint(f.value)
        elif f.wire == LENGTH:
            body = put_together(f.value) if isinstance(f.value, list) else f.value
            out += varint(len(body))
            out += body
        else:
            out += f.value
    return bytes(out)


def copy(f: Field) -> Field:
    value = [copy(inner) for inner in f.value] if isinstance(f.value, list) else f.value
    return Field(f.number, f.wire, value, f.kind)


class Mutant:
    """One model being spoilt in what it means."""

    def __init__(self, data: bytes, rng: random.Random) -> None:
        self.rng = rng
        self.root = Field(0, LENGTH, take_apart(data, "model"), "model")
        self.messages: dict[str, list[Field]] = {}
        self.names: list[Field] = []
        stack = [self.root]
        while stack:
            f = stack.pop()
            self.messages.setdefault(f.kind, []).append(f)
            for inner in f.value:
                if isinstance(inner.value, list):
                    stack.append(inner)
                elif (f.kind, inner.number) in NAMES and inner.wire == LENGTH:
                    self.names.append(inner)

    def data(self) -> bytes:
        return put_together(self.root.value)

    # ---- choices ----

    def message(self, *kinds: str) -> Field | None:
        found = [k for k in (kinds or self.messages) if self.messages.get(k)]
        return self.rng.choice(self.messages[self.rng.choice(found)]) if found else None

    def field(self, *kinds: str) -> tuple[Field, int] | None:
        m = self.message(*kinds)
        return (m, self.rng.randrange(len(m.value))) if m and m.value else None

    def of(self, kind: str, numbers: tuple[int, ...], wire: int) -> Field | None:
        """A field of that kind of message with one of those numbers."""
        for _ in range(20):
            m = self.message(kind)
            found = [f for f in m.value if f.number in numbers and f.wire == wire] if m else []
            if found:
                return self.rng.choice(found)
        return None

    # ---- what is done to fields of any kind ----

    def remove(self) -> None:
        at = self.field()
        if at:
            del at[0].value[at[1]]

    def repeat(self) -> None:
        at = self.field()
        if at:
            times = self.rng.choice([1, 1, 2, 40])
            at[0].value[at[1]:at[1]] = [copy(at[0].value[at[1]]) for _ in range(times)]

    def exchange(self) -> None:
        m = self.message()
        if m and len(m.value) > 1:
            i, j = (self.rng.randrange(len(m.value)) for _ in range(2))
            m.value[i], m.value[j] = m.value[j], m.value[i]

    def shuffle(self) -> None:
        m = self.message("graph", "function", "node", "model")
        if m:
            self.rng.shuffle(m.value)

    def transplant(self) -> None:
        """A field goes into another message, mostly of the same kind."""
        at = self.field()
        other = self.message(*([at[0].kind] if at and self.rng.random() < 0.8 else []))
        if at and other and other is not at[0]:
            other.value.insert(self.rng.randint(0, len(other.value)), copy(at[0].value[at[1]]))

    def renumber(self) -> None:
        at = self.field()
        if at:
            f = at[0].value[at[1]]
            f.number = self.rng.choice([1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 14, 15, 20, 21, 22,
                                        25, 100, 536870911])

    def rewire_type(self) -> None:
        at = self.field()
        if at and not isinstance(at[0].value[at[1]].value, list):
            f = at[0].value[at[1]]
            if f.wire == VARINT:
                f.wire, f.value = LENGTH, varint(f.value)
            elif f.wire == LENGTH:
                f.wire, f.value = VARINT, int.from_bytes(f.value[:8], "little")

    def extreme(self) -> None:
        for _ in range(30):
            at = self.field()
            if at and at[0].value[at[1]].wire == VARINT:
                at[0].value[at[1]].value = self.rng.choice(EXTREMES)
                return

    def text(self) -> None:
        """Any text becomes a hostile one, or another of the model's."""
        for _ in range(30):
            at = self.field()
            f = at[0].value[at[1]] if at else None
            if f and f.wire == LENGTH and isinstance(f.value, bytes) and len(f.value) < 300:
                if self.names and self.rng.random() < 0.5:
                    f.value = self.rng.choice(self.names).value
                else:
                    f.value = self.rng.choice(list(TEXTS.values()))
                return

    # ---- what is done to models ----

    def dims(self) -> None:
        f = self.of("tensor", (1,), VARINT) or self.of("dim", (1,), VARINT)
        if f:
            f.value = self.rng.choice(EXTREMES)
            return
        packed = self.of("tensor", (1,), LENGTH)
        if packed:
            packed.value = b"".join(varint(self.rng.choice(EXTREMES))
                                    for _ in range(self.rng.choice([0, 1, 2, 3, 4, 40])))

    def dim(self) -> None:
        shape = self.message("shape")
        if shape:
            number = Field(1, VARINT, self.rng.choice(EXTREMES))
            name = Field(2, LENGTH, self.rng.choice([b"n", b"batch", b"2*n", b"n+-1", b"?", b"''"]))
            shape.value.insert(0, Field(1, LENGTH, [self.rng.choice([number, name])], "dim"))

    def element_type(self) -> None:
        f = self.of("tensor", (2,), VARINT) or self.of("array", (1,), VARINT)
        if f:
            f.value = self.rng.choice([*range(30), 99, -1, 1 << 40])

    def attribute(self) -> None:
        f = self.of("attribute", (3, 20), VARINT)
        if f and self.rng.random() < 0.6:
            f.value = self.rng.choice(EXTREMES)
            return
        real = self.of("attribute", (2,), FIXED32)
        if real and self.rng.random() < 0.5:
            real.value = struct.pack("<f", self.rng.choice(REALS))
            return
        m = self.message("attribute")
        if m:
            m.value = [x for x in m.value if x.number != 8] + [Field(8, LENGTH, b"".join(
                varint(self.rng.choice(EXTREMES))
                for _ in range(self.rng.choice([0, 1, 2, 3, 4, 8, 1000]))))]

    def small_data(self) -> None:
        """Contents that steer: short raw data becomes extreme numbers or loses bytes."""
        f = self.of("tensor", (9,), LENGTH)
        if not f:
            return
        drawn = self.rng.random()
        if drawn < 0.4 and len(f.value) <= 256:
            f.value = b"".join(struct.pack("<q", self.rng.choice(EXTREMES))
                               for _ in range(len(f.value) // 8)) + f.value[:len(f.value) % 8]
        elif drawn < 0.6:
            f.value = struct.pack("<f", self.rng.choice(REALS)) * (len(f.value) // 4)
        elif drawn < 0.8:
            f.value = f.value[:self.rng.randint(0, len(f.value))]
        else:
            f.value += bytes(self.rng.choice([1, 3, 8, 1000]))

    def elsewhere(self) -> None:
        m = self.message("tensor")
        if m:
            place = self.rng.choice([b"../x", b"/etc/passwd", b"", b".", b"x" * 300, b"absent.data",
                                     b"/dev/zero", b"*/_ORT_MEM_ADDR_/*", b"a\0b"])
            m.value += [Field(13, LENGTH, [Field(1, LENGTH, key), Field(2, LENGTH, text)], "pair")
                        for key, text in ((b"location", place), (b"offset", self.rng.choice(
                            [b"0", b"-1", b"18446744073709551616"])))]
            m.value.append(Field(14, VARINT, 1))

    def operator(self) -> None:
        mine, other = self.of("node", (4,), LENGTH), self.of("node", (4,), LENGTH)
        if mine and other:
            mine.value = self.rng.choice([other.value, b"If", b"Loop", b"Scan", b"Constant",
                                          b"QuantizeLinear", b"DequantizeLinear", b"Reshape",
                                          b"MatMulNBits", b"Attention", b"Einsum", b"LSTM", b""])

    def domain(self) -> None:
        m = self.message("node")
        if m:
            m.value.append(Field(7, LENGTH, self.rng.choice([b"", b"ai.onnx", b"com.microsoft", b"x",
                                                             b"ai.onnx.ml", b"qonnx.custom_op"])))

    def opset(self) -> None:
        m = self.message("opset")
        if m:
            m.value.append(Field(2, VARINT, self.rng.choice([*EXTREMES, *range(1, 30)])))

    def rewire(self) -> None:
        """An input becomes any value: of a later node too, which makes circles."""
        mine, other = self.of("node", (1,), LENGTH), self.of("node", (1, 2), LENGTH)
        if mine and other:
            mine.value = other.value

    def same_outputs(self) -> None:
        mine, other = self.of("node", (2,), LENGTH), self.of("node", (1, 2), LENGTH)
        if mine and other:
            mine.value = other.value

    def into_body(self) -> None:
        """A node, or all of them, moves into bodies of If nodes, some deep within each other."""
        g = self.message("graph", "function")
        nodes = [f for f in g.value if f.number == NODE_OF[g.kind] and f.kind] if g else []
        if not nodes:
            return
        inside = nodes if self.rng.random() < 0.2 else [self.rng.choice(nodes)]
        outputs = [copy(x) for x in inside[-1].value if x.number == 2 and x.wire == LENGTH][:2]
        body = [Field(1, LENGTH, x.value, "node") for x in inside]
        for _ in range(self.rng.choice([1, 1, 2, 5, 30, 60])):
            kind = self.rng.choice([b"If", b"Loop", b"Scan"])
            held = Field(6, LENGTH, [*body, *(Field(12, LENGTH, [Field(1, LENGTH, o.value)], "value")
                                              for o in outputs)], "graph")
            around = Field(1, LENGTH, [
                Field(1, LENGTH, self.rng.choice(self.names).value if self.names else b"c"),
                *(copy(o) for o in outputs), Field(4, LENGTH, kind),
                Field(5, LENGTH, [Field(1, LENGTH, self.rng.choice([b"then_branch", b"body"])), held,
                                  Field(20, VARINT, 5)], "attribute")], "node")
            body = [around]
        body[0].number = NODE_OF[g.kind]
        g.value = [f for f in g.value if not any(f is x for x in inside)] + body

    def into_function(self) -> None:
        """Nodes become a function that one of them calls, perhaps itself."""
        g = self.message("graph")
        nodes = [f for f in g.value if f.kind == "node"] if g else []
        if not nodes:
            return
        some = [copy(x) for x in self.rng.sample(nodes, min(len(nodes), 5))]
        for x in some:
            x.number = 7
        if self.rng.random() < 0.5:
            some[0].value = [x for x in some[0].value if x.number not in (4, 7)] + [
                Field(4, LENGTH, b"fn"), Field(7, LENGTH, b"dom")]
        values = [x for n in some for x in n.value
                  if x.number in (1, 2) and x.wire == LENGTH and not x.kind]
        self.root.value.append(Field(25, LENGTH, [
            Field(1, LENGTH, b"fn"), Field(10, LENGTH, b"dom"),
            *(Field(3 + x.number, LENGTH, x.value) for x in values[:6]), *some], "function"))
        caller = self.rng.choice(nodes)
        caller.value = [x for x in caller.value if x.number not in (4, 7)] + [
            Field(4, LENGTH, b"fn"), Field(7, LENGTH, b"dom")]

    def annotate(self) -> None:
        g = self.message("graph")
        if g and self.names:
            some = [self.rng.choice(self.names).value for _ in range(3)]
            g.value.append(Field(14, LENGTH, [Field(1, LENGTH, some[0]), *(
                Field(2, LENGTH, [Field(1, LENGTH, key), Field(2, LENGTH, name)], "pair")
                for key, name in ((b"SCALE_TENSOR", some[1]), (b"ZERO_POINT_TENSOR", some[2])))],
                "annotation"))

    def spoil(self) -> None:
        ways = [self.remove, self.repeat, self.exchange, self.shuffle, self.transplant,
                self.renumber, self.rewire_type, self.extreme, self.text, self.dims, self.dim,
                self.element_type, self.attribute, self.attribute, self.small_data, self.elsewhere,
                self.operator, self.domain, self.opset, self.rewire, self.rewire,
                self.same_outputs, self.into_body, self.into_function, self.annotate]
        for _ in range(self.rng.choice([1, 1, 2, 3, 6, 12, 40])):
            self.rng.choice(ways)()


def spoil_bytes(data: bytes, other: bytes, rng: random.Random) -> bytes:
    out = bytearray(data)
    # Weights are dull: most of what matters is not in the middle of a long run of them.
    for _ in range(rng.choice([1, 1, 2, 4, 16, 64])):
        if not out:
            break
        at = rng.randrange(min(len(out), rng.choice([64, 4096, 1 << 30])))
        if rng.random() < 0.3:
            at = len(out) - 1 - at
        size = rng.choice([1, 1, 2, 4, 8, 100, 10000])
        way = rng.randrange(8)
        if way == 0:
            out[at] ^= 1 << rng.randrange(8)
        elif way == 1:
            out[at] = rng.choice([0, 0x7F, 0x80, 0xFF, 0x0A, 0x12, 0x08, 0x22, 0x3A])
        elif way == 2:
            del out[at:at + size]
        elif way == 3:
            out[at:at] = out[at:at + size]
        elif way == 4:
            begin = rng.randrange(len(other))
            out[at:at + size] = other[begin:begin + size]
        elif way == 5:
            out[at:at] = varint(rng.choice(EXTREMES))
        elif way == 6:
            out[at:at + size] = bytes(rng.choice([0, 0xFF]) for _ in range(1)) * size
        elif rng.random() < 0.3:
            del out[at:]
    return bytes(out)


# ---- Runs --------------------------------------------------------------------------------------

class Asker:
    def __init__(self, sources: list[Path], scratch: Path, keep: Path | None) -> None:
        self.small = [p for p in sources if p.stat().st_size <= LARGEST]
        self.all = sources
        self.scratch = Path(tempfile.mkdtemp(dir=scratch))
        self.keep = keep
        self.runner = Runner(scratch)
        self.questions = questions(check_forms())
        sound = self.scratch / "sound.onnx"
        sound.write_bytes(plain())
        sound_first(self.runner, str(sound))

    def make(self, rng: random.Random) -> tuple[Path, bytes]:
        if rng.random() < 0.55:
            source = rng.choice(self.small)
            try:
                mutant = Mutant(source.read_bytes(), rng)
                mutant.spoil()
                return source, mutant.data()
            except (IndexError, KeyError):
                pass  # no model at all, or no more
        source = rng.choice(self.small if rng.random() < 0.8 else self.all)
        return source, spoil_bytes(source.read_bytes(), rng.choice(self.small).read_bytes(), rng)

    def question(self, rng: random.Random) -> Question:
        # Drawing with cairo takes ten times as long as all else.
        while True:
            form, words = rng.choice(self.questions)
            if form not in ("png", "pdf") or rng.random() < 0.2:
                return form, words

    def ask(self, seed: int) -> str:
        """What went wrong, or nothing."""
        rng = random.Random(seed)
        source, data = self.make(rng)
        form, words = self.question(rng)
        path = self.scratch / "mutant.onnx"
        path.write_bytes(data)
        name = rng.choice(["w", "x", "y", "Conv_0", "relu"])
        asked = arguments((form, words), str(path), str(source), name)
        if rng.random() < 0.03:
            asked[1:1] = ["--max-memory", rng.choice(["100kB", "1MB", "4MB"])]
        wrong = complaint(form, self.runner.run(asked))
        if not wrong:
            return ""
        if self.keep:
            path = self.keep / f"mutant_{seed}.onnx"
            path.write_bytes(data)
            asked = [str(path) if a == str(self.scratch / "mutant.onnx") else a for a in asked]
        return f"FAIL seed {seed}, {source.name}: {' '.join(asked)}: {wrong}"


_asker: Asker


def start(sources: list[Path], scratch: Path, keep: Path | None) -> None:
    global _asker
    _asker = Asker(sources, scratch, keep)


def ask(seed: int) -> str:
    return _asker.ask(seed)


def main() -> int:
    parser = argparse.ArgumentParser(description="Asks about mutants of models.")
    parser.add_argument("--runs", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    options = parser.parse_args()
    build = Path(os.environ.get("B", "build"))
    folders = [Path(os.environ.get("ORAY_SAMPLES") or build / "samples"),
               Path(os.environ.get("ONNXRAY_CORPUS", "../shared/models"))]
    sources = sorted((p for folder in folders for p in folder.rglob("*.onnx")
                      if 0 < p.stat().st_size <= 10 * LARGEST), key=lambda p: p.name)
    if not sources:
        raise SystemExit("no models to spoil: neither samples nor a corpus")
    if not os.access(PROGRAM, os.X_OK):
        raise SystemExit(f"{PROGRAM}: no such program")
    if options.keep:
        options.keep.mkdir(parents=True, exist_ok=True)
    failed = 0
    with tempfile.TemporaryDirectory(prefix="onnxray-mutants-") as name:
        with multiprocessing.Pool(options.jobs, start,
                                  (sources, Path(name), options.keep)) as pool:
            seeds = range(options.seed, options.seed + options.runs)
            for line in pool.imap_unordered(ask, seeds, chunksize=4):
                failed += bool(line)
                if line:
                    print(line[:1000], flush=True)
    print(f"{options.runs - failed} passed, {failed} failed")
    return failed != 0


if __name__ == "__main__":
    sys.exit(main())
