"""The plain convolutional networks of the UNT and USTH reports."""

from itertools import pairwise

from torch import nn

from fer_core.models.layers import ACTIVATIONS, conv_block, scaled
from fer_core.models.registry import register

RELU = ACTIVATIONS["relu"]


@register
def unt_cnn3(num_classes: int = 7, dropout: float = 0.2) -> nn.Module:
    """UNT's three convolutions of 64, 128, 256 filters, then a hidden layer of 256.

    Source: the UNT report. Each convolution is followed by batch norm, ReLU, 2x2 max pooling and
    dropout; it is padded, so that 6x6 positions enter the hidden layer.
    """
    layers: list[nn.Module] = []
    for channels_in, channels in pairwise((1, 64, 128, 256)):
        layers += conv_block(channels_in, channels, 1, RELU, norm=True)
        layers += [nn.MaxPool2d(2), nn.Dropout(dropout)]
    return nn.Sequential(
        *layers,
        nn.Flatten(),
        nn.Linear(256 * 6 * 6, 256),
        nn.ReLU(),
        nn.Linear(256, num_classes),
    )


@register
def usth_cnn(num_classes: int = 7, dropout: float = 0.3) -> nn.Module:
    """USTH's base network: VGG's first ten convolutions, then a dense layer of 128.

    Source: the USTH report: 2x64, 2x128, 3x256, 3x512 filters of 3x3, ReLU. Every block ends in
    2x2 max pooling, so that 3x3 positions enter the dense layer; the dropout follows it.
    """
    layers: list[nn.Module] = []
    for (channels_in, channels), depth in zip(
        pairwise((1, 64, 128, 256, 512)), (2, 2, 3, 3), strict=True
    ):
        layers += [*conv_block(channels_in, channels, depth, RELU), nn.MaxPool2d(2)]
    return nn.Sequential(
        *layers,
        nn.Flatten(),
        scaled(nn.Linear(512 * 3 * 3, 128), RELU.gain),
        nn.ReLU(),
        nn.Dropout(dropout),
        nn.Linear(128, num_classes),
    )
