#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes hostile and broken models into a directory, and what is expected of a reader.

    python3 tests/bad/make_bad.py DIRECTORY
    python3 tests/bad/make_bad.py --cut MODEL DIRECTORY [PLACES]

The second form cuts one given model: behind every byte, or in so many places. Either way the
directory also receives EXPECT.tsv, a line a file, its columns named in the first line:

    file    path below the directory, or an absolute one
    exit    exit codes that are right, separated by commas
    stderr  regular expression that must be found in what goes to stderr; empty: anything
    note    what the file is about
    code    "error.code" of the JSON form that are right, separated by commas; empty: any
    prints  regular expression that must be found in the text form on stdout; empty: anything
    show    name of a tensor for `onnxray show`; empty: do not ask
    says    regular expression that must be found in what `show` says, on either stream
    never   regular expression that must not be found there

Standard library only. Nothing here needs ONNX: the wire format is small enough to write by hand.
"""

from __future__ import annotations

import gzip
import io
import os
import pickle
import random
import struct
import sys
import zipfile
import zlib
from collections.abc import Callable, Iterable
from dataclasses import astuple, dataclass, fields
from pathlib import Path

from graphs import graphs
from strange import strange

# ---- The wire format ---------------------------------------------------------------------------

VARINT, FIXED64, LENGTH, GROUP, END_GROUP, FIXED32 = range(6)


def varint(value: int, size: int = 0) -> bytes:
    """A number in groups of seven bits; with `size`, padded to so many bytes."""
    value &= (1 << 64) - 1
    out = bytearray()
    while value >= 0x80 or len(out) + 1 < size:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def tag(field: int, wire_type: int, size: int = 0) -> bytes:
    return varint(field << 3 | wire_type, size)


def number(field: int, value: int) -> bytes:
    return tag(field, VARINT) + varint(value)


def message(field: int, *parts: bytes) -> bytes:
    """A field with a length: a message, a text, packed numbers."""
    data = b"".join(parts)
    return tag(field, LENGTH) + varint(len(data)) + data


def claimed(field: int, length: int, data: bytes = b"") -> bytes:
    """A field that says to be `length` bytes long, whatever there is."""
    return tag(field, LENGTH) + varint(length) + data


# ---- Pieces of a model, by their field numbers -------------------------------------------------

FLOAT, INT64, STRING = 1, 7, 8


def opset(version: int = 17) -> bytes:
    return message(8, number(2, version))


def model(*graph_parts: bytes, extra: bytes = b"") -> bytes:
    return number(1, 8) + opset() + message(7, *graph_parts) + extra


def node(op_type: bytes, inputs: Iterable[bytes], outputs: Iterable[bytes], *parts: bytes,
         name: bytes = b"") -> bytes:
    """As GraphProto.node and FunctionProto.node say: field 1 of a graph, 7 of a function."""
    return b"".join([*(message(1, item) for item in inputs),
                     *(message(2, item) for item in outputs),
                     message(3, name) if name else b"", message(4, op_type), *parts])


def shape(*dims: int) -> bytes:
    return b"".join(message(1, number(1, dim)) for dim in dims)


def tensor_type(*dims: int) -> bytes:
    return message(1, number(1, FLOAT), message(2, shape(*dims)))


def value(name: bytes, type_proto: bytes | None = None) -> bytes:
    return message(1, name) + message(2, tensor_type(2) if type_proto is None else type_proto)


def tensor(name: bytes, dims: Iterable[int], *parts: bytes, data_type: int = FLOAT) -> bytes:
    return b"".join([*(number(1, dim) for dim in dims), number(2, data_type), *parts,
                     message(8, name)])


def floats(*values: float) -> bytes:
    return struct.pack(f"<{len(values)}f", *values)


def external(name: bytes, **entries: bytes) -> bytes:
    """A tensor of four floats that are elsewhere."""
    pairs = [message(13, message(1, key.encode()), message(2, text))
             for key, text in entries.items()]
    return tensor(name, [4], *pairs, number(14, 1))


INPUT, OUTPUT = message(11, value(b"x")), message(12, value(b"y"))
RELU = message(1, node(b"Relu", [b"x"], [b"y"], name=b"relu"))
FRAME = message(2, b"g") + INPUT + OUTPUT  # what surrounds the nodes


def plain(*graph_parts: bytes, extra: bytes = b"") -> bytes:
    """A sound little model with something added to its graph."""
    return model(RELU, *graph_parts, FRAME, extra=extra)


# ---- The list of files -------------------------------------------------------------------------

@dataclass
class Expectation:
    file: str
    exit: str
    stderr: str
    note: str
    code: str = ""
    prints: str = ""
    show: str = ""
    says: str = ""
    never: str = ""


class Place:
    """A directory being filled."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.expectations: list[Expectation] = []
        root.mkdir(parents=True, exist_ok=True)

    def path(self, file: str) -> Path:
        path = self.root / file
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.is_symlink() or path.exists() and not path.is_dir():
            path.unlink()
        return path

    def expect(self, file: str, exits: str, stderr: str, note: str, **more: str) -> None:
        self.expectations.append(Expectation(file, exits, stderr, note, **more))

    def put(self, file: str, data: bytes) -> None:
        self.path(file).write_bytes(data)

    def good(self, file: str, data: bytes, note: str, **more: str) -> None:
        """To be read without complaint about the file as such."""
        self.put(file, data)
        self.expect(file, "0", "", note, **more)

    def bad(self, file: str, data: bytes, stderr: str, note: str, code: str = "malformed",
            **more: str) -> None:
        """To be refused."""
        self.put(file, data)
        self.expect(file, "3", stderr, note, code=code, **more)

    def either(self, file: str, data: bytes, note: str, **more: str) -> None:
        """Hostile, but reading it is as right as refusing it. Surviving is what counts."""
        self.put(file, data)
        self.expect(file, "0,3", "", note, **more)

    def write_expectations(self) -> None:
        lines = ["\t".join(field.name for field in fields(Expectation))]
        lines += ["\t".join(astuple(item)) for item in self.expectations]
        text = "\n".join(lines) + "\n"
        (self.root / "EXPECT.tsv").write_bytes(text.encode("utf-8", "surrogateescape"))


DEEP = r"(?i)(?=.*offset \d+)(?=.*(depth|nest|deep|level))"
BROKEN = r"offset \d+"
PAST = r"(?i)(?=.*offset \d+)(?=.*(past|beyond|exceed|larger|longer|ends|trunc|short|runs))"
SHORT = r"(?i)trunc|ends|past|missing|short|cut|incomplete|stops"


