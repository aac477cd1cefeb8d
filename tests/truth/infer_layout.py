#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Holds the shapes of operators that only move elements against the reference evaluator of onnx.

    ONNXRAY=build/onnxray python3 tests/truth/infer_layout.py [-v] [--seed N] [--models N]

Two kinds of random graphs over inputs whose dimensions are symbols, numbers or nothing at all.
`node`: one operator in one of its forms, old ones with attributes included. `chain`: up to two
dozen of them after each other, steered by what Shape, Slice, Concat and Gather make of the shapes
of the tensors before. Each graph runs with some choices of sizes, and the expressions that the
program prints are evaluated for the same. A dimension that is not known counts as skipped, a wrong
one as failed; so does a finding about a graph that runs.

The last line is "N passed, N failed, N skipped".
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from onnx.reference import ReferenceEvaluator

from dims import Shape, Unbound, evaluate

PROGRAM = os.environ.get("ONNXRAY", "build/onnxray")
BATCH = 100
END = [2**31 - 1, 2**63 - 1]
SIZES = [{"a": 2, "b": 12, "c": 10}, {"a": 3, "b": 16, "c": 11}, {"a": 5, "b": 20, "c": 16}]

Dims = list[Any]


@dataclass
class Graph:
    """A graph being made, and what is known about its values for the making."""

    random: random.Random
    opset: int = 18
    inputs: dict[str, Dims] = field(default_factory=dict)
    nodes: list[onnx.NodeProto] = field(default_factory=list)
    constants: list[onnx.TensorProto] = field(default_factory=list)
    tensors: list[tuple[str, int]] = field(default_factory=list)  # name, rank
    vectors: list[tuple[str, int]] = field(default_factory=list)  # name, length

    def constant(self, value: Any) -> str:
        name = f"c{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.array(value, np.int64), name))
        return name

    def add(self, op: str, inputs: list[str], count: int = 1, **attributes: Any) -> list[str]:
        outputs = [f"v{len(self.nodes)}_{i}" for i in range(count)]
        self.nodes.append(helper.make_node(op, inputs, outputs, **attributes))
        return outputs

    def model(self) -> onnx.ModelProto:
        """Every value is an output."""
        inputs = [helper.make_tensor_value_info(name, TensorProto.FLOAT, dims)
                  for name, dims in self.inputs.items()]
        outputs = [helper.make_empty_tensor_value_info(name)
                   for node in self.nodes for name in node.output]
        graph = helper.make_graph(self.nodes, "g", inputs, outputs, self.constants)
        return helper.make_model(graph, ir_version=8,
                                 opset_imports=[helper.make_opsetid("", self.opset)])


# ---- One operator ------------------------------------------------------------------------------


def steer(g: Graph, op: str, split: int, lists: dict[str, Any], count: int = 1,
          **others: Any) -> None:
    """Lists are attributes before opset `split`, inputs from it on, and so are absent ones."""
    x = list(g.inputs)
    if g.opset < split:
        attributes = {name: value for name, value in lists.items() if value is not None}
        g.add(op, x, count, **attributes, **others)
        return
    given = ["" if value is None else g.constant(value) for value in lists.values()]
    while given and not given[-1]:
        given.pop()
    g.add(op, x + given, count, **others)


def shape(g: Graph, least: int, most: int, low: int = 1) -> list[int]:
    return [g.random.randint(low, 6) for _ in range(g.random.randint(least, most))]


def some_axes(g: Graph, rank: int, n: int | None = None) -> list[int]:
    """Distinct axes, some of them counted from the end."""
    axes = g.random.sample(range(rank), g.random.randint(1, rank) if n is None else n)
    return [axis - rank if g.random.random() < 0.5 else axis for axis in axes]


