#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Measures the memory of activations with the `onnx` package, and compares with onnxray.

    ONNXRAY=build/onnxray python3 tests/truth/memory_truth.py [-v] MODEL...

Shapes are those of onnx.shape_inference, and where that falls short those that `onnxray layers`
tells: what is compared is who lives when, and how much that is. Models with symbols in their shapes
are asked about with --dim, 3 for the first symbol, 5 for the next and so on.

A value lives from the node that makes it to the last that reads it, at any depth, an input of the
graph from the start, an output to the end. What is computed from weights and constants alone is no
activation. Nothing is shared. A node with bodies, or that calls a function, adds the largest live
set in there; so models with such nodes are compared as far as the sizes within are known.

    peak     bytes of the largest live set, and a node where it is
    live     of each node of the main graph
    memory   bytes of the outputs of each node

Sizes that the `onnx` package cannot tell, and onnxray can, are onnxray's; where neither can, the
model is skipped. The last line is "N passed, N failed[, N skipped]".
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import re
import subprocess
import sys
from math import prod
from pathlib import Path
from typing import Any

try:
    import onnx
    from google.protobuf.message import DecodeError
except ImportError as missing:
    print(f"notice: skipped, {missing}")
    print("0 passed, 0 failed, 1 skipped")
    sys.exit(0)

PROGRAM = os.environ.get("ONNXRAY") or str(Path(__file__).parents[2] / "build/onnxray")
LARGEST = 64 << 20
PRIMES = (3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47)
BITS = {"float32": 32, "uint8": 8, "int8": 8, "uint16": 16, "int16": 16, "int32": 32, "int64": 64,
        "bool": 8, "float16": 16, "float64": 64, "uint32": 32, "uint64": 64, "complex64": 64,
        "complex128": 128, "bfloat16": 16, "float8e4m3fn": 8, "float8e4m3fnuz": 8, "float8e5m2": 8,
        "float8e5m2fnuz": 8, "uint4": 4, "int4": 4, "float4e2m1": 4, "float8e8m0": 8, "uint2": 2,
        "int2": 2, "float6e2m3": 6, "float6e3m2": 6}
RANDOM = {"RandomNormal", "RandomUniform", "RandomNormalLike", "RandomUniformLike", "Multinomial",
          "Bernoulli"}


class Unknown(Exception):
    """A size that nobody knows."""


def ask(*arguments: str) -> Any:
    """What the program says in JSON; None when it does not like the model."""
    done = subprocess.run([PROGRAM, *arguments], capture_output=True, check=False, timeout=300)
    return json.loads(done.stdout) if done.returncode == 0 and done.stdout else None


def symbols(summary: dict[str, Any]) -> list[str]:
    """--dim for names of dimensions of inputs."""
    found: dict[str, int] = {}
    for value in summary["graph"]["inputs"]:
        for dim in value["shape"] or []:
            names = [] if not isinstance(dim, str) else [dim] if re.fullmatch(r"[\w./:-]+", dim) \
                else re.findall(r"[A-Za-z_][\w.]*", dim)
            for name in names:
                found.setdefault(name, PRIMES[len(found) % len(PRIMES)])
    return [word for name, size in found.items() for word in ("--dim", f"{name}={size}")]


