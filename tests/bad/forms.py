# SPDX-License-Identifier: Apache-2.0
"""Says what is wrong with an answer of the program: well-formed in each format, nothing injected.

`trouble(form, data)` returns a sentence, or nothing. The parsers are strict and others' own where
there are any: json, expat, csv, html.parser, zlib; DOT is taken apart here token by token, and
`nop` of Graphviz is asked by those who have it.
"""

from __future__ import annotations

import base64
import csv
import html.parser
import io
import json
import re
import struct
import zlib
from collections.abc import Callable, Iterator
from xml.parsers import expat

# Larger answers are looked at in a cheaper way, or only at their ends.
LARGE = 4 << 20

# What must not reach a terminal: controls, line and paragraph separators, text direction, and the
# invisible. A line end is the only exception.
UNSAFE = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e"
                    "\u2060-\u206f\ufeff\U000e0000-\U000e007f]")
COLOUR = re.compile("\x1b\\[[0-9;]*m")


def excerpt(data: bytes) -> str:
    return ascii(data[:300].decode("utf-8", "backslashreplace"))


def unsafe_text(data: bytes) -> str:
    """Says what is wrong with text meant for a terminal, or nothing."""
    try:
        found = UNSAFE.search(data.decode("utf-8"))
    except UnicodeDecodeError as error:
        return f"not UTF-8: {error}"
    return f"U+{ord(found[0]):04X} in {excerpt(data[max(0, found.start() - 40):])}" if found else ""


def coloured_text(data: bytes) -> str:
    """The same, where colours are wanted."""
    try:
        return unsafe_text(COLOUR.sub("", data.decode("utf-8")).encode())
    except UnicodeDecodeError as error:
        return f"not UTF-8: {error}"


# ---- JSON --------------------------------------------------------------------------------------

def strict_json(data: bytes) -> object:
    """One document, no NaN, no raw control characters, no key twice; ValueError otherwise."""
    def constant(word: str) -> None:
        raise ValueError(f"{word} is not JSON")

    def unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
        result = dict(pairs)
        if len(result) != len(pairs):
            raise ValueError("a key occurs twice")
        return result

    return json.loads(data.decode("utf-8"), parse_constant=constant, object_pairs_hook=unique)


def json_trouble(data: bytes) -> str:
    if len(data) > 4 * LARGE:
        return "" if data.rstrip().endswith((b"}", b"]")) else "the end is missing"
    try:
        document = strict_json(data)
    except (ValueError, RecursionError) as error:
        return f"{error}, {excerpt(data)}"
    if isinstance(document, dict) and document.get("schema") == 1:
        return ""
    return f"no schema 1: {excerpt(data)}"


def ndjson_trouble(data: bytes) -> str:
    if data and not data.endswith(b"\n"):
        return "the last line has no end"
    try:
        for line in data[:4 * LARGE].split(b"\n")[:-1]:
            if not isinstance(strict_json(line), dict):
                return f"no object: {excerpt(line)}"
    except (ValueError, RecursionError) as error:
        return f"{error}"
    return ""


def sarif_trouble(data: bytes) -> str:
    try:
        document = strict_json(data)
    except (ValueError, RecursionError) as error:
        return f"{error}, {excerpt(data)}"
    if isinstance(document, dict) and document.get("version") == "2.1.0" and "runs" in document:
        return ""
    return f"not SARIF 2.1.0: {excerpt(data)}"


# ---- Tables ------------------------------------------------------------------------------------

def csv_trouble(data: bytes) -> str:
    trouble = unsafe_text(data.replace(b"\r\n", b"\n"))
    if trouble:
        return trouble
    csv.field_size_limit(1 << 30)
    try:
        rows = list(csv.reader(io.StringIO(data[:LARGE].decode("utf-8", "ignore"), newline=""),
                               strict=len(data) <= LARGE))
    except csv.Error as error:
        return str(error)
    rows = rows[:-1] if len(data) > LARGE else rows
    for row in rows:
        if len(row) != len(rows[0]):
            return f"{len(row)} cells below {len(rows[0])} titles: {row!a:.200}"
        for cell in row:
            if cell[:1] and cell[0] in "=+-@\t\r" and not re.fullmatch(
                    r"-(\d+(\.\d+)?(e[-+]?\d+)?|inf|nan)", cell):
                return f"a formula: {cell!a:.200}"
    return ""


