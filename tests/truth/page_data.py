# SPDX-License-Identifier: Apache-2.0
"""Reads the pages of `graph MODEL -o x.html`: the frame that may be, and the data in it."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import zlib
from typing import Any

POLICY = re.compile(
    r"default-src 'none'; script-src 'sha256-([A-Za-z0-9+/]{43}=)' 'sha256-([A-Za-z0-9+/]{43}=)'; "
    r"style-src 'sha256-([A-Za-z0-9+/]{43}=)'; img-src data: blob:; base-uri 'none'; "
    r"form-action 'none'")
FRAME = re.compile(
    r'<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
    r'<meta http-equiv="Content-Security-Policy" content="([^"]*)">\n'
    r'<meta name="viewport" content="width=device-width,initial-scale=1">\n'
    r'<meta name="generator" content="onnxray">\n<title>([^<>]*)</title>\n'
    r"<style>(.*?)</style>\n</head>\n<body>\n(.*?)"
    r'(?:<script type="application/json" id="opening"( data-coding="deflate-raw")?>([^<]*)</script>\n)?'
    r"<script>(.*?)</script>\n<script>(.*?)</script>\n"
    r'<script type="application/json" id="data"( data-coding="deflate-raw")?>([^<]*)</script>\n'
    r"</body>\n</html>\n", re.S)
URL = re.compile(r"(?:[a-z][a-z0-9+.-]*:)?//[a-z0-9]|\bjavascript:|\bdata:[a-z]|@import|\burl\(", re.I)
NAMESPACE = "http://www.w3.org/2000/svg"
LOADS = re.compile(r"<[^>]*\s(?:src|href|srcset|action|formaction|style|on[a-z]+)\s*=", re.I)


class Broken(Exception):
    """The page is not what it has to be."""


def sha(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def look_at(text: str) -> tuple[str, str, str | None]:
    """Checks the frame. Gives the title, the data as JSON, and that of the opening."""
    m = FRAME.fullmatch(text)
    if not m:
        raise Broken("not the frame of a page")
    policy, title, style, markup, opening_packed, opening, *scripts, packed, data = m.groups()
    hashes = POLICY.fullmatch(policy)
    if not hashes:
        raise Broken(f"policy {policy}")
    if hashes.groups() != (*map(sha, scripts), sha(style)):
        raise Broken("the policy names other digests")
    if not all(part.isascii() for part in (style, markup, *scripts)):
        raise Broken("a template that is not ASCII")
    for part in (style, markup, *scripts):
        found = URL.search(part.replace(NAMESPACE, ""))
        if found:
            raise Broken(f"a URL: {part[max(found.start() - 30, 0):found.end() + 30]!r}")
    if LOADS.search(markup) or re.search(r"<(?:script|style|iframe|object|embed|base|link)", markup):
        raise Broken("markup that loads or runs something")
    script = "".join(scripts)
    if "</script" in script or "<!--" in script or "</style" in style:
        raise Broken("a template ends its element")
    if re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function",
                 script):
        raise Broken("a script that makes markup of text")
    data = inflated(packed, data)
    if opening and max(opening) > "\xff":
        raise Broken("an opening that is not Latin-1")
    return title, data, opening and inflated(opening_packed, opening)


def inflated(packed: str | None, data: str) -> str:
    """The JSON of a block of data."""
    if packed:
        data = zlib.decompress(base64.b64decode(data, validate=True), -15).decode()
    if "<" in data:
        raise Broken("a < in the data")
    return data


def undo(column: list[Any]) -> list[Any]:
    """A column without differences; those in lists run on through all rows."""
    before = 0
    out: list[Any] = []
    for x in column:
        if isinstance(x, list):
            row = []
            for y in x:
                before += y
                row.append(before)
            out.append(row)
        else:
            before += x
            out.append(before)
    return out


def decode(data: str) -> dict[str, Any]:
    """The data, differences undone. A key that is there twice is an error."""
    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        out = dict(pairs)
        if len(out) != len(pairs):
            raise Broken("a key twice")
        return out
    d: dict[str, Any] = json.loads(data, object_pairs_hook=once)
    for table in (d["nodes"], d["values"], d["tensors"]):
        for name in table.pop("delta", []):
            table[name] = undo(table[name])
        if len({len(column) for column in table.values()}) > 1:
            raise Broken("columns of different lengths")
    for name in ("macs", "memory", "live", "moved"):
        d["nodes"][name] = [d["strings"][-x] if x is not None and x < 0 else x
                            for x in d["nodes"][name]]
    last, init = -1, d["values"]["init"]
    for i, step in enumerate(init):
        last += step + 1 if step < 0 else step
        init[i] = last if step else -1
    decode_views(d)
    return d


def decode_views(d: dict[str, Any]) -> None:
    """Undoes differences, in place."""
    for view in d["views"]:
        for path in view["delta"]:
            part, name = path.split(".")
            view[part][name] = undo(view[part][name])
        for part in ("items", "ways"):
            if len({len(column) for column in view[part].values()}) > 1:
                raise Broken("columns of different lengths")
        for i, way in enumerate(view["ways"]["d"]):
            box = view["ways"]["from"][i]
            x, y = view["items"]["x"][box], view["items"]["y"][box]
            points = []
            for k in range(0, len(way), 2):
                x, y = x + way[k], y + way[k + 1]
                points.append((x, y))
            view["ways"]["d"][i] = points
        tags = view["tags"]
        if len({len(column) for column in tags.values()}) > 1:
            raise Broken("columns of different lengths")
        starts = [view["ways"]["d"][w][0] for w in tags["way"]]
        tags["x"] = [x + start[0] for x, start in zip(tags["x"], starts)]
        tags["y"] = [y + start[1] for y, start in zip(tags["y"], starts)]


def page(path: str) -> tuple[str, dict[str, Any]]:
    """The title and the data; the opening of a large one is at "opening"."""
    with open(path, encoding="utf-8", newline="") as file:
        title, data, opening = look_at(file.read())
    d = decode(data)
    if opening:
        d["opening"] = json.loads(opening)
        decode_views(d["opening"])
    return title, d
