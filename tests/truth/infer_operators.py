#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Holds the outputs that onnxray infers for single operators against a run of ONNX Runtime.

    ONNXRAY=build/onnxray python3 tests/truth/infer_operators.py [-v] [--seed N] [--rounds N]

Normalizations, losses, resizing, quantization, signals, strings, attention, and all of ai.onnx.ml,
with random shapes and attributes. Each is run once, by ONNX Runtime, or by the reference evaluator
where ONNX Runtime has no kernel; element types, ranks and dimensions that come out are the truth.
The program is asked twice: with the shapes of the inputs as they are, and with symbols for some of
the dimensions, whose expressions are then evaluated. What it does not know counts as skipped.

The last line is "N passed, N failed, N skipped".
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import warnings
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

try:
    import numpy as np
    import onnx
    import onnxruntime as ort
    from onnx import TensorProto, helper, numpy_helper
    from onnx.reference import ReferenceEvaluator
except ImportError as missing:
    print(f"notice: skipped, {missing}")
    print("0 passed, 0 failed, 1 skipped")
    sys.exit(77)

from dims import agrees

PROGRAM = os.environ.get("ONNXRAY", "build/onnxray")
BATCH = 100
ML = "ai.onnx.ml"
PREVIEW = "ai.onnx.preview"

Array = np.ndarray
Truth = list[tuple[str, list[int]]]


@dataclass
class Const:
    """An input that is an initializer."""

    value: Array


@dataclass
class Test:
    op: str
    path: str
    truth: Truth
    sizes: dict[str, int]  # of the symbols


class Unfit(Exception):
    """Nobody runs it."""


def type_word(a: Array) -> str:
    return "string" if a.dtype.kind in "OSU" else a.dtype.name


def tensor_type(a: Array) -> int:
    return TensorProto.STRING if a.dtype.kind == "O" else \
        helper.np_dtype_to_tensor_dtype(a.dtype)