def do_reshape(g: Graph) -> list[int]:
    x, target = shape(g, 1, 4), []
    left = int(np.prod(x))
    for _ in range(g.random.randint(0, 3)):
        target.append(g.random.choice([k for k in range(1, left + 1) if left % k == 0]))
        left //= target[-1]
    target.append(left)
    g.random.shuffle(target)
    for i in range(min(len(target), len(x))):
        if target[i] == x[i] and g.random.random() < 0.5:
            target[i] = 0
    if g.random.random() < 0.6:
        target[g.random.randrange(len(target))] = -1
    g.inputs["x"] = x
    steer(g, "Reshape", 5, {"shape": target})
    return x


def do_squeeze(g: Graph) -> list[int]:
    x = [g.random.choice([1, 1, 3, 4]) for _ in range(g.random.randint(1, 5))]
    ones = [i for i, size in enumerate(x) if size == 1]
    axes = g.random.sample(ones, g.random.randint(1, len(ones))) if ones else None
    g.inputs["x"] = x
    steer(g, "Squeeze", 13, {"axes": axes if g.random.random() < 0.7 else None})
    return x


def do_unsqueeze(g: Graph) -> list[int]:
    x, n = shape(g, 0, 3), g.random.randint(1, 3)
    g.inputs["x"] = x
    axes = some_axes(g, len(x) + n, n)  # the evaluator takes one after the other
    steer(g, "Unsqueeze", 13, {"axes": axes if n == 1 else sorted(a % (len(x) + n) for a in axes)})
    return x


def do_slice(g: Graph) -> list[int]:
    x = shape(g, 1, 4)
    axes, starts, ends, steps = some_axes(g, len(x)), [], [], []
    stepping = g.opset >= 10 and g.random.random() < 0.7
    for axis in axes:
        n = x[axis]
        step = g.random.choice([1, 1, 1, 2, 3, -1, -2] if stepping else [1])
        first = g.random.randrange(n)  # the end is not before it: the program relies on that
        last = g.random.randint(first, n - 1) if step > 0 else g.random.randint(0, first)
        starts.append(g.random.choice([first, first - n]))
        ends.append(g.random.choice([last, last - n, *(END if step > 0 else [-2**63, -n - 1])]))
        steps.append(step)
    g.inputs["x"] = x
    steer(g, "Slice", 10, {"starts": starts, "ends": ends, "axes": axes,
                           **({"steps": steps} if stepping else {})})
    return x


def do_pad(g: Graph) -> list[int]:
    x = shape(g, 1, 4, 2)
    mode = g.random.choice(["constant", "edge", "reflect"])
    low = -1 if mode == "constant" else 0
    axes = some_axes(g, len(x)) if g.opset >= 18 and g.random.random() < 0.5 else None
    pads = [g.random.randint(low, 1) for _ in range(2 * len(axes or x))]
    g.inputs["x"] = x
    steer(g, "Pad", 11, {"pads": pads, **({"value": None, "axes": axes} if axes else {})}, mode=mode)
    return x


def do_split(g: Graph) -> list[int]:
    x, n = shape(g, 1, 3), g.random.randint(1, 4)
    axis, even = g.random.randrange(len(x)), g.random.random() < 0.5
    parts = [g.random.randint(1, 3) for _ in range(n)]
    x[axis] = n * parts[0] if even else sum(parts)
    g.inputs["x"] = x
    count = {"num_outputs": n} if even and g.opset >= 18 else {}
    steer(g, "Split", 13, {"split": None if even else parts}, n, axis=axis, **count)
    return x


def do_expand(g: Graph) -> list[int]:
    x = [g.random.choice([1, 1, 3, 4]) for _ in range(g.random.randint(0, 4))]
    target = [g.random.choice([1, size if size > 1 else g.random.randint(1, 5)]) for size in x]
    target = g.random.choice([target, [2, *target], target[1:]])
    g.inputs["x"] = x
    g.opset = max(g.opset, 8)
    steer(g, "Expand", 8, {"shape": target})
    return x