def size_of(value: dict[str, Any]) -> int | None:
    """Bytes of a VALUE."""
    bits, shape = BITS.get(value["type"] or ""), value["shape"]
    if bits is None or shape is None or not all(isinstance(dim, int) for dim in shape):
        return None
    return -(-prod(shape) * bits // 8)


def declared(types: list[Any], sizes: dict[str, int]) -> None:
    """Sizes of static tensors as the `onnx` package infers them."""
    for info in types:
        tensor = info.type.tensor_type
        if info.type.WhichOneof("value") != "tensor_type" or not tensor.HasField("shape"):
            continue
        dims = tensor.shape.dim
        name = onnx.TensorProto.DataType.Name(tensor.elem_type).lower() if tensor.elem_type else ""
        bits = BITS.get({"float": "float32", "double": "float64"}.get(name, name))
        if bits and all(dim.HasField("dim_value") and dim.dim_value >= 0 for dim in dims):
            sizes.setdefault(info.name, -(-prod(dim.dim_value for dim in dims) * bits // 8))


def bind(graph: Any, given: dict[str, str]) -> None:
    """Puts numbers in the place of symbols of inputs, and forgets what else the model declares."""
    for info in graph.input:
        for dim in info.type.tensor_type.shape.dim:
            if dim.dim_param in given:
                dim.dim_value = int(given[dim.dim_param])
    if given:
        del graph.value_info[:]
        for info in graph.output:
            info.type.tensor_type.ClearField("shape")


def infer(proto: Any, pipe: Any) -> None:
    """Sends the sizes that the `onnx` package finds."""
    sizes: dict[str, int] = {}
    try:
        inferred = onnx.shape_inference.infer_shapes(proto, data_prop=True)
        for types in (inferred.graph.value_info, inferred.graph.input):
            declared(list(types), sizes)
    except Exception as error:  # pylint: disable=broad-except
        print(f"note: onnx.shape_inference: {str(error)[:80]}")
    pipe.send(sizes)


def apart(proto: Any) -> dict[str, int]:
    """The same in a process of its own, since old versions crash on some models."""
    fork = multiprocessing.get_context("fork")
    ours, theirs = fork.Pipe(duplex=False)
    child = fork.Process(target=infer, args=(proto, theirs))
    child.start()
    theirs.close()
    try:
        sizes: dict[str, int] = ours.recv()
    except EOFError:
        sizes = {}
    child.join()
    return sizes


class Graph:
    """One graph with the sizes of its values."""

    def __init__(self, proto: Any, model: "Model", sizes: dict[str, int],
                 constants: set[str]) -> None:
        self.nodes = list(proto.node)
        self.model = model
        self.sizes = sizes
        self.outputs = [o if isinstance(o, str) else o.name for o in proto.output]
        stored = {t.name for t in getattr(proto, "initializer", ())}
        stored |= {t.values.name for t in getattr(proto, "sparse_initializer", ())}
        self.constants = constants | stored
        self.inputs = [i if isinstance(i, str) else i.name for i in proto.input]
        self.fold()

    def fold(self) -> None:
        """Marks what is computed from constants alone."""
        for node in self.nodes:
            names = [name for name in node.input if name]
            bodies = any(a.HasField("g") or a.graphs for a in node.attribute)
            called = (node.domain, node.op_type) in self.model.functions
            constant = node.op_type in ("Constant", "ConstantOfShape") or names
            if (constant and all(name in self.constants for name in names) and not bodies
                    and not called and node.op_type not in RANDOM):
                self.constants |= set(filter(None, node.output))

    def size(self, name: str) -> int:
        if name not in self.sizes:
            raise Unknown(name)
        return self.sizes[name]

    def reads(self, node: Any) -> set[str]:
        """Names that a node reads, its bodies included."""
        found, todo = set(node.input), [a.g for a in node.attribute if a.HasField("g")]
        todo += [g for a in node.attribute for g in a.graphs]
        while todo:
            graph = todo.pop()
            own = {i.name for i in graph.input} | {t.name for t in graph.initializer}
            own |= {o for n in graph.node for o in n.output}
            for inner in graph.node:
                found |= set(inner.input) - own
                todo += [a.g for a in inner.attribute if a.HasField("g")]
            found |= {o.name for o in graph.output} - own
        return found

    def lives(self, main: bool) -> dict[str, tuple[int, int]]:
        """First and last node of every activation."""
        lives: dict[str, tuple[int, int]] = {}
        if main:
            lives = {name: (0, 0) for name in self.inputs if name not in self.constants}
        for at, node in enumerate(self.nodes):
            for name in filter(None, node.output):
                if name not in self.constants:
                    lives[name] = (at, at)
        for at, node in enumerate(self.nodes):
            for name in self.reads(node):
                if name in lives:
                    lives[name] = (lives[name][0], max(at, lives[name][1]))
        for name in self.outputs:
            if name in lives:
                lives[name] = (lives[name][0], len(self.nodes) - 1)
        return lives

    def live(self, main: bool) -> list[int]:
        """Bytes alive at each node."""
        change = [0] * (len(self.nodes) + 1)
        for name, (born, died) in self.lives(main).items():
            change[born] += self.size(name)
            change[died + 1] -= self.size(name)
        total, out = 0, []
        for at, node in enumerate(self.nodes):
            total += change[at]
            if any(a.HasField("g") or a.graphs for a in node.attribute):
                raise Unknown("bodies")
            if (node.domain, node.op_type) in self.model.functions:
                raise Unknown("functions")
            out.append(total)
        return out


class Model:
    """A model, and what both sides say of it."""

    def __init__(self, path: str) -> None:
        proto = onnx.load(path, load_external_data=False)
        self.functions = {(f.domain, f.name) for f in getattr(proto, "functions", ())}
        summary = ask("-f", "json", path)
        if summary is None:
            raise Unknown("the model")
        self.dims = symbols(summary)
        self.summary = ask("-f", "json", *self.dims, path)
        layers = ask("layers", "-f", "json", *self.dims, path)
        if self.summary is None or layers is None:
            raise Unknown(f"what {' '.join(self.dims)} does")
        self.layers = layers["layers"]
        bind(proto.graph, dict(word.rsplit("=", 1) for word in self.dims[1::2]))
        sizes = apart(proto)
        self.by_onnx = len(sizes)
        for value in self.summary["graph"]["inputs"]:
            sizes.setdefault(value["name"], size_of(value))
        for row in self.layers:
            for value in row["outputs"]:
                if value["name"] and size_of(value) is not None:
                    sizes.setdefault(value["name"], size_of(value))
        self.main = Graph(proto.graph, self, {n: s for n, s in sizes.items() if s is not None},
                          set())


def check(path: str, verbose: bool) -> list[str]:
    """What differs."""
    model = Model(path)
    live = model.main.live(True)
    wrong = []
    for at, (mine, row) in enumerate(zip(live, model.layers, strict=True)):
        if row["live"] != mine:
            wrong.append(f"live at {at} {row['label']}: {row['live']}, should be {mine}")
        memory = sum(model.main.size(o) for o in model.main.nodes[at].output if o)
        if row["memory"] != memory:
            wrong.append(f"memory of {at} {row['label']}: {row['memory']}, should be {memory}")
    compute = model.summary["compute"]
    if compute["peak_activation_bytes"] != max(live, default=0):
        wrong.append(f"peak: {compute['peak_activation_bytes']}, should be {max(live, default=0)}")
    labels = [row["label"] for row, mine in zip(model.layers, live, strict=True) if mine == max(live)]
    if live and compute["peak_activation_node"] not in labels:
        wrong.append(f"peak at {compute['peak_activation_node']}, should be {labels[:3]}")
    if verbose:
        print(f"{path}: {len(live)} nodes, {model.by_onnx} sizes by onnx, {' '.join(model.dims)}")
    return wrong


def main() -> int:
    arguments = argparse.ArgumentParser()
    arguments.add_argument("-v", action="store_true", dest="verbose")
    arguments.add_argument("models", nargs="*")
    options = arguments.parse_args()
    passed = failed = skipped = 0
    for path in options.models:
        try:
            if path.endswith(".gz") or Path(path).stat().st_size > LARGEST:
                raise Unknown("too large")
            wrong = check(path, options.verbose)
        except (Unknown, DecodeError, ValueError, UnicodeDecodeError) as error:
            skipped += 1
            if options.verbose:
                print(f"skipped: {path}: {error}")
            continue
        passed += not wrong
        failed += bool(wrong)
        for line in wrong[:8]:
            print(f"FAIL {path}: {line}")
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    return failed != 0


if __name__ == "__main__":
    sys.exit(main())
