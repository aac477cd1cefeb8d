#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Holds the outputs of the real binary against what every format promises.

    ONNXRAY=build/onnxray json_check.py MODEL...

Runs summary, layers, params and show on every model, in every format and at several widths:
JSON is strict and without repeated keys, lines of text fit the width and hold no control bytes, CSV
and Markdown are rectangular, columns add up to their totals, and the same command gives the same
bytes again. A model that cannot be opened is judged by its error object.
The last line is "N passed, N failed".
"""
import csv
import functools
import io
import json
import os
import re
import shutil
import subprocess
import sys
from multiprocessing import Pool
import unicodedata

WIDTHS = (60, 80, 200)
COMMANDS = {
    "summary": ["summary"],
    "layers": ["layers", "--all"],
    "tree": ["layers", "--tree"],
    "params": ["params"],
    "params by role": ["params", "--by", "role"],
    "params by type": ["params", "--by", "type"],
    "params by op": ["params", "--by", "op"],
    "params by module": ["params", "--by", "module"],
    "params by tensor": ["params", "--by", "tensor"],
}
COUNTED = ("weight", "bias", "norm", "embedding")
passed = failed = 0


def check(good, model, what, detail=""):
    global passed, failed
    if good:
        passed += 1
    else:
        failed += 1
        print(f"FAIL {model}: {what} {detail}"[:400])


def run(binary, args, model, names=()):
    command = [binary, args[0], "--color", "never", *args[1:], model, *names]
    environment = {"LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin"}
    result = subprocess.run(command, capture_output=True, env=environment, timeout=300)
    return result.returncode, result.stdout


def no_repeats(pairs):
    keys = [key for key, _ in pairs]
    if len(set(keys)) != len(keys):
        raise ValueError("repeated key: %r" % [k for k in keys if keys.count(k) > 1][0])
    return dict(pairs)


def refuse(word):
    raise ValueError("not JSON: " + word)


def strict(text):
    """Parses JSON as RFC 8259 has it: no NaN, no repeated keys, UTF-8."""
    return json.loads(text.decode("utf-8"), object_pairs_hook=no_repeats, parse_constant=refuse)


@functools.cache
def columns_of(c):
    if c == "\uFFFE":  # no character at all; Python calls it wide
        return 1
    if unicodedata.combining(c) or 0xFE00 <= ord(c) <= 0xFE0F:
        return 0
    return 2 if unicodedata.east_asian_width(c) in "WF" else 1


def columns(line):
    return len(line) if line.isascii() else sum(map(columns_of, line))


CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def control_bytes(text, allowed):
    return [c for c in CONTROLS.findall(text) if c not in allowed]


def check_text(model, what, data, width):
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as e:
        check(False, model, what, f"not UTF-8: {e}")
        return
    wide = [line for line in text.split("\n") if columns(line) > width]
    check(not wide, model, f"{what} at {width}", f"too wide: {wide[:1]!r}")
    check(not control_bytes(text, "\n"), model, f"{what} at {width}", "control bytes")
    check(not re.search(r"[ \t]+$", text, re.M), model, f"{what} at {width}", "blanks at line ends")


def check_csv(model, what, data):
    text = data.decode("utf-8")
    check(not control_bytes(text, "\r\n"), model, what, "control bytes in CSV")
    check(text.count("\r\n") == text.count("\n"), model, what, "CSV lines do not end in CR LF")
    rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    check(len({len(row) for row in rows}) <= 1, model, what, "CSV is not rectangular")
    formulas = [cell for row in rows for cell in row if cell[:1] in ("=", "+", "@", "\t", "\r")
                or (cell[:1] == "-" and not re.fullmatch(r"-?[\d.]+(e-?\d+)?", cell))]
    check(not formulas, model, what, f"formula: {formulas[:1]!r}")
    return rows


def check_markdown(model, what, data):
    text = data.decode("utf-8")
    check(not control_bytes(text, "\n"), model, what, "control bytes in Markdown")
    check(not re.search(r"<[A-Za-z/!]", text), model, what, "HTML in Markdown")
    widths = None
    for line in text.split("\n"):
        if not line.startswith("|"):
            widths = None
            continue
        cells = len(re.findall(r"(?<!\\)(?:\\\\)*\|", line))
        check(widths in (None, cells), model, what, f"ragged Markdown: {line!r}")
        widths = cells


def number(cell):
    digits = cell.replace(",", "").replace(" B", "").strip()
    return int(digits) if digits.isdigit() else 0


def check_sums(model, what, data):
    """In verbose Markdown every number is exact: the last row of a column is its sum."""
    table = [[c.strip() for c in line.strip("|").split(" | ")]
             for line in data.decode("utf-8").split("\n") if line.startswith("| ")]
    if len(table) < 3:
        return
    for i, title in enumerate(table[0]):
        if title.strip() not in ("Count", "count", "Params", "tensors", "Nodes"):
            continue
        cells = [row[i] for row in table[2:]]
        if any(c.startswith("≥") or c == "?" for c in cells):
            continue
        check(sum(map(number, cells[:-1])) == number(cells[-1]), model, what,
              f"column {title} does not add up: {cells[-3:]}")


def check_parameters(model, p):
    roles = p["by_role"]
    check(p["total"] == sum(roles[r] for r in COUNTED), model, "parameters", "total is not its roles")
    if not p["overflow"]:
        check(p["all_elements"] == sum(roles.values()), model, "parameters", "roles are not all")
    check(sum(p["by_type"].values()) == p["total"], model, "parameters", "types are not the total")


def check_documents(binary, model):
    """The JSON of the three lists, held against each other. Returns names worth showing."""
    summary = strict(run(binary, ["summary", "-f", "json"], model)[1])
    layers = strict(run(binary, ["layers", "--all", "-f", "json"], model)[1])
    params = strict(run(binary, ["params", "-f", "json"], model)[1])
    if "graph" not in summary or "layers" not in layers or "tensors" not in params:
        check(all("error" in d for d in (summary, layers, params)), model, "json", "no result")
        return []
    for document in (summary, layers, params):
        check(document["schema"] == 1, model, "json", "no schema")
    check_parameters(model, summary["parameters"])
    check(summary["parameters"] == params["parameters"], model, "json", "parameters differ")
    rows, total = layers["layers"], layers["total"]
    check(len(rows) == total["nodes"], model, "layers", "rows are not the nodes")
    check(sum(r["parameters"] for r in rows) == total["parameters"], model, "layers",
          "parameters do not add up")
    if not summary["parameters"]["overflow"]:
        check(sum(t["elements"] or 0 for t in params["tensors"])
              == params["parameters"]["all_elements"], model, "params", "tensors do not add up")
    check(sum(o["count"] for o in summary["operators"]) == summary["graph"]["nodes_total"], model,
          "summary", "operators are not the nodes")
    shapes = summary["shapes"]
    check(shapes["values"] == shapes["known"] + shapes["symbolic"] + shapes["unknown"], model,
          "summary", "shapes do not add up")
    names = [r["label"] for r in rows[:3]] + [t["name"] for t in params["tensors"][:3]]
    names += [v["name"] for r in rows[:2] for v in r["inputs"][:2] + r["outputs"][:1]]
    return [n for n in dict.fromkeys(names) if n and n.isprintable() and not n.startswith("-")]


def check_command(binary, model, what, args, names=()):
    for width in WIDTHS:
        for more in ([], ["-v"])[:2 if width == WIDTHS[-1] else 1]:
            code, text = run(binary, [*args, *more, "--width", str(width)], model, names)
            check_text(model, " ".join([what, *more]), text, width)
    again = run(binary, [*args, "-v", "--width", str(WIDTHS[-1])], model, names)[1]
    check(again == text, model, what, "another run gave other bytes")
    code, data = run(binary, [*args, "-f", "csv"], model, names)
    if code == 0:
        check_csv(model, what, data)
    data = run(binary, [*args, "-v", "-f", "md"], model, names)[1]
    check_markdown(model, what, data)
    if what.startswith("params by") or what in ("layers", "tree"):
        if what != "tree":
            check_sums(model, what, data)
    try:
        code, data = run(binary, [*args, "-f", "json"], model, names)
        for document in re.split(r"(?<=\n\})\n(?=\{)", data.decode("utf-8")):
            strict(document.encode())  # a name may be a node and a value: two documents
        if shutil.which("jq"):
            jq = subprocess.run(["jq", "."], input=data, capture_output=True)
            check(jq.returncode == 0, model, what, "jq refuses it")
        code, data = run(binary, [*args, "-f", "ndjson"], model, names)
        for line in data.decode("utf-8").split("\n"):
            if line:
                strict(line.encode())
        check(True, model, what)
    except ValueError as e:
        check(False, model, what, f"JSON: {e}")


def check_model(model):
    """Everything about one model. Gives what passed and failed for it."""
    global passed, failed
    binary = os.environ.get("ONNXRAY", "build/onnxray")
    passed = failed = 0
    try:
        names = check_documents(binary, model)
        for what, args in COMMANDS.items():
            check_command(binary, model, what, args)
        for name in names:
            check_command(binary, model, "show", ["show"], [name])
    except (ValueError, KeyError, UnicodeError) as e:
        check(False, model, "output", repr(e))
    return passed, failed


def main():
    with Pool() as pool:
        results = pool.map(check_model, sys.argv[1:], chunksize=1)
    bad = sum(f for _, f in results)
    print(f"{sum(p for p, _ in results)} passed, {bad} failed")
    return bad != 0


if __name__ == "__main__":
    sys.exit(main())
