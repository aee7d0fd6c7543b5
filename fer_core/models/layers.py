"""What several families share: layers by name, blocks of convolutions, the averaging head."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from fer_core.types import ModelError

T = TypeVar("T")
Weighted = TypeVar("Weighted", nn.Conv2d, nn.Linear)


def _compiled_for_cpu(x: Tensor) -> bool:
    return torch.compiler.is_compiling() and x.device.type == "cpu"


class ELU(nn.ELU):
    """The framework's; compiled for a CPU, exp(x) - 1 takes a fraction of expm1(x)'s time."""

    def forward(self, x: Tensor) -> Tensor:
        if not _compiled_for_cpu(x):
            return super().forward(x)
        wide = x.float()
        # Clamped: where exp is infinite, its gradient is none, though the other branch is taken.
        return torch.where(wide > 0, wide, wide.clamp(max=0).exp() - 1).to(x.dtype)


class Conv1x1(nn.Conv2d):
    """A convolution of single pixels; compiled for a CPU, it is the matrix product that it is."""

    def __init__(self, channels_in: int, channels: int, stride: int = 1, bias: bool = True) -> None:
        super().__init__(channels_in, channels, 1, stride, bias=bias)

    def forward(self, x: Tensor) -> Tensor:
        if not _compiled_for_cpu(x):
            return super().forward(x)
        pixels = x[:, :, :: self.stride[0], :: self.stride[1]].permute(0, 2, 3, 1)
        return F.linear(pixels, self.weight.flatten(1), self.bias).permute(0, 3, 1, 2)


@dataclass(frozen=True)
class Activation:
    """An activation, and the gain of the weights before it that keeps a small signal's size.

    The gain is sqrt(2 / (l^2 + r^2)) for the slopes l and r left and right of zero. ELU and SELU
    would keep a signal of unit variance with a larger one, but VGG16 then diverges at SGD's 0.01.
    Source: He et al., "Delving Deep into Rectifiers", ICCV 2015, the formula for PReLU.
    """

    layer: type[nn.Module]
    gain: float


ACTIVATIONS = {
    "elu": Activation(ELU, 1.0),
    "relu": Activation(nn.ReLU, 1.414),
    "selu": Activation(nn.SELU, 0.690),
}
POOLINGS: dict[str, type[nn.MaxPool2d] | type[nn.AvgPool2d]] = {
    "max": nn.MaxPool2d,
    "average": nn.AvgPool2d,
}


def choose(what: str, options: Mapping[str, T], name: str) -> T:
    """The option of this name. Raises ModelError where there is none."""
    if name not in options:
        raise ModelError(f"{what} is one of {', '.join(options)}, not {name!r}.")
    return options[name]


def scaled(layer: Weighted, gain: float) -> Weighted:
    """The layer with normal weights of this gain and no bias: what stacks without batch norm need.

    The framework's own start shrinks the signal at every layer, to next to nothing after sixteen.
    """
    nn.init.normal_(layer.weight, std=gain / layer.weight[0].numel() ** 0.5)
    if layer.bias is not None:
        nn.init.zeros_(layer.bias)
    return layer


def conv_block(
    channels_in: int, channels: int, depth: int, activation: Activation, norm: bool = False
) -> list[nn.Module]:
    """`depth` 3x3 convolutions that keep the size, each with its activation.

    norm: batch norm before each activation.
    """
    layers: list[nn.Module] = []
    for _ in range(depth):
        conv = scaled(nn.Conv2d(channels_in, channels, 3, padding=1), activation.gain)
        layers += [conv, nn.BatchNorm2d(channels)] if norm else [conv]
        layers.append(activation.layer())
        channels_in = channels
    return layers


class SameConv(nn.Conv2d):
    """A convolution padded as TensorFlow's "same": where it strides, right and bottom get more.

    The published weights were trained so; symmetric padding would shift what they see.
    """

    def __init__(
        self,
        channels_in: int,
        channels: int,
        kernel: int,
        stride: int,
        groups: int = 1,
        bias: bool = True,
    ) -> None:
        padding = 0 if stride > 1 else kernel // 2
        super().__init__(channels_in, channels, kernel, stride, padding, groups=groups, bias=bias)

    def forward(self, x: Tensor) -> Tensor:
        kernel, stride = self.kernel_size[0], self.stride[0]
        if stride > 1:
            missing = [max((-(-n // stride) - 1) * stride + kernel - n, 0) for n in x.shape[2:]]
            (top, left) = (n // 2 for n in missing)
            x = F.pad(x, (left, missing[1] - left, top, missing[0] - top))
        return super().forward(x)


def enlarged(x: Tensor, side: int) -> Tensor:
    """(N, C, H, W) -> (N, C, side, side), for networks trained on pictures larger than crops."""
    same = x.shape[2:] == (side, side)
    return x if same else F.interpolate(x, (side, side), mode="bilinear")


def averaging_head(channels: int, num_classes: int) -> nn.Sequential:
    """Each channel's mean, then a linear layer: (N, channels, H, W) -> (N, num_classes)."""
    return nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(channels, num_classes))