def do_crop(g: Graph) -> list[int]:
    x = shape(g, 1, 4)
    axes = some_axes(g, len(x)) if g.random.random() < 0.6 else None
    g.inputs["x"] = x
    g.opset = 18
    target = [g.random.randint(1, 8) for _ in axes or x]
    steer(g, "CenterCropPad", 18, {"shape": target}, **({"axes": axes} if axes else {}))
    return x


def do_block(g: Graph) -> list[int]:
    size = g.random.randint(1, 3)
    x = [g.random.randint(1, 3) for _ in range(4)]
    deep = g.random.random() < 0.5
    x = [x[0], x[1] * size**2, *x[2:]] if deep else [*x[:2], x[2] * size, x[3] * size]
    g.inputs["x"] = x
    g.opset = max(g.opset, 11)
    steer(g, "DepthToSpace" if deep else "SpaceToDepth", 1, {}, blocksize=size)
    return x


def do_simple(g: Graph) -> list[int]:
    op = g.random.choice(["Flatten", "Transpose", "Shape", "Size", "Tile"])
    x = shape(g, 1, 4)
    rank = len(x)
    attributes: dict[str, Any] = {}
    g.inputs["x"] = x
    g.opset = max(g.opset, 15)
    if op == "Flatten":
        attributes["axis"] = g.random.randint(-rank, rank)
    elif op == "Transpose" and g.random.random() < 0.8:
        attributes["perm"] = g.random.sample(range(rank), rank)
    elif op == "Shape":
        attributes = {name: g.random.randint(-rank, rank + 2) for name in ("start", "end")
                      if g.random.random() < 0.6}
    lists = {"repeats": [g.random.randint(0, 3) for _ in x]} if op == "Tile" else {}
    steer(g, op, 1, lists, **attributes)
    return x


NODES: list[Callable[[Graph], list[int]]] = [
    do_reshape, do_squeeze, do_unsqueeze, do_slice, do_pad, do_split, do_expand, do_crop, do_block,
    do_simple]


def node(rng: random.Random) -> tuple[Graph, list[dict[str, int]]]:
    """Single dims become symbols of the same size, or nothing."""
    g = Graph(rng, rng.choice([6, 9, 11, 13, 15, 18, 21]))
    x = rng.choice(NODES)(g)
    kind = rng.choice(["fixed", "named", "unknown"])
    g.inputs["x"] = [size if kind == "fixed" or rng.random() < 0.4 else
                     None if kind == "unknown" else f"s{size}" for size in x]
    return g, [{**{f"s{size}": size for size in x}, **{f"x.{i}": n for i, n in enumerate(x)}}]


# ---- Chains ------------------------------------------------------------------------------------


def link_vector(g: Graph, rank: int, tensor: str) -> None:
    """A vector made of shapes."""
    kind = g.random.choice(["shape", "size", "slice", "concat", "gather", "math"])
    vector, n = g.random.choice(g.vectors) if g.vectors else ("", 0)
    if kind == "size":
        [name] = g.add("Size", [tensor])
        g.vectors.append((g.add("Unsqueeze", [name, g.constant([0])])[0], 1))
    elif kind == "shape" or not n:
        g.vectors.append((g.add("Shape", [tensor])[0], rank))
    elif kind == "slice":
        start = g.random.randrange(n)
        end = g.random.randint(start, n)
        given = [[start - n if g.random.random() < 0.5 else start], [end if end < n else END[1]]]
        g.vectors.append((g.add("Slice", [vector, *map(g.constant, [*given, [0]])])[0], end - start))
    elif kind == "concat":
        parts = [(vector, n), *g.random.choices(g.vectors, k=g.random.randint(0, 2))]
        g.vectors.append((g.add("Concat", [name for name, _ in parts], axis=0)[0],
                          sum(length for _, length in parts)))
    elif kind == "gather":
        [name] = g.add("Gather", [vector, g.constant(g.random.randint(-n, n - 1))])
        g.vectors.append((g.add("Unsqueeze", [name, g.constant([0])])[0], 1))
    else:
        op = g.random.choice(["Add", "Mul", "Sub"])
        g.vectors.append((g.add(op, [vector, g.constant(g.random.choice([1, 2]))])[0], n))


