#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Shapes through bodies, functions and constraints: small graphs whose shapes are known by thought.

    ONNXRAY=build/onnxray python3 tests/truth/infer_graphs.py [-v]

Each case is a model and what `layers --all` must say of some values, written down from the
standard: what If merges, how often a Loop runs, what a function sees of its caller, which symbol a
weight fixes, what contradicts. Shapes are as in JSON; ANY is whatever symbol.

The last line is "N passed, N failed[, N skipped]".
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

try:
    import numpy as np
    import onnx
    from onnx import TensorProto as T
    from onnx import helper as h
    from onnx import numpy_helper
except ImportError as missing:
    print(f"notice: skipped, {missing}")
    print("0 passed, 0 failed, 1 skipped")
    sys.exit(77)

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = os.environ.get("ONNXRAY") or str(ROOT / "build/onnxray")
ANY = "?any"
VERBOSE = "-v" in sys.argv


def const(name, value, kind=np.int64):
    return numpy_helper.from_array(np.array(value, dtype=kind), name)


def info(name, kind, shape):
    return h.make_tensor_value_info(name, kind, shape)


def plain(nodes, inputs, weights=(), outputs=None, functions=(), opset=17, values=(), extra=()):
    last = outputs or [h.make_empty_tensor_value_info(nodes[-1].output[0])]
    graph = h.make_graph(nodes, "g", inputs, last, initializer=list(weights),
                         value_info=list(values))
    imports = [h.make_opsetid("", opset), *(h.make_opsetid(d, 1) for d in ("f", *extra))]
    return h.make_model(graph, opset_imports=imports, functions=list(functions), ir_version=8)


def body(nodes, inputs, outputs, name="body"):
    return h.make_graph(nodes, name, [h.make_empty_tensor_value_info(i) if isinstance(i, str)
                                      else i for i in inputs],
                        [h.make_empty_tensor_value_info(o) for o in outputs])


def ask(model, *options):
    with tempfile.NamedTemporaryFile(suffix=".onnx") as file:
        file.write(model.SerializeToString())
        file.flush()
        said = []
        for command in (["layers", "--all"], ["summary", "-v"]):
            form = ["-f", "json"] if command[0] == "layers" else []
            done = subprocess.run([PROGRAM, *command, *form, *options, file.name],
                                  capture_output=True, text=True, check=False)
            if done.returncode not in (0, 1):
                raise RuntimeError(done.stderr.strip())
            said.append(done.stdout)
    values = {}
    for row in json.loads(said[0])["layers"]:
        for value in row["outputs"]:
            values[value["name"]] = value["shape"]
        values[f"macs {row['label']}"] = row["macs"]
    return values, said[1]


def matches(found, wanted):
    if isinstance(found, list) and isinstance(wanted, list):
        return len(found) == len(wanted) and all(
            isinstance(f, str) if w is ANY else f == w for f, w in zip(found, wanted))
    return found == wanted


PASSED = FAILED = 0


def case(name, model, wanted, *options, finding=None):
    """`finding`: words that the findings must hold; "" none at all."""
    global PASSED, FAILED
    try:
        found, text = ask(model, *options)
    except RuntimeError as why:
        FAILED += 1
        print(f"FAILED {name}: {why}")
        return
    for value, shape in wanted.items():
        good = matches(found.get(value, "absent"), shape)
        PASSED += good
        FAILED += not good
        if not good or VERBOSE:
            print(f"{'ok' if good else 'FAILED'} {name}: {value} is {found.get(value, 'absent')}"
                  f"{'' if good else f', not {shape}'}")
    if finding is not None:
        good = finding in " ".join(text.split()) if finding else "no findings" in text
        PASSED += good
        FAILED += not good
        if not good:
            print(f"FAILED {name}: findings without {finding!r}:\n{text}")


# ---- If ------------------------------------------------------------------------------------------

def branches(condition, then, other, result=("y",)):
    return h.make_node("If", [condition], list(result), then_branch=then, else_branch=other)


x = info("x", T.FLOAT, ["n", 4])
relu = body([h.make_node("Relu", ["x"], ["t"])], [], ["t"])
doubled = body([h.make_node("Concat", ["x", "x"], ["e"], axis=0)], [], ["e"])
wide = body([h.make_node("Concat", ["x", "x"], ["e"], axis=1)], [], ["e"])
flat = body([h.make_node("Flatten", ["x"], ["e0"], axis=0), h.make_node("Squeeze", ["e0"], ["e"])],
            [], ["e"])
flag = info("c", T.BOOL, [])

case("If, both alike", plain([branches("c", relu, relu)], [x, flag]), {"y": ["n", 4]}, finding="")
case("If, a size differs", plain([branches("c", relu, wide)], [x, flag]), {"y": ["n", ANY]})
case("If, sizes differ", plain([branches("c", relu, doubled)], [x, flag]), {"y": [ANY, 4]})
case("If, ranks differ", plain([branches("c", relu, flat)], [x, flag]), {"y": None})
case("If, condition true", plain([branches("c", doubled, flat)], [x], [const("c", True, np.bool_)]),
     {"y": ["2*n", 4]})
