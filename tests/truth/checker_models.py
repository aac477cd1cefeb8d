# SPDX-License-Identifier: Apache-2.0
"""Small models that the official checker rejects: one for each thing that it verifies.

    python3 checker_models.py verify           every one of them is rejected, its sound twin is not
    python3 checker_models.py record           writes what the checker said to checker_messages.tsv
    python3 checker_models.py write FOLDER     as files

What it verifies is what the sources in its package say (checker.cc, schema.cc, the inference of each
operator), version 1.23.
A model is made from text (the notation of onnx.parser) or from protobuf objects, then broken in one
place. `RULE` is the rule by which our own check has to find it.
"""

import os
import sys
import tempfile

import onnx
from onnx import AttributeProto, TensorProto, TypeProto, helper, parser

HERE = os.path.dirname(os.path.abspath(__file__))
MESSAGES = os.path.join(HERE, "checker_messages.tsv")

CASES = []  # (name, rule, function that returns a model)
TWINS = {}  # name -> function that returns the model before it was broken


def text(graph, opset=24, ir=13, imports="", functions=""):
    head = f'<ir_version: {ir}, opset_import: ["": {opset}{imports}]>\n'
    return parser.parse_model(head + graph + functions)


def base():
    """x [2,3] -> Add(w) -> y, with an initializer."""
    return text("""g (float[2,3] x) => (float[2,3] y)
                   <float[3] w = {1, 2, 3}> { y = Add(x, w) }""")


def case(name, rule, graph=None, sound=None, opset=24, ir=13, imports="", functions=""):
    """A case from text, or a decorator of a function that breaks base() and may return another."""
    if graph is not None:
        CASES.append((name, rule, lambda: text(graph, opset, ir, imports, functions)))
        if sound is not None:
            TWINS[name] = lambda: text(sound, opset, ir, imports, functions)
        return None

    def take(function):
        def make():
            model = base()
            other = function(model)
            return model if other is None else other
        CASES.append((name, rule, make))
        TWINS[name] = base
        return function
    return take


def alone(function):
    """The case has no sound twin worth a test."""
    del TWINS[CASES[-1][0]]
    return function


# ------------------------------------------------------------------------------------- model --


@case("ir-version-missing", "ir-version-missing")
def _(m):
    m.ClearField("ir_version")


@case("ir-version-zero", "ir-version-missing")
def _(m):
    m.ir_version = 0


@case("ir-version-new", "ir-version-unknown")
def _(m):
    m.ir_version = 99


@case("metadata-twice", "metadata-duplicate")
def _(m):
    for value in "ab":
        m.metadata_props.add(key="author", value=value)


@case("metadata-twice-no-key", "metadata-duplicate")
def _(m):
    m.metadata_props.add(value="a")
    m.metadata_props.add(value="b")


@case("opset-missing", "opset-import")
def _(m):
    del m.opset_import[:]


@case("opset-ir2", "opset-import")
def _(m):
    m.ir_version = 2
    m.graph.input.add().CopyFrom(helper.make_tensor_value_info("w", 1, [3]))


@case("opset-huge", "opset-import")
def _(m):
    m.opset_import[0].version = 1 << 40


@case("opset-low", "opset-import")
def _(m):
    m.opset_import[0].version = -(1 << 40)


@case("opset-other-domain-only", "opset-import")
def _(m):
    m.opset_import[0].domain = "ai.onnx.ml"


@case("opset-zero", "unknown-operator")
def _(m):
    m.opset_import[0].version = 0


@case("graph-missing", "no-graph")
def _(m):
    m.ClearField("graph")


@case("graph-name", "graph-name")
def _(m):
    m.graph.ClearField("name")


@case("body-name", "graph-name")
def _(m):
    other = text("""g (bool c, float[2] x) => (float[2] y) {
        y = If(c) <then_branch = t () => (float[2] a) { a = Relu(x) },
                   else_branch = e () => (float[2] b) { b = Neg(x) }> }""")
    other.graph.node[0].attribute[1].g.ClearField("name")
    return other


# ------------------------------------------------------------------------------- value infos --


@case("input-name", "value-name")
def _(m):
    m.graph.input.add().type.CopyFrom(m.graph.input[0].type)


@case("output-name", "value-name")
def _(m):
    m.graph.output.add().type.CopyFrom(m.graph.input[0].type)


@case("input-type", "value-type")
def _(m):
    m.graph.input[0].ClearField("type")


@case("output-type", "value-type")
def _(m):
    m.graph.output[0].ClearField("type")


@case("input-type-empty", "value-type")
def _(m):
    m.graph.input[0].type.Clear()
    m.graph.input[0].type.denotation = "IMAGE"


@case("input-element", "value-type")
def _(m):
    m.graph.input[0].type.tensor_type.ClearField("elem_type")


@case("input-shape", "value-type")
def _(m):
    m.graph.input[0].type.tensor_type.ClearField("shape")


@case("output-shape", "value-type")
def _(m):
    m.graph.output[0].type.tensor_type.ClearField("shape")


def unread_input(m, **kinds):
    """An input of another type that nobody reads."""
    m.graph.input.add(name="q").type.CopyFrom(TypeProto(**kinds))


@case("input-sequence", "value-type")
def _(m):
    unread_input(m, sequence_type=TypeProto.Sequence())


@case("input-optional", "value-type")
def _(m):
    unread_input(m, optional_type=TypeProto.Optional())


@case("input-map-key", "value-type")
def _(m):
    unread_input(m, map_type=TypeProto.Map(value_type=m.graph.input[0].type))


@case("input-map-value", "value-type")
def _(m):
    unread_input(m, map_type=TypeProto.Map(key_type=7))


@case("input-opaque", "value-type")
def _(m):
    unread_input(m, opaque_type=TypeProto.Opaque(domain="d"))


@case("input-sparse-element", "value-type")
def _(m):
    t = TypeProto.SparseTensor()
    t.shape.dim.add().dim_value = 3
    unread_input(m, sparse_tensor_type=t)


@case("input-sparse-shape", "value-type")
def _(m):
    unread_input(m, sparse_tensor_type=TypeProto.SparseTensor(elem_type=1))


# ----------------------------------------------------------------------------------- tensors --


def tensor(m, **fields):
    """Takes the place of the initializer that nobody has to read."""
    m.graph.initializer.add(name="t").CopyFrom(TensorProto(name="t", **fields))


@case("tensor-no-type", "tensor-type")
def _(m):
    tensor(m, dims=[1], float_data=[1])


@case("tensor-undefined", "tensor-type")
def _(m):
    tensor(m, data_type=0, dims=[1], float_data=[1])


@case("tensor-unknown", "tensor-type")
def _(m):
    tensor(m, data_type=99, dims=[1], float_data=[1])


@case("tensor-unknown-negative", "tensor-type")
def _(m):
    tensor(m, data_type=-1, dims=[1], int32_data=[1])


@case("tensor-two-fields", "tensor-data")
def _(m):
    tensor(m, data_type=1, dims=[1], float_data=[1], int32_data=[1])


@case("tensor-typed-and-raw", "tensor-data")
def _(m):
    tensor(m, data_type=1, dims=[1], float_data=[1], raw_data=bytes(4))


@case("tensor-no-data", "tensor-data")
def _(m):
    tensor(m, data_type=1, dims=[2])


@case("tensor-no-data-scalar", "tensor-data")
def _(m):
    tensor(m, data_type=1)


