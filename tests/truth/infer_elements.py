#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Holds what onnxray follows of the contents of small tensors against numpy.

    ONNXRAY=build/onnxray python3 tests/truth/infer_elements.py [-v] [--seed N] [--models N]

Two kinds of random graphs. `constant`: one operator on constants of any type, with broadcasting.
`symbolic`: a chain of operators on the shape of an input whose dimensions are symbols; numpy
computes it for some sizes, and the expressions that the program prints are evaluated for the same.
At the end of every graph the elements become the shape of a ConstantOfShape, so that the program
shows them. What it does not know counts as skipped, a wrong number as failed.

The last line is "N passed, N failed, N skipped".
"""

from __future__ import annotations

import argparse
import json
import math
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

from dims import Shape, Unbound, evaluate

PROGRAM = os.environ.get("ONNXRAY", "build/onnxray")
BIG = 1 << 40  # keeps negative elements above zero
FRACTION = 64  # of elements of floats that are looked at
EXACT = 1 << 24  # whole numbers that a float32 holds
BATCH = 100
SIZES = 5  # choices of sizes for a symbolic graph

Array = np.ndarray
INTEGERS = [np.int64, np.int32, np.int16, np.int8, np.uint8, np.uint16, np.uint32]
FLOATS = [np.float32, np.float64, np.float16]


class Unfit(Exception):
    """Sizes for which the graph means nothing, or leaves what is exact."""


# ---- What the operators mean -------------------------------------------------------------------


def divide(a: Array, b: Array) -> Array:
    if np.any(b == 0):
        raise Unfit
    if np.issubdtype(a.dtype, np.floating):
        return a / b
    x, y = a.astype(np.int64), b.astype(np.int64)
    return np.asarray(np.sign(x) * np.sign(y) * (np.abs(x) // np.abs(y))).astype(a.dtype)


def modulo(a: Array, b: Array, fmod: int) -> Array:
    if np.any(b == 0):
        raise Unfit
    return np.fmod(a, b) if fmod else np.mod(a, b)


def cumulate(product: bool) -> Callable[..., Array]:
    def run(x: Array, axis: Array, exclusive: int, reverse: int) -> Array:
        at = int(axis)
        x = np.flip(x, at) if reverse else x
        out = (np.cumprod if product else np.cumsum)(x, at, dtype=x.dtype)
        if exclusive:
            out = np.roll(out, 1, at)
            out[tuple([slice(None)] * (at % x.ndim) + [0])] = int(product)
        return np.flip(out, at) if reverse else out
    return run


UNARY: dict[str, Callable[[Array], Array]] = {
    "Neg": np.negative, "Abs": np.abs, "Sign": np.sign, "Relu": lambda x: np.maximum(x, 0),
    "Floor": np.floor, "Ceil": np.ceil, "Round": np.rint, "Identity": lambda x: x,
}
REAL: dict[str, Callable[[Array], Array]] = {
    "Sqrt": np.sqrt, "Exp": np.exp, "Log": np.log, "Sin": np.sin, "Cos": np.cos, "Tan": np.tan,
    "Asin": np.arcsin, "Acos": np.arccos, "Atan": np.arctan, "Sinh": np.sinh, "Cosh": np.cosh,
    "Tanh": np.tanh, "Asinh": np.arcsinh, "Acosh": np.arccosh, "Atanh": np.arctanh,
    "Reciprocal": np.reciprocal, "Sigmoid": lambda x: 1 / (1 + np.exp(-x)),
    "Softplus": lambda x: np.log1p(np.exp(x)), "Softsign": lambda x: x / (1 + np.abs(x)),
    "Erf": np.vectorize(math.erf, otypes=[np.float64]),
}
ARITHMETIC: dict[str, Callable[[Array, Array], Array]] = {
    "Add": np.add, "Sub": np.subtract, "Mul": np.multiply, "Div": divide, "Max": np.maximum,
    "Min": np.minimum,
}
COMPARE: dict[str, Callable[[Array, Array], Array]] = {
    "Equal": np.equal, "Less": np.less, "LessOrEqual": np.less_equal, "Greater": np.greater,
    "GreaterOrEqual": np.greater_equal,
}
LOGIC: dict[str, Callable[[Array, Array], Array]] = {
    "And": np.logical_and, "Or": np.logical_or, "Xor": np.logical_xor,
}
BITS: dict[str, Callable[[Array, Array], Array]] = {
    "BitwiseAnd": np.bitwise_and, "BitwiseOr": np.bitwise_or, "BitwiseXor": np.bitwise_xor,
}


# ---- Graphs ------------------------------------------------------------------------------------


@dataclass
class Step:
    op: str
    ins: list[str]
    run: Callable[..., Array]
    attributes: dict[str, Any] = field(default_factory=dict)


@dataclass
class Graph:
    """Steps t0, t1, ... on constants k0, k1, ... and, if symbolic, on `s`: the input's shape."""

    symbolic: bool
    steps: list[Step] = field(default_factory=list)
    constants: dict[str, Array] = field(default_factory=dict)
    rough: bool = False  # the last digits of floats are anybody's guess

    def constant(self, value: Any) -> str:
        name = f"k{len(self.constants)}"
        self.constants[name] = np.asarray(value)
        return name

    def step(self, op: str, ins: list[str], run: Callable[..., Array], **attributes: Any) -> str:
        self.steps.append(Step(op, ins, run, attributes))
        return f"t{len(self.steps) - 1}"

    def compute(self, sizes: list[int]) -> Array:
        values = dict(self.constants, s=np.array(sizes, np.int64))
        for i, step in enumerate(self.steps):
            ins = [values[name] for name in step.ins]
            out = np.asarray(step.run(*ins))
            if self.symbolic and (np.any(np.abs(out) > EXACT) or step.op in ("Div", "Cast") and
                                  np.any(ins[0] < 0)):
                raise Unfit
            if not np.all(np.isfinite(out)) or np.any(np.abs(out.astype(np.float64)) > 1e9):
                raise Unfit
            values[f"t{i}"] = out
        return values[f"t{len(self.steps) - 1}"]

    def model(self, last: np.dtype) -> onnx.ModelProto:
        nodes = [helper.make_node("Shape", ["x"], ["s"])] if self.symbolic else []
        nodes += [helper.make_node(step.op, step.ins, [f"t{i}"], **step.attributes)
                  for i, step in enumerate(self.steps)]
        end = f"t{len(self.steps) - 1}"
        constants = dict(self.constants, big=np.array(BIG), flat=np.array([-1]))
        if np.issubdtype(last, np.floating):
            constants.update(fraction=np.array(float(FRACTION)), half=np.array(0.5))
            nodes += [helper.make_node("Cast", [end], ["e0"], to=TensorProto.DOUBLE),
                      helper.make_node("Mul", ["e0", "fraction"], ["e1"]),
                      helper.make_node("Add", ["e1", "half"], ["e2"]),
                      helper.make_node("Floor", ["e2"], ["e3"])]
            end = "e3"
        nodes += [helper.make_node("Cast", [end], ["e4"], to=TensorProto.INT64),
                  helper.make_node("Add", ["e4", "big"], ["e5"]),
                  helper.make_node("Reshape", ["e5", "flat"], ["e6"]),
                  helper.make_node("ConstantOfShape", ["e6"], ["z"])]
        x = helper.make_tensor_value_info("x", TensorProto.FLOAT, ["a", "b", "c"])
        graph = helper.make_graph(nodes, "g", [x] if self.symbolic else [],
                                  [onnx.ValueInfoProto(name="z")],
                                  [numpy_helper.from_array(a, n) for n, a in constants.items()])
        newest = {"CumProd": 26}.get(self.steps[0].op, 18)
        return helper.make_model(graph, opset_imports=[helper.make_opsetid("", newest)],
                                 ir_version=8)


