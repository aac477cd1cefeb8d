#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Holds PNG, PDF and the places in DOT against each other's readers.

    ONNXRAY=build/onnxray pixels.py MODEL...

Each model is drawn as SVG, DOT and, unless it is large, PNG and PDF, small ones with --all and in
the dark theme too. SVG has a writer of its own and is what the others are compared with:

  - DOT: `neato -n2` must find every box where SVG has it and as large; `dot` must accept small ones;
  - PNG: Pillow must decode it, at twice the size, with the colour of the theme's file in the head of
    every box and a text in it;
  - PDF: poppler must find as many pages and points as there should be, and every title as text; no
    dates, nothing that acts, the same bytes again.

The program must not be linked with cairo, must not load it for a summary, and without it must say so.
The last line is "N passed, N failed".
"""
import os
import re
import subprocess
import sys
import tempfile
from multiprocessing.pool import ThreadPool
from xml.etree import ElementTree

from PIL import Image

import dot_check

BINARY = os.environ.get("ONNXRAY", "build/onnxray")
SMALL = 60  # boxes: with --all and in the dark too
MOST = 400  # boxes of what becomes pixels: decoding them takes its time
MOST_SIDE = 14400  # points of a page
SVG = "{http://www.w3.org/2000/svg}"
Image.MAX_IMAGE_PIXELS = None


def run(*command, **more):
    return subprocess.run(command, capture_output=True, timeout=300, check=False, **more)


def theme(name):
    """Fills by the names that SVG gives as classes, from the file the program was built from."""
    fills = {}
    path = os.path.join(os.path.dirname(__file__), "..", "..", "templates", name + ".theme")
    with open(path, encoding="utf-8") as file:
        for line in file:
            words = line.split()
            if len(words) == 5 and not line.startswith("#"):
                fills[words[0].replace("_", "-")] = tuple(bytes.fromhex(words[1]))
    fills["undefined"] = fills["missing"]
    return fills


class Box:
    """A group of the SVG: where it is, how large, how high its head, its class and its title."""

    def __init__(self, group):
        self.x, self.y = (int(n) for n in re.findall(r"-?\d+", group.get("transform")))
        self.kind = group.get("class").split()[0]
        rect = group.find(SVG + "rect")
        self.width, self.height = int(rect.get("width")), int(rect.get("height"))
        path = group.find(SVG + "path")
        self.head = int(re.match(r"M0 (\d+)", path.get("d"))[1]) if path is not None else self.height
        self.rows = [e for e in group.findall(SVG + "text")]
        self.title = "".join(self.rows[0].itertext()) if self.rows else ""
        self.lowest = max([int(e.get("y")) for e in self.rows], default=0)


def read_svg(path):
    root = ElementTree.parse(path).getroot()
    boxes = {e.get("id"): Box(e) for e in root.iter(SVG + "g")
             if e.get("id") and e.get("transform") and e.get("class") != "frame"}
    return int(root.get("width")), int(root.get("height")), boxes


def check_dot(tally, model, path, drawing):
    width, height, boxes = drawing
    plain = run("neato", "-n2", "-Tplain", path)
    if not tally.check(plain.returncode == 0 and not plain.stderr, model, "neato -n2",
                       plain.stderr.decode()):
        return
    found = {}
    for line in plain.stdout.decode().splitlines():
        words = line.split(" ", 6)
        if words[0] == "node":
            found[words[1]] = [float(n) * 72 for n in words[2:6]]
    tally.check(set(found) == set(boxes), model, "boxes of neato and SVG", set(found) ^ set(boxes))
    for name, (x, y, wide, high) in found.items():
        box = boxes.get(name)
        # plain rounds to five digits; a box with frames in it is its upper part
        slack = 0.6 + max(abs(x), abs(y)) * 6e-5
        if box and "&" in "".join(t for e in box.rows for t in e.itertext()):
            slack += 8  # drawn as its wide form, lest it makes an entity
        good = box and (abs(x - wide / 2 - box.x) < slack and
                        abs(height - y - high / 2 - box.y) < slack and
                        abs(wide - box.width) < slack and high <= box.height + slack)
        if not tally.check(good, model, f"place of {name}",
                           f"{x, y, wide, high} {box and vars(box)}"):
            break
    bb = run("gvpr", "BEG_G { printf(\"%s\", $.bb); }", path)
    tally.check(bb.stdout.decode() == f"0,0,{width},{height}", model, "bb", bb.stdout)
    if len(boxes) <= SMALL:  # dot lays out anew, which takes it half a minute for some
        canon = run("dot", "-Tcanon", path)
        tally.check(canon.returncode == 0 and not canon.stderr, model, "dot -Tcanon",
                    canon.stderr.decode())


def check_png(tally, model, path, drawing, colors):
    width, height, boxes = drawing
    try:
        image = Image.open(path)
        image.load()
    except (OSError, SyntaxError, ValueError) as problem:
        tally.check(False, model, "PNG", str(problem))
        return
    if not tally.check(image.mode == "RGB" and image.size == (2 * width, 2 * height), model,
                       "size of PNG", f"{image.mode} {image.size} {width} {height}"):
        return
    for name, box in boxes.items():
        if box.kind in colors:
            at = (2 * (box.x + 4), 2 * box.y + box.head)
            got = image.getpixel(at)
            if not tally.check(got == colors[box.kind], model, f"colour of {name} at {at}",
                               f"{got}, {box.kind} is {colors[box.kind]}"):
                break
        title = image.crop((2 * (box.x + 9), 2 * (box.y + 3), 2 * (box.x + box.width - 9),
                            2 * (box.y + 19)))
        if not tally.check(len(title.getcolors(1 << 16) or "many") > 3 or not box.title.strip(),
                           model, f"no text in {name}", box.title):
            break


def words_of(text):
    """What is comparable of text in a PDF: letters and digits that every font has."""
    return re.sub(r"[^A-Za-z0-9_]", "", text)


def check_pdf(tally, model, path, drawing):
    width, height, boxes = drawing
    said = run("pdfinfo", "-l", "-1", path)
    if not tally.check(said.returncode == 0 and not said.stderr, model, "pdfinfo",
                       said.stderr.decode()):
        return
    info = said.stdout.decode(errors="replace")
    sizes = [(float(w), float(h)) for w, h in
             re.findall(r"(?m)^Page\s+\d+ size:\s+([\d.]+) x ([\d.]+)", info)]
    tally.check(sizes and max(map(max, sizes)) <= MOST_SIDE, model, "sides of pages", sizes)
    scale = min(0.75, MOST_SIDE / width)
    least = -(-height * scale // MOST_SIDE)
    tally.check(least <= len(sizes) <= 1.6 * least, model, "pages", f"{len(sizes)}, least {least}")
    tally.check(abs(sum(h for _, h in sizes) - height * scale) < 0.1 * len(sizes) + 1e-5 * height,
                model, "height of pages", f"{sizes} {height}")
    tally.check("Date" not in info and "JavaScript:      no" in info, model, "info", info)
    with open(path, "rb") as file:
        # what is packed may spell anything
        raw = re.sub(rb"stream\r?\n.*?endstream", b"", file.read(), flags=re.S)
    tally.check(not re.search(rb"/(URI|JS|JavaScript|Launch|OpenAction|AA|Annots)\b", raw), model,
                "something in the PDF acts")
    text = words_of(run("pdftotext", "-raw", path, "-").stdout.decode(errors="replace"))
    lost = {b.title for b in boxes.values() if words_of(b.title) not in text}
    tally.check(not lost, model, "titles are not in the PDF", lost)


def check_drawing(tally, model, scratch, options):
    paths = {}
    for kind in ("svg", "dot", "png", "pdf"):
        if kind == "png" and len(read_svg(paths["svg"])[2]) > MOST:
            break
        paths[kind] = os.path.join(scratch, "x." + kind)
        made = run(BINARY, "graph", *options, "-o", paths[kind], model)
        if made.returncode == 3 and kind == "svg":
            return None  # not a model
        if not tally.check(made.returncode == 0 and not made.stderr, model, kind,
                           made.stderr.decode()):
            return None
    drawing = read_svg(paths["svg"])
    name = " ".join([model] + options)
    check_dot(tally, name, paths["dot"], drawing)
    if "png" not in paths:
        return None
    check_png(tally, name, paths["png"], drawing, theme("dark" if "dark" in options else "light"))
    check_pdf(tally, name, paths["pdf"], drawing)
    return paths, drawing


def check_model(model):
    tally = dot_check.Tally()
    with tempfile.TemporaryDirectory() as scratch:
        drawn = check_drawing(tally, model, scratch, ["--theme", "light"])
        if drawn and len(drawn[1][2]) <= SMALL:
            with open(drawn[0]["pdf"], "rb") as file:
                before = file.read()
            run(BINARY, "graph", "-o", drawn[0]["pdf"], model)
            with open(drawn[0]["pdf"], "rb") as file:
                tally.check(before == file.read(), model, "the same PDF again")
            check_drawing(tally, model, scratch, ["--all", "--theme", "dark"])
            check_drawing(tally, model, scratch, ["--direction", "right", "--names", "--theme",
                                                  "light", "--color-by", "type"])
    return tally.passed, tally.failed


def check_absence(tally, model, scratch):
    """Cairo is no part of the program until somebody wants a picture that needs it."""
    needed = run("readelf", "-d", BINARY).stdout.decode()
    tally.check("NEEDED" in needed and "cairo" not in needed, BINARY, "linked with cairo")
    path = os.path.join(scratch, "x.png")
    for what, loads in ((["summary"], False), (["graph", "-o", path[:-3] + "svg"], False),
                        (["graph", "-o", path], True)):
        said = run(BINARY, *what, model, env={**os.environ, "LD_DEBUG": "files"})
        # sanitizers keep the loader from saying anything
        if b"calling init" in said.stderr:
            tally.check((b"libcairo" in said.stderr) == loads, what[0], "loads cairo", str(loads))
    os.unlink(path)
    for kind in ("png", "pdf"):
        path = os.path.join(scratch, "absent." + kind)
        said = run(BINARY, "graph", "-o", path, model,
                   env={**os.environ, "ONNXRAY_CAIRO": "libnothing.so.2"})
        tally.check(said.returncode == 4 and not os.path.exists(path) and
                    b"ONNXRAY_CAIRO names no library: libnothing.so.2" in said.stderr, kind,
                    "without cairo", f"{said.returncode} {said.stderr}")


def main():
    tally = dot_check.Tally()
    models = sys.argv[1:]
    with tempfile.TemporaryDirectory() as scratch:
        # what fontconfig keeps for the next call is not ours to free
        known = os.path.join(scratch, "known.txt")
        with open(known, "w", encoding="utf-8") as file:
            file.write("leak:libfontconfig\n")
        os.environ["LSAN_OPTIONS"] = f"suppressions={known}:print_suppressions=0"
        for i, names in enumerate([dot_check.HOSTILE] + [[name] for name in dot_check.HOSTILE]):
            path = os.path.join(scratch, f"{i}-hostile.onnx")
            with open(path, "wb") as file:
                file.write(dot_check.hostile_model(names))
            models.append(path)
        check_absence(tally, models[-2], scratch)
        with ThreadPool(os.cpu_count()) as pool:
            results = pool.map(check_model, models, chunksize=1)
    passed, failed = (sum(column) for column in zip(*results))
    print(f"{passed + tally.passed} passed, {failed + tally.failed} failed")
    return failed + tally.failed > 0


if __name__ == "__main__":
    sys.exit(main())
