#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the models that the benchmarks and the resource tests are run on.

    python3 bench/generate.py [DIRECTORY] [--only NAME ...] [--real] [--list]

Weights are holes in sparse files, so that 1.5 GB of them cost no disk; --real writes numbers
instead. Only `cold` always has real bytes, since a hole is never fetched from a device. Everything
is a function of this file and of make_decoder.py: same bytes on every run. A file that is already
there, made by this version of the scripts, is left alone.

MANIFEST.tsv in the same directory says of each file how large it is, how many bytes of that are
metadata (all but the bulk fields, which a reader can leave alone) and how many bulk fields it has.

Standard library only. The wire format is small enough to write by hand.
"""

from __future__ import annotations

import argparse
import array
import hashlib
import os
import random
import sys
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

# ---- The wire format ---------------------------------------------------------------------------

VARINT, LENGTH = 0, 2


def varint(value: int) -> bytes:
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


SMALL = [varint(i) for i in range(1 << 14)]


def number(field: int, value: int) -> bytes:
    return SMALL[field << 3 | VARINT] + varint(value)


def data(field: int, payload: bytes) -> bytes:
    size = len(payload)
    return SMALL[field << 3 | LENGTH] + (SMALL[size] if size < 1 << 14 else varint(size)) + payload


@dataclass(frozen=True)
class Bulk:
    """The payload of a bulk field: floats that nobody needs to look at."""

    size: int


Part = bytes | Bulk
Parts = list[Part]


def size_of(parts: Iterable[Part]) -> int:
    return sum(p.size if isinstance(p, Bulk) else len(p) for p in parts)


def nest(field: int, parts: Parts) -> Parts:
    """A message made of parts."""
    return [SMALL[field << 3 | LENGTH] + varint(size_of(parts)), *parts]


# ---- The messages of ONNX ----------------------------------------------------------------------

FLOAT = 1
MODEL_GRAPH = 7
NODE, GRAPH_NAME, INITIALIZER, INPUT, OUTPUT, VALUE_INFO = 1, 2, 5, 11, 12, 13


def model(graph: Parts) -> Parts:
    head = number(1, 8) + data(2, b"onnxray-bench")
    return [head, *nest(MODEL_GRAPH, graph), data(8, data(1, b"") + number(2, 17))]


def node(op: bytes, name: bytes, inputs: Iterable[bytes], output: bytes,
         attributes: bytes = b"") -> bytes:
    body = [data(1, i) for i in inputs]
    body += [data(2, output), data(3, name), data(4, op), attributes]
    return data(NODE, b"".join(body))


def ints(name: bytes, values: Iterable[int]) -> bytes:
    listed = b"".join(number(8, v) for v in values)
    return data(5, data(1, name) + listed + number(20, 7))


def integer(name: bytes, value: int) -> bytes:
    return data(5, data(1, name) + number(3, value) + number(20, 2))


def value_info(field: int, name: bytes, dims: Iterable[int]) -> bytes:
    shape = b"".join(data(1, number(1, d)) for d in dims)
    tensor = number(1, FLOAT) + data(2, shape)
    return data(field, data(1, name) + data(2, data(1, tensor)))


def tensor(dims: Iterable[int], name: bytes, raw: bytes) -> bytes:
    head = b"".join(number(1, d) for d in dims) + number(2, FLOAT)
    return data(INITIALIZER, head + data(8, name) + data(9, raw))


RAW_DATA, FLOAT_DATA = 9, 4


def bulk_tensor(outer: int, dims: tuple[int, int], name: bytes, field: int) -> Parts:
    head = b"".join(number(1, d) for d in dims) + number(2, FLOAT) + data(8, name)
    return nest(outer, [head, *nest(field, [Bulk(4 * dims[0] * dims[1])])])


# ---- Weight-heavy models -----------------------------------------------------------------------


def weights(count: int, rows: int, columns: int, field: int = RAW_DATA) -> Parts:
    """A chain of matrix products: rows x columns and columns x rows, in turn."""
    nodes, stored = [], []
    for i in range(count):
        name = b"layers.%d.weight" % i
        dims = (columns, rows) if i % 2 else (rows, columns)
        nodes.append(node(b"MatMul", b"/layers.%d/MatMul" % i, [b"x%d" % i, name],
                          b"x%d" % (i + 1)))
        stored += bulk_tensor(INITIALIZER, dims, name, field)
    last = rows if count % 2 == 0 else columns
    return model([*nodes, data(GRAPH_NAME, b"weights"), *stored,
                  value_info(INPUT, b"x0", [1, rows]),
                  value_info(OUTPUT, b"x%d" % count, [1, last])])


def constants(count: int, side: int) -> Parts:
    """Weights in attributes of Constant nodes, as older exporters like them."""
    nodes: Parts = []
    for i in range(count):
        held = bulk_tensor(5, (side, side), b"", RAW_DATA)
        attribute = nest(5, [data(1, b"value"), *held, number(20, 4)])
        name = b"/Constant_%d" % i
        nodes += nest(NODE, [data(2, name + b"_output_0") + data(3, name) + data(4, b"Constant"),
                             *attribute])
        nodes.append(node(b"Add", b"/Add_%d" % i, [b"x%d" % i, name + b"_output_0"],
                          b"x%d" % (i + 1)))
    return model([*nodes, data(GRAPH_NAME, b"constants"),
                  value_info(INPUT, b"x0", [side, side]),
                  value_info(OUTPUT, b"x%d" % count, [side, side])])


# ---- Metadata-heavy models ---------------------------------------------------------------------

SPREAD = 32  # height of the values where all have one shape


def graph(count: int, shapes_differ: bool) -> Parts:
    """A chain of nodes, each with a 4-float initializer and a declared shape.

    Every third node is a depthwise Conv with three attributes. The others add, which keeps the
    shape, or where all shapes are to differ concatenate: then each value is one row higher.
    """
    nodes, stored, declared = [], [], []
    keep = integer(b"group", 4) + ints(b"kernel_shape", (1, 1)) + ints(b"strides", (1, 1))
    grow = integer(b"group", 4) + ints(b"kernel_shape", (1, 1)) + ints(b"pads", (0, 0, 1, 0))
    conv, rows = (grow, integer(b"axis", 2)) if shapes_differ else (keep, b"")
    other, width = (b"Concat", 1) if shapes_differ else (b"Add", SPREAD)
    height = SPREAD
    before = b"input"
    for i in range(count):
        scope = b"/blocks.%d/unit.%d/" % (i // 16, i % 16)
        out = scope + b"output"
        is_conv = i % 3 == 0
        weight = b"blocks.%d.unit.%d.weight" % (i // 16, i % 16)
        nodes.append(node(b"Conv" if is_conv else other, scope + (b"Conv" if is_conv else other),
                          (before, weight), out, conv if is_conv else rows))
        stored.append(tensor((4, 1, 1, 1) if is_conv else (1, 4, 1, 1), weight,
                             b"\0\0\x80?" * 4))
        height += shapes_differ
        declared.append(value_info(VALUE_INFO, out, (1, 4, height, width)))
        before = out
    return model([b"".join(nodes), data(GRAPH_NAME, b"graph"), b"".join(stored),
                  value_info(INPUT, b"input", (1, 4, SPREAD, width)),
                  value_info(OUTPUT, before, (1, 4, height, width)), b"".join(declared)])


def decoder(count: int) -> Parts:
    """A transformer decoder as exporters write them: half of the nodes compute shapes."""
    from make_decoder import decoder as make

    return make(count)


def family(name: str, count: int) -> Parts:
    """A graph in one of the shapes that models have."""
    from make_families import family as make

    return make(name, count)


# ---- Hostile models ----------------------------------------------------------------------------


def empty_nodes(count: int) -> Parts:
    return model([data(NODE, b"") * count])


def empty_tensors(count: int) -> Parts:
    return model([data(INITIALIZER, b"") * count])


def repeated_graph(count: int) -> Parts:
    """The graph field again and again, an empty node in each: they are to be merged."""
    return [number(1, 8), data(MODEL_GRAPH, data(NODE, b"")) * count]


def deep(levels: int) -> Parts:
    """If in If in If: a graph in an attribute in a node in a graph."""
    heads, inside = [], 0
    for _ in range(levels):
        for field in (6, 5, NODE):
            heads.append(SMALL[field << 3 | LENGTH] + varint(inside))
            inside += len(heads[-1])
    return model([b"".join(reversed(heads))])


INT8 = 3


def quantized(count: int, rows: int, columns: int) -> Parts:
    """The partner of weights(): a byte each, one scale a row, and what makes floats of them."""
    nodes, stored = [], []
    for i in range(count):
        name = b"layers.%d.weight" % i
        dims = (columns, rows) if i % 2 else (rows, columns)
        nodes.append(node(b"DequantizeLinear", name + b"_DequantizeLinear",
                          [name + b"_quantized", name + b"_scale"], name,
                          integer(b"axis", 0)))
        nodes.append(node(b"MatMul", b"/layers.%d/MatMul" % i, [b"x%d" % i, name],
                          b"x%d" % (i + 1)))
        head = b"".join(number(1, d) for d in dims) + number(2, INT8)
        stored += nest(INITIALIZER, [head + data(8, name + b"_quantized"),
                                     *nest(RAW_DATA, [Bulk(dims[0] * dims[1])])])
        scales = array.array("f", [0.001] * dims[0])
        if sys.byteorder == "big":
            scales.byteswap()
        stored.append(tensor([dims[0]], name + b"_scale", scales.tobytes()))
    last = rows if count % 2 == 0 else columns
    return model([*nodes, data(GRAPH_NAME, b"weights"), *stored,
                  value_info(INPUT, b"x0", [1, rows]),
                  value_info(OUTPUT, b"x%d" % count, [1, last])])


# ---- The files ---------------------------------------------------------------------------------

MIB = 1 << 20

FILES: dict[str, tuple[str, Callable[[], Parts]]] = {
    "weights": ("a: 200 initializers of 7.5 MB", lambda: weights(200, 1500, 1250)),
    "weights-small": ("a of half the count", lambda: weights(100, 1500, 1250)),
    "graph": ("b: 100k nodes, initializers, value infos", lambda: graph(100_000, False)),
    "shapes": ("b, all shapes differ", lambda: graph(100_000, True)),
    "constants": ("c: 64 Constant nodes of 4 MB", lambda: constants(64, 1000)),
    "floats": ("d: 100 initializers of 4 MB, packed", lambda: weights(100, 1000, 1000, FLOAT_DATA)),
    "huge": ("f: a graph over 2 GiB", lambda: weights(200, 2000, 2000)),
    "cold": ("200 initializers of 2 MB, real bytes", lambda: weights(200, 1000, 500)),
    "weights-int8": ("a in int8", lambda: quantized(200, 1500, 1250)),
    "cold-int8": ("200 initializers of 0.5 MB in int8, real bytes",
                  lambda: quantized(200, 1000, 500)),
    "graph-10k": ("b of 10k nodes", lambda: graph(10_000, False)),
    "shapes-10k": ("b of 10k nodes, all shapes differ", lambda: graph(10_000, True)),
    "graph-20k": ("b of 20k nodes", lambda: graph(20_000, False)),
    "graph-25k": ("b of 25k nodes", lambda: graph(25_000, False)),
    "graph-50k": ("b of 50k nodes", lambda: graph(50_000, False)),
    "graph-200k": ("b of 200k nodes", lambda: graph(200_000, False)),
    "decoder-1k": ("decoder of 1k nodes", lambda: decoder(1000)),
    "decoder-10k": ("decoder of 10k nodes", lambda: decoder(10_000)),
    "decoder-20k": ("decoder of 20k nodes", lambda: decoder(20_000)),
    "decoder-30k": ("decoder of 30k nodes", lambda: decoder(30_000)),
    "decoder-100k": ("decoder of 100k nodes", lambda: decoder(100_000)),
    "empty-nodes-500k": ("500k empty nodes", lambda: empty_nodes(500_000)),
    "empty-nodes-1m": ("1M empty nodes", lambda: empty_nodes(1_000_000)),
    "empty-tensors-500k": ("500k empty initializers", lambda: empty_tensors(500_000)),
    "empty-tensors-1m": ("1M empty initializers", lambda: empty_tensors(1_000_000)),
    "repeated-graph-100k": ("graph field 100k times", lambda: repeated_graph(100_000)),
    "repeated-graph-200k": ("graph field 200k times", lambda: repeated_graph(200_000)),
    "deep-20k": ("20k bodies in each other, refused", lambda: deep(20_000)),
    "deep-40k": ("40k bodies in each other, refused", lambda: deep(40_000)),
}

DRAWN = {"unet", "dense", "wide", "chain"}
DRAWN_SIZES = (1000, 10_000, 15_000, 30_000, 50_000, 100_000)
FILES |= {f"{name}-{count // 1000}k": (f"{name} of {count // 1000}k nodes",
                                       lambda name=name, count=count: family(name, count))
          for name in sorted(DRAWN) for count in DRAWN_SIZES}
FILES |= {f"decoder-{n}k": (f"decoder of {n}k nodes", lambda n=n: decoder(1000 * n))
          for n in (15, 50)}

REAL = {"cold", "cold-int8"}


def block() -> bytes:
    """A quarter MiB of floats as weights are: normal, about 0.05 wide."""
    source = random.Random(20)
    floats = array.array("f", (source.gauss(0, 0.05) for _ in range(1 << 16)))
    if sys.byteorder == "big":
        floats.byteswap()
    return floats.tobytes()


def holes_are_free(directory: Path) -> bool:
    """Whether this file system stores nothing for a hole."""
    with tempfile.NamedTemporaryFile(dir=directory) as probe:
        probe.truncate(16 * MIB)
        return os.stat(probe.fileno()).st_blocks * 512 < MIB


def write(path: Path, parts: Parts, real: bool) -> None:
    """Into another name first: a file of the right name is complete."""
    draft = path.with_suffix(".part")
    filling = block() if real else b""
    with open(draft, "wb") as out:
        for part in parts:
            if not isinstance(part, Bulk):
                out.write(part)
            elif not real:
                out.seek(part.size, os.SEEK_CUR)
            else:
                for start in range(0, part.size, len(filling)):
                    out.write(filling[: part.size - start])
        out.truncate(size_of(parts))
    os.replace(draft, path)


@dataclass(frozen=True)
class Entry:
    """A line of MANIFEST.tsv."""

    file: str
    made_by: str  # digest of the scripts, and whether bytes are real
    size: int
    metadata: int
    bulk_fields: int
    note: str

    def line(self) -> str:
        return "\t".join(str(v) for v in vars(self).values())


def read_manifest(directory: Path) -> dict[str, Entry]:
    """Name without suffix -> entry, for files that are there."""
    entries = {}
    try:
        lines = (directory / "MANIFEST.tsv").read_text().splitlines()[1:]
    except OSError:
        return {}
    for line in lines:
        file, made_by, size, metadata, bulk, note = line.split("\t")
        entry = Entry(file, made_by, int(size), int(metadata), int(bulk), note)
        path = directory / file
        if path.exists() and path.stat().st_size == entry.size:
            entries[path.stem] = entry
    return entries


def write_manifest(directory: Path, entries: dict[str, Entry]) -> None:
    lines = ["\t".join(Entry.__dataclass_fields__)]
    lines += [entries[name].line() for name in sorted(entries)]
    (directory / "MANIFEST.tsv").write_text("\n".join(lines) + "\n")


def generate(directory: Path, names: Iterable[str], real: bool = False) -> dict[str, Entry]:
    """Makes what is missing. @return all entries of the directory."""
    directory.mkdir(parents=True, exist_ok=True)
    here = Path(__file__)
    scripts = b"".join(here.with_name(name).read_bytes()
                       for name in (here.name, "make_decoder.py", "make_families.py"))
    digest = hashlib.sha256(scripts).hexdigest()[:16]
    entries = read_manifest(directory)
    for name in names:
        is_real = real or name in REAL
        made_by = digest + ("+real" if is_real else "")
        if name in entries and entries[name].made_by == made_by:
            continue
        note, make = FILES[name]
        parts = make()
        size = size_of(parts)
        bulk = [p.size for p in parts if isinstance(p, Bulk)]
        if bulk and not is_real and not holes_are_free(directory):
            raise SystemExit(f"{directory}: holes in files cost disk here; choose another place")
        write(directory / f"{name}.onnx", parts, is_real)
        entries[name] = Entry(f"{name}.onnx", made_by, size, size - sum(bulk), len(bulk), note)
        write_manifest(directory, entries)
    return entries


def main() -> None:
    parser = argparse.ArgumentParser(description="Writes models to measure on.")
    parser.add_argument("directory", type=Path, nargs="?", default=Path("build/bench"))
    parser.add_argument("--only", nargs="+", choices=FILES, default=list(FILES), metavar="NAME")
    parser.add_argument("--real", action="store_true", help="numbers instead of holes")
    parser.add_argument("--list", action="store_true", help="only say what there is")
    options = parser.parse_args()
    if options.list:
        for name, (note, _) in FILES.items():
            print(f"{name:22}{note}")
        return
    entries = generate(options.directory, options.only, options.real)
    for name in options.only:
        print(f"{entries[name].size:>12}  {options.directory / entries[name].file}")


if __name__ == "__main__":
    main()
