#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Counts the crossings of our pictures and of those that `dot` makes of the same graphs.

    python3 bench/crossings.py --program build/onnxray [--seconds 10] [--all] MODEL ...

The rule, the same for both:

* The picture counts, not what a layout says of itself. Ours is what `graph MODEL -o x.dot` places:
  the points of its wires. `dot` gets the same boxes in the same order, as large as we draw them
  (those that hold bodies with the bodies in them; the bodies are graphs beside it), the same wires
  and the same distances, and may take 10 s of CPU. It gets no room for words beside wires, which
  ours has to leave.
* Once with ports: inputs and outputs at the upper and lower side in the order of the operator, as
  we draw them; where an operator does not mind the order of its inputs (Add, Mul, ...), and for
  captured values, which have none, `dot` may end the wires wherever it likes. Once without any: then
  it may even swap the operands of a subtraction, which we never do.
* A wire that ours does not draw through (a reference) is left out for `dot` as well.
* `dot` is asked for what it draws (`-Txdot`), as far as the boxes: `pos` has five digits, so that in
  a picture higher than 10000 points wires would be moved, over the ends of others as well.
* Splines are cut into straight bits, and the places counted where bits of two trunks cross. A trunk
  is all that leaves one output: what leaves it does not cross itself. Ours draws a trunk once, and
  `dot` each of its wires; so crossings of the same two trunks no farther than 12 pixels from each
  other are one. What is within 2 pixels of an end of a wire is no crossing: wires without
  ports may end in one point. Trunks are moved apart by less than a hundredth of a pixel, each by its
  own amount, so that wires that touch in a corner or share a stretch cross or do not, never half.

Times: ours are CPU time of the whole process, `dot`'s of its layout with splines.
"""

from __future__ import annotations

import argparse
import hashlib
import resource
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

Point = tuple[float, float]

NEAR, END = 12.0, 2.0
CELL = 48.0
ANY_ORDER = {"Add", "And", "BitwiseAnd", "BitwiseOr", "BitwiseXor", "Equal", "Max", "Mean", "Min",
             "Mul", "Or", "Sum", "Xor"}
LIST = r"""
N { printf("N\t%s\t%s\t%s\t%s\t%s\n", name, pos, width, height, tooltip) }
E { printf("E\t%s\t%s\t%s\t%s\t%s\n", tail.name, head.name,
           hasAttr($, "_draw_") ? aget($, "_draw_") : pos,
           hasAttr($, "class") ? aget($, "class") : "", hasAttr($, "id") ? aget($, "id") : "") }
