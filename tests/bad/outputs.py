#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Outputs that cannot be written, and inputs that change while they are read.

    B=build python3 tests/bad/outputs.py

Every command in every format (every.py) writes into a full device, a closed pipe, a file that may
not grow, a full file system; with -o to places that cannot be, onto its own input, through links;
and is ended by signals in the midst. Held against the contract: exit code 4 and a message when
something was lost, silence for a pipe that closed; a file is written whole or not at all, and
nothing is left beside it. Then models and weights shrink, grow and are overwritten at each single
read of theirs: the program must end by itself, with an exit code of its own.

Standard library only; a C compiler for the last part. Environment: see spawn.py. The last line is
"N passed, N failed[, N skipped]".
"""

from __future__ import annotations

import os
import resource
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from every import Question, arguments, check_forms, questions
from forms import excerpt, trouble, unsafe_text
from make_bad import floats, external, message, model, node, number, plain, tensor, value
from spawn import PROGRAM, SANITIZED

CLOSED = (0, 1)        # exit codes that a closed pipe does not change
NOT_WRITTEN = 4
NOBODY = 65534
OLD = b"what was there before\n"


class Tally:
    def __init__(self) -> None:
        self.passed = self.failed = self.skipped = 0

    def check(self, what: str, sound: bool, detail: object = "") -> bool:
        if sound:
            self.passed += 1
        else:
            self.failed += 1
            print(f"FAIL {what!a}: {detail!a:.600}", flush=True)
        return sound

    def skip(self, why: str) -> None:
        self.skipped += 1
        print(f"notice: {why}")


def run(words: list[str], **more: object) -> subprocess.CompletedProcess[bytes]:
    more = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, **more}
    return subprocess.run([PROGRAM, *words], stderr=subprocess.PIPE, check=False, timeout=120,
                          **more)


class Place:
    """A folder with a model in it, seen before and after."""

    def __init__(self, root: Path, tally: Tally) -> None:
        self.root = root
        self.check = tally.check
        self.model = root / "model.onnx"
        self.model.write_bytes(plain(message(5, tensor(b"w", [2], message(9, floats(1, 2))))))
        self.other = root / "other.onnx"
        self.other.write_bytes(plain())
        self.questions = questions(check_forms())
        root.chmod(0o777)

    def words(self, question: Question) -> list[str]:
        return arguments(question, str(self.model), str(self.other), "relu")

    def state(self) -> dict[str, object]:
        found: dict[str, object] = {}
        for path in self.root.rglob("*"):
            kind = path.lstat().st_mode
            found[str(path)] = (stat.S_IFMT(kind), os.readlink(path) if path.is_symlink() else
                                path.read_bytes() if stat.S_ISREG(kind) else b"")
        return found

    def refused(self, what: str, words: list[str], exits: tuple[int, ...] = (NOT_WRITTEN,),
                **more: object) -> None:
        """A message, one of the exit codes, and everything as it was."""
        before = self.state()
        done = run(words, **more)
        self.check(f"{what}: exit code", done.returncode in exits,
                   (done.returncode, done.stderr[-300:]))
        self.check(f"{what}: a message", done.stderr.startswith(b"onnxray: ") and
                   not unsafe_text(done.stderr), done.stderr)
        after = self.state()
        self.check(f"{what}: nothing changed", before == after,
                   {k for k in before.keys() | after.keys() if before.get(k) != after.get(k)})


# ---- Standard output ---------------------------------------------------------------------------

def streams(at: Place) -> None:
    for question in at.questions:
        words = at.words(question)
        what = " ".join(question[1])
        sound = run(words)
        if not at.check(f"{what}: works", sound.returncode in CLOSED, sound.stderr):
            continue
        lost = NOT_WRITTEN if sound.stdout else sound.returncode
        with open("/dev/full", "wb") as full:
            done = run(words, stdout=full)
        at.check(f"{what} > /dev/full", done.returncode == lost and
                 (not sound.stdout or b"No space left" in done.stderr),
                 (done.returncode, done.stderr))
        reader, writer = os.pipe()
        os.close(reader)
        done = run(words, stdout=writer)
        os.close(writer)
        at.check(f"{what} | closed", done.returncode == sound.returncode and
                 done.stderr == sound.stderr, (done.returncode, done.stderr))
        done = subprocess.run(
            ["sh", "-c", 'exec "$0" "$@" >&-', PROGRAM, *words], stdin=subprocess.DEVNULL,
            stderr=subprocess.PIPE, check=False)
        at.check(f"{what} >&-", done.returncode == lost, (done.returncode, done.stderr))
        with open("/dev/full", "wb") as full:
            done = subprocess.run([PROGRAM, *words], stdin=subprocess.DEVNULL, check=False,
                                  stdout=subprocess.PIPE, stderr=full)
        at.check(f"{what} 2> /dev/full", done.returncode in (sound.returncode, NOT_WRITTEN) and
                 done.stdout == sound.stdout, done.returncode)


def early_reader(at: Place) -> None:
    """A reader that takes a little of much, as `| head` does."""
    large = at.root / "large.onnx"
    large.write_bytes(chain(20_000))
    for form, words in at.questions:
        if words[0] not in ("layers", "graph") or "--diff" in words or "--around" in words:
            continue
        reader, writer = os.pipe()
        child = subprocess.Popen([PROGRAM, *arguments((form, words), str(large), str(at.other), "")],
                                 stdout=writer, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL)
        os.close(writer)
        os.read(reader, 100)
        os.close(reader)
        said = child.communicate(timeout=120)[1]
        at.check(f"{' '.join(words)} | head", child.returncode in CLOSED and not said,
                 (child.returncode, said))
    large.unlink()


# ---- Files -------------------------------------------------------------------------------------

def files(at: Place) -> None:
    out = at.root / "out"
    for form, words in at.questions:
        what = f"{' '.join(words)} -o"
        asked = [*at.words((form, words))]
        asked[1:1] = ["-o", str(out)]
        plainly = run(at.words((form, words)))
        for there in (False, True):
            out.unlink(missing_ok=True)
            if there:
                out.write_bytes(OLD)
                out.chmod(0o640)
            done = run(asked)
            wrote = out.read_bytes() if out.exists() else b""
            same = wrote == plainly.stdout or form == "pdf"  # which tells the time
            at.check(f"{what}{' over a file' if there else ''}", done.returncode ==
                     plainly.returncode and same and not done.stdout and not trouble(form, wrote),
                     (done.returncode, done.stderr, len(wrote), len(plainly.stdout)))
            if there:
                at.check(f"{what}: permissions stay", stat.S_IMODE(out.stat().st_mode) == 0o640)
        out.write_bytes(OLD)

        def small() -> None:
            signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
            resource.setrlimit(resource.RLIMIT_FSIZE, (16, 16))

        if plainly.stdout:
            at.refused(f"{what} of 16 bytes at most", asked, preexec_fn=small)
        broken = [str(at.root / "absent.onnx") if w == str(at.model) else w for w in asked]
        if form != "sarif":  # which has a place for failures: the log is the report
            at.refused(f"{what} of what is not there", broken, (3,))
        out.unlink()
    left = [p.name for p in at.root.iterdir() if ".tmp" in p.name]
    at.check("nothing is left behind", not left, left)


def places(at: Place) -> None:
    """Places that results cannot go to, and those where they go by a way of their own."""
    root, model_, out = at.root, str(at.model), at.root / "out.json"
    (root / "folder").mkdir()
    (root / "file").write_bytes(OLD)
    (root / "file.svg").write_bytes(OLD)
    (root / "dangling").symlink_to("nowhere")
    (root / "loop").symlink_to("loop")
    (root / "to_model").symlink_to("model.onnx")
    (root / "second_name").hardlink_to(at.model)
    summary = ["summary", "-f", "json"]
    for name in ("folder", "folder/", "file/x", "absent/x", "absent/", "dangling", "loop", "",
                 "n" * 300, "folder/../absent/x"):
        target = f"{root}/{name}" if name else ""
        at.refused(f"-o {name[:30]!r}", [*summary, "-o", target, model_], (2, NOT_WRITTEN))
        at.refused(f"graph -o {name[:30]!r}", ["graph", "-f", "svg", "-o", target, model_],
                   (2, NOT_WRITTEN))
    for name in ("model.onnx", "./model.onnx", "folder/../model.onnx", "to_model", "second_name"):
        target = f"{root}/{name}"
        for words in ([*summary, "-o", target, model_],
                      [*summary, "-o", target, str(at.other), model_],
                      ["layers", "-o", target, model_], ["params", "--stats", "-o", target, model_],
                      ["show", "-o", target, model_, "relu"], ["quant", "-o", target, model_],
                      ["diff", "-o", target, str(at.other), model_],
                      ["diff", "-o", target, model_, str(at.other)],
                      ["graph", "-f", "svg", "-o", target, model_],
                      ["graph", "-f", "html", "-o", target, "--diff", model_, str(at.other)],
                      *([["check", "-o", target, model_]] if check_forms() else [])):
            at.refused(f"{words[0]} onto its input as {name}", words)
    with open(at.model, "rb") as opened:
        at.refused("onto standard input", [*summary, "-o", model_, "-"], stdin=opened)

    numbers = root / "numbers.csv"
    numbers.write_text("relu,1\n")
    at.refused("onto the numbers it draws by",
               ["graph", "-f", "svg", "--color-by", str(numbers), "-o", str(numbers), model_])
    bound = root / "x.pb"
    bound.write_bytes(tensor(b"x", [2], message(9, floats(1, 2))))
    at.refused("onto what an input is bound to",
               [*summary, "--bind", f"x={bound}", "-o", str(bound), model_])

    (root / "link.json").symlink_to("folder/real.json")
    (root / "folder/real.json").write_bytes(OLD)
    done = run([*summary, "-o", str(root / "link.json"), model_])
    at.check("through a link", done.returncode == 0 and (root / "link.json").is_symlink() and
             not trouble("json", (root / "folder/real.json").read_bytes()), done.stderr)
    done = run([*summary, "-o", str(out), model_, str(at.other)])
    at.check("two models, one file", done.returncode == 0 and
             out.read_bytes() == run([*summary, model_, str(at.other)]).stdout, done.stderr)
    done = run([*summary, "-o", str(out), model_, str(root / "absent.onnx")])
    at.check("one of two models", done.returncode == 3 and b'"error"' in out.read_bytes() and
             done.stderr.startswith(b"onnxray: "), done.stderr)
    out.write_bytes(OLD)
    at.refused("two models of which none can be read",
               [*summary, "-o", str(out), str(root / "absent.onnx"), str(root / "file")], (3,))
    for words in (["layers", "-o", str(out), model_, str(at.other)],
                  ["graph", "-o", str(root / "file.svg"), model_, str(at.other)],
                  ["graph", "-o", str(root / "file"), model_],
                  [*summary, "-o", str(out), "--no-such-option", model_]):
        at.refused(f"{words[0]}, wrong usage", words, (2,))
    with open("/dev/full", "wb"):
        at.refused("-o /dev/full", [*summary, "-o", "/dev/full", model_])
    done = run([*summary, "-o", "/dev/null", model_])
    at.check("-o /dev/null", done.returncode == 0 and stat.S_ISCHR(os.stat("/dev/null").st_mode),
             done.stderr)
    for path in (root / "link.json", out):
        path.unlink()


def permissions(at: Place, tally: Tally) -> None:
    locked, kept = at.root / "locked", at.root / "kept"
    locked.mkdir()
    kept.write_bytes(OLD)
    (locked / "there").write_bytes(OLD)
    (locked / "there").chmod(0o666)
    kept.chmod(0o444)
    locked.chmod(0o555)
    user = {} if os.geteuid() else {"user": NOBODY, "group": NOBODY, "extra_groups": []}
    probe = subprocess.run([PROGRAM, "version"], check=False, capture_output=True,
                           **user) if not user or os.access(PROGRAM, os.X_OK) else None
    if not probe or probe.returncode:
        tally.skip("the program cannot be run as somebody else here")
        return
    for form in ("json", "svg"):
        words = ["summary", "-f", form] if form == "json" else ["graph", "-f", form]
        at.refused(f"{form} into a locked folder", [*words, "-o", str(locked / "new"),
                                                    str(at.model)], **user)
        at.refused(f"{form} over a file in a locked folder", [*words, "-o", str(locked / "there"),
                                                              str(at.model)], **user)
        at.refused(f"{form} over a locked file", [*words, "-o", str(kept), str(at.model)], **user)
    locked.chmod(0o755)


def full_disk(at: Place, tally: Tally) -> None:
    """A file system of 64 KiB, in a namespace of its own."""
    if subprocess.run(["unshare", "-m", "true"], capture_output=True, check=False).returncode or \
            not shutil.which("mount"):
        tally.skip("no file system of our own can be mounted here")
        return
    large = at.root / "large.onnx"
    large.write_bytes(chain(2000))
    script = """
        mount -t tmpfs -o size=64k tmpfs "$1" || exit 77
        printf 'what was there before\\n' > "$1/out"
        shift_to=$1; shift
        "$@"
        code=$?
        ls -A "$shift_to"; cat "$shift_to/out"; exit $code"""
    disk = at.root / "disk"
    disk.mkdir()
    for form, words in (("json", ["layers", "-f", "json"]), ("svg", ["graph", "-f", "svg"]),
                        ("png", ["graph", "-f", "png"]), ("html", ["graph", "-f", "html"]),
                        ("pdf", ["graph", "-f", "pdf"]), ("dot", ["graph", "-f", "dot"])):
        done = subprocess.run(["unshare", "-m", "sh", "-c", script, "sh", str(disk), PROGRAM, *words,
                               "-o", str(disk / "out"), str(large)], capture_output=True,
                              check=False, timeout=120)
        if done.returncode == 77:
            tally.skip("tmpfs cannot be mounted here")
            return
        fits = done.returncode == 0 and form in ("png", "pdf")  # drawn small enough
        at.check(f"{form} onto a full disk", fits or done.returncode == NOT_WRITTEN and
                 done.stdout == b"out\n" + OLD and b"No space left" in done.stderr,
                 (done.returncode, done.stdout[:200], done.stderr))
    large.unlink()


# ---- Signals -----------------------------------------------------------------------------------

def chain(n: int) -> bytes:
    return model(*(message(1, node(b"Relu", [b"v%d" % i], [b"v%d" % (i + 1)])) for i in range(n)),
                 message(11, value(b"v0")), message(12, value(b"v%d" % n)))


def signals(at: Place) -> None:
    large, out = at.root / "large.onnx", at.root / "out"
    large.write_bytes(chain(60_000))
    for words in (["layers", "-f", "json"], ["graph", "-f", "dot"], ["graph", "-f", "svg"],
                  ["graph", "-f", "html"], ["graph", "-f", "png"]):
        for number_ in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            out.write_bytes(OLD)
            before = at.state()
            child = subprocess.Popen([PROGRAM, *words, "-o", str(out), str(large)],
                                     stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
            until = time.monotonic() + 60
            while child.poll() is None and time.monotonic() < until and not any(
                    p.suffix == ".tmp" for p in at.root.iterdir()):
                time.sleep(0.002)
            child.send_signal(number_)
            code = child.wait(timeout=120)
            ended = code == -number_ and at.state() == before
            finished = code == 0 and out.read_bytes() != OLD
            at.check(f"{' '.join(words)}, {number_.name} in the midst", ended or finished, code)
    large.unlink()


# ---- Inputs that change ------------------------------------------------------------------------

SHIM = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* At the read number $AT_READ of anything, $CHANGE happens to $VICTIM. */
static void meddle(void)
{
	static int reads;
	const char *at = getenv("AT_READ"), *how = getenv("CHANGE"), *victim = getenv("VICTIM");
	if (!at || reads++ != atoi(at))
		return;
	struct stat st;
	stat(victim, &st);
	int fd = open(victim, O_RDWR | O_CLOEXEC);
	if (!strcmp(how, "empty"))
		(void)!ftruncate(fd, 0);
	else if (!strcmp(how, "halve"))
		(void)!ftruncate(fd, st.st_size / 2);
	else if (!strcmp(how, "grow"))
		(void)!ftruncate(fd, st.st_size * 2 + 4096);
	else if (!strcmp(how, "remove"))
		unlink(victim);
	else
		for (off_t i = 0; i < st.st_size; i += 7)
			(void)!pwrite(fd, how, 1, i);
	close(fd);
}

ssize_t pread(int fd, void *p, size_t n, off_t at)
{
	static ssize_t (*real)(int, void *, size_t, off_t);
	if (!real)
		*(void **)&real = dlsym(RTLD_NEXT, "pread");
	meddle();
	return real(fd, p, n, at);
}

ssize_t pread64(int fd, void *p, size_t n, off_t at)
{
	return pread(fd, p, n, at);
}
"""