@case("tensor-empty-raw", "tensor-data")
def _(m):
    tensor(m, data_type=1, dims=[2], raw_data=b"")


@case("tensor-data-of-none", "tensor-data")
def _(m):
    tensor(m, data_type=1, dims=[0], float_data=[1])


@case("tensor-raw-of-none", "tensor-data")
def _(m):
    tensor(m, data_type=1, dims=[3, 0], raw_data=bytes(4))


WRONG_FIELDS = [
    (TensorProto.FLOAT, "int32_data"), (TensorProto.COMPLEX64, "double_data"),
    (TensorProto.DOUBLE, "float_data"), (TensorProto.COMPLEX128, "float_data"),
    (TensorProto.INT32, "int64_data"), (TensorProto.UINT8, "float_data"),
    (TensorProto.INT8, "uint64_data"), (TensorProto.BOOL, "int64_data"),
    (TensorProto.FLOAT16, "float_data"), (TensorProto.BFLOAT16, "float_data"),
    (TensorProto.FLOAT8E4M3FN, "float_data"), (TensorProto.INT64, "int32_data"),
    (TensorProto.UINT32, "int32_data"), (TensorProto.UINT64, "int64_data"),
    (TensorProto.STRING, "int32_data"), (TensorProto.INT4, "int64_data"),
    (TensorProto.UINT2, "int64_data"),
]
for _type, _field in WRONG_FIELDS:
    case(f"tensor-field-{TensorProto.DataType.Name(_type).lower()}", "tensor-data")(
        lambda m, t=_type, f=_field: tensor(m, data_type=t, dims=[2], **{f: [1, 1, 1, 1]}))

SHORT_FIELDS = [
    (TensorProto.FLOAT, "float_data", 3), (TensorProto.COMPLEX64, "float_data", 7),
    (TensorProto.DOUBLE, "double_data", 3), (TensorProto.COMPLEX128, "double_data", 7),
    (TensorProto.INT32, "int32_data", 3), (TensorProto.FLOAT16, "int32_data", 2),
    (TensorProto.FLOAT8E8M0, "int32_data", 3), (TensorProto.INT64, "int64_data", 3),
    (TensorProto.UINT32, "uint64_data", 3), (TensorProto.UINT64, "uint64_data", 1),
]
for _type, _field, _n in SHORT_FIELDS:
    case(f"tensor-short-{TensorProto.DataType.Name(_type).lower()}", "tensor-size")(
        lambda m, t=_type, f=_field, n=_n: tensor(m, data_type=t, dims=[4], **{f: [1] * n}))


@case("tensor-short-string", "tensor-size")
def _(m):
    tensor(m, data_type=TensorProto.STRING, dims=[3], string_data=[b"a", b"b"])


@case("tensor-short-int4", "tensor-size")
def _(m):
    tensor(m, data_type=TensorProto.INT4, dims=[9], int32_data=[1])


@case("tensor-short-int2", "tensor-size")
def _(m):
    tensor(m, data_type=TensorProto.INT2, dims=[17], int32_data=[1])


SHORT_RAW = [
    (TensorProto.FLOAT, 4, 15), (TensorProto.INT64, 4, 31), (TensorProto.FLOAT16, 4, 7),
    (TensorProto.BOOL, 4, 3), (TensorProto.COMPLEX64, 4, 31), (TensorProto.COMPLEX128, 2, 31),
    (TensorProto.UINT4, 5, 2), (TensorProto.UINT2, 9, 2), (TensorProto.FLOAT4E2M1, 3, 1),
    (TensorProto.FLOAT8E5M2, 4, 3),
]
for _type, _n, _bytes in SHORT_RAW:
    case(f"tensor-raw-{TensorProto.DataType.Name(_type).lower()}", "tensor-size")(
        lambda m, t=_type, n=_n, b=_bytes: tensor(m, data_type=t, dims=[n], raw_data=bytes(b)))


@case("tensor-raw-string", "tensor-data")
def _(m):
    tensor(m, data_type=TensorProto.STRING, dims=[1], raw_data=b"a")


FLOAT6 = getattr(TensorProto, "FLOAT6E2M3", 27)


@case("tensor-float6-padding", "tensor-data")
def _(m):
    tensor(m, data_type=FLOAT6, dims=[1], raw_data=b"\xff")


@case("tensor-float6-bits", "tensor-data")
def _(m):
    tensor(m, data_type=FLOAT6, dims=[1], int32_data=[64])


@case("tensor-negative", "tensor-dims")
def _(m):
    tensor(m, data_type=1, dims=[-2], float_data=[1, 2])


@case("tensor-overflow", "tensor-dims")
def _(m):
    tensor(m, data_type=1, dims=[1 << 32, 1 << 32], float_data=[1])


@case("tensor-overflow-bytes", "tensor-dims")
def _(m):
    tensor(m, data_type=TensorProto.DOUBLE, dims=[1 << 61], raw_data=bytes(8))


@case("tensor-overflow-complex", "tensor-dims")
def _(m):
    tensor(m, data_type=TensorProto.COMPLEX64, dims=[(1 << 62) + 1], float_data=[1])


def outside(m, inline=False, **keys):
    tensor(m, data_type=1, dims=[2], data_location=TensorProto.EXTERNAL)
    t = m.graph.initializer[-1]
    for key, value in keys.items():
        t.external_data.add(key=key, value=value)
    if inline:
        t.float_data.extend([1, 2])


@case("external-inline", "external-data")
def _(m):
    outside(m, inline=True, location="present.bin")


@case("external-no-location", "external-data")
def _(m):
    outside(m, offset="0")


@case("external-empty", "external-data")
def _(m):
    outside(m, location="")


@case("external-absolute", "external-data")
def _(m):
    outside(m, location="/etc/passwd")


@case("external-parent", "external-data")
def _(m):
    outside(m, location="../secret")


@case("external-parent-inside", "external-data")
def _(m):
    outside(m, location="a/../../secret")


@case("external-absent", "external-data")
def _(m):
    outside(m, location="nowhere.bin")


@case("external-directory", "external-data")
def _(m):
    outside(m, location=".")


@case("external-linked", "external-data")
def _(m):
    outside(m, location="linked.bin")


@case("external-symbolic", "external-data")
def _(m):
    outside(m, location="symbolic.bin")


@case("external-attribute", "external-data")
def _(m):
    m.graph.node.add(op_type="Constant", output=["k"])
    a = m.graph.node[-1].attribute.add(name="value", type=AttributeProto.TENSOR)
    a.t.data_type = 1
    a.t.data_location = TensorProto.EXTERNAL
    a.t.external_data.add(key="location", value="/etc/passwd")


@case("tensor-in-attribute", "tensor-size")
def _(m):
    m.graph.node.add(op_type="Constant", output=["k"]).attribute.add(
        name="value", type=AttributeProto.TENSOR).t.CopyFrom(
            TensorProto(data_type=1, dims=[3], float_data=[1]))


# ------------------------------------------------------------------------------------ sparse --


def sparse(m, values=None, indices=None, dims=(4, 5), name="s", values_dims=None,
           indices_dims=None, indices_type=TensorProto.INT64):
    s = m.graph.sparse_initializer.add(dims=dims)
    if values is not None:
        s.values.CopyFrom(TensorProto(
            data_type=1, float_data=values,
            dims=values_dims if values_dims is not None else [len(values)]))
        if name is not None:
            s.values.name = name
    if indices is not None:
        field = "int64_data" if indices_type == TensorProto.INT64 else "int32_data"
        s.indices.CopyFrom(TensorProto(
            data_type=indices_type, name="i", **{field: indices},
            dims=indices_dims if indices_dims is not None else [len(indices)]))