class Maker:
    """Random operators; each method of the name of a family adds some."""

    def __init__(self, seed: int, folder: Path) -> None:
        self.r = random.Random(seed)
        self.n = np.random.default_rng(seed)
        self.folder = folder
        self.tests: list[Test] = []
        self.unfit: Counter[str] = Counter()

    def add(self, op: str, version: int, ins: list[Any], n_out: int = 1, domain: str = "",
            main: int = 20, **attributes: Any) -> None:
        """`ins`: arrays of inputs, Const, or None for what is left out."""
        while ins and ins[-1] is None:
            ins.pop()
        names = ["" if x is None else f"i{k}" for k, x in enumerate(ins)]
        given = {n: x for n, x in zip(names, ins) if isinstance(x, np.ndarray)}
        constants = [numpy_helper.from_array(x.value, n) for n, x in zip(names, ins)
                     if isinstance(x, Const)]
        outs = [f"o{k}" for k in range(n_out)]
        node = helper.make_node(op, names, outs, domain=domain, **attributes)
        imports = [helper.make_opsetid("", main if domain else version)]
        imports += [helper.make_opsetid(domain, version)] if domain else []

        def model(shapes: dict[str, list[Any]]) -> onnx.ModelProto:
            inputs = [helper.make_tensor_value_info(n, tensor_type(x), shapes[n])
                      for n, x in given.items()]
            graph = helper.make_graph([node], op, inputs,
                                      [onnx.ValueInfoProto(name=name) for name in outs], constants)
            return helper.make_model(graph, opset_imports=imports, ir_version=10)

        plain = model({n: list(x.shape) for n, x in given.items()})
        try:
            truth = self.run(plain, given)
        except Unfit:
            self.unfit[op] += 1
            return
        sizes: dict[str, int] = {}
        shapes: dict[str, list[Any]] = {}
        for name, x in given.items():
            shapes[name] = list(x.shape)
            for axis, size in enumerate(x.shape):
                if self.r.random() < 0.5:
                    symbol = f"{name}_{axis}"
                    sizes[symbol] = size
                    shapes[name][axis] = symbol
        for kind in (plain, model(shapes)):
            path = self.folder / f"{len(self.tests)}.onnx"
            path.write_bytes(kind.SerializeToString())
            self.tests.append(Test(op, str(path), truth, sizes))

    @staticmethod
    def run(model: onnx.ModelProto, given: dict[str, Array]) -> Truth:
        try:
            session = ort.InferenceSession(model.SerializeToString(),
                                           providers=["CPUExecutionProvider"])
            found = session.run(None, given)
        except Exception:  # whatever it throws, it cannot run this
            try:
                found = ReferenceEvaluator(model).run(None, given)
            except Exception as error:
                raise Unfit from error
        return [(type_word(np.asarray(x)), list(np.shape(x))) for x in found]

    def shape(self, n: int, low: int = 1, high: int = 9) -> list[int]:
        return [self.r.randint(low, high) for _ in range(n)]

    def floats(self, *shape: int) -> Array:
        return self.n.random(shape, np.float32)

    def maybe(self, x: Array) -> Any:
        """An input, or an initializer."""
        return self.r.choice([Const(x), x])

    def number(self, shape: list[int]) -> Array:
        """Of one of the types that ai.onnx.ml takes."""
        kind = self.r.choice([np.float32, np.float64, np.int64, np.int32])
        return self.n.integers(0, 2, shape).astype(kind)

    def normalization(self) -> None:
        r = self.r
        shape = self.shape(r.randint(3, 5))
        x, channels, axis = self.floats(*shape), shape[1], r.randrange(-len(shape), len(shape))
        rest = shape[axis % len(shape):]

        def vectors(n: int, size: int) -> list[Any]:
            return [self.maybe(self.floats(size)) for _ in range(n)]

        self.add("BatchNormalization", r.choice([7, 9, 14, 15]), [x, *vectors(4, channels)])
        self.add("BatchNormalization", 15, [x, *vectors(4, channels)], 3, training_mode=1)
        self.add("InstanceNormalization", r.choice([6, 22]), [x, *vectors(2, channels)])
        even = self.floats(shape[0], 2 * channels, *shape[2:])
        self.add("GroupNormalization", 18, [even, *vectors(2, 2)], num_groups=2)
        self.add("GroupNormalization", 21, [even, *vectors(2, 2 * channels)], num_groups=2)
        scale, bias = self.maybe(self.floats(*rest)), self.maybe(self.floats(*rest))
        self.add("LayerNormalization", 17, [x, scale, bias], r.choice([1, 3]), axis=axis)
        mixed = Const(self.floats(*rest).astype(np.float16))
        self.add("SimplifiedLayerNormalization", 14, [x, mixed], 2, axis=axis)
        self.add("RMSNormalization", 23, [x, scale], axis=axis)
        self.add("LpNormalization", r.choice([1, 22]), [x], axis=axis)
        self.add("LRN", 13, [self.floats(*self.shape(4))], size=3)
        self.add("MeanVarianceNormalization", r.choice([9, 13]), [self.floats(*self.shape(4))])

    def loss(self) -> None:
        shape = self.shape(self.r.randint(2, 5))
        labels = self.n.integers(0, shape[1], [shape[0], *shape[2:]])
        weights = self.r.choice([None, self.floats(shape[1])])
        for reduction in ("none", "mean", "sum"):
            self.add("NegativeLogLikelihoodLoss", self.r.choice([12, 13, 22]),
                     [self.floats(*shape), labels, weights], reduction=reduction)
            self.add("SoftmaxCrossEntropyLoss", self.r.choice([12, 13]),
                     [self.floats(*shape), labels, weights], self.r.choice([1, 2]),
                     reduction=reduction)

    def resize(self) -> None:
        r = self.r
        version, shape = r.choice([11, 13, 18, 19]), self.shape(r.randint(1, 4), 1, 40)
        x, n = self.floats(*shape), len(shape)
        axes = r.sample(range(n), r.randint(1, n)) if version >= 18 else list(range(n))
        words = {"axes": [a - n * r.randrange(2) for a in axes]} if version >= 18 else {}
        empty = Const(np.zeros(0, np.float32)) if version < 13 else None
        some = [0.5, 2, 1, 1.5, 0.3, 0.7, 4 / 3, 3.7, 0.25, 0.1]
        scales = np.array([r.choice([*some, 0.1 + 3 * r.random()]) for _ in axes], np.float32)
        self.add("Resize", version, [x, empty, Const(scales)], **words)
        sizes = np.array(self.shape(len(axes), 1, 50), np.int64)
        if version >= 18:  # ONNX Runtime forgets to count negative axes from the end here
            words["keep_aspect_ratio_policy"] = r.choice(["stretch", "not_larger", "not_smaller"])
            words["axes"] = axes
        self.add("Resize", version, [x, empty, empty, Const(sizes)], **words)
        picture = self.floats(*self.shape(4, 1, 30))
        by = np.array([1, 1, r.choice([1, 2, 1.5, 2.3]), r.choice([1, 2, 1.7])], np.float32)
        self.add("Resize", 10, [picture, Const(by)])
        self.add("Upsample", 9, [picture, Const(by)])
        self.add("Upsample", 7, [picture], scales=by.tolist())

    def picture(self) -> None:
        batch, channels, height, width, depth = self.shape(5, 1, 6)
        self.add("AffineGrid", 20, [self.floats(batch, 2, 3),
                                    Const(np.array([batch, channels, height, width]))])
        self.add("AffineGrid", 20, [self.floats(batch, 3, 4),
                                    Const(np.array([batch, channels, depth, height, width]))])
        self.add("GridSample", self.r.choice([16, 20, 22]),
                 [self.floats(batch, channels, height, width), self.floats(batch, depth, 3, 2)])
        self.add("GridSample", 20, [self.floats(batch, channels, depth, height, width),
                                    self.floats(batch, 4, 2, 3, 3)], mode="linear")
        block = self.shape(2, 1, 3)
        blocks = (height + 3 - block[0]) * (width + 3 - block[1])
        columns = self.floats(batch, channels * block[0] * block[1], blocks)
        self.add("Col2Im", 18, [columns, Const(np.array([height + 2, width + 2])),
                                Const(np.array(block))])

    def quantization(self) -> None:
        r, x = self.r, self.floats(*self.shape(3))
        kind, step = r.choice([np.uint8, np.int8]), Const(np.array(0.1, np.float32))
        zero = r.choice([None, Const(np.array(1, kind))])
        self.add("QuantizeLinear", r.choice([10, 13, 19, 21, 23]), [x, step, zero])
        self.add("QuantizeLinear", 21, [x, step], output_dtype=r.choice([2, 3, 4, 5]))
        if zero is None:
            kind = np.uint8
        codes = self.n.integers(0, 99, x.shape).astype(kind)
        self.add("DequantizeLinear", r.choice([10, 13, 19, 21, 23]), [codes, step, zero])
        half = Const(np.array(0.1, np.float16))
        self.add("DequantizeLinear", 21, [codes, half, zero])
        self.add("DynamicQuantizeLinear", 11, [x], 3)

    def signal(self) -> None:
        r = self.r

        def scalar(low: int, high: int) -> Const:
            return Const(np.array(r.randint(low, high), np.int64))

        for window in ("HannWindow", "HammingWindow", "BlackmanWindow"):
            self.add(window, 17, [scalar(1, 30)], output_datatype=r.choice([1, 11]))
        self.add("MelWeightMatrix", 17, [scalar(2, 10), scalar(8, 65), Const(np.array(8192)),
                                         Const(np.array(0, np.float32)),
                                         Const(np.array(4000, np.float32))])
        n = r.randint(2, 4)
        for onesided, inverse in ((0, 0), (1, 0), (0, 1), (1, 1)):
            parts = inverse + 1 if onesided else r.randint(1, 2)
            x = self.floats(*self.shape(n, 2, 12), parts)
            axis = r.choice([*range(n), *range(-n - 1, -1)])
            length = r.choice([None, scalar(2, 20)])
            self.add("DFT", 17, [x, length], axis=axis, onesided=onesided, inverse=inverse)
            self.add("DFT", 20, [x, length, r.choice([None, Const(np.array(axis))])],
                     onesided=onesided, inverse=inverse)
        frame = r.randint(4, 30)
        window = r.choice([None, Const(self.floats(frame)), self.floats(frame)])
        length = Const(np.array(frame)) if window is None or r.random() < 0.5 else None
        self.add("STFT", 17, [self.floats(r.randint(1, 3), r.randint(40, 90), 1), scalar(1, 9),
                              window, length], **r.choice([{}, {"onesided": 0}]))

    def text(self) -> None:
        words = np.array(["a", "b c", "mon"], dtype=object)
        table = self.r.choice([words, words.reshape(1, 3)])
        self.add("StringNormalizer", 10, [table])
        self.add("StringNormalizer", 10, [table], stopwords=["a"], is_case_sensitive=1)
        self.add("StringSplit", 20, [self.r.choice([table, words.reshape(3, 1, 1)])], 2)
        self.add("RegexFullMatch", 20, [table], pattern="a")
        ids = self.n.integers(0, 5, self.r.choice([[7], [3, 7]]))
        self.add("TfIdfVectorizer", 9, [ids], max_gram_length=2, min_gram_length=1, mode="TF",
                 max_skip_count=0, ngram_counts=[0, 2], pool_int64s=[1, 2, 3, 4, 3, 2],
                 ngram_indexes=[0, 3, 1, self.r.choice([2, 9])])

    def attention(self) -> None:
        r = self.r
        batch, heads, queries, keys = self.shape(4, 1, 5)
        size, v_size, past = 2 * r.randint(1, 4), 2 * r.randint(1, 4), r.randint(0, 4)
        q_heads = heads * r.randint(1, 2)
        q = self.floats(batch, q_heads, queries, size)
        k = self.floats(batch, heads, keys, size)
        v = self.floats(batch, heads, keys, v_size)
        packed = [self.floats(batch, queries, q_heads * size),
                  self.floats(batch, keys, heads * size), self.floats(batch, keys, heads * v_size)]
        cache = [self.floats(batch, heads, past, size), self.floats(batch, heads, past, v_size)]
        counts = {"q_num_heads": q_heads, "kv_num_heads": heads}
        for ins, words in (([q, k, v], {}), (packed, counts)):
            version, mode = r.choice([23, 24]), r.randrange(4)
            self.add("Attention", version, list(ins), **words)
            self.add("Attention", version, [*ins, None, *cache], r.choice([1, 3, 4]),
                     qk_matmul_output_mode=mode, **words)
        self.add("FlexAttention", 1, [q, k, v], domain=PREVIEW, main=23)
        turn = [self.floats(50, size // 2), self.floats(50, size // 2)]
        self.add("RotaryEmbedding", 23, [q, *turn, np.zeros((batch, queries), np.int64)])
        state = r.choice([None, self.floats(batch, heads, size, v_size)])
        self.add("LinearAttention", 27,
                 [packed[0], self.floats(batch, queries, heads * size),
                  self.floats(batch, queries, heads * v_size), state], 2, update_rule="linear",
                 **counts)
        taps = r.randint(1, 4)
        self.add("CausalConvWithState", 27,
                 [self.floats(batch, size, queries), self.maybe(self.floats(size, 1, taps)), None,
                  r.choice([None, self.floats(batch, size, taps - 1)])], 2)
        self.add("SwiGLU", 28, [self.floats(batch, size, 3), self.floats(batch, size, 3)])

    def encoder(self) -> None:
        r = self.r
        shape = r.choice([self.shape(1), self.shape(2), self.shape(3)])
        words, ids = np.full(shape, "a", dtype=object), self.n.integers(0, 2, shape)
        x = self.floats(*shape)
        picks = np.zeros(r.choice([[3], [1, 2], [1]]), np.int64)
        self.add("ArrayFeatureExtractor", 1, [x, self.maybe(picks)], domain=ML)
        self.add("Binarizer", 1, [x], domain=ML)
        self.add("Imputer", 1, [x], domain=ML, imputed_value_floats=[0.0])
        self.add("Normalizer", 1, [self.number(self.shape(r.randint(1, 2)))], domain=ML)
        self.add("Scaler", 1, [self.number(shape)], domain=ML, offset=[0.0], scale=[1.0])
        self.add("OneHotEncoder", 1, [words], domain=ML, cats_strings=["a", "b"])
        self.add("OneHotEncoder", 1, [ids], domain=ML, cats_int64s=[0, 1, 2])
        self.add("CategoryMapper", 1, [r.choice([words, ids])], domain=ML,
                 cats_strings=["a", "b"], cats_int64s=[1, 2])
        self.add("LabelEncoder", 1, [r.choice([words, ids])], domain=ML, classes_strings=["a", "b"])
        values = r.choice([{"values_int64s": [1]}, {"values_floats": [1.0]},
                           {"values_strings": ["z"]}])
        self.add("LabelEncoder", r.choice([2, 4]), [words], domain=ML, keys_strings=["a"], **values)
        one = numpy_helper.from_array(np.array([1.0]))
        self.add("LabelEncoder", 4, [words], domain=ML, keys_strings=["a"], values_tensor=one,
                 default_tensor=one)
        rows, widths = r.randint(1, 5), self.shape(r.randint(1, 3), 1, 4)
        self.add("FeatureVectorizer", 1, [self.floats(rows, w) for w in widths], domain=ML,
                 inputdimensions=widths)

    def model(self) -> None:
        r = self.r
        n, k, targets = r.randint(1, 6), r.randint(2, 5), r.randint(1, 3)
        table, single = self.number([r.randint(1, 5), n]), self.number([n])
        x = r.choice([table, single])
        self.add("LinearRegressor", 1, [x.astype(np.float32)], domain=ML, targets=targets,
                 coefficients=[1.0] * (n * targets), intercepts=[0.0] * targets)
        labels: dict[str, Any] = r.choice([{"classlabels_ints": list(range(k))},
                                           {"classlabels_strings": [str(i) for i in range(k)]}])
        columns = 1 if k == 2 and r.random() < 0.5 else k
        self.add("LinearClassifier", 1, [x], 2, domain=ML, coefficients=[1.0] * (n * columns),
                 intercepts=[0.0] * columns, **labels)
        pairs = k * (k - 1) // 2
        odds = r.choice([{}, {"prob_a": [1.0] * pairs, "prob_b": [1.0] * pairs}])
        vectors = {"kernel_type": "LINEAR", "kernel_params": [1.0, 0.0, 3.0]}
        self.add("SVMClassifier", 1, [x], 2, domain=ML, vectors_per_class=[2] * k,
                 rho=[0.1] * pairs, coefficients=[0.5] * (2 * k * (k - 1)),
                 support_vectors=[0.1] * (2 * k * n), **vectors, **odds, **labels)
        self.add("SVMClassifier", 1, [x], 2, domain=ML, rho=[0.1], coefficients=[0.5] * (n * k),
                 **vectors, **labels)
        self.add("SVMRegressor", 1, [x.astype(np.float32)], domain=ML, n_supports=2, rho=[0.1],
                 coefficients=[0.5] * 2, support_vectors=[0.1] * (2 * n), **vectors)
        tree = {"nodes_treeids": [0] * 3, "nodes_nodeids": [0, 1, 2], "nodes_featureids": [0] * 3,
                "nodes_modes": ["BRANCH_LEQ", "LEAF", "LEAF"], "nodes_values": [0.5, 0.0, 0.0],
                "nodes_truenodeids": [1, 0, 0], "nodes_falsenodeids": [2, 0, 0]}
        if "classlabels_ints" in labels:
            labels = {"classlabels_int64s": labels["classlabels_ints"]}
        self.add("TreeEnsembleClassifier", r.choice([1, 3]), [table], 2, domain=ML,
                 class_treeids=[0, 0], class_nodeids=[1, 2], class_ids=[0, 1],
                 class_weights=[0.5, 0.5], **tree, **labels)
        self.add("TreeEnsembleRegressor", r.choice([1, 3]), [table.astype(np.float32)], domain=ML,
                 target_treeids=[0, 0], target_nodeids=[1, 2], target_ids=[0, 0],
                 target_weights=[0.5, 0.5], n_targets=targets, **tree)
        kind = r.choice([np.float32, np.float64])
        self.add("TreeEnsemble", 5, [table.astype(kind)], domain=ML, n_targets=targets,
                 leaf_targetids=[0, 0], leaf_weights=numpy_helper.from_array(np.ones(2, kind)),
                 nodes_falseleafs=[1], nodes_falsenodeids=[1], nodes_featureids=[0],
                 nodes_modes=numpy_helper.from_array(np.zeros(1, np.uint8)),
                 nodes_splits=numpy_helper.from_array(np.ones(1, kind)), nodes_trueleafs=[1],
                 nodes_truenodeids=[0], tree_roots=[0])

    def families(self) -> list[Callable[[], None]]:
        return [self.normalization, self.loss, self.resize, self.picture, self.quantization,
                self.signal, self.text, self.attention, self.encoder, self.model]


def ask(tests: list[Test]) -> list[list[dict[str, Any]]]:
    found: list[list[dict[str, Any]]] = []
    for at in range(0, len(tests), BATCH):
        part = tests[at:at + BATCH]
        done = subprocess.run([PROGRAM, "summary", "-f", "ndjson", "--", *(t.path for t in part)],
                              capture_output=True, text=True, check=False)
        lines = done.stdout.splitlines()
        if done.returncode != 0 or len(lines) != len(part):
            sys.exit(f"exit {done.returncode}: {done.stderr[:300]}\n0 passed, 1 failed")
        found += [json.loads(line)["graph"]["outputs"] for line in lines]
    return found


def wrong(test: Test, outputs: list[dict[str, Any]]) -> str:
    """What is wrong with an answer; '' when nothing, '?' when something is not known."""
    known = True
    for ours, (kind, shape) in zip(outputs, test.truth, strict=True):
        dims = ours["shape"]
        words = f"{ours['name']}: {ours['type']}{dims}, really {kind}{shape} at {test.sizes}"
        if ours["type"] is not None and ours["type"] != kind:
            return words
        known = known and ours["type"] is not None and dims is not None
        if dims is None:
            continue
        verdicts = [agrees(dim, size, test.sizes) for dim, size in zip(dims, shape)]
        if len(dims) != len(shape) or False in verdicts:
            return words
        known = known and None not in verdicts
    return "" if known else "?"


def main() -> int:
    parser = argparse.ArgumentParser(description="Holds inferred outputs against a run.")
    parser.add_argument("-v", "--verbose", action="store_true", help="show what is not known")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=12)
    options = parser.parse_args()
    warnings.filterwarnings("ignore")
    ort.set_default_logger_severity(4)
    passed: Counter[str] = Counter()
    failed = skipped = 0
    with tempfile.TemporaryDirectory() as folder:
        maker = Maker(options.seed, Path(folder))
        for _ in range(options.rounds):
            for family in maker.families():
                family()
        for test, outputs in zip(maker.tests, ask(maker.tests)):
            problem = wrong(test, outputs)
            passed[test.op] += problem == ""
            skipped += problem == "?"
            failed += len(problem) > 1
            if len(problem) > 1 or problem and options.verbose:
                verdict = "open" if problem == "?" else "FAILED"
                print(f"{verdict}: {test.op}: {problem} of {outputs}")
    if maker.unfit:
        print(f"notice: nobody runs {dict(maker.unfit)}")
    print(f"{len(passed)} operators")
    print(f"{passed.total()} passed, {failed} failed, {skipped} skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