# ---- Nesting -----------------------------------------------------------------------------------

def nest(levels: int, innermost: bytes, wrap: Callable[[bytes], bytes]) -> bytes:
    for _ in range(levels):
        innermost = wrap(innermost)
    return innermost


def in_body(graph: bytes) -> bytes:
    """graph -> node -> attribute -> graph: three messages a level."""
    return message(1, message(4, b"If"), message(5, message(1, b"b"), message(6, graph),
                                                 number(20, 5)))


def in_sequence(type_proto: bytes) -> bytes:
    return message(4, message(1, type_proto))


def in_optional(type_proto: bytes) -> bytes:
    return message(9, message(1, type_proto))


def in_map(type_proto: bytes) -> bytes:
    return message(5, number(1, STRING), message(2, type_proto))


def nesting(at: Place) -> None:
    # Messages below ModelProto: the graph is the first. The reference stops behind the 100th.
    at.good("deep/body_100.onnx", model(nest(33, b"", in_body)), "bodies, 100 messages deep")
    at.bad("deep/body_101.onnx", model(nest(33, message(1, b""), in_body)), DEEP,
           "bodies, 101 messages deep", code="limit,malformed")
    for levels in (100, 1000, 2912):
        at.bad(f"deep/body_{3 * levels + 1}.onnx", model(nest(levels, b"", in_body)), DEEP,
               f"{levels} bodies within each other", code="limit,malformed")
    at.bad("deep/body_in_function.onnx",
           plain(extra=message(25, message(1, b"f"), message(7, in_body(b"")[2:]),
                               message(7, message(5, message(6, nest(1000, b"", in_body)))))),
           DEEP, "bodies in a function", code="limit,malformed")
    at.bad("deep/body_in_training.onnx",
           plain(extra=message(20, message(2, nest(1000, b"", in_body)))),
           DEEP, "bodies in a training graph", code="limit,malformed")
    at.bad("deep/graphs_list.onnx",
           model(nest(1000, b"", lambda g: message(1, message(5, message(11, g))))),
           DEEP, "bodies in lists of graphs", code="limit,malformed")

    kinds = {"sequence": in_sequence, "optional": in_optional, "map": in_map}
    homes: dict[str, Callable[[bytes], bytes]] = {
        "value_info": lambda t: plain(message(13, value(b"v", t))),
        "input": lambda t: plain(message(11, value(b"v", t))),
        "attribute": lambda t: plain(message(1, node(b"Optional", [b"x"], [b"z"], message(
            5, message(1, b"type"), message(14, t), number(20, 13))))),
        "attribute_list": lambda t: plain(message(1, node(b"Odd", [b"x"], [b"z"], message(
            5, message(1, b"types"), message(15, t), number(20, 14))))),
        "function": lambda t: plain(extra=message(25, message(1, b"f"), message(
            12, value(b"v", t)))),
    }
    for kind, wrap in kinds.items():
        for home, house in homes.items():
            at.good(f"deep/{kind}_in_{home}_20.onnx", house(nest(20, tensor_type(2), wrap)),
                    f"20 {kind} types within each other")
            for levels in (60, 3000, 8736):
                at.bad(f"deep/{kind}_in_{home}_{levels}.onnx",
                       house(nest(levels, tensor_type(2), wrap)), DEEP,
                       f"{levels} {kind} types within each other", code="limit,malformed")

    group = tag(50, GROUP), tag(50, END_GROUP)
    at.good("deep/group_50.onnx", plain(extra=group[0] * 50 + group[1] * 50),
            "50 groups within each other")
    for levels in (200, 100_000):
        at.bad(f"deep/group_{levels}.onnx", plain(extra=group[0] * levels + group[1] * levels),
               DEEP, f"{levels} groups within each other", code="limit,malformed")
        at.bad(f"deep/group_in_node_{levels}.onnx",
               plain(message(1, node(b"Relu", [b"x"], [b"z"], group[0] * levels,
                                     group[1] * levels))),
               DEEP, f"{levels} groups within each other, in a node", code="limit,malformed")
    at.bad("deep/group_open.onnx", plain(extra=group[0] * 100_000), BROKEN,
           "100 000 groups that never end", code="limit,malformed,truncated")


# ---- Much of something small -------------------------------------------------------------------

