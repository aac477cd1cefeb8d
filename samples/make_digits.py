#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes the digit classifiers of the README: one network in float32 and twice in int8.

    python3 samples/make_digits.py [DIRECTORY]

writes digits_fp32.textproto, digits_qdq.textproto and digits_qoperator.textproto. Needs nothing but
Python, takes half a minute, and gives the same files on every run.

The network is a small convolutional one for grey pictures of 28 x 28. Its digits are drawn here, as
pen strokes with a shaky hand. The filters are random (scaled as training would leave them), the
last layer is trained on the drawings: a random-feature classifier, which is enough to tell ten
digits apart and to give weights and activations the ranges that quantization has to cope with.

Quantization follows the usual static scheme: int8 weights with a scale for each output channel,
uint8 activations with the range seen on the drawings, int32 biases whose scale is the product of
both. The names are those ONNX Runtime's quantizer gives.
"""

from __future__ import annotations

import math
import random
import sys
from collections.abc import Sequence
from pathlib import Path

from textmodel import FLOAT, INT32, INT8, UINT8, Tensor, TextModel, float32

SIDE = 28
CLASSES = 10
# name, input channels, output channels, side of the picture it works on
CONVS = [("conv1", 1, 8, 28), ("conv2", 8, 16, 14), ("conv3", 16, 16, 7)]
FEATURES = 16 * 3 * 3

Vector = list[float]
Image = list[Vector]  # one flat picture for each channel

# Pen strokes in a box from (0, 0), upper left, to (1, 1).
STROKES: list[list[list[tuple[float, float]]]] = [
    [[(0.5, 0), (0.15, 0.15), (0, 0.5), (0.15, 0.85), (0.5, 1), (0.85, 0.85), (1, 0.5),
      (0.85, 0.15), (0.5, 0)]],
    [[(0.2, 0.25), (0.55, 0), (0.55, 1)]],
    [[(0.05, 0.25), (0.25, 0.03), (0.7, 0.03), (0.95, 0.28), (0.8, 0.55), (0.05, 1), (1, 1)]],
    [[(0.1, 0.05), (0.6, 0), (0.9, 0.2), (0.75, 0.43), (0.4, 0.48)],
     [(0.4, 0.48), (0.85, 0.58), (0.95, 0.8), (0.65, 1), (0.05, 0.95)]],
    [[(0.65, 0), (0, 0.65), (1, 0.65)], [(0.72, 0.35), (0.72, 1)]],
    [[(0.9, 0), (0.2, 0), (0.12, 0.45), (0.6, 0.4), (0.95, 0.65), (0.75, 0.95), (0.3, 1),
      (0.05, 0.88)]],
    [[(0.75, 0), (0.3, 0.25), (0.05, 0.65), (0.25, 0.97), (0.7, 0.97), (0.92, 0.72), (0.7, 0.48),
      (0.1, 0.6)]],
    [[(0.05, 0), (0.95, 0), (0.4, 1)]],
    [[(0.5, 0.47), (0.12, 0.25), (0.5, 0), (0.88, 0.25), (0.5, 0.47), (0.05, 0.75), (0.5, 1),
      (0.95, 0.75), (0.5, 0.47)]],
    [[(0.92, 0.4), (0.4, 0.55), (0.08, 0.3), (0.35, 0.02), (0.8, 0.05), (0.92, 0.4), (0.75, 1)]],
]


# ---- Pictures ----------------------------------------------------------------------------------

def distance(x: float, y: float, ax: float, ay: float, bx: float, by: float) -> float:
    """From a point to a segment."""
    dx, dy = bx - ax, by - ay
    along = ((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy)
    along = min(1.0, max(0.0, along))
    return math.hypot(x - ax - along * dx, y - ay - along * dy)


def draw(digit: int, rng: random.Random) -> Vector:
    """A digit as somebody in a hurry would write it, 0 is paper and 1 is ink."""
    wide, high = rng.uniform(9, 14), rng.uniform(16, 20)
    left = (SIDE - wide) / 2 + rng.uniform(-2, 2)
    top = (SIDE - high) / 2 + rng.uniform(-2, 2)
    slant, pen = rng.uniform(-0.15, 0.3), rng.uniform(1.0, 1.7)
    segments = []
    for stroke in STROKES[digit]:
        points = []
        for x, y in stroke:
            x, y = x + rng.uniform(-0.04, 0.04), y + rng.uniform(-0.03, 0.03)
            points.append((left + wide * x + slant * high * (0.5 - y), top + high * y))
        segments += [(*a, *b) for a, b in zip(points, points[1:])]
    pixels = []
    for row in range(SIDE):
        for column in range(SIDE):
            away = min(distance(column, row, *segment) for segment in segments)
            ink = min(1.0, max(0.0, pen + 0.5 - away)) + rng.uniform(-0.02, 0.02)
            pixels.append(round(min(1.0, max(0.0, ink)), 3))
    return pixels


def drawings(each: int, seed: int) -> list[tuple[Vector, int]]:
    rng = random.Random(seed)
    return [(draw(digit, rng), digit) for _ in range(each) for digit in range(CLASSES)]


# ---- The network -------------------------------------------------------------------------------

def convolve(image: Image, side: int, weight: Vector, bias: Vector) -> Image:
    """3 x 3, with a border of zeros. Works on whole rows of a padded picture at once."""
    wide = side + 2
    padded = []
    for plane in image:
        rows = [0.0] * wide
        for row in range(side):
            rows += [0.0, *plane[row * side:(row + 1) * side], 0.0]
        padded.append(rows + [0.0] * (wide + 2))
    out = []
    taps = iter(weight)
    for offset in bias:
        total = [offset] * (wide * side)
        for plane in padded:
            for shift in (0, 1, 2, wide, wide + 1, wide + 2, 2 * wide, 2 * wide + 1, 2 * wide + 2):
                tap = next(taps)
                total = [t + tap * p for t, p in zip(total, plane[shift:])]
        out.append([v for row in range(side) for v in total[row * wide:row * wide + side]])
    return out


def rectify(image: Image) -> Image:
    return [[v if v > 0.0 else 0.0 for v in plane] for plane in image]


def pool(image: Image, side: int) -> Image:
    """The largest of each 2 x 2; an odd last row or column is dropped."""
    half = side // 2
    return [[max(plane[at], plane[at + 1], plane[at + side], plane[at + side + 1])
             for row in range(half) for at in range(2 * row * side, 2 * row * side + 2 * half, 2)]
            for plane in image]


class Network:
    """Weights, and the ranges of everything in between."""

    def __init__(self, seed: int) -> None:
        self.weights: dict[str, Vector] = {}
        self.ranges: dict[str, tuple[float, float]] = {}
        rng = random.Random(seed)
        for name, n_in, n_out, _ in CONVS:
            spread = math.sqrt(2.0 / (9 * n_in))
            weight: Vector = []
            for _ in range(n_out):
                # Trained filters differ in strength; that is what per-channel scales are for.
                gain = spread * math.exp(rng.uniform(-0.7, 0.4))
                weight += [round(gain * rng.gauss(0, 1), 5) for _ in range(9 * n_in)]
            self.weights[f"{name}.weight"] = weight
            self.weights[f"{name}.bias"] = [round(rng.gauss(0, 0.05), 5) for _ in range(n_out)]

    def observe(self, name: str, values: Sequence[float]) -> None:
        low, high = self.ranges.get(name, (0.0, 0.0))
        self.ranges[name] = (min(low, *values), max(high, *values))

    def features(self, picture: Vector) -> Vector:
        self.observe("image", picture)
        image = [picture]
        for name, _, _, side in CONVS:
            weight, bias = self.weights[f"{name}.weight"], self.weights[f"{name}.bias"]
            image = rectify(convolve(image, side, weight, bias))
            self.observe(f"relu{name[-1]}", [v for plane in image for v in plane])
            image = pool(image, side)
        return [v for plane in image for v in plane]

    def scores(self, features: Vector) -> Vector:
        weight, bias = self.weights["fc.weight"], self.weights["fc.bias"]
        return [bias[k] + sum(map(float.__mul__, weight[k * FEATURES:(k + 1) * FEATURES], features))
                for k in range(CLASSES)]

    def train_last_layer(self, examples: list[tuple[Vector, int]]) -> None:
        """Softmax regression by gradient descent, one example at a time."""
        weight, bias = [[0.0] * FEATURES for _ in range(CLASSES)], [0.0] * CLASSES
        largest = max(max(features) for features, _ in examples)
        for epoch in range(60):
            rate = 0.2 / (largest * largest * (1 + epoch / 10))
            for features, digit in examples:
                scores = [b + sum(map(float.__mul__, w, features)) for w, b in zip(weight, bias)]
                for k, p in enumerate(softmax(scores)):
                    step = rate * (p - (1.0 if k == digit else 0.0))
                    if abs(step) > 1e-9:
                        weight[k] = [w - step * f for w, f in zip(weight[k], features)]
                        bias[k] -= step
        self.weights["fc.weight"] = [round(w, 5) for row in weight for w in row]
        self.weights["fc.bias"] = [round(b, 5) for b in bias]


def softmax(scores: Vector) -> Vector:
    top = max(scores)
    powers = [math.exp(s - top) for s in scores]
    total = sum(powers)
    return [p / total for p in powers]


def trained_network() -> Network:
    network = Network(seed=20)
    examples = [(network.features(picture), digit) for picture, digit in drawings(12, seed=28)]
    network.train_last_layer(examples)
    for features, _ in examples:
        scores = network.scores(features)
        network.observe("scores", scores)
    return network


# ---- float32 -----------------------------------------------------------------------------------

ABOUT_FP32 = """
A classifier for handwritten digits, in float32: three times convolution, rectifier and pooling,
then one dense layer. 5 018 parameters. The names are those an export from PyTorch gives.