@case("sparse-no-values", "initializer-name")
def _(m):
    sparse(m, None, [0])


@case("sparse-name", "initializer-name")
def _(m):
    sparse(m, [1], [0], name="")


@case("sparse-values-rank", "sparse-tensor")
def _(m):
    sparse(m, [1, 2], [0, 1], values_dims=[2, 1])


@case("sparse-rank", "sparse-tensor")
def _(m):
    sparse(m, [1], [0], dims=[])


@case("sparse-dims", "sparse-tensor")
def _(m):
    sparse(m, [1], [0], dims=[3, 0])


@case("sparse-indices-type", "sparse-tensor")
def _(m):
    sparse(m, [1], [0], indices_type=TensorProto.INT32)


@case("sparse-indices-rank", "sparse-tensor")
def _(m):
    sparse(m, [1], [0], indices_dims=[1, 1, 1])


@case("sparse-linear-count", "sparse-tensor")
def _(m):
    sparse(m, [1, 2], [0])


@case("sparse-linear-range", "sparse-tensor")
def _(m):
    sparse(m, [1], [20])


@case("sparse-linear-negative", "sparse-tensor")
def _(m):
    sparse(m, [1], [-1])


@case("sparse-linear-order", "sparse-tensor")
def _(m):
    sparse(m, [1, 2], [3, 3])


@case("sparse-tuple-count", "sparse-tensor")
def _(m):
    sparse(m, [1, 2], [0, 0], indices_dims=[1, 2])


@case("sparse-tuple-rank", "sparse-tensor")
def _(m):
    sparse(m, [1], [0, 0, 0], indices_dims=[1, 3])


@case("sparse-tuple-range", "sparse-tensor")
def _(m):
    sparse(m, [1], [0, 5], indices_dims=[1, 2])


@case("sparse-tuple-order", "sparse-tensor")
def _(m):
    sparse(m, [1, 2], [1, 0, 0, 4], indices_dims=[2, 2])


@case("sparse-no-indices", "sparse-tensor")
def _(m):
    sparse(m, [1])


@case("sparse-values-data", "tensor-size")
def _(m):
    sparse(m, [1], [0, 1], values_dims=[2])


@case("sparse-twice", "duplicate-name")
def _(m):
    sparse(m, [1], [0], name="w")


@case("sparse-attribute", "sparse-tensor")
def _(m):
    m.graph.node.add(op_type="Constant", output=["k"])
    a = m.graph.node[-1].attribute.add(name="sparse_value", type=AttributeProto.SPARSE_TENSOR)
    sparse(m, [1], [20])
    a.sparse_tensor.CopyFrom(m.graph.sparse_initializer[0])
    del m.graph.sparse_initializer[:]


# -------------------------------------------------------------------------------- attributes --


def attribute(m, op="LeakyRelu", **fields):
    """Replaces the node by one with an attribute."""
    node = m.graph.node[0]
    node.op_type = op
    del node.input[1:]
    return node.attribute.add(**fields)


@case("attribute-name", "attribute-name")
def _(m):
    attribute(m, type=1, f=1)


@case("attribute-no-type", "attribute-type")
def _(m):
    attribute(m, name="alpha", f=1)


@case("attribute-undefined", "attribute-type")
def _(m):
    attribute(m, name="alpha", type=0)


@case("attribute-two-fields", "attribute-fields")
def _(m):
    attribute(m, name="alpha", type=1, f=1, i=1)


@case("attribute-two-fields-unsaid", "attribute-fields")
def _(m):
    m.ir_version = 1
    del m.opset_import[:]
    m.graph.input.add().CopyFrom(helper.make_tensor_value_info("w", 1, [3]))
    attribute(m, "Abs", name="consumed_inputs", ints=[1], i=1)


MISMATCHED = [("i", 1), ("s", b"a"), ("floats", [1]), ("ints", [1]), ("strings", [b"a"])]
for _field, _value in MISMATCHED:
    case(f"attribute-mismatch-{_field}", "attribute-fields")(
        lambda m, f=_field, v=_value: attribute(m, name="alpha", type=1, **{f: v}) and None)


@case("attribute-mismatch-f", "attribute-fields")
def _(m):
    attribute(m, "Gather", name="axis", type=2, f=1)


@case("attribute-mismatch-t", "attribute-fields")
def _(m):
    attribute(m, name="alpha", type=1).t.CopyFrom(m.graph.initializer[0])


@case("attribute-mismatch-g", "attribute-fields")
def _(m):
    attribute(m, name="alpha", type=1).g.name = "g"


@case("attribute-mismatch-tp", "attribute-fields")
def _(m):
    attribute(m, name="alpha", type=1).tp.tensor_type.elem_type = 1


@case("attribute-mismatch-sparse", "attribute-fields")
def _(m):
    attribute(m, name="alpha", type=1).sparse_tensor.dims.append(1)


@case("attribute-mismatch-tensors", "attribute-fields")
def _(m):
    attribute(m, name="alpha", type=1).tensors.add(data_type=1, dims=[0])


@case("attribute-mismatch-graphs", "attribute-fields")
def _(m):
    attribute(m, name="alpha", type=1).graphs.add(name="g")


@case("attribute-twice", "attribute-duplicate")
def _(m):
    attribute(m, name="alpha", type=1, f=1)
    m.graph.node[0].attribute.add(name="alpha", type=1, f=2)


@case("attribute-twice-custom", "attribute-duplicate")
def _(m):
    attribute(m, "Own", name="alpha", type=1, f=1)
    m.graph.node[0].attribute.add(name="alpha", type=1, f=2)
    m.graph.node[0].domain = "own"
    m.opset_import.add(domain="own", version=1)


@case("attribute-unknown", "attribute-unknown")
def _(m):
    attribute(m, name="beta", type=1, f=1)


case("attribute-of-later", "attribute-unknown",
      "g (float[2,3] x) => (float[2,3] y) { y = Softmax <stash_type = 1> (x) }",
      "g (float[2,3] x) => (float[2,3] y) { y = Softmax <axis = 1> (x) }")


@case("attribute-kind", "attribute-type")
def _(m):
    attribute(m, name="alpha", type=2, i=1)


@case("attribute-kind-list", "attribute-type")
def _(m):
    attribute(m, "Transpose", name="perm", type=2, i=1)


@case("attribute-kind-reference", "attribute-type")
def _(m):
    other = text("""g (float[2,3] x) => (float[2,3] y) { y = own.F <a = 1.0> (x) }""",
                 imports=', "own": 1', functions="""
        <domain: "own", opset_import: ["": 24]> F <a> (x) => (y) { y = LeakyRelu <alpha: int = @a> (x) }""")
    return other


@case("attribute-no-tensor", "attribute-fields")
def _(m):
    m.graph.node.add(op_type="Constant", output=["k"]).attribute.add(name="value", type=4)


@case("attribute-no-graph", "attribute-fields")
def _(m):
    other = text("""g (bool c, float[2] x) => (float[2] y) {
        y = If(c) <then_branch = t () => (float[2] a) { a = Relu(x) },
                   else_branch = e () => (float[2] b) { b = Neg(x) }> }""")
    other.graph.node[0].attribute[1].ClearField("g")
    return other


