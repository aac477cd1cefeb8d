#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Holds what `onnxray check` writes to what formats ask for, and to itself.

    python tests/truth/check_reports.py MODEL...

Of each model: JSON is read strictly; NDJSON, CSV and SARIF say the same findings; SARIF has what the
standard requires, in its types and ranges (written down here from the text of SARIF 2.1.0, since
there is no schema at hand); a baseline leaves nothing over, and gives back what is taken out of it;
exit codes are as counts say. Of all: several models at once are the models one by one, whatever
--jobs says; every rule that a source file reports is in the table.

$ONNXRAY is the program. The last line is "N passed, N failed".
"""
import csv
import io
import json
import multiprocessing
import os
import re
import subprocess
import sys
import tempfile
import urllib.parse

PROGRAM = os.environ.get("ONNXRAY", "build/onnxray")
SOURCES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "src")
LEVELS = {"error": "error", "warning": "warning", "info": "note"}

passed = failed = 0


def note(fine, *what):
    global passed, failed
    if fine:
        passed += 1
    else:
        failed += 1
        print("FAILED:", *what)
    return fine


def run(*words, codes=(0, 1)):
    done = subprocess.run([PROGRAM, "check", *words], capture_output=True, timeout=120)
    if done.returncode not in codes:
        print(words, done.returncode, done.stderr.decode("utf-8", "replace"))
    return done


def no_twice(pairs):
    keys = [k for k, _ in pairs]
    assert len(keys) == len(set(keys)), keys
    return dict(pairs)


def strict(data):
    """JSON as RFC 8259 has it: UTF-8, no NaN, no key twice."""
    def refuse(word):
        raise ValueError(word)
    return json.loads(data.decode("utf-8"), parse_constant=refuse, object_pairs_hook=no_twice)


# ---- SARIF 2.1.0 ----

class Sarif:
    """A document, taken apart by the rules of the standard; whatever is wrong is in `trouble`."""

    def __init__(self, document):
        self.trouble = []
        self.results = []
        self.notifications = []
        self.has(document, {"version": str, "runs": list}, {"$schema": str}, "log")
        self.holds(document.get("version") == "2.1.0", "3.13.2: version")
        self.uri(document.get("$schema", ""), "log")
        for run in document.get("runs", []):
            self.run(run)

    def holds(self, fine, what):
        if not fine:
            self.trouble.append(what)

    def has(self, thing, required, optional, where):
        """Members that have to be there, those that may be, and no others."""
        if not isinstance(thing, dict):
            self.trouble.append(f"{where} is no object")
            return
        for name, kind in required.items():
            self.holds(name in thing, f"{where} has no {name}")
        for name, value in thing.items():
            kind = required.get(name, optional.get(name))
            fine = kind and isinstance(value, kind) and not (kind is int and isinstance(value, bool))
            self.holds(fine, f"{where}.{name} = {value!r}")

    def uri(self, text, where):
        """3.10.1: a valid URI reference of RFC 3986."""
        self.holds(re.fullmatch(r"(?:[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=]|%[0-9A-F]{2})+", text),
                   f"{where}: {text!r} is no URI")

    def message(self, thing, where):
        self.has(thing, {"text": str}, {}, where)
        self.holds(thing.get("text"), f"{where} is empty")

    def run(self, run):
        self.has(run, {"tool": dict}, {"results": list, "invocations": list}, "run")
        self.has(run["tool"], {"driver": dict}, {}, "tool")
        driver = run["tool"]["driver"]
        self.has(driver, {"name": str}, {"semanticVersion": str, "rules": list}, "driver")
        self.holds(re.fullmatch(r"\d+\.\d+\.\d+", driver.get("semanticVersion", "")), "version")
        self.rules = driver.get("rules", [])
        for rule in self.rules:
            self.rule(rule)
        ids = [rule["id"] for rule in self.rules]
        self.holds(len(ids) == len(set(ids)), "3.49.3: a rule is there twice")
        for result in run.get("results", []):
            self.result(result)
        for invocation in run.get("invocations", []):
            self.invocation(invocation)

    def rule(self, rule):
        self.has(rule, {"id": str}, {"shortDescription": dict, "fullDescription": dict, "help": dict,
                                     "defaultConfiguration": dict, "properties": dict}, "rule")
        for name in ("shortDescription", "fullDescription", "help"):
            self.message(rule[name], f"rule {rule['id']}.{name}")
        self.has(rule["defaultConfiguration"], {}, {"level": str}, "configuration")
        self.level(rule["defaultConfiguration"].get("level"))
        self.has(rule["properties"], {}, {"tags": list}, "properties")
        self.holds(len(set(rule["properties"]["tags"])) == len(rule["properties"]["tags"]), "tags")

    def level(self, level):
        self.holds(level in ("none", "note", "warning", "error"), f"3.27.10: level {level}")

    def location(self, location):
        self.has(location, {}, {"physicalLocation": dict, "logicalLocations": list}, "location")
        physical = location.get("physicalLocation", {})
        self.has(physical, {"artifactLocation": dict}, {"region": dict}, "physicalLocation")
        self.has(physical["artifactLocation"], {"uri": str}, {}, "artifactLocation")
        self.uri(physical["artifactLocation"]["uri"], "artifactLocation")
        region = physical.get("region", {})
        self.has(region, {}, {"startLine": int, "byteOffset": int}, "region")
        self.holds(region.get("startLine", 1) >= 1, "3.30.5: lines count from 1")
        self.holds(region.get("byteOffset", 0) >= 0, "3.30.11: no offset below 0")
        for logical in location.get("logicalLocations", []):
            self.has(logical, {}, {"fullyQualifiedName": str, "kind": str}, "logicalLocation")

    def result(self, result):
        self.has(result, {"message": dict},
                 {"ruleId": str, "ruleIndex": int, "level": str, "locations": list,
                  "partialFingerprints": dict}, "result")
        self.message(result["message"], "result")
        self.level(result["level"])
        index = result.get("ruleIndex", -1)
        self.holds(0 <= index < len(self.rules) and self.rules[index]["id"] == result["ruleId"],
                   "3.27.6: ruleIndex is not that of the rule")
        for location in result["locations"]:
            self.location(location)
        for value in result["partialFingerprints"].values():
            self.holds(isinstance(value, str) and value, "3.27.17: a fingerprint is no text")
        self.results.append(result)

    def invocation(self, invocation):
        self.has(invocation, {"executionSuccessful": bool},
                 {"toolExecutionNotifications": list}, "invocation")
        for n in invocation.get("toolExecutionNotifications", []):
            self.has(n, {"message": dict}, {"descriptor": dict, "level": str, "locations": list}, "n")
            self.message(n["message"], "notification")
            self.level(n.get("level"))
            for location in n.get("locations", []):
                self.location(location)
            self.notifications.append(n)
        self.holds(invocation["executionSuccessful"] == (not self.notifications), "success")


def path_of(result):
    uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    return urllib.parse.unquote(uri[len("file://"):] if uri.startswith("file://") else uri)


RULES = {r["name"]: r for r in strict(run("--list-rules", "-f", "json").stdout)["rules"]}


# ---- one model ----

def plain(text):
    """CSV protects spreadsheets by an apostrophe."""
    return text[1:] if text.startswith("'") and text[1:2] in "=+-@\t\r" else text


def same_everywhere(model, report):
    findings = report["findings"]
    rows = [strict(line) for line in run("-f", "ndjson", model).stdout.splitlines()]
    note([{k: v for k, v in r.items() if k != "file"} for r in rows] == findings,
         model, "NDJSON is not JSON")
    table = list(csv.DictReader(io.StringIO(run("-f", "csv", model).stdout.decode("utf-8"), newline="")))
    keys = ("severity", "rule", "where", "message", "hint")
    note([[plain(t[k]) for k in keys] for t in table] == [[f[k] or "" for k in keys] for f in findings],
         model, "CSV is not JSON")
    sarif = Sarif(strict(run("-f", "sarif", model).stdout))
    note(not sarif.trouble, model, "SARIF:", sarif.trouble[:5])
    said = [(r["ruleId"], r["level"], r["message"]["text"],
             r["locations"][0]["physicalLocation"]["region"].get("byteOffset"),
             r["locations"][0]["logicalLocations"][0]["fullyQualifiedName"],
             r["partialFingerprints"]["onnxray/v1"]) for r in sarif.results]
    note(said == [(f["rule"], LEVELS[f["severity"]], f"{f['where']}: {f['message']}", f["offset"],
                   f["where"], f["fingerprint"]) for f in findings], model, "SARIF is not JSON")
    note(all(path_of(r) == model for r in sarif.results), model, "SARIF names another file")


def counted(model, report, rules):
    findings, counts = report["findings"], report["counts"]
    severities = [f["severity"] for f in findings]
    note(all(counts[s] == severities.count(s) for s in LEVELS) or counts["dropped"] > 0,
         model, "counts", counts)
    note(severities == sorted(severities, key=list(LEVELS).index), model, "order of severity")
    for severity in LEVELS:
        offsets = [-1 if f["offset"] is None else f["offset"]
                   for f in findings if f["severity"] == severity]
        note(offsets == sorted(offsets), model, "order in the file")
    prints = [f["fingerprint"] for f in findings]
    note(len(prints) == len(set(prints)), model, "a fingerprint is there twice")
    note(all(f["rule"] in rules and f["hint"] == rules[f["rule"]]["hint"] for f in findings),
         model, "a rule that is not in the table")


def exit_codes(model, counts):
    known = {"info": counts["info"], "warning": counts["warning"], "error": counts["error"]}
    for level, bad in (("error", known["error"]), ("warning", known["error"] + known["warning"]),
                       ("info", sum(known.values())), ("never", 0)):
        code = run("--fail-on", level, model).returncode
        note(code == (1 if bad else 0), model, "--fail-on", level, "gives", code)


def baselines(model, report, folder):
    path = os.path.join(folder, "baseline")
    note(run("--write-baseline", path, model).returncode == 0, model, "--write-baseline fails")
    left = strict(run("-f", "json", "--baseline", path, model).stdout)
    note(not left["findings"] and left["counts"]["known"] == len(report["findings"]), model,
         "a baseline leaves", left["findings"][:2])
    lines = open(path, encoding="utf-8").read().splitlines(keepends=True)
    note(len(lines) == 1 + len(report["findings"]), model, "lines of the baseline")
    if len(lines) < 2:
        return
    gone = lines.pop(1 + len(lines) // 2 if len(lines) > 2 else 1)
    with open(path, "w", encoding="utf-8") as f:
        f.writelines(lines)
    left = strict(run("-f", "json", "--baseline", path, model).stdout)["findings"]
    note([f["fingerprint"] for f in left] == [gone.rstrip("\n").split("\t", 1)[1]], model,
         "what is not in the baseline", left[:2])


def text_says(model, report):
    """Nothing that is counted is silent, and no line is too long."""
    for words in ((), ("-v",)):
        text = run("--width", "80", *words, model).stdout.decode("utf-8")
        rules = {f["rule"] for f in report["findings"] if words or f["severity"] != "info"}
        note(all(f"  {rule}: " in text for rule in rules), model, "text without", rules)
        name = len(model)
        note(all(len(line) <= max(80, name) for line in text.splitlines()), model, "long lines")
    bare = re.sub(r"\s+", "", text)
    note(all(re.sub(r"\s+", "", f["where"] + ":" + f["message"]) in bare
             for f in report["findings"]), model, "-v leaves a finding out")
    markdown = run("-f", "md", model).stdout.decode("utf-8")
    note(markdown.startswith("## ") and "\x1b" not in markdown, model, "Markdown")


# ---- all ----

def several(models):
    """The same whether they come one by one, together, or at the same time."""
    for form in ("text", "json", "ndjson", "md"):
        one_by_one = [run("-f", form, m).stdout for m in models]
        between = b"\n" if form in ("text", "md") else b""
        together = run("-f", form, *models).stdout
        note(between.join(one_by_one) == together, form, "together is not one by one")
        note(run("-f", form, "-j", "4", *models).stdout == together, form, "--jobs changes something")
    absent = "/nowhere/none.onnx"
    for jobs in ("1", "4"):
        done = run("-f", "sarif", "-j", jobs, models[0], absent, *models[1:], codes=(3,))
        sarif = Sarif(strict(done.stdout))
        note(done.returncode == 3 and not sarif.trouble, "SARIF of several:", sarif.trouble[:5])
        note(len(sarif.notifications) == 1 and path_of(sarif.notifications[0]) == absent,
             "SARIF does not name the model that is absent")
        each = [r for m in models for r in strict(run("-f", "sarif", m).stdout)["runs"][0]["results"]]
        note(sarif.results == each, "SARIF of several is not that of each")


def rules_of_sources(rules):
    """Every rule that is reported by a text is in the table: the loader's, inference's and so on."""
    calls = (re.compile(r"\b(?:model_finding|quant_finding)\([^,;]+,[^,;]+,\s*\"([^\"]+)\","),
             re.compile(r"\b(?:call_complain|report|note)\([^,;\"]+,\s*\"([^\"]+)\","))
    found = set()
    for room in ("load", "model", "infer", "rules", "analyze"):
        for name in sorted(os.listdir(os.path.join(SOURCES, room))):
            text = open(os.path.join(SOURCES, room, name), encoding="utf-8").read()
            for call in calls:
                found.update(call.findall(text))
    note(len(found) > 40, "only", len(found), "rules were found in the sources")
    note(found <= set(rules), "not in the table:", sorted(found - set(rules)))


def odd_names(folder, model):
    """Paths that a URI, a table or a terminal could take for something else."""
    data = open(model, "rb").read()
    for name in ("a b.onnx", "50%.onnx", "c#d?e.onnx", "x:y.onnx", "\u00e9.onnx", "t\tab|`<b>.onnx",
                 "=cmd.onnx"):
        path = os.path.join(folder, name)
        with open(path, "wb") as f:
            f.write(data)
        done = subprocess.run([PROGRAM, "check", "-f", "sarif", "--", name], cwd=folder,
                              capture_output=True, timeout=60)
        sarif = Sarif(strict(done.stdout))
        note(not sarif.trouble and sarif.results and {path_of(r) for r in sarif.results} == {name},
             "SARIF of", repr(name), sarif.trouble)
        os.unlink(path)


def look(model):
    """All that is said about one model. @return (passed, failed, has findings)"""
    global passed, failed
    passed = failed = 0
    done = run("-f", "json", model, codes=(0, 1, 3))
    if done.returncode == 3:
        return 0, 0, False
    report = strict(done.stdout)
    with tempfile.TemporaryDirectory() as folder:
        counted(model, report, RULES)
        same_everywhere(model, report)
        exit_codes(model, report["counts"])
        baselines(model, report, folder)
        text_says(model, report)
    return passed, failed, bool(report["findings"])


def main(models):
    global passed, failed
    note(len(RULES) > 50, "only", len(RULES), "rules")
    rules_of_sources(RULES)
    with multiprocessing.Pool(2) as pool:
        results = pool.map(look, models, chunksize=4)
    passed += sum(r[0] for r in results)
    failed += sum(r[1] for r in results)
    worst = [m for m, r in zip(models, results) if r[2] and os.path.getsize(m) < 1 << 20]
    note(len(worst) >= 5, "only", len(worst), "models have findings")
    several(worst[:6])
    with tempfile.TemporaryDirectory() as folder:
        odd_names(folder, worst[0])
    print(f"{passed} passed, {failed} failed")
    return failed != 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
