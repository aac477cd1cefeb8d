#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compares what onnxray says about every model of the corpora with what the `onnx` package finds.

    ONNXRAY=build/onnxray python3 tests/truth/corpus_truth.py [MODEL_OR_FOLDER...]

Without arguments: the folder $ONNXRAY_CORPUS (default ../shared/models beside the repository), the
test data of onnx ($TESTDATA) and the compiled samples ($ORAY_SAMPLES). What is absent is skipped
with a notice. Files may be gzip-compressed. External data is never loaded.

Two runs a model, `summary -f json` and `layers -f json --all`: header, opsets, counts, operators,
interface; and every node with its operands, attributes and declared types. Where a folder has a
MANIFEST.tsv, models that it calls malformed must be refused with exit code 3.

The first difference of a model is named. Exit status: 0 all agree, 1 some do not, 77 the `onnx`
package is missing. The last line is "N passed, N failed[, N skipped]".
"""

from __future__ import annotations

import gzip
import json
import math
import multiprocessing
import os
import struct
import subprocess
import sys
import warnings
from collections import Counter
from collections.abc import Iterable
from math import prod
from pathlib import Path
from typing import Any

try:
    import onnx
    from google.protobuf.message import DecodeError
    from onnx import AttributeProto, numpy_helper
except ImportError as missing:
    print(f"notice: skipped, {missing}")
    print("0 passed, 0 failed, 1 skipped")
    sys.exit(77)

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = os.environ.get("ONNXRAY") or str(ROOT / "build/onnxray")
SECONDS = 300

TYPES = {1: "float32", 2: "uint8", 3: "int8", 4: "uint16", 5: "int16", 6: "int32", 7: "int64",
         8: "string", 9: "bool", 10: "float16", 11: "float64", 12: "uint32", 13: "uint64",
         14: "complex64", 15: "complex128", 16: "bfloat16", 17: "float8e4m3fn",
         18: "float8e4m3fnuz", 19: "float8e5m2", 20: "float8e5m2fnuz", 21: "uint4", 22: "int4",
         23: "float4e2m1", 24: "float8e8m0", 25: "uint2", 26: "int2", 27: "float6e2m3",
         28: "float6e3m2"}

LIST = 4096       # longest list that layers writes out
STRING = 1 << 20  # longest text attribute
VALUES = 64       # most elements of a tensor in an attribute

# onnx 1.12 does not, and cannot tell one function from another.
KNOWS_OVERLOADS = "overload" in onnx.FunctionProto.DESCRIPTOR.fields_by_name


class Different(Exception):
    """The first thing that is not as it should be."""


def same(where: str, found: Any, expected: Any) -> None:
    if found != expected or isinstance(found, bool) != isinstance(expected, bool):
        raise Different(f"{where}: {shorten(found)}, expected {shorten(expected)}")


def shorten(what: Any) -> str:
    text = repr(what)
    return text if len(text) <= 160 else text[:160] + "..."


def text(what: str | bytes) -> str:
    """A text as JSON gives it: bytes that are not UTF-8 are lone surrogates."""
    raw = what if isinstance(what, bytes) else what.encode("utf-8", "surrogateescape")
    return raw.decode("utf-8", "surrogateescape")


def last_of(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    return dict(pairs)


# ---- What the package finds ---------------------------------------------------------------------

def read(path: Path) -> tuple[onnx.ModelProto, bytes]:
    data = path.read_bytes()
    if data[:2] == b"\x1f\x8b":
        data = gzip.decompress(data)
    model = onnx.ModelProto()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # older packages warn, then raise
        model.ParseFromString(data)
    return model, data


def domain(name: str) -> str:
    return text(name) or "ai.onnx"


def type_of(attribute: AttributeProto) -> int:
    """IR version 1 says no type: whatever is set."""
    if 0 < attribute.type < 15:
        return attribute.type
    for field, kind in (("f", 1), ("i", 2), ("s", 3)):
        if attribute.HasField(field):
            return kind
    for field, kind in (("floats", 6), ("ints", 7), ("strings", 8)):
        if getattr(attribute, field):
            return kind
    for field, kind in (("t", 4), ("g", 5)):
        if attribute.HasField(field):
            return kind
    for field, kind in (("tensors", 9), ("graphs", 10)):
        if getattr(attribute, field):
            return kind
    return 0


class Scope:
    """A graph or the body of a function: nodes, and what is known about its names."""

    def __init__(self, graph: Any, path: str, around: "Scope | None") -> None:
        self.graph = graph
        self.path = path
        self.around = around
        self.types: dict[str, Any] = {}
        self.stored: dict[str, tuple[int, list[int]]] = {}
        self.made: dict[str, int] = {}  # by which node first
        for index, node in enumerate(graph.node):
            for name in filter(None, node.output):
                self.made.setdefault(name, index)
        is_function = not hasattr(graph, "initializer")
        inputs = [] if is_function else graph.input
        self.inputs = set(graph.input) if is_function else {value.name for value in inputs}
        if not is_function:
            for sparse in reversed(graph.sparse_initializer):
                self.stored[sparse.values.name] = (sparse.values.data_type, list(sparse.dims))
            for tensor in reversed(graph.initializer):
                self.stored[tensor.name] = (tensor.data_type, list(tensor.dims))
        outputs = [] if is_function else graph.output
        for value in (*inputs, *getattr(graph, "value_info", ()), *outputs):
            if value.HasField("type"):
                self.types.setdefault(value.name, value.type)

    def defines(self, name: str) -> bool:
        return name in self.made or name in self.inputs or name in self.stored

    def is_made_by(self, name: str, index: int) -> bool:
        """False for names that were taken before: their second value has no declared type."""
        return self.made.get(name) == index and name not in self.inputs and name not in self.stored

    def lookup(self, name: str) -> "Scope | None":
        scope: Scope | None = self
        while scope is not None and not scope.defines(name):
            scope = scope.around
        return scope

    def value(self, name: str) -> dict[str, Any]:
        """As JSON describes it."""
        result: dict[str, Any] = {"name": text(name), "type": None, "shape": None}
        scope = self.lookup(name) if name else None
        if scope is None:
            return result
        declared = scope.types.get(name)
        result.update(described(declared))
        tensor = declared is None or declared.WhichOneof("value") in (
            None, "tensor_type", "sparse_tensor_type")
        if result["shape"] is None and tensor and name in scope.stored:
            kind, dims = scope.stored[name]
            result["shape"] = dims
            result["type"] = result["type"] or (element_name(kind) if kind else None)
        return result


def element_name(kind: int) -> str:
    return TYPES.get(kind) or (f"type {kind}" if kind else "unknown")


def shape_of(tensor: Any) -> list[int | str | None] | None:
    if not tensor.HasField("shape"):
        return None
    shape: list[int | str | None] = []
    for dim in tensor.shape.dim:
        kind = dim.WhichOneof("value")
        shape.append(dim.dim_value if kind == "dim_value" else text(dim.dim_param) or None
                     if kind == "dim_param" else None)
    return shape


def type_name(kind: Any) -> str:
    which = kind.WhichOneof("value")
    if which == "tensor_type":
        return element_name(kind.tensor_type.elem_type)
    if which == "sparse_tensor_type":
        return f"sparse_tensor({element_name(kind.sparse_tensor_type.elem_type)})"
    if which in ("sequence_type", "optional_type"):
        inner = getattr(kind, which)
        held = type_name(inner.elem_type) if inner.HasField("elem_type") else "unknown"
        return f"{which[:-5]}({held})"
    if which == "map_type":
        held = type_name(kind.map_type.value_type) if kind.map_type.HasField("value_type") \
            else "unknown"
        return f"map({element_name(kind.map_type.key_type)},{held})"
    if which == "opaque_type":
        opaque = kind.opaque_type
        return f"opaque({text(opaque.domain)}{'.' if opaque.domain else ''}{text(opaque.name)})"
    return "unknown"


def described(kind: Any) -> dict[str, Any]:
    """Type and shape of a declared type."""
    which = kind.WhichOneof("value") if kind is not None else None
    if which in (None, "tensor_type"):
        tensor = kind.tensor_type if which else None
        return {"type": element_name(tensor.elem_type) if which and tensor.elem_type else None,
                "shape": shape_of(tensor) if which else None}
    sparse = which == "sparse_tensor_type"
    return {"type": type_name(kind),
            "shape": shape_of(kind.sparse_tensor_type) if sparse else None}


def scopes_of(model: onnx.ModelProto) -> list[Scope]:
    """Main graph, functions, then bodies as they are met, but for those of training graphs."""
    scopes = [Scope(model.graph, "", None)]
    for function in getattr(model, "functions", ()):
        name = f"fn:{text(function.domain)}.{text(function.name)}"
        overload = getattr(function, "overload", "")
        scopes.append(Scope(function, f"{name}:{text(overload)}" if overload else name, None))
    for scope in scopes:  # grows on the way
        for index, node in enumerate(scope.graph.node):
            label = text(node.name) or f"{text(node.op_type)}_{index}"
            for attribute in node.attribute:
                kind = type_of(attribute)
                path = f"{scope.path}/{label}" if scope.path else label
                path += f".{text(attribute.name)}"
                if kind == AttributeProto.GRAPH and attribute.HasField("g"):
                    scopes.append(Scope(attribute.g, path, scope))
                if kind == AttributeProto.GRAPHS:
                    scopes += [Scope(graph, f"{path}[{i}]", scope)
                               for i, graph in enumerate(attribute.graphs)]
    return scopes


def product(dims: Iterable[int]) -> int | None:
    """None: negative, or more than 64 bits, and left out of sums."""
    dims = list(dims)
    if any(dim < 0 for dim in dims):
        return None
    return prod(dims) if 0 in dims or prod(dims) < 1 << 64 else None


# ---- summary ------------------------------------------------------------------------------------

def check_summary(path: Path, model: onnx.ModelProto, size: int, scopes: list[Scope],
                  found: dict[str, Any]) -> None:
    graph, info = model.graph, found["model"]
    same("schema", found["schema"], 1)
    same("file.path", found["file"]["path"], text(os.fsencode(path)))
    same("file.bytes", found["file"]["bytes"], path.stat().st_size)
    same("file.model_bytes", found["file"]["model_bytes"], size)
    same("ir_version", info["ir_version"], model.ir_version or None)
    for field, value in (("producer", model.producer_name), ("domain", model.domain),
                         ("producer_version", model.producer_version), ("doc", model.doc_string)):
        same(field, info[field], text(value))
    same("model_version", info["model_version"],
         model.model_version if model.HasField("model_version") else None)
    same("opsets", info["opsets"],
         last_of((domain(opset.domain), opset.version) for opset in model.opset_import))
    same("metadata", info["metadata"],
         last_of((text(pair.key), text(pair.value)) for pair in model.metadata_props))
    same("functions", info["functions"], len(getattr(model, "functions", ())))
    same("training", info["training"], len(model.training_info))

    counts = found["graph"]
    same("graph.name", counts["name"], text(graph.name))
    same("graph.nodes", counts["nodes"], len(graph.node))
    same("graph.nodes_total", counts["nodes_total"], sum(len(s.graph.node) for s in scopes))
    same("graph.subgraphs", counts["subgraphs"],
         sum(hasattr(s.graph, "initializer") for s in scopes) - 1)
    same("graph.initializers", counts["initializers"],
         len(graph.initializer) + len(graph.sparse_initializer))
    operators = Counter((domain(node.domain), text(node.op_type))
                        for scope in scopes for node in scope.graph.node)
    same("operators", {(row["domain"], row["op"]): row["count"] for row in found["operators"]},
         dict(operators))
    order = [(-row["count"], text_key(row["domain"]), text_key(row["op"]))
             for row in found["operators"]]
    same("operators (most frequent first)", order, sorted(order))
    check_interface(scopes[0], counts)
    generates = ("ai.onnx", "ConstantOfShape") in operators
    check_parameters(graph, found["parameters"], generates)


def text_key(name: str) -> bytes:
    return name.encode("utf-8", "surrogateescape")


def check_interface(main: Scope, counts: dict[str, Any]) -> None:
    graph = main.graph
    inputs = [value for value in graph.input if value.name not in main.stored]
    same("graph.inputs (number)", len(counts["inputs"]), len(inputs))
    for i, value in enumerate(inputs):
        check_value(f"graph.inputs[{i}]", counts["inputs"][i], {
            "name": text(value.name), **described(value.type if value.HasField("type") else None)})
    same("graph.outputs (number)", len(counts["outputs"]), len(graph.output))
    for i, value in enumerate(graph.output):
        expected = main.value(value.name)
        if not main.defines(value.name) and value.HasField("type"):
            expected.update(described(value.type))
        check_value(f"graph.outputs[{i}]", counts["outputs"][i], expected)


def check_value(where: str, found: dict[str, Any], expected: dict[str, Any]) -> None:
    for field in ("name", "type", "shape"):
        # The name of an opaque type is part of a text, and escaped like one.
        if field != "type" or "opaque(" not in str(expected[field]) or is_plain(expected[field]):
            same(f"{where}.{field}", found[field], expected[field])


def check_parameters(graph: onnx.GraphProto, found: dict[str, Any], generates: bool) -> None:
    """The naive count, and that the others add up. Roles are the business of params_truth.py."""
    sizes = [product(tensor.dims) for tensor in graph.initializer]
    naive = sum(size or 0 for size in sizes)
    if naive < 1 << 64:
        same("initializer_elements", found["initializer_elements"], naive)
        if None in sizes:
            same("parameters.overflow", found["overflow"], True)
    else:
        same("parameters.overflow", found["overflow"], True)
    roles, counted = found["by_role"], ("weight", "bias", "norm", "embedding")
    same("parameters.total", found["total"], sum(roles[role] for role in counted))
    same("parameters.all_elements", found["all_elements"], sum(roles.values()))
    same("parameters.by_type", sum(found["by_type"].values()), found["total"])
    if not 0 <= found["shared"] <= found["total"]:
        raise Different(f"parameters.shared: {found['shared']} of {found['total']}")
    size, everything = found["bytes"], found["all_bytes"]
    if size is None or everything is None:
        return  # some have no fixed size
    if size > everything:
        raise Different(f"parameters.bytes: {size} of {everything} in all")
    # What ConstantOfShape generates is stored nowhere; everything else has 2 to 128 bits.
    if size > found["total"] * 16 or (not generates and size < found["total"] // 4):
        raise Different(f"parameters.bytes: {size} for {found['total']} elements")


# ---- layers -------------------------------------------------------------------------------------

def check_layers(model: onnx.ModelProto, scopes: list[Scope], rows: list[dict[str, Any]]) -> None:
    paths = {id(scope.graph): scope.path for scope in scopes}
    same("layers (number)", len(rows), sum(len(scope.graph.node) for scope in scopes))
    at = iter(rows)
    for scope in scopes:
        for index, node in enumerate(scope.graph.node):
            row, where = next(at), f"layers[{scope.path or 'main'}][{index}]"
            same(f"{where}.index", row["index"], index)
            same(f"{where}.name", row["name"], text(node.name))
            same(f"{where}.op", row["op"], text(node.op_type))
            same(f"{where}.domain", row["domain"], domain(node.domain))
            if is_plain(scope.path):
                same(f"{where}.graph", row["graph"], scope.path)
            for what in ("input", "output"):
                names = getattr(node, what)
                same(f"{where}.{what}s", [value["name"] for value in row[f"{what}s"]],
                     [text(name) for name in names])
            for i, name in enumerate(node.output):
                if name in scope.types and scope.is_made_by(name, index):
                    check_value(f"{where}.outputs[{i}]", row["outputs"][i], scope.value(name))
            check_attributes(where, node, row["attributes"], paths)


def is_plain(path: str) -> bool:
    """A path that is shown as it is, and that the package knows in full."""
    return path.isascii() and path.isprintable() and "\\" not in path \
        and (KNOWS_OVERLOADS or not path.startswith("fn:"))


def check_attributes(where: str, node: onnx.NodeProto, found: dict[str, Any],
                     paths: dict[int, str]) -> None:
    attributes = {text(attribute.name): attribute for attribute in node.attribute}
    same(f"{where}.attributes", list(found), list(attributes))
    for name, attribute in attributes.items():
        check_attribute(f"{where}.{name}", attribute, found[name], paths)


def check_attribute(where: str, attribute: AttributeProto, found: Any,
                    paths: dict[int, str]) -> None:
    kind = type_of(attribute)
    if getattr(attribute, "ref_attr_name", ""):
        same(where, found, {"reference": text(attribute.ref_attr_name)})
    elif kind == AttributeProto.FLOAT:
        same(where, float32(found), float32(attribute.f))
    elif kind == AttributeProto.INT:
        same(where, found, attribute.i)
    elif kind == AttributeProto.STRING:
        size = len(attribute.s)
        same(where, found, text(attribute.s) if size <= STRING
             else {"type": "string", "bytes": size})
    elif kind in LISTS:
        check_list(where, getattr(attribute, LISTS[kind]), LISTS[kind], found)
    elif kind in PARTS:
        field, many = PARTS[kind]
        if many and len(getattr(attribute, field)) > LIST:
            same(where, found, {"type": "list", "count": len(getattr(attribute, field))})
        elif many:
            same(f"{where} (number)", len(found), len(getattr(attribute, field)))
            for i, part in enumerate(getattr(attribute, field)):
                check_part(f"{where}[{i}]", part, found[i], paths)
        elif attribute.HasField(field):
            check_part(where, getattr(attribute, field), found, paths)


LISTS = {AttributeProto.FLOATS: "floats", AttributeProto.INTS: "ints",
         AttributeProto.STRINGS: "strings"}
PARTS = {AttributeProto.TENSOR: ("t", False), AttributeProto.TENSORS: ("tensors", True),
         AttributeProto.GRAPH: ("g", False), AttributeProto.GRAPHS: ("graphs", True),
         AttributeProto.SPARSE_TENSOR: ("sparse_tensor", False),
         AttributeProto.SPARSE_TENSORS: ("sparse_tensors", True),
         AttributeProto.TYPE_PROTO: ("tp", False),
         AttributeProto.TYPE_PROTOS: ("type_protos", True)}


def float32(value: Any) -> bytes | str:
    """The bits as a float32, all NaNs being equal."""
    number = float(value)  # knows the texts "nan", "inf" and "-inf" as well
    if math.isnan(number):
        return "nan"
    try:
        return struct.pack("<f", number)
    except OverflowError:
        return "too large"


def check_list(where: str, values: Any, kind: str, found: Any) -> None:
    if len(values) > LIST:
        same(where, found, {"type": kind, "count": len(values)})
        return
    if not isinstance(found, list):
        raise Different(f"{where}: {shorten(found)}, expected a list of {len(values)}")
    convert = {"floats": float32, "ints": int, "strings": text}[kind]
    same(where, [float32(one) if kind == "floats" else one for one in found],
         [convert(one) for one in values])


def check_part(where: str, part: Any, found: dict[str, Any], paths: dict[int, str]) -> None:
    name = type(part).__name__
    if name == "GraphProto":
        path = paths.get(id(part))
        if path is not None and is_plain(path):
            same(f"{where}.graph", found["graph"], path)
    elif name == "TensorProto":
        same(f"{where}.type", found["type"], element_name(part.data_type))
        same(f"{where}.shape", found["shape"], list(part.dims))
        check_elements(where, part, found)
    elif name == "SparseTensorProto":
        same(f"{where}.shape", found["shape"], list(part.dims))
        if part.HasField("values"):
            same(f"{where}.type", found["type"], element_name(part.values.data_type))
            same(f"{where}.nnz", found["nnz"], product(part.values.dims))
    else:
        same(where, {key: found[key] for key in ("type", "shape")}, described(part))


def check_elements(where: str, tensor: onnx.TensorProto, found: dict[str, Any]) -> None:
    """Values of small tensors, as far as the package can read them."""
    size = product(tensor.dims)
    if size is None or size > VALUES:
        if "values" in found:
            raise Different(f"{where}: {size} values written out")
        return
    if tensor.data_location == onnx.TensorProto.EXTERNAL:
        return
    try:
        array = numpy_helper.to_array(tensor).reshape(-1)
    except Exception:  # too old for the type, or too little data
        return
    if "values" not in found:
        raise Different(f"{where}: no values: {found.get('values_error')}")
    same(f"{where} (values)", len(found["values"]), array.size)
    for one, value in zip(found["values"], array):
        if not same_element(one, value):
            raise Different(f"{where}: value {one!r}, expected {value!r}")


def same_element(found: Any, value: Any) -> bool:
    if isinstance(value, (bytes, str)):
        return found == text(value)
    kind = getattr(value, "dtype", None)
    if kind is not None and kind.kind == "c":
        return all(same_element(one, part) for one, part in zip(found, (value.real, value.imag)))
    if kind is not None and kind.kind in "iub":
        return int(found) == int(value)
    expected = float(value)
    if math.isnan(expected):
        return found == "nan"
    return kind.type(float(found)) == value if kind is not None else float(found) == expected


# ---- Running ------------------------------------------------------------------------------------

def strict(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        raise ValueError(f"a key twice in {[key for key, _ in pairs]}")
    return result


def no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def ask(*arguments: str) -> tuple[int, Any]:
    run = subprocess.run([PROGRAM, *arguments], capture_output=True, timeout=SECONDS, check=False)
    try:
        answer = json.loads(run.stdout.decode("utf-8"), object_pairs_hook=strict,
                            parse_constant=no_constant)
    except ValueError as wrong:
        raise Different(f"{arguments[0]}: exit {run.returncode}, no JSON: {wrong}: "
                        f"{run.stderr.decode('utf-8', 'replace')[:200]}") from wrong
    return run.returncode, answer


def compare(path: Path, malformed: bool) -> str | None:
    """None: all is well; else the first difference."""
    try:
        code, summary = ask("summary", "--no-infer", "-f", "json", "--", str(path))
        try:
            model, data = read(path)
            readable = bool(data) and (model.HasField("graph") or model.ir_version != 0)
        except (DecodeError, EOFError, OSError):
            readable = False
        if malformed or not readable:
            same("exit code of summary", code, 3)
            same("error.code", isinstance(summary["error"]["code"], str), True)
            return None
        same("exit code of summary", code, 0)
        scopes = scopes_of(model)
        check_summary(path, model, len(data), scopes, summary)
        code, layers = ask("layers", "--all", "--no-infer", "-f", "json", "--", str(path))
        same("exit code of layers", code, 0)
        check_layers(model, scopes, layers["layers"])
    except Different as difference:
        return str(difference)
    except Exception as wrong:  # names the model rather than ending the run
        return f"{type(wrong).__name__}: {wrong}"
    return None


def job(item: tuple[str, bool]) -> tuple[str, str | None]:
    return item[0], compare(Path(item[0]), item[1])


def malformed_in(folder: Path) -> set[Path]:
    manifest = folder / "MANIFEST.tsv"
    if not manifest.is_file():
        return set()
    header, *lines = manifest.read_text(encoding="utf-8").splitlines()
    rows = [dict(zip(header.split("\t"), line.split("\t"))) for line in lines]
    return {folder / row["file"] for row in rows if "malformed" in row.get("features", "")}


def models_in(place: Path) -> list[Path]:
    if place.is_file():
        return [place]
    return sorted(path for path in place.rglob("*.onnx*")
                  if path.name.endswith((".onnx", ".onnx.gz")) and path.is_file())


def places() -> list[Path]:
    if len(sys.argv) > 1:
        return [Path(argument) for argument in sys.argv[1:]]
    named = [os.environ.get("ONNXRAY_CORPUS") or str(ROOT / "../shared/models"),
             os.environ.get("TESTDATA") or "/usr/share/libonnx-testdata/data",
             os.environ.get("ORAY_SAMPLES") or str(ROOT / "build/samples")]
    return [Path(os.path.normpath(name)) for name in named]


def main() -> int:
    jobs: list[tuple[str, bool]] = []
    skipped = 0
    for place in places():
        found = models_in(place) if place.exists() else []
        if not found:
            print(f"notice: no models in {place}")
            skipped += 1
        malformed = malformed_in(place)
        jobs += [(str(path), path in malformed) for path in found]
    jobs.sort(key=lambda item: (-os.path.getsize(item[0]), item[0]))
    failures: list[tuple[str, str]] = []
    with multiprocessing.Pool(2) as pool:
        for path, difference in pool.imap_unordered(job, jobs, chunksize=4):
            if difference is not None:
                failures.append((path, difference))
    for path, difference in sorted(failures):
        print(f"FAILED {path}: {difference}".encode("utf-8", "backslashreplace").decode())
    print(f"{len(jobs) - len(failures)} passed, {len(failures)} failed"
          + (f", {skipped} skipped" if skipped else ""))
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