@case("attribute-no-sparse", "attribute-fields")
def _(m):
    m.graph.node.add(op_type="Constant", output=["k"]).attribute.add(name="sparse_value", type=11)


@case("attribute-no-type-proto", "attribute-fields")
def _(m):
    m.graph.node.add(op_type="Optional", output=["k"]).attribute.add(name="type", type=13)


case("attribute-required", "attribute-missing",
      "g (float[2,3] x) => (int64[2,3] y) { y = Cast(x) }",
      "g (float[2,3] x) => (int64[2,3] y) { y = Cast <to = 7> (x) }")

case("attribute-required-conv", "attribute-missing",
     "g (float[1,1,4,4] x) => (float[1,1,2,2] y) { y = MaxPool(x) }",
     "g (float[1,1,4,4] x) => (float[1,1,2,2] y) { y = MaxPool <kernel_shape = [3,3]> (x) }")


@case("attribute-reference-value", "attribute-reference")
def _(m):
    other = text("""g (float[2,3] x) => (float[2,3] y) { y = own.F <a = 1.0> (x) }""",
                 imports=', "own": 1', functions="""
        <domain: "own", opset_import: ["": 24]> F <a> (x) => (y)
        { y = If(c) <then_branch = t () => (float[2] p) { p = LeakyRelu <alpha: float = @a> (x) },
                     else_branch = e () => (float[2] q) { q = Neg(x) }>
        }""".replace("{ y", "{ c = Constant <value_int = 1> () \n d = Cast <to = 9> (c) \n y"
                     ).replace("If(c)", "If(d)"))
    leaky = other.functions[0].node[2].attribute[0].g.node[0]
    leaky.attribute[0].f = 2
    return other


# ------------------------------------------------------------------------------------- nodes --


@case("node-operator", "node-operator")
def _(m):
    m.graph.node[0].ClearField("op_type")


@case("node-operator-custom", "node-operator")
def _(m):
    m.graph.node[0].op_type = ""
    m.graph.node[0].domain = "own"
    m.opset_import.add(domain="own", version=1)


@case("node-empty", "node-empty")
def _(m):
    m.graph.node.add(op_type="Relu", name="nothing")


@case("domain-not-imported", "opset-import")
def _(m):
    m.graph.node[0].domain = "ai.onnx.ml"


@case("domain-custom-not-imported", "opset-import")
def _(m):
    m.graph.node[0].domain = "com.example"


case("operator-unknown", "unknown-operator",
     "g (float[2,3] x) => (float[2,3] y) { y = Reluu(x) }",
     "g (float[2,3] x) => (float[2,3] y) { y = Relu(x) }")
case("operator-newer", "unknown-operator",
     "g (float[2,3] x) => (float[2,3] y) { y = Gelu(x) }", opset=17, ir=8)
case("operator-unknown-ml", "unknown-operator",
     "g (float[2,3] x) => (float[2,3] y) { y = ai.onnx.ml.Tree(x) }",
     imports=', "ai.onnx.ml": 5')
case("operator-unknown-training", "unknown-operator",
     "g (float[2,3] x) => (float[2,3] y) { y = ai.onnx.training.Tree(x) }",
     imports=', "ai.onnx.training": 1')
case("operator-deprecated", "deprecated-operator",
     "g (float[1,1,2,2] x, float[4] s) => (float[1,1,4,4] y) { y = Upsample(x, s) }",
     opset=10, ir=5)
case("operator-deprecated-scatter", "deprecated-operator",
     "g (float[3] x, int64[1] i, float[1] u) => (float[3] y) { y = Scatter(x, i, u) }",
     opset=11, ir=6)
case("operator-deprecated-ml", "deprecated-operator",
     """g (float[2,3] x) => (float[2,1] y) { y = ai.onnx.ml.TreeEnsembleRegressor(x) }""",
     imports=', "ai.onnx.ml": 5')
case("inputs-too-few", "node-arity",
     "g (float[2,3] x) => (float[2,3] y) { y = Add(x) }",
     "g (float[2,3] x) => (float[2,3] y) { y = Add(x, x) }")
case("inputs-none", "node-arity", "g (float[2,3] x) => (float[2,3] y) { y = Relu() }")
case("inputs-too-many", "node-arity",
     "g (float[2,3] x) => (float[2,3] y) { y = Relu(x, x) }")
case("outputs-too-many", "node-arity",
     "g (float[2,3] x) => (float[2,3] y) { y, z = Relu(x) }")
case("outputs-none", "node-arity",
     "g (float[2,3] x) => (float[2,3] x2) { x2 = Relu(x) \n  = Relu(x) }")
case("inputs-in-between", "node-arity",
     "g (float[1,1,4,4] x, float[1] s) => (float[1,1,4,4] y) "
     "{ y = BatchNormalization <epsilon = 0.1> (x, s) }")


@case("input-omitted", "node-omitted")
def _(m):
    m.graph.node[0].input[1] = ""


@case("output-omitted", "node-omitted")
def _(m):
    m.graph.node.add(op_type="Relu", input=["x"], output=[""])


# ------------------------------------------------------------------------------------ graphs --


@case("inputs-twice", "duplicate-name")
def _(m):
    m.graph.input.add().CopyFrom(m.graph.input[0])


@case("initializer-twice", "duplicate-name")
def _(m):
    m.graph.initializer.add().CopyFrom(m.graph.initializer[0])


@case("initializer-no-name", "initializer-name")
def _(m):
    m.graph.initializer.add(data_type=1, dims=[0])


@case("initializer-empty-name", "initializer-name")
def _(m):
    m.graph.initializer.add(name="", data_type=1, dims=[0])


@case("initializer-not-input", "initializer-input")
def _(m):
    m.ir_version = 3


case("unsorted", "not-sorted",
     "g (float[2,3] x) => (float[2,3] y) { y = Relu(z) \n z = Neg(x) }",
     "g (float[2,3] x) => (float[2,3] y) { z = Neg(x) \n y = Relu(z) }")
case("cycle", "not-sorted",
     "g (float[2,3] x) => (float[2,3] y) { y = Add(x, z) \n z = Neg(y) }")
case("cycle-self", "not-sorted",
     "g (float[2,3] x) => (float[2,3] y) { y = Add(x, y) }")
case("undefined", "undefined-input",
     "g (float[2,3] x) => (float[2,3] y) { y = Add(x, nobody) }")
case("undefined-in-body", "undefined-input",
     """g (bool c, float[2] x) => (float[2] y) {
        y = If(c) <then_branch = t () => (float[2] a) { a = Relu(nobody) },
                   else_branch = e () => (float[2] b) { b = Neg(x) }> }""",
     """g (bool c, float[2] x) => (float[2] y) {
        y = If(c) <then_branch = t () => (float[2] a) { a = Relu(x) },
                   else_branch = e () => (float[2] b) { b = Neg(x) }> }""")
case("body-before-outer", "not-sorted",
     """g (bool c, float[2] x) => (float[2] y) {
        y = If(c) <then_branch = t () => (float[2] a) { a = Relu(late) },
                   else_branch = e () => (float[2] b) { b = Neg(x) }>
        late = Abs(x) }""")
case("body-reads-own-output", "not-sorted",
     """g (bool c, float[2] x) => (float[2] y) {
        y = If(c) <then_branch = t () => (float[2] a) { a = Relu(y) },
                   else_branch = e () => (float[2] b) { b = Neg(x) }> }""")
