"""ResNet: the Leeds report's networks, and the small one for CIFAR that holds a record.

The Leeds networks are `resnet50`, `resnet101` and `resnet152`, each plain or with one of the
suffixes `_se`, `_eca`, `_cbam`, `_ecbam`: `resnet50_se`, `resnet152_cbam`, and so on.
"""

from collections.abc import Callable
from functools import partial

from torch import Tensor, nn

from fer_core.models.layers import ACTIVATIONS, POOLINGS, Conv1x1, averaging_head, choose
from fer_core.models.registry import register
from fer_core.models.variants import Attention, register_variants

# Bottlenecks in each of the four stages: He et al. 2016, table 1.
DEPTHS = {50: (3, 4, 6, 3), 101: (3, 4, 23, 3), 152: (3, 8, 36, 3)}


def _unit(channels_in: int, channels: int, kernel: int, stride: int = 1) -> list[nn.Module]:
    conv = (
        Conv1x1(channels_in, channels, stride, bias=False)
        if kernel == 1
        else nn.Conv2d(channels_in, channels, kernel, stride, kernel // 2, bias=False)
    )
    return [conv, nn.BatchNorm2d(channels)]


class Residual(nn.Module):
    """A body, its input added by a shortcut, then an activation."""

    def __init__(
        self, body: nn.Module, activation: nn.Module, channels_in: int, channels: int, stride: int
    ) -> None:
        super().__init__()
        self.body = body
        self.shortcut: nn.Module = nn.Identity()
        if stride != 1 or channels_in != channels:
            self.shortcut = nn.Sequential(*_unit(channels_in, channels, 1, stride))
        self.activation = activation

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.activation(self.body(x) + self.shortcut(x))
        return out


def _bottleneck(
    channels_in: int,
    channels: int,
    stride: int,
    activation: type[nn.Module],
    attention: Callable[[int], nn.Module],
) -> nn.Module:
    body = nn.Sequential(
        *_unit(channels_in, channels, 1, stride),
        activation(),
        *_unit(channels, channels, 3),
        activation(),
        *_unit(channels, 4 * channels, 1),
        attention(4 * channels),
    )
    return Residual(body, activation(), channels_in, 4 * channels, stride)


def _leeds_resnet(
    num_classes: int,
    attention: Attention,
    *,
    depth: int,
    activation: str = "elu",
    pooling: str = "max",
    width: int = 64,
    **attention_args: object,
) -> nn.Module:
    """activation: elu, relu or selu. pooling in the stem: max or average. width: filters of
    the stem, to which all other widths are in proportion. The attention stands at the end of
    every bottleneck, before the addition.

    Source: the Leeds report (Miskow & Altahhan 2022) after He et al., "Deep Residual
    Learning", CVPR 2016, with the stride in the first 1x1 convolution, as in Keras. Leeds
    prints 0.1% fewer parameters, since its published code normalises rows, not channels,
    and up to 0.8% more with ECA, which is another there, see `train/studies/leeds.py`.
    """
    layer = choose("activation", ACTIVATIONS, activation).layer
    pool = choose("pooling", POOLINGS, pooling)
    attend = partial(attention, **attention_args)
    layers = [*_unit(1, width, 7, stride=2), layer(), pool(3, 2, padding=1)]
    channels_in = width
    for stage, blocks in enumerate(DEPTHS[depth]):
        channels = width * 2**stage
        for block in range(blocks):
            stride = 2 if stage > 0 and block == 0 else 1
            layers.append(_bottleneck(channels_in, channels, stride, layer, attend))
            channels_in = 4 * channels
    return nn.Sequential(*layers, averaging_head(channels_in, num_classes))


for _depth in DEPTHS:
    register_variants(
        f"resnet{_depth}",
        f"ResNet{_depth} of the Leeds report",
        _leeds_resnet,
        depth=_depth,
    )


@register
def cifar_resnet18(num_classes: int = 7) -> nn.Module:
    """ResNet18 with a 3x3 stem that keeps the resolution, as for CIFAR.

    Source: He et al. 2016 as commonly changed for CIFAR-10; Yuan's (LetheSec) record on FER2013.
    """
    layers = [*_unit(1, 64, 3), nn.ReLU()]
    channels_in = 64
    for channels, first_stride in ((64, 1), (128, 2), (256, 2), (512, 2)):
        for stride in (first_stride, 1):
            body = nn.Sequential(
                *_unit(channels_in, channels, 3, stride),
                nn.ReLU(),
                *_unit(channels, channels, 3),
            )
            layers.append(Residual(body, nn.ReLU(), channels_in, channels, stride))
            channels_in = channels
    return nn.Sequential(*layers, averaging_head(channels_in, num_classes))