Written by make_digits.py; do not edit. Its int8 twins are digits_qdq and digits_qoperator.
"""


def shapes() -> list[tuple[str, list[int | str]]]:
    """All values in between, in order, with what is known of them."""
    known: list[tuple[str, list[int | str]]] = []
    for at, (name, _, n_out, side) in enumerate(CONVS, start=1):
        known += [(f"/{name}/Conv_output_0", ["batch", n_out, side, side]),
                  (f"/relu{at}/Relu_output_0", ["batch", n_out, side, side]),
                  (f"/pool{at}/MaxPool_output_0", ["batch", n_out, side // 2, side // 2])]
    return known + [("/Flatten_output_0", ["batch", FEATURES]),
                    ("/fc/Gemm_output_0", ["batch", CLASSES])]


def finish(model: TextModel) -> TextModel:
    model.comment("Pictures of 28 x 28, ink is 1 and paper is 0; a probability for each digit.")
    model.value("input", "image", FLOAT, ["batch", 1, SIDE, SIDE])
    model.value("output", "probabilities", FLOAT, ["batch", CLASSES])
    for name, shape in shapes():
        model.value("value_info", name, FLOAT, shape)
    return model


CONV = {"dilations": [1, 1], "group": 1, "kernel_shape": [3, 3], "pads": [1, 1, 1, 1],
        "strides": [1, 1]}
POOL = {"ceil_mode": 0, "dilations": [1, 1], "kernel_shape": [2, 2], "pads": [0, 0, 0, 0],
        "strides": [2, 2]}
GEMM = {"alpha": 1.0, "beta": 1.0, "transB": 1}


def dims_of(parameter: str) -> list[int]:
    layer, kind = parameter.split(".")
    if layer == "fc":
        return [CLASSES, FEATURES] if kind == "weight" else [CLASSES]
    n_in, n_out = next((n_in, n_out) for name, n_in, n_out, _ in CONVS if name == layer)
    return [n_out, n_in, 3, 3] if kind == "weight" else [n_out]


def fp32_model(network: Network) -> TextModel:
    model = TextModel("digits", ABOUT_FP32, {"": 17})
    last = "image"
    for at, (name, *_) in enumerate(CONVS, start=1):
        model.node("Conv", f"/{name}/Conv", [last, f"{name}.weight", f"{name}.bias"],
                   [f"/{name}/Conv_output_0"], **CONV)
        model.node("Relu", f"/relu{at}/Relu", [f"/{name}/Conv_output_0"],
                   [f"/relu{at}/Relu_output_0"])
        model.node("MaxPool", f"/pool{at}/MaxPool", [f"/relu{at}/Relu_output_0"],
                   [f"/pool{at}/MaxPool_output_0"], **POOL)
        last = f"/pool{at}/MaxPool_output_0"
    model.node("Flatten", "/Flatten", [last], ["/Flatten_output_0"], axis=1)
    model.node("Gemm", "/fc/Gemm", ["/Flatten_output_0", "fc.weight", "fc.bias"],
               ["/fc/Gemm_output_0"], **GEMM)
    model.node("Softmax", "/Softmax", ["/fc/Gemm_output_0"], ["probabilities"], axis=1)
    for parameter, values in network.weights.items():
        model.initializer(parameter, Tensor(FLOAT, dims_of(parameter), values))
    return finish(model)


# ---- int8 --------------------------------------------------------------------------------------

ABOUT_QDQ = """
digits_fp32 in int8, in the form that keeps the float nodes and puts a QuantizeLinear and a
DequantizeLinear around each value (QDQ). Weights have a scale for each output channel. The
rectifiers are gone: the zero point of what follows a convolution is 0, which cuts off the
negative half anyway. Descriptions of values that no longer exist stay behind, as in real files.

