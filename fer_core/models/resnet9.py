"""ResNet9, the network of the START report."""

import torch
from torch import Tensor, nn

from fer_core.models.registry import register


def _conv(channels_in: int, channels: int, pool: bool = False) -> nn.Sequential:
    layers: list[nn.Module] = [
        nn.Conv2d(channels_in, channels, 3, padding=1),
        nn.BatchNorm2d(channels),
        nn.ReLU(),
    ]
    if pool:
        layers.append(nn.MaxPool2d(2))
    return nn.Sequential(*layers)


class ResNet9(nn.Module):
    """Six convolutions and two residual pairs: (N, 1, 48, 48) -> (N, num_classes)."""

    def __init__(self, num_classes: int) -> None:
        super().__init__()
        self.conv1 = _conv(1, 64)
        self.conv2 = _conv(64, 128, pool=True)
        self.residual1 = nn.Sequential(_conv(128, 128), _conv(128, 128))
        self.conv3 = _conv(128, 256, pool=True)
        self.conv4 = _conv(256, 512, pool=True)
        self.residual2 = nn.Sequential(_conv(512, 512), _conv(512, 512))
        self.head = nn.Linear(512, num_classes)

    def forward(self, x: Tensor) -> Tensor:
        x = self.conv2(self.conv1(x))
        x = x + self.residual1(x)
        x = self.conv4(self.conv3(x))
        x = x + self.residual2(x)
        logits: Tensor = self.head(torch.amax(x, (2, 3)))
        return logits


@register
def resnet9(num_classes: int = 7) -> nn.Module:
    """ResNet9 of the START report: 64, 128, residual 128x2, 256, 512, residual 512x2, linear.

    Source: the START report, table of layers; max pooling throughout, the last over what is left.
    """
    return ResNet9(num_classes)