def crowds(at: Place) -> None:
    at.good("many/graph_16000.onnx", number(1, 8) + opset() + message(7) * 16_000,
            "the graph 16 000 times over, which means: merge them")
    at.good("many/graph_50000.onnx", number(1, 8) + opset() + message(7, RELU, FRAME)
            + message(7, message(10, b"d")) * 50_000,
            "the graph 50 000 times over, with a text each")
    at.good("many/graph_split.onnx",
            number(1, 8) + opset() + message(7, RELU) + message(7, INPUT) + message(7, OUTPUT),
            "a graph in three pieces", prints="Relu")
    at.good("many/empty_nodes.onnx", model(message(1) * 1_000_000), "a million empty nodes")
    at.good("many/empty_tensors.onnx", model(message(5) * 1_000_000), "a million empty tensors")
    at.good("many/unknown_fields.onnx", plain(extra=number(100, 1) * 3_000_000),
            "three million unknown fields")
    at.good("many/unknown_in_node.onnx",
            plain(message(1, node(b"Relu", [b"x"], [b"z"], number(100, 1) * 300_000))),
            "300 000 unknown fields in a node")
    at.either("many/dims_unpacked.onnx",
              plain(message(5, tensor(b"w", [], number(1, 1) * 5_000_000))),
              "a tensor of five million dimensions")
    at.either("many/dims_packed.onnx",
              plain(message(5, tensor(b"w", [], message(1, b"\x01" * 5_000_000)))),
              "the same, packed")
    at.either("many/shape_dims.onnx",
              plain(message(13, value(b"v", message(1, number(1, 1), message(
                  2, message(1) * 1_000_000))))), "a shape of a million unknown dimensions")
    at.good("many/ir_version.onnx", number(1, 8) * 500_000 + plain(), "one number 500 000 times")
    at.good("many/unpacked_floats.onnx",
            plain(message(5, tensor(b"w", [100_000], (tag(4, FIXED32) + floats(0.5)) * 100_000))),
            "100 000 values that each have their own tag", show="w", says="0\\.5")
    at.good("many/unpacked_attribute.onnx",
            plain(message(1, node(b"Odd", [b"x"], [b"z"], message(
                5, message(1, b"list"), number(8, 3) * 1_000_000, number(20, 7))))),
            "an attribute list of a million numbers, one by one")
    for name, field in (("functions", 25), ("metadata", 14), ("opsets", 8), ("training", 20),
                        ("configurations", 26)):
        at.either(f"many/empty_{name}.onnx", plain(extra=message(field) * 300_000),
                  f"300 000 empty {name}")
    for name, field in (("inputs", 11), ("outputs", 12), ("value_infos", 13),
                        ("annotations", 14), ("sparse", 15), ("graph_metadata", 16)):
        at.either(f"many/empty_{name}.onnx", plain(message(field) * 300_000),
                  f"300 000 empty {name}")
    for name, field in (("node_inputs", 1), ("attributes", 5), ("node_metadata", 9),
                        ("shardings", 10)):
        at.either(f"many/empty_{name}.onnx", plain(message(1, node(
            b"Odd", [], [], message(field) * 300_000))), f"a node with 300 000 empty {name}")
    for name, field in (("tensors", 10), ("graphs", 11), ("types", 15), ("sparse_tensors", 23),
                        ("strings", 9)):
        at.either(f"many/attribute_{name}.onnx", plain(message(1, node(
            b"Odd", [], [b"z"], message(5, message(field) * 300_000)))),
            f"an attribute with 300 000 empty {name}")
    at.good("many/long_name.onnx",
            model(message(1, node(b"Relu", [b"x"], [b"y"], name=b"n" * 1_000_000)), FRAME),
            "a name of a million letters")
    at.good("many/long_doc.onnx", plain(message(10, b"word " * 2_000_000)), "10 MB of words")
    at.good("many/same_names.onnx",
            model(message(1, node(b"Relu", [b"x"], [b"x"], name=b"n")) * 100_000, FRAME),
            "100 000 nodes that write the same value")
    at.good("many/wide_node.onnx",
            plain(message(1, node(b"Concat", [b"x"] * 200_000, [b"z"]))),
            "a node with 200 000 inputs")
    at.good("many/chain.onnx",
            model(b"".join(message(1, node(b"Relu", [b"v%d" % i], [b"v%d" % (i + 1)]))
                           for i in range(100_000)), message(11, value(b"v0")),
                  message(12, value(b"v100000"))), "a chain of 100 000 nodes")

    # Singular messages given again and again: the pieces are to be merged, in one pass.
    again = 30_000
    at.good("many/attribute_t.onnx",
            plain(message(1, node(b"Constant", [], [b"z"], message(
                5, message(1, b"value"), message(5, number(1, 1), number(2, FLOAT)) * again,
                number(20, 4))))), "one attribute's tensor in 30 000 pieces")
    at.good("many/value_type.onnx",
            plain(message(13, message(1, b"v"), message(2, message(1, message(
                2, message(1, number(1, 1))))) * again)), "one value's type in 30 000 pieces")
    at.good("many/type_shape.onnx",
            plain(message(13, message(1, b"v"), message(2, message(1, number(1, FLOAT), message(
                2, message(1, number(1, 1))) * again)))), "one type's shape in 30 000 pieces")
    at.good("many/attribute_g.onnx",
            plain(message(1, node(b"If", [b"x"], [b"z"], message(
                5, message(1, b"then_branch"), message(6, RELU) * again, number(20, 5))))),
            "one body in 30 000 pieces")
    at.good("many/type_kinds.onnx",
            plain(message(13, message(1, b"v"), message(
                2, (message(1, number(1, FLOAT)) + message(4, message(1, tensor_type(2))))
                * again))), "a type that changes its mind 30 000 times")
    at.good("many/sparse_values.onnx",
            plain(message(15, message(1, number(1, 1), number(2, FLOAT)) * again,
                          message(2, number(1, 1), number(2, INT64)), number(3, 4))),
            "a sparse tensor's values in 30 000 pieces")


# ---- Bytes that are not what they should be -----------------------------------------------------

