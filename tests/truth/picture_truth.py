#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Holds the geometry of drawn SVG against what must be, and what is drawn against the onnx package.

    ONNXRAY=build/onnxray picture_truth.py MODEL...

Of every model, in several ways of drawing: boxes do not overlap but for bodies in what holds them;
wires begin and end at borders of boxes and pass through none; texts beside wires cover no box, no
wire and no other text; unfolded, every node of the model is a box once, and the wires between nodes
are those of the model, pair by pair; everything is on the page; the same bytes come twice. A decoder
of many layers, made here, has every layer drawn as the one before, and equal blocks of a ResNet are
drawn equal. The last line is "N passed, N failed".
"""
import collections
import os
import re
import subprocess
import sys
import tempfile
from multiprocessing import Pool
from xml.etree import ElementTree

import onnx
from onnx import helper, shape_inference

BINARY = os.environ.get("ONNXRAY", "build/onnxray")
SVG = "{http://www.w3.org/2000/svg}"
ITEM = re.compile(r"a?(n|v|m)\d+|a?g\d+[ov]\d+")
CELL = 256
MOST = 6_000_000  # bytes of a picture that is looked at
LIGHT = 600_000  # and of one that is drawn in all ways
WAYS = (["--fold", "none"], [], ["--all"], ["--direction", "right", "--all"], ["--wrap", "auto"],
        ["--color-by", "params"])

# Widths of Helvetica in thousandths, from Adobe's metrics.
WIDTHS = {"i": 222, "j": 222, "l": 222, "f": 278, "t": 278, " ": 278, ".": 278, ",": 278, ":": 278,
          "/": 278, "[": 278, "]": 278, "I": 278, "r": 333, "-": 333, "(": 333, ")": 333, "*": 389,
          "c": 500, "k": 500, "s": 500, "v": 500, "x": 500, "y": 500, "z": 500, "J": 500, "w": 722,
          "m": 833, "×": 584, "+": 584, "…": 1000, "A": 667, "B": 667, "E": 667, "K": 667, "P": 667,
          "S": 667, "V": 667, "X": 667, "Y": 667, "C": 722, "D": 722, "H": 722, "N": 722, "R": 722,
          "U": 722, "G": 778, "O": 778, "Q": 778, "F": 611, "T": 611, "Z": 611, "M": 833, "W": 944}


class Tally:
    def __init__(self, name):
        self.name, self.passed, self.lines = name, 0, []

    def check(self, bad, what):
        """`bad`: what is wrong, an empty list when nothing is."""
        if not bad:
            self.passed += 1
        else:
            self.lines.append(f"FAIL {self.name}: {what}: {len(bad)}, such as {bad[:3]}"[:600])


# ---- reading the picture ----


class Rect(collections.namedtuple("Rect", "x y w h name")):
    def overlaps(self, o):
        return (self.x < o.x + o.w and o.x < self.x + self.w and
                self.y < o.y + o.h and o.y < self.y + self.h)

    def contains(self, o):
        return (self.x <= o.x and o.x + o.w <= self.x + self.w and
                self.y <= o.y and o.y + o.h <= self.y + self.h)

    def holds(self, x, y):
        return self.x < x < self.x + self.w and self.y < y < self.y + self.h


class Cells:
    """Rectangles by where they are."""

    def __init__(self, rects):
        self.cells = collections.defaultdict(list)
        for r in rects:
            for key in self.keys(r.x, r.y, r.x + r.w, r.y + r.h):
                self.cells[key].append(r)

    @staticmethod
    def keys(x0, y0, x1, y1):
        for x in range(int(x0) // CELL, int(x1) // CELL + 1):
            for y in range(int(y0) // CELL, int(y1) // CELL + 1):
                yield x, y

    def near(self, x0, y0, x1, y1):
        found = {}
        for key in self.keys(x0, y0, x1, y1):
            for r in self.cells.get(key, ()):
                found[r] = True
        return found


def numbers(element, *names):
    return [float(element.get(n, "0")) for n in names]


def shift(element):
    m = re.fullmatch(r"translate\((-?[\d.]+)(?:[ ,](-?[\d.]+))?\)", element.get("transform", ""))
    return (float(m.group(1)), float(m.group(2) or 0)) if m else (0.0, 0.0)


def path(d):
    """Absolute parts of a path: ("M", p), ("L", from, to), ("C", from, a, b, to)."""
    words = re.findall(r"[A-Za-z]|-?\d*\.?\d+", d)
    at, i, c, out = (0.0, 0.0), 0, "", []
    start = at
    take = {"m": 2, "l": 2, "h": 1, "v": 1, "c": 6, "z": 0}
    while i < len(words):
        if words[i].isalpha():
            c = words[i]
            i += 1
        n = take[c.lower()]
        v = [float(x) for x in words[i:i + n]]
        i += n
        if c.lower() == "z":
            at = start
            continue
        base = at if c.islower() else (0.0, 0.0)
        if c.lower() == "h":
            points = [(base[0] + v[0], at[1])]
        elif c.lower() == "v":
            points = [(at[0], base[1] + v[0])]
        else:
            points = [(base[0] + v[k], base[1] + v[k + 1]) for k in range(0, n, 2)]
        if c in "mM":
            out.append(("M", points[0]))
            start = points[0]
            c = "l" if c == "m" else "L"
        elif c in "cC":
            out.append(("C", at, *points))
        else:
            out.append(("L", at, points[0]))
        at = points[-1]
    return out


class Picture:
    def __init__(self, raw):
        root = ElementTree.fromstring(raw)
        self.width, self.height = numbers(root, "width", "height")
        self.boxes, self.frames, self.tags, self.ends = [], [], [], []
        self.wires, self.tips = {}, []
        for group in root.iter(SVG + "g"):
            name = group.get("id", "")
            if group.get("class") == "frame" or ITEM.fullmatch(name):
                rect = group.find(SVG + "rect")
                w, h = numbers(rect, "width", "height")
                kind = self.frames if group.get("class") == "frame" else self.boxes
                kind.append(Rect(*shift(group), w, h, name))
            elif group.get("class") == "tags":
                for r in group.findall(SVG + "rect"):
                    self.ends.append(Rect(*numbers(r, "x", "y", "width", "height"), "end"))
                starts = {(r.x + 5, r.y + 10) for r in self.ends}
                for t in group.findall(SVG + "text"):
                    x, y = numbers(t, "x", "y")
                    text = "".join(t.itertext())
                    if (x, y) not in starts:
                        w = sum(WIDTHS.get(c, 556) for c in text) * 10 / 1000
                        self.tags.append(Rect(x, y - 7, w, 9, text))
            elif group.get("class") == "wires":
                self.read_wires(group)

    def read_wires(self, group):
        for element in group.iter(SVG + "path"):
            parts = path(element.get("d", ""))
            if element.get("class", "").startswith("head"):
                self.tips += [p[1] for p in parts if p[0] == "M"]
        for element in group:
            name = element.get("id", "")
            if re.fullmatch(r"e\d+", name):
                inner = [element] if element.get("d") else element.findall(SVG + "path")
                self.wires[name] = [p for e in inner for p in path(e.get("d"))]


# ---- geometry ----


def contained(frames, a, b):
    """Is b in a body that a holds?"""
    return any(a.contains(f) and f.contains(b) for f in frames if f.overlaps(b))


def overlapping(rects, frames):
    bad, cells = [], Cells(rects)
    for a in rects:
        for b in cells.near(a.x, a.y, a.x + a.w, a.y + a.h):
            if a.name < b.name and a.overlaps(b) and not contained(frames, a, b) and \
                    not contained(frames, b, a):
                bad.append((a.name, b.name))
    return bad


def samples(part):
    if part[0] == "L":
        (x0, y0), (x1, y1) = part[1:]
        n = max(2, int(max(abs(x1 - x0), abs(y1 - y0)) / 8))
        return [(x0 + (x1 - x0) * i / n, y0 + (y1 - y0) * i / n) for i in range(n + 1)]
    p, a, b, q = part[1:]
    n = max(8, int(max(abs(p[0] - q[0]), abs(p[1] - q[1])) / 8))
    out = []
    for i in range(n + 1):
        t, u = i / n, 1 - i / n
        out.append(tuple(u**3 * p[k] + 3 * u * u * t * a[k] + 3 * u * t * t * b[k] + t**3 * q[k]
                         for k in (0, 1)))
    return out


def wires_in_boxes(pic, cells):
    """Points of wires inside of boxes; not of those that hold the frame the wire is in."""
    bad = []
    for name, parts in pic.wires.items():
        start = parts[0][1]
        for part in parts:
            if part[0] == "M":
                continue
            points = samples(part)
            xs, ys = [p[0] for p in points], [p[1] for p in points]
            for box in cells.near(min(xs), min(ys), max(xs), max(ys)):
                if not box.holds(*start) and any(box.holds(*p) for p in points):
                    bad.append((name, box.name))
    return bad


def wires_in_tags(pic, tags):
    """Texts that a wire passes through."""
    bad, cells = [], Cells(tags)
    for name, parts in pic.wires.items():
        for part in parts:
            if part[0] == "M":
                continue
            points = samples(part)
            xs, ys = [p[0] for p in points], [p[1] for p in points]
            for tag in cells.near(min(xs), min(ys), max(xs), max(ys)):
                if any(tag.holds(*p) for p in points):
                    bad.append((name, tag.name, (tag.x, tag.y)))
    return bad


def at_border(pic, cells, point, right, tail):
    """The box whose border, where wires leave or arrive, this point is on."""
    x, y = point
    for b in cells.near(x - 1, y - 1, x + 1, y + 1):
        edge = (b.x + b.w if tail else b.x) if right else (b.y + b.h if tail else b.y)
        on, along = (x, b.y <= y <= b.y + b.h) if right else (y, b.x <= x <= b.x + b.w)
        if on == edge and along:
            return b.name
    return None


def subpaths(parts):
    out = []
    for part in parts:
        if part[0] == "M":
            out.append([])
        out[-1].append(part)
    return out


def pairs_of(pic, cells, right, bad):
    """Which boxes are connected, from where the lines begin and end."""
    pairs = collections.Counter()
    tips = set(pic.tips)
    for name, parts in pic.wires.items():
        source = at_border(pic, cells, parts[0][1], right, True)
        if source is None:
            bad.append((name, "begins at no box", parts[0][1]))
        for sub in subpaths(parts):
            end = sub[-1][-1]
            if end not in tips:
                continue
            target = at_border(pic, cells, end, right, False)
            if target is None:
                bad.append((name, "ends at no box", end))
            pairs[source, target] += 1
    return pairs


def check_geometry(tally, pic, right):
    cells = Cells(pic.boxes)
    page = Rect(0, 0, pic.width, pic.height, "page")
    everything = pic.boxes + pic.frames + pic.tags + pic.ends
    tally.check([r.name for r in everything if not page.contains(r)], "outside of the page")
    tally.check(overlapping(pic.boxes, pic.frames), "boxes overlap")
    tally.check([(a.name, b.name) for a in pic.frames for b in pic.frames if a.name < b.name and
                 a.overlaps(b) and not a.contains(b) and not b.contains(a)], "frames overlap")
    tally.check(wires_in_boxes(pic, cells), "wires pass through boxes")
    bad = []
    pairs = pairs_of(pic, cells, right, bad)
    tally.check(bad, "ends of wires")
    tags = pic.tags + pic.ends
    tally.check([(t.name, b.name) for t in tags for b in cells.near(t.x, t.y, t.x + t.w, t.y + t.h)
                 if t.overlaps(b) and not b.contains(t)], "texts on borders of boxes")
    tally.check(wires_in_tags(pic, pic.tags), "wires through texts")
    tally.check(wires_in_tags(pic, pic.ends), "wires through names of references")
    near = Cells(tags)
    tally.check([(a.name, b.name) for a in tags for b in near.near(a.x, a.y, a.x + a.w, a.y + a.h)
                 if a is not b and a.overlaps(b)], "texts on texts")
    return pairs


# ---- what the onnx package says of the main graph ----


def bodies(node):
    for a in node.attribute:
        if a.HasField("g"):
            yield a.g
        yield from a.graphs


def defined(g):
    names = {v.name for v in g.input} | {t.name for t in g.initializer}
    names |= {t.values.name for t in g.sparse_initializer}
    return names | {name for node in g.node for name in node.output}


def free(g):
    """Names that a graph and its bodies read, but for what the bodies define."""
    names = {n for node in g.node for n in node.input if n}
    for node in g.node:
        for body in bodies(node):
            names |= (free(body) | {v.name for v in body.output}) - defined(body)
    return names


def expected(model):
    """Boxes and the wires between them, without folding; None where the model is broken."""
    g = model.graph
    outputs = [n for node in g.node for n in node.output if n]
    inputs = {v.name for v in g.input}
    weights = {t.name for t in g.initializer} | {t.values.name for t in g.sparse_initializer}
    if len(set(outputs)) < len(outputs) or set(outputs) & (inputs | weights):
        return None
    makes = {name: i for i, node in enumerate(g.node) for name in node.output if name}
    boxes = [f"n{i}" for i in range(len(g.node))]
    pairs = collections.Counter()
    for i, node in enumerate(g.node):
        read = [n for n in node.input if n]
        inner = set()
        for body in bodies(node):
            inner |= (free(body) | {v.name for v in body.output}) - defined(body)
        for name in read + sorted(inner):
            if name in makes and name not in weights:
                pairs[f"n{makes[name]}", f"n{i}"] += 1
    return boxes, pairs


# ---- models ----


def draw(model, how, target):
    done = subprocess.run([BINARY, "graph", *how, "-o", target, model], capture_output=True,
                          timeout=120, check=False)
    return done


def check_model(model):
    tally = Tally(os.path.basename(model))
    with tempfile.TemporaryDirectory() as scratch:
        target = os.path.join(scratch, "x.svg")
        for how in WAYS:
            tally.name = " ".join([os.path.basename(model), *how])
            done = draw(model, how, target)
            if done.returncode == 3:
                break  # not a model
            tally.check([done.stderr.decode()] if done.returncode else [], "onnxray graph")
            if done.returncode:
                break
            with open(target, "rb") as file:
                raw = file.read()
            if len(raw) > MOST:
                break
            pic = Picture(raw)
            pairs = check_geometry(tally, pic, "right" in how)
            names = [b.name for b in pic.boxes]
            tally.check([n for n, k in collections.Counter(names).items() if k > 1], "drawn twice")
            if "none" in how:
                draw(model, how, target)
                with open(target, "rb") as file:
                    tally.check([] if file.read() == raw else ["differ"], "bytes the second time")
                check_content(tally, model, pic, pairs)
            if len(raw) > LIGHT:
                break
    return tally.passed, tally.lines


def check_difference(pair):
    """Two models in one picture, with a legend above it."""
    tally = Tally(" and ".join(os.path.basename(m) for m in pair))
    with tempfile.TemporaryDirectory() as scratch:
        target = os.path.join(scratch, "x.svg")
        done = draw(pair[0], ["--diff", pair[1]], target)
        tally.check([done.stderr.decode()] if done.returncode else [], "onnxray graph --diff")
        if not done.returncode:
            with open(target, "rb") as file:
                check_geometry(tally, Picture(file.read()), False)
    return tally.passed, tally.lines


def check_content(tally, model, pic, pairs):
    if model.endswith(".gz"):
        return
    try:
        want = expected(onnx.load(model, load_external_data=False))
    except Exception:  # pylint: disable=broad-except
        return
    if not want:
        return
    boxes = sorted(b.name for b in pic.boxes if b.name.startswith("n"))
    tally.check(sorted(set(want[0]) ^ set(boxes)), "nodes drawn, and nodes of the model")
    drawn = {p: k for p, k in pairs.items() if all(n and n.startswith("n") for n in p)}
    wrong = [(p, drawn.get(p, 0), want[1].get(p, 0)) for p in {**drawn, **want[1]}
             if drawn.get(p, 0) != want[1].get(p, 0)]
    tally.check(wrong, "wires drawn, and edges of the model")


# ---- repeated layers ----

LAYER = [("LayerNormalization", ["x", "%w"], "a"), ("MatMul", ["a", "%q"], "q"),
         ("MatMul", ["a", "%k"], "k"), ("MatMul", ["a", "%v"], "v"), ("Transpose", ["k"], "t"),
         ("MatMul", ["q", "t"], "s"), ("Add", ["s", "mask"], "m"), ("Softmax", ["m"], "p"),
         ("MatMul", ["p", "v"], "o"), ("Add", ["x", "o"], "r"),
         ("LayerNormalization", ["r", "%u"], "b"), ("MatMul", ["b", "%f"], "h"),
         ("Gelu", ["h"], "g"), ("MatMul", ["g", "%e"], "d"), ("Add", ["r", "d"], "y")]


def decoder(layers):
    nodes, weights = [], {}
    for i in range(layers):
        def name(n, i=i):
            if n == "mask":
                return n
            if n == "x":
                return f"y{i - 1}" if i else "x"
            if n.startswith("%"):
                weights[f"{n[1:]}{i}w"] = [64] if n in ("%w", "%u") else [64, 64]
                return f"{n[1:]}{i}w"
            return f"{n}{i}"
        nodes += [helper.make_node(op, [name(n) for n in reads], [name(out)])
                  for op, reads, out in LAYER]
    def info(n):
        return helper.make_tensor_value_info(n, onnx.TensorProto.FLOAT, [64, 64])
    zeros = [helper.make_tensor(n, onnx.TensorProto.FLOAT, dims, [0.0] * (64 * dims[-1] if
             len(dims) > 1 else 64)) for n, dims in weights.items()]
    g = helper.make_graph(nodes, "decoder", [info("x"), info("mask")], [info(f"y{layers - 1}")],
                          zeros)
    return helper.make_model(g, opset_imports=[helper.make_opsetid("", 20)])


def check_layers(scratch, layers=32):
    tally = Tally(f"decoder of {layers} layers")
    model, target = os.path.join(scratch, "decoder.onnx"), os.path.join(scratch, "x.svg")
    onnx.save(decoder(layers), model)
    draw(model, [], target)
    with open(target, "rb") as file:
        pic = Picture(file.read())
    check_geometry(tally, pic, False)
    at = {b.name: b for b in pic.boxes}
    n, forms = len(LAYER), []
    for i in range(layers):
        first = at[f"n{i * n}"]
        forms.append([(at[f"n{i * n + k}"].x - first.x, at[f"n{i * n + k}"].y - first.y,
                       at[f"n{i * n + k}"].w) for k in range(n)])
    tally.check([i for i in range(2, layers - 1) if forms[i] != forms[1]], "layers that differ")
    tally.check([i for i in range(2, layers - 1)
                 if at[f"n{i * n}"].x != at[f"n{n}"].x], "layers that are not in line")
    return tally.passed, tally.lines


def blocks_of(model):
    """Runs of nodes that end in an addition and are the same, shapes of all they read included."""
    model = shape_inference.infer_shapes(model)
    sizes = {v.name: tuple(d.dim_value for d in v.type.tensor_type.shape.dim)
             for v in [*model.graph.value_info, *model.graph.input]}
    sizes.update((t.name, tuple(t.dims)) for t in model.graph.initializer)
    blocks, run = collections.defaultdict(list), []
    for i, node in enumerate(model.graph.node):
        run.append(i)
        if node.op_type in ("Add", "Sum"):
            key = tuple((model.graph.node[k].op_type,
                         tuple(sizes.get(n) for n in model.graph.node[k].input)) for k in run)
            blocks[key].append(run)
            run = []
    return [same for key, same in blocks.items() if len(same) > 1 and len(key) > 3]


def check_blocks(models):
    """Residual blocks that are equal are drawn equal."""
    tally = Tally("residual blocks")
    for path in models:
        with tempfile.TemporaryDirectory() as scratch:
            target = os.path.join(scratch, "x.svg")
            tally.name = "residual blocks of " + os.path.basename(path)
            if draw(path, [], target).returncode:
                continue
            with open(target, "rb") as file:
                at = {b.name: b for b in Picture(file.read()).boxes}
            for same in blocks_of(onnx.load(path, load_external_data=False)):
                forms = []
                for run in same:
                    boxes = [at[f"n{k}"] for k in run if f"n{k}" in at]
                    forms.append([(b.x - boxes[0].x, b.y - boxes[0].y, b.w, b.h) for b in boxes])
                tally.check([run for run, form in zip(same, forms) if form != forms[0]],
                            "blocks that differ from the first")
    return tally.passed, tally.lines


def pairs_in(models):
    """Models that are the same but for being quantized or fine-tuned, by the corpus' own list."""
    folders = {os.path.dirname(m) for m in models}
    for folder in sorted(folders):
        try:
            with open(os.path.join(folder, "pairs.tsv"), encoding="utf-8") as file:
                rows = [line.rstrip("\n").split("\t") for line in file if line[0] != "#"]
        except OSError:
            continue
        for row in rows:
            pair = [os.path.join(folder, name) for name in row[:2]]
            if all(os.path.isfile(m) for m in pair):
                yield pair


def main():
    with Pool(2) as pool:
        results = pool.map(check_model, sys.argv[1:], chunksize=1)
        results += pool.map(check_difference, pairs_in(sys.argv[1:]), chunksize=1)
    with tempfile.TemporaryDirectory() as scratch:
        results.append(check_layers(scratch))
    results.append(check_blocks([m for m in sys.argv[1:] if "resnet50" in os.path.basename(m)]))
    for _, lines in results:
        for line in lines:
            print(line)
    failed = sum(len(lines) for _, lines in results)
    print(f"{sum(passed for passed, _ in results)} passed, {failed} failed")
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
