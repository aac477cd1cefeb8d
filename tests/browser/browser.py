# SPDX-License-Identifier: Apache-2.0
"""Drives headless Chromium over pages: they open without errors and without asking anybody, find,
select, follow, fold, export, sum up; what a model says stays text.

Truth comes from the `onnx` package: names, operators, attributes, who reads what.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import onnx
from onnx import TensorProto, helper

from chrome import Chrome, Page, find

PROGRAM = os.environ["ONNXRAY"]
CORPUS = Path(os.environ["ONNXRAY_CORPUS"])
SAMPLES = Path(os.environ["ORAY_SAMPLES"])
EVIL = '</script><img src=x onerror="window.owned=1">&lt;b&gt;"\'`${1}'
WIDE, PHONE = (1400, 1000), (390, 844)

passed = failed = 0


def check(what: str, is_so: Any, detail: Any = "") -> None:
    global passed, failed
    passed += bool(is_so)
    failed += not is_so
    if not is_so:
        print(f"{what}: {detail}")


def write(model: Path, folder: Path, *options: str) -> Path:
    out = folder / f"{model.stem}{len(options)}.html"
    subprocess.run([PROGRAM, "graph", str(model), "--all", *options, "-o", str(out)], check=True,
                   capture_output=True)
    return out


def quiet(page: Page, name: str) -> None:
    check(f"{name}: no complaints", page.complaints == [], page.complaints)
    asked = [url for url in page.requests if not url.startswith(("file:", "blob:"))]
    check(f"{name}: asks nobody", asked == [], asked)


def text(page: Page, selector: str) -> str:
    return page.run(f"document.querySelector({selector!r}).innerText")


def drawn(page: Page) -> int:
    """So many different colours are on the canvas, about."""
    return page.run("""(() => { const c = board.canvas, d = board.ctx.getImageData(0, 0, c.width, c.height).data;
        const seen = new Set(); for (let i = 0; i < d.length; i += 44) seen.add(d[i] << 16 | d[i + 1] << 8 | d[i + 2]);
        return seen.size; })()""")


def place(page: Page, item: str) -> tuple[float, float]:
    """Where the head of an item is in the window."""
    return tuple(page.run(f"""(() => {{ const v = board.view, i = {item}, c = board.camera, b = board.canvas.getBoundingClientRect();
        return [(v.x[i] + v.w[i] / 2 - c.x) * c.scale + b.left, (v.y[i] + 8 - c.y) * c.scale + b.top]; }})()"""))


# ---- one model, everything that can be done with it --------------------------------------------


def explore(chrome: Chrome, path: Path, folder: Path) -> None:
    model = onnx.load(str(path), load_external_data=False)
    nodes = model.graph.node
    page = chrome.open(write(path, folder), *WIDE)
    page.settle()
    check("title", page.run("document.title") == path.name, page.run("document.title"))
    check("drawn", drawn(page) > 10, drawn(page))
    check("nodes", page.run("D.nodes.name.length") >= len(nodes))

    # select by a click, and what the panel says
    number = next(i for i, n in enumerate(nodes) if n.op_type == "Conv")
    node = nodes[number]
    page.run(f"board.reveal(board.view.itemNear({number}), true)")
    page.settle()
    page.click(*place(page, f"board.view.itemNear({number})"))
    check("a click selects", page.run("picked.what") == {"kind": "node", "id": number},
          page.run("picked.what"))
    said = text(page, "#facts")
    for word in [node.op_type, node.name, *node.input, *node.output, *(a.name for a in node.attribute)]:
        check(f"panel says {word}", word in said)
    for attribute in node.attribute:
        if attribute.type == onnx.AttributeProto.INTS:
            check(f"value of {attribute.name}", ", ".join(map(str, attribute.ints)) in said)
    check("said to screen readers", node.op_type in text(page, "#said"), text(page, "#said"))
    check("address", page.run("location.hash").startswith(("#n=", "#i=")))

    # follow: down goes to a reader, up comes back to a producer
    page.key("ArrowDown")
    after = page.run("picked.what.id")
    check("down goes to a reader", set(node.output) & set(nodes[after].input), nodes[after].name)
    page.key("ArrowUp")
    back = page.run("picked.what.id")
    check("up goes to a producer", set(nodes[back].output) & set(nodes[after].input), nodes[back].name)
    page.run("history.back()")
    page.until(f"picked.what && picked.what.id === {after}")
    check("history", True)

    # paths: as many as there are, by a walk of our own
    page.run(f"picked.node({number})")
    page.key("p")
    producer = {out: i for i, n in enumerate(nodes) for out in n.output if out}
    cone, queue = {number}, [number]
    while queue:
        for name in nodes[queue.pop()].input:
            i = producer.get(name)
            if i is not None and i not in cone:
                cone.add(i)
                queue.append(i)
    bright = page.run("[...D.nodes.name.keys()].filter(n => board.view.itemOfNode[n] >= 0 && "
                      "page.look.bright[board.view.itemOfNode[n]])")
    boxed = set(page.run("[...D.nodes.name.keys()].filter(n => board.view.itemOfNode[n] >= 0)"))
    check("what it depends on", set(bright) == cone & boxed, (len(bright), len(cone)))
    page.key("Escape")
    check("no path", page.run("page.look.bright") is None)

    # search
    count = sum(n.op_type == "Conv" for n in nodes)
    page.key("/")
    page.type("op:conv ")
    page.until("search.found")
    exact = page.run("search.found.filter(n => facts.opName(n) === 'Conv').length")
    check("finds operators", exact == count, (exact, count))
    check("count is shown", str(page.run("search.found.length")) in text(page, "#count"))
    check("marks", page.run("page.look.hits.reduce((a, b) => a + b, 0)") >= min(count, 1))
    first = page.run("search.found[0]")
    page.key("Enter")
    check("Enter goes to the first", page.run("picked.what.id") == first)
    page.key("Enter")
    if count > 1:
        check("and to the next", page.run("picked.what.id") == page.run("search.found[1]"))
        page.key("Enter", 8)
        check("and back", page.run("picked.what.id") == first)
    rows = page.run("document.querySelectorAll('#nodes .row:not([hidden])').length")
    check("few rows exist", 0 < rows < 60, rows)
    page.key("Escape")
    page.run(f"search.run({node.output[0]!r})")
    check("finds values", number in page.run("search.found"))
    page.run("search.run('attr:kernel_shape=')")
    wanted = {i for i, n in enumerate(nodes) if any(a.name == "kernel_shape" for a in n.attribute)}
    check("finds attributes", wanted <= set(page.run("search.found")))
    page.run("search.clear()")

    # zoom, fit, whole
    page.run("board.canvas.focus()")
    page.key("0")
    page.settle()
    check("all is visible", page.run("(r => r.left <= 0 && r.top <= 0 && r.right >= board.view.width && "
                                     "r.bottom >= board.view.height)(board.region())"))
    scale = page.run("board.camera.scale")
    page.key("+")
    check("plus zooms", page.run("board.camera.scale") > scale)

    # dark and back
    before = page.run("[...board.ctx.getImageData(2, 2, 1, 1).data]")
    page.key("d")
    page.settle()
    check("dark", page.run("[...board.ctx.getImageData(2, 2, 1, 1).data]") != before)
    page.key("d")

    summary(page, len(page.run("D.nodes.name")))
    export(page)
    quiet(page, path.name)
    page.close()


def fields(chrome: Chrome, path: Path, folder: Path) -> None:
    """What Netron's panels say of a model, its graph, its nodes' values and weights, ours do too."""
    model = onnx.load(str(path), load_external_data=False)
    graph = model.graph
    page = chrome.open(write(path, folder), *WIDE)
    said = text(page, "#facts")
    words = [model.producer_name, model.producer_version, str(model.ir_version), model.domain,
             *(str(o.version) for o in model.opset_import), *(o.domain for o in model.opset_import),
             *(p.key for p in model.metadata_props), *(p.value for p in model.metadata_props),
             *(v.name for v in [*graph.input, *graph.output][:12])]
    for word in filter(None, words):
        check(f"{path.name}: model says {word}", word in said)
    page.run("picked.set({ kind: 'graph', id: 0 })")
    said = text(page, "#facts")
    for word in filter(None, [graph.name, str(len(graph.node)), graph.doc_string]):
        check(f"{path.name}: graph says {word}", word in said)
    for tensor in graph.initializer[:40]:
        page.run(f"picked.value(D.values.name.findIndex(s => facts.text(s) === {json.dumps(tensor.name)}))")
        said = text(page, "#facts")
        kind = helper.tensor_dtype_to_np_dtype(tensor.data_type).name
        words = [tensor.name, kind, "×".join(map(str, tensor.dims)) or "scalar",
                 *(n.name or n.op_type for n in graph.node if tensor.name in n.input)]
        for word in words[:8]:
            check(f"{path.name}: {tensor.name} says {word}", word in said, said[:300])
    quiet(page, path.name)
    page.close()


def summary(page: Page, n: int) -> None:
    page.key("s")
    check("summary opens", page.run("!summary.box.hidden"))
    said = text(page, "#summary")
    for word in ("Parameters", "Operators", "Memory over time", "MACs"):
        check(f"summary says {word}", word in said)
    for column in range(8):
        page.run(f"summary.sortBy({column})")
    page.run("summary.sortBy(5)")
    keys = [k for k in page.run("summary.order.map(n => facts.number(D.nodes.macs[n]))") if k is not None]
    check("sorted", keys == sorted(keys, reverse=True))
    check("all rows", len(page.run("summary.order")) == n)
    rows = page.run("document.querySelectorAll('.table .row:not([hidden])').length")
    check("few rows exist", 0 < rows < 80, rows)
    wanted = page.run("(row => (row.click(), summary.order[row.index]))"
                      "(document.querySelector('.table .row:not([hidden])'))")
    check("a row goes to its node", page.run("summary.box.hidden && picked.what.id") == wanted)


def export(page: Page) -> None:
    page.run("board.fit()")
    root = ET.fromstring(page.run("exporter.visible()"))
    names = {element.tag.split("}")[1] for element in root.iter()}
    check("SVG has only pictures", names <= {"svg", "title", "g", "rect", "path", "text"}, names)
    titles = page.run("[...board.view.label].map(l => draw.title(l))")
    written = {element.text for element in root.iter() if element.tag.endswith("text")}
    check("SVG says all", all(any(t.startswith(w) for w in written if w) for t in titles if t))
    width, height = float(root.get("width")), float(root.get("height"))
    check("SVG has its size", abs(width - page.run("board.view.width")) <= 1 and
          abs(height - page.run("board.view.height")) <= 1, (width, height))


# ---- folding, bodies, differences, phones ------------------------------------------------------


def folds(chrome: Chrome, path: Path, folder: Path) -> None:
    page = chrome.open(write(path, folder, "--fold", "repeats"), *WIDE, fragment="#view=1")
    page.settle()
    check("opens the view of its address", page.run("board.view.index") == 1)
    module = page.run("board.view.kind.indexOf(KIND.MODULE)")
    check("has modules", module >= 0)
    if module < 0:
        page.close()
        return
    inside = page.run(f"board.view.groups[board.view.ref[{module}]].at(-1)")
    page.run(f"board.reveal({module}, true)")
    page.settle()
    page.click(*place(page, str(module)))
    check("a module is selected", page.run("picked.what.kind") == "module", page.run("picked.what"))
    page.click(*place(page, str(module)), times=2)
    page.settle()
    check("a double click opens it", page.run("board.view.index") == 0 and
          page.run("picked.what.id") in inside, page.run("picked.what"))
    item = page.run("board.view.itemOfNode[picked.what.id]")
    page.click(*place(page, str(item)), times=2)
    page.settle()
    check("and folds it", page.run("board.view.index") == 1 and page.run("picked.what.kind") == "module",
          page.run("picked.what"))
    quiet(page, f"{path.name} folded")
    page.close()


# Keeps what is on the canvas when a page says that its first picture is on the screen.
AT_FIRST = """
const mark = performance.mark.bind(performance);
performance.mark = name => {
    if (name === 'first-picture')
        window.atFirst = board.canvas.toDataURL();
    return mark(name);
};
"""


def large(chrome: Chrome, path: Path, folder: Path) -> None:
    """The opening is drawn without the rest, as it is drawn with it; then everything works."""
    file, part = write(path, folder), folder / "part.html"
    cut = re.sub(r'(id="data")[^<]*', r'\1>[', file.read_text())
    check("it has an opening", 'id="opening"' in cut)
    part.write_text(cut)
    canvas = "board.canvas.toDataURL()"
    for size in (WIDE, PHONE):
        page = chrome.open(part, *size, ready=False)
        page.until("performance.getEntriesByName('first-picture').length && !board.queued")
        first, camera = page.run(canvas), page.run("JSON.stringify(board.camera)")
        page.until("document.getElementById('note').className === 'failed'")
        check("a page that breaks off says so", page.run(
            "document.elementFromPoint(innerWidth / 2, innerHeight / 2).id") == "note")
        page.close()
        page = chrome.open(file, *size)
        page.settle()
        check("the opening is drawn as the whole", page.run(canvas) == first, size)
        check("nothing moved", page.run("JSON.stringify(board.camera)") == camera, camera)
        check("the picture came first", page.run(
            "performance.getEntriesByName('first-picture')[0].startTime < "
            "performance.getEntriesByName('ready')[0].startTime"))
        page.close()
    page = chrome.open(part, *WIDE, ready=False)
    page.call("Page.addScriptToEvaluateOnNewDocument", source=AT_FIRST)
    page.call("Page.navigate", url=file.resolve().as_uri())
    page.until("document.documentElement?.dataset.ready === 'yes'")
    page.settle()
    check("it is there when it is said to be", page.run(f"{canvas} === window.atFirst"))
    page.close()
    page = chrome.open(file, *WIDE)
    page.settle()
    item = page.run("[...Array(board.view.n).keys()].find(i => board.view.kind[i] === KIND.NODE && "
                    "Math.hypot(board.view.x[i] - board.at(500, 400).x, "
                    "board.view.y[i] - board.at(500, 400).y) < 400)")
    page.click(*place(page, item))
    check("a click selects", page.run("picked.what?.id") == page.run(f"board.view.ref[{item}]"))
    page.run("board.look(board.view.width / 2, board.view.height / 2)")
    page.settle()
    check("drawn beyond the opening", drawn(page) > 3, drawn(page))
    quiet(page, path.name)
    page.close()
    page = chrome.open(file, *WIDE, fragment="#i=2000")
    check("an address goes elsewhere", page.run("picked.what") == {"kind": "node", "id": 2000})
    quiet(page, path.name)
    page.close()


def bodies(chrome: Chrome, path: Path, folder: Path) -> None:
    page = chrome.open(write(path, folder), *WIDE)
    page.settle()
    frames = page.run("board.view.frames.length")
    check("bodies have frames", frames > 0)
    body = page.run("board.view.frames[0][0]")
    page.run(f"picked.graph({body})")
    page.settle()
    check("goes to a body", page.run("board.view.frames.some(f => f[0] === picked.what.id)"))
    inside = page.run(f"D.nodes.graph.findIndex((g, n) => g === {body} && board.view.itemOfNode[n] >= 0)")
    page.run(f"picked.node({inside}, {{center: true}})")
    page.settle()
    page.click(*place(page, f"board.view.itemNear({inside})"))
    check("a node in a body is clicked", page.run("picked.what.id") == inside, page.run("picked.what"))
    quiet(page, path.name)
    page.close()


def difference(chrome: Chrome, folder: Path) -> None:
    first, second = CORPUS / "micro_kws_fp32.onnx", CORPUS / "micro_kws_qdq.onnx"
    page = chrome.open(write(first, folder, "--diff", str(second)), *WIDE)
    page.settle()
    gone = page.run("board.view.kind.indexOf(KIND.GONE)")
    check("removed nodes are drawn", gone >= 0)
    page.run(f"picked.set(picked.whatIs(board.view, {gone}))")
    check("and told of", "Only in the first model" in text(page, "#facts"), text(page, "#facts"))
    conv = page.run("D.nodes.op.findIndex(o => facts.text(D.ops[o][0]) === 'Conv')")
    page.run(f"picked.node({conv})")
    check("decibels of weights", re.search(r"int8, \d+\.\d dB", text(page, "#facts")))
    quiet(page, "difference")
    page.close()


def phone(chrome: Chrome, path: Path, folder: Path) -> None:
    page = chrome.open(write(path, folder), *PHONE, touch=True, dark=True)
    page.settle()
    check("dark by preference", page.run("document.documentElement.dataset.theme") == "dark")
    check("nothing hangs over", page.run("document.documentElement.scrollWidth") <= PHONE[0])
    page.run("picked.node(1)")
    page.settle()
    box = page.run("(r => [r.left, r.right, r.top, r.bottom])(document.getElementById('panel').getBoundingClientRect())")
    check("the panel is a sheet", box[0] == 0 and box[1] == PHONE[0] and box[3] == PHONE[1] and box[2] > 300, box)
    x, y = place(page, "board.view.itemNear(1)")
    check("the node is above it", 0 < y < box[2], (x, y))
    start = page.run("board.camera.x")
    page.call("Input.dispatchTouchEvent", type="touchStart", touchPoints=[{"x": 100, "y": 200}])
    page.call("Input.dispatchTouchEvent", type="touchMove", touchPoints=[{"x": 60, "y": 200}])
    page.call("Input.dispatchTouchEvent", type="touchEnd", touchPoints=[])
    check("a finger moves it", page.run("board.camera.x") > start)
    pinch(page)
    page.run("summary.open(true)")
    check("the summary fits", page.run("summary.box.scrollWidth") <= PHONE[0])
    quiet(page, "phone")
    page.close()


def pinch(page: Page) -> None:
    """Two fingers that part: as much larger as they are farther apart, and what was between them stays."""
    def fingers(kind: str, half: int) -> None:
        page.call("Input.dispatchTouchEvent", type=kind, touchPoints=[
            {"x": 200 - half, "y": 200, "id": 1}, {"x": 200 + half, "y": 200, "id": 2}])

    top = page.run("board.canvas.getBoundingClientRect().top")
    between = f"(p => [p.x, p.y])(board.at(200, 200 - {top}))"
    scale, at = page.run("board.camera.scale"), page.run(between)
    selected = page.run("JSON.stringify(picked.what)")
    fingers("touchStart", 40)
    for half in (50, 60):
        fingers("touchMove", half)
    page.call("Input.dispatchTouchEvent", type="touchEnd", touchPoints=[])
    check("two fingers make it larger", abs(page.run("board.camera.scale") / scale - 1.5) < 0.02,
          page.run("board.camera.scale") / scale)
    after = page.run(between)
    check("what was between them stays", all(abs(a - b) < 1.5 for a, b in zip(at, after)), (at, after))
    check("nothing was selected by it", page.run("JSON.stringify(picked.what)") == selected)


def read_aloud(chrome: Chrome, path: Path, folder: Path) -> None:
    """What a screen reader is told: the tree that the browser makes for it."""
    page = chrome.open(write(path, folder), *WIDE)
    page.settle()
    page.call("Accessibility.enable")

    def tree() -> list[tuple[str, str, dict[str, Any]]]:
        nodes = page.call("Accessibility.getFullAXTree")["nodes"]
        return [(n["role"]["value"], n.get("name", {}).get("value", ""),
                 {p["name"]: p["value"].get("value") for p in n.get("properties", [])})
                for n in nodes if not n.get("ignored")]

    acts = {"button", "link", "searchbox", "option", "tab", "radio", "checkbox", "textbox", "combobox"}
    page.run("document.getElementById('list').click()")
    page.run("picked.node(2, { center: true })")
    page.settle()
    told = tree()
    check("all that acts has a name", all(name.strip() for role, name, _ in told if role in acts),
          [(role, name) for role, name, _ in told if role in acts and not name.strip()][:3])
    check("it searches", any(role == "searchbox" for role, _, _ in told), {role for role, _, _ in told})
    operators = set(page.run("[...new Set(D.nodes.name.keys())].slice(0, 5).map(n => picked.node(n, { quiet: true })"
                             " || document.getElementById('panel-title').textContent)"))
    check("nodes have titles", len(operators) > 1, operators)
    page.run("picked.node(2)")
    page.settle()
    title = page.run("document.getElementById('panel-title').textContent.trim()")
    told = tree()
    check("the panel is named by what is selected",
          any(role == "complementary" and title and title in name for role, name, _ in told), title)
    listed = [name for role, name, _ in told if role in ("option", "listitem", "button", "link") and title in name]
    check("the list has it", bool(listed), title)
    check("the selected node is said", title in page.run("document.getElementById('said').textContent"),
          page.run("document.getElementById('said').textContent"))
    page.run("document.getElementById('graph').focus()")
    before = page.run("picked.what.id")
    page.key("ArrowDown")
    page.settle()
    now = page.run("[picked.what.kind, picked.what.id, document.getElementById('said').textContent]")
    check("an arrow goes on, and says where", now[1] != before and bool(now[2].strip()), now)
    quiet(page, path.name)
    page.close()


# ---- what a model says stays text --------------------------------------------------------------


def evil(folder: Path) -> Path:
    value = helper.make_tensor_value_info
    graph = helper.make_graph(
        [helper.make_node("Custom" + EVIL, [EVIL], ["mid" + EVIL], name=EVIL, domain=EVIL, doc_string=EVIL,
                          text=EVIL, texts=[EVIL, EVIL]),
         helper.make_node("Add", ["mid" + EVIL, "w" + EVIL], ["y" + EVIL], name="#n=" + EVIL)],
        EVIL, [value(EVIL, TensorProto.FLOAT, [EVIL])], [value("y" + EVIL, TensorProto.FLOAT, None)],
        [helper.make_tensor("w" + EVIL, TensorProto.STRING, [1], [EVIL.encode()])], doc_string=EVIL)
    model = helper.make_model(graph, producer_name=EVIL, opset_imports=[
        helper.make_opsetid("", 17), helper.make_opsetid(EVIL, 1)])
    helper.set_model_props(model, {EVIL: EVIL})
    path = folder / "evil&<b>.onnx"
    onnx.save(model, str(path))
    return path


def stays_text(chrome: Chrome, folder: Path) -> None:
    page = chrome.open(write(evil(folder), folder), *WIDE)
    page.settle()
    tags = page.run("document.querySelectorAll('*').length")
    for what in ("{kind: 'node', id: 0}", "{kind: 'node', id: 1}", "{kind: 'value', id: 0}",
                 "{kind: 'value', id: 1}", "{kind: 'value', id: 2}", "{kind: 'graph', id: 0}"):
        page.run(f"picked.set({what})")
        check(f"{what} says it", EVIL in text(page, "#facts"), text(page, "#facts")[:200])
    page.run("search.run('onerror')")
    check("is found", len(page.run("search.found")) == 2)
    page.run("summary.open(true)")
    check("no element came of it", page.run("document.images.length") == 0 and tags < 400)
    check("nothing ran", page.run("window.owned") is None)
    root = ET.fromstring(page.run("(summary.open(false), board.fit(), exporter.visible())"))
    check("nor in the SVG", not [e for e in root.iter() if e.tag.endswith(("img", "script"))])
    address = page.run("(picked.node(0), location.hash)")
    page.close()
    again = chrome.open(folder / "evil&<b>0.html", *WIDE, fragment=address)
    check("its address finds it", again.run("picked.what") == {"kind": "node", "id": 0}, address)
    quiet(again, "evil")
    again.close()


def opens(chrome: Chrome, folder: Path) -> None:
    """All samples open, draw, and answer for each of their nodes and values."""
    for path in sorted(SAMPLES.glob("*.onnx")):
        done = subprocess.run([PROGRAM, "graph", str(path), "--all", "-o", str(folder / "one.html")],
                              capture_output=True)
        if done.returncode:
            continue
        page = chrome.open(folder / "one.html", *WIDE)
        page.run("for (const n of D.nodes.name.keys()) picked.node(n, { quiet: true });"
                 "for (const v of D.values.name.keys()) picked.value(v, { quiet: true });"
                 "for (const g of D.graphs.keys()) picked.set({ kind: 'graph', id: g }, { quiet: true });"
                 "for (const v of D.views.keys()) views.show(v); summary.open(true); exporter.visible(); 0")
        page.settle()
        quiet(page, path.name)
        page.close()


def no_markup() -> None:
    sources = sorted(Path(__file__).resolve().parents[2].glob("templates/viewer/*.js"))
    check("there are scripts", len(sources) > 5)
    for source in sources:
        words = re.findall(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|"
                           r"setAttribute\('(?:href|src|style)|javascript:", source.read_text())
        check(f"{source.name}: no markup from text", words == [], words)
        lines = source.read_text().count("\n")
        check(f"{source.name}: its length", lines <= 450, lines)


def main() -> None:
    no_markup()
    if not find():
        print("notice: there is no chromium: pages are not opened")
        print(f"{passed} passed, {failed} failed, 1 skipped")
        sys.exit(failed > 0)
    with tempfile.TemporaryDirectory() as name, Chrome() as chrome:
        folder = Path(name)
        stays_text(chrome, folder)
        opens(chrome, folder)
        if CORPUS.is_dir():
            explore(chrome, CORPUS / "nanodet_m_416.onnx", folder)
            explore(chrome, CORPUS / "light_densenet121_caffe2.onnx", folder)
            fields(chrome, CORPUS / "micro_kws_qdq.onnx", folder)
            fields(chrome, CORPUS / "student_fp32.onnx", folder)
            folds(chrome, CORPUS / "bert_squad_pt14_opset11.onnx", folder)
            large(chrome, CORPUS / "tf_bert_qa_keras2onnx.onnx", folder)
            bodies(chrome, CORPUS / "silero_vad_16k_op15.onnx", folder)
            difference(chrome, folder)
            phone(chrome, CORPUS / "micro_kws_qdq.onnx", folder)
            read_aloud(chrome, CORPUS / "micro_kws_qdq.onnx", folder)
    print(f"{passed} passed, {failed} failed")
    sys.exit(failed > 0)


if __name__ == "__main__":
    main()