def changing(at: Place, tally: Tally) -> None:
    compiler = shutil.which(os.environ.get("CC", "cc").split()[-1]) or shutil.which("cc")
    shim = at.root / "meddle.so"
    if SANITIZED or not compiler or subprocess.run(
            [compiler, "-shared", "-fPIC", "-O1", "-o", str(shim), "-x", "c", "-"],
            input=SHIM.encode(), capture_output=True, check=False).returncode:
        tally.skip("nothing to meddle with reads here")
        return
    victim, weights = at.root / "victim.onnx", at.root / "victim.data"
    body = model(*(message(1, node(b"MatMul", [b"v%d" % i, b"w%d" % i], [b"v%d" % (i + 1)]))
                   for i in range(20)),
                 *(message(5, tensor(b"w%d" % i, [40, 40], message(9, bytes(range(64)) * 100)))
                   for i in range(20)), message(11, value(b"v0")), message(12, value(b"v20")))
    away = plain(message(5, external(b"w", location=b"victim.data")),
                 message(5, tensor(b"u", [25_000], message(13, message(1, b"location"), message(
                     2, b"victim.data")), number(14, 1))))
    for inline in (True, False):
        for form, words in at.questions:
            if form not in ("json", "html", "svg") or inline is False and words[0] == "graph":
                continue
            for change in ("empty", "halve", "grow", "remove", "\x7f", "\x01", "\x0a"):
                for read in (0, 1, 3) if change != "grow" else (1,):
                    victim.write_bytes(body if inline else away)
                    weights.write_bytes(floats(1, 2, 3, 4) * 6250)
                    done = run(arguments((form, words), str(victim), str(at.other), "w"),
                               env={**os.environ, "LD_PRELOAD": str(shim), "AT_READ": str(read),
                                    "CHANGE": change,
                                    "VICTIM": str(victim if inline else weights)})
                    wrong = "" if done.returncode in (0, 1, 3) else f"exit {done.returncode}"
                    wrong = wrong or unsafe_text(done.stderr) or trouble(form, done.stdout)
                    at.check(f"{' '.join(words)}: {change!a} at read {read} of "
                             f"{'the model' if inline else 'its weights'}", not wrong,
                             (wrong, done.stderr[-300:], excerpt(done.stdout)))


def main() -> int:
    if not os.access(PROGRAM, os.X_OK):
        raise SystemExit(f"{PROGRAM}: no such program")
    tally = Tally()
    parts: list[Callable[[Place], None]] = [
        streams, early_reader, files, places, signals, lambda at: permissions(at, tally),
        lambda at: full_disk(at, tally), lambda at: changing(at, tally)]
    for part in parts:
        with tempfile.TemporaryDirectory(prefix="onnxray-out-") as name:
            part(Place(Path(name), tally))
    print(f"{tally.passed} passed, {tally.failed} failed"
          + (f", {tally.skipped} skipped" if tally.skipped else ""))
    return tally.failed != 0


if __name__ == "__main__":
    sys.exit(main())
