# SPDX-License-Identifier: Apache-2.0
"""Holds `onnxray check` to the official checker, onnx.checker with full_check.

Two sets. The broken models of checker_models.py: each must have a finding at level error, of the rule
it is there for, and its sound twin none. And every model there is, in the corpus, in Debian's test
data, among our samples: what the official checker accepts must have no error, what it rejects must
have one; DIFFER lists exceptions with the reason. A table of agreement is printed.

The official verdicts on files are kept in CHECKER_CACHE (a folder), by version and contents.
"""

import concurrent.futures
import fnmatch
import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile

import onnx

import checker_models

ONNXRAY = os.environ["ONNXRAY"]
CORPUS = os.environ.get("ONNXRAY_CORPUS", "")
TESTDATA = os.environ.get("TESTDATA", "/usr/share/libonnx-testdata/data")
SAMPLES = os.environ.get("ORAY_SAMPLES", "")
CACHE = os.environ.get("CHECKER_CACHE", os.path.join(tempfile.gettempdir(), "onnxray-checker"))

# path pattern -> (who rejects: "we" or "it", why we are right)
DIFFER = {
    "*/samples/odd_ir1.onnx": (
        "it", "attributes have no types in IR version 1, and it asks only its operator schemas for "
              "them; its own rule for attributes begins with IR version 2"),
    "*/node/test_mvn/model.onnx": (
        "it", "the model is onnx's own test; the body that its schema gives the operator has a "
              "Constant without a value. onnxruntime loads and runs it"),
    "*/sklearn_lr_mnist.onnx": (
        "it", "the model spells the default domain 'ai.onnx', in imports and nodes, as the standard "
              "allows; its registry knows only ''. onnxruntime loads it"),
}

# The checker that the recorded messages are from.
NEWEST = (1, 23)

# Models of this size are checked one at a time, for their memory.
LARGE = 64 << 20


def remembered(path):
    """The official verdict from the cache; other files beside the model belong to what is checked."""
    digest = hashlib.sha1()
    with open(path, "rb") as model:
        while block := model.read(1 << 22):
            digest.update(block)
    beside = sorted((entry.name, entry.stat().st_size) for entry in os.scandir(
        os.path.dirname(os.path.abspath(path))) if entry.is_file())
    digest.update(repr(beside).encode() if len(beside) < 200 else b"")
    kept = os.path.join(CACHE, f"{onnx.__version__}-{digest.hexdigest()}")
    if os.path.exists(kept):
        with open(kept, encoding="utf-8") as stored:
            return stored.read() or None
    verdict = checker_models.verdict(path)
    with open(kept + f".{os.getpid()}", "w", encoding="utf-8") as stored:
        stored.write(verdict or "")
    os.replace(kept + f".{os.getpid()}", kept)
    return verdict


def ours(paths):
    """path -> list of findings, of many models in few runs; None where the model cannot be read."""
    result = {}
    for start in range(0, len(paths), 200):
        some = paths[start:start + 200]
        run = subprocess.run([ONNXRAY, "check", "-f", "json", *some], capture_output=True, check=False)
        decoder, text, at = json.JSONDecoder(), run.stdout.decode("utf-8"), 0
        for path in some:
            while at < len(text) and text[at] in " \n\r\t":
                at += 1
            document, at = decoder.raw_decode(text, at)
            result[path] = document.get("findings") if "error" not in document else None
            if "error" in document and not document.get("findings"):
                result[path] = [{"rule": "unreadable", "severity": "error", "where": "",
                                 "message": document["error"]["message"]}]
    return result


def errors(findings):
    return [f for f in findings if f["severity"] == "error"]


def show(finding):
    return f"{finding['where']}: {finding['message']} [{finding['rule']}]"


class Score:
    passed = failed = 0

    def check(self, ok, text):
        self.passed += bool(ok)
        self.failed += not ok
        if not ok:
            print(text)