def link_slice(g: Graph, tensor: str, rank: int) -> None:
    axis = g.random.randrange(rank)
    start, end = g.random.choice([(0, 1), (-1, END[1]), (1, END[0]), (0, g.random.randint(1, 9)),
                                  (0, -1), (-g.random.randint(2, 9), END[1])])
    lengths = [name for name, n in g.vectors if n == 1]
    last = g.random.choice(lengths) if lengths and start == 0 and g.random.random() < 0.3 \
        else g.constant([end])
    given = [g.constant([start]), last, g.constant([axis]), g.constant([g.random.choice([1, 1, 2])])]
    g.tensors.append((g.add("Slice", [tensor, *given])[0], rank))


def link_tensor(g: Graph, rank: int, tensor: str) -> None:
    """A tensor made of tensors, in a shape made of their shapes."""
    kind = g.random.choice(["reshape", "merge", "transpose", "slice", "slice", "split", "unsqueeze",
                            "concat", "expand", "tile", "pad", "flatten"])
    axis = g.random.randrange(rank) if rank else 0
    if kind == "reshape":
        kept = g.random.randint(0, rank)
        [whole] = g.add("Shape", [tensor])
        parts = g.add("Slice", [whole, *map(g.constant, ([0], [kept], [0]))]) + [g.constant([-1])]
        [target] = g.add("Concat", parts, axis=0)
        g.tensors.append((g.add("Reshape", [tensor, target])[0], kept + 1))
    elif kind == "unsqueeze":
        given = g.constant([g.random.randint(0, rank)])
        g.tensors.append((g.add("Unsqueeze", [tensor, given])[0], rank + 1))
    elif kind == "flatten":
        g.tensors.append((g.add("Flatten", [tensor], axis=g.random.randint(0, rank))[0], 2))
    elif kind == "expand":
        [more] = g.add("Unsqueeze", [tensor, g.constant([0])])
        parts = [g.constant([g.random.randint(1, 3)]), *g.add("Shape", [tensor])]
        g.tensors.append((g.add("Expand", [more, *g.add("Concat", parts, axis=0)])[0], rank + 1))
    elif not rank or kind == "merge":
        target = [-1] if rank < 2 else [0, -1]
        g.tensors.append((g.add("Reshape", [tensor, g.constant(target)])[0], len(target)))
    elif kind == "transpose":
        g.tensors.append((g.add("Transpose", [tensor], perm=g.random.sample(range(rank), rank))[0],
                          rank))
    elif kind == "slice":
        link_slice(g, tensor, rank)
    elif kind == "split":
        n = g.random.randint(1, 2)
        for name in g.add("Split", [tensor], n, axis=axis, num_outputs=n):
            g.tensors.append((name, rank))
    elif kind == "concat":
        g.tensors.append((g.add("Concat", [tensor, tensor], axis=axis)[0], rank))
    else:
        op, n = ("Tile", rank) if kind == "tile" else ("Pad", 2 * rank)
        given = g.constant([g.random.randint(1, 2) for _ in range(n)])
        g.tensors.append((g.add(op, [tensor, given])[0], rank))


def chain(rng: random.Random) -> tuple[Graph, list[dict[str, int]]]:
    g = Graph(rng, inputs={"x": ["a", "b", 12], "y": ["a", "c", 4]})
    g.tensors = [("x", 3), ("y", 3)]
    for _ in range(rng.randint(4, 16)):
        tensor, rank = rng.choice([one for one in g.tensors if one[1] <= 5])
        (link_vector if rng.random() < 0.5 else link_tensor)(g, rank, tensor)
    return g, SIZES


