"""ResNetV2 of the Leeds report: bottlenecks that normalise and activate before they convolve.

The networks are `resnetv2_50`, `resnetv2_101` and `resnetv2_152`, each plain or with one of the
suffixes `_se`, `_eca`, `_cbam`, `_ecbam`: `resnetv2_50_se`, `resnetv2_152_cbam`, and so on.
"""

from collections.abc import Callable
from functools import partial

from torch import Tensor, nn

from fer_core.models.layers import ACTIVATIONS, POOLINGS, Conv1x1, averaging_head, choose
from fer_core.models.resnet import DEPTHS
from fer_core.models.variants import Attention, register_variants


class PreActivated(nn.Module):
    """Norm and activation, then a bottleneck with attention; its input added by a shortcut."""

    def __init__(
        self,
        channels_in: int,
        channels: int,
        stride: int,
        activation: type[nn.Module],
        attention: Callable[[int], nn.Module],
    ) -> None:
        super().__init__()
        wide = 4 * channels
        self.ready = nn.Sequential(nn.BatchNorm2d(channels_in), activation())
        self.body = nn.Sequential(
            Conv1x1(channels_in, channels, bias=False),
            nn.BatchNorm2d(channels),
            activation(),
            nn.Conv2d(channels, channels, 3, stride, 1, bias=False),
            nn.BatchNorm2d(channels),
            activation(),
            Conv1x1(channels, wide),
            attention(wide),
        )
        self.widens = channels_in != wide
        self.shortcut = Conv1x1(channels_in, wide) if self.widens else nn.MaxPool2d(1, stride)

    def forward(self, x: Tensor) -> Tensor:
        ready = self.ready(x)
        out: Tensor = self.body(ready) + self.shortcut(ready if self.widens else x)
        return out


def _leeds_resnet_v2(
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

    Source: the Leeds report (Miskow & Altahhan 2022) after He et al., "Identity Mappings in
    Deep Residual Networks", ECCV 2016, as in Keras: the last bottleneck of each of the first
    three stages halves the resolution. Leeds prints 0.2% fewer parameters, since its
    published code normalises rows, not channels, and up to 0.6% more with ECA, which is
    another there, see `train/studies/leeds.py`.
    """
    layer = choose("activation", ACTIVATIONS, activation).layer
    pool = choose("pooling", POOLINGS, pooling)
    attend = partial(attention, **attention_args)
    layers: list[nn.Module] = [nn.Conv2d(1, width, 7, 2, 3), pool(3, 2, padding=1)]
    channels_in = width
    for stage, blocks in enumerate(DEPTHS[depth]):
        channels = width * 2**stage
        for block in range(blocks):
            stride = 2 if stage < 3 and block == blocks - 1 else 1
            layers.append(PreActivated(channels_in, channels, stride, layer, attend))
            channels_in = 4 * channels
    layers += [nn.BatchNorm2d(channels_in), layer()]
    return nn.Sequential(*layers, averaging_head(channels_in, num_classes))


for _depth in DEPTHS:
    register_variants(
        f"resnetv2_{_depth}",
        f"ResNet{_depth}V2 of the Leeds report",
        _leeds_resnet_v2,
        depth=_depth,
    )
