# SPDX-License-Identifier: Apache-2.0
"""Compares the operator table with the schemas of an installed onnx package.

    dump_ops > ops.tsv && dump_ops types > types.tsv && python3 ops_truth.py ops.tsv types.tsv

Every schema version that this onnx knows must be in the table, with the same names, arities,
flags, attribute types, defaults and deprecation, and with the same types; what the table knows beyond it is left alone, so an
older onnx is a smaller truth, not a failure. Where onnxruntime can be imported, its own domains are
compared the same way.
"""

import struct
import sys

from onnx import AttributeProto, TensorProto, defs, helper

RUNTIME_DOMAINS = ("com.microsoft", "com.microsoft.nchwc", "com.ms.internal.nhwc")
UNBOUNDED = 65535

# deprecated by a later release of onnx, without a new version
WITHDRAWN = {("GroupNormalization", 18)}

# in the table, not in the standard: experiments of old, and names that onnxruntime adds
BEYOND = {
    ("ai.onnx", "LayerNormalization", 1),
    ("ai.onnx", "MeanVarianceNormalization", 1),
    ("ai.onnx", "ThresholdedRelu", 1),
}


def read_table(path):
    """(domain, operator, version) -> row, for every version a row stands for."""
    table = {}
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            (domain, name, _, versions, _, deprecated, *limits,
             inputs, outputs, attributes) = line.rstrip("\n").split("\t")
            row = {
                "deprecated": deprecated == "1",
                "arity": [UNBOUNDED if limit == "*" else int(limit) for limit in limits],
                "inputs": read_formals(inputs),
                "outputs": read_formals(outputs),
                "attributes": read_attributes(attributes),
            }
            for version in versions.split(","):
                table[domain, name, int(version)] = row
    return table


def read_formals(text):
    return [tuple(word.split(",")[:2]) for word in text.split("|")] if text else []


def read_attributes(text):
    """name -> (type, required, default as text or None)"""
    result = {}
    for word in text.split("|") if text else ():
        name, kind, required, default = word.split(",", 3)
        result[name] = (int(kind), required == "1", default[1:] if default else None)
    return result


def formals(parameters):
    flags = {"Optional": "?", "Variadic": "*", "Single": ""}
    return [(p.name, flags[str(p.option).rsplit(".", 1)[-1]]) for p in parameters]


def attribute(schema_attribute):
    """The default stays an AttributeProto, or is None."""
    default = getattr(schema_attribute, "default_value", None)
    if default is None:
        default = AttributeProto()
        default.ParseFromString(schema_attribute._default_value)
    kind = getattr(AttributeProto, str(schema_attribute.type).rsplit(".", 1)[-1])
    return kind, bool(schema_attribute.required), default if default.type else None


def float32(value):
    """The bits of a number as a float32, so that -0 and rounding count."""
    try:
        return struct.pack("<f", float(value))
    except OverflowError:
        return b"too large"


def same_default(text, proto):
    if text is None or proto is None:
        return text is None and proto is None
    value = helper.get_attribute_value(proto)
    many = isinstance(value, (list, tuple)) or type(value).__name__.startswith("Repeated")
    values = list(value) if many else [value]
    texts = ([] if text == "" else text.split(",")) if many else [text]
    if len(values) != len(texts):
        return False
    for one, word in zip(values, texts):
        if isinstance(one, bytes):
            same = one.decode("utf-8") == word
        elif isinstance(one, float):
            same = float32(one) == float32(word)
        else:
            same = str(one) == word
        if not same:
            return False
    return True


def compare(row, schema):
    """Yields a sentence for each difference."""
    expected = [min(int(n), UNBOUNDED) for n in (schema.min_input, schema.max_input,
                                                 schema.min_output, schema.max_output)]
    if row["arity"] != expected:
        yield f"arity: expected {expected}, found {row['arity']}"
    for what in ("inputs", "outputs"):
        expected = formals(getattr(schema, what))
        if row[what] != expected:
            yield f"{what}: expected {expected}, found {row[what]}"
    if row["deprecated"] != bool(schema.deprecated) \
            and (schema.name, schema.since_version) not in WITHDRAWN:
        yield f"deprecated: expected {bool(schema.deprecated)}, found {row['deprecated']}"
    if list(row["attributes"]) != sorted(row["attributes"]):
        yield "attributes are not in alphabetical order"
    for name in sorted(set(row["attributes"]) ^ set(schema.attributes)):
        yield f"attribute {name}: {'extra' if name in row['attributes'] else 'missing'}"
    for name in sorted(set(row["attributes"]) & set(schema.attributes)):
        kind, required, default = row["attributes"][name]
        true_kind, true_required, true_default = attribute(schema.attributes[name])
        if (kind, required) != (true_kind, true_required):
            yield (f"attribute {name}: expected type {true_kind} required {true_required}, "
                   f"found type {kind} required {required}")
        if not same_default(default, true_default):
            yield f"attribute {name}: default {default!r} differs from {true_default}"