# Any character behind a backslash is text; so is what is between backquotes.
MARKDOWN_QUOTED = re.compile(r"\\.|``.*?``|`[^`\n]*`", re.S)


def md_trouble(data: bytes) -> str:
    trouble = unsafe_text(data)
    if trouble:
        return trouble
    columns = 0
    for line in data[:LARGE].decode("utf-8", "ignore").split("\n"):
        bare = MARKDOWN_QUOTED.sub("", line)
        if re.search(r"<(?!br>)|\]\(|\]\[|://", bare):
            return f"markup: {line!a:.200}"
        bars = bare.count("|") if bare.startswith("|") else 0
        if bars and columns and bars != columns and len(data) <= LARGE:
            return f"{bars - 1} cells below {columns - 1} titles: {line!a:.200}"
        columns = bars
    return ""


# ---- Pictures ----------------------------------------------------------------------------------

SVG = {
    "svg": {"xmlns", "width", "height", "viewBox", "role"}, "title": set(), "desc": set(),
    "style": set(), "g": {"id", "class", "transform"},
    "rect": {"class", "x", "y", "width", "height", "rx"}, "path": {"id", "class", "d"},
    "text": {"class", "x", "y"}, "tspan": {"class"},
}
SVG_VALUE = re.compile(r"[A-Za-z0-9 .,%()#_-]*|http://www\.w3\.org/2000/svg")


def svg_trouble(data: bytes) -> str:
    """Well-formed, and of nothing but the elements and attributes we draw with."""
    found: list[str] = []

    def start(tag: str, attributes: dict[str, str]) -> None:
        if tag not in SVG:
            found.append(f"element {tag}")
        for name, text in attributes.items():
            if name not in SVG.get(tag, ()) or not SVG_VALUE.fullmatch(text):
                found.append(f"{tag} {name}={text[:60]!a}")

    parser = expat.ParserCreate("UTF-8")
    parser.StartElementHandler = start
    for name in ("ProcessingInstruction", "Comment", "StartCdataSection", "StartDoctypeDecl",
                 "EntityDecl"):
        setattr(parser, name + "Handler", lambda *_, name=name: found.append(name))
    try:
        if len(data) > 16 * LARGE:
            parser.Parse(data[:16 * LARGE], False)
            return found[0] if found else "" if data.endswith(b"</svg>\n") else "the end is missing"
        parser.Parse(data, True)
    except expat.ExpatError as error:
        return f"{error}, {excerpt(data)}"
    return found[0] if found else ""