case("produced-twice", "duplicate-name",
     "g (float[2,3] x) => (float[2,3] y) { y = Relu(x) \n y = Neg(x) }")
case("produced-twice-by-one", "duplicate-name",
     "g (float[2,4] x) => (float[2,2] y) { y, y = Split <num_outputs = 2> (x) }")
case("produces-input", "duplicate-name",
     "g (float[2,3] x) => (float[2,3] y) { x = Relu(x) \n y = Neg(x) }")


@case("produces-initializer", "duplicate-name")
def _(m):
    m.graph.node.add(op_type="Relu", input=["x"], output=["w"])


case("shadowed-by-node", "shadowed-name",
     """g (bool c, float[2] x) => (float[2] y) {
        z = Neg(x)
        y = If(c) <then_branch = t () => (float[2] z) { z = Relu(x) },
                   else_branch = e () => (float[2] b) { b = Neg(x) }> }""")
case("shadowed-input-by-node", "shadowed-name",
     """g (bool c, float[2] x) => (float[2] y) {
        y = If(c) <then_branch = t () => (float[2] x) { x = Relu(x) },
                   else_branch = e () => (float[2] b) { b = Neg(x) }> }""")
case("output-nowhere", "undefined-input",
     "g (float[2,3] x) => (float[2,3] y) { z = Relu(x) }")
case("output-of-outer", "outer-output",
     """g (bool c, float[2] x) => (float[2] y) {
        y = If(c) <then_branch = t () => (float[2] x) { a = Relu(x) },
                   else_branch = e () => (float[2] b) { b = Neg(x) }> }""")


# --------------------------------------------------------------------------------- functions --

CALL = "g (float[2,3] x) => (float[2,3] y) { y = own.F(x) }"
FUNCTION = '<domain: "own", opset_import: ["": 24]> F (x) => (y) { y = Relu(x) }'


def function_case(name, rule, functions, imports=', "own": 1'):
    case(name, rule, CALL, None, imports=imports, functions="\n" + functions)
    TWINS[name] = lambda: text(CALL, imports=imports, functions="\n" + FUNCTION)


def with_function(m):
    m.CopyFrom(text(CALL, imports=', "own": 1', functions="\n" + FUNCTION))
    return m.functions[0]


function_case("function-twice", "function-duplicate", FUNCTION + "\n" + FUNCTION)
function_case("function-recursive", "recursive-function",
              '<domain: "own", opset_import: ["": 24, "own": 1]> F (x) => (y) { y = own.F(x) }')
function_case("function-cycle", "recursive-function",
              '<domain: "own", opset_import: ["": 24, "own": 1]> F (x) => (y) { y = own.H(x) }'
              '<domain: "own", opset_import: ["": 24, "own": 1]> H (x) => (y) { y = own.F(x) }')
function_case("function-cycle-in-body", "recursive-function", """
<domain: "own", opset_import: ["": 24, "own": 1]> F (x) => (y) {
    c = Constant <value = bool {1}> ()
    y = If(c) <then_branch = t () => (a) { a = own.F(x) }, else_branch = e () => (b) { b = Neg(x) }>
}""")


@case("function-deep", "function-depth")
def _(m):
    chain = [FUNCTION.replace("F (x)", "F0 (x)")]
    for i in range(1, 102):
        chain.append(f'<domain: "own", opset_import: ["": 24, "own": 1]> '
                     f'F{i} (x) => (y) {{ y = own.F{i - 1}(x) }}')
    return text(CALL.replace("own.F", "own.F101"), imports=', "own": 1',
                functions="\n" + "\n".join(chain))


@case("function-many", "function-count")
def _(m):
    f = with_function(m)
    for i in range(10000):
        m.functions.add().CopyFrom(f)
        m.functions[-1].name = f"F{i}"


@case("function-no-name", "function-name")
def _(m):
    with_function(m)
    m.functions.add(domain="own", opset_import=m.opset_import)


@case("function-no-domain", "function-name")
def _(m):
    with_function(m)
    m.functions.add(name="H", opset_import=m.opset_import)


@case("function-input-twice", "duplicate-name")
def _(m):
    with_function(m).input.append("x")


@case("function-output-twice", "function-duplicate")
def _(m):
    with_function(m).output.append("y")


@case("function-attribute-twice", "function-duplicate")
def _(m):
    with_function(m).attribute.extend(["a", "a"])


@case("function-unsorted", "not-sorted")
def _(m):
    f = with_function(m)
    f.node[0].input[0] = "z"
    f.node.add(op_type="Neg", input=["x"], output=["z"])


@case("function-undefined", "undefined-input")
def _(m):
    with_function(m).node[0].input[0] = "nobody"


@case("function-sees-graph", "undefined-input")
def _(m):
    f = with_function(m)
    m.graph.initializer.add(name="w", data_type=1, dims=[1], float_data=[1])
    f.node[0].op_type = "Add"
    f.node[0].input.append("w")


@case("function-produced-twice", "duplicate-name")
def _(m):
    with_function(m).node.add(op_type="Neg", input=["x"], output=["y"])


@case("function-produces-input", "duplicate-name")
def _(m):
    with_function(m).node.add(op_type="Neg", input=["y"], output=["x"])


@case("function-not-imported", "opset-import")
def _(m):
    with_function(m).node[0].domain = "other"


@case("function-opset", "function-opset")
def _(m):
    f = with_function(m)
    f.opset_import[0].version = 6
    f.node[0].op_type = "Relu"


@case("function-opset-huge", "opset-import")
def _(m):
    with_function(m).opset_import.add(domain="far", version=1 << 40)


@case("function-unknown-operator", "unknown-operator")
def _(m):
    with_function(m).node[0].op_type = "Reluu"


@case("function-attribute-unknown", "attribute-unknown")
def _(m):
    with_function(m).node[0].attribute.add(name="alpha", type=1, f=1)


@case("function-tensor", "tensor-size")
def _(m):
    with_function(m).node.add(op_type="Constant", output=["k"]).attribute.add(
        name="value", type=4).t.CopyFrom(TensorProto(data_type=1, dims=[3], float_data=[1]))


# ------------------------------------------------------------------------------------- types --


def shapes(name, rule, graph, sound=None, **options):
    case("shape-" + name, rule, graph, sound, **options)


@case("declared-element", "declared-shape")
def _(m):
    m.graph.output[0].type.tensor_type.elem_type = 7


@case("declared-kind", "declared-shape")
def _(m):
    inner = TypeProto()
    inner.CopyFrom(m.graph.output[0].type)
    m.graph.output[0].type.sequence_type.elem_type.CopyFrom(inner)


@case("declared-rank", "declared-shape")
def _(m):
    m.graph.output[0].type.tensor_type.shape.dim.add().dim_value = 1


@case("declared-dim", "declared-shape")
def _(m):
    m.graph.output[0].type.tensor_type.shape.dim[0].dim_value = 7


@case("declared-value-info", "declared-shape")
def _(m):
    m.graph.node.add(op_type="Relu", input=["y"], output=["z"])
    m.graph.value_info.add().CopyFrom(helper.make_tensor_value_info("z", 1, [2, 4]))


@case("declared-initializer-type", "declared-shape")
def _(m):
    m.graph.input.add().CopyFrom(helper.make_tensor_value_info("w", 7, [3]))