def same_words(score, paths):
    """What the summary tells of on the way is as bad there as it is for `check`."""
    run = subprocess.run([ONNXRAY, "check", "--list-rules", "-f", "json"], capture_output=True, check=True)
    severities = {rule["name"]: rule["severity"] for rule in json.loads(run.stdout)["rules"]}
    for path in paths:
        run = subprocess.run([ONNXRAY, "-v", path], capture_output=True, check=False,
                             env=dict(os.environ, COLUMNS="1000"))
        for line in run.stdout.decode("utf-8").splitlines():
            told = re.fullmatch(r"  (error|warning|remark) .*\[([a-z-]+)\]", line)
            if told:
                severity = told[1].replace("remark", "info")
                score.check(severities.get(told[2]) == severity, f"{path}: {line}")


def broken_models(score):
    """The models that are broken on purpose, and their twins."""
    with tempfile.TemporaryDirectory() as folder:
        checker_models.surroundings(folder)
        paths, twins = {}, {}
        for name, rule, content in checker_models.models():
            paths[checker_models.write(folder, (name, content))] = name, rule
        for name, make in checker_models.TWINS.items():
            content = make().SerializeToString()
            twins[checker_models.write(folder, (name + "-sound", content))] = name
        found, known = ours(list(paths) + list(twins)), checker_models.recorded()
        same_words(score, paths)
        for path, (name, rule) in paths.items():
            bad = errors(found[path])
            said = checker_models.verdict(path)
            score.check(said == known.get(name), f"{name}: the official checker says {said!r}, "
                                                 f"recorded is {known.get(name)!r}")
            rules = {f["rule"] for f in bad}
            score.check(bad, f"{name}: no error is found")
            if bad:
                score.check(rule in rules, f"{name}: {rule} expected, not {sorted(rules)}: "
                                           f"{show(bad[0])}")
        for path, name in twins.items():
            bad = errors(found[path])
            said = checker_models.verdict(path)
            score.check(not said, f"{name}: the official checker rejects its sound twin: {said}")
            score.check(not bad, f"{name}: its sound twin: {show(bad[0]) if bad else ''}")


def all_models():
    for root in (CORPUS, TESTDATA, SAMPLES):
        for folder, _, names in os.walk(root) if root else ():
            for name in sorted(names):
                if name.endswith(".onnx"):
                    yield os.path.join(folder, name)


def verdicts(paths):
    """path -> official verdict; small ones several at a time."""
    os.makedirs(CACHE, exist_ok=True)
    small = [p for p in paths if os.path.getsize(p) < LARGE]
    with concurrent.futures.ProcessPoolExecutor(2) as pool:
        result = dict(zip(small, pool.map(remembered, small, chunksize=20)))
    result.update((p, remembered(p)) for p in paths if p not in result)
    return result


def excuse(path, who):
    for pattern, (stricter, why) in DIFFER.items():
        if stricter == who and fnmatch.fnmatch(path, pattern):
            return why
    return None


def real_models(score):
    paths = sorted(set(all_models()))
    if not paths:
        print("notice: there are no models to compare verdicts on")
        return
    theirs, found = verdicts(paths), ours(paths)
    table = {"both accept": [], "both reject": [], "only we reject": [], "only it rejects": []}
    for path in paths:
        bad = errors(found[path])
        row = ("both" if bool(bad) == bool(theirs[path]) else "only we" if bad else "only it")
        row += " accept" if row == "both" and not bad else " reject" if row != "only it" else " rejects"
        table[row].append(path)
    for row, members in table.items():
        print(f"{row:16} {len(members):5}")
    for path in table["both reject"]:
        print(f"  both reject {path}\n      it: {theirs[path]}\n      we: {show(errors(found[path])[0])}")
    for row, who in (("only we reject", "we"), ("only it rejects", "it")):
        for path in table[row]:
            why = excuse(path, who)
            said = theirs[path] if who == "it" else "; ".join(map(show, errors(found[path])[:3]))
            score.check(why, f"{row}: {path}: {said}")
            if why:
                print(f"  {row} {path}: {said}\n      right, because {why}")
    score.passed += len(table["both accept"]) + len(table["both reject"])


def main():
    if tuple(map(int, onnx.__version__.split(".")[:2])) < NEWEST:
        print(f"notice: onnx {onnx.__version__} checks less than {NEWEST[0]}.{NEWEST[1]} does")
        print("0 passed, 0 failed, 1 skipped")
        return 0
    score = Score()
    broken_models(score)
    real_models(score)
    print(f"{score.passed} passed, {score.failed} failed")
    return 1 if score.failed else 0


if __name__ == "__main__":
    sys.exit(main())
