#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes models in the shapes that graphs have: what layout_families.h is to the layout alone.

    python3 bench/make_families.py FAMILY NODES FILE

Families are unet, dense, wide and chain; decoders are made by make_decoder.py. All values are
1 x channels x 8 x 8, weights are a few numbers each. Standard library only.
"""

from __future__ import annotations

import random
import sys
from pathlib import Path

from generate import (GRAPH_NAME, INPUT, OUTPUT, Parts, integer, ints, model, node, data, tensor,
                      value_info, write)

WIDTH = 4  # channels of what runs between blocks


class Net:
    """Nodes and weights in the making."""

    def __init__(self) -> None:
        self.nodes: list[bytes] = []
        self.stored: list[bytes] = []
        self.scope = b"/"

    def op(self, kind: bytes, *inputs: bytes, attributes: bytes = b"") -> bytes:
        name = b"%s%s_%d" % (self.scope, kind, len(self.nodes))
        self.nodes.append(node(kind, name, inputs, name + b"_output_0", attributes))
        return name + b"_output_0"

    def conv(self, x: bytes, channels: int = WIDTH) -> bytes:
        weight = b"%sweight_%d" % (self.scope[1:].replace(b"/", b"."), len(self.stored))
        self.stored.append(tensor((WIDTH, channels, 1, 1), weight,
                                  b"\0\0\x80?" * (WIDTH * channels)))
        return self.op(b"Conv", x, weight, attributes=ints(b"kernel_shape", (1, 1)))

    def line(self, x: bytes, count: int) -> bytes:
        for i in range(count):
            x = self.conv(x) if i % 3 == 0 else self.op((b"Relu", b"Sigmoid")[i % 3 - 1], x)
        return x

    def concat(self, *inputs: bytes) -> bytes:
        return self.op(b"Concat", *inputs, attributes=integer(b"axis", 1))


def chain(net: Net, x: bytes, count: int) -> bytes:
    for i in range(count // 16):
        net.scope = b"/blocks.%d/" % i
        x = net.line(x, 16)
    return net.line(x, count % 16)


def residual(net: Net, x: bytes, time: bytes) -> bytes:
    s = net.op(b"Add", net.line(x, 3), net.line(time, 2))
    return net.op(b"Add", x, net.line(s, 3))


def unet(net: Net, x: bytes, count: int) -> bytes:
    """Down and up again, as deep as there are nodes: every level hands something over."""
    depth = max(1, count // 23)
    time, skips = net.line(x, 3), []
    for i in range(depth):
        net.scope = b"/down.%d/" % i
        x = residual(net, x, time)
        skips.append(x)
        x = net.conv(x)
    for i in reversed(range(depth)):
        net.scope = b"/up.%d/" % i
        x = net.conv(net.concat(net.op(b"Relu", x), skips[i]), 2 * WIDTH)
        x = residual(net, x, time)
    return x


def dense(net: Net, x: bytes, count: int) -> bytes:
    """Blocks in which everything reads all that was before it."""
    i = 0
    while len(net.nodes) < count:
        net.scope = b"/dense.%d/" % i
        i += 1
        ready = [x]
        for _ in range(16):
            joined = net.concat(*ready)
            ready.append(net.line(net.conv(joined, WIDTH * len(ready)), 3))
        x = net.line(ready[-1], 3)
    return x


def wide(net: Net, x: bytes, count: int) -> bytes:
    """Branches beside each other, that read each other at times."""
    dice = random.Random(1)
    ends = [x] * max(1, count // 17)
    for step in range(16):
        for i, end in enumerate(ends):
            net.scope = b"/branch.%d/" % i
            other = ends[dice.randrange(i + 1)]
            if step and not dice.randrange(5) and other != end:
                ends[i] = net.op(b"Add", end, other)
            else:
                ends[i] = net.line(end, 1) if step % 2 else net.op(b"Relu", end)
    net.scope = b"/"
    return net.op(b"Sum", *ends)


FAMILIES = {"unet": unet, "dense": dense, "wide": wide, "chain": chain}


def family(name: str, count: int) -> Parts:
    net = Net()
    last = FAMILIES[name](net, b"input", count)
    shape = (1, WIDTH, 8, 8)
    return model([b"".join(net.nodes), data(GRAPH_NAME, name.encode()), b"".join(net.stored),
                  value_info(INPUT, b"input", shape), value_info(OUTPUT, last, shape)])


def main() -> None:
    if len(sys.argv) != 4 or sys.argv[1] not in FAMILIES:
        raise SystemExit(__doc__)
    write(Path(sys.argv[3]), family(sys.argv[1], int(sys.argv[2])), False)


if __name__ == "__main__":
    main()
