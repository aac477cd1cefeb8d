#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What others know about the shapes in a model, as a JSON file. Used by infer_corpus.py.

    python3 tests/truth/corpus_runs.py MODEL OUT.json [STAGE...]

Stages, of which those that cannot be done here leave a line in "problems":

    declared   what the model itself says about its values
    onnx       onnx.shape_inference on the model without declared shapes
    merged     the same on the model as it is
    symbolic   ONNX Runtime's symbolic shape inference (needs onnxruntime and sympy)
    runs       the model is run, and every value looked at: in ONNX Runtime with all values of the
               main graph as outputs, and in onnx's reference evaluator, which gives bodies and
               functions as well. Up to two runs, with different sizes for what has no size.

{"declared": {GRAPH: {NAME: {"type", "shape"}}}, "onnx": ..., "merged": ..., "symbolic": ...,
 "runs": [{"by", "partial", "inputs": {NAME: SHAPE},
           "values": {GRAPH: {NAME: {"type", "shape"}}}}],
 "problems": [...], "seconds": {...}}

GRAPH is the path that `layers --all` shows. A dimension that differs within one run, in turns of a
loop say, is null; so is a rank. Inputs are random and small; where ranges matter, by their names.
"""

from __future__ import annotations

import json
import os
import random
import re
import sys
import tempfile
import time
import warnings
from collections.abc import Iterator
from math import prod
from pathlib import Path
from typing import Any

from corpus_truth import described, element_name, onnx, read, scopes_of
from dims import NAME, Unbound, Unreadable, evaluate

import numpy

STAGES = ("declared", "onnx", "merged", "symbolic", "runs")
MOST = 256 << 20     # elements of an input
MISSING = 64 << 20   # elements of a tensor that is made up, because its data is not there
TALK = 200           # characters of a problem
REFERENCE = 4 << 20  # bytes of a model that the reference evaluator is asked to run

Known = dict[str, Any]
Graphs = dict[str, dict[str, Known]]


# ---- What is written, what is inferred -----------------------------------------------------------

def known(model: onnx.ModelProto) -> Graphs:
    """Types of the values of each graph, as far as they are written in the model."""
    found: Graphs = {}
    for scope in scopes_of(model):
        values = found.setdefault(scope.path, {})
        for name, kind in scope.types.items():
            values[name] = described(kind)
    return found


def strip(graph: onnx.GraphProto, top: bool = True) -> None:
    del graph.value_info[:]
    for output in graph.output:
        output.ClearField("type")
    for node in graph.node:
        for attribute in node.attribute:
            for body in (*([attribute.g] if attribute.HasField("g") else ()), *attribute.graphs):
                strip(body, False)


def copied(model: onnx.ModelProto) -> onnx.ModelProto:
    """With an import for every domain in use: the package refuses models without."""
    copy = onnx.ModelProto()
    copy.CopyFrom(model)
    imported = {opset.domain for opset in copy.opset_import}
    used = {node.domain for scope in scopes_of(copy) for node in scope.graph.node}
    if imported & {"", "ai.onnx"}:
        imported |= {"", "ai.onnx"}
    for domain in sorted(used - imported):
        copy.opset_import.append(onnx.helper.make_opsetid(domain, 1))
    return copy


def inferred(model: onnx.ModelProto, stripped: bool) -> Graphs:
    copy = copied(model)
    if stripped:
        strip(copy.graph)
    return known(onnx.shape_inference.infer_shapes(copy, strict_mode=False, data_prop=True))


def symbolic(model: onnx.ModelProto, folder: Path) -> Graphs:
    from onnxruntime.tools.symbolic_shape_infer import SymbolicShapeInference
    try:
        copy = copied(whole(model, folder))
    except ValueError:
        copy = copied(model)
    result = SymbolicShapeInference.infer_shapes(copy, auto_merge=True)
    return {"": known(result)[""]} if result is not None else {}


# ---- Inputs --------------------------------------------------------------------------------------

# Sizes for what has no size, by what the name says; what comes first is tried first. Sizes that
# differ from each other show what is mixed up.
KINDS = (("past", r"past"), ("batch", r"batch|^n$|^b$|^bs$|beam"),
         ("total", r"total|max"), ("length", r"seq|len|token|time|frame|^t$|^s$|^l$"),
         ("space", r"height|width|^h$|^w$|size|image"))
SIZES = (
    {"batch": 2, "length": 7, "past": 5, "total": 12, "space": 64, "other": 3},
    {"batch": 3, "length": 11, "past": 4, "total": 15, "space": 96, "other": 5},
    {"batch": 1, "length": 7, "past": 5, "total": 12, "space": 64, "other": 1},
    {"batch": 1, "length": 1, "past": 6, "total": 7, "space": 128, "other": 2},
    {"batch": 1, "length": 9, "past": 0, "total": 9, "space": 224, "other": 1},
    {"batch": 1, "length": 16, "past": 16, "total": 32, "space": 320, "other": 16},
    {"batch": 2, "length": 32, "past": 1, "total": 33, "space": 256, "other": 10},
    {"batch": 2, "length": 512, "past": 8, "total": 520, "space": 416, "other": 64},
    {"batch": 1, "length": 512, "past": 8, "total": 520, "space": 640, "other": 512},
    {"batch": 1, "length": 256, "past": 2, "total": 258, "space": 32, "other": 128},
    {"batch": 1, "length": 1000, "past": 1, "total": 1001, "space": 28, "other": 4},
    {"batch": 1, "length": 128, "past": 128, "total": 256, "space": 100, "other": 8},
)

STATE = re.compile(r"state|hidden|memory|^[hc]_?(0|n|in)?$", re.IGNORECASE)  # of layers, of a batch

# Where no name helps: file name (start) -> input -> shape, and what is in it. Values are given for
# inputs that steer the model.
Override = dict[str, Any]
OVERRIDES: dict[str, list[dict[str, Override]]] = {
    "tiny_gpt2_beamsearch": [
        {"max_length": {"value": [20]}, "min_length": {"value": [1]}, "num_beams": {"value": [4]},
         "num_return_sequences": {"value": [2]}}],
    "silero_vad": [
        {"input": {"shape": [2, 512]}, "state": {"shape": [2, 2, 128]}},
        {"input": {"shape": [3, 256]}, "state": {"shape": [2, 3, 128]}, "sr": {"value": 8000}}],
    "ort_training_model": [{"input-0": {"shape": [7, 784]}, "labels": {"shape": [7]}},
                           {"input-0": {"shape": [5, 784]}, "labels": {"shape": [5]}}],
}


def kind_of(name: str) -> str:
    for kind, pattern in KINDS:
        if re.search(pattern, name, re.IGNORECASE):
            return kind
    return "other"


def place_of(rank: int, position: int, is_float: bool) -> str:
    """Kind of a dimension without a name."""
    if position == 0:
        return "batch"
    if rank == 4 and is_float:
        return "other" if position == 1 else "space"
    return "length" if position == 1 else "other"


class Inputs:
    """Sizes and contents of what goes into a model."""

    def __init__(self, model: onnx.ModelProto, sizes: dict[str, int], given: dict[str, Override],
                 seed: int) -> None:
        self.sizes = sizes
        self.given = given
        self.symbols: dict[str, int] = {}
        self.random = numpy.random.default_rng(seed)
        self.seed = seed
        self.flags = False
        self.dynamic = bool(given)
        graph = model.graph
        stored = {tensor.name for tensor in graph.initializer} | \
            {tensor.values.name for tensor in graph.sparse_initializer}
        self.values = [value for value in graph.input if value.name not in stored]
        self.feeds: dict[str, Any] = {}
        self.kinds: dict[str, int] = {}
        for value in self.values:
            self.feeds[value.name] = self.make(value)

    def dim(self, value: onnx.ValueInfoProto, position: int, rank: int) -> int:
        dim = value.type.tensor_type.shape.dim[position]
        which = dim.WhichOneof("value")
        if which == "dim_value" and dim.dim_value >= 0:
            return dim.dim_value
        self.dynamic = True
        name = dim.dim_param
        if not name and rank == 3 and position == 1 and STATE.search(value.name):
            return self.sizes["batch"]
        if not name:
            is_float = value.type.tensor_type.elem_type in (1, 10, 11, 16)
            return self.sizes[place_of(rank, position, is_float)]
        if name not in self.symbols:
            self.symbols[name] = self.size(name, place_of(rank, position, True))
        return self.symbols[name]

    def size(self, name: str, place: str) -> int:
        if not NAME.fullmatch(name):  # an expression over others
            parts = {part: self.symbols.setdefault(part, self.sizes[kind_of(part)])
                     for part in NAME.findall(name)}
            try:
                return int(evaluate(name, parts))
            except (Unbound, Unreadable):
                pass
        kind = kind_of(name)
        return self.sizes[place if kind == "other" else kind]

    def shape(self, value: onnx.ValueInfoProto) -> list[int]:
        tensor = value.type.tensor_type
        if not tensor.HasField("shape"):
            self.dynamic = True
            return [self.sizes["batch"], self.sizes["length"]]
        rank = len(tensor.shape.dim)
        return [self.dim(value, i, rank) for i in range(rank)]

    def make(self, value: onnx.ValueInfoProto) -> Any:
        given = self.given.get(value.name, {})
        which = value.type.WhichOneof("value")
        if which == "optional_type":
            held = value.type.optional_type.elem_type
            return [numpy.zeros([2, 3], numpy_type(held.sequence_type.elem_type.tensor_type
                                                   .elem_type))] \
                if held.HasField("sequence_type") else None
        if which == "map_type":
            key = value.type.map_type.key_type
            return {"1" if key == 8 else 1: 1.0}
        if which == "sequence_type":
            return [numpy.zeros([2, 3], numpy.float32)]
        shape = given.get("shape") or self.shape(value)
        if prod(shape) > MOST:
            raise ValueError(f"input {value.name} of {shape}")
        element = value.type.tensor_type.elem_type
        self.kinds[value.name] = element
        if "value" in given:
            return numpy.asarray(given["value"], dtype=numpy_type(element))
        return self.contents(value.name, element, shape)

    def contents(self, name: str, element: int, shape: list[int]) -> Any:
        if element == 8:
            return numpy.full(shape, "a", dtype=object)
        kind = numpy_type(element)
        if element == 9:
            if prod(shape) == 1:  # which branch to take, perhaps
                self.dynamic = self.flags = True
                return numpy.full(shape, not self.seed % 2)
            return numpy.ones(shape, dtype=bool)
        if element in (1, 10, 11, 16) or element > 16:
            return self.random.random(shape, dtype=numpy.float32).astype(kind)
        low = name.lower()
        if "mask" in low:
            return numpy.ones(shape, dtype=kind)
        if "position" in low and len(shape) > 1:
            return numpy.broadcast_to(numpy.arange(shape[-1], dtype=kind), shape).copy()
        if "seqlens" in low:
            return numpy.full(shape, self.sizes["total"] - 1, dtype=kind)
        if "total_seq" in low:
            return numpy.full(shape, self.sizes["total"], dtype=kind)
        if low in ("sr", "sample_rate", "rate"):
            return numpy.full(shape, 16000, dtype=kind)
        return self.random.integers(0, 2, shape).astype(kind)

    @property
    def shapes(self) -> dict[str, list[int]]:
        return {name: list(feed.shape) for name, feed in self.feeds.items()
                if isinstance(feed, numpy.ndarray)}


def numpy_type(element: int) -> Any:
    return onnx.helper.tensor_dtype_to_np_dtype(element)


# ---- Running -------------------------------------------------------------------------------------

class Seen:
    """Types and shapes of values, over all the times that they are computed in one run."""

    def __init__(self) -> None:
        self.values: Graphs = {}

    def add(self, graph: str, name: str, kind: str | None, shape: list[int] | None) -> None:
        values = self.values.setdefault(graph, {})
        before = values.get(name)
        if before is None:
            values[name] = {"type": kind, "shape": shape}
        elif before["shape"] is not None and shape is not None:
            if len(before["shape"]) != len(shape):
                before["shape"] = None
            else:
                before["shape"] = [a if a == b else None for a, b in zip(before["shape"], shape)]
        else:
            before["shape"] = None


def array_type(array: Any) -> str | None:
    try:
        return element_name(onnx.helper.np_dtype_to_tensor_dtype(array.dtype))
    except Exception:
        return None


def made_by(model: onnx.ModelProto) -> list[str]:
    return list(dict.fromkeys(name for node in model.graph.node for name in node.output if name))


ORT_TYPES = {"float": "float32", "double": "float64"}


# How ONNX Runtime names what it does not like.
BLAME = (re.compile(r'Node(?: name)?:? ?\(?[\'"]?(\bn\d+\b)'), re.compile(r'\("(n\d+)"'),
         re.compile(r"node with name '(n\d+)'"), re.compile(r"Name:'(n\d+)'"),
         re.compile(r"\b(n\d+)\b"))
UNKNOWN_OPERATOR = re.compile(r"Fatal error: (\S*):(\w+)\(-?\d+\) is not a registered")
PRUNINGS = 40


def reads(node: onnx.NodeProto) -> Iterator[str]:
    """Names that a node and its bodies read."""
    yield from node.input
    for attribute in node.attribute:
        for body in (*([attribute.g] if attribute.HasField("g") else ()), *attribute.graphs):
            for inner in body.node:
                yield from reads(inner)
            yield from (output.name for output in body.output)


class Ort:
    """ONNX Runtime, without optimizations, with every value of the main graph as an output.

    Nodes that it cannot build, and what follows from them, are left out."""

    name = "onnxruntime"

    def __init__(self, model: onnx.ModelProto, say: Any) -> None:
        import onnxruntime
        onnxruntime.set_default_logger_severity(4)
        self.ort = onnxruntime
        self.say = say
        self.partial = False
        self.copy = copied(model)
        self.outputs = [value.name for value in self.copy.graph.output]
        for i, node in enumerate(self.copy.graph.node):
            node.name = f"n{i}"
        for _ in range(PRUNINGS):
            try:
                self.build()
                return
            except Exception as wrong:
                self.prune(wrong)
        raise ValueError("too much that it does not know")

    def build(self) -> None:
        del self.copy.graph.output[:]
        self.copy.graph.output.extend(onnx.ValueInfoProto(name=name)
                                      for name in made_by(self.copy))
        if not self.copy.graph.node:  # stored tensors as outputs
            self.copy.graph.output.extend(onnx.ValueInfoProto(name=name) for name in self.outputs)
        options = self.ort.SessionOptions()
        options.graph_optimization_level = self.ort.GraphOptimizationLevel.ORT_DISABLE_ALL
        options.log_severity_level = 4
        options.intra_op_num_threads = 1
        self.session = self.ort.InferenceSession(self.copy.SerializeToString(), options,
                                                 providers=["CPUExecutionProvider"])

    def prune(self, wrong: Exception) -> None:
        """@raise wrong, when nobody is to blame"""
        message = str(wrong)
        unknown = UNKNOWN_OPERATOR.search(message)
        names = {found[1] for found in (pattern.search(message) for pattern in BLAME) if found}
        graph = self.copy.graph
        bad = [node for node in graph.node
               if (unknown and node.op_type == unknown[2]) or (not unknown and node.name in names)]
        if not bad:
            raise wrong
        self.say(f"{self.name}: without {bad[0].op_type}: {message}")
        self.partial = True
        gone = {node.name for node in bad}
        lost: set[str] = set()
        more = True
        while more:  # nodes may be in any order
            more = False
            for node in graph.node:
                if node.name in gone or any(name in lost for name in reads(node)):
                    more = more or not lost.issuperset(filter(None, node.output))
                    gone.add(node.name)
                    lost.update(filter(None, node.output))
        copies = [onnx.NodeProto.FromString(node.SerializeToString()) for node in graph.node
                  if node.name not in gone]
        if not copies:
            raise ValueError("nothing is left")
        del graph.node[:]
        graph.node.extend(copies)

    def run(self, inputs: Inputs) -> Seen:
        names = [output.name for output in self.session.get_outputs()]
        wanted = {value.name for value in self.session.get_inputs()}
        seen = Seen()
        feeds = {name: feed for name, feed in inputs.feeds.items() if name in wanted}
        if all(isinstance(feed, numpy.ndarray) and inputs.kinds[name] != 8
               for name, feed in feeds.items()):
            values = self.session.run_with_ort_values(names, {
                name: self.value(feed, inputs.kinds[name]) for name, feed in feeds.items()})
            for name, value in zip(names, values):
                if value.has_value() and value.is_tensor():
                    kind = value.data_type()[7:-1]
                    seen.add("", name, ORT_TYPES.get(kind, kind), list(value.shape()))
            return seen
        for name, value in zip(names, self.session.run(names, feeds)):
            if isinstance(value, numpy.ndarray):
                seen.add("", name, array_type(value), list(value.shape))
        return seen

    def value(self, feed: Any, kind: int) -> Any:
        if kind in UNUSUAL:
            return self.ort.OrtValue.ortvalue_from_numpy_with_onnx_type(feed, kind)
        return self.ort.OrtValue.ortvalue_from_numpy(feed)


UNUSUAL = {16, *range(17, 32)}  # types that do not go through numpy


class Reference:
    """onnx's own evaluator; sees bodies and functions too."""

    name = "reference"

    def __init__(self, model: onnx.ModelProto, say: Any) -> None:
        from onnx.reference import ReferenceEvaluator
        self.partial = False
        self.seen = Seen()
        self.copy = copied(model)
        self.scopes = scopes_of(self.copy)  # keeps the objects that are known by id
        self.paths = {id(scope.graph): scope.path for scope in self.scopes}
        self.functions = {(scope.graph.domain, scope.graph.name): scope.path
                          for scope in self.scopes if scope.path.startswith("fn:")
                          and hasattr(scope.graph, "domain")}
        recorder = self

        def log(evaluator: Any, level: int, pattern: str, *rest: Any) -> None:
            """It is told of every result, printed or not."""
            if pattern.startswith(" + ") and len(rest) == 2:
                recorder.record(evaluator.proto_, *rest)

        ReferenceEvaluator._log = log
        self.evaluator = ReferenceEvaluator(self.copy)

    def record(self, proto: Any, name: str, value: Any) -> None:
        if isinstance(proto, onnx.ModelProto):
            path: str | None = ""
        elif isinstance(proto, onnx.FunctionProto):
            path = self.functions.get((proto.domain, proto.name))
        else:
            path = self.paths.get(id(proto))
        if path is not None and isinstance(value, (numpy.ndarray, numpy.generic)):
            self.seen.add(path, name, array_type(value), list(value.shape))

    def run(self, inputs: Inputs) -> Seen:
        self.seen = Seen()
        self.evaluator.run(None, inputs.feeds)
        return self.seen


