"""Attention for convolutional blocks: modules that weigh channels, positions, or both.

Every module maps (N, C, H, W) to the same shape by multiplying with weights from 0 to 1, and every
set of weights is the output of a `ChannelGate` or a `SpatialGate`, where a hook can read it.
"""

import math
from typing import Literal

import torch
from torch import Tensor, nn

from fer_core.types import ModelError

KERNELS = (1, 3, 5, 7, 9)


class ChannelGate(nn.Sigmoid):
    """The last step of every channel attention; its output is the weights (N, C, 1, 1)."""


class SpatialGate(nn.Sigmoid):
    """The last step of every spatial attention; its output is the weights (N, 1, H, W)."""


def no_attention(channels: int) -> nn.Module:
    """What stands where a plain network has no attention."""
    return nn.Identity()


class SqueezeExcite(nn.Module):
    """Weights channels by a two-layer bottleneck on their means: (N, C, H, W) -> same shape.

    ratio: how many times narrower the bottleneck is; it has four units at least, which the paper's
        wider networks have anyway.
    Source: Hu et al., "Squeeze-and-Excitation Networks", CVPR 2018.
    """

    def __init__(self, channels: int, ratio: int = 16) -> None:
        super().__init__()
        if ratio < 1:
            raise ModelError(f"An attention's ratio is at least 1, not {ratio}.")
        hidden = max(channels // ratio, 4)
        self.squeeze = nn.Linear(channels, hidden)
        self.excite = nn.Linear(hidden, channels)
        self.gate = ChannelGate()

    def bottleneck(self, pooled: Tensor) -> Tensor:
        """Channel values (N, C) -> logits (N, C)."""
        logits: Tensor = self.excite(torch.relu(self.squeeze(pooled)))
        return logits

    def forward(self, x: Tensor) -> Tensor:
        weights: Tensor = self.gate(self.bottleneck(x.mean((2, 3)))[:, :, None, None])
        return x * weights


class EfficientChannelAttention(nn.Module):
    """Weights channels by a convolution along their means: (N, C, H, W) -> same shape.

    kernel: how many neighbouring channels decide together; "adaptive" grows with their number.
    Source: Wang et al., "ECA-Net", CVPR 2020.
    """

    def __init__(self, channels: int, kernel: int | Literal["adaptive"] = "adaptive") -> None:
        super().__init__()
        if kernel != "adaptive" and kernel not in KERNELS:
            known = ", ".join(map(str, KERNELS))
            raise ModelError(f"ECA's kernel is 'adaptive' or one of {known}, not {kernel!r}.")
        size = adaptive_kernel(channels) if kernel == "adaptive" else kernel
        self.conv = nn.Conv1d(1, 1, size, padding=size // 2, bias=False)
        self.gate = ChannelGate()

    def forward(self, x: Tensor) -> Tensor:
        logits = self.conv(x.mean((2, 3))[:, None])[:, 0]
        weights: Tensor = self.gate(logits[:, :, None, None])
        return x * weights


def adaptive_kernel(channels: int) -> int:
    """ECA's kernel size with its gamma 2 and b 1: (log2(channels) + 1) / 2, cut to a whole number,
    the next higher where that is even, as the authors' own code rounds.
    """
    size = int((math.log2(channels) + 1) / 2)
    return size if size % 2 else size + 1


class SharedBottleneck(SqueezeExcite):
    """CBAM's channel attention: SE's bottleneck, on the means and on the maxima, summed."""

    def forward(self, x: Tensor) -> Tensor:
        logits = self.bottleneck(x.mean((2, 3))) + self.bottleneck(x.amax((2, 3)))
        weights: Tensor = self.gate(logits[:, :, None, None])
        return x * weights


class SpatialAttention(nn.Module):
    """CBAM's spatial attention: a 7x7 convolution over the mean and the maximum of the channels."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(2, 1, 7, padding=3, bias=False)
        self.gate = SpatialGate()

    def forward(self, x: Tensor) -> Tensor:
        pooled = torch.cat([x.mean(1, keepdim=True), x.amax(1, keepdim=True)], 1)
        weights: Tensor = self.gate(self.conv(pooled))
        return x * weights


class CBAM(nn.Sequential):
    """Weights channels, then positions: (N, C, H, W) -> same shape.

    Source: Woo et al., "CBAM", ECCV 2018; as in the paper's formulas, without batch norm.
    """

    def __init__(self, channels: int, ratio: int = 16) -> None:
        super().__init__(SharedBottleneck(channels, ratio), SpatialAttention())


class ECBAM(nn.Sequential):
    """CBAM with ECA for the channels: (N, C, H, W) -> same shape.

    Source: the Leeds report proposes the exchange as future work; the means alone enter it, as
    in ECA.
    """

    def __init__(self, channels: int, kernel: int | Literal["adaptive"] = "adaptive") -> None:
        super().__init__(EfficientChannelAttention(channels, kernel), SpatialAttention())
