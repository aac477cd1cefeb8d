# SPDX-License-Identifier: Apache-2.0
"""Writes an ONNX model as text, in the form that `protoc --encode=onnx.ModelProto` reads.

Only what the sample makers beside this file need: no subgraphs, no functions.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass, field

FLOAT, UINT8, INT8, INT32, INT64 = 1, 2, 3, 6, 7

Shape = Sequence[int | str]

LINE = 100  # columns


@dataclass
class Tensor:
    """Values with a type and dims. `values` are plain numbers, row by row."""

    data_type: int
    dims: Sequence[int]
    values: Sequence[float]


Attribute = int | float | str | Sequence[int] | Sequence[float] | Tensor


def float32(value: float) -> float:
    """The nearest number that fits in 32 bits."""
    return struct.unpack("<f", struct.pack("<f", value))[0]


def quote(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def number(value: float) -> str:
    """The shortest decimal that gives this float32 again; integers as they are."""
    if isinstance(value, int):
        return str(value)
    digits = (f"{value:.{n}g}" for n in range(1, 10))
    return next(text for text in digits if float32(float(text)) == float32(value))


def wrap(opening: str, items: Sequence[str], closing: str, indent: int) -> str:
    """`opening` and `closing` around a comma-separated list, over several lines if need be."""
    pad = " " * indent
    line = pad + opening + ", ".join(items) + closing
    if len(line) <= LINE:
        return line
    lines, line = [pad + opening], pad + " "
    for item in items:
        if len(line) + len(item) + 2 > LINE:
            lines.append(line)
            line = pad + " "
        line += f" {item},"
    lines.append(line.rstrip(",") + closing)
    return "\n".join(lines)


def escaped_bytes(data: bytes, indent: int) -> str:
    """raw_data as adjoining string literals, 22 bytes a line."""
    pad = " " * indent
    lines = ["".join(f"\\x{byte:02x}" for byte in data[at:at + 22])
             for at in range(0, len(data), 22)] or [""]
    return f"{pad}raw_data:\n" + "\n".join(f'{pad}"{line}"' for line in lines)


def tensor_body(tensor: Tensor, indent: int) -> str:
    pad = " " * indent
    dims = f" dims: [{', '.join(map(str, tensor.dims))}]" if len(tensor.dims) else ""
    head = f"{pad}data_type: {tensor.data_type}{dims}"
    if tensor.data_type == INT8 and len(tensor.values) > 16:
        data = bytes(value & 0xFF for value in tensor.values)
        return head + "\n" + escaped_bytes(data, indent)
    name = {FLOAT: "float_data", INT64: "int64_data"}.get(tensor.data_type, "int32_data")
    return head + "\n" + wrap(f"{name}: [", [number(v) for v in tensor.values], "]", indent)


def attribute(name: str, value: Attribute) -> str:
    head = f"    attribute {{ name: {quote(name)} type: "
    if isinstance(value, Tensor):
        return f"{head}TENSOR t {{\n{tensor_body(value, 6)}\n    }} }}"
    if isinstance(value, str):
        return f"{head}STRING s: {quote(value)} }}"
    if isinstance(value, int):
        return f"{head}INT i: {value} }}"
    if isinstance(value, float):
        return f"{head}FLOAT f: {number(value)} }}"
    kind = "INTS ints" if all(isinstance(item, int) for item in value) else "FLOATS floats"
    return f"{head}{kind}: [{', '.join(map(number, value))}] }}"


def value(field_name: str, name: str, data_type: int, shape: Shape) -> str:
    dims = " ".join(f"dim {{ dim_param: {quote(d)} }}" if isinstance(d, str)
                    else f"dim {{ dim_value: {d} }}" for d in shape)
    return (f"  {field_name} {{\n    name: {quote(name)}\n"
            f"    type {{ tensor_type {{ elem_type: {data_type} shape {{\n      {dims}\n"
            f"    }} }} }}\n  }}")


@dataclass
class TextModel:
    """Collects a model piece by piece; `text()` gives the whole."""

    name: str
    about: str  # the comment at the top
    opsets: dict[str, int]
    ir_version: int = 8
    producer: str = "onnxray-samples"
    producer_version: str = ""
    metadata: dict[str, str] = field(default_factory=dict)
    parts: list[str] = field(default_factory=list)

    def comment(self, text: str) -> None:
        self.parts.append(f"\n  # {text}")

    def node(self, op_type: str, name: str, inputs: Sequence[str], outputs: Sequence[str],
             domain: str = "", **attributes: Attribute) -> None:
        lines = [f"    op_type: {quote(op_type)} name: {quote(name)}"]
        if domain:
            lines.append(f"    domain: {quote(domain)}")
        lines += [f"    input: {quote(item)}" for item in inputs]
        lines += [f"    output: {quote(item)}" for item in outputs]
        lines += [attribute(key, item) for key, item in attributes.items()]
        self.parts.append("  node {\n" + "\n".join(lines) + "\n  }")

    def initializer(self, name: str, tensor: Tensor) -> None:
        self.parts.append(f"  initializer {{\n    name: {quote(name)}\n"
                          f"{tensor_body(tensor, 4)}\n  }}")

    def value(self, field_name: str, name: str, data_type: int, shape: Shape) -> None:
        self.parts.append(value(field_name, name, data_type, shape))

    def text(self) -> str:
        lines = ["# SPDX-License-Identifier: Apache-2.0", "#"]
        lines += [f"# {line}".rstrip() for line in self.about.strip().split("\n")]
        lines += ["", f"ir_version: {self.ir_version}", f"producer_name: {quote(self.producer)}"]
        if self.producer_version:
            lines.append(f"producer_version: {quote(self.producer_version)}")
        lines += [f"opset_import {{ domain: {quote(domain)} version: {version} }}"
                  for domain, version in self.opsets.items()]
        lines += [f"metadata_props {{ key: {quote(key)} value: {quote(item)} }}"
                  for key, item in self.metadata.items()]
        lines += ["", "graph {", f"  name: {quote(self.name)}"]
        return "\n".join(lines + self.parts) + "\n}\n"