def wire(at: Place) -> None:
    unknown = {"varint": number(99, 7), "fixed64": tag(99, FIXED64) + bytes(8),
               "length": message(99, b"abc"), "fixed32": tag(99, FIXED32) + bytes(4),
               "group": tag(99, GROUP) + number(1, 1) + tag(99, END_GROUP),
               "largest": tag((1 << 29) - 1, VARINT) + b"\x01"}
    for name, data in unknown.items():
        at.good(f"wire/unknown_{name}.onnx", data + plain(data, message(1, node(
            b"Relu", [b"x"], [b"z"], data)), extra=data), f"an unknown field: {name}",
            prints="Relu")

    nested = tag(60, GROUP) + tag(61, GROUP) + message(62, b"text") + tag(61, END_GROUP)
    at.good("wire/groups.onnx", plain(nested + tag(60, END_GROUP)), "groups, well-formed")
    at.bad("wire/group_open.onnx", plain(extra=nested), BROKEN, "a group that does not end",
           code="malformed,truncated")
    at.bad("wire/group_open_in_node.onnx",
           plain(message(1, node(b"Relu", [b"x"], [b"z"], tag(60, GROUP)))), BROKEN,
           "a group that does not end before its node does")
    at.bad("wire/group_unmatched.onnx", plain(tag(60, END_GROUP)), BROKEN,
           "the end of a group that never began")
    at.bad("wire/group_crossed.onnx", plain(nested + tag(63, END_GROUP)), BROKEN,
           "a group that ends with another's number")

    for wire_type in (6, 7):
        for where, data in (("model", plain(extra=tag(5, wire_type) + b"\x01")),
                            ("node", plain(message(1, tag(5, wire_type) + b"\x01"))),
                            ("tensor", plain(message(5, tensor(b"w", [1], tag(20, wire_type)))))):
            at.bad(f"wire/type_{wire_type}_in_{where}.onnx", data, BROKEN,
                   f"wire type {wire_type} does not exist")
    at.bad("wire/field_0.onnx", plain(extra=tag(0, VARINT) + b"\x01"), BROKEN, "field number 0")
    at.bad("wire/field_0_in_node.onnx", plain(message(1, tag(0, LENGTH) + b"\x00")), BROKEN,
           "field number 0 in a node")
    at.bad("wire/field_0_in_tensor.onnx",
           plain(message(5, tensor(b"w", [1], tag(0, VARINT) + b"\x01"))), BROKEN,
           "field number 0 in a tensor")

    at.good("wire/tag_5_bytes.onnx", plain(message(1, tag(3, LENGTH, 5) + b"\x01n")),
            "a tag padded to 5 bytes")
    at.good("wire/length_5_bytes.onnx", plain(message(1, tag(3, LENGTH) + varint(1, 5) + b"n")),
            "a length padded to 5 bytes")
    for size in (6, 10):
        at.bad(f"wire/tag_{size}_bytes.onnx",
               plain(message(1, tag(3, LENGTH, size) + b"\x01n")), BROKEN,
               f"a tag padded to {size} bytes")
        at.bad(f"wire/length_{size}_bytes.onnx",
               plain(message(1, tag(3, LENGTH) + varint(1, size) + b"n")), BROKEN,
               f"a length padded to {size} bytes")
    at.bad("wire/tag_too_large.onnx", plain(extra=varint(1 << 35) + b"\x00"), BROKEN,
           "a tag with more than 32 bits")
    at.good("wire/value_10_bytes.onnx", number(1, 8) + tag(5, VARINT) + varint(1, 10) + plain(),
            "a number padded to 10 bytes")
    at.good("wire/value_minus_1.onnx", plain(message(5, tensor(b"w", [-1]))),
            "a negative number, 10 bytes")
    at.bad("wire/value_11_bytes.onnx", number(1, 8) + tag(5, VARINT) + varint(1, 11) + plain(),
           BROKEN, "a number of 11 bytes")
    at.bad("wire/value_endless.onnx", number(1, 8) + tag(5, VARINT) + b"\x80" * 5000 + plain(),
           BROKEN, "a number that does not end")
    at.bad("wire/dims_cut.onnx", plain(message(5, tensor(b"w", [], message(1, b"\x01\x80")))),
           BROKEN, "packed dims whose last number does not end")

    lengths = {"31": (1 << 31) - 1, "32": (1 << 32) - 1, "63": 1 << 63, "64": (1 << 64) - 3}
    for power, length in lengths.items():
        at.bad(f"wire/graph_2_{power}.onnx", number(1, 8) + opset() + claimed(7, length, RELU),
               PAST, f"a graph of about 2^{power} bytes", code="truncated,malformed")
        at.bad(f"wire/node_2_{power}.onnx", plain(claimed(1, length, b"\x0a\x01x")), PAST,
               f"a node of about 2^{power} bytes")
        at.bad(f"wire/raw_data_2_{power}.onnx",
               plain(message(5, tensor(b"w", [1]), claimed(9, length, bytes(8)))), PAST,
               f"raw_data of about 2^{power} bytes")
        at.bad(f"wire/unknown_2_{power}.onnx", plain(extra=claimed(99, length, bytes(8))), PAST,
               f"an unknown field of about 2^{power} bytes", code="truncated,malformed")
    attributes = [message(5, message(1, b"a%d" % k), message(5, claimed(9, 9000, bytes(8))),
                          number(20, 4)) if k == 2
                  else message(5, message(1, b"a%d" % k), number(3, 1), number(20, 2))
                  for k in range(4)]
    nodes = [message(1, node(b"Relu", [b"x"], [b"v%d" % k], *(attributes if k == 17 else [])))
             for k in range(20)]
    at.bad("wire/past_parent.onnx", model(*nodes, FRAME, message(10, b"." * 20_000)),
           r"(?s)(?=.*offset \d+)(?=.*graph\.node\[17\]\.attribute\[2\]\.t)",
           "a tensor's data runs past the tensor's end, deep inside")
    at.bad("wire/past_parent_by_1.onnx",
           plain(message(1, message(4, b"Relu") + claimed(3, 5, b"name"))), PAST,
           "a name one byte longer than its node")
    at.bad("wire/fixed32_cut.onnx", plain(message(1, message(5, tag(2, FIXED32) + b"\x00\x00"))),
           BROKEN, "a float of two bytes")
    at.bad("wire/fixed64_cut.onnx", plain(message(1, tag(77, FIXED64) + bytes(7))), BROKEN,
           "an unknown 8-byte field of seven bytes")

    # A known field in a form it cannot have counts as unknown.
    for name, data in {
        "ir_version_fixed32": tag(1, FIXED32) + bytes(4) + plain()[2:],
        "ir_version_length": message(1, b"8") + plain()[2:],
        "producer_varint": number(2, 1) + plain(),
        "node_name": plain(message(1, node(b"Relu", [b"x"], [b"z"], number(3, 5)))),
        "op_type": plain(message(1, number(4, 5))),
        "dims_fixed64": plain(message(5, tensor(b"w", [], tag(1, FIXED64) + bytes(8)))),
        "raw_data_varint": plain(message(5, tensor(b"w", [1], number(9, 1)))),
        "float_data_varint": plain(message(5, tensor(b"w", [1], number(4, 1)))),
        "attribute_f_varint": plain(message(1, message(5, number(2, 1)))),
        "attribute_i_length": plain(message(1, message(5, message(3, b"1")))),
        "node_group": plain(tag(1, GROUP) + number(3, 1) + tag(1, END_GROUP)),
    }.items():
        at.good(f"wire/wrong_type_{name}.onnx", data, "a known field with another wire type",
                prints="Relu")
    at.either("wire/wrong_type_graph.onnx", number(1, 8) + opset() + number(7, 1),
              "a graph that is a number")

    for name, field, length in (("float_data", 4, 5), ("double_data", 10, 12)):
        at.bad(f"wire/packed_{name}.onnx",
               plain(message(5, tensor(b"w", [1], message(field, bytes(length))))), BROKEN,
               f"packed {name} of {length} bytes")
    at.bad("wire/packed_attribute_floats.onnx",
           plain(message(1, node(b"Odd", [b"x"], [b"z"], message(5, message(7, bytes(6)))))),
           BROKEN, "packed floats of 6 bytes in an attribute")
    at.good("wire/raw_data_twice.onnx",
            plain(message(5, tensor(b"w", [1], message(9, floats(7777.0)),
                                    message(9, floats(4242.0))))),
            "raw_data twice: the last one counts", show="w", says="4242", never="7777")
    at.good("wire/packed_in_chunks.onnx",
            plain(message(5, tensor(b"w", [5], message(4, floats(1.0, 2.0)), tag(4, FIXED32),
                                    floats(3.0), message(4, floats(4.0, 4242.0)), message(4)))),
            "float_data in pieces, packed and not", show="w", says="4242")
    at.good("wire/fields_backwards.onnx",
            message(7, OUTPUT, INPUT, message(2, b"g"), RELU) + opset() + number(1, 8),
            "everything in the opposite order", prints="Relu")


# ---- Data and dims, external data --------------------------------------------------------------