def expected(out: Array) -> list[int]:
    if np.issubdtype(out.dtype, np.floating):
        return [math.floor(float(v) * FRACTION + 0.5) + BIG for v in out.ravel()]
    return [int(v) + BIG for v in out.ravel()]


# ---- Random ones -------------------------------------------------------------------------------


class Maker:
    def __init__(self, seed: int) -> None:
        self.r = random.Random(seed)
        self.n = np.random.default_rng(seed)

    def array(self, kind: Any, shape: list[int], low: int = -8, high: int = 9) -> Array:
        if kind is np.bool_:
            return self.n.integers(0, 2, shape).astype(kind)
        if np.issubdtype(kind, np.integer):
            low = max(low, 0) if np.issubdtype(kind, np.unsignedinteger) else low
            return self.n.integers(low, high, shape).astype(kind)
        return (self.n.integers(4 * low, 4 * high, shape) / self.r.choice([1, 2, 3, 4, 10])).astype(
            kind)

    def shape(self) -> list[int]:
        return [self.r.choice([1, 1, 2, 3]) for _ in range(self.r.randrange(4))]

    def shapes(self, n: int) -> list[list[int]]:
        """That broadcast to one."""
        common = self.shape()
        found = []
        for _ in range(n):
            one = [1 if self.r.random() < 0.3 else size for size in common]
            found.append(one[self.r.randrange(len(one) + 1):] if self.r.random() < 0.4 else one)
        return found

    def pair(self, g: Graph, kind: Any, low: int = -8, high: int = 9) -> list[str]:
        return [g.constant(self.array(kind, shape, low, high)) for shape in self.shapes(2)]

    def constant_graph(self) -> Graph:
        g, r = Graph(False), self.r
        kinds = [self.unary, self.binary, self.binary, self.choice, self.cast, self.along]
        with np.errstate(all="ignore"):
            r.choice(kinds)(g)
        return g

    def unary(self, g: Graph) -> None:
        if self.r.random() < 0.4:
            op = self.r.choice(list(REAL))
            kind = self.r.choice(FLOATS)
            g.rough = True
            g.step(op, [g.constant(self.array(kind, self.shape()))],
                   lambda x: REAL[op](x.astype(np.float64)).astype(kind))
            return
        op = self.r.choice([*UNARY, "Not", "BitwiseNot"])
        kind = np.bool_ if op == "Not" else self.r.choice(
            INTEGERS if op == "BitwiseNot" else FLOATS)
        run = np.logical_not if op == "Not" else np.invert if op == "BitwiseNot" else UNARY[op]
        g.step(op, [g.constant(self.array(kind, self.shape()))], run)

    def binary(self, g: Graph) -> None:
        table = self.r.choice([ARITHMETIC, ARITHMETIC, COMPARE, LOGIC, BITS, {"Mod": None},
                               {"BitShift": None}, {"Pow": None}])
        op = self.r.choice(list(table))
        if op == "Mod":
            fmod = self.r.randrange(2)
            g.step(op, self.pair(g, self.r.choice(INTEGERS)), lambda a, b: modulo(a, b, fmod),
                   fmod=fmod)
        elif op == "BitShift":
            kind, left = self.r.choice([np.uint8, np.uint32]), self.r.random() < 0.5
            g.step(op, self.pair(g, kind, 0, 8), np.left_shift if left else np.right_shift,
                   direction="LEFT" if left else "RIGHT")
        elif op == "Pow":
            kind = self.r.choice([np.int64, np.int32, np.float32])
            exponent = np.array(self.r.randrange(4)).astype(self.r.choice([np.int64, kind]))
            ins = [g.constant(self.array(kind, self.shape())), g.constant(exponent)]
            g.step(op, ins, lambda a, b: np.power(a, b).astype(kind))
        else:
            kinds = [np.bool_] if table is LOGIC else INTEGERS if table is BITS else \
                [*FLOATS, *INTEGERS]
            g.step(op, self.pair(g, self.r.choice(kinds)), table[op])

    def choice(self, g: Graph) -> None:
        kind = self.r.choice([np.int64, np.float32, np.uint8])
        if self.r.random() < 0.4:
            a, b, c = self.shapes(3)
            g.step("Where", [g.constant(self.array(np.bool_, a)), g.constant(self.array(kind, b)),
                             g.constant(self.array(kind, c))], np.where)
        elif self.r.random() < 0.5:
            ins = [g.constant(self.array(kind, s)) for s in (self.shape(), [], [])]
            g.step("Clip", ins, lambda x, low, high: np.minimum(np.maximum(x, low), high))
        else:
            op, kind = self.r.choice(["Max", "Min", "Sum", "Mean"]), np.float32
            shapes = self.shapes(self.r.randrange(1, 5))
            ins = [g.constant(self.array(kind, shape)) for shape in shapes]

            def run(*parts: Array) -> Array:
                out = parts[0]
                for part in parts[1:]:
                    out = {"Max": np.maximum, "Min": np.minimum}.get(op, np.add)(out, part)
                return out / kind(len(parts)) if op == "Mean" else out
            g.step(op, ins, run)

    def cast(self, g: Graph) -> None:
        old, new = (self.r.choice([*INTEGERS, *FLOATS, np.bool_]) for _ in range(2))
        small = old in (np.int8, np.uint8, np.bool_) or old in FLOATS
        x = self.array(old, self.shape(), -100 if small else -300, 100 if small else 300)
        if old in FLOATS:
            x = np.abs(x) / old(4)
        if self.r.random() < 0.3:
            g.step("CastLike", [g.constant(x), g.constant(np.zeros(2, new))],
                   lambda a, _: a.astype(new))
        else:
            to = helper.np_dtype_to_tensor_dtype(np.dtype(new))
            g.step("Cast", [g.constant(x)], lambda a: a.astype(new), to=to)

    def along(self, g: Graph) -> None:
        kind = self.r.choice([np.int64, np.float32])
        if self.r.random() < 0.5:
            shape = self.shape() or [3]
            axis = self.r.randrange(-len(shape), len(shape))
            exclusive, reverse = self.r.randrange(2), self.r.randrange(2)
            product = self.r.random() < 0.5
            run = cumulate(product)
            g.step("CumProd" if product else "CumSum",
                   [g.constant(self.array(kind, shape, -3, 4)), g.constant(axis)],
                   lambda x, at: run(x, at, exclusive, reverse), exclusive=exclusive,
                   reverse=reverse)
        else:
            shape = [self.r.randrange(1, 5) for _ in range(self.r.randrange(2, 4))]
            upper, k = self.r.randrange(2), self.r.randrange(-4, 5)
            g.step("Trilu", [g.constant(self.array(kind, shape)), g.constant(k)],
                   lambda x, at: (np.triu if upper else np.tril)(x, int(at)), upper=upper)

    def factor(self, g: Graph, kind: str) -> str:
        shape = self.r.choice([[], [1], [3]])
        if kind == "i":
            return g.constant(self.n.integers(self.r.choice([-2, 1]), 6, shape))
        return g.constant(self.n.choice([0.5, 2, 0.25, 3, 1.5, 0.1, 4], shape).astype(np.float32))

    def symbolic_graph(self) -> Graph:
        g, pool = Graph(True), [("s", "i")]
        for _ in range(self.r.randrange(1, 6)):
            pool.append(self.link(g, *self.r.choice(pool), pool))
        return g

    def link(self, g: Graph, a: str, kind: str, pool: list[tuple[str, str]]) -> tuple[str, str]:
        """One more step, on `a`: i for int64, f for float32."""
        chance = self.r.random()
        if chance < 0.2:
            new = np.float32 if kind == "i" else np.int64
            return g.step("Cast", [a], lambda x: x.astype(new),
                          to=TensorProto.FLOAT if kind == "i" else TensorProto.INT64), \
                "f" if kind == "i" else "i"
        if chance < 0.4:
            op = self.r.choice(["Neg", "Abs", "Sign", "Identity"] if kind == "i" else list(UNARY))
            return g.step(op, [a], UNARY[op]), kind
        others = [name for name, k in pool if k == kind]
        b = self.r.choice(others) if self.r.random() < 0.35 else self.factor(g, kind)
        if chance < 0.55:
            op = self.r.choice(list(COMPARE))
            which = g.step(op, [a, b], COMPARE[op])
            return g.step("Where", [which, b, a], np.where), kind
        op = self.r.choice([*ARITHMETIC, "Mod"] if kind == "i" else list(ARITHMETIC))
        if op in ("Div", "Mod"):
            b = self.factor(g, kind)
        if op == "Mod":
            fmod = self.r.randrange(2)
            return g.step(op, [a, b], lambda x, y: modulo(x, y, fmod), fmod=fmod), kind
        ins = [b, a] if self.r.random() < 0.3 and op != "Div" else [a, b]
        return g.step(op, ins, ARITHMETIC[op]), kind