Written by make_digits.py; do not edit.
"""

ABOUT_QOPERATOR = """
digits_fp32 in int8, with operators that work on integers themselves (QLinearConv, QGemm): the
same numbers as digits_qdq in another form, and fewer nodes.

Written by make_digits.py; do not edit.
"""


class Quantized:
    """The integers of a network, and the initializers that say what they mean."""

    def __init__(self, network: Network, model: TextModel) -> None:
        self.network = network
        self.model = model
        self.scales: dict[str, float] = {}

    def activation(self, observed: str, name: str) -> list[str]:
        """uint8 over the range that was seen. Gives the names of scale and zero point."""
        low, high = self.network.ranges[observed]
        scale = float32((high - low) / 255)
        self.scales[name] = scale
        names = [f"{name}_scale", f"{name}_zero_point"]
        self.model.initializer(names[0], Tensor(FLOAT, [], [scale]))
        self.model.initializer(names[1], Tensor(UINT8, [], [round(-low / scale)]))
        return names

    def layer(self, layer: str, fed_by: str, bias_parameters: bool) -> None:
        """int8 weights around zero, a scale for each row; int32 biases in the product's scale."""
        weight, bias = (self.network.weights[f"{layer}.{kind}"] for kind in ("weight", "bias"))
        rows, width = len(bias), len(weight) // len(bias)
        scales, integers = [], []
        for row in range(rows):
            values = weight[row * width:(row + 1) * width]
            scales.append(float32(2 * max(map(abs, values)) / 254))
            integers += [max(-127, min(127, round(v / scales[-1]))) for v in values]
        products = [float32(self.scales[fed_by] * scale) for scale in scales]
        give, stem = self.model.initializer, f"{layer}.weight"
        give(f"{stem}_quantized", Tensor(INT8, dims_of(stem), integers))
        give(f"{stem}_scale", Tensor(FLOAT, [rows], scales))
        give(f"{stem}_zero_point", Tensor(INT8, [rows], [0] * rows))
        stem = f"{layer}.bias"
        give(f"{stem}_quantized",
             Tensor(INT32, [rows], [round(b / p) for b, p in zip(bias, products)]))
        if bias_parameters:
            give(f"{stem}_quantized_scale", Tensor(FLOAT, [rows], products))
            give(f"{stem}_quantized_zero_point", Tensor(INT32, [rows], [0] * rows))


