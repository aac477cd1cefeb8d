# SPDX-License-Identifier: Apache-2.0
"""Graphs that ask for endless or absurd computations of shapes; part of make_bad.py.

All of them are sound files: they are read and described, whatever can be known is told, the rest is
unknown. What counts is that it takes bounded time and memory.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from make_bad import Place

MOST, LEAST = (1 << 63) - 1, -(1 << 63)


def graphs(at: Place) -> None:
    # Imported late: make_bad imports this module.
    from make_bad import FRAME, INT64, message, model, node, number, plain, tensor, value, varint

    def integers(name: bytes, *numbers: int, dims: Iterable[int] | None = None) -> bytes:
        return message(5, tensor(name, [len(numbers)] if dims is None else dims,
                                 message(9, struct.pack(f"<{len(numbers)}q", *numbers)),
                                 data_type=INT64))

    def made(op: bytes, inputs: Iterable[bytes], outputs: Iterable[bytes], *parts: bytes) -> bytes:
        return message(1, node(op, inputs, outputs, *parts))

    def ints(name: bytes, *numbers: int) -> bytes:
        return message(5, message(1, name), message(8, b"".join(varint(n) for n in numbers)),
                       number(20, 7))

    def integer(name: bytes, n: int) -> bytes:
        return message(5, message(1, name), number(3, n), number(20, 2))

    def word(name: bytes, text: bytes) -> bytes:
        return message(5, message(1, name), message(4, text), number(20, 3))

    def body(name: bytes, *parts: bytes) -> bytes:
        return message(5, message(1, name), message(6, message(2, b"body"), *parts), number(20, 5))

    def one(file: str, note: str, *parts: bytes) -> None:
        at.good(f"shapes/{file}.onnx", model(*parts, FRAME), note)

    def symbolic(name: bytes, *names: bytes, kind: int = 1) -> bytes:
        dims = b"".join(message(1, message(2, n)) for n in names)
        return message(11, value(name, message(1, number(1, kind), message(2, dims))))

    # ---- circles and recursion ----
    one("cycle", "two nodes that wait for each other",
        made(b"Add", [b"x", b"b"], [b"a"]), made(b"Relu", [b"a"], [b"b"]),
        made(b"Relu", [b"b"], [b"y"]))
    one("self_loop", "a node that reads itself", made(b"Add", [b"x", b"y"], [b"y"]))
    one("cycle_long", "a circle of 20 000 nodes",
        *(made(b"Relu", [b"v%d" % ((k + 1) % 20000)], [b"v%d" % k]) for k in range(20000)))
    one("backwards", "20 000 nodes in reverse order",
        *(made(b"Relu", [b"v%d" % (k - 1) if k else b"x"], [b"v%d" % k])
          for k in reversed(range(20000))))
    then = body(b"then_branch", made(b"Relu", [b"y"], [b"t"]), message(12, value(b"t")))
    other = body(b"else_branch", made(b"Relu", [b"x"], [b"t"]), message(12, value(b"t")))
    one("cycle_capture", "a body that reads what its node makes",
        integers(b"c", 1, dims=[]), made(b"If", [b"c"], [b"y"], then, other))

    def function(name: bytes, *nodes: bytes) -> bytes:
        return message(25, message(1, name), message(10, b"f"), message(4, b"i"), message(5, b"o"),
                       *(message(7, n) for n in nodes), message(9, number(2, 17)))

    def call(name: bytes, source: bytes, result: bytes) -> bytes:
        return node(name, [source], [result], message(7, b"f"))

    def calls(file: str, note: str, *functions: bytes) -> None:
        imports = message(8, message(1, b"f"), number(2, 1))
        at.good(f"shapes/{file}.onnx", model(message(1, call(b"f0", b"x", b"y")), FRAME,
                                             extra=imports + b"".join(functions)), note)

    calls("recursion", "a function that calls itself", function(b"f0", call(b"f0", b"i", b"o")))
    calls("recursion_mutual", "two functions that call each other",
          function(b"f0", call(b"f1", b"i", b"o")), function(b"f1", call(b"f0", b"i", b"o")))
    calls("calls_chain", "10 000 functions, each calls the next",
          *(function(b"f%d" % k, call(b"f%d" % (k + 1), b"i", b"o")) for k in range(10000)))
    calls("calls_doubling", "30 functions, each calls the next twice",
          *(function(b"f%d" % k, call(b"f%d" % (k + 1), b"i", b"m"),
                     call(b"f%d" % (k + 1), b"m", b"o")) for k in range(30)),
          function(b"f30", node(b"Relu", [b"i"], [b"o"])))

    # ---- loops ----
    def loop(depth: int) -> bytes:
        inner = loop(depth - 1) if depth else made(b"Relu", [b"x"], [b"r0"])
        parts = (inner, made(b"Identity", [b"go"], [b"on"]),
                 message(11, value(b"k%d" % depth)), message(11, value(b"g%d" % depth)),
                 message(12, value(b"on")), message(12, value(b"r%d" % depth)))
        return made(b"Loop", [b"times", b"go"], [b"r%d" % (depth + 1)], body(b"body", *parts))

    yes = message(5, tensor(b"go", [], message(9, b"\x01"), data_type=9))
    one("loops_nested", "20 loops of 60 iterations within each other",
        integers(b"times", 60, dims=[]), yes, loop(20))
    one("loop_long", "a loop of 2^62 iterations", integers(b"times", 1 << 62, dims=[]), yes, loop(0))
    grow = body(b"body", made(b"Concat", [b"v", b"v"], [b"w"], integer(b"axis", 0)),
                made(b"Identity", [b"go"], [b"on"]), message(11, value(b"k")),
                message(11, value(b"g")), message(11, message(1, b"v")),
                message(12, value(b"on")), message(12, message(1, b"w")))
    one("loop_doubling", "a loop that doubles what it carries, 60 times",
        integers(b"times", 60, dims=[]), integers(b"start", 1), yes,
        made(b"Loop", [b"times", b"go", b"start"], [b"y"], grow))

    # ---- numbers ----
    one("concat_doubling", "contents that double 80 times", integers(b"v0", 1),
        *(made(b"Concat", [b"v%d" % k] * 2, [b"v%d" % (k + 1)], integer(b"axis", 0))
          for k in range(80)))
    one("add_doubling", "a symbol that doubles 10 000 times", symbolic(b"s", b"n"),
        made(b"Shape", [b"s"], [b"v0"]),
        *(made(b"Add", [b"v%d" % k] * 2, [b"v%d" % (k + 1)]) for k in range(10000)))
    one("mul_squaring", "a symbol that is squared 1000 times", symbolic(b"s", b"n"),
        made(b"Shape", [b"s"], [b"v0"]),
        *(made(b"Mul", [b"v%d" % k] * 2, [b"v%d" % (k + 1)]) for k in range(1000)))
    one("symbols_many", "a product of sums of 60 symbols, squared again and again",
        symbolic(b"s", *(b"n%d" % k for k in range(60))), made(b"Shape", [b"s"], [b"t"]),
        made(b"ReduceSum", [b"t"], [b"v0"]),
        *(made(b"Mul", [b"v%d" % k] * 2, [b"v%d" % (k + 1)]) for k in range(200)))
    one("floors_deep", "a symbol that is halved and raised 5000 times", symbolic(b"s", b"n"),
        made(b"Shape", [b"s"], [b"v0"]), integers(b"three", 3),
        *(made(b"Div" if k % 2 else b"Mul", [b"v%d" % k, b"three" if k % 2 else b"v0"],
               [b"v%d" % (k + 1)]) for k in range(5000)))
    one("range_huge", "a range of 10^18 numbers", integers(b"a", 0, dims=[]),
        integers(b"b", 10**18, dims=[]), integers(b"c", 1, dims=[]),
        made(b"Range", [b"a", b"b", b"c"], [b"y"]))
    one("range_still", "a range with a step of 0", integers(b"a", 0, dims=[]),
        integers(b"b", 5, dims=[]), made(b"Range", [b"a", b"b", b"a"], [b"y"]))
    for op, inputs in ((b"Expand", [b"x", b"d"]), (b"Tile", [b"x", b"d"]),
                       (b"ConstantOfShape", [b"d"]), (b"Reshape", [b"x", b"d"]),
                       (b"OneHot", [b"d", b"d", b"x"]), (b"Pad", [b"x", b"d"]),
                       (b"Split", [b"x", b"d"]), (b"TopK", [b"x", b"d"]),
                       (b"Slice", [b"x", b"d", b"d", b"d", b"d"]), (b"Unsqueeze", [b"x", b"d"]),
                       (b"Resize", [b"x", b"", b"", b"d"]), (b"CenterCropPad", [b"x", b"d"])):
        for name, size in (("huge", 10**18), ("most", MOST), ("least", LEAST)):
            one(f"{op.decode().lower()}_{name}", f"{op.decode()} with {size}",
                integers(b"d", *([size] * 4)), made(op, inputs, [b"y", b"z"]))
        one(f"{op.decode().lower()}_long", f"{op.decode()} with a list of 100 000 numbers",
            integers(b"d", *([1] * 100_000)), made(op, inputs, [b"y", b"z"]))
    for op in (b"Conv", b"MaxPool", b"ConvTranspose", b"LpPool"):
        for number_ in (0, -1, MOST, LEAST):
            for name in (b"strides", b"dilations", b"kernel_shape", b"pads", b"output_padding"):
                one(f"{op.decode().lower()}_{name.decode()}_{number_}",
                    f"{op.decode()} with {name.decode()} of {number_}",
                    message(11, value(b"img", message(1, number(1, 1), message(2, b"".join(
                        message(1, number(1, n)) for n in (1, 3, 8, 8)))))),
                    message(5, tensor(b"w", [4, 3, 3, 3], number(14, 1))),
                    made(op, [b"img", b"w"], [b"y"], ints(name, *([number_] * 4)),
                         *([] if op in (b"Conv", b"ConvTranspose") or name == b"kernel_shape"
                           else [ints(b"kernel_shape", 3, 3)]), integer(b"group", number_)))
    one("divide", "what traps: INT64_MIN / -1, and by zero", integers(b"a", LEAST, LEAST, 1, 1),
        integers(b"b", -1, 0, 0, -1), *(made(op, [b"a", b"b"], [b"v%d" % k]) for k, op in enumerate(
            (b"Div", b"Mod", b"Mul", b"Sub", b"Pow", b"BitShift", b"Min", b"Max"))))

    # ---- ranks and lists ----
    one("einsum_long", "an equation of 100 000 letters",
        made(b"Einsum", [b"x"] * 3, [b"y"], word(b"equation", b"abcdefghij" * 10_000)))
    one("einsum_commas", "an equation of 100 000 commas",
        made(b"Einsum", [b"x"] * 3, [b"y"], word(b"equation", b"," * 100_000)))
    one("split_many", "a split into 2^31 parts",
        made(b"Split", [b"x"], [b"y", b"z"], integer(b"num_outputs", 1 << 31)))
    one("concat_many", "a node with 100 000 inputs",
        made(b"Concat", [b"x"] * 100_000, [b"y"], integer(b"axis", 0)))
    one("sum_many", "a node with 100 000 inputs", made(b"Sum", [b"x"] * 100_000, [b"y"]))
    one("outputs_many", "a node with 100 000 outputs",
        made(b"Split", [b"x"], [b"v%d" % k for k in range(100_000)], integer(b"axis", 0)))
    one("rank_input", "an input of a million dimensions, and what reads it",
        message(11, value(b"r", message(1, number(1, 1), message(
            2, message(1, number(1, 1)) * 1_000_000)))),
        *(made(op, [b"r"], [b"o%d" % k]) for k, op in enumerate(
            (b"Relu", b"Transpose", b"Flatten", b"Shape", b"Size", b"Squeeze", b"Softmax",
             b"ReduceSum", b"GlobalAveragePool", b"NonZero"))))
    one("rank_growing", "Unsqueeze after Unsqueeze, 10 000 times", integers(b"z", 0),
        made(b"Identity", [b"x"], [b"v0"]),
        *(made(b"Unsqueeze", [b"v%d" % k, b"z"], [b"v%d" % (k + 1)]) for k in range(10000)))
    one("dims_product", "sizes whose product is 2^192",
        message(11, value(b"r", message(1, number(1, 1), message(2, b"".join(
            message(1, number(1, 1 << 48)) for _ in range(4)))))),
        *(made(op, [b"r"], [b"o%d" % k]) for k, op in enumerate((b"Flatten", b"Size", b"Relu"))),
        made(b"MatMul", [b"r", b"r"], [b"y"]))
    at.good("shapes/overflow_weights.onnx",
            plain(message(5, tensor(b"w", [1 << 32, 1 << 32])),
                  made(b"MatMul", [b"x", b"w"], [b"z"])), "a weight of 2^64 elements")