case("If, condition of shapes", plain(
    [h.make_node("Shape", ["x"], ["s"]), h.make_node("Gather", ["s", "one"], ["d"]),
     h.make_node("Equal", ["d", "four"], ["c"]), branches("c", doubled, flat)],
    [x], [const("one", 1), const("four", 4)]), {"y": ["2*n", 4]})
inner = body([branches("c", relu, relu, ("i",))], [], ["i"])
case("If in If sees the outer graph", plain([branches("c", inner, relu)], [x, flag]),
     {"y": ["n", 4], "i": ["n", 4]})

# ---- Loop and Scan -------------------------------------------------------------------------------

grow = body([h.make_node("Concat", ["v", "x"], ["w"], axis=0), h.make_node("Identity", ["g"], ["on"]),
             h.make_node("ReduceSum", ["w"], ["sum"], keepdims=0)],
            ["k", "g", "v"], ["on", "w", "sum"])
keep = body([h.make_node("Relu", ["v"], ["w"]), h.make_node("Identity", ["g"], ["on"])],
            ["k", "g", "v"], ["on", "w", "w"])
yes = const("yes", True, np.bool_)
case("Loop, three times", plain([h.make_node("Loop", ["m", "yes", "x"], ["y", "z"], body=grow)],
                                [x], [const("m", 3), yes]), {"y": ["4*n", 4], "z": [3]})
case("Loop, no time", plain([h.make_node("Loop", ["m", "yes", "x"], ["y", "z"], body=grow)],
                            [x], [const("m", 0), yes]), {"y": ["n", 4], "z": [0]})
case("Loop, as often as a size", plain(
    [h.make_node("Shape", ["x"], ["s"]), h.make_node("Gather", ["s", "zero"], ["m"]),
     h.make_node("Loop", ["m", "yes", "x"], ["y", "z"], body=keep)], [x],
    [const("zero", 0), yes]), {"y": ["n", 4], "z": ["n", "n", 4]})
case("Loop, who knows how often", plain(
    [h.make_node("Loop", ["m", "yes", "x"], ["y", "z"], body=grow)], [x, info("m", T.INT64, [])],
    [yes]), {"y": [ANY, 4], "z": [ANY]})
stop = body([h.make_node("Relu", ["v"], ["w"]), h.make_node("Less", ["k", "two"], ["on"])],
            ["k", "g", "v"], ["on", "w", "w"])
case("Loop that stops itself", plain(
    [h.make_node("Loop", ["", "yes", "x"], ["y", "z"], body=stop)], [x], [yes, const("two", 2)]),
    {"y": ["n", 4], "z": [3, "n", 4]})
matmul = body([h.make_node("MatMul", ["v", "w0"], ["w"]), h.make_node("Identity", ["g"], ["on"])],
              ["k", "g", "v"], ["on", "w"])
square = const("w0", np.ones((4, 4)), np.float32)
case("Loop, cost", plain([h.make_node("Loop", ["m", "yes", "x"], ["y"], body=matmul, name="L")],
                         [info("x", T.FLOAT, [2, 4])], [const("m", 5), yes, square]),
     {"y": [2, 4], "w": [2, 4]})
step = body([h.make_node("Add", ["s", "i"], ["t"]), h.make_node("Unsqueeze", ["i", "ax"], ["o"])],
            ["s", "i"], ["t", "o"])
case("Scan over axis 1", plain(
    [h.make_node("Scan", ["s0", "q"], ["s1", "o1"], body=step, num_scan_inputs=1,
                 scan_input_axes=[1], scan_output_axes=[-1])],
    [info("s0", T.FLOAT, ["b", 8]), info("q", T.FLOAT, ["b", "t", 8])], [const("ax", [0])]),
    {"s1": ["b", 8], "o1": [1, "b", 8, "t"]})

# ---- functions -----------------------------------------------------------------------------------

twice = h.make_function("f", "Twice", ["a"], ["b"],
                        [h.make_node("Concat", ["a", "a"], ["b"], axis=0)],
                        [h.make_opsetid("", 17)])
stack = onnx.FunctionProto()
stack.CopyFrom(h.make_function("f", "Stack", ["a"], ["b"], [h.make_node("Concat", ["a", "a"], ["b"])],
                               [h.make_opsetid("", 17)], ["axis"]))
reference = stack.node[0].attribute.add()
reference.name, reference.ref_attr_name, reference.type = "axis", "axis", onnx.AttributeProto.INT
outer = onnx.FunctionProto()
outer.CopyFrom(h.make_function("f", "Outer", ["a"], ["b"], [
    h.make_node("Stack", ["a"], ["m"], domain="f", axis=1), h.make_node("Twice", ["m"], ["b"], domain="f")],
    [h.make_opsetid("", 17), h.make_opsetid("f", 1)]))
case("function, two callers", plain(
    [h.make_node("Twice", ["x"], ["p"], domain="f"), h.make_node("Twice", ["p"], ["q"], domain="f")],
    [x], functions=[twice]), {"p": ["2*n", 4], "q": ["4*n", 4]}, finding="")