"""


@dataclass
class Wire:
    tail: str
    head: str
    way: list[Point]
    trunk: int = 0
    captured: bool = False
    id: str = ""


@dataclass
class Box:
    x: float
    y: float
    width: float    # in pixels
    height: float
    kind: str


# ---- Geometry ----------------------------------------------------------------------------------


def bezier(a: Point, b: Point, c: Point, d: Point) -> list[Point]:
    """A cubic as straight bits; the first point is left out."""
    (ax, ay), (bx, by), (cx, cy), (dx, dy) = a, b, c, d
    bend = max(abs(ax - 2 * bx + cx) + abs(ay - 2 * by + cy),
               abs(bx - 2 * cx + dx) + abs(by - 2 * cy + dy))
    ux, uy, length = dx - ax, dy - ay, max(abs(dx - ax), abs(dy - ay), 1e-9)
    flat = max(abs(ux * (by - ay) - uy * (bx - ax)), abs(ux * (cy - ay) - uy * (cx - ax))) / length
    n = 1 if flat < 0.05 else min(48, max(4, int(bend ** 0.5 * 1.5) + 1))
    out = []
    for i in range(1, n + 1):
        t = i / n
        s = 1 - t
        k, m, o, q = s * s * s, 3 * s * s * t, 3 * s * t * t, t * t * t
        out.append((k * ax + m * bx + o * cx + q * dx, k * ay + m * by + o * cy + q * dy))
    return out


def way_of(pos: str) -> list[Point]:
    """The curve that `pos` or `_draw_` of an edge says, as straight bits; empty for what is in two
    pieces."""
    points, start, end = [], None, None
    if ";" in pos or not pos:
        return []
    if pos.startswith("c "):  # colours, then `B` (filled: `b`), how many points, and they
        word = pos.split()
        if word.count("B") != 1:
            return []
        first = word.index("B") + 2
        flat = word[first:first + 2 * int(word[first - 1])]
        pos = " ".join(f"{x},{y}" for x, y in zip(flat[::2], flat[1::2]))
    for word in pos.replace("\\\n", "").split():
        values = word.split(",")
        if values[0] in ("s", "e"):
            at = (float(values[1]), float(values[2]))
            start, end = (at, end) if values[0] == "s" else (start, at)
        else:
            points.append((float(values[0]), float(values[1])))
    way = [points[0]]
    for i in range(1, len(points) - 2, 3):
        way += bezier(way[-1], *points[i:i + 3])
    return ([start] if start else []) + way + ([end] if end else [])


def crossings(wires: list[Wire]) -> int:
    """Places where ways of different trunks cross."""
    cells: dict[tuple[int, int], list[int]] = {}
    bits: list[tuple[float, float, float, float, int, int]] = []
    found: dict[tuple[int, int], list[Point]] = {}
    for number, wire in enumerate(wires):
        # by the golden ratio and its square, so that no two trunks move alike
        sx, sy = (wire.trunk * 0.6180339887 % 1) * 0.009, (wire.trunk * 0.7548776662 % 1) * 0.009
        last = None
        for x, y in wire.way:
            at = (x + sx, y + sy)
            if last and last != at:
                enter(cells, bits, (*last, *at, wire.trunk, number))
            last = at
    for inside in cells.values():
        for i, one in enumerate(inside):
            for other in inside[:i]:
                if bits[one][4] == bits[other][4]:
                    continue
                at = meet(bits[one], bits[other])
                if not at or ends_near(wires[bits[one][5]], at) or \
                        ends_near(wires[bits[other][5]], at):
                    continue
                pair = min(bits[one][4], bits[other][4]), max(bits[one][4], bits[other][4])
                found.setdefault(pair, []).append(at)
    return sum(places(points) for points in found.values())


def enter(cells: dict[tuple[int, int], list[int]],
          bits: list[tuple[float, float, float, float, int, int]],
          bit: tuple[float, float, float, float, int, int]) -> None:
    """Notes a straight bit in the cells it passes."""
    ax, ay, bx, by = bit[:4]
    n = int(max(abs(bx - ax), abs(by - ay)) / CELL) + 1
    for i in range(n):
        px, py = ax + (bx - ax) * i / n, ay + (by - ay) * i / n
        qx, qy = ax + (bx - ax) * (i + 1) / n, ay + (by - ay) * (i + 1) / n
        bits.append((px, py, qx, qy, *bit[4:]))
        for cx in {int(px // CELL), int(qx // CELL)}:
            for cy in {int(py // CELL), int(qy // CELL)}:
                cells.setdefault((cx, cy), []).append(len(bits) - 1)


def meet(p: tuple[float, ...], q: tuple[float, ...]) -> Point | None:
    """Where two bits cross; a bit has its start but not its end."""
    if max(p[0], p[2]) < min(q[0], q[2]) or max(q[0], q[2]) < min(p[0], p[2]) or \
            max(p[1], p[3]) < min(q[1], q[3]) or max(q[1], q[3]) < min(p[1], p[3]):
        return None
    rx, ry, sx, sy = p[2] - p[0], p[3] - p[1], q[2] - q[0], q[3] - q[1]
    area = rx * sy - ry * sx
    if area == 0:
        return None
    dx, dy = q[0] - p[0], q[1] - p[1]
    t, u = (dx * sy - dy * sx) / area, (dx * ry - dy * rx) / area
    if not (0 <= t < 1 and 0 <= u < 1):
        return None
    return p[0] + t * rx, p[1] + t * ry


def ends_near(wire: Wire, at: Point) -> bool:
    return any(abs(at[0] - x) <= END and abs(at[1] - y) <= END
               for x, y in (wire.way[0], wire.way[-1]))


def places(points: list[Point]) -> int:
    """How many there are when those near each other are one."""
    left, count = sorted(set(points)), 0
    while left:
        count += 1
        near, left = [left[0]], left[1:]
        while near:
            x, y = near.pop()
            here = [p for p in left if abs(p[0] - x) <= NEAR and abs(p[1] - y) <= NEAR]
            near += here
            left = [p for p in left if p not in here]
    return count


# ---- Pictures ----------------------------------------------------------------------------------


def read(dot: Path) -> tuple[dict[str, Box], list[Wire]]:
    """What is placed in a file, wires that are not drawn through left out."""
    done = subprocess.run(["gvpr", LIST, str(dot)], check=True, capture_output=True)
    boxes: dict[str, Box] = {}
    wires: list[Wire] = []
    for line in done.stdout.decode("utf-8", "replace").split("\n"):
        cell = line.split("\t")
        if cell[0] == "N":
            x, y = (float(v) for v in cell[2].split(","))
            words = cell[5].split("\\n") if len(cell) > 5 else []
            kind = words[1] if len(words) > 1 else words[0] if words else ""
            boxes[cell[1]] = Box(x, y, float(cell[3]) * 72, float(cell[4]) * 72, kind)
        elif cell[0] == "E":
            way = way_of(cell[3])
            if way:
                wires.append(Wire(cell[1], cell[2], way, captured=cell[4] == "captured",
                                  id=cell[5]))
    return boxes, wires


def child_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def ours(program: Path, model: Path, out: Path) -> tuple[dict[str, Box], list[Wire], float] | None:
    before = child_seconds()
    done = subprocess.run([str(program), "graph", str(model), "-o", str(out)], check=False,
                          capture_output=True)
    took = child_seconds() - before
    if done.returncode:
        return None
    boxes, wires = read(out)
    trunks: dict[tuple[str, float], int] = {}
    drawn = []
    for wire in wires:
        tail = boxes[wire.tail]
        if abs(wire.way[0][1] - (tail.y - tail.height / 2)) > 1.5:
            continue  # the head of a reference
        wire.trunk = trunks.setdefault((wire.tail, wire.way[0][0]), len(trunks))
        drawn.append(wire)
    return boxes, drawn, took


def record(box: Box, n_in: int, n_out: int) -> str:
    ins = "|".join(f"<i{i}>" for i in range(n_in))
    outs = "|".join(f"<o{i}>" for i in range(n_out))
    return f"{{{{{ins}}}|{{{outs}}}}}" if n_in and n_out else f"{{{{{ins or outs}}}}}"


def question(boxes: dict[str, Box], wires: list[Wire], ports: bool) -> str:
    """The graph as `dot` gets it."""
    ins: dict[str, list[float]] = {}
    outs: dict[str, list[float]] = {}
    for wire in wires:
        box = boxes[wire.head]
        if not (wire.captured or box.kind in ANY_ORDER):
            ins.setdefault(wire.head, []).append(wire.way[-1][0])
        outs.setdefault(wire.tail, []).append(wire.way[0][0])
    ins = {k: sorted(set(v)) for k, v in ins.items()}
    outs = {k: sorted(set(v)) for k, v in outs.items()}
    lines = ["digraph {", "nodesep=0.3333 ranksep=0.4722",
             "node [shape=box fixedsize=true label=\"\" fontsize=1]", "edge [arrowhead=none]"]
    for name, box in boxes.items():
        n_in, n_out = len(ins.get(name, ())), len(outs.get(name, ()))
        shape = ""
        if ports and (n_in > 1 or n_out > 1):
            shape = f" shape=record label=\"{record(box, n_in, n_out)}\""
        lines.append(f"\"{name}\" [width={box.width / 72:.4f} height={box.height / 72:.4f}{shape}]")
    for i, wire in enumerate(wires):
        tail, head = f"\"{wire.tail}\"", f"\"{wire.head}\""
        if ports:
            mine, theirs = outs[wire.tail], ins.get(wire.head, [])
            if len(mine) > 1 or len(ins.get(wire.tail, [])) > 1:
                tail += f":o{mine.index(wire.way[0][0])}:s"
            if wire.way[-1][0] in theirs and not wire.captured and \
                    (len(theirs) > 1 or len(outs.get(wire.head, [])) > 1):
                head += f":i{theirs.index(wire.way[-1][0])}:n"
        lines.append(f"{tail} -> {head} [id={i}]")
    return "\n".join([*lines, "}"])


def answer(text: str, limit: int, cache: Path, trunks: list[int]) -> tuple[int | None, float]:
    """The crossings of what `dot` makes of it, None: it takes longer; and its seconds."""
    kept = cache / (hashlib.sha256(f"{limit}\n{text}".encode()).hexdigest()[:32] + ".dot")
    if not kept.is_file():
        def bounded() -> None:
            resource.setrlimit(resource.RLIMIT_CPU, (limit, limit))
        before = child_seconds()
        done = subprocess.run(["dot", "-Txdot"], input=text.encode(), check=False,
                              capture_output=True, preexec_fn=bounded)
        took = child_seconds() - before
        placed = done.stdout if done.returncode == 0 else b"digraph {}\n"
        kept.write_bytes(placed + f"// {took:.2f} {done.returncode}\n".encode())
    _, took, code = kept.read_text().rstrip().split("\n")[-1].split()
    if code != "0":
        return None, float(took)
    _, wires = read(kept)
    for wire in wires:
        wire.trunk = trunks[int(wire.id)]
    return crossings(wires), float(took)


@dataclass
class Row:
    model: str
    boxes: int
    ours: int
    ported: int | None
    free: int | None
    ms: float
    seconds: float

    @property
    def verdict(self) -> str:
        if self.ported is not None and self.ours > self.ported:
            return "MORE"
        return "more without ports" if self.free is not None and self.ours > self.free else ""


def compare(program: Path, model: Path, limit: int, directory: Path) -> Row | None:
    drawn = ours(program, model, directory / "ours.dot")
    if not drawn:
        return None
    boxes, wires, took = drawn
    trunks = [wire.trunk for wire in wires]
    ported, seconds = answer(question(boxes, wires, True), limit, directory, trunks)
    free, _ = answer(question(boxes, wires, False), limit, directory, trunks)
    return Row(model.name, len(boxes), crossings(wires), ported, free, took * 1e3, seconds)


def table(program: Path, models: list[Path], limit: int, directory: Path) -> list[Row]:
    """The rows, printed as they come."""
    directory.mkdir(parents=True, exist_ok=True)
    wide = max((len(m.name) for m in models), default=5)
    print(f"{'model':<{wide}} {'boxes':>6} {'ours':>6} {'dot with':>9} {'without':>8} {'ours':>7} "
          f"{'dot':>7}\n{'':<{wide}} {'':>6} {'':>6} {'ports':>9} {'ports':>8} {'ms':>7} {'s':>7}")
    rows = []
    for model in models:
        row = compare(program, model, limit, directory)
        if not row:
            continue
        rows.append(row)
        shown = [f"> {limit} s" if n is None else str(n) for n in (row.ported, row.free)]
        print(f"{row.model:<{wide}} {row.boxes:>6} {row.ours:>6} {shown[0]:>9} {shown[1]:>8} "
              f"{row.ms:>7.0f} {row.seconds:>7.2f}  {row.verdict}".rstrip(), flush=True)
    done = [r for r in rows if r.ported is not None]
    free = [r for r in rows if r.free is not None]
    if done:
        print(f"{len(rows)} models, {len(done)} of which dot finishes in {limit} s with ports: "
              f"{sum(r.ours for r in done)} crossings against {sum(r.ported or 0 for r in done)}; "
              f"more in {sum(r.ours > (r.ported or 0) for r in done)}, "
              f"less in {sum(r.ours < (r.ported or 0) for r in done)}")
        print(f"without ports {len(free)}: {sum(r.ours for r in free)} against "
              f"{sum(r.free or 0 for r in free)}; more in "
              f"{sum(r.ours > (r.free or 0) for r in free)}")
    return rows


def main() -> int:
    parser = argparse.ArgumentParser(description="Counts crossings, ours and dot's.")
    parser.add_argument("--program", type=Path, default=Path("build/onnxray"))
    parser.add_argument("--seconds", type=int, default=10)
    parser.add_argument("--keep", type=Path, help="a directory for what dot said")
    parser.add_argument("models", nargs="+", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        table(options.program, options.models, options.seconds,
              options.keep or Path(temporary))
    return 0


if __name__ == "__main__":
    sys.exit(main())