def data(at: Place) -> None:
    for name, parts in {
        "short": message(9, bytes(3)),
        "none": b"",
        "odd": message(9, bytes(3999)),
        "long": message(9, bytes(5000)),
    }.items():
        at.good(f"data/{name}.onnx", plain(message(5, tensor(b"w", [1000], parts))),
                "raw_data that does not fit dims of 1000", show="w", says="1000")
    at.good("data/two_kinds.onnx",
            plain(message(5, tensor(b"w", [1], message(9, floats(1.0)), message(4, floats(2.0))))),
            "raw_data and float_data", show="w")
    at.good("data/string_raw.onnx",
            plain(message(5, tensor(b"w", [1], message(9, b"text"), data_type=STRING))),
            "text in raw_data", show="w")
    at.good("data/string_short.onnx",
            plain(message(5, tensor(b"w", [1 << 40], message(6, b"one"), data_type=STRING))),
            "one text of 2^40", show="w", says="1099511627776")
    for data_type in (0, 27, 28, 99, -1, 1 << 40):
        at.good(f"data/type_{data_type}.onnx",
                plain(message(5, tensor(b"w", [4], message(9, bytes(8)), data_type=data_type))),
                f"element type {data_type}", show="w")
    for name, dims in {"wraps": [1 << 32, 1 << 32], "small": [3037000499, 3037000501],
                       "sign": [(1 << 63) - 1, 2], "minus": [-1], "smallest": [-1 << 63, -1],
                       "zero": [0, (1 << 63) - 1], "huge": [1 << 62]}.items():
        at.good(f"data/dims_{name}.onnx",
                plain(message(5, tensor(b"w", dims, message(9, bytes(16))))), f"dims {dims}",
                show="w")
        at.good(f"data/shape_{name}.onnx", plain(message(13, value(b"v", tensor_type(*dims)))),
                f"a shape of {dims}")
    at.good("data/attribute_tensor.onnx",
            plain(message(1, node(b"Constant", [], [b"z"], message(
                5, message(1, b"value"), message(5, tensor(b"w", [1 << 60], message(9, bytes(3)))),
                number(20, 4))))), "a Constant of 2^60 values in three bytes")


SECRET = 31337.0      # must not be shown
PUBLIC = 4242.0       # may be


def external_data(at: Place) -> None:
    secret, public = floats(*[SECRET] * 4), floats(*[PUBLIC] * 4)
    at.put("secret.bin", secret)
    at.put("ext/good.data", public)
    at.path("ext/sub/keep").write_bytes(b"")

    def case(name: str, note: str, says: str = "", **entries: bytes) -> None:
        at.good(f"ext/{name}.onnx", plain(message(5, external(b"w", **entries))), note, show="w",
                says=f"(?is)(?=.*float32).*({says})", never="31337|root:")

    # Not words that the names of these files hold: `show` may repeat those.
    refused = r"refus|outside|not allowed|unsafe|denied|not a regular|invalid|a link|symbolic|" \
              r"not (be )?(read|open|shown)|unavailable|cannot|does not|no such|not found|missing"
    case("fine", "external data as it should be", "4242", location=b"good.data", offset=b"0",
         length=b"16")
    case("no_length", "no length: to the end of the file", "4242", location=b"good.data")
    case("dot", "./ is fine", "4242", location=b"./good.data")
    case("absent", "a file that is not there", refused, location=b"absent.data")
    outside = {
        "up": b"../secret.bin",
        "up_twice": b"sub/../../secret.bin",
        "up_hidden": b"./sub/.././../secret.bin",
        "absolute": os.fsencode(at.root.resolve() / "secret.bin"),
        "passwd": b"/etc/passwd",
        "passwd_up": b"../" * 30 + b"etc/passwd",
        "backslash": b"..\\..\\secret.bin",
        "drive": b"C:\\secret.bin",
        "url": b"file:///etc/passwd",
        "nul": b"../secret.bin\0.data",
        "nul_inside": b"good.data\0",
        "empty": b"",
        "here": b".",
        "parent": b"..",
        "directory": b"sub",
        "slash": b"sub/",
        "device": b"/dev/zero",
        "memory": b"*/_ORT_MEM_ADDR_/*",
        "process": b"/proc/self/mem",
        "escape": b"\x1b[2Jno.data",
        "long": b"a/" * 100_000,
        "long_name": b"n" * 5000,
    }
    for name, location in outside.items():
        case(f"to_{name}", "a location no model should name", refused, location=location)

    def link(name: str, make: Callable[[Path], None], note: str, says: str = refused,
             location: bytes | None = None) -> None:
        make(at.path(f"ext/{name}.data"))
        case(name, note, says, location=location or os.fsencode(f"{name}.data"))

    link("symlink", lambda path: path.symlink_to("../secret.bin"), "a link to outside")
    link("symlink_loop", lambda path: path.symlink_to(path.name), "a link to itself")
    link("symlink_inside", lambda path: path.symlink_to("good.data"),
         "a link within the directory: refusing it is customary", "")
    link("symlink_dir", lambda path: path.symlink_to(".."), "a link in the middle of the path",
         location=b"symlink_dir.data/secret.bin")
    link("fifo", os.mkfifo, "a pipe nobody writes to")
    link("fifo_sub", os.mkfifo, "a pipe used as a directory", location=b"fifo_sub.data/x")
    at.path("ext/hardlink.data").hardlink_to(at.root / "ext/good.data")
    case("hardlink", "a second name of a file: readable, worth a warning",
         location=b"hardlink.data")

    # Offsets and lengths are plain decimal numbers; anything else is not guessed at.
    for name, text in {
        "minus": b"-1", "too_large": b"18446744073709551616", "largest": b"18446744073709551615",
        "signed_max": b"9223372036854775807", "hexadecimal": b"0x10", "blank": b" 5",
        "letters": b"5abc", "none": b"", "plus": b"+0", "point": b"0.0", "exponent": b"1e1",
        "octal": b"000000000000000000000000", "nul": b"0\0", "digits": b"\xd9\xa1",
        "behind": b"17", "end": b"16",
    }.items():
        case(f"offset_{name}", f"offset {text!r}", location=b"good.data", offset=text)
        case(f"length_{name}", f"length {text!r}", location=b"good.data", length=text)
    case("overflow", "offset + length wraps around", location=b"good.data",
         offset=b"9223372036854775807", length=b"9223372036854775807")
    case("wrap_64", "offset + length is 2^64", location=b"good.data",
         offset=b"18446744073709551600", length=b"16")
    case("too_short", "fewer bytes than the dims need", location=b"good.data", length=b"8")
    case("no_location", "no location at all", offset=b"0")

    def pair(key: bytes, text: bytes) -> bytes:
        return message(13, message(1, key), message(2, text))

    at.good("ext/no_entries.onnx", plain(message(5, tensor(b"w", [4], number(14, 1)))),
            "external, and not a word where", show="w")
    at.good("ext/location_twice.onnx",
            plain(message(5, tensor(b"w", [4], pair(b"location", b"good.data"),
                                    pair(b"location", b"../secret.bin"), number(14, 1)))),
            "two locations", show="w", never="31337")
    at.good("ext/many_entries.onnx",
            plain(message(5, tensor(b"w", [4], pair(b"k", b"v") * 100_000, number(14, 1)))),
            "100 000 entries", show="w")
    at.good("ext/inline_too.onnx",
            plain(message(5, tensor(b"w", [4], message(9, public),
                                    pair(b"location", b"../secret.bin"), number(14, 1)))),
            "data here and elsewhere", show="w", never="31337")
    at.good("ext/not_external.onnx",
            plain(message(5, tensor(b"w", [4], message(9, public),
                                    pair(b"location", b"../secret.bin")))),
            "entries, but data_location says: here", show="w", never="31337")
    away = external(b"w", location=b"../secret.bin")
    at.good("ext/in_constant.onnx",
            plain(message(1, node(b"Constant", [], [b"w"], message(
                5, message(1, b"value"), message(5, away), number(20, 4)), name=b"c"))),
            "a Constant with its data outside", show="w", never="31337")
    index = tensor(b"i", [4], pair(b"location", b"../secret.bin"), number(14, 1), data_type=INT64)
    at.good("ext/in_sparse.onnx",
            plain(message(15, message(1, away), message(2, index), number(3, 8))),
            "a sparse tensor with values and indices outside", show="w", never="31337")
    at.good("ext/in_sparse_value.onnx",
            plain(message(1, node(b"Constant", [], [b"w"], message(
                5, message(1, b"sparse_value"),
                message(22, message(1, away), message(2, index), number(3, 8)), number(20, 11)),
                name=b"c"))), "a sparse Constant with its data outside", show="w", never="31337")
    at.good("ext/in_function.onnx",
            plain(extra=message(25, message(1, b"f"), message(2 + 5, node(
                b"Constant", [], [b"w"], message(5, message(1, b"value"), message(5, away),
                                                 number(20, 4)))))),
            "data outside, in a function")
    at.path("cache/model.onnx").symlink_to("../ext/fine.onnx")
    at.expect("cache/model.onnx", "0", "", "the model itself behind a link, as caches keep it")


