#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Holds the pictures of the real binary against Graphviz, an XML parser and the onnx package.

    ONNXRAY=build/onnxray dot_check.py MODEL...

Every model is written as DOT, the main graph alone and with --all: Graphviz must accept it without
a word, ids must be ours, and boxes, pills and wires must be as many as the onnx package says. The
same holds for models made here whose every name is hostile. svg_check.py looks at SVG.
Without the onnx package nothing is counted. The last line is "N passed, N failed".
"""
import os
import re
import subprocess
import sys
import tempfile
from multiprocessing.pool import ThreadPool

try:
    import onnx
except ImportError:
    onnx = None

BINARY = os.environ.get("ONNXRAY", "build/onnxray")
SMALL = 120  # nodes: given to dot
OUR_NODE = re.compile(r"(n|v|m)\d+|g\d+[ov]\d+")
OUR_ATTRIBUTES = set("""
    arrowsize bb bgcolor charset class color fillcolor fontcolor fontname fontsize head_lp headlabel
    height id label labeljust labelloc linelength lp nodesep notranslate penwidth pin pos rankdir
    ranksep shape style tail_lp taillabel tooltip width
    """.split())

HOSTILE = [
    b'"];node[shape=none];', b"\\N", b"\\G", b"\\E", b"\\l", b"tail\\", b"two\nlines", b"nul\0nul",
    b"graph", b"node", b"edge", b"digraph", b"subgraph", b"strict", b" ", b"%s%n", b"{|}",
    b"/* ", b"// ", b"#line 9", b'" -> v0 [URL="javascript:x"]', b"javascript:alert(1)",
    b"<b>bold</b>", b"</script><img src=x onerror=alert(1)>", b'"><svg onload=alert(1)>',
    b"<TABLE><TR><TD>x</TD></TR></TABLE>", b"<!-- ", b"--> ", b"<![CDATA[", b"]]>", b"<?xml ?>",
    b"&#x3c;script&#x3e;", b"&#0;", b"&lt;", b"&amp" + b";" * 99, b"&" * 1000,
    b"\xff\xfe\xc0\x80", b"\xed\xa0\x80", b"\xef\xbf\xbe", b"\x01\x08\x0b", b"\xe2\x80\xaeevil",
    b"\xe5\x9b\xbe\xf0\x9f\x98\x80", b"x" * 1000000, b'"' * 1000000, b"\\" * 1001, b"]" * 99,
    b"<" * 99,
]


class Tally:
    def __init__(self):
        self.passed = self.failed = self.counted = 0

    def check(self, good, model, what, detail=""):
        if good:
            self.passed += 1
        else:
            self.failed += 1
            print(f"FAIL {os.path.basename(model)}: {what} {detail}"[:400])
        return good


def run(*command, **more):
    return subprocess.run(command, capture_output=True, timeout=300, check=False, **more)


# ---- what the onnx package says ----


class Expected:
    """Counts of items and wires; None where a broken model leaves room for opinions."""

    def __init__(self, model, every):
        self.items = self.wires = 0
        self.opinion = False
        self.every = every
        self.captured = set()
        functions = {(f.domain, f.name): f for f in model.functions}
        self.calls = functions
        self.graph(model.graph, [])
        if every:
            for f in model.functions:
                self.graph(f, [])

    def names_of(self, g):
        """What a graph defines: name -> how."""
        scope = {}
        proto = isinstance(g, onnx.GraphProto)
        for value in g.input:
            name = value.name if proto else value
            self.opinion |= name in scope
            scope[name] = "input"
        for tensor in g.initializer if proto else []:
            self.opinion |= scope.get(tensor.name, "input") != "input"
            scope[tensor.name] = "row"
        for tensor in g.sparse_initializer if proto else []:
            self.opinion |= scope.get(tensor.values.name, "input") != "input"
            scope[tensor.values.name] = "row"
        for i, node in enumerate(g.node):
            for name in filter(None, node.output):
                self.opinion |= name in scope
                scope[name] = ("node", id(g), i)
        return scope

    def bodies(self, node):
        for a in node.attribute:
            if a.type == onnx.AttributeProto.GRAPH or a.HasField("g"):
                yield a.g
            yield from a.graphs

    def uses(self, g, counts):
        """How often each name is read in a graph and, where it is not defined again, below it."""
        for node in g.node:
            for name in filter(None, node.input):
                counts[name] = counts.get(name, 0) + 1
            for body in self.bodies(node):
                inner = {}
                self.uses(body, inner)
                hidden = self.names_of(body)
                for name, n in inner.items():
                    if name not in hidden:
                        counts[name] = counts.get(name, 0) + n
                for value in body.output:
                    if value.name not in hidden:
                        self.opinion = True  # an outer value as output of a body
        return counts

    def graph(self, g, outer):
        proto = isinstance(g, onnx.GraphProto)
        scope = self.names_of(g)
        scopes = outer + [scope]
        outputs = [v.name if proto else v for v in g.output]
        counts = self.uses(g, {})
        read_here = {}
        for node in g.node:
            for name in filter(None, node.input):
                read_here[name] = read_here.get(name, 0) + 1
        given = set()
        stored = {t.name for t in g.initializer} if proto else set()
        for node in g.node:
            filled = (node.op_type == "ConstantOfShape" and len(node.input) == 1 and
                      node.input[0] in stored)
            if ((filled or (node.op_type == "Constant" and not node.input)) and
                    node.domain in ("", "ai.onnx") and len(node.output) == 1 and counts.get(node.output[0], 0) < 2 and
                    node.output[0] not in outputs and
                    (self.every or node.output[0] in read_here or node.output[0] not in counts)):
                scope[node.output[0]] = "row"
                given.add(node.output[0])
            else:
                self.items += 1
        self.items += sum(1 for how in scope.values() if how == "input") + len(outputs)
        for node in g.node:
            if node.output and node.output[0] in given:
                continue
            for name in filter(None, node.input):
                how = self.look(scopes, name)
                self.wires += how != "row"
            for body in self.bodies(node):
                inner = self.uses(body, {})
                if self.every:
                    self.graph(body, scopes)
                    for name in set(inner) - set(self.names_of(body)):
                        if self.look(scopes, name) != "row":
                            self.items += 1  # a pill in the body, and a wire to the box around it
                            self.wires += 1
                else:
                    for name in set(inner) - set(self.names_of(body)):
                        if self.look(scopes, name) != "row":
                            self.captured.add((id(node), name))
        if not self.every:
            self.wires += len(self.captured)
            self.captured = set()
        for name in outputs:
            how = self.look(scopes, name)
            self.wires += 1
            if how == "row":
                self.items += 1  # an initializer that is an output is drawn
                self.opinion |= outputs.count(name) > 1 or not proto

    def look(self, scopes, name):
        for scope in reversed(scopes):
            if name in scope:
                return scope[name]
        self.opinion = True  # not defined anywhere
        return "missing"


def expected(path, every):
    if not onnx:
        return None
    try:
        want = Expected(onnx.load(path, load_external_data=False), every)
    except Exception:  # pylint: disable=broad-except
        return None
    return None if want.opinion else (want.items, want.wires)


# ---- what we drew ----


def statements(text):
    """Node ids, frame names and the number of wires, from the layout of cgraph's own writer."""
    wires = len(re.findall(r"(?m)^\t+\w+ -> \w+[\t;]", text))
    nodes = re.findall(r"(?m)^\t+(\w+)\t\[", text)
    frames = re.findall(r"(?m)^\t+subgraph (\S+) \{", text)
    return [n for n in nodes if n not in ("graph", "node", "edge")], frames, wires