# ---- Comparing ---------------------------------------------------------------------------------


@dataclass
class Case:
    name: str
    graph: Graph
    runs: list[tuple[dict[str, int], dict[str, tuple[int, ...]]]]  # sizes, shapes by output


def truths(g: Graph, choices: list[dict[str, int]]) -> list[Any]:
    """Shapes for each choice of sizes that makes the graph run."""
    found, model = [], g.model()
    for sizes in choices:
        feeds = {name: np.zeros([sizes[f"{name}.{i}"] if d is None else sizes.get(d, d)
                                 for i, d in enumerate(dims)], np.float32)
                 for name, dims in g.inputs.items()}
        try:
            values = ReferenceEvaluator(model).run(None, feeds)
        except Exception:  # the evaluator throws whatever numpy throws
            continue
        if all(np.size(value) < 1 << 20 for value in values):
            found.append((sizes, {output.name: np.shape(value)
                                  for output, value in zip(model.graph.output, values)}))
    return found


def ask(paths: list[Path]) -> list[tuple[dict[str, Shape], int]]:
    """Inferred shapes of the outputs, and the number of findings, for each model."""
    done = subprocess.run([PROGRAM, "summary", "-f", "ndjson", "--", *map(str, paths)],
                          capture_output=True, text=True, timeout=300, check=True)
    answers = []
    for line in done.stdout.splitlines():
        one = json.loads(line)
        outputs = {output["name"]: output.get("shape") for output in one["graph"]["outputs"]}
        answers.append((outputs, sum(one["findings"].values())))
    return answers


def judge(case: Case, ours: dict[str, Shape], findings: int, say: bool) -> list[int]:
    """Dimensions that are right, wrong, not known."""
    counts = [0, 0, 0]
    if findings:
        counts[1] += 1
        print(f"FAIL {case.name}: it runs, but there are {findings} findings")
    for sizes, shapes in case.runs:
        for name, dims in ours.items():
            truth = shapes[name]
            if dims is None or len(dims) != len(truth):
                counts[2 if dims is None else 1] += 1
                if dims is not None or say:
                    print(f"{'skip' if dims is None else 'FAIL'} {case.name} {name}: {dims}, "
                          f"really {list(truth)}")
                continue
            for dim, number in zip(dims, truth):
                try:
                    verdict = 2 if dim is None else int(evaluate(dim, sizes) != number)
                except Unbound:
                    verdict = 2
                counts[verdict] += 1
                if verdict == 1 or (verdict and say):
                    print(f"{'FAIL' if verdict == 1 else 'skip'} {case.name} {name}: {dims}, "
                          f"really {list(truth)} with {sizes}")
    return counts


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("-v", action="store_true", help="say what is not known")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--models", type=int, default=600)
    parser.add_argument("--keep", type=Path, help="folder for the models")
    options = parser.parse_args()
    rng = random.Random(options.seed)
    total = [0, 0, 0]
    with tempfile.TemporaryDirectory() as scratch:
        folder = options.keep or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        for first in range(0, options.models, BATCH):
            cases = []
            for i in range(first, min(first + BATCH, options.models)):
                maker = rng.choice([node, chain])
                graph, choices = maker(rng)
                runs = truths(graph, choices)
                if runs:
                    cases.append(Case(f"{maker.__name__}-{i}", graph, runs))
            paths = [folder / f"{case.name}.onnx" for case in cases]
            for case, path in zip(cases, paths):
                path.write_bytes(case.graph.model().SerializeToString())
            for case, (ours, findings) in zip(cases, ask(paths), strict=True):
                total = [a + b for a, b in zip(total, judge(case, ours, findings, options.v))]
    print(f"{total[0]} passed, {total[1]} failed, {total[2]} skipped")
    return 1 if total[1] else 0


if __name__ == "__main__":
    sys.exit(main())