@case("declared-initializer-shape", "declared-shape")
def _(m):
    m.graph.input.add().CopyFrom(helper.make_tensor_value_info("w", 1, [4]))


@case("declared-body-output", "declared-shape")
def _(m):
    return text("""g (bool c, float[2] x) => (float[2] y) {
        y = If(c) <then_branch = t () => (float[3] a) { a = Relu(x) },
                   else_branch = e () => (float[2] b) { b = Neg(x) }> }""")


case("type-unsupported", "operator-type",
     "g (string[2,3] x) => (string[2,3] y) { y = Relu(x) }",
     "g (float[2,3] x) => (float[2,3] y) { y = Relu(x) }")
case("type-of-later", "operator-type",
     "g (int32[2,3] x) => (int32[2,3] y) { y = Relu(x) }", opset=13, ir=8)
case("type-mixed", "operator-type",
     "g (float[2] x, double[2] z) => (float[2] y) { y = Add(x, z) }")
case("type-second-input", "operator-type",
     "g (float[2] x, float[1] s) => (float[2] y) { y = Reshape(x, s) }")
case("type-condition", "operator-type",
     "g (float[2] c, float[2] x) => (float[2] y) { y = Where(c, x, x) }")
case("type-variadic", "operator-type",
     "g (float[2] x, int64[2] z) => (float[4] y) { y = Concat <axis = 0> (x, z) }")
case("type-matmul", "operator-type",
     "g (bool[2,2] x) => (bool[2,2] y) { y = MatMul(x, x) }")
case("type-sequence", "operator-type",
     "g (float[2] x) => (int64 y) { y = SequenceLength(x) }")
case("type-cast", "operator-type",
     "g (complex64[2] x) => (float[2] y) { y = Cast <to = 1> (x) }")
case("type-quantize", "operator-type",
     "g (float[2] x, float s, int32 z) => (int32[2] y) { y = QuantizeLinear(x, s, z) }")

shapes("matmul", "shape-mismatch",
       "g (float[2,3] x, float[4,5] w) => (float[2,5] y) { y = MatMul(x, w) }",
       "g (float[2,3] x, float[3,5] w) => (float[2,5] y) { y = MatMul(x, w) }")
shapes("matmul-scalar", "rank-mismatch",
       "g (float x, float[4,5] w) => (float[5] y) { y = MatMul(x, w) }")
shapes("matmul-batch", "shape-mismatch",
       "g (float[2,3,4] x, float[5,4,6] w) => (float[2,3,6] y) { y = MatMul(x, w) }")
shapes("gemm-rank", "rank-mismatch",
       "g (float[2,3,4] x, float[4,5] w) => (float[2,5] y) { y = Gemm(x, w) }")
shapes("add", "shape-mismatch",
       "g (float[2,3] x, float[2,4] w) => (float[2,4] y) { y = Add(x, w) }")
shapes("where", "shape-mismatch",
       "g (bool[2] c, float[3] x) => (float[3] y) { y = Where(c, x, x) }")
shapes("concat-dim", "shape-mismatch",
       "g (float[2,3] x, float[3,3] w) => (float[2,6] y) { y = Concat <axis = 1> (x, w) }",
       "g (float[2,3] x, float[2,3] w) => (float[2,6] y) { y = Concat <axis = 1> (x, w) }")
shapes("concat-rank", "shape-mismatch",
       "g (float[2,3] x, float[2] w) => (float[4,3] y) { y = Concat <axis = 0> (x, w) }")
shapes("concat-axis", "bad-axis",
       "g (float[2,3] x) => (float[2,6] y) { y = Concat <axis = 2> (x, x) }")
shapes("reshape", "shape-mismatch",
       "g (float[2,3] x) => (float[4,2] y) <int64[2] s = {4, -1}> { y = Reshape(x, s) }",
       "g (float[2,3] x) => (float[3,2] y) <int64[2] s = {3, -1}> { y = Reshape(x, s) }")
shapes("reshape-two-unknown", "bad-shape",
       "g (float[2,3] x) => (float[2,3] y) <int64[2] s = {-1, -1}> { y = Reshape(x, s) }")
shapes("reshape-negative", "bad-shape",
       "g (float[2,3] x) => (float[2,3] y) <int64[2] s = {-2, 3}> { y = Reshape(x, s) }")
shapes("reshape-zero", "bad-shape",
       "g (float[6] x) => (float[6,1] y) <int64[2] s = {6, 0}> { y = Reshape(x, s) }")
shapes("conv-rank", "rank-mismatch",
       "g (float[2] x, float[1,1,3] w) => (float[1,1,2] y) { y = Conv(x, w) }")
shapes("conv-pads", "attribute-length",
       "g (float[1,1,4,4] x, float[1,1,3,3] w) => (float[1,1,2,2] y) "
       "{ y = Conv <pads = [1, 1]> (x, w) }",
       "g (float[1,1,4,4] x, float[1,1,3,3] w) => (float[1,1,4,4] y) "
       "{ y = Conv <pads = [1, 1, 1, 1]> (x, w) }")
shapes("conv-strides", "attribute-length",
       "g (float[1,1,4,4] x, float[1,1,3,3] w) => (float[1,1,2,2] y) "
       "{ y = Conv <strides = [1]> (x, w) }")
shapes("conv-kernel", "attribute-length",
       "g (float[1,1,4,4] x, float[1,1,3,3] w) => (float[1,1,2,2] y) "
       "{ y = Conv <kernel_shape = [3]> (x, w) }")
shapes("conv-dilations", "attribute-length",
       "g (float[1,1,4,4] x, float[1,1,3,3] w) => (float[1,1,2,2] y) "
       "{ y = Conv <dilations = [1]> (x, w) }")
shapes("pool-strides", "attribute-length",
       "g (float[1,1,4,4] x) => (float[1,1,2,2] y) "
       "{ y = MaxPool <kernel_shape = [3,3], strides = [1]> (x) }")
shapes("pool-stride-zero", "attribute-range",
       "g (float[1,1,4,4] x) => (float[1,1,2,2] y) "
       "{ y = MaxPool <kernel_shape = [3,3], strides = [0, 1]> (x) }")
shapes("pool-window", "window-too-large",
       "g (float[1,1,2,2] x) => (float[1,1,1,1] y) { y = MaxPool <kernel_shape = [3,3]> (x) }")
shapes("transpose-length", "bad-axis",
       "g (float[2,3] x) => (float[3,2] y) { y = Transpose <perm = [0]> (x) }")
shapes("transpose-range", "bad-axis",
       "g (float[2,3] x) => (float[3,2] y) { y = Transpose <perm = [0, 2]> (x) }")
shapes("transpose-twice", "bad-axis",
       "g (float[2,3] x) => (float[2,2] y) { y = Transpose <perm = [0, 0]> (x) }")
shapes("softmax-axis", "bad-axis",
       "g (float[2,3] x) => (float[2,3] y) { y = Softmax <axis = 2> (x) }")
shapes("flatten-axis", "bad-axis",
       "g (float[2,3] x) => (float[6,1] y) { y = Flatten <axis = 3> (x) }")
shapes("gather-axis", "bad-axis",
       "g (float[2,3] x, int64[1] i) => (float[1,3] y) { y = Gather <axis = 2> (x, i) }")
shapes("gather-scalar", "bad-axis",
       "g (float x, int64[1] i) => (float[1] y) { y = Gather(x, i) }")