def check_dot(tally, model, every, scratch):
    path = os.path.join(scratch, "all.dot" if every else "main.dot")
    made = run(BINARY, "graph", *(["--all"] if every else []), "-o", path, model)
    if made.returncode == 3:
        return None  # not a model
    if not tally.check(made.returncode == 0, model, "onnxray graph", made.stderr.decode()):
        return None
    with open(path, "rb") as file:
        raw = file.read()
    try:
        text = raw.decode()
    except UnicodeDecodeError as problem:
        tally.check(False, model, "DOT is not UTF-8", str(problem))
        return None
    count = run("gc", "-n", "-e", path)
    tally.check(count.returncode == 0 and not count.stderr, model, "gc", count.stderr.decode())
    numbers = [int(n) for n in re.findall(rb"\d+", count.stdout)[:2]]
    nodes, frames, wires = statements(text)
    names = set(nodes)
    tally.check(numbers[:1] == [len(names)] and numbers[1:2] == [wires], model,
                "Graphviz counts otherwise", f"{numbers} {len(names)} {wires}")
    tally.check(all(OUR_NODE.fullmatch(n) for n in names), model, "ids are not ours")
    tally.check(all(re.fullmatch(r"(cluster|shelf)_g\d+", f) for f in frames), model, "frames are not ours")
    attributes = set(re.findall(r"(?m)(?:^\t+|\t\[)([A-Za-z_]+)=", text))
    tally.check(attributes <= OUR_ATTRIBUTES, model, "attributes", attributes - OUR_ATTRIBUTES)
    want = expected(model, every)
    tally.counted += want is not None
    if want:
        tally.check((len(names), wires) == want, model, f"items and wires, all={every}",
                    f"drawn {len(names)}, {wires}; expected {want}")
    return path, len(names)