# ---- Texts -------------------------------------------------------------------------------------

TEXTS = {
    "clear_screen": b"\x1b[2J\x1b[H",
    "colour": b"\x1b[31;5mred",
    "title": b"\x1b]0;title\x07",
    "link": b"\x1b]8;;http://example.org\x1b\\here\x1b]8;;\x1b\\",
    "clipboard": b"\x1b]52;c;aGVsbG8=\x07",
    "carriage_return": b"harmless\rHARMFUL",
    "backspace": b"abc\x08\x08\x08xyz\x7f",
    "newline": b"one\ntwo\n\nthree",
    "tab": b"one\ttwo\x0bthree\x0cfour",
    "c1_bytes": b"\x9b2J\x9d0;t\x9c",
    "c1_utf8": "\u009b2J\u0085".encode(),
    "bidi": "a\u202egnp.exe\u202c\u2066b\u2069\u200f\u061c".encode(),
    "invisible": "a\u200bb\u200dc\ufeffd\u2060e".encode(),
    "separators": "a\u2028b\u2029c".encode(),
    "tags": "a\U000e0041\U000e0042".encode(),
    "xml_illegal": b"\x00\x01\x08\x0b\x0c\x1f\xef\xbf\xbe\xef\xbf\xbf",
    "stray_bytes": b"\xff\xfe\x80\xbf",
    "overlong": b"\xc0\x80\xe0\x80\xaf\xf0\x80\x80\xaf",
    "surrogates": b"\xed\xa0\x80\xed\xb0\x80",
    "cut_character": b"abc\xe2\x82",
    "beyond_unicode": b"\xf4\x90\x80\x80\xf8\x88\x80\x80\x80",
    "nul": b"abc\0def",
    "only_nul": b"\0",
    "combining": "a".encode() + "\u0301".encode() * 1000,
    "markup": b"</script><img src=x onerror=alert(1)>\"'&<!--",
    "markup_svg": b"\"><svg onload=alert(1)><script>alert(1)</script>",
    "markup_attribute": b"' onmouseover='alert(1)' x='\" autofocus onfocus=alert(1) \"",
    "markup_cdata": b"]]></style></title></textarea></xmp><![CDATA[<?xml ?>--><!DOCTYPE x>",
    "markup_entities": b"&#x3c;b&#x3e;&lt;i&gt;&amp;lt;&#0;&nbsp;&CounterClockwiseContourIntegral;",
    "markup_link": b"javascript:alert(1)",
    "markdown": b"[a](javascript:x) ![i](http://e.org/i) `x` *b* | <http://e.org> $x$ ~s~ #1 @me",
    "dot_break": b"\"];node[shape=none,URL=\"javascript:x\"];\"",
    "dot_escapes": b"\\N\\G\\E\\H\\T\\L\\l\\r",
    "dot_html": b"<b>bold</b><TABLE><TR><TD HREF=\"x\">",
    "dot_backslash": b"tail\\",
    "dot_keyword": b"graph",
    "dot_comment": b"/* x */ // y\n#line 1",
    "json": b"\"}],\"x\":\"\\u0000\\",
    "csv": b"=1+1,\"a\"\r\n;b",
    "csv_command": b"=cmd|' /C calc'!A0",
    "csv_plus": b"+1+1",
    "csv_minus": b"-1+1",
    "csv_at": b"@SUM(1+1)",
    "csv_tab": b"\t=1+1",
    "csv_return": b"\r=1+1",
    "format": b"%s%n%99999d{0}",
    "empty": b"",
}


