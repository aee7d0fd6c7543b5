"""MobileNet: what a network learned from telling faces apart, in a body that a CPU can serve."""

from torch import Tensor, nn

from fer_core.models.layers import ACTIVATIONS, SameConv, enlarged, scaled
from fer_core.models.registry import register

STEM = 32
# Output channels and stride of each block: Howard et al. 2017, table 1.
BLOCKS = (
    (64, 1),
    (128, 2),
    (128, 1),
    (256, 2),
    (256, 1),
    (512, 2),
    *[(512, 1)] * 5,
    (1024, 2),
    (1024, 1),
)


def _unit(
    channels_in: int, channels: int, kernel: int, stride: int = 1, groups: int = 1
) -> list[nn.Module]:
    conv = SameConv(channels_in, channels, kernel, stride, groups)
    return [scaled(conv, ACTIVATIONS["relu"].gain), nn.ReLU6(inplace=True)]


class MobileNetV1(nn.Module):
    """The crop enlarged to `side` px, then stem, blocks, head: (N, 1, H, W) -> (N, num_classes).

    Its convolutions have biases and no batch norm after them: published face weights come with
    the norms folded in.
    """

    def __init__(self, num_classes: int, side: int, dropout: float) -> None:
        super().__init__()
        self.side = side
        layers = _unit(1, STEM, 3, 2)
        channels_in = STEM
        for channels, stride in BLOCKS:
            layers += _unit(channels_in, channels_in, 3, stride, groups=channels_in)
            layers += _unit(channels_in, channels, 1)
            channels_in = channels
        self.features = nn.Sequential(*layers)
        self.dropout = nn.Dropout(dropout)
        self.head = nn.Linear(channels_in, num_classes)

    def forward(self, x: Tensor) -> Tensor:
        features = self.features(enlarged(x, self.side)).mean((2, 3))
        logits: Tensor = self.head(self.dropout(features))
        return logits


@register
def mobilenet_v1(num_classes: int = 7, side: int = 128, dropout: float = 0.2) -> nn.Module:
    """MobileNetV1 for transfer from face recognition, on crops enlarged to 128 px.

    Source: Howard et al., "MobileNets", 2017; with ReLU6, as the published weights.
    """
    return MobileNetV1(num_classes, side, dropout)