def png_trouble(data: bytes) -> str:
    if data[:8] != b"\x89PNG\r\n\x1a\n":
        return f"no PNG: {excerpt(data)}"
    at, kind, pixels, width, height = 8, b"", [], 0, 0
    while at < len(data):
        if at + 12 > len(data):
            return "a chunk is cut"
        (size,) = struct.unpack_from(">I", data, at)
        kind, body = data[at + 4:at + 8], data[at + 8:at + 8 + size]
        if len(data) < at + 12 + size or zlib.crc32(kind + body) != struct.unpack_from(
                ">I", data, at + 8 + size)[0]:
            return f"chunk {kind!a} is broken"
        if kind == b"IHDR":
            width, height, bits, colour = struct.unpack_from(">IIBB", body)
            bits *= {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[colour]
        elif kind == b"IDAT":
            pixels.append(body)
        at += 12 + size
    if kind != b"IEND" or not pixels:
        return "no end, or no pixels"
    if sum(map(len, pixels)) > LARGE:
        return ""
    inflater, n = zlib.decompressobj(), 0
    for chunk in pixels:
        try:
            while chunk:
                n += len(inflater.decompress(chunk, LARGE))
                chunk = inflater.unconsumed_tail
        except zlib.error as error:
            return f"pixels: {error}"
    wanted = height * (1 + (width * bits + 7) // 8)
    return "" if n == wanted and inflater.eof else f"{n} bytes of pixels, not {wanted}"


def pdf_trouble(data: bytes) -> str:
    """The frame is there, and nothing that acts."""
    if not data.startswith(b"%PDF-1."):
        return f"no PDF: {excerpt(data)}"
    if not data.rstrip().endswith(b"%%EOF"):
        return "no end"
    bare = re.sub(rb"stream\r?\n.*?endstream", b"", data, flags=re.S) if len(data) < LARGE else b""
    found = re.search(rb"/(JavaScript|JS|URI|Launch|OpenAction|AA|Annots?|EmbeddedFile)\b", bare)
    start = re.search(rb"startxref\s+(\d+)\s+%%EOF\s*$", data[-64:])
    if not start or not re.match(rb"xref|\d+ 0 obj", data[int(start[1]):int(start[1]) + 20]):
        return "startxref leads nowhere"
    return f"an action: {found[0]!a}" if found else ""


# ---- DOT ---------------------------------------------------------------------------------------

DOT_TOKEN = re.compile(r"\s+|->|[{}\[\];,=:]|[A-Za-z0-9_.-]+|\"(?:[^\"\\]|\\.)*\"|<", re.S)
DOT_ATTRIBUTES = set("""
    arrowsize bb bgcolor charset class color fillcolor fontcolor fontname fontsize head_lp headlabel
    height id label labeljust labelloc linelength lp nodesep notranslate penwidth pin pos rankdir
    ranksep shape style tail_lp taillabel tooltip width
    """.split())
DOT_NAME = re.compile(r"(digraph|subgraph|graph|node|edge|onnxray|(cluster_?)?[a-z]\d+"
                      r"|g\d+[ov]\d+|cluster\w*)")
DOT_LABEL = {"TABLE", "TR", "TD", "FONT", "B", "I", "BR", "U", "O", "label"}
DOT_LABEL_ATTRIBUTES = set("""
    ALIGN BALIGN BGCOLOR BORDER CELLBORDER CELLPADDING CELLSPACING COLOR FACE FIXEDSIZE GRADIENTANGLE
    HEIGHT POINT-SIZE PORT ROWSPAN COLSPAN SIDES STYLE VALIGN WIDTH""".split())


def label_trouble(label: str) -> str:
    found: list[str] = []

    def start(tag: str, attributes: dict[str, str]) -> None:
        if tag not in DOT_LABEL or set(attributes) - DOT_LABEL_ATTRIBUTES:
            found.append(f"{tag} {attributes}")

    parser = expat.ParserCreate("UTF-8")
    parser.StartElementHandler = start
    try:
        parser.Parse(f"<label>{label}</label>".encode(), True)
    except expat.ExpatError as error:
        return f"label: {error}, {label[:200]!a}"
    return f"label: {found[0]}" if found else ""


def dot_tokens(text: str) -> Iterator[str]:
    """ValueError where there is none. A label of markup is one token, with its angles."""
    at = 0
    while at < len(text):
        found = DOT_TOKEN.match(text, at)
        if not found:
            raise ValueError(f"no token: {text[at:at + 80]!a}")
        if found[0] == "<":
            depth, end = 1, at + 1
            while depth and end < len(text):
                step = re.compile("[<>]").search(text, end)
                if not step:
                    raise ValueError("a label that does not end")
                depth += 1 if step[0] == "<" else -1
                end = step.end()
            yield text[at:end]
            at = end
            continue
        if not found[0].isspace():
            yield found[0]
        at = found.end()


def dot_trouble(data: bytes) -> str:
    if len(data) > LARGE:
        return "" if data.endswith(b"}\n") else "the end is missing"
    try:
        tokens = list(dot_tokens(data.decode("utf-8")))
    except ValueError as error:
        return str(error)
    depth, within = 0, False
    for i, token in enumerate(tokens):
        following = tokens[i + 1] if i + 1 < len(tokens) else ""
        depth += {"{": 1, "}": -1}.get(token, 0)
        if depth == 0 and i > 1 and i != len(tokens) - 1:
            return f"something behind the graph: {following[:80]!a}"
        if token in "[]":
            within = token == "["
        elif following == "=":
            if token not in DOT_ATTRIBUTES:
                return f"attribute {token[:80]!a}"
        elif token[0] == "<":
            trouble = label_trouble(token[1:-1])
            if trouble:
                return trouble
        elif token[0] == '"':
            if not within and tokens[i - 1] != "=":
                return f"a quoted name: {token[:80]!a}"
        elif not within and token[0].isalpha() and tokens[i - 1] != "=":
            if not DOT_NAME.fullmatch(token):
                return f"name {token[:80]!a}"
    return "" if depth == 0 else "the end is missing"


# ---- Pages -------------------------------------------------------------------------------------

class Page(html.parser.HTMLParser):
    """Elements with attributes, and texts; those of the data blocks and the title apart."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.skeleton: list[object] = []
        self.blocks: dict[tuple[str, bool], str] = {}  # name, packed: what it holds
        self.block: tuple[str, bool] | None = None
        self.in_title = False
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        packed = told.pop("data-coding", "") == "deflate-raw"
        name = told.pop("id", "")
        self.in_title = tag == "title"
        if tag == "script" and name in ("data", "opening") and told == {"type": "application/json"}:
            self.block = (name, packed)
        else:
            self.skeleton.append((tag, tuple(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if not self.block:
            self.skeleton.append(f"/{tag}")
        self.block, self.in_title = None, False

    def handle_data(self, data: str) -> None:
        if self.block:
            self.blocks[self.block] = self.blocks.get(self.block, "") + data
        elif not self.in_title and data.strip():
            self.skeleton.append(data)

    def handle_comment(self, data: str) -> None:
        self.skeleton.append(("comment", data))

    def handle_decl(self, decl: str) -> None:
        self.skeleton.append(("declaration", decl))

    def handle_pi(self, data: str) -> None:
        self.skeleton.append(("instruction", data))


_sound: list[object] = []


def html_trouble(data: bytes) -> str:
    """All pages are the same but for title and data; the first one a process sees is a sound one."""
    if len(data) > LARGE:
        return "" if data.rstrip().endswith(b"</html>") else "the end is missing"
    try:
        page = Page(data.decode("utf-8"))
    except UnicodeDecodeError as error:
        return f"not UTF-8: {error}"
    if not _sound:
        _sound.extend(page.skeleton)
        csp = [dict(a).get("content", "") for t, a in (
            x for x in page.skeleton if isinstance(x, tuple) and len(x) == 2)
            if t == "meta" and dict(a).get("http-equiv") == "Content-Security-Policy"]
        if len(csp) != 1 or not csp[0].startswith("default-src 'none';"):
            return "no content security policy"
    if page.skeleton != _sound:
        for ours, theirs in zip(page.skeleton, _sound):
            if ours != theirs:
                return f"injected: {ours!a:.200} instead of {theirs!a:.100}"
        return f"{len(page.skeleton)} pieces, not {len(_sound)}"
    for (name, packed), text in page.blocks.items():
        if re.search("[<\u2028\u2029]", text):
            return f"the block {name} holds what may end it"
        try:
            strict_json(zlib.decompress(base64.b64decode(text), -15) if packed else text.encode())
        except (ValueError, RecursionError, zlib.error) as error:
            return f"the block {name}: {error}"
    return "" if any(name == "data" for name, _ in page.blocks) else "no data"


_troubles: dict[str, Callable[[bytes], str]] = {
    "text": unsafe_text, "colour": coloured_text, "json": json_trouble, "ndjson": ndjson_trouble,
    "csv": csv_trouble, "md": md_trouble, "sarif": sarif_trouble, "dot": dot_trouble,
    "svg": svg_trouble, "png": png_trouble, "pdf": pdf_trouble, "html": html_trouble,
}


def trouble(form: str, data: bytes) -> str:
    """What is wrong with `data`; the empty answer is right in every form."""
    return _troubles[form](data) if data else ""