def texts(at: Place) -> None:
    for name, text in TEXTS.items():
        at.good(f"text/{name}.onnx", number(1, 8)
                + b"".join(message(field, text) for field in (2, 3, 4, 6))
                + opset() + message(8, message(1, text), number(2, 1))
                + message(14, message(1, text), message(2, text))
                + message(7, message(2, text), message(10, text),
                          message(1, node(b"Relu" + text, [b"x" + text], [b"v" + text],
                                          message(5, message(1, text), message(4, text),
                                                  number(20, 3)),
                                          message(7, text), message(6, text), name=text)),
                          message(1, node(text, [b"v" + text, text], [text, b"y"])),
                          # what it costs is the text that is its size
                          message(1, node(b"MatMul", [b"x" + text, b"x" + text], [b"cost"])),
                          message(5, tensor(text, [1], message(6, text), data_type=STRING)),
                          message(11, value(b"x" + text, message(1, number(1, FLOAT), message(
                              2, message(1, message(2, text)))) + message(6, text))),
                          message(12, value(b"y")),
                          message(13, value(b"v" + text, message(7, message(1, text), message(
                              2, text))))), f"{name} in every text of a model")
    at.good("text/nul_twins.onnx",
            model(message(1, node(b"Relu", [b"x"], [b"a\0b"], name=b"n\0one")),
                  message(1, node(b"Neg", [b"a\0b"], [b"a\0c"], name=b"n\0two")),
                  message(1, node(b"Add", [b"a\0b", b"a\0c"], [b"y"])), FRAME),
            "names that differ only behind a NUL")
    # The same in the name of the file.
    for name in (b"name_\x1b[31m.onnx", b"name_\xff\xfe.onnx", "name_\u202egpj\u061c.onnx".encode(),
                 b"name_<b>&\"'.onnx", b"=1+1.onnx", b"<img src=x onerror=alert(1)>.onnx",
                 b"name_\r\x1b]0;t\x07.onnx", b"\"];node[shape=none];\".onnx", b"name with blanks.onnx", b"-name.onnx"):
        file = "file/" + os.fsdecode(name)
        at.good(file, plain(), "an odd file name")
    at.bad("file/" + os.fsdecode(b"broken_\x1b[31m\xff.onnx"), b"\x00", ".",
           "an odd file name, and a broken file", code="")


# ---- Something else ----------------------------------------------------------------------------