# ---- Asking and judging ------------------------------------------------------------------------


@dataclass
class Test:
    graph: Graph
    cases: list[tuple[list[int], list[int]]]  # sizes, elements
    path: str


def make(seed: int, n: int, folder: Path) -> list[Test]:
    maker = Maker(seed)
    tests: list[Test] = []
    while len(tests) < n:
        graph = maker.symbolic_graph() if len(tests) % 2 else maker.constant_graph()
        cases = []
        kind = np.dtype(np.int64)
        for _ in range(SIZES if graph.symbolic else 1):
            sizes = [maker.r.randrange(1, most) for most in (9, 30, 300)]
            try:
                with np.errstate(all="ignore"):
                    out = graph.compute(sizes)
            except Unfit:
                continue
            kind = out.dtype
            if out.size <= 60:
                cases.append((sizes, expected(out)))
        if cases:
            path = folder / f"{len(tests)}.onnx"
            path.write_bytes(graph.model(kind).SerializeToString())
            tests.append(Test(graph, cases, str(path)))
    return tests


def ask(tests: list[Test]) -> list[Shape]:
    found: list[Shape] = []
    for at in range(0, len(tests), BATCH):
        part = tests[at:at + BATCH]
        done = subprocess.run([PROGRAM, "summary", "-f", "ndjson", "--", *(t.path for t in part)],
                              capture_output=True, text=True, check=False)
        lines = done.stdout.splitlines()
        if done.returncode != 0 or len(lines) != len(part):
            sys.exit(f"exit {done.returncode}: {done.stderr[:300]}\n0 passed, 1 failed")
        found += [json.loads(line)["graph"]["outputs"][0]["shape"] for line in lines]
    return found


