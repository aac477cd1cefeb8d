# SPDX-License-Identifier: Apache-2.0
"""Well-known networks, built from their descriptions in the literature, layer by layer as
torchvision builds them. Shapes are right, weights are external data that nobody looks at. Only
inputs have a declared shape. Used by macs_nodes.py.

    build("resnet18")   a model
    PUBLISHED           image size, parameters and GMACs that torchvision states (num_params, _ops)
"""

from __future__ import annotations

from collections.abc import Callable
from math import ceil

from onnx import ModelProto, NodeProto, TensorProto, helper

# GMACs to three digits after the point. inception_v3 is without its auxiliary head.
PUBLISHED: dict[str, tuple[int, int, float]] = {
    "resnet18": (224, 11689512, 1.814), "resnet34": (224, 21797672, 3.664),
    "resnet50": (224, 25557032, 4.089), "resnet101": (224, 44549160, 7.801),
    "resnet152": (224, 60192808, 11.514), "resnext50_32x4d": (224, 25028904, 4.23),
    "resnext101_32x8d": (224, 88791336, 16.414), "resnext101_64x4d": (224, 83455272, 15.46),
    "wide_resnet50_2": (224, 68883240, 11.398), "wide_resnet101_2": (224, 126886696, 22.753),
    "vgg11": (224, 132863336, 7.609), "vgg11_bn": (224, 132868840, 7.609),
    "vgg13": (224, 133047848, 11.308), "vgg13_bn": (224, 133053736, 11.308),
    "vgg16": (224, 138357544, 15.47), "vgg16_bn": (224, 138365992, 15.47),
    "vgg19": (224, 143667240, 19.632), "vgg19_bn": (224, 143678248, 19.632),
    "densenet121": (224, 7978856, 2.834), "densenet161": (224, 28681000, 7.728),
    "densenet169": (224, 14149480, 3.36), "densenet201": (224, 20013928, 4.291),
    "alexnet": (224, 61100840, 0.714), "googlenet": (224, 6624904, 1.498),
    "inception_v3": (299, 23834568, 5.713), "squeezenet1_0": (224, 1248424, 0.819),
    "squeezenet1_1": (224, 1235496, 0.349), "mobilenet_v2": (224, 3504872, 0.301),
    "mobilenet_v3_large": (224, 5483032, 0.217), "shufflenet_v2_x1_0": (224, 2278604, 0.145),
    "efficientnet_b0": (224, 5288548, 0.386), "efficientnet_b1": (240, 7794184, 0.687),
    "efficientnet_b2": (288, 9109994, 1.088), "efficientnet_b3": (300, 12233232, 1.827),
    "efficientnet_b4": (380, 19341616, 4.394), "efficientnet_b5": (456, 30389784, 10.266),
    "efficientnet_b6": (528, 43040704, 19.068), "efficientnet_b7": (600, 66347960, 37.746),
    "efficientnet_v2_s": (384, 21458488, 8.366), "efficientnet_v2_m": (480, 54139356, 24.582),
    "efficientnet_v2_l": (480, 118515272, 56.08), "convnext_tiny": (224, 28589128, 4.456),
    "vit_b_16": (224, 86567656, 17.564),
}

WEIGHTS = "weights.bin"  # beside the model; a hole will do


