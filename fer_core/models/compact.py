"""The compact family: residual networks that two CPU cores can train and serve in real time.

They are `compact`, `compact_se` (that of the default weights), `compact_eca`, `compact_cbam`,
`compact_ecbam`.
"""

from collections.abc import Callable, Sequence
from functools import partial

import torch
from torch import Tensor, nn

from fer_core.models.variants import Attention, register_variants


class ResidualBlock(nn.Module):
    """Two 3x3 convolutions with batch norm, an attention module, then the shortcut added."""

    def __init__(
        self, channels_in: int, channels: int, stride: int, attention: Callable[[int], nn.Module]
    ) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(channels_in, channels, 3, stride, 1, bias=False)
        self.norm1 = nn.BatchNorm2d(channels)
        self.conv2 = nn.Conv2d(channels, channels, 3, 1, 1, bias=False)
        self.norm2 = nn.BatchNorm2d(channels)
        self.attention = attention(channels)
        self.shortcut: nn.Module = nn.Identity()
        if stride != 1 or channels_in != channels:
            self.shortcut = nn.Sequential(
                nn.AvgPool2d(stride, ceil_mode=True) if stride != 1 else nn.Identity(),
                nn.Conv2d(channels_in, channels, 1, bias=False),
                nn.BatchNorm2d(channels),
            )

    def forward(self, x: Tensor) -> Tensor:
        out = torch.relu(self.norm1(self.conv1(x)))
        out = self.attention(self.norm2(self.conv2(out)))
        return torch.relu(out + self.shortcut(x))


class CompactResNet(nn.Module):
    """A stride-2 stem, then one residual stage per entry of `widths`, each halving the resolution
    but the first, then global average pooling: (N, 1, 48, 48) -> (N, num_classes).
    """

    def __init__(
        self,
        num_classes: int,
        attention: Callable[[int], nn.Module],
        widths: Sequence[int],
        depths: Sequence[int],
        dropout: float,
    ) -> None:
        super().__init__()
        self.stem = nn.Sequential(
            nn.Conv2d(1, widths[0], 3, 2, 1, bias=False), nn.BatchNorm2d(widths[0]), nn.ReLU()
        )
        blocks: list[nn.Module] = []
        channels = widths[0]
        for stage, (width, depth) in enumerate(zip(widths, depths, strict=True)):
            for block in range(depth):
                stride = 2 if stage > 0 and block == 0 else 1
                blocks.append(ResidualBlock(channels, width, stride, attention))
                channels = width
        self.blocks = nn.Sequential(*blocks)
        self.dropout = nn.Dropout(dropout)
        self.head = nn.Linear(channels, num_classes)

    def forward(self, x: Tensor) -> Tensor:
        features = self.blocks(self.stem(x)).mean((2, 3))
        logits: Tensor = self.head(self.dropout(features))
        return logits


def _compact(
    num_classes: int,
    attention: Attention,
    *,
    widths: Sequence[int] = (32, 64, 128, 256),
    depths: Sequence[int] = (1, 2, 2, 2),
    dropout: float = 0.2,
    **attention_args: object,
) -> nn.Module:
    """widths, depths: channels and number of residual blocks of each stage.

    Our own arrangement of residual blocks (He et al., CVPR 2016).
    """
    attend = partial(attention, **attention_args)
    return CompactResNet(num_classes, attend, widths, depths, dropout)


register_variants("compact", "Compact ResNet for CPUs", _compact)