def zip_of(names: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in names.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    return out.getvalue()


def bomb(start: bytes, chunk: bytes, times: int) -> bytes:
    """gzip of `start` and then `chunk` many times over, compressed only once."""
    def block(content: bytes) -> bytes:
        compressor = zlib.compressobj(9, zlib.DEFLATED, -15)
        return compressor.compress(content) + compressor.flush(zlib.Z_FULL_FLUSH)

    checksum = zlib.crc32(start)
    for _ in range(times):
        checksum = zlib.crc32(chunk, checksum)
    size = (len(start) + times * len(chunk)) & 0xFFFFFFFF
    return (b"\x1f\x8b\x08\0\0\0\0\0\0\xff" + block(start) + block(chunk) * times + b"\x03\0"
            + struct.pack("<II", checksum, size))


def others(at: Place) -> None:
    rng = random.Random(1)
    sound = plain()
    pickled = pickle.dumps({"weight": [1.0, 2.0]}, protocol=2)
    flatbuffer = struct.pack("<I", 16)
    header = b'{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}'
    page = b"<!DOCTYPE html>\n<html><head><title>Sign in</title></head><body>404</body></html>\n"
    textproto = b'ir_version: 8\nopset_import { version: 17 }\ngraph { name: "g" }\n'
    pointer = (b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"0" * 64
               + b"\nsize 102400\n")
    for file, content, stderr, note in (
        ("empty.onnx", b"", "(?i)empty|0 bytes|no bytes|zero", "nothing"),
        ("text.onnx", b"Dear reader,\n\nthis is not a model.\n" * 20, "(?i)text", "a letter"),
        ("utf8.onnx", "Grüße aus Köln, schöne Wörter.\n".encode() * 10, "(?i)text|not",
         "a letter with umlauts"),
        ("textproto.onnx", textproto, "(?i)text", "a model as text"),
        ("zip.onnx", zip_of({"model.onnx": sound}), "(?i)zip|archive", "a zip archive"),
        ("torch.pth", zip_of({"archive/data.pkl": pickled, "archive/data/0": bytes(16)}),
         "(?i)zip|archive|torch|pth", "a PyTorch checkpoint"),
        ("pickle.pkl", pickled, "(?i)pickle|torch|python", "a Python pickle"),
        ("model.ort", flatbuffer + b"ORTM" + bytes(64), "(?i)ort|runtime|flatbuffer",
         "an ONNX Runtime flatbuffer"),
        ("model.tflite", flatbuffer + b"TFL3" + bytes(64), "(?i)tflite|lite|flatbuffer",
         "a TensorFlow Lite model"),
        ("model.safetensors", struct.pack("<Q", len(header)) + header + bytes(4),
         "(?i)safetensors", "safetensors"),
        ("lfs.onnx", pointer, "(?i)lfs", "a Git LFS pointer"),
        ("page.onnx", page, "(?i)html|web", "a web page"),
        ("config.onnx", b'{"architectures": ["Bert"], "layers": 12}\n', "(?i)json|text",
         "a JSON file"),
        ("list.onnx", b'[{"a": 1}, {"b": 2}]\n', "(?i)json|text", "a JSON list"),
        ("numpy.npy", b"\x93NUMPY\x01\x00v\x00" + b"{'descr': '<f4'}".ljust(117) + b"\n",
         ".", "a NumPy array"),
        ("hdf5.h5", b"\x89HDF\r\n\x1a\n" + bytes(64), ".", "an HDF5 file"),
        ("png.onnx", b"\x89PNG\r\n\x1a\n" + bytes(64), ".", "a picture"),
        ("elf.onnx", b"\x7fELF\x02\x01\x01" + bytes(64), ".", "a program"),
        ("zeros.onnx", bytes(4096), ".", "zeros"),
        ("ones.onnx", b"\xff" * 4096, ".", "ones"),
        ("random.onnx", rng.randbytes(65536), ".", "random bytes"),
        ("byte_00.onnx", b"\x00", ".", "one byte"),
        ("byte_08.onnx", b"\x08", ".", "one byte: a tag without its number"),
        ("byte_0a.onnx", b"\n", ".", "one line end"),
        ("byte_ff.onnx", b"\xff", ".", "one byte"),
        ("tensor.pb", tensor(b"input_0", [2, 2], message(9, bytes(16))), "(?i)tensor|not",
         "a bare TensorProto, as test data are"),
        ("graph.pb", RELU + FRAME, "(?i)graph|not|model", "a bare GraphProto"),
        ("text.onnx.gz", gzip.compress(b"not a model\n" * 100, mtime=0), ".",
         "gzip of something else"),
        ("twice.onnx.gz", gzip.compress(gzip.compress(sound, mtime=0), mtime=0), ".",
         "gzip of gzip"),
        ("empty.onnx.gz", gzip.compress(b"", mtime=0), ".", "gzip of nothing"),
        ("header.onnx.gz", b"\x1f\x8b\x08\x00", ".", "the first bytes of gzip"),
        ("cut.onnx.gz", gzip.compress(rng.randbytes(5000) + sound, mtime=0)[:2000], ".",
         "gzip cut short"),
        ("broken.onnx.gz", gzip.compress(sound, mtime=0)[:20] + bytes(100), ".",
         "gzip gone wrong"),
    ):
        at.bad(f"other/{file}", content, stderr, note,
               code="not_onnx,malformed,truncated,io")
    at.good("other/sound.onnx", sound, "a sound model, for comparison", prints="Relu")
    at.good("other/sound.onnx.gz", gzip.compress(sound, mtime=0), "gzip of a sound model",
            prints="Relu")
    megabyte = 1 << 20
    at.bad("other/bomb_zeros.onnx.gz", bomb(b"", bytes(megabyte), 1024), ".",
           "1 MB that unfold into 1 GB of zeros", code="")
    at.either("other/bomb_model.onnx.gz",
              bomb(number(1, 8) + opset() + tag(7, LENGTH) + varint(1100 * megabyte),
                   message(10, bytes(megabyte - 4)), 1100),
              "1 MB that unfold into a model of 1.1 GB")
    at.either("other/no_graph.onnx", number(1, 8) + opset(), "a model without a graph")
    at.either("other/saved_model.pb", number(1, 1) + message(2, message(1, message(1, b"t"))),
              "begins like a TensorFlow SavedModel")

    missing = r"(?i)no such|not found|does not exist|cannot open"
    at.path("file/missing.onnx")
    at.expect("file/missing.onnx", "3", missing, "no file", code="io")
    at.path("file/dangling.onnx").symlink_to("nowhere")
    at.expect("file/dangling.onnx", "3", missing, "a link to nowhere", code="io")
    at.path("file/loop.onnx").symlink_to("loop.onnx")
    at.expect("file/loop.onnx", "3", "", "a link to itself", code="io")
    at.path("file/directory.onnx/x").write_bytes(sound)
    at.expect("file/directory.onnx", "3", "(?i)directory", "a directory", code="io,not_onnx")
    at.expect("file/directory.onnx/x/y", "3", "", "a file used as a directory", code="io")
    os.mkfifo(at.path("file/fifo.onnx"))
    at.expect("file/fifo.onnx", "3", "", "a pipe nobody writes to: it must not wait for ever")
    at.put("file/unreadable.onnx", sound)
    (at.root / "file/unreadable.onnx").chmod(0)
    readable = os.access(at.root / "file/unreadable.onnx", os.R_OK)
    at.expect("file/unreadable.onnx", "0" if readable else "3",
              "" if readable else "(?i)permission|denied|cannot", "no permission to read")
    at.expect("/dev/null", "3", "", "the device without bytes")
    at.expect("/dev/zero", "3", "", "the device without end")


# ---- Cuts --------------------------------------------------------------------------------------

def read_varint(source: bytes, at: int) -> tuple[int, int]:
    total = shift = 0
    while True:
        byte = source[at]
        total |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if not byte & 0x80:
            return total, at


def top_level(source: bytes) -> tuple[set[int], int, int]:
    """Where the fields of a model end, and where the content of its graph begins and ends."""
    ends, begin, end, at = {0}, 0, 0, 0
    while at < len(source):
        key, at = read_varint(source, at)
        size, after = read_varint(source, at)
        if key & 7 == VARINT:
            at = after
        elif key & 7 == LENGTH:
            at = after + size
            if key >> 3 == 7:
                begin, end = after, at
        else:
            at += 8 if key & 7 == FIXED64 else 4
        ends.add(at)
    return ends, begin, end


def cuts(at: Place, source: bytes, places: int, folder: str = "") -> None:
    ends, begin, end = top_level(source)
    step = max(1, len(source) // places) if places else 1
    for position in range(0, len(source), step):
        file = f"{folder}cut_{position:07}.onnx"
        at.put(file, source[:position])
        if position in ends and position:
            at.expect(file, "0,3", "", "cut between two fields")
        elif begin < position < end:
            # Enough is there to say something about.
            prints = "." if position > (begin + end) // 2 else ""
            at.expect(file, "3", SHORT, "cut inside the graph", code="truncated", prints=prints)
        else:
            at.expect(file, "3", ".", "cut outside the graph",
                      code="truncated,malformed,not_onnx")


def small_model() -> bytes:
    """A bit of everything, in a few hundred bytes."""
    body = message(1, node(b"Neg", [b"x"], [b"t"], name=b"neg"))
    return (number(1, 8) + message(2, b"someone") + opset() + message(14, message(1, b"k"),
                                                                      message(2, b"v"))
            + message(7,
                      RELU,
                      message(1, node(b"Constant", [], [b"c"], message(
                          5, message(1, b"value"), message(5, tensor(b"", [2], message(
                              4, floats(1.0, 2.0)))), number(20, 4)))),
                      message(1, node(b"If", [b"flag"], [b"z"], message(
                          5, message(1, b"then_branch"), message(6, body, message(
                              12, value(b"t"))), number(20, 5)))),
                      message(5, tensor(b"w", [4, 4], message(9, bytes(64)))),
                      message(5, tensor(b"s", [2], message(6, b"one"), message(6, b"two"),
                                        data_type=STRING)),
                      FRAME,
                      message(13, value(b"z", in_sequence(in_optional(tensor_type(2, 3)))))))


def main() -> int:
    arguments = sys.argv[1:]
    if arguments[:1] == ["--cut"] and len(arguments) in (3, 4):
        at = Place(Path(arguments[2]))
        places = int(arguments[3]) if len(arguments) == 4 else 0
        cuts(at, Path(arguments[1]).read_bytes(), places)
    elif len(arguments) == 1 and not arguments[0].startswith("-"):
        at = Place(Path(arguments[0]))
        for fill in (nesting, crowds, wire, data, external_data, texts, others, graphs, strange):
            fill(at)
        cuts(at, small_model(), 0, "cut/")
    else:
        print(__doc__.strip(), file=sys.stderr)
        return 2
    at.write_expectations()
    return 0


if __name__ == "__main__":
    sys.exit(main())
