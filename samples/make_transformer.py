#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes transformer.textproto: a two-layer language model as PyTorch exports it, very small.

    python3 samples/make_transformer.py [DIRECTORY]

Needs nothing but Python. The weights are random; what matters is the structure: names made of
module scopes, shapes computed with Shape, Gather and Concat, weights called onnx::MatMul_201 because
the exporter transposed them, GELU written out, Constant nodes everywhere.
"""

from __future__ import annotations

import math
import random
import sys
from pathlib import Path

from textmodel import FLOAT, INT64, Tensor, TextModel

WORDS, WIDTH, HEADS, INNER, LAYERS = 11, 8, 2, 16, 2

ABOUT = """
A language model of two transformer layers, as small as can be, with names and detours of an
export from PyTorch: "/layers.0/attn/q_proj/MatMul" belongs to the module layers.0.attn.q_proj.
Both dimensions of the input are symbols; the shapes for Reshape are computed by nodes.

Written by make_transformer.py; do not edit.
"""


class Exporter:
    """Adds nodes the way the exporter names them: /scope/Op_n, output /scope/Op_n_output_0."""

    def __init__(self) -> None:
        self.model = TextModel("main_graph", ABOUT, {"": 17}, producer="pytorch",
                               producer_version="2.4.0")
        self.rng = random.Random(11)
        self.used: dict[str, int] = {}
        self.parameters: list[tuple[str, Tensor]] = []
        self.next_number = 200

    def op(self, scope: str, op_type: str, *inputs: str, output: str = "", **attributes) -> str:
        stem = f"{scope}/{op_type}"
        count = self.used.get(stem, 0)
        self.used[stem] = count + 1
        name = f"{stem}_{count}" if count else stem
        output = output or f"{name}_output_0"
        self.model.node(op_type, name, inputs, [output], **attributes)
        return output

    def constant(self, scope: str, data_type: int, dims: list[int], values: list[float]) -> str:
        return self.op(scope, "Constant", value=Tensor(data_type, dims, values))

    def parameter(self, name: str, dims: list[int], middle: float = 0.0) -> str:
        spread = 0.1 if len(dims) == 1 else 1 / math.sqrt(dims[0])
        values = [round(middle + spread * self.rng.gauss(0, 1), 4) for _ in range(math.prod(dims))]
        self.parameters.append((name, Tensor(FLOAT, dims, values)))
        return name

    def linear(self, scope: str, x: str, n_in: int, n_out: int, output: str = "") -> str:
        self.next_number += 1
        weight = self.parameter(f"onnx::MatMul_{self.next_number}", [n_in, n_out])
        bias = self.parameter(scope[1:].replace("/", ".") + ".bias", [n_out])
        return self.op(scope, "Add", bias, self.op(scope, "MatMul", x, weight), output=output)

    def norm(self, scope: str, x: str) -> str:
        stem = scope[1:].replace("/", ".")
        scale = self.parameter(f"{stem}.weight", [WIDTH], middle=1.0)
        return self.op(scope, "LayerNormalization", x, scale,
                       self.parameter(f"{stem}.bias", [WIDTH]), axis=-1, epsilon=1e-5)

    def length_of(self, scope: str, x: str, axis: int) -> str:
        shape = self.op(scope, "Shape", x)
        return self.op(scope, "Gather", shape, self.constant(scope, INT64, [], [axis]), axis=0)

    def target(self, scope: str, sizes: list[str | int]) -> str:
        """The shape for a Reshape, put together from pieces."""
        pieces = []
        for size in sizes:
            if isinstance(size, int):
                pieces.append(self.constant(scope, INT64, [1], [size]))
            else:
                axes = self.constant(scope, INT64, [1], [0])
                pieces.append(self.op(scope, "Unsqueeze", size, axes))
        return self.op(scope, "Concat", *pieces, axis=0)

    def attention(self, scope: str, x: str) -> str:
        batch, length = self.length_of(scope, x, 0), self.length_of(scope, x, 1)
        heads = []
        for name in ("q_proj", "k_proj", "v_proj"):
            flat = self.linear(f"{scope}/{name}", x, WIDTH, WIDTH)
            split = self.op(scope, "Reshape", flat,
                            self.target(scope, [batch, length, HEADS, WIDTH // HEADS]))
            order = [0, 2, 3, 1] if name == "k_proj" else [0, 2, 1, 3]
            heads.append(self.op(scope, "Transpose", split, perm=order))
        query, key, val = heads
        scores = self.op(scope, "Div", self.op(scope, "MatMul", query, key),
                         self.constant(scope, FLOAT, [], [math.sqrt(WIDTH // HEADS)]))
        mixed = self.op(scope, "MatMul", self.op(scope, "Softmax", scores, axis=-1), val)
        turned = self.op(scope, "Transpose", mixed, perm=[0, 2, 1, 3])
        joined = self.op(scope, "Reshape", turned, self.target(scope, [batch, length, WIDTH]))
        return self.linear(f"{scope}/out_proj", joined, WIDTH, WIDTH)

    def gelu(self, scope: str, x: str) -> str:
        scaled = self.op(scope, "Div", x, self.constant(scope, FLOAT, [], [math.sqrt(2)]))
        curve = self.op(scope, "Add", self.op(scope, "Erf", scaled),
                        self.constant(scope, FLOAT, [], [1.0]))
        return self.op(scope, "Mul", self.op(scope, "Mul", x, curve),
                       self.constant(scope, FLOAT, [], [0.5]))

    def network(self) -> TextModel:
        table = self.parameter("embed.weight", [WORDS, WIDTH])
        x = self.op("/embed", "Gather", table, "tokens")
        for layer in range(LAYERS):
            scope = f"/layers.{layer}"
            self.model.comment(f"Layer {layer}: attention, then two dense layers.")
            seen = self.attention(f"{scope}/attn", self.norm(f"{scope}/norm1", x))
            x = self.op(scope, "Add", x, seen)
            inner = self.linear(f"{scope}/mlp/fc1", self.norm(f"{scope}/norm2", x), WIDTH, INNER)
            thought = self.linear(f"{scope}/mlp/fc2", self.gelu(f"{scope}/mlp/act", inner),
                                  INNER, WIDTH)
            x = self.op(scope, "Add", x, thought)
        self.model.comment("The head.")
        self.linear("/head", self.norm("/norm", x), WIDTH, WORDS, output="logits")
        for name, tensor in self.parameters:
            self.model.initializer(name, tensor)
        self.model.value("input", "tokens", INT64, ["batch", "sequence"])
        self.model.value("output", "logits", FLOAT, ["batch", "sequence", WORDS])
        return self.model


def main() -> int:
    where = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parent
    (where / "transformer.textproto").write_text(Exporter().network().text(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