case("function, attribute of the caller", plain(
    [h.make_node("Stack", ["x"], ["p"], domain="f", axis=1)], [x], functions=[stack]),
    {"p": ["n", 8]})
case("functions within functions", plain([h.make_node("Outer", ["x"], ["y"], domain="f")], [x],
                                         functions=[twice, stack, outer]), {"y": ["2*n", 8]})

# ---- order and constraints -----------------------------------------------------------------------

case("not sorted", plain([h.make_node("Relu", ["a"], ["y"]), h.make_node("Flatten", ["x"], ["a"])],
                         [x]), {"y": ["n", 4], "a": ["n", 4]})
w = const("w", np.ones((768, 10)), np.float32)
case("a weight fixes a symbol", plain(
    [h.make_node("Relu", ["x"], ["a"]), h.make_node("MatMul", ["a", "w"], ["y"])],
    [info("x", T.FLOAT, ["n", "k"])], [w]), {"a": ["n", 768], "y": ["n", 10]}, finding="")
case("a branch fixes none", plain(
    [branches("c", body([h.make_node("MatMul", ["x", "w"], ["t"])], [], ["t"]), relu),
     h.make_node("Relu", ["x"], ["z"])],
    [info("x", T.FLOAT, ["n", "k"]), flag], [w]), {"z": ["n", "k"]})
case("declared otherwise", plain(
    [h.make_node("Flatten", ["x"], ["a"]), h.make_node("Relu", ["a"], ["y"])],
    [info("x", T.FLOAT, ["n", 2, 3])], values=[info("a", T.FLOAT, ["n", 5])]),
    {"a": ["n", 6], "y": ["n", 6]}, finding="declared-shape")
case("declared where nothing else is known", plain(
    [h.make_node("Odd", ["x"], ["a"], domain="f"), h.make_node("Relu", ["a"], ["y"])], [x],
    values=[info("a", T.FLOAT, ["n", 7])]), {"a": ["n", 7], "y": ["n", 7]})
case("sizes that do not fit", plain(
    [h.make_node("MatMul", ["x", "w"], ["y"])], [info("x", T.FLOAT, ["n", 5])], [w]),
    {"y": ["n", 10]}, finding="shape-mismatch")
case("one name, one size", plain(
    [h.make_node("Concat", ["x", "z"], ["y"], axis=1)],
    [info("x", T.FLOAT, ["n", 2]), info("z", T.FLOAT, ["m", 3])]), {"y": [ANY, 5]})
case("names that are expressions", plain(
    [h.make_node("Concat", ["p", "x"], ["y"], axis=0), h.make_node("Add", ["y", "z"], ["s"])],
    [info("p", T.FLOAT, ["past", 2]), info("x", T.FLOAT, ["seq", 2]),
     info("z", T.FLOAT, ["past + seq", 2])]), {"y": ["past+seq", 2], "s": ["past+seq", 2]})

# ---- what the user says --------------------------------------------------------------------------

conv = plain([h.make_node("Conv", ["x", "w"], ["y"], strides=[2, 2], pads=[1, 1, 1, 1], name="C")],
             [info("x", T.FLOAT, ["n", 3, "h", "h"])], [const("w", np.ones((8, 3, 3, 3)), np.float32)])
case("symbols", conv, {"y": ["n", 8, "ceil(h/2)", "ceil(h/2)"], "macs C": None})
case("--dim", conv, {"y": ["n", 8, 112, 112]}, "--dim", "h=224")
case("--dim twice", conv, {"y": [2, 8, 112, 112], "macs C": 2 * 8 * 112 * 112 * 27},
     "--dim", "h=224", "--dim", "n=2")
case("--input", conv, {"y": [1, 8, 16, 16], "macs C": 8 * 16 * 16 * 27}, "--input", "x:1x3x32x32")
case("--input in part", conv, {"y": ["n", 8, 16, 16]}, "--input", "x:?x3x32x32")
case("--no-infer", conv, {"y": None}, "--no-infer")
for huge in (2 ** 61, 2 ** 62 - 1, 2 ** 62, 2 ** 62 + 5, 2 ** 63 - 1):  # where a number needs every bit
    case(f"a size of {huge}", plain([h.make_node("Expand", ["x", "s"], ["y"])], [info("x", T.FLOAT, [1])],
                                    [const("s", [huge])]), {"y": [huge]})
with tempfile.TemporaryDirectory() as scratch:
    reshape = plain([h.make_node("Reshape", ["x", "s"], ["y"])],
                    [info("x", T.FLOAT, [2, 12]), info("s", T.INT64, [3])])
    np.save(f"{scratch}/s.npy", np.array([2, -1, 4]))
    (Path(scratch) / "s.pb").write_bytes(const("s", [2, 3, 4]).SerializeToString())
    case("unknown contents", reshape, {"y": [ANY, ANY, ANY]})
    case("--bind .npy", reshape, {"y": [2, 3, 4]}, "--bind", f"s={scratch}/s.npy")
    case("--bind .pb", reshape, {"y": [2, 3, 4]}, "--bind", f"s={scratch}/s.pb")

print(f"{PASSED} passed, {FAILED} failed")
sys.exit(FAILED != 0)
