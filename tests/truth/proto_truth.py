#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compares our proto/onnx.proto with the schema inside the `onnx` package.

    protoc -Iproto --descriptor_set_out=build/onnx.desc onnx.proto
    python3 tests/truth/proto_truth.py build/onnx.desc

Names, numbers, labels, types, packing, unions and enumerators must agree wherever both sides know
the item, so an older or a newer `onnx` works too; what only one side knows is counted and named.
Our file declares `bytes` where the standard says `string`, which is the same on the wire.

Exit status: 0 all agree, 1 some do not, 77 the `onnx` package is missing.
"""

from __future__ import annotations

import sys

try:
    from google.protobuf import descriptor_pb2 as pb
    from onnx import onnx_ml_pb2
except ImportError as missing:
    print(f"skipped: {missing}")
    sys.exit(77)

FIELD = pb.FieldDescriptorProto

# The name of the newest version moves on with every release of the standard.
MOVING_ENUMERATORS = {"Version.IR_VERSION"}


class Tally:
    """Counts comparisons, prints those that fail."""

    def __init__(self) -> None:
        self.passed = 0
        self.failed = 0

    def check(self, what: str, ours: object, theirs: object) -> None:
        if ours == theirs:
            self.passed += 1
        else:
            self.failed += 1
            print(f"FAIL {what}: ours {ours!r}, theirs {theirs!r}")


def flatten(file: pb.FileDescriptorProto) -> tuple[dict[str, pb.DescriptorProto],
                                                   dict[str, pb.EnumDescriptorProto]]:
    """All messages and enums of a file, nested ones too, by their dotted name."""
    messages: dict[str, pb.DescriptorProto] = {}
    enums = {enum.name: enum for enum in file.enum_type}

    def visit(message: pb.DescriptorProto, prefix: str) -> None:
        name = prefix + message.name
        messages[name] = message
        enums.update({f"{name}.{enum.name}": enum for enum in message.enum_type})
        for nested in message.nested_type:
            visit(nested, name + ".")

    for message in file.message_type:
        visit(message, "")
    return messages, enums


def kind(field: pb.FieldDescriptorProto) -> str:
    if field.type in (FIELD.TYPE_MESSAGE, FIELD.TYPE_ENUM):
        return field.type_name
    if field.type in (FIELD.TYPE_STRING, FIELD.TYPE_BYTES):
        return "string or bytes"
    return FIELD.Type.Name(field.type)


def union(message: pb.DescriptorProto, field: pb.FieldDescriptorProto) -> str | None:
    return message.oneof_decl[field.oneof_index].name if field.HasField("oneof_index") else None


def compare_message(name: str, ours: pb.DescriptorProto, theirs: pb.DescriptorProto,
                    tally: Tally) -> list[str]:
    our_fields = {field.name: field for field in ours.field}
    their_fields = {field.name: field for field in theirs.field}
    for field_name in sorted(our_fields.keys() & their_fields.keys()):
        a, b = our_fields[field_name], their_fields[field_name]
        what = f"{name}.{field_name}"
        tally.check(f"{what} number", a.number, b.number)
        tally.check(f"{what} label", FIELD.Label.Name(a.label), FIELD.Label.Name(b.label))
        tally.check(f"{what} type", kind(a), kind(b))
        tally.check(f"{what} packed", a.options.packed, b.options.packed)
        tally.check(f"{what} union", union(ours, a), union(theirs, b))
        tally.check(f"{what} is declared bytes", a.type != FIELD.TYPE_STRING, True)
    # A number must not mean one thing here and another thing there.
    our_numbers = {field.number: field.name for field in ours.field}
    their_numbers = {field.number: field.name for field in theirs.field}
    for number in sorted(our_numbers.keys() & their_numbers.keys()):
        tally.check(f"{name} number {number}", our_numbers[number], their_numbers[number])
    return [f"{name}.{field}" for field in sorted(our_fields.keys() ^ their_fields.keys())]


def compare_enum(name: str, ours: pb.EnumDescriptorProto, theirs: pb.EnumDescriptorProto,
                 tally: Tally) -> list[str]:
    our_values = {value.name: value.number for value in ours.value}
    their_values = {value.name: value.number for value in theirs.value}
    for value_name in sorted(our_values.keys() & their_values.keys()):
        if f"{name}.{value_name}" not in MOVING_ENUMERATORS:
            tally.check(f"{name}.{value_name}", our_values[value_name], their_values[value_name])
    return [f"{name}.{value}" for value in sorted(our_values.keys() ^ their_values.keys())]


def main() -> int:
    if len(sys.argv) != 2:
        print(__doc__.strip(), file=sys.stderr)
        return 2
    with open(sys.argv[1], "rb") as stream:
        files = pb.FileDescriptorSet.FromString(stream.read()).file
    ours = files[0]
    theirs = pb.FileDescriptorProto()
    onnx_ml_pb2.DESCRIPTOR.CopyToProto(theirs)

    tally = Tally()
    tally.check("number of files", len(files), 1)
    tally.check("package", ours.package, theirs.package)
    tally.check("syntax", ours.syntax or "proto2", theirs.syntax or "proto2")

    our_messages, our_enums = flatten(ours)
    their_messages, their_enums = flatten(theirs)
    one_sided = sorted((our_messages.keys() ^ their_messages.keys())
                       | (our_enums.keys() ^ their_enums.keys()))
    for name in sorted(our_messages.keys() & their_messages.keys()):
        one_sided += compare_message(name, our_messages[name], their_messages[name], tally)
    for name in sorted(our_enums.keys() & their_enums.keys()):
        one_sided += compare_enum(name, our_enums[name], their_enums[name], tally)

    if one_sided:
        print(f"known to one side only ({len(one_sided)}): {', '.join(one_sided)}")
    print(f"{tally.passed} passed, {tally.failed} failed")
    return 1 if tally.failed else 0


if __name__ == "__main__":
    sys.exit(main())