def schemas():
    """All schemas to hold the table against; of two for one version, onnx's own comes first."""
    yield from defs.get_all_schemas_with_history()
    try:
        from onnxruntime.capi import onnxruntime_pybind11_state as runtime
        for schema in runtime.get_all_operator_schema():
            if schema.domain in RUNTIME_DOMAINS:
                yield schema
    except (ImportError, AttributeError):
        print("onnxruntime is not here: its domains are skipped", file=sys.stderr)


MAPS = ("map(int64, double)", "map(int64, float)", "map(int64, string)", "map(string, double)",
        "map(string, float)", "map(string, int64)", "seq(map(int64, float))",
        "seq(map(string, float))")


def read_types(path):
    """(domain, operator, version) -> inputs, outputs: lists of (variable, own, set of types)."""
    names = {number: name.lower() for name, number in TensorProto.DataType.items()}
    table = {}

    def formal(word):
        variable, own, *sets = word.split(",")
        types = set()
        forms = ("tensor(%s)", "seq(tensor(%s))", "optional(tensor(%s))", "optional(seq(tensor(%s)))")
        for form, bits in zip(forms, sets):
            types |= {form % names.get(i, i) for i in range(32) if int(bits, 16) >> i & 1}
        types |= {name for i, name in enumerate(MAPS) if int(sets[-1], 16) >> i & 1}
        return variable, own == "~", types

    with open(path, encoding="utf-8") as lines:
        for line in lines:
            domain, name, versions, *sides = line.rstrip("\n").split("\t")
            sides = [[formal(word) for word in side.split("|")] if side else [] for side in sides]
            for version in versions.split(","):
                table[domain, name, int(version)] = sides
    return table


def compare_types(sides, schema):
    """Yields a sentence for each difference; what a newer onnx added to a set is one."""
    sets = {c.type_param_str: set(c.allowed_type_strs) for c in schema.type_constraints}
    for side, what in zip(sides, ("inputs", "outputs")):
        expected = [(f.type_str if f.type_str in sets else "", not f.is_homogeneous,
                     sets.get(f.type_str, {f.type_str})) for f in getattr(schema, what)]
        if len(side) != len(expected):
            yield f"types of {len(side)} {what}, expected {len(expected)}"
        for have, wants in zip(side, expected):
            if have[:2] != wants[:2]:
                yield f"types of {what}: {have[:2]}, expected {wants[:2]}"
            if have[2] != wants[2]:
                yield f"types of {what} {have[0]}: differ in {sorted(have[2] ^ wants[2])}"


def main():
    if len(sys.argv) != 3:
        sys.exit("usage: ops_truth.py TABLE TYPES  (the output of dump_ops, and of dump_ops types)")
    table, types = read_table(sys.argv[1]), read_types(sys.argv[2])
    known, passed, failed, newest = set(), 0, 0, 0
    for schema in schemas():
        key = (schema.domain or "ai.onnx", schema.name, schema.since_version)
        label = "%s %s-%d" % key
        known.add(key)
        if not schema.domain:
            newest = max(newest, schema.since_version)
        problems = list(compare(table[key], schema)) if key in table else ["not in the table"]
        if key[0] not in RUNTIME_DOMAINS and hasattr(schema.inputs[0] if schema.inputs else
                                                     schema.outputs[0], "is_homogeneous"):
            problems += compare_types(types[key], schema) if key in types else ["has no types"]
        for problem in problems:
            print(f"{label}: {problem}")
        passed += not problems
        failed += bool(problems)
    # nor may the standard's operators have versions that never existed
    names = {key[:2] for key in known}
    for key in sorted(set(table) - known - BEYOND):
        if key[0] == "ai.onnx" and key[:2] in names and key[2] <= newest:
            print("%s %s-%d: no such version" % key)
            failed += 1
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