shapes("squeeze", "shape-mismatch",
       "g (float[2,3] x) => (float[3] y) <int64[1] a = {0}> { y = Squeeze(x, a) }",
       "g (float[1,3] x) => (float[3] y) <int64[1] a = {0}> { y = Squeeze(x, a) }")
shapes("squeeze-axis", "bad-axis",
       "g (float[1,3] x) => (float[3] y) <int64[1] a = {2}> { y = Squeeze(x, a) }")
shapes("unsqueeze-axis", "bad-axis",
       "g (float[2,3] x) => (float[1,2,3] y) <int64[1] a = {3}> { y = Unsqueeze(x, a) }")
shapes("unsqueeze-twice", "bad-axis",
       "g (float[2,3] x) => (float[1,1,2,3] y) <int64[2] a = {0, 0}> { y = Unsqueeze(x, a) }")
shapes("reduce-axis", "bad-axis",
       "g (float[2,3] x) => (float[2,1] y) <int64[1] a = {2}> { y = ReduceSum(x, a) }")
shapes("argmax-axis", "bad-axis",
       "g (float[2,3] x) => (int64[2,1] y) { y = ArgMax <axis = 2> (x) }")
shapes("topk-axis", "bad-axis",
       "g (float[2,3] x, int64[1] k) => (float[2,2] y, int64[2,2] i) "
       "{ y, i = TopK <axis = 2> (x, k) }")
shapes("topk-k", "bad-shape",
       "g (float[2,3] x) => (float[2,4] y, int64[2,4] i) <int64[1] k = {4}> "
       "{ y, i = TopK(x, k) }")
shapes("split-sizes", "bad-split",
       "g (float[4] x) => (float[1] y, float[2] z) <int64[2] s = {1, 2}> { y, z = Split(x, s) }",
       "g (float[4] x) => (float[1] y, float[3] z) <int64[2] s = {1, 3}> { y, z = Split(x, s) }")
shapes("split-count", "bad-split",
       "g (float[4] x) => (float[2] y, float[2] z) <int64[3] s = {1, 2, 1}> "
       "{ y, z = Split(x, s) }")
shapes("split-axis", "bad-axis",
       "g (float[4] x) => (float[2] y, float[2] z) "
       "{ y, z = Split <axis = 1, num_outputs = 2> (x) }")
shapes("slice-axis", "bad-axis",
       "g (float[4] x) => (float[2] y) <int64[1] s = {0}, int64[1] e = {2}, int64[1] a = {1}> "
       "{ y = Slice(x, s, e, a) }")
shapes("slice-step", "bad-slice",
       "g (float[4] x) => (float[2] y) <int64[1] s = {0}, int64[1] e = {2}, int64[1] a = {0}, "
       "int64[1] p = {0}> { y = Slice(x, s, e, a, p) }")
shapes("slice-length", "bad-slice",
       "g (float[4] x) => (float[2] y) <int64[1] s = {0}, int64[2] e = {2, 2}> "
       "{ y = Slice(x, s, e) }")
shapes("pad-length", "bad-pads",
       "g (float[2,3] x) => (float[2,5] y) <int64[3] p = {0, 1, 0}> { y = Pad(x, p) }",
       "g (float[2,3] x) => (float[2,5] y) <int64[4] p = {0, 1, 0, 1}> { y = Pad(x, p) }")
shapes("tile-length", "bad-shape",
       "g (float[2,3] x) => (float[2,6] y) <int64[1] r = {2}> { y = Tile(x, r) }")
shapes("expand", "shape-mismatch",
       "g (float[2,3] x) => (float[2,4] y) <int64[2] s = {2, 4}> { y = Expand(x, s) }")
shapes("resize-rank", "length",
       "g (float[1,1,2,2] x) => (float[1,1,4,4] y) <float[2] s = {2, 2}> { y = Resize(x, , s) }")
shapes("resize-both", "bad-attribute",
       "g (float[1,1,2,2] x) => (float[1,1,4,4] y) <float[4] s = {1,1,2,2}, "
       "int64[4] z = {1,1,4,4}> { y = Resize(x, , s, z) }")
shapes("batchnorm", "shape-mismatch",
       "g (float[1,3,2,2] x, float[4] s, float[3] b) => (float[1,3,2,2] y) "
       "{ y = BatchNormalization(x, s, b, b, b) }",
       "g (float[1,3,2,2] x, float[3] s, float[3] b) => (float[1,3,2,2] y) "
       "{ y = BatchNormalization(x, s, b, b, b) }")
shapes("batchnorm-rank", "rank-mismatch",
       "g (float[1,3,2,2] x, float[3,1] s, float[3] b) => (float[1,3,2,2] y) "
       "{ y = BatchNormalization(x, s, b, b, b) }")
shapes("lstm-rank", "rank-mismatch",
       "g (float[5,2] x, float[1,16,3] w, float[1,16,4] r) => (float[5,1,2,4] y) "
       "{ y = LSTM <hidden_size = 4> (x, w, r) }")
shapes("gathernd", "bad-shape",
       "g (float[2,3] x, int64[1,3] i) => (float[1] y) { y = GatherND(x, i) }")
shapes("onehot-depth", "bad-shape",
       "g (int64[2] i, int64[2] d, float[2] v) => (float[2,5] y) { y = OneHot(i, d, v) }")
shapes("depth-to-space", "shape-mismatch",
       "g (float[1,3,2,2] x) => (float[1,1,4,4] y) { y = DepthToSpace <blocksize = 2> (x) }")
shapes("blocksize", "bad-attribute",
       "g (float[1,4,2,2] x) => (float[1,1,4,4] y) { y = DepthToSpace <blocksize = 0> (x) }")
shapes("einsum", "equation",
       'g (float[2,3] x) => (float[2,3] y) { y = Einsum <equation = "ijk->ij"> (x) }')
shapes("einsum-terms", "equation",
       'g (float[2,3] x) => (float[2,2] y) { y = Einsum <equation = "ij,jk->ik"> (x) }')
shapes("range-delta", "bad-range",
       "g () => (int64[2] y) <int64 s = {0}, int64 e = {2}, int64 d = {0}> "
       "{ y = Range(s, e, d) }")
shapes("constant-of-shape", "bad-shape",
       "g () => (float[2] y) <int64[1] s = {-2}> { y = ConstantOfShape(s) }")
shapes("constant-none", "bad-attribute",
       "g () => (float[2] y) { y = Constant() }")
shapes("constant-two", "bad-attribute",
       "g () => (float y) { y = Constant <value_int = 1, value_float = 1.0> () }")
shapes("if-branches", "body-interface",
       """g (bool c, float[2] x) => (float[2] y) {
        y = If(c) <then_branch = t () => (a) { a = Cast <to = 7> (x) },
                   else_branch = e () => (b) { b = Neg(x) }> }""")
shapes("if-outputs", "body-interface",
       """g (bool c, float[2] x) => (float[2] y) {
        y = If(c) <then_branch = t () => (float[2] a, float[2] a2) { a = Relu(x) \n a2 = Neg(x) },
                   else_branch = e () => (float[2] b) { b = Neg(x) }> }""")
shapes("loop-inputs", "body-interface",
       """g (int64 n, bool c, float[2] x) => (float[2] y) {
        y = Loop(n, c, x) <body = b (int64 i, bool d) => (bool d2, float[2] z)
                           { d2 = Identity(d) \n z = Neg(x) }> }""")
