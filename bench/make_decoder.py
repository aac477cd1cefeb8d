#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes transformer decoders as exporters write them: half of the nodes compute shapes.

    python3 bench/make_decoder.py [DIRECTORY] [--nodes 1k 10k 30k 100k] [--check]

Inputs have symbolic batch and length; of the rest only the output has a declared shape. Every view
of a tensor is Shape, Gather, Unsqueeze, Concat and Reshape, with Constant nodes between them;
rotary embeddings slice, the mask is made by ConstantOfShape, Trilu and Expand. Weights are a few
numbers each. A file has exactly so many nodes, and is the same on every run.

--check needs the onnx package: the model is valid, and onnx.shape_inference with data propagation
finds the shape of every value; it says how long that takes.

Standard library only, otherwise.
"""

from __future__ import annotations

import argparse
import array
import struct
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from generate import (GRAPH_NAME, INPUT, NODE, OUTPUT, Parts, data, integer, ints, model, number,
                      size_of, tensor, write)

HIDDEN, HEADS, INSIDE, WIDE = 16, 4, 4, 32
HALF = INSIDE // 2
WORDS = 64
INT64, FLOAT = 7, 1


def raw(values: Sequence[float], kind: str) -> bytes:
    packed = array.array(kind, values)
    if sys.byteorder == "big":
        packed.byteswap()
    return packed.tobytes()


class Decoder:
    """Nodes and weights in the making."""

    def __init__(self) -> None:
        self.nodes: list[bytes] = []
        self.stored: list[bytes] = []
        self.scope = b"/model/"

    def op(self, kind: bytes, *inputs: bytes, attributes: bytes = b"") -> bytes:
        name = b"%s%s_%d" % (self.scope, kind, len(self.nodes))
        output = name + b"_output_0"
        body = [data(1, i) for i in inputs]
        body += [data(2, output), data(3, name), data(4, kind), attributes]
        self.nodes.append(data(NODE, b"".join(body)))
        return output

    def constant(self, *values: int, scalar: bool = False) -> bytes:
        dims = b"" if scalar else number(1, len(values))
        return self.held(dims + number(2, INT64) + data(9, raw(values, "q")))

    def real(self, value: float) -> bytes:
        return self.held(number(2, FLOAT) + data(9, struct.pack("<f", value)))

    def held(self, held: bytes) -> bytes:
        return self.op(b"Constant", attributes=data(5, data(1, b"value") + data(5, held) +
                                                    number(20, 4)))

    def weight(self, *dims: int) -> bytes:
        name = b"%sweight_%d" % (self.scope[1:].replace(b"/", b"."), len(self.stored))
        count = 1
        for dim in dims:
            count *= dim
        self.stored.append(tensor(dims, name, raw([0.01 * (i % 7 - 3) for i in range(count)], "f")))
        return name

    # ---- what exporters write ----

    def size(self, x: bytes, axis: int) -> bytes:
        """A dimension as a vector of one."""
        picked = self.op(b"Gather", self.op(b"Shape", x), self.constant(axis, scalar=True),
                         attributes=integer(b"axis", 0))
        return self.op(b"Unsqueeze", picked, self.constant(0))

    def view(self, x: bytes, like: bytes, *rest: int) -> bytes:
        """[batch, length, rest...], sizes taken from another tensor."""
        parts = [self.size(like, 0), self.size(like, 1), *(self.constant(n) for n in rest)]
        shape = self.op(b"Concat", *parts, attributes=integer(b"axis", 0))
        return self.op(b"Reshape", x, shape, attributes=integer(b"allowzero", 0))

    def turn(self, x: bytes, *order: int) -> bytes:
        return self.op(b"Transpose", x, attributes=ints(b"perm", order))

    def norm(self, x: bytes) -> bytes:
        """Root mean square, in pieces."""
        square = self.op(b"Pow", x, self.real(2.0))
        mean = self.op(b"ReduceMean", square, attributes=ints(b"axes", [(1 << 64) - 1]))
        root = self.op(b"Sqrt", self.op(b"Add", mean, self.real(1e-6)))
        scaled = self.op(b"Mul", x, self.op(b"Div", self.real(1.0), root))
        return self.op(b"Mul", self.weight(HIDDEN), scaled)

    def part(self, x: bytes, start: int, end: int) -> bytes:
        return self.op(b"Slice", x, self.constant(start), self.constant(end), self.constant(3),
                       self.constant(1))

    def rotate(self, x: bytes, cos: bytes, sin: bytes) -> bytes:
        """Rotary embedding."""
        back = self.op(b"Neg", self.part(x, HALF, INSIDE))
        turned = self.op(b"Concat", back, self.part(x, 0, HALF),
                         attributes=integer(b"axis", 3))
        return self.op(b"Add", self.op(b"Mul", x, cos), self.op(b"Mul", turned, sin))

    def heads(self, x: bytes) -> bytes:
        y = self.op(b"MatMul", x, self.weight(HIDDEN, HIDDEN))
        return self.turn(self.view(y, x, HEADS, INSIDE), 0, 2, 1, 3)

    def head(self) -> tuple[bytes, bytes, bytes, bytes]:
        """Embedding, mask, cosines and sines."""
        x = self.op(b"Gather", self.weight(WORDS, HIDDEN), b"input_ids",
                    attributes=integer(b"axis", 0))
        length = self.size(b"input_ids", 1)
        square = self.op(b"Concat", length, length, attributes=integer(b"axis", 0))
        mask = self.op(b"Trilu", self.op(b"ConstantOfShape", square, attributes=data(
            5, data(1, b"value") + data(5, number(1, 1) + number(2, FLOAT) + data(
                9, struct.pack("<f", -1e9))) + number(20, 4))), self.constant(1, scalar=True))
        mask = self.op(b"Unsqueeze", mask, self.constant(0, 1))
        whole = self.op(b"Concat", self.size(b"input_ids", 0), self.constant(1), length, length,
                        attributes=integer(b"axis", 0))
        mask = self.op(b"Expand", mask, whole)
        places = self.op(b"Cast", self.op(b"Unsqueeze", b"position_ids", self.constant(2)),
                         attributes=integer(b"to", FLOAT))
        turns = self.op(b"MatMul", places, self.weight(1, HALF))
        turns = self.op(b"Concat", turns, turns, attributes=integer(b"axis", 2))
        cos, sin = (self.op(b"Unsqueeze", self.op(kind, turns), self.constant(1))
                    for kind in (b"Cos", b"Sin"))
        return x, mask, cos, sin

    def layer(self, x: bytes, mask: bytes, cos: bytes, sin: bytes) -> bytes:
        y = self.norm(x)
        q, k, v = (self.heads(y) for _ in range(3))
        q, k = self.rotate(q, cos, sin), self.rotate(k, cos, sin)
        scores = self.op(b"MatMul", q, self.turn(k, 0, 1, 3, 2))
        scores = self.op(b"Add", self.op(b"Div", scores, self.real(INSIDE ** 0.5)), mask)
        weights = self.op(b"Softmax", scores, attributes=integer(b"axis", 3))
        y = self.turn(self.op(b"MatMul", weights, v), 0, 2, 1, 3)
        y = self.op(b"MatMul", self.view(y, x, HIDDEN), self.weight(HIDDEN, HIDDEN))
        x = self.op(b"Add", x, y)
        y = self.norm(x)
        gate = self.op(b"MatMul", y, self.weight(HIDDEN, WIDE))
        gate = self.op(b"Mul", gate, self.op(b"Sigmoid", gate))
        y = self.op(b"Mul", gate, self.op(b"MatMul", y, self.weight(HIDDEN, WIDE)))
        return self.op(b"Add", x, self.op(b"MatMul", y, self.weight(WIDE, HIDDEN)))


def value(field: int, name: bytes, kind: int, *dims: bytes | int) -> bytes:
    shape = b"".join(data(1, number(1, dim) if isinstance(dim, int) else data(2, dim))
                     for dim in dims)
    return data(field, data(1, name) + data(2, data(1, number(1, kind) + data(2, shape))))


def decoder(count: int) -> Parts:
    """A model of exactly `count` nodes, at least 200."""
    made = Decoder()
    x, mask, cos, sin = made.head()
    layers = 0
    while True:
        before = len(made.nodes), len(made.stored), x
        made.scope = b"/model/layers.%d/" % layers
        x = made.layer(x, mask, cos, sin)
        if len(made.nodes) > count:
            break
        layers += 1
    del made.nodes[before[0]:], made.stored[before[1]:]
    x = before[2]
    made.scope = b"/model/"
    while len(made.nodes) < count:
        x = made.op(b"Identity", x)
    return model([b"".join(made.nodes), data(GRAPH_NAME, b"decoder"), b"".join(made.stored),
                  value(INPUT, b"input_ids", INT64, b"batch", b"sequence"),
                  value(INPUT, b"position_ids", INT64, b"batch", b"sequence"),
                  value(OUTPUT, x, FLOAT, b"batch", b"sequence", HIDDEN)])


def check(path: Path) -> str:
    """What the onnx package makes of it."""
    import onnx

    loaded = onnx.load(str(path))
    onnx.checker.check_model(loaded)
    started = time.perf_counter()
    inferred = onnx.shape_inference.infer_shapes(loaded, strict_mode=True, data_prop=True)
    took = time.perf_counter() - started
    graph = inferred.graph
    known = 0
    for one in (*graph.value_info, *graph.output):
        dims = one.type.tensor_type.shape.dim
        known += one.type.tensor_type.HasField("shape") and all(
            dim.WhichOneof("value") == "dim_value" or dim.dim_param in ("batch", "sequence")
            for dim in dims)
    return f"{known} of {len(graph.node)} shapes found by onnx {onnx.__version__} in {took:.3f} s"


def amount(text: str) -> int:
    value = int(text[:-1]) * 1000 if text.endswith("k") else int(text)
    if value < 200:
        raise argparse.ArgumentTypeError("at least 200")
    return value


def main() -> None:
    parser = argparse.ArgumentParser(description="Writes decoders with computed shapes.")
    parser.add_argument("directory", type=Path, nargs="?", default=Path("build/bench"))
    parser.add_argument("--nodes", nargs="+", type=amount, metavar="N",
                        default=[1000, 10_000, 30_000, 100_000])
    parser.add_argument("--check", action="store_true", help="see what the onnx package finds")
    options = parser.parse_args()
    options.directory.mkdir(parents=True, exist_ok=True)
    for count in options.nodes:
        name = f"{count // 1000}k" if count % 1000 == 0 else str(count)
        path = options.directory / f"decoder-{name}.onnx"
        parts = decoder(count)
        write(path, parts, False)
        print(f"{size_of(parts):>12}  {path}" + (f"  {check(path)}" if options.check else ""))


if __name__ == "__main__":
    main()
