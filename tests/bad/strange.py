# SPDX-License-Identifier: Apache-2.0
"""Names that are there twice or nowhere, numbers of nonsense, data in odd places; part of make_bad.

All of them are sound files: they are read and described, and what is wrong with them is told.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from make_bad import Place

MOST, LEAST = (1 << 63) - 1, -(1 << 63)


def strange(at: Place) -> None:
    # Imported late: make_bad imports this module.
    from make_bad import (FLOAT, FRAME, INPUT, INT64, LENGTH, OUTPUT, RELU, external, floats,
                          message, model, node, number, opset, plain, shape, tag, tensor,
                          tensor_type, value, varint)

    def made(op: bytes, inputs: Iterable[bytes], outputs: Iterable[bytes], *parts: bytes) -> bytes:
        return message(1, node(op, inputs, outputs, *parts))

    def integer(name: bytes, n: int) -> bytes:
        return message(5, message(1, name), number(3, n), number(20, 2))

    def real(name: bytes, data: bytes) -> bytes:
        return message(5, message(1, name), tag(2, 5) + data, number(20, 1))

    def body(name: bytes, *parts: bytes) -> bytes:
        return message(5, message(1, name), message(6, message(2, b"body"), *parts), number(20, 5))

    def weight(name: bytes, *dims: int) -> bytes:
        return message(5, tensor(name, dims, number(14, 1)))

    # ---- names that are there twice, or nowhere ----
    twice = {
        "outputs": (RELU, made(b"Neg", [b"x"], [b"y"]), FRAME),
        "outputs_of_one": (made(b"Split", [b"x"], [b"y", b"y"]), FRAME),
        "initializer": (RELU, weight(b"w", 2), weight(b"w", 3), FRAME),
        "initializer_sparse": (RELU, weight(b"w", 2), message(15, message(1, tensor(
            b"w", [1], message(9, floats(1.0)))), number(3, 4)), FRAME),
        "initializer_output": (RELU, weight(b"y", 2), FRAME),
        "input": (RELU, FRAME, INPUT),
        "input_output": (message(1, node(b"Relu", [b"x"], [b"x"])), INPUT, message(12, value(b"x"))),
        "output": (RELU, FRAME, OUTPUT, OUTPUT),
        "value_info": (RELU, FRAME, message(13, value(b"y", tensor_type(3))),
                       message(13, value(b"y", tensor_type(4)))),
        "node": (RELU, message(1, node(b"Neg", [b"y"], [b"z"], name=b"relu")), FRAME),
        "attribute": (made(b"LeakyRelu", [b"x"], [b"y"], real(b"alpha", floats(1.0)),
                           integer(b"alpha", 3)), FRAME),
        "shadowed": (RELU, made(b"If", [b"x"], [b"z"], body(
            b"then_branch", made(b"Neg", [b"x"], [b"y"]), weight(b"x", 9),
            message(12, value(b"y")))), FRAME),
        "annotation": (RELU, FRAME, *[message(14, message(1, b"y"), message(
            2, message(1, b"SCALE_TENSOR"), message(2, b"w")))] * 2),
    }
    for name, parts in twice.items():
        at.good(f"names/twice_{name}.onnx", model(*parts), f"the same name twice: {name}")
    at.good("names/twice_many.onnx", model(RELU, FRAME, weight(b"w", 2) * 20_000, INPUT * 20_000),
            "an initializer and an input 20 000 times each")
    again = message(25, message(1, b"f"), message(10, b"d"), message(4, b"i"), message(5, b"o"),
                    message(7, node(b"Relu", [b"i"], [b"o"])))
    at.good("names/twice_function.onnx", model(made(b"f", [b"x"], [b"y"], message(7, b"d")), FRAME,
                                               extra=again * 2), "a function twice")
    at.good("names/twice_metadata.onnx",
            plain(extra=message(14, message(1, b"k"), message(2, b"one"))
                  + message(14, message(1, b"k"), message(2, b"two"))), "a key of metadata twice")
    nowhere = {
        "input": (made(b"Relu", [b"nothing"], [b"y"]), FRAME),
        "output": (RELU, FRAME, message(12, value(b"nothing"))),
        "outputs_at_all": (RELU, INPUT),
        "inputs_at_all": (RELU, OUTPUT),
        "nodes": (FRAME,),
        "names": (message(1, node(b"Relu", [b""], [b""])), message(11, value(b"")),
                  message(12, value(b"")), weight(b"", 2), message(13, value(b""))),
        "operator": (message(1, message(1, b"x"), message(2, b"y")), FRAME),
        "body_output": (made(b"If", [b"x"], [b"y"], body(b"then_branch", message(
            12, value(b"x"))), body(b"else_branch", message(12, value(b"nothing")))), FRAME),
        "annotated": (RELU, FRAME, message(14, message(1, b"nothing"), message(
            2, message(1, b"SCALE_TENSOR"), message(2, b"nothing either")))),
        "sparse_values": (RELU, FRAME, message(15, number(3, 4))),
        "type": (RELU, message(11, message(1, b"x")), message(12, message(1, b"y"))),
        "shape": (RELU, message(11, value(b"x", message(1, number(1, FLOAT)))), OUTPUT),
    }
    for name, parts in nowhere.items():
        at.good(f"names/no_{name}.onnx", model(*parts), f"not there: {name}")
    for kind in range(16):
        at.good(f"names/no_value_{kind}.onnx",
                model(made(b"If", [b"x"], [b"y"], *(message(5, message(1, name), number(20, kind))
                                                    for name in (b"then_branch", b"value", b"body"))),
                      made(b"Constant", [], [b"c"], message(5, message(1, b"value"), number(20, kind))),
                      FRAME), f"attributes of type {kind} and without a value")
    at.good("names/reference.onnx",
            model(made(b"If", [b"x"], [b"y"], message(5, message(1, b"then_branch"), message(
                21, b"nothing"), number(20, 5)), message(5, message(1, b"else_branch"), message(
                    21, b"else_branch"), message(6, RELU, OUTPUT), number(20, 5))), FRAME),
            "attributes that refer to what a function is given, outside of one")
    call = body(b"then_branch", message(1, node(b"f", [b"i"], [b"t"], message(7, b"d"))),
                message(12, value(b"t")))
    at.good("names/recursion_in_body.onnx",
            model(made(b"f", [b"x"], [b"y"], message(7, b"d")), FRAME, extra=message(
                25, message(1, b"f"), message(10, b"d"), message(4, b"i"), message(5, b"o"),
                message(7, node(b"If", [b"i"], [b"o"], call)))),
            "a function that calls itself from a body")

    # ---- numbers ----
    nan, infinite = struct.pack("<f", float("nan")), struct.pack("<f", float("-inf"))
    signalling = b"\x01\x00\x80\x7f"
    at.good("numbers/attributes.onnx",
            model(made(b"Odd", [b"x"], [b"y"], *(real(b"f%d" % k, data) for k, data in enumerate(
                (nan, infinite, signalling, floats(-0.0), floats(1e-45), b"\xff\xff\x7f\x7f"))),
                *(integer(b"i%d" % k, n) for k, n in enumerate((MOST, LEAST, -1, 1 << 53, 1 << 62))),
                message(5, message(1, b"fs"), message(7, nan + infinite + floats(-0.0)),
                        number(20, 6)),
                message(5, message(1, b"is"), message(8, varint(MOST) + varint(LEAST)),
                        number(20, 7))), FRAME), "attributes that JSON has no numbers for")
    halves = {10: b"\x00\x7e\x00\xfc\x00\x80\x01\x00", 16: b"\xc0\x7f\x80\xff\x00\x80\x01\x00",
              1: nan + infinite + floats(-0.0, 1e-45), 17: b"\x7f\xff\x80\x01", 18: b"\x80\x7f\xff\x01",
              19: b"\x7d\x7e\x7f\xfc", 20: b"\x80\x7f\xff\x01", 24: b"\xff\x00\xfe\x01",
              11: struct.pack("<4d", float("nan"), float("inf"), -0.0, 5e-324),
              7: struct.pack("<4q", MOST, LEAST, 0, -1), 13: b"\xff" * 32, 14: nan * 8,
              15: struct.pack("<8d", *[float("nan")] * 8), 9: b"\x02\xff\x00\x01"}
    for data_type, data in halves.items():
        at.good(f"numbers/tensor_{data_type}.onnx",
                plain(message(5, tensor(b"w", [4], message(9, data), data_type=data_type)),
                      made(b"DequantizeLinear", [b"w", b"w", b"w"], [b"d"]),
                      made(b"MatMul", [b"x", b"w"], [b"m"])),
                f"values of type {data_type} that JSON has no numbers for", show="w")
    for name, start in {"ir_0": number(1, 0), "ir_huge": number(1, 1 << 40), "ir_minus": number(1, -1),
                        "ir_most": number(1, MOST), "ir_none": b""}.items():
        at.good(f"numbers/{name}.onnx", start + opset() + message(7, RELU, FRAME), "an IR version")
    for name, version in {"huge": 1 << 40, "minus": -1, "most": MOST, "least": LEAST, "zero": 0,
                          "next": 1000}.items():
        at.good(f"numbers/opset_{name}.onnx",
                number(1, 8) + message(8, number(2, version)) + message(
                    8, message(1, b"com.microsoft"), number(2, version)) + message(7, RELU, FRAME),
                "an opset version")
    at.good("numbers/opset_twice.onnx", number(1, 8) + opset(17) + opset(3) + message(
        8, message(1, b"ai.onnx"), number(2, 11)) + message(7, RELU, FRAME), "three opsets at once")
    at.good("numbers/opset_none.onnx", number(1, 8) + message(7, RELU, FRAME), "no opset")
    at.good("numbers/model_version.onnx", plain(extra=number(5, LEAST)), "a model version")
    for n in (-5, LEAST, MOST):
        at.good(f"numbers/dim_{n}.onnx", model(RELU, made(b"MatMul", [b"x", b"x"], [b"z"]), message(
            11, value(b"x", tensor_type(n, 2, n))), OUTPUT), f"a dimension of {n}")
        at.good(f"numbers/sparse_{n}.onnx",
                plain(message(15, message(1, tensor(b"w", [n], message(9, floats(1.0)))),
                              message(2, tensor(b"", [n], message(9, struct.pack("<q", n)),
                                                data_type=INT64)), number(3, n), number(3, n))),
                f"a sparse tensor of {n}", show="w")
    at.good("numbers/sparse_product.onnx",
            plain(message(15, message(1, tensor(b"w", [1], message(9, floats(1.0)))),
                          message(2, tensor(b"", [1], message(9, struct.pack("<q", MOST)),
                                            data_type=INT64)),
                          number(3, 3037000499), number(3, 3037000501))),
            "a sparse tensor whose dims' product does not fit", show="w")

    # ---- division ----
    image = message(11, value(b"img", message(1, number(1, FLOAT), message(2, shape(1, 4, 8, 8)))))
    deep = [(b"SpaceToDepth", b"", [b"blocksize"]), (b"DepthToSpace", b"", [b"blocksize"]),
            (b"GroupNormalization", b"", [b"num_groups", b"stash_type"]), (b"LRN", b"", [b"size"]),
            (b"QuantizeLinear", b"", [b"block_size", b"axis"]),
            (b"DequantizeLinear", b"", [b"block_size", b"axis"]),
            (b"Attention", b"", [b"q_num_heads", b"kv_num_heads"]),
            (b"RotaryEmbedding", b"", [b"num_heads", b"rotary_embedding_dim"]),
            (b"Split", b"", [b"num_outputs", b"axis"]), (b"Col2Im", b"", [b"strides", b"dilations"]),
            (b"LSTM", b"", [b"hidden_size", b"layout"]), (b"Scan", b"", [b"num_scan_inputs"]),
            (b"Attention", b"com.microsoft", [b"num_heads"]),
            (b"MultiHeadAttention", b"com.microsoft", [b"num_heads"]),
            (b"GroupQueryAttention", b"com.microsoft", [b"num_heads", b"kv_num_heads"]),
            (b"MatMulNBits", b"com.microsoft", [b"K", b"N", b"bits", b"block_size"]),
            (b"GatherBlockQuantized", b"com.microsoft", [b"bits", b"block_size"]),
            (b"MoE", b"com.microsoft", [b"k"]), (b"QMoE", b"com.microsoft", [b"expert_weight_bits"])]
    for n in (0, -1, MOST, LEAST):
        at.good(f"numbers/divide_by_{n}.onnx",
                model(image, weight(b"w", 4, 4, 3, 3), *(
                    made(op, [b"img", b"w", b"w", b"w", b"img", b"w"], [b"v%d" % k, b"u%d" % k],
                         *(integer(name, n) for name in names), message(7, domain))
                    for k, (op, domain, names) in enumerate(deep)), FRAME),
                f"{n} where something is divided by it")
    five = message(5, tensor(b"s", [1], message(9, struct.pack("<q", 0)), data_type=INT64))
    at.good("numbers/slice_step_0.onnx", plain(five, made(b"Slice", [b"x"] + [b"s"] * 4, [b"z"])),
            "a step of 0")

    # ---- data that is elsewhere, in every place that holds a tensor ----
    away = external(b"w", location=b"../secret.bin")
    sparse = message(1, away) + message(2, away) + number(3, 8)

    def held(kind: int, data: bytes, number_: int) -> bytes:
        return message(5, message(1, b"value"), message(number_, data), number(20, kind))

    holders = {
        "tensor": held(4, away, 5), "tensors": held(9, away, 10), "sparse_value": held(
            11, sparse, 22), "sparse_list": held(12, sparse, 23)}
    for name, attribute in holders.items():
        constant = node(b"Constant", [], [b"w"], attribute, name=b"c")
        at.good(f"ext/holds_{name}.onnx", plain(message(1, constant)), "data outside, in an attribute",
                show="w", never="31337|root:")
        at.good(f"ext/holds_{name}_in_body.onnx",
                plain(made(b"If", [b"x"], [b"z"], body(b"then_branch", message(1, constant), message(
                    12, value(b"w"))))), "the same in a body", show="w", never="31337|root:")
        at.good(f"ext/holds_{name}_in_function.onnx",
                model(made(b"f", [b"x"], [b"y"], message(7, b"d")), FRAME, extra=message(
                    25, message(1, b"f"), message(10, b"d"), message(5, b"w"), message(7, constant),
                    message(11, attribute[2:] if len(attribute) < 130 else attribute[3:]))),
                "the same in a function, and as a default", show="w", never="31337|root:")
        at.good(f"ext/holds_{name}_in_training.onnx",
                plain(extra=message(20, message(1, message(1, constant), message(5, away)), message(
                    2, message(1, constant)))), "the same in a training graph", show="w",
                never="31337|root:")
    at.good("ext/steers.onnx",
            plain(message(5, away), message(5, external(b"s", location=b"../secret.bin")),
                  made(b"Reshape", [b"x", b"w"], [b"r"]), made(b"Expand", [b"x", b"w"], [b"e"]),
                  made(b"DequantizeLinear", [b"w", b"s", b"s"], [b"d"]),
                  made(b"QLinearConv", [b"x"] + [b"w"] * 8, [b"q"]),
                  made(b"MatMul", [b"x", b"w"], [b"m"])),
            "shapes, scales and weights outside", show="w", never="31337|root:")

    # ---- size ----
    doc = 100_000_000
    at.good("many/doc_100mb.onnx", b"", "a documentation of 100 MB")
    with open(at.root / "many/doc_100mb.onnx", "wb") as file:
        inner = message(1, node(b"Relu", [b"x"], [b"y"])) + INPUT + OUTPUT + tag(
            10, LENGTH) + varint(doc)
        file.write(number(1, 8) + opset() + tag(7, LENGTH) + varint(len(inner) + doc) + inner)
        file.truncate(file.tell() + doc)
    at.good("file/large.onnx", b"", "a file of 3 GiB", prints="Relu", show="w", says="float32")
    with open(at.root / "file/large.onnx", "wb") as file:
        size = 3 << 30
        dims = number(1, size >> 2) + number(2, FLOAT) + message(8, b"w") + tag(9, LENGTH) + varint(
            size)
        inner = (RELU + FRAME + tag(5, LENGTH) + varint(len(dims) + size) + dims)
        file.write(number(1, 8) + opset() + tag(7, LENGTH) + varint(len(inner) + size) + inner)
        file.truncate(file.tell() + size)
    at.either("many/empty_nodes_5m.onnx", model(message(1) * 5_000_000),
              "five million empty nodes: more than there may be")
