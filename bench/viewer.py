#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What a page costs in headless Chromium: time to its first picture, and times between frames.

    python3 bench/viewer.py PAGE.html...

First paint counts from the start of the navigation to the end of the frame that shows boxes. Frame
times are those between calls of requestAnimationFrame, while the picture is moved and zoomed by a
script that does what a mouse does: nothing is drawn that a reader would not have drawn.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests/browser"))

import chrome  # noqa: E402
from chrome import Chrome, Page  # noqa: E402

FRAMES = 90
WIDTH, HEIGHT = 1400, 1000

# Frame times of `n` frames, in each of which `step` is run.
TIMES = """
new Promise(done => {
    const times = [];
    let last = 0, i = 0;
    const frame = now => {
        if (last)
            times.push(now - last);
        last = now;
        if (i++ >= %d)
            done(times);
        else {
            (%s)(i);
            requestAnimationFrame(frame);
        }
    };
    requestAnimationFrame(frame);
})
"""

# Moves: at life size, with the whole in view, and zooming from the one to the other and back.
MOVES = {
    "pan": ("board.home()", "i => board.pan(i % 30 < 15 ? -7 : 7, -40)"),
    "pan all": ("board.fit()", "i => board.pan(i % 20 < 10 ? -9 : 9, i % 30 < 15 ? -7 : 7)"),
    "zoom": ("board.home()", "i => board.zoom(i <= 45 ? 0.93 : 1 / 0.93)"),
}


@dataclass
class Cost:
    """Seconds until boxes are seen, and until the page answers to everything; milliseconds a frame,
    median and worst, by move."""

    paint: float
    ready: float
    frames: dict[str, tuple[float, float]]


def first_paint(page: Page) -> float:
    page.until("performance.getEntriesByName('first-picture').length")
    return page.run("performance.getEntriesByName('first-picture')[0].startTime") / 1e3


def measure(chrome: Chrome, file: Path) -> Cost:
    page = chrome.open(file, WIDTH, HEIGHT)
    paint = first_paint(page)
    page.until("performance.getEntriesByName('ready').length")
    ready = page.run("performance.getEntriesByName('ready')[0].startTime") / 1e3
    page.settle()
    frames = {}
    for name, (begin, step) in MOVES.items():
        page.run(begin)
        page.settle()
        times = sorted(page.run(TIMES % (FRAMES, step)))
        frames[name] = (times[len(times) // 2], times[-1])
    page.close()
    return Cost(paint, ready, frames)


def main() -> None:
    with Chrome() as chrome:
        for name in sys.argv[1:]:
            cost = measure(chrome, Path(name))
            moves = ", ".join(f"{move} {median:.1f}/{worst:.1f} ms"
                              for move, (median, worst) in cost.frames.items())
            print(f"{Path(name).name}: {Path(name).stat().st_size / 1e6:.2f} MB, first paint "
                  f"{cost.paint:.2f} s, ready {cost.ready:.2f} s, frames (median/worst) {moves}")


if __name__ == "__main__":
    main()