def quantized_model(about: str, opsets: dict[str, int]) -> TextModel:
    return TextModel("digits", about, opsets, producer="onnx.quantize", producer_version="0.1.0",
                     metadata={"onnx.infer": "onnxruntime.quant"})


def qdq_model(network: Network) -> TextModel:
    model = quantized_model(ABOUT_QDQ, {"": 17})
    network.ranges["probabilities"] = (0.0, 1.0)

    model.comment("Weights and biases, back to float.")
    for layer in [name for name, *_ in CONVS] + ["fc"]:
        stem = f"{layer}.bias"
        model.node("DequantizeLinear", f"{stem}_DequantizeLinear",
                   [f"{stem}_quantized", f"{stem}_quantized_scale",
                    f"{stem}_quantized_zero_point"], [stem], axis=0)
        stem = f"{layer}.weight"
        model.node("DequantizeLinear", f"{stem}_DequantizeLinear",
                   [f"{stem}_quantized", f"{stem}_scale", f"{stem}_zero_point"],
                   [f"{stem}_DequantizeLinear_Output"], axis=0)

    def pair(value_name: str, parameters_of: str, is_output: bool = False) -> str:
        """Rounds a value; gives the name of what comes out. An output keeps its name."""
        parameters = [f"{parameters_of}_scale", f"{parameters_of}_zero_point"]
        rounded = value_name if is_output else f"{value_name}_DequantizeLinear_Output"
        model.node("QuantizeLinear", f"{value_name}_QuantizeLinear",
                   [f"{value_name}_QuantizeLinear_Input" if is_output else value_name, *parameters],
                   [f"{value_name}_QuantizeLinear_Output"])
        model.node("DequantizeLinear", f"{value_name}_DequantizeLinear",
                   [f"{value_name}_QuantizeLinear_Output", *parameters], [rounded])
        return rounded

    model.comment("The network. Pooling and Flatten only pick values: they keep scale and zero.")
    last, scale_of = pair("image", "image"), "image"
    for at, (name, *_) in enumerate(CONVS, start=1):
        scale_of = f"/relu{at}/Relu_output_0"
        model.node("Conv", f"/{name}/Conv",
                   [last, f"{name}.weight_DequantizeLinear_Output", f"{name}.bias"], [scale_of],
                   **CONV)
        model.node("MaxPool", f"/pool{at}/MaxPool", [pair(scale_of, scale_of)],
                   [f"/pool{at}/MaxPool_output_0"], **POOL)
        last = pair(f"/pool{at}/MaxPool_output_0", scale_of)
    model.node("Flatten", "/Flatten", [last], ["/Flatten_output_0"], axis=1)
    model.node("Gemm", "/fc/Gemm",
               [pair("/Flatten_output_0", scale_of), "fc.weight_DequantizeLinear_Output",
                "fc.bias"], ["/fc/Gemm_output_0"], **GEMM)
    model.node("Softmax", "/Softmax", [pair("/fc/Gemm_output_0", "/fc/Gemm_output_0")],
               ["probabilities_QuantizeLinear_Input"], axis=1)
    pair("probabilities", "probabilities", is_output=True)

    numbers = Quantized(network, model)
    numbers.activation("image", "image")
    fed_by = "image"
    for at, (name, *_) in enumerate(CONVS, start=1):
        numbers.layer(name, fed_by, bias_parameters=True)
        fed_by = f"/relu{at}/Relu_output_0"
        numbers.activation(f"relu{at}", fed_by)
    numbers.layer("fc", fed_by, bias_parameters=True)
    numbers.activation("scores", "/fc/Gemm_output_0")
    numbers.activation("probabilities", "probabilities")
    return finish(model)


