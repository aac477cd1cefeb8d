#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Holds the data of pages against the onnx package and our own SVG.

    ONNXRAY=build/onnxray page_truth.py MODEL...

Of every model: the frame of the page with its policy (page_data.py); every node with its operator,
names, attributes, inputs, outputs, documentation and metadata, every graph and function, every
initializer with type, shape and values: all that Netron's panels show. Boxes are where the SVG of the
same drawing has them, and ways begin and end at borders of their boxes. The same for models made here
whose every name is hostile. The last line is "N passed, N failed".
"""
from __future__ import annotations

import collections
import json
import os
import re
import subprocess
import sys
import tempfile
import unicodedata
from multiprocessing.pool import ThreadPool
from typing import Any

import numpy
import onnx
from onnx import AttributeProto, numpy_helper

from corpus_truth import element_name
from dot_check import HOSTILE, hostile_model
from page_data import Broken, page

BINARY = os.environ.get("ONNXRAY", "build/onnxray")
MOST_TEXT = 65536  # bytes of a text
WHOLE = 4000       # elements of a list that is told in full
A = AttributeProto
KINDS = {A.FLOAT: "float", A.INT: "int", A.STRING: "string", A.TENSOR: "tensor", A.GRAPH: "graph",
         A.FLOATS: "floats", A.INTS: "ints", A.STRINGS: "strings", A.TENSORS: "tensors",
         A.GRAPHS: "graphs", A.SPARSE_TENSOR: "sparse tensor", A.SPARSE_TENSORS: "sparse tensors",
         A.TYPE_PROTO: "type", A.TYPE_PROTOS: "types"}
FIELDS = {A.FLOAT: "f", A.INT: "i", A.STRING: "s"}


class Tally:
    def __init__(self, name: str) -> None:
        self.name, self.passed, self.failed = name, 0, 0

    def check(self, good: bool, what: str, detail: Any = "") -> bool:
        if good:
            self.passed += 1
        else:
            self.failed += 1
            if self.failed < 20:
                print(f"FAIL {self.name}: {what} {detail}"[:400])
        return good


HIDDEN = ("Cc", "Cf", "Zl", "Zp", "Cs", "Co", "Cn", "Mn", "Lo", "So")


def told_as(theirs: str | bytes) -> str:
    """Bytes are what is no UTF-8."""
    return theirs if isinstance(theirs, str) else theirs.decode("utf-8", "surrogateescape")


def same(ours: str, theirs: str | bytes) -> bool:
    """Equal, but for characters that do no good on a page, and for the end of a very long text."""
    theirs = told_as(theirs)
    if len(theirs.encode("utf-8", "surrogateescape")) > MOST_TEXT:
        n = len(ours) - 8
        return n > MOST_TEXT // 5 and ours.endswith("…") and same(ours[:n], theirs[:n])
    if len(ours) != len(theirs):
        return False
    if ours == theirs:
        return True
    return all(a == b or (a == "\ufffd" and (ord(b) < 32 or ord(b) == 127 or not b.isascii() and
                                             unicodedata.category(b) in HIDDEN))
               for a, b in zip(ours, theirs))


def pairs(entries: Any) -> list[tuple[str, str]]:
    return [(p.key, p.value) for p in entries]


class Truth:
    """One model, as the page tells it and as the onnx package reads it."""

    def __init__(self, tally: Tally, d: dict[str, Any], model: onnx.ModelProto) -> None:
        self.tally, self.d, self.model = tally, d, model
        self.s = d["strings"]
        self.bodies: dict[tuple[int, str], list[int]] = {}
        self.at_first = [0] * len(d["graphs"])
        for i, g in enumerate(d["graphs"]):
            if g["kind"] == "body":
                self.bodies.setdefault((g["node"], self.s[g["attribute"]]), []).append(i)
        self.seen_nodes = self.seen_graphs = 0

    def text(self, index: int, theirs: str | bytes, what: str) -> None:
        self.tally.check(same(self.s[index], theirs), what, (self.s[index][:80], told_as(theirs)[:80]))

    def meta(self, ours: list[int], theirs: Any, what: str) -> None:
        told = [(self.s[k], self.s[v]) for k, v in zip(ours[::2], ours[1::2])]
        wanted = pairs(theirs)
        self.tally.check(len(told) == len(wanted) and
                         all(same(a, c) and same(b, e) for (a, b), (c, e) in zip(told, wanted)),
                         what, (told[:3], wanted[:3]))

    # ---- attributes ----

    def number(self, ours: str, theirs: Any) -> bool:
        if isinstance(theirs, float):
            return numpy.float32(ours) == numpy.float32(theirs) or theirs != theirs
        plain = re.sub(r"^.* \((-?\d+)\)$", r"\1", ours)  # float32 (1)
        return plain == str(theirs)

    def value(self, ours: str, a: AttributeProto) -> bool:
        if a.ref_attr_name:
            return told_as(a.ref_attr_name) in ours or "\ufffd" in ours or "\\" in ours
        if a.type in (A.FLOAT, A.INT):
            return self.number(ours, getattr(a, FIELDS[a.type]))
        if a.type in (A.FLOATS, A.INTS):
            theirs = list(a.floats if a.type == A.FLOATS else a.ints)
            if len(theirs) > WHOLE:
                return "in all" in ours
            if not theirs:
                return ours == "empty"
            words = ours.split(", ")
            return len(words) == len(theirs) and all(map(self.number, words, theirs))
        if a.type == A.STRING:
            plain = a.s.decode("utf-8", "replace")
            if plain.isascii() and plain.isprintable() and '"' not in plain and "\\" not in plain \
                    and len(plain) < WHOLE:
                return ours == f'"{plain}"'
            return True
        if a.type == A.TENSOR:
            wanted = "×".join(map(str, a.t.dims)) or "scalar"
            return ours.startswith(f"{element_name(a.t.data_type)} {wanted}") or len(a.t.dims) > 16
        return bool(ours)

    def attributes(self, index: int, wanted: Any, what: str) -> None:
        rows = self.d["attrs"][index]
        told = [rows[i:i + 4] for i in range(0, len(rows), 4)]
        written = sorted(((self.s[r[0]], r) for r in told if r[3] < 2), key=lambda x: x[0])
        theirs = sorted(wanted, key=lambda a: told_as(a.name))
        if not self.tally.check(len(written) == len(theirs), f"attributes of {what}",
                                (len(written), len(theirs))):
            return
        if any("\ufffd" in name for name, _ in written):
            return  # sorted differently
        for (name, row), a in zip(written, theirs):
            good = same(name, a.name) and (not a.type or self.s[row[2]] == KINDS[a.type])
            self.tally.check(good and self.value(self.s[row[1]], a), f"attribute {what}.{a.name}",
                             (name, self.s[row[1]][:100], self.s[row[2]]))

    def defaults(self, row: int, node: onnx.NodeProto, version: int, what: str) -> None:
        if isinstance(node.op_type, bytes) or isinstance(node.domain, bytes):
            return
        try:
            schema = onnx.defs.get_schema(node.op_type, version,
                                          "" if node.domain == "ai.onnx" else node.domain)
        except onnx.defs.SchemaError:
            return
        told = self.d["attrs"][self.d["nodes"]["attr"][row]]
        left_out = {self.s[told[i]] for i in range(0, len(told), 4) if told[i + 3] == 2}
        written = {a.name for a in node.attribute}
        wanted = {n for n, a in schema.attributes.items() if a.default_value.name and
                  n not in written}
        self.tally.check(wanted == left_out, f"defaults of {what}", (wanted, left_out))

    # ---- nodes and graphs ----

    def node(self, row: int, node: onnx.NodeProto) -> None:
        n, s, d = self.d["nodes"], self.s, self.d
        what = f"node {row}"
        self.seen_nodes += 1
        op = d["ops"][n["op"][row]]
        self.text(n["name"][row], node.name, f"name of {what}")
        self.text(op[0], node.op_type, f"operator of {what}")
        self.text(op[1], node.domain or "ai.onnx", f"domain of {what}")
        self.tally.check(bool(node.name) or s[n["label"][row]] != "", f"{what} is called something")
        for key, theirs in (("in", node.input), ("out", node.output)):
            ours = n[key][row]
            good = len(ours) == len(theirs) and all(
                (v == -1 and not t) or (v != -1 and same(s[d["values"]["name"][v]], t))
                for v, t in zip(ours, theirs))
            self.tally.check(good, f"{key} of {what}", (ours, list(theirs)))
        for v in n["out"][row]:
            self.tally.check(v == -1 or d["values"]["from"][v] == row or
                             len(set(node.output)) < len(node.output), f"where values of {what} are from")
        self.text(d["docs"]["nodes"].get(str(row), 0), node.doc_string, f"documentation of {what}")
        self.meta(d["meta"]["nodes"].get(str(row), []), node.metadata_props, f"metadata of {what}")
        self.attributes(n["attr"][row], node.attribute, what)
        if 0 < op[8] < 1000 and op[5] < 0:
            self.defaults(row, node, op[8], what)
        for a in node.attribute:
            graphs = [a.g] if a.type == A.GRAPH else list(a.graphs)
            rows = self.bodies.get((row, a.name), [])
            name = told_as(a.name)
            if a.ref_attr_name or not graphs or not (name.isascii() and name.isprintable()):
                continue
            if self.tally.check(len(rows) >= len(graphs), f"bodies of {what}", (rows, len(graphs))):
                for i, g in zip(rows, graphs):
                    self.graph(i, g)

    def declared(self, value: int, info: onnx.ValueInfoProto, what: str) -> None:
        kind = info.type.WhichOneof("value")
        told = self.d["types"][self.d["values"]["type"][value]]
        self.text(self.d["docs"]["values"].get(str(value), 0), info.doc_string,
                  f"documentation of {what}")
        if kind != "tensor_type" or not info.type.tensor_type.elem_type:
            return
        t = info.type.tensor_type
        if any("declared" in rule for _, rule, _, _ in self.d["findings"]):
            return  # and is not true
        self.tally.check(self.s[told[0]] == element_name(t.elem_type), f"type of {what}",
                         (self.s[told[0]], t.elem_type))
        if all(x.WhichOneof("value") == "dim_value" and x.dim_value >= 0 for x in t.shape.dim) and len(t.shape.dim) < 16 \
                and t.HasField("shape") and \
                value in self.d["graphs"][0]["inputs"]:
            wanted = "×".join(str(x.dim_value) for x in t.shape.dim) or "scalar"
            self.tally.check(self.s[told[1]] == wanted, f"shape of {what}",
                             (self.s[told[1]], wanted))

    def tensor(self, row: int, t: onnx.TensorProto, what: str) -> None:
        d, s = self.d["tensors"], self.s
        self.text(d["name"][row], t.name, f"name of {what}")
        self.tally.check(s[d["type"][row]] == element_name(t.data_type) or not t.data_type, f"type of {what}",
                         s[d["type"][row]])
        if len(t.dims) <= 16:
            wanted = "×".join(map(str, t.dims)) or "scalar"
            self.tally.check(s[d["shape"][row]] == wanted, f"shape of {what}",
                             (s[d["shape"][row]], wanted))
        self.text(self.d["docs"]["tensors"].get(str(row), 0), t.doc_string,
                  f"documentation of {what}")
        if t.data_location == onnx.TensorProto.EXTERNAL:
            self.tally.check(s[d["storage"][row]].startswith("external: ") and not s[d["text"][row]],
                             f"storage of {what}", s[d["storage"][row]])
            return
        if t.data_type not in (1, 2, 3, 6, 7, 11):
            return
        try:
            array = numpy_helper.to_array(t).reshape(-1)
        except (ValueError, TypeError):
            return
        words = s[d["text"][row]].split(", ") if d["text"][row] else []
        if s[d["text"][row]].endswith("…"):
            return
        self.tally.check(len(words) == len(array) if d["all"][row] else
                         (bool(words) or not len(array)), f"values of {what}", len(words))
        stats = re.match(r"(\S+?)(?:\.\.|…|–)(\S+), mean (\S+), std", s[d["stats"][row]])
        if stats:
            for word, number in zip(stats.groups(), (array.min(), array.max(), array.mean())):
                self.tally.check(abs(float(word) - number) <= 0.01 * abs(array).max(),
                                 f"statistics of {what}", (word, number))
        else:
            self.tally.check(d["all"][row] or not len(array) or t.data_type not in (1, 11) or
                             len(array) < 64 or not s[d["stats"][row]] or array.min() == array.max()
                             or not numpy.isfinite(array).all(), f"statistics of {what} in a form",
                             s[d["stats"][row]])
        good = all(numpy.array(w, array.dtype) == x or x != x for w, x in zip(words, array))
        self.tally.check(good, f"values of {what}", words[:4])

    def graph(self, index: int, g: onnx.GraphProto) -> None:
        told, s = self.d["graphs"][index], self.s
        what = f"graph {index}"
        self.seen_graphs += 1
        self.text(told["name"], g.name, f"name of {what}")
        self.text(told["doc"], g.doc_string, f"documentation of {what}")
        self.meta(told["meta"], g.metadata_props, f"metadata of {what}")
        for key, theirs in (("inputs", g.input), ("outputs", g.output)):
            names = [s[self.d["values"]["name"][v]] for v in told[key] if v != -1]
            wanted = [v.name for v in theirs]
            self.tally.check(len(names) == len(wanted) and all(map(same, names, wanted)),
                             f"{key} of {what}", (names[:3], wanted[:3]))
            for v, info in zip(told[key], theirs):
                self.declared(v, info, f"{key} of {what}")
        if self.tally.check(len(told["initializers"]) == len(g.initializer),
                            f"initializers of {what}"):
            for row, t in zip(told["initializers"], g.initializer):
                self.tensor(row, t, f"tensor {row}")
        for value, t in self.annotations(g):
            told_names = [s[k] for k in self.d["annotations"].get(str(value), [0, 0])]
            wanted_names = [t.get("SCALE_TENSOR", ""), t.get("ZERO_POINT_TENSOR", "")]
            self.tally.check(told_names == wanted_names, f"annotation of value {value}")
        self.nodes(told, g.node, what)

    def annotations(self, g: onnx.GraphProto) -> list[tuple[int, dict[str, str]]]:
        names = {self.s[n]: i for i, n in enumerate(self.d["values"]["name"])
                 if self.d["values"]["graph"][i] == 0}
        return [(names[q.tensor_name], {p.key: p.value for p in q.quant_parameter_tensor_names})
                for q in g.quantization_annotation if q.tensor_name in names]

    def nodes(self, told: dict[str, Any], nodes: Any, what: str) -> None:
        if self.tally.check(told["nodes"] == len(nodes), f"nodes of {what}"):
            for i, node in enumerate(nodes):
                self.node(told["first"] + i, node)

    def function(self, told: dict[str, Any], f: onnx.FunctionProto) -> None:
        what = f"function {f.name}"
        for key, theirs in (("name", f.name), ("domain", f.domain or "ai.onnx"),
                            ("doc", f.doc_string)):
            self.text(told[key], theirs, f"{key} of {what}")
        self.tally.check([self.s[a] for a in told["attributes"]] == list(f.attribute),
                         f"attributes of {what}")
        self.attributes(told["defaults"], f.attribute_proto, what)
        self.nodes(self.d["graphs"][told["graph"]], f.node, what)

    def all(self) -> None:
        m, told = self.model, self.d["model"]
        for key, theirs in (("producer", m.producer_name), ("domain", m.domain),
                            ("producer_version", m.producer_version), ("doc", m.doc_string)):
            self.text(told[key], theirs, f"{key} of the model")
        self.tally.check(told["ir"] == m.ir_version and (told["version"] or 0) == m.model_version,
                         "versions")
        opsets = [(self.s[a], b) for a, b in told["opsets"]]
        self.tally.check(opsets == [(o.domain or "ai.onnx", o.version) for o in m.opset_import] or
                         "\ufffd" in str(opsets), "opsets", opsets)
        self.meta(told["meta"], m.metadata_props, "metadata of the model")
        self.graph(0, m.graph)
        if self.tally.check(len(self.d["functions"]) == len(m.functions), "functions"):
            for f, theirs in zip(self.d["functions"], m.functions):
                self.function(f, theirs)


# ---- pictures ----

def places(svg: str) -> dict[str, tuple[int, int]]:
    return {m[1]: (int(m[2]), int(m[3])) for m in
            re.finditer(r'<g id="(n\d+)"[^>]* transform="translate\((-?\d+) (-?\d+)\)">', svg)}


def texts(svg: str) -> list[tuple[int, int]]:
    """Where texts beside wires are."""
    start = svg.find('<g class="tags">')
    part = svg[start:svg.index("\n</g>", start)] if start >= 0 else ""
    return sorted((int(x), int(y)) for x, y in
                  re.findall(r'<text x="(-?\d+)" y="(-?\d+)"', part))


def at_border(p: tuple[int, int], box: tuple[int, int, int, int]) -> bool:
    x, y, w, h = box
    return x <= p[0] <= x + w and y <= p[1] <= y + h and \
        (p[0] in (x, x + w) or p[1] in (y, y + h))


def check_view(tally: Tally, d: dict[str, Any], view: dict[str, Any]) -> None:
    items, ways, labels = view["items"], view["ways"], d["labels"]
    name = view["name"]
    boxes = []
    for i, label in enumerate(items["label"]):
        box = (items["x"][i], items["y"][i], items["w"][i] or labels[label][1],
               items["h"][i] or labels[label][2])
        boxes.append(box)
        tally.check(box[0] >= 0 and box[1] >= 0 and box[0] + box[2] <= view["width"] and
                    box[1] + box[3] <= view["height"], f"{name}: item {i} on the page", box)
        known = {0: d["nodes"]["name"], 1: d["values"]["name"], 2: d["values"]["name"],
                 3: d["values"]["name"], 4: view["groups"], 5: d["values"]["name"],
                 6: d.get("gone", [])}[items["kind"][i]]
        tally.check(0 <= items["ref"][i] < len(known), f"{name}: what item {i} is")
    if boxes:
        x, y, w, h = boxes[beginning(view, boxes)]
        tally.check(view["home"][:2] == [x + w // 2, y + h // 2], f"{name}: where it begins", view["home"])
    for i, way in enumerate(ways["d"]):
        good = at_border(way[-1], boxes[ways["to"][i]])
        if not ways["shared"][i]:
            good = good and at_border(way[0], boxes[ways["from"][i]])
        tally.check(good, f"{name}: ends of way {i}",
                    (way, boxes[ways["from"][i]], boxes[ways["to"][i]]))
    for group in view["groups"]:
        before = 0
        for k, step in enumerate(group[6]):
            before = step if k == 0 else before + step
            tally.check(0 <= before < len(d["nodes"]["name"]), f"{name}: nodes of {group[:3]}")


def shown(d: dict[str, Any]) -> tuple[dict[Any, int], set[Any]]:
    """Boxes and texts of the first view, and the lines of its ways."""
    view, labels = d["views"][0], d["labels"]
    things: dict[Any, int] = {}
    for x, y, w, h, label, paint, flags in zip(*(view["items"][c] for c in (
            "x", "y", "w", "h", "label", "paint", "flags"))):
        text, wide, high, head = labels[label]
        things[x, y, w or wide, h or high, text, head, paint, flags] = 1
    for x, y, label, end in zip(*(view["tags"][c] for c in ("x", "y", "label", "end"))):
        things[x, y, labels[label][0], end] = 2
    return things, {(tuple(way), stroke) for way, stroke in
                    zip(view["ways"]["d"], view["ways"]["stroke"])}


def beginning(view: dict[str, Any], boxes: list[tuple[int, int, int, int]]) -> int:
    """The uppermost input (in a picture from left to right the leftmost), or what it is far from."""
    wanted = [i for i, kind in enumerate(view["items"]["kind"]) if kind == 1] or range(len(boxes))
    turn = -1 if view["right"] else 1
    first = min(wanted, key=lambda i: boxes[i][1::-1][::turn])
    middle = [(x + w // 2, y + h // 2) for x, y, w, h in boxes]
    x, y = middle[first]
    holders = {frame[6] for frame in view["frames"]}
    after = [(abs(m[0] - x) + abs(m[1] - y), i) for i, m in enumerate(middle)
             if i != first and i not in holders and (m[0] >= x if view["right"] else m[1] >= y)]
    near = sorted(after)[:8]
    return near[4][1] if len(near) > 4 and near[4][0] > 1200 else first


def check_opening(tally: Tally, d: dict[str, Any]) -> None:
    """What a large page shows first is a part of its first view, all that is near the first input."""
    opening = d.get("opening")
    tally.check(bool(opening) == (len(d["views"][0]["items"]["x"]) >= 1500), "an opening")
    if not opening:
        return
    for key in ("title", "theme", "themes", "sizes"):
        tally.check(opening[key] == d[key], f"opening: {key}")
    view, whole = opening["views"][0], d["views"][0]
    tally.check((view["width"], view["height"]) == (whole["width"], whole["height"]), "opening: size")
    part, lines = shown(opening)
    every, all_lines = shown(d)
    tally.check(part.keys() <= every.keys(), "opening: it is a part")
    through = collections.defaultdict(list)  # by stroke and point: lines, and where it is in them
    for line, stroke in all_lines:
        for at, point in enumerate(line):
            through[stroke, point].append((line, at))
    tally.check(all(any(whole[at:at + len(line)] == line for whole, at in through[stroke, line[0]])
                    for line, stroke in lines), "opening: lines are pieces of lines")
    told = {(stroke, a, b) for line, stroke in lines for a, b in zip(line, line[1:])}
    boxes = [(x, y, w or d["labels"][label][1], h or d["labels"][label][2]) for x, y, w, h, label in
             zip(*(whole["items"][c] for c in ("x", "y", "w", "h", "label")))]
    x, y = boxes[beginning(whole, boxes)][:2]
    near = {thing for thing in every if abs(thing[0] - x) < 800 and abs(thing[1] - y) < 800
            and y - 300 < thing[1]}
    tally.check(len(near) > 3 and near <= part.keys(), "opening: all that is near is in it",
                list(near - part.keys())[:3])
    passing = {(stroke, a, b) for i, stroke in enumerate(whole["ways"]["stroke"])
               if not whole["ways"]["flags"][i] & 1
               for a, b in zip(whole["ways"]["d"][i], whole["ways"]["d"][i][1:])
               if all(min(p, q) < at + 250 and max(p, q) > at - 250
                      for p, q, at in ((a[0], b[0], x), (a[1], b[1], y)))}
    tally.check(len(passing) > 3 and passing <= told, "opening: all lines that pass are in it",
                list(passing - told)[:3])


def check_pictures(tally: Tally, d: dict[str, Any], path: str, scratch: str) -> None:
    for view in d["views"]:
        check_view(tally, d, view)
    svg = os.path.join(scratch, "same.svg")
    more = ["--all"] if len(d["graphs"]) > 1 else []
    run = subprocess.run([BINARY, "graph", *more, "-o", svg, path], capture_output=True,
                         timeout=300, check=False)
    if not tally.check(run.returncode in (0, 3), "an SVG", run.stderr[:200]):
        return
    with open(svg, encoding="utf-8") as file:
        wanted_svg = file.read()
    wanted = places(wanted_svg)
    items, tags = d["views"][0]["items"], d["views"][0]["tags"]
    tally.check(sorted(zip(tags["x"], tags["y"])) == texts(wanted_svg),
                "texts beside wires are where the SVG has them")
    told = {f"n{items['ref'][i]}": (items["x"][i], items["y"][i])
            for i, kind in enumerate(items["kind"]) if kind == 0}
    tally.check(told == wanted, "places are those of the SVG",
                [(k, told.get(k), wanted.get(k)) for k in set(told) ^ set(wanted)][:4] or "elsewhere")


def answer(*command: str) -> Any:
    run = subprocess.run([BINARY, *command, "-f", "json"], capture_output=True, timeout=300,
                         check=False)
    return json.loads(run.stdout)


def check_pair(a: str, b: str) -> tuple[int, int, int]:
    """Two models in one page."""
    tally = Tally(f"{os.path.basename(a)} to {os.path.basename(b)}")
    with tempfile.TemporaryDirectory() as scratch:
        out = os.path.join(scratch, "page.html")
        run = subprocess.run([BINARY, "graph", a, "--diff", b, "-o", out], capture_output=True,
                             timeout=300, check=False)
        if not tally.check(run.returncode in (0, 3) and os.path.exists(out), "a page", run.stderr):
            return 0, tally.failed, 0
        _, d = page(out)
    check_view(tally, d, d["views"][0])
    theirs = answer("diff", a, b)
    tally.check(d["diff"] == theirs, "the same difference as `diff`")
    tally.check(len(d["states"]) == len(d["nodes"]["name"]), "a state for each node")
    drawn = {d["strings"][row[1]] for row in d["gone"] if row[7] >= 0}
    model = onnx.load(a, load_external_data=False)
    tally.check(drawn <= {n.name for n in model.graph.node}, "what is gone was there", drawn)
    rows = d["views"][0]["items"]
    tally.check(all(d["states"][ref] > 0 for ref, kind in zip(rows["ref"], rows["kind"]) if
                    kind == 0), "a state for each node that is drawn")
    return tally.passed, tally.failed, 1


def pairs_of_corpus() -> list[tuple[str, str]]:
    folder = os.environ.get("ONNXRAY_CORPUS", "")
    try:
        with open(os.path.join(folder, "pairs.tsv"), encoding="utf-8") as file:
            lines = [line.rstrip("\n").split("\t") for line in file][1:]
    except OSError:
        return []
    found = [(os.path.join(folder, x[0]), os.path.join(folder, x[1])) for x in lines if len(x) > 1]
    return [pair for pair in found if all(map(os.path.exists, pair))][:12]


def check_model(path: str) -> tuple[int, int, int]:
    tally = Tally(os.path.basename(path))
    with tempfile.TemporaryDirectory() as scratch:
        out = os.path.join(scratch, "page.html")
        run = subprocess.run([BINARY, "graph", "-o", out, path], capture_output=True, timeout=300,
                             check=False)
        if run.returncode not in (0, 3) or not os.path.exists(out):
            return 0, 0, 0  # not a model
        try:
            title, d = page(out)
        except Broken as broken:
            tally.check(False, str(broken))
            return tally.passed, tally.failed, 1
        tally.check(bool(title), "a title")
        tally.check(d["summary"] == answer("summary", path), "the same summary as `summary`")
        check_pictures(tally, d, path, scratch)
        check_opening(tally, d)
        try:
            model = onnx.load(path, load_external_data=False)
        except Exception:  # of any kind: what it cannot read is not compared
            return tally.passed, tally.failed, 0
        truth = Truth(tally, d, model)
        truth.all()
        if not d["model"]["training"]:
            tally.check(truth.seen_nodes == len(d["nodes"]["name"]), "every node was compared",
                        (truth.seen_nodes, len(d["nodes"]["name"])))
    return tally.passed, tally.failed, 1


def main() -> int:
    with tempfile.TemporaryDirectory() as scratch:
        models = sys.argv[1:]
        for i, names in enumerate([HOSTILE] + [[name] for name in HOSTILE]):
            path = os.path.join(scratch, f"{i}-hostile.onnx")
            with open(path, "wb") as file:
                file.write(hostile_model(names))
            models.append(path)
        with ThreadPool(2) as pool:
            results = pool.map(check_model, models, chunksize=1)
            results += pool.starmap(check_pair, pairs_of_corpus(), chunksize=1)
    passed, failed, compared = (sum(column) for column in zip(*results))
    print(f"{compared} of {len(results)} models and pairs were compared")
    print(f"{passed} passed, {failed} failed")
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