shapes("loop-outputs", "body-interface",
       """g (int64 n, bool c, float[2] x) => (float[2] y) {
        y = Loop(n, c, x) <body = b (int64 i, bool d, float[2] v) => (bool d2)
                           { d2 = Identity(d) }> }""")
shapes("negative-declared", "declared-shape",
       "g (float[2,3] x) => (float[2,4] y) { z = Relu(x) \n y = Neg(z) }")


shapes("keepdims", "declared-shape",
       "g (float[2,3] x) => (float[1,1] y) { y = ReduceSum <keepdims = 2> (x) }",
       "g (float[2,3] x) => (float y) { y = ReduceSum <keepdims = 2> (x) }")
shapes("strides-empty", "attribute-length",
       "g (float[1,1,4,4] x, float[1,1,3,3] w) => (float[1,1,2,2] y) "
       "{ y = Conv <strides: ints = []> (x, w) }")
shapes("resize-neither", "bad-attribute",
       "g (float[1,1,2,2] x) => (float[1,1,2,2] y) { y = Resize(x) }")
shapes("resize-sizes-rank", "rank-mismatch",
       "g (float[1,1,2,2] x, int64[1,4] s) => (float[a,b,c,d] y) { y = Resize(x, , , s) }")
shapes("batchnorm-outputs", "arity",
       "g (float[1,3,2,2] x, float[3] s) => (float[1,3,2,2] y) "
       "{ y, m, v = BatchNormalization(x, s, s, s, s) }",
       "g (float[1,3,2,2] x, float[3] s) => (float[1,3,2,2] y) "
       "{ y, m, v = BatchNormalization <training_mode = 1> (x, s, s, s, s) }")
shapes("reshape-list", "rank-mismatch",
       "g (float[2,3] x, int64[1,2] s) => (float[a,b] y) { y = Reshape(x, s) }")
shapes("expand-list", "rank-mismatch",
       "g (float[2,3] x, int64 s) => (float[a,b] y) { y = Expand(x, s) }")
shapes("roialign", "rank-mismatch",
       "g (float[3,4,4] x, float[1,4] r, int64[1] b) => (float[p,q,s,t] y) "
       "{ y = RoiAlign(x, r, b) }")
shapes("dropout-ratio", "rank-mismatch",
       "g (float[2] x, float[1] r) => (float[2] y) { y = Dropout(x, r) }",
       "g (float[2] x, float r) => (float[2] y) { y = Dropout(x, r) }")
shapes("concat-scalar", "rank-mismatch",
       "g (float[2] x, float z) => (float[3] y) { y = Concat <axis = 0> (x, z) }")
shapes("concat-omitted", "node-omitted",
       "g (float[2] x) => (float[n] y) { y = Concat <axis = 0> (, x) }")
shapes("flatten-old", "bad-axis",
       "g (float[2,3] x) => (float[2,3] y) { y = Flatten <axis = -1> (x) }", opset=9, ir=4)
shapes("gridsample", "bad-shape",
       "g (float[1,1,2,2] x, float[1,2,2,3] g) => (float[1,1,2,2] y) { y = GridSample(x, g) }",
       "g (float[1,1,2,2] x, float[1,2,2,2] g) => (float[1,1,2,2] y) { y = GridSample(x, g) }")
shapes("onehot-values", "bad-shape",
       "g (int64[2] i, int64 d, float[3] v) => (float[2,e] y) { y = OneHot(i, d, v) }")
shapes("sequence-insert", "operator-type",
       "g (seq(float[2]) s, double[2] t) => (seq(float[2]) y) { y = SequenceInsert(s, t) }",
       "g (seq(float[2]) s, float[2] t) => (seq(float[2]) y) { y = SequenceInsert(s, t) }")
shapes("scan-count", "body-interface",
       """g (float[3,2] x) => (float[3,2] y) { y = Scan <num_scan_inputs = 2, body =
        b (float[2] v) => (float[2] w) { w = Neg(v) }> (x) }""",
       """g (float[3,2] x) => (float[3,2] y) { y = Scan <num_scan_inputs = 1, body =
        b (float[2] v) => (float[2] w) { w = Neg(v) }> (x) }""")
shapes("scan-slice", "body-interface",
       """g (float[3,2] x) => (float[3,4] y) { y = Scan <num_scan_inputs = 1, body =
        b (float[4] v) => (float[4] w) { w = Neg(v) }> (x) }""")
shapes("map-inputs", "body-interface",
       """g (seq(float[2]) s) => (seq(float[2]) y) { y = SequenceMap <body =
        b (float[2] v, float[2] u) => (float[2] w) { w = Add(v, u) }> (s) }""")
shapes("zipmap", "bad-attribute",
       "g (float[2,3] x) => (seq(map(int64, float)) y) { y = ai.onnx.ml.ZipMap(x) }",
       imports=', "ai.onnx.ml": 1')


def surroundings(folder):
    """The files that external data of the cases lie in."""
    for name in ("present.bin", "linked.bin"):
        with open(os.path.join(folder, name), "wb") as out:
            out.write(bytes(64))
    os.link(os.path.join(folder, "linked.bin"), os.path.join(folder, "second-name.bin"))
    os.symlink("present.bin", os.path.join(folder, "symbolic.bin"))


def models():
    """(name, rule, bytes) of every case."""
    return [(name, rule, make().SerializeToString()) for name, rule, make in CASES]


def write(folder, data):
    """A file with the bytes; returns its path."""
    name, content = data
    path = os.path.join(folder, name + ".onnx")
    with open(path, "wb") as out:
        out.write(content)
    return path


def verdict(path):
    """What the official checker says to a file, cut short, without its folder; None: it accepts."""
    try:
        onnx.checker.check_model(path, full_check=True)
    except Exception as error:  # its errors have no class of their own
        text = (str(error).strip() or type(error).__name__).replace(os.path.dirname(path), "")
        return " ".join(text.split())[:160]
    return None


def recorded():
    """name -> what the official checker said when the messages were written down."""
    if not os.path.exists(MESSAGES):
        return {}
    with open(MESSAGES, encoding="utf-8") as lines:
        return dict(line.rstrip("\n").split("\t", 1) for line in lines)


def main():
    task = sys.argv[1] if len(sys.argv) > 1 else "verify"
    names = [name for name, *_ in CASES]
    assert len(names) == len(set(names)), "two cases of one name"
    folder = sys.argv[2] if task == "write" else tempfile.mkdtemp()
    known = recorded()
    surroundings(folder)
    said, failed = {}, 0
    for name, _, make in CASES:
        try:
            content = make().SerializeToString()
        except Exception as error:
            print(f"{name}: cannot be made: {error}")
            failed += 1
            continue
        path = write(folder, (name, content))
        if task == "write":
            continue
        message = verdict(path)
        said[name] = message or ""
        if message is None:
            print(f"{name}: the checker accepts it")
            failed += 1
        elif task == "verify" and known.get(name) != said[name]:
            print(f"{name}: said {said[name]!r}, recorded is {known.get(name)!r}")
            failed += 1
        if name in TWINS:
            twin = verdict(write(folder, (name + "-sound", TWINS[name]().SerializeToString())))
            if twin:
                print(f"{name}: its sound twin is rejected: {twin}")
                failed += 1
    if task == "record":
        with open(MESSAGES, "w", encoding="utf-8") as out:
            out.writelines(f"{name}\t{message}\n" for name, message in said.items())
    print(f"{len(CASES) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