def qoperator_model(network: Network) -> TextModel:
    model = quantized_model(ABOUT_QOPERATOR, {"": 17, "com.microsoft": 1})
    network.ranges["probabilities"] = (0.0, 255 / 256)
    numbers = Quantized(network, model)

    parameters = numbers.activation("image", "image")
    model.node("QuantizeLinear", "image_QuantizeLinear", ["image", *parameters],
               ["image_quantized"])
    last, fed_by = "image_quantized", "image"
    for at, (name, *_) in enumerate(CONVS, start=1):
        stem, out = f"{name}.weight", f"/{name}/Conv_output_0"
        numbers.layer(name, fed_by, bias_parameters=False)
        before, parameters = parameters, numbers.activation(f"relu{at}", out)
        model.node("QLinearConv", f"/{name}/Conv_quant",
                   [last, *before, f"{stem}_quantized", f"{stem}_scale", f"{stem}_zero_point",
                    *parameters, f"{name}.bias_quantized"], [f"{out}_quantized"], **CONV)
        last, fed_by = f"/pool{at}/MaxPool_output_0_quantized", out
        model.node("MaxPool", f"/pool{at}/MaxPool", [f"{out}_quantized"], [last], **POOL)
    model.node("Flatten", "/Flatten", [last], ["/Flatten_output_0_quantized"], axis=1)
    numbers.layer("fc", fed_by, bias_parameters=False)
    before, parameters = parameters, numbers.activation("scores", "/fc/Gemm_output_0")
    model.node("QGemm", "/fc/Gemm_quant",
               ["/Flatten_output_0_quantized", *before, "fc.weight_quantized", "fc.weight_scale",
                "fc.weight_zero_point", "fc.bias_quantized", *parameters],
               ["/fc/Gemm_output_0_quantized"], domain="com.microsoft", alpha=1.0, transB=1)
    before, parameters = parameters, numbers.activation("probabilities", "probabilities")
    model.node("QLinearSoftmax", "/Softmax_quant",
               ["/fc/Gemm_output_0_quantized", *before, *parameters], ["probabilities_quantized"],
               domain="com.microsoft", axis=1, opset=17)
    model.node("DequantizeLinear", "probabilities_DequantizeLinear",
               ["probabilities_quantized", *parameters], ["probabilities"])
    return finish(model)


def main() -> int:
    where = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parent
    network = trained_network()
    for name, make in (("fp32", fp32_model), ("qdq", qdq_model), ("qoperator", qoperator_model)):
        (where / f"digits_{name}.textproto").write_text(make(network).text(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
