# SPDX-License-Identifier: Apache-2.0
"""Gives everything in a model a random name: nodes, values, tensors, graphs. What names could tell
otherwise (producers' metadata, scopes, documentation) goes as well.

    renamed(model, seed)   changes the model in place, returns {old name of a value: new name}
"""

from __future__ import annotations

import random

from onnx import AttributeProto, GraphProto, ModelProto


class Renamer:
    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.taken: set[str] = set()

    def word(self) -> str:
        while True:
            word = "".join(self.random.choices("abcdefghijklmnopqrstuvwxyz", k=9))
            if word not in self.taken:
                self.taken.add(word)
                return word

    def graph(self, graph: GraphProto, outer: dict[str, str]) -> dict[str, str]:
        names = dict(outer)

        def define(name: str) -> str:
            if name:
                names[name] = self.word()
            return names.get(name, "")

        graph.name = self.word()
        graph.doc_string = ""
        del graph.metadata_props[:]
        for value in graph.input:
            value.name = define(value.name)
        for tensor in graph.initializer:
            tensor.name = names[tensor.name] if tensor.name in names and \
                tensor.name not in outer else define(tensor.name)
            tensor.doc_string = ""
        for sparse in graph.sparse_initializer:
            sparse.values.name = define(sparse.values.name)
        for node in graph.node:
            for name in node.output:
                define(name)
        for node in graph.node:
            node.name, node.doc_string = self.word(), ""
            del node.metadata_props[:]
            node.input[:] = [names.get(n, n) for n in node.input]
            node.output[:] = [names.get(n, n) for n in node.output]
            for a in node.attribute:
                for body in [a.g] if a.type == AttributeProto.GRAPH else a.graphs:
                    self.graph(body, names)
        for value in [*graph.output, *graph.value_info]:
            value.name = names.get(value.name) or self.word()
            value.doc_string = ""
        for note in graph.quantization_annotation:
            note.tensor_name = names.get(note.tensor_name, note.tensor_name)
            for pair in note.quant_parameter_tensor_names:
                pair.value = names.get(pair.value, pair.value)
        return names


def renamed(model: ModelProto, seed: int = 1) -> dict[str, str]:
    model.producer_name = model.producer_version = model.doc_string = model.domain = ""
    del model.metadata_props[:]
    return Renamer(seed).graph(model.graph, {})