# ---- hostile models ----


def varint(n):
    out = b""
    while n >= 0x80:
        out += bytes([n & 0x7f | 0x80])
        n >>= 7
    return out + bytes([n])


def field(number, data):
    if isinstance(data, int):
        return varint(number << 3) + varint(data)
    return varint(number << 3 | 2) + varint(len(data)) + data


def hostile_model(names):
    """A chain of nodes; operator, domain, name, values, attribute, dimension: all of a bad name."""
    def value(name, bad):
        dims = field(1, field(1, 2)) + field(1, field(2, bad))
        return field(1, name) + field(2, field(1, field(1, 1) + field(2, dims)))
    graph, before = b"", b"start"
    for bad in names:
        attribute = field(1, bad) + field(4, bad) + field(20, 3)
        graph += field(1, field(1, before) + field(2, bad) + field(3, bad) + field(4, bad) +
                       field(7, bad) + field(5, attribute))
        graph += field(13, value(bad, bad))
        before = bad
    graph += field(2, names[0]) + field(11, value(b"start", names[0]))
    graph += field(12, value(before, before))
    return field(1, 8) + field(8, field(2, 17)) + field(7, graph)


def check_model(model):
    tally = Tally()
    with tempfile.TemporaryDirectory() as scratch:
        drawn = check_dot(tally, model, False, scratch)
        check_dot(tally, model, True, scratch)
        if drawn:
            again = os.path.join(scratch, "again.dot")
            run(BINARY, "graph", "-o", again, model)
            with open(drawn[0], "rb") as a, open(again, "rb") as b:
                tally.check(a.read() == b.read(), model, "the same bytes again")
            if drawn[1] <= SMALL:
                said = run("dot", "-Tsvg", drawn[0])
                tally.check(said.returncode == 0 and not said.stderr, model, "dot complains",
                            said.stderr.decode())
    return tally.passed, tally.failed, tally.counted


def main():
    with tempfile.TemporaryDirectory() as scratch:
        models = sys.argv[1:]
        for i, names in enumerate([HOSTILE] + [[name] for name in HOSTILE]):
            path = os.path.join(scratch, f"{i}-hostile.onnx")
            with open(path, "wb") as file:
                file.write(hostile_model(names))
            models.append(path)
        with ThreadPool(os.cpu_count()) as pool:
            results = pool.map(check_model, models, chunksize=1)
    passed, failed, counted = (sum(column) for column in zip(*results))
    print(f"{counted} graphs were counted" if onnx else "no onnx package: nothing was counted")
    print(f"{passed} passed, {failed} failed")
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
