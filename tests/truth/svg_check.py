#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Holds the SVG of the real binary against a strict XML parser, our DOT and the onnx package.

    ONNXRAY=build/onnxray svg_check.py MODEL...

Of every model, whole, with --all and with --names: nothing but elements and attributes of a white
list, values of a few forms, one style block of rules that are used; ids are ours, each is there once,
and items are those of the DOT that the same binary writes. Titles and tooltips say operator and name
as the model has them. The same holds for models made here whose every name is hostile, also in
their files' names. The last line is "N passed, N failed".
"""
import os
import re
import shutil
import sys
import tempfile
from multiprocessing.pool import ThreadPool
from xml.parsers import expat

from dot_check import BINARY, HOSTILE, Tally, hostile_model, onnx, run, statements

NUMBER = r"-?\d+"
TRANSLATE = re.compile(rf"translate\({NUMBER} {NUMBER}\)")
PATH = re.compile(rf"M{NUMBER}[ ]?{NUMBER}(?:[mlhvcqVz]|[ ]?{NUMBER})*")
ITEM = re.compile(r"a?(?:[nvm]\d+|g\d+[ov]\d+|p\d+)")
FORMS = {
    "x": re.compile(NUMBER), "y": re.compile(NUMBER), "rx": re.compile(r"\d+"),
    "width": re.compile(r"\d+|100%"), "height": re.compile(r"\d+|100%"), "d": PATH,
    "id": re.compile(rf"{ITEM.pattern}|e\d+|g\d+"), "class": re.compile(r"[a-z][a-z0-9 -]*"),
    "viewBox": re.compile(r"0 0 \d+ \d+"), "role": re.compile("img"),
    "transform": re.compile(rf"{TRANSLATE.pattern}|translate\(\.5 \.5\)"),
    "xmlns": re.compile(r"http://www\.w3\.org/2000/svg"),
}
ATTRIBUTES = {
    "svg": {"xmlns", "width", "height", "viewBox", "role"}, "title": set(), "desc": set(),
    "style": set(), "g": {"id", "class", "transform"},
    "rect": {"class", "x", "y", "width", "height", "rx"}, "path": {"id", "class", "d"},
    "text": {"class", "x", "y"}, "tspan": {"class"},
}
TEXTED = {"title", "desc", "style", "text", "tspan"}
RULE = re.compile(r"((?:[.\w -]+,?)+)\{((?:[a-z-]+:[^;{}]+;?)+)\}")
VALUE = re.compile(r"#[0-9a-f]{3}|#[0-9a-f]{6}|none|middle|bold|normal|\d+|\d+px|\d+ \d+|"
                   r"10px [A-Z][A-Za-z, ]*,sans-serif")
MOST_TITLE, MOST_TIP = 34, 240  # characters that are shown in full


class Element:
    def __init__(self, tag, attributes, parent):
        self.tag, self.attributes, self.parent = tag, attributes, parent
        self.text, self.children = "", []
        if parent:
            parent.children.append(self)

    def all(self):
        stack = [self]
        while stack:
            one = stack.pop()
            yield one
            stack += reversed(one.children)

    def child(self, tag):
        return next((c for c in self.children if c.tag == tag), None)

    def whole_text(self):
        """Of a text with tspans; order within it does not matter to those who ask."""
        return "".join(e.text for e in self.all())


class Reader:
    """The file as a tree; anything that is no element or text is a complaint."""

    def __init__(self, data):
        self.root, self.complaints, self.at = None, [], None
        parser = expat.ParserCreate("UTF-8")
        parser.buffer_text = True
        parser.StartElementHandler = self.start
        parser.EndElementHandler = self.end
        parser.CharacterDataHandler = self.characters
        for handler in ("ProcessingInstruction", "Comment", "StartCdataSection",
                        "StartDoctypeDecl", "EntityDecl", "XmlDecl"):
            setattr(parser, handler + "Handler",
                    lambda *_, name=handler: self.complaints.append(name))
        parser.Parse(data, True)

    def start(self, tag, attributes):
        self.at = Element(tag, attributes, self.at)
        self.root = self.root or self.at

    def end(self, _):
        self.at = self.at.parent

    def characters(self, text):
        self.at.text += text
        if text.strip() and self.at.tag not in TEXTED:
            self.complaints.append(f"text in {self.at.tag}: {text[:30]!r}")


def look_at_elements(root):
    """What should not be there."""
    for e in root.all():
        if e.tag not in ATTRIBUTES:
            yield f"element {e.tag}"
            continue
        for name, value in e.attributes.items():
            if name not in ATTRIBUTES[e.tag]:
                yield f"attribute {name} of {e.tag}"
            elif not FORMS[name].fullmatch(value):
                yield f"{name}={value[:60]!r}"
        if (e.tag == "svg") != (e.parent is None):
            yield "svg inside"


def look_at_style(root):
    """One block, all of it understood, each class in it used and each used one in it."""
    blocks = [e for e in root.all() if e.tag == "style"]
    if len(blocks) != 1:
        yield f"{len(blocks)} style blocks"
        return
    text = blocks[0].text.replace("@media (prefers-color-scheme:dark){", "", 1)
    if text != blocks[0].text:
        if text.rstrip()[-1] != "}":
            yield "@media is not last"
        text = text.rstrip()[:-1]
    rest = RULE.sub("", text).strip()
    if rest:
        yield f"style {rest[:60]!r}"
    told = set()
    for selector, body in RULE.findall(text):
        told |= set(re.findall(r"\.([a-z][a-z0-9-]*)", selector))
        for part in filter(None, body.split(";")):
            if not VALUE.fullmatch(part.split(":", 1)[1]):
                yield f"style {part!r}"
    used = {c for e in root.all() for c in e.attributes.get("class", "").split()}
    optional = {"head", "wires", "n", "t", "h", "pill", "undefined", "m", "b"}
    if told - used - optional:
        yield f"classes not used: {told - used}"
    if used - told - {"tags", "legend", "stub", "e"}:
        yield f"classes without a rule: {used - told}"


def items_of(root):
    """Groups that stand for items, by id."""
    return {e.attributes["id"]: e for e in root.all()
            if e.tag == "g" and ITEM.fullmatch(e.attributes.get("id", ""))}


def plain(text):
    """Shown as it is, whatever it is shown in."""
    return isinstance(text, str) and text and all(" " <= c < "\x7f" for c in text)


def check_titles(tally, model, items):
    """Operators and names, for nodes of the main graph, which are numbered first."""
    if not onnx:
        return 0
    try:
        nodes = onnx.load(model, load_external_data=False).graph.node
    except Exception:  # pylint: disable=broad-except
        return 0
    wrong, looked = [], 0
    for i, node in enumerate(nodes):
        item = items.get(f"n{i}")
        if item is None or len(nodes) > 50000:
            continue
        title = [t for t in item.children if t.attributes.get("class") == "t"]
        if title and "\u2026" in title[0].whole_text():
            continue  # shortened together with its domain
        tip = item.child("title")
        tip = tip.text.split("\n") if tip else [""]
        looked += 1
        if plain(node.op_type) and len(node.op_type) <= MOST_TITLE and (
                len(title) != 1 or
                not (title[0].whole_text() + " ").startswith(node.op_type + " ")):
            wrong.append(f"title of n{i}")
        if plain(node.name) and len(node.name) <= MOST_TIP and tip[0] != node.name:
            wrong.append(f"tooltip of n{i}: {tip[0][:40]!r}")
    tally.check(not wrong, model, "titles", str(wrong[:4]))
    return looked


def boxes_inside(root, items):
    """Whether all items are on the page."""
    width, height = int(root.attributes["width"]), int(root.attributes["height"])
    for name, e in items.items():
        x, y = map(int, re.findall(NUMBER, e.attributes["transform"]))
        area = e.child("rect").attributes
        if x < 0 or y < 0 or x + int(area["width"]) > width or y + int(area["height"]) > height:
            yield name


def check_svg(tally, model, options, scratch):
    path = os.path.join(scratch, "x.svg")
    made = run(BINARY, "graph", *options, "-o", path, model)
    if made.returncode == 3:
        return 0  # not a model
    if not tally.check(made.returncode == 0, model, "onnxray graph", made.stderr.decode()):
        return 0
    with open(path, "rb") as file:
        data = file.read()
    try:
        reader = Reader(data)
    except expat.ExpatError as problem:
        tally.check(False, model, "SVG is not XML", str(problem))
        return 0
    root = reader.root
    bad = reader.complaints + list(look_at_elements(root)) + list(look_at_style(root))
    tally.check(not bad, model, f"{options}", str(bad[:5]))
    named = [e.attributes["id"] for e in root.all() if "id" in e.attributes]
    tally.check(len(named) == len(set(named)), model, "an id is there twice")
    items = items_of(root)
    outside = list(boxes_inside(root, items))
    tally.check(not outside, model, "outside of the page", str(outside[:5]))
    silent = [name for name, e in items.items() if not (e.child("title") and
                                                        e.child("title").text)]
    tally.check(not silent, model, "no tooltip", str(silent[:5]))
    tally.check(root.child("title") is not None and "boxes" in root.child("desc").text, model,
                "nothing to read aloud")
    dot = run(BINARY, "graph", *options, "-o", path + ".dot", model)
    if dot.returncode == 0:
        with open(path + ".dot", encoding="utf-8") as file:
            nodes, _, wires = statements(file.read())
        tally.check(set(nodes) == set(items), model, f"{options}: items of DOT and SVG",
                    str(set(nodes) ^ set(items))[:200])
        heads = sum(e.attributes["d"].count("z") for e in root.all()
                    if "head" in e.attributes.get("class", "").split())
        tally.check(heads == wires, model, "arrow heads", f"{heads} of {wires}")
    return check_titles(tally, model, items) if not options else 0


def check_model(model):
    tally = Tally()
    with tempfile.TemporaryDirectory() as scratch:
        for options in ([], ["--all"], ["--names", "--theme", "dark"]):
            tally.counted += check_svg(tally, model, options, scratch)
    return tally.passed, tally.failed, tally.counted


FILE_NAMES = ["<script>alert(1)</script>.onnx", '"><svg onload="alert(1)">.onnx', "]]>.onnx",
              "javascript:alert(1).onnx", "&lt;b&gt;.onnx", "</title><a href=x>.onnx"]


def main():
    with tempfile.TemporaryDirectory() as scratch:
        models = sys.argv[1:]
        for i, names in enumerate([HOSTILE] + [[name] for name in HOSTILE]):
            path = os.path.join(scratch, f"{i}-hostile.onnx")
            with open(path, "wb") as file:
                file.write(hostile_model(names))
            models.append(path)
        for name in FILE_NAMES:
            models.append(os.path.join(scratch, name.replace("/", "\u2215")))
            shutil.copyfile(path, models[-1])
        with ThreadPool(os.cpu_count()) as pool:
            results = pool.map(check_model, models, chunksize=1)
    passed, failed, counted = (sum(column) for column in zip(*results))
    print(f"{counted} boxes were compared with the onnx package")
    print(f"{passed} passed, {failed} failed")
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