def whole(model: onnx.ModelProto, folder: Path) -> onnx.ModelProto:
    """A copy with all data inside. What is missing is made up if it can be."""
    from onnx.external_data_helper import load_external_data_for_tensor
    copy = onnx.ModelProto()
    copy.CopyFrom(model)
    source = numpy.random.default_rng(0)
    absent = []
    for tensor in tensors_of(copy):
        if tensor.data_location != onnx.TensorProto.EXTERNAL:
            continue
        try:
            load_external_data_for_tensor(tensor, str(folder))
        except Exception as wrong:
            if tensor.data_type not in (1, 10, 11, 16) or prod(tensor.dims) > MISSING:
                raise ValueError(f"external data of {tensor.name}: {wrong}") from wrong
            absent.append(tensor)
        tensor.data_location = onnx.TensorProto.DEFAULT
        del tensor.external_data[:]
    for tensor in absent:
        made = source.normal(0, 0.05, list(tensor.dims)).astype(numpy_type(tensor.data_type))
        tensor.raw_data = made.tobytes()
    for node in copy.graph.node:
        if node.op_type == "StringNormalizer":  # the default is not there everywhere
            node.attribute.append(onnx.helper.make_attribute("locale", "C"))
        if node.op_type == "MatMulNBits" and node.domain == "com.microsoft":
            unflatten(copy.graph, node)
    return copy