class Net:
    """A graph in the making. Knows the channels of its values."""

    def __init__(self, name: str, size: int) -> None:
        self.name = name
        self.nodes: list[NodeProto] = []
        self.stored: list[TensorProto] = []
        self.channels = {"input": 3}
        self.bytes = 0
        self.input = helper.make_tensor_value_info("input", TensorProto.FLOAT, [1, 3, size, size])

    def weight(self, name: str, *dims: int) -> str:
        tensor = TensorProto(name=name, data_type=TensorProto.FLOAT, dims=dims,
                             data_location=TensorProto.EXTERNAL)
        size = 4
        for dim in dims:
            size *= dim
        for key, value in (("location", WEIGHTS), ("offset", "0"), ("length", str(size))):
            tensor.external_data.add(key=key, value=value)
        self.bytes = max(self.bytes, size)
        self.stored.append(tensor)
        return name

    def numbers(self, *values: int) -> str:
        name = f"numbers_{len(self.stored)}"
        self.stored.append(helper.make_tensor(name, TensorProto.INT64, [len(values)], values))
        return name

    def op(self, kind: str, *inputs: str, at: str = "", channels: int = 0, outputs: int = 1,
           **attributes: object) -> str:
        path = f"{at}/{kind}" if at else f"/{kind}_{len(self.nodes)}"
        names = [f"{path}_output_{i}" for i in range(outputs)]
        self.nodes.append(helper.make_node(kind, inputs, names, name=path, **attributes))
        for name in names:
            self.channels[name] = channels or self.channels.get(inputs[0], 0)
        return names[0]

    def conv(self, x: str, out: int, k: int | tuple[int, int], s: int = 1,
             p: int | tuple[int, int] | None = None, g: int = 1, bias: bool = False,
             at: str = "") -> str:
        at = at or f"/conv_{len(self.nodes)}"
        kernel = (k, k) if isinstance(k, int) else k
        pads = tuple(one // 2 for one in kernel) if p is None else \
            (p, p) if isinstance(p, int) else p
        weights = [self.weight(f"{at}.weight", out, self.channels[x] // g, *kernel)]
        if bias:
            weights.append(self.weight(f"{at}.bias", out))
        return self.op("Conv", x, *weights, at=at, channels=out, group=g, kernel_shape=kernel,
                       strides=[s, s], pads=[*pads, *pads])

    def norm(self, x: str) -> str:
        at, c = f"bn_{len(self.nodes)}", self.channels[x]
        return self.op("BatchNormalization", x, *(self.weight(f"{at}.{what}", c) for what in (
            "weight", "bias", "running_mean", "running_var")))

    def act(self, x: str, kind: str = "Relu") -> str:
        if kind == "Silu":
            return self.op("Mul", x, self.op("Sigmoid", x))
        return self.op(kind, x) if kind else x

    def block(self, x: str, out: int, k: int | tuple[int, int], s: int = 1,
              p: int | tuple[int, int] | None = None, g: int = 1, act: str = "Relu",
              at: str = "") -> str:
        return self.act(self.norm(self.conv(x, out, k, s, p, g, at=at)), act)

    def pool(self, x: str, k: int, s: int, p: int = 0, up: bool = False,
             kind: str = "MaxPool") -> str:
        more = {"ceil_mode": 1} if up else {}
        if kind == "AveragePool":
            more["count_include_pad"] = 1
        return self.op(kind, x, kernel_shape=[k, k], strides=[s, s], pads=[p, p, p, p], **more)

    def linear(self, x: str, inside: int, out: int, at: str = "") -> str:
        """Of a matrix."""
        at = at or f"/fc_{len(self.nodes)}"
        return self.op("Gemm", x, self.weight(f"{at}.weight", out, inside),
                       self.weight(f"{at}.bias", out), at=at, transB=1)

    def dense(self, x: str, inside: int, out: int) -> str:
        """Of the last axis."""
        at = f"/dense_{len(self.nodes)}"
        y = self.op("MatMul", x, self.weight(f"{at}.weight", inside, out), at=at)
        return self.op("Add", y, self.weight(f"{at}.bias", out))

    def head(self, x: str, out: int = 1000, at: str = "/fc") -> str:
        flat = self.op("Flatten", self.op("GlobalAveragePool", x), axis=1)
        return self.linear(flat, self.channels[x], out, at)

    def squeeze(self, x: str, inside: int, act: str, gate: str) -> str:
        """Squeeze and excitation."""
        y = self.conv(self.op("GlobalAveragePool", x), inside, 1, bias=True)
        y = self.conv(self.act(y, act), self.channels[x], 1, bias=True)
        return self.op("Mul", x, self.op(gate, y))

    def model(self, output: str) -> ModelProto:
        graph = helper.make_graph(
            self.nodes, self.name, [self.input],
            [helper.make_tensor_value_info(output, TensorProto.FLOAT, None)], self.stored)
        return helper.make_model(graph, producer_name="onnxray-test", ir_version=8,
                                 opset_imports=[helper.make_opsetid("", 17)])


# ---- Networks ------------------------------------------------------------------------------------

def resnet(net: Net, blocks: tuple[int, ...], bottleneck: bool, groups: int = 1,
           width: int = 64) -> str:
    x = net.pool(net.block("input", 64, 7, 2, at="/conv1"), 3, 2, 1)
    for stage, count in enumerate(blocks):
        planes = 64 << stage
        out = planes * 4 if bottleneck else planes
        for i in range(count):
            at = f"/layer{stage + 1}/layer{stage + 1}.{i}"
            stride = 2 if stage and not i else 1
            skip = x
            if stride > 1 or net.channels[x] != out:
                skip = net.block(x, out, 1, stride, act="",
                                 at=f"{at}/downsample/downsample.0")
            if bottleneck:
                inside = planes * width // 64 * groups
                y = net.block(x, inside, 1, at=f"{at}/conv1")
                y = net.block(y, inside, 3, stride, g=groups, at=f"{at}/conv2")
                y = net.block(y, out, 1, act="", at=f"{at}/conv3")
            else:
                y = net.block(x, planes, 3, stride, at=f"{at}/conv1")
                y = net.block(y, planes, 3, act="", at=f"{at}/conv2")
            x = net.act(net.op("Add", y, skip))
    return net.head(x)


def vgg(net: Net, counts: tuple[int, ...], norm: bool) -> str:
    x = "input"
    for count, width in zip(counts, (64, 128, 256, 512, 512)):
        for _ in range(count):
            x = net.conv(x, width, 3, bias=True)
            x = net.act(net.norm(x) if norm else x)
        x = net.pool(x, 2, 2)
    x = net.op("Flatten", x, axis=1)  # 7 x 7 already
    for inside, out in ((25088, 4096), (4096, 4096)):
        x = net.act(net.linear(x, inside, out))
    return net.linear(x, 4096, 1000)


def densenet(net: Net, growth: int, start: int, blocks: tuple[int, ...]) -> str:
    x = net.pool(net.block("input", start, 7, 2), 3, 2, 1)
    for stage, count in enumerate(blocks):
        for _ in range(count):
            y = net.block(net.act(net.norm(x)), 4 * growth, 1)
            y = net.conv(y, growth, 3)
            x = net.op("Concat", x, y, axis=1, channels=net.channels[x] + growth)
        x = net.act(net.norm(x))
        if stage < len(blocks) - 1:
            x = net.pool(net.conv(x, net.channels[x] // 2, 1), 2, 2, kind="AveragePool")
    return net.head(x)


def alexnet(net: Net) -> str:
    x = net.pool(net.act(net.conv("input", 64, 11, 4, 2, bias=True)), 3, 2)
    x = net.pool(net.act(net.conv(x, 192, 5, bias=True)), 3, 2)
    for out in (384, 256, 256):
        x = net.act(net.conv(x, out, 3, bias=True))
    x = net.op("Flatten", net.pool(x, 3, 2), axis=1)
    x = net.act(net.linear(x, 9216, 4096))
    return net.linear(net.act(net.linear(x, 4096, 4096)), 4096, 1000)


def join(net: Net, *parts: str) -> str:
    return net.op("Concat", *parts, axis=1, channels=sum(net.channels[part] for part in parts))


def squeezenet(net: Net, first: int, kernel: int, pools: tuple[int, ...]) -> str:
    x = net.pool(net.act(net.conv("input", first, kernel, 2, 0, bias=True)), 3, 2, up=True)
    for i, inside in enumerate((16, 16, 32, 32, 48, 48, 64, 64)):
        if i in pools:
            x = net.pool(x, 3, 2, up=True)
        x = net.act(net.conv(x, inside, 1, bias=True))
        x = join(net, *(net.act(net.conv(x, 4 * inside, k, bias=True)) for k in (1, 3)))
    x = net.act(net.conv(x, 1000, 1, bias=True))
    return net.op("Flatten", net.op("GlobalAveragePool", x), axis=1)


def googlenet(net: Net) -> str:
    x = net.pool(net.block("input", 64, 7, 2), 3, 2, up=True)
    x = net.pool(net.block(net.block(x, 64, 1), 192, 3), 3, 2, up=True)
    widths = ((64, 96, 128, 16, 32, 32), (128, 128, 192, 32, 96, 64),
              (192, 96, 208, 16, 48, 64), (160, 112, 224, 24, 64, 64),
              (128, 128, 256, 24, 64, 64), (112, 144, 288, 32, 64, 64),
              (256, 160, 320, 32, 128, 128), (256, 160, 320, 32, 128, 128),
              (384, 192, 384, 48, 128, 128))
    for i, (a, b, c, d, e, f) in enumerate(widths):
        x = net.pool(x, 3, 2, up=True) if i == 2 else net.pool(x, 2, 2, up=True) if i == 7 else x
        x = join(net, net.block(x, a, 1), net.block(net.block(x, b, 1), c, 3),
                 net.block(net.block(x, d, 1), e, 3),
                 net.block(net.pool(x, 3, 1, 1, up=True), f, 1))
    return net.head(x)


def inception_v3(net: Net) -> str:
    def line(x: str, *steps: tuple[int, object]) -> str:
        for out, k in steps:
            x = net.block(x, out, k)
        return x

    def average(x: str) -> str:
        return net.pool(x, 3, 1, 1, kind="AveragePool")

    x = net.block(net.block(net.block("input", 32, 3, 2, 0), 32, 3, 1, 0), 64, 3)
    x = net.block(net.block(net.pool(x, 3, 2), 80, 1), 192, 3, 1, 0)
    x = net.pool(x, 3, 2)
    for out in (32, 64, 64):
        x = join(net, net.block(x, 64, 1), line(x, (48, 1), (64, 5)),
                 line(x, (64, 1), (96, 3), (96, 3)), net.block(average(x), out, 1))
    x = join(net, net.block(x, 384, 3, 2, 0),
             net.block(line(x, (64, 1), (96, 3)), 96, 3, 2, 0), net.pool(x, 3, 2))
    wide, tall = (1, 7), (7, 1)
    for c in (128, 160, 160, 192):
        x = join(net, net.block(x, 192, 1), line(x, (c, 1), (c, wide), (192, tall)),
                 line(x, (c, 1), (c, tall), (c, wide), (c, tall), (192, wide)),
                 net.block(average(x), 192, 1))
    x = join(net, net.block(net.block(x, 192, 1), 320, 3, 2, 0),
             net.block(line(x, (192, 1), (192, wide), (192, tall)), 192, 3, 2, 0),
             net.pool(x, 3, 2))
    for _ in range(2):
        a = net.block(x, 384, 1)
        b = line(x, (448, 1), (384, 3))
        x = join(net, net.block(x, 320, 1), net.block(a, 384, (1, 3)), net.block(a, 384, (3, 1)),
                 net.block(b, 384, (1, 3)), net.block(b, 384, (3, 1)),
                 net.block(average(x), 192, 1))
    return net.head(x)


def rounded(value: float, by: int = 8) -> int:
    """A multiple that is not more than a tenth below."""
    near = max(by, int(value + by / 2) // by * by)
    return near + by if near < 0.9 * value else near


def inverted(net: Net, x: str, inside: int, out: int, k: int, s: int, act: str,
             squeeze: int = 0, squeeze_act: str = "Relu", gate: str = "HardSigmoid") -> str:
    """Inverted residual: expand, depthwise, [squeeze], project."""
    y = net.block(x, inside, 1, act=act) if inside != net.channels[x] else x
    y = net.block(y, inside, k, s, g=inside, act=act)
    y = net.squeeze(y, squeeze, squeeze_act, gate) if squeeze else y
    y = net.block(y, out, 1, act="")
    return net.op("Add", x, y) if s == 1 and net.channels[x] == out else y


def mobilenet_v2(net: Net) -> str:
    x = net.block("input", 32, 3, 2, act="Clip")
    for t, out, count, stride in ((1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2),
                                  (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1)):
        for i in range(count):
            x = inverted(net, x, t * net.channels[x], out, 3, 1 if i else stride, "Clip")
    return net.head(net.block(x, 1280, 1, act="Clip"))


def mobilenet_v3_large(net: Net) -> str:
    hard = "HardSwish"
    x = net.block("input", 16, 3, 2, act=hard)
    for k, inside, out, squeeze, act, stride in (
            (3, 16, 16, 0, "Relu", 1), (3, 64, 24, 0, "Relu", 2), (3, 72, 24, 0, "Relu", 1),
            (5, 72, 40, 1, "Relu", 2), (5, 120, 40, 1, "Relu", 1), (5, 120, 40, 1, "Relu", 1),
            (3, 240, 80, 0, hard, 2), (3, 200, 80, 0, hard, 1), (3, 184, 80, 0, hard, 1),
            (3, 184, 80, 0, hard, 1), (3, 480, 112, 1, hard, 1), (3, 672, 112, 1, hard, 1),
            (5, 672, 160, 1, hard, 2), (5, 960, 160, 1, hard, 1), (5, 960, 160, 1, hard, 1)):
        x = inverted(net, x, inside, out, k, stride, act,
                     rounded(inside // 4) if squeeze else 0)
    x = net.block(x, 960, 1, act=hard)
    x = net.act(net.head(x, 1280), hard)
    return net.linear(x, 1280, 1000)


def shufflenet_v2(net: Net) -> str:
    x = net.pool(net.block("input", 24, 3, 2), 3, 2, 1)
    side = 28
    for out, count in ((116, 4), (232, 8), (464, 4)):
        half = out // 2
        for i in range(count):
            s = 1 if i else 2
            left = right = x
            if i:
                left = net.op("Split", x, axis=1, outputs=2, channels=half)
                right = left[:-1] + "1"
            else:
                left = net.block(net.block(x, net.channels[x], 3, s, g=net.channels[x], act=""),
                                 half, 1)
            y = net.block(right, half, 1)
            y = net.block(net.block(y, half, 3, s, g=half, act=""), half, 1)
            x = join(net, left, y)
            x = net.op("Reshape", x, net.numbers(1, 2, half, side, side))
            x = net.op("Transpose", x, perm=[0, 2, 1, 3, 4])
            x = net.op("Reshape", x, net.numbers(1, -1, side, side), channels=out)
        side //= 2
    return net.head(net.block(x, 1024, 1))


B0 = ((1, 3, 1, 16, 1), (6, 3, 2, 24, 2), (6, 5, 2, 40, 2), (6, 3, 2, 80, 3), (6, 5, 1, 112, 3),
      (6, 5, 2, 192, 4), (6, 3, 1, 320, 1))
SCALES = ((1.0, 1.0), (1.0, 1.1), (1.1, 1.2), (1.2, 1.4), (1.4, 1.8), (1.6, 2.2), (1.8, 2.6),
          (2.0, 3.1))


def efficientnet(net: Net, which: int) -> str:
    width, depth = SCALES[which]
    x = net.block("input", rounded(32 * width), 3, 2, act="Silu")
    for t, k, stride, out, count in B0:
        for i in range(ceil(count * depth)):
            c = net.channels[x]
            x = inverted(net, x, rounded(c * t), rounded(out * width), k, 1 if i else stride,
                         "Silu", max(1, c // 4), "Silu", "Sigmoid")
    return net.head(net.block(x, 4 * net.channels[x], 1, act="Silu"))


# Expansion, stride, channels, layers; stages that expand and filter in one step, others.
V2 = {"s": (((1, 1, 24, 2), (4, 2, 48, 4), (4, 2, 64, 4)),
            ((4, 2, 128, 6), (6, 1, 160, 9), (6, 2, 256, 15))),
      "m": (((1, 1, 24, 3), (4, 2, 48, 5), (4, 2, 80, 5)),
            ((4, 2, 160, 7), (6, 1, 176, 14), (6, 2, 304, 18), (6, 1, 512, 5))),
      "l": (((1, 1, 32, 4), (4, 2, 64, 7), (4, 2, 96, 7)),
            ((4, 2, 192, 10), (6, 1, 224, 19), (6, 2, 384, 25), (6, 1, 640, 7)))}


def efficientnet_v2(net: Net, which: str) -> str:
    fused, plain = V2[which]
    x = net.block("input", fused[0][2], 3, 2, act="Silu")
    for t, stride, out, count in fused:
        for i in range(count):
            s, c = 1 if i else stride, net.channels[x]
            y = net.block(x, out if t == 1 else c * t, 3, s, act="Silu")
            y = y if t == 1 else net.block(y, out, 1, act="")
            x = net.op("Add", x, y) if s == 1 and c == out else y
    for t, stride, out, count in plain:
        for i in range(count):
            c = net.channels[x]
            x = inverted(net, x, c * t, out, 3, 1 if i else stride, "Silu", c // 4, "Silu",
                         "Sigmoid")
    return net.head(net.block(x, 1280, 1, act="Silu"))


def layer_norm(net: Net, x: str, c: int) -> str:
    at = f"ln_{len(net.nodes)}"
    return net.op("LayerNormalization", x, net.weight(f"{at}.weight", c),
                  net.weight(f"{at}.bias", c), axis=-1)


def gelu(net: Net, x: str) -> str:
    return net.op("Mul", x, net.op("Erf", x))  # costs the same


def convnext_tiny(net: Net) -> str:
    def norm(x: str) -> str:
        c = net.channels[x]
        y = layer_norm(net, net.op("Transpose", x, perm=[0, 2, 3, 1]), c)
        return net.op("Transpose", y, perm=[0, 3, 1, 2], channels=c)

    x = norm(net.conv("input", 96, 4, 4, 0, bias=True))
    for c, count in ((96, 3), (192, 3), (384, 9), (768, 3)):
        if c > 96:
            x = net.conv(norm(x), c, 2, 2, 0, bias=True)
        for _ in range(count):
            y = net.op("Transpose", net.conv(x, c, 7, g=c, bias=True), perm=[0, 2, 3, 1])
            y = net.dense(gelu(net, net.dense(layer_norm(net, y, c), c, 4 * c)), 4 * c, c)
            y = net.op("Transpose", y, perm=[0, 3, 1, 2], channels=c)
            scale = net.weight(f"layer_scale_{len(net.nodes)}", c, 1, 1)
            x = net.op("Add", x, net.op("Mul", y, scale), channels=c)
    x = norm(net.op("GlobalAveragePool", x))
    return net.linear(net.op("Flatten", x, axis=1), 768, 1000)


def vit_b_16(net: Net) -> str:
    hidden, heads, tokens = 768, 12, 197
    x = net.op("Reshape", net.conv("input", hidden, 16, 16, 0, bias=True),
               net.numbers(1, hidden, -1))
    x = net.op("Transpose", x, perm=[0, 2, 1])
    x = net.op("Concat", net.weight("class_token", 1, 1, hidden), x, axis=1)
    x = net.op("Add", x, net.weight("pos_embedding", 1, tokens, hidden))
    for _ in range(12):
        y = net.dense(layer_norm(net, x, hidden), hidden, 3 * hidden)
        y = net.op("Reshape", y, net.numbers(0, 0, 3, heads, -1))
        y = net.op("Transpose", y, perm=[2, 0, 3, 1, 4])
        q = net.op("Split", y, axis=0, outputs=3)
        q, k, v = (net.op("Squeeze", q[:-1] + str(i), net.numbers(0)) for i in range(3))
        y = net.op("MatMul", q, net.op("Transpose", k, perm=[0, 1, 3, 2]))
        y = net.op("MatMul", net.op("Softmax", y, axis=-1), v)
        y = net.op("Transpose", y, perm=[0, 2, 1, 3])
        y = net.op("Reshape", y, net.numbers(0, 0, hidden))
        x = net.op("Add", x, net.dense(y, hidden, hidden))
        y = gelu(net, net.dense(layer_norm(net, x, hidden), hidden, 4 * hidden))
        x = net.op("Add", x, net.dense(y, 4 * hidden, hidden))
    x = net.op("Gather", layer_norm(net, x, hidden), net.numbers(0), axis=1)
    return net.linear(net.op("Flatten", x, axis=1), hidden, 1000)


RESNETS: dict[str, tuple[tuple[int, ...], bool, int, int]] = {
    "resnet18": ((2, 2, 2, 2), False, 1, 64), "resnet34": ((3, 4, 6, 3), False, 1, 64),
    "resnet50": ((3, 4, 6, 3), True, 1, 64), "resnet101": ((3, 4, 23, 3), True, 1, 64),
    "resnet152": ((3, 8, 36, 3), True, 1, 64), "resnext50_32x4d": ((3, 4, 6, 3), True, 32, 4),
    "resnext101_32x8d": ((3, 4, 23, 3), True, 32, 8),
    "resnext101_64x4d": ((3, 4, 23, 3), True, 64, 4),
    "wide_resnet50_2": ((3, 4, 6, 3), True, 1, 128),
    "wide_resnet101_2": ((3, 4, 23, 3), True, 1, 128)}
VGGS = {"vgg11": (1, 1, 2, 2, 2), "vgg13": (2, 2, 2, 2, 2), "vgg16": (2, 2, 3, 3, 3),
        "vgg19": (2, 2, 4, 4, 4)}
DENSENETS = {"densenet121": (32, 64, (6, 12, 24, 16)), "densenet161": (48, 96, (6, 12, 36, 24)),
             "densenet169": (32, 64, (6, 12, 32, 32)), "densenet201": (32, 64, (6, 12, 48, 32))}
OTHERS: dict[str, Callable[[Net], str]] = {
    "alexnet": alexnet, "googlenet": googlenet, "inception_v3": inception_v3,
    "squeezenet1_0": lambda net: squeezenet(net, 96, 7, (3, 7)),
    "squeezenet1_1": lambda net: squeezenet(net, 64, 3, (2, 4)),
    "mobilenet_v2": mobilenet_v2, "mobilenet_v3_large": mobilenet_v3_large,
    "shufflenet_v2_x1_0": shufflenet_v2, "convnext_tiny": convnext_tiny, "vit_b_16": vit_b_16}


def build(name: str) -> tuple[ModelProto, int]:
    """A model, and how large its file of weights has to be."""
    net = Net(name, PUBLISHED[name][0])
    plain = name.removesuffix("_bn")
    if name in RESNETS:
        output = resnet(net, *RESNETS[name])
    elif plain in VGGS:
        output = vgg(net, VGGS[plain], name != plain)
    elif name in DENSENETS:
        output = densenet(net, *DENSENETS[name])
    elif name.startswith("efficientnet_b"):
        output = efficientnet(net, int(name[-1]))
    elif name.startswith("efficientnet_v2_"):
        output = efficientnet_v2(net, name[-1])
    else:
        output = OTHERS[name](net)
    return net.model(output), net.bytes
