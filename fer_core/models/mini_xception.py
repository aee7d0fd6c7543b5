"""mini-Xception, the small published network that many programs carry."""

from torch import Tensor, nn

from fer_core.models.registry import register


def _separable(channels_in: int, channels: int) -> list[nn.Module]:
    return [
        nn.Conv2d(channels_in, channels_in, 3, padding=1, groups=channels_in, bias=False),
        nn.Conv2d(channels_in, channels, 1, bias=False),
        nn.BatchNorm2d(channels),
    ]


class SeparableResidual(nn.Module):
    """Two separable convolutions and max pooling; the input added by a strided convolution."""

    def __init__(self, channels_in: int, channels: int) -> None:
        super().__init__()
        self.body = nn.Sequential(
            *_separable(channels_in, channels),
            nn.ReLU(),
            *_separable(channels, channels),
            nn.MaxPool2d(3, 2, padding=1),
        )
        self.shortcut = nn.Sequential(
            nn.Conv2d(channels_in, channels, 1, 2, bias=False), nn.BatchNorm2d(channels)
        )

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.body(x) + self.shortcut(x)
        return out


@register
def mini_xception(num_classes: int = 7) -> nn.Module:
    """mini-Xception: separable residual modules, 57 thousand parameters.

    Source: Arriaga et al., "Real-time Convolutional Neural Networks for Emotion and Gender
    Classification", 2017. The 58 thousand that they state include batch norm's running averages.
    """
    layers: list[nn.Module] = []
    for channels_in in (1, 8):
        layers += [nn.Conv2d(channels_in, 8, 3, bias=False), nn.BatchNorm2d(8), nn.ReLU()]
    for channels_in in (8, 16, 32, 64):
        layers.append(SeparableResidual(channels_in, 2 * channels_in))
    return nn.Sequential(
        *layers,
        nn.Conv2d(128, num_classes, 3, padding=1),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
    )