def unflatten(graph: onnx.GraphProto, node: onnx.NodeProto) -> None:
    """Packed weights in one row, as older tools wrote them."""
    size = {attribute.name: attribute.i for attribute in node.attribute}
    for tensor in graph.initializer:
        if tensor.name == node.input[1] and len(tensor.dims) == 1:
            blob = size["block_size"] * size["bits"] // 8
            blocks = -(-size["K"] // size["block_size"])
            if size["N"] * blocks * blob == tensor.dims[0]:
                tensor.dims[:] = [size["N"], blocks, blob]


def tensors_of(model: onnx.ModelProto) -> Iterator[onnx.TensorProto]:
    for scope in scopes_of(model):
        yield from getattr(scope.graph, "initializer", ())
        for node in scope.graph.node:
            for attribute in node.attribute:
                if attribute.HasField("t"):
                    yield attribute.t
                yield from attribute.tensors


def overrides(path: Path) -> list[dict[str, Override]]:
    return next((given for start, given in OVERRIDES.items() if path.name.startswith(start)), [])


def attempts(path: Path) -> Iterator[tuple[dict[str, int], dict[str, Override]]]:
    for given in overrides(path):
        yield SIZES[0], given
    for sizes in SIZES:
        yield sizes, {}


def runs(path: Path, model: onnx.ModelProto, size: int, say: Any) -> Iterator[dict[str, Any]]:
    """Up to two runs that went well. In models of fixed sizes, one that got somewhere will do."""
    complete = whole(model, path.parent)
    bodies = len(scopes_of(model)) > 1
    good: list[dict[str, list[int]]] | None = None  # sizes that went well
    for engine in (Ort, Reference):
        if engine is Reference and (size > REFERENCE or (good and not bodies)):
            continue
        try:
            built = engine(complete, say)
            found = list(runs_in(built, path, complete, say, good))
            good = [run["inputs"] for run in found]
        except Exception as wrong:
            say(f"{engine.name}: {wrong}")
            continue
        yield from found


def runs_in(engine: Any, path: Path, model: onnx.ModelProto, say: Any,
            good: list[dict[str, list[int]]] | None) -> Iterator[dict[str, Any]]:
    """@param good  The only sizes to try, if there is a choice: the reference evaluator puts up
                 with sizes that do not belong together. None: not known."""
    done: list[dict[str, list[int]]] = []
    told, tried = False, 0
    queue = [(seed, *one) for seed, one in enumerate(attempts(path))]
    while queue and len(done) < 2:
        seed, sizes, given = queue.pop(0)
        inputs = Inputs(model, sizes, given, seed)
        shapes = inputs.shapes
        if (shapes in done and not inputs.flags) or (good is not None and inputs.dynamic and shapes not in good):
            continue
        try:
            seen = engine.run(inputs)
        except Exception as wrong:
            if not told:
                say(f"{engine.name}: {wrong}")
            told = True
            tried += 1
            if inputs.dynamic or given:
                continue
            if engine.name == Ort.name and tried < PRUNINGS:
                engine.prune(wrong)
                engine.build()
                queue.insert(0, (seed, sizes, given))
                continue
            if engine.name != Reference.name or not engine.seen.values:
                return
            seen, engine.partial = engine.seen, True
        done.append(shapes)
        yield {"by": engine.name, "partial": engine.partial, "inputs": shapes,
               "values": seen.values}
        if not inputs.dynamic:
            return


# ---- One model -----------------------------------------------------------------------------------

def observe(path: Path, out: Path, stages: list[str]) -> None:
    """Written after each stage, so that what is slow takes nothing else along."""
    random.seed(0)
    result: dict[str, Any] = {"problems": [], "seconds": {}}

    def say(problem: Any) -> None:
        result["problems"].append(" ".join(str(problem).split())[:TALK])

    def write() -> None:
        draft = out.with_suffix(f".{os.getpid()}")
        draft.write_text(json.dumps(result))
        os.replace(draft, out)

    model, data = read(path)
    for stage in stages:
        started = time.monotonic()
        try:
            if stage == "declared":
                result["declared"] = known(model)
            elif stage == "onnx":
                result["onnx"] = inferred(model, True)
            elif stage == "merged":
                result["merged"] = inferred(model, False)
            elif stage == "symbolic":
                result["symbolic"] = symbolic(model, path.parent)
            else:
                result["runs"] = []
                for run in runs(path, model, len(data), say):
                    result["runs"].append(run)
                    write()
        except Exception as wrong:
            say(f"{stage}: {type(wrong).__name__}: {wrong}")
        result["seconds"][stage] = round(time.monotonic() - started, 1)
        write()


def look(model: Path, out: Path, stages: list[str]) -> None:
    """Leaves the working directory."""
    with warnings.catch_warnings(), tempfile.TemporaryDirectory() as folder:
        warnings.simplefilter("ignore")
        model, out = model.resolve(), out.resolve()
        os.chdir(folder)  # symbolic inference writes files where it is
        try:
            observe(model, out, stages)
        finally:
            os.chdir("/")


def main() -> int:
    if len(sys.argv) < 3:
        print(__doc__, file=sys.stderr)
        return 2
    look(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3:] or list(STAGES))
    return 0


if __name__ == "__main__":
    sys.exit(main())