def wrong(test: Test, shape: Shape) -> str:
    """What is wrong with an answer; '' when nothing, '?' when something is not known."""
    if shape is None or None in shape:
        return "?"
    slack = 1 if test.graph.rough else 0
    for sizes, elements in test.cases:
        try:
            ours = [evaluate(d, dict(zip("abc", sizes))) for d in shape if d is not None]
        except Unbound:
            return "?"
        if len(ours) != len(elements) or any(abs(a - b) > slack for a, b in zip(ours, elements)):
            return f"{[str(d) for d in shape]} at {sizes}: {[int(d) - BIG for d in ours]}, " \
                f"should be {[d - BIG for d in elements]}"
    return ""


def main() -> int:
    parser = argparse.ArgumentParser(description="Holds followed contents against numpy.")
    parser.add_argument("-v", "--verbose", action="store_true", help="show what is not known")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--models", type=int, default=1000)
    options = parser.parse_args()
    passed = failed = skipped = 0
    with tempfile.TemporaryDirectory() as folder:
        tests = make(options.seed, options.models, Path(folder))
        for test, shape in zip(tests, ask(tests)):
            problem = wrong(test, shape)
            passed += problem == ""
            skipped += problem == "?"
            failed += len(problem) > 1
            if len(problem) > 1 or problem and options.verbose:
                steps = "; ".join(f"t{i} = {s.op}({', '.join(s.ins)}) {s.attributes or ''}"
                                  for i, s in enumerate(test.graph.steps))
                constants = {name: (str(a.dtype), a.tolist())
                             for name, a in test.graph.constants.items()}
                verdict = "open" if problem == "?" else "FAILED"
                print(f"{verdict}: {steps} with {constants}: {problem}")
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
