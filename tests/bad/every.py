# SPDX-License-Identifier: Apache-2.0
"""Every command in every format: what one model is asked, and what is wrong with an answer."""

from __future__ import annotations

import os
import subprocess

from forms import excerpt, trouble, unsafe_text
from spawn import MEBIBYTE, MOST_MEBIBYTES, PROGRAM, SANITIZED, SECONDS, Outcome

TABLES = ("text", "json", "ndjson", "csv", "md")
PICTURES = ("dot", "svg", "png", "pdf", "html")

# Form, command, options; the model comes behind, and what stands for others: {sound} is a sound
# model, {model} the model itself, {name} something that is in it.
Question = tuple[str, tuple[str, ...]]


def check_forms() -> tuple[str, ...]:
    """The formats of the command check; nothing when there is none."""
    done = subprocess.run([PROGRAM, "help", "check"], capture_output=True, text=True, check=False)
    return (*TABLES, *(["sarif"] if "sarif" in done.stdout else [])) if done.stdout else ()


def questions(check: tuple[str, ...]) -> list[Question]:
    asked: list[Question] = []
    for form in TABLES:
        asked += [(form, ("summary", "-f", form, "{model}")),
                  (form, ("layers", "--all", "-f", form, "{model}")),
                  (form, ("params", "-f", form, "{model}")),
                  (form, ("params", "--stats", "--by", "tensor", "-f", form, "{model}")),
                  # Several names give several documents of JSON; so one name, or lines.
                  (form, ("show", "-f", form, "{model}",
                          *(["#0"] if form == "json" else ["#0", "{name}"]))),
                  (form, ("quant", "-f", form, "{model}")),
                  (form, ("diff", "-f", form, "{sound}", "{model}")),
                  (form, ("diff", "-f", form, "{model}", "{model}"))]
    for form in PICTURES:
        asked += [(form, ("graph", "-f", form, "{model}")),
                  (form, ("graph", "-f", form, "--all", "--names", "--fold", "none", "{model}"))]
    asked += [("colour", ("summary", "-v", "--color=always", "{model}")),
              ("colour", ("layers", "--tree", "--color=always", "{model}")),
              ("colour", ("show", "-v", "--color=always", "{model}", "#0", "{name}")),
              ("text", ("layers", "--no-infer", "--width", "60", "{model}")),
              ("text", ("params", "--by", "module", "{model}")),
              ("text", ("diff", "{model}", "{sound}")),
              ("svg", ("graph", "-f", "svg", "--fold", "all", "--depth", "1", "{model}")),
              ("svg", ("graph", "-f", "svg", "--diff", "{sound}", "{model}")),
              ("html", ("graph", "-f", "html", "--diff", "{model}", "{sound}")),
              ("dot", ("graph", "-f", "dot", "--around", "{name}", "{model}"))]
    return asked + [(form, ("check", "-f", form, "{model}")) for form in check]


def arguments(question: Question, model: str, sound: str, name: str) -> list[str]:
    """Names are no options, whatever they begin with."""
    _, words = question
    meant = {"{model}": model, "{sound}": sound, "{name}": name}
    if "--around" in words:
        words = tuple(w for w in words if w not in ("--around", "{name}"))
        return [words[0], f"--around={name}", *(meant.get(w, w) for w in words[1:])]
    first = next(i for i, w in enumerate(words) if w in meant)
    while words[first - 1] == "--diff":  # an option's own
        first = next(i for i, w in enumerate(words) if w in meant and i > first)
    words = (*words[:first], "--", *words[first:])
    return [meant.get(w, w) for w in words]


def complaint(form: str, outcome: Outcome, exits: tuple[int, ...] = (0, 1, 3)) -> str:
    """What is wrong with how an answer came and with what it says; nothing when all is well."""
    if outcome.late:
        return f"{outcome.seconds:.1f} s of processor time, status {outcome.status}"
    if outcome.status not in exits:
        return f"exit {outcome.status}: {excerpt(outcome.stderr[-2000:])}"
    if not SANITIZED and outcome.kibibytes > MOST_MEBIBYTES * 1024:
        return f"{outcome.kibibytes * 1024 / MEBIBYTE:.0f} MiB"
    wrong = unsafe_text(outcome.stderr)
    if wrong:
        return f"stderr: {wrong}"
    if outcome.status == 3 and not outcome.stderr.startswith(b"onnxray: "):
        return f"exit 3 without a word: {excerpt(outcome.stderr)}"
    if form in PICTURES and outcome.status != 0 and outcome.stdout and form != "html":
        # A model that was cut short may be drawn as far as it goes.
        return f"half of it: {trouble(form, outcome.stdout)}" if trouble(form, outcome.stdout) else ""
    if not outcome.stdout and outcome.status == 0 and form not in ("text", "ndjson", "csv"):
        return "nothing was written"
    return trouble(form, outcome.stdout)


def sound_first(runner: object, sound: str) -> None:
    """The pattern that all pages are held to."""
    data = runner.run(["graph", "-f", "html", sound]).stdout
    wrong = trouble("html", data)
    if wrong:
        raise SystemExit(f"the page of {os.path.basename(sound)}: {wrong}")
