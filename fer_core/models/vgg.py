"""VGG: the Leeds report's networks, transfer from ImageNet, and a published record.

The Leeds networks are `vgg16` and `vgg19`, plain, and with attention `vgg16_se`, `vgg16_eca`,
`vgg16_cbam`, `vgg16_ecbam`, `vgg19_se`, `vgg19_eca`, `vgg19_cbam`, `vgg19_ecbam`.
"""

from itertools import pairwise
from pickle import UnpicklingError

import torch
from torch import Tensor, nn

from fer_core.models.attention import no_attention
from fer_core.models.layers import ACTIVATIONS, POOLINGS, choose, conv_block, scaled
from fer_core.models.registry import register
from fer_core.models.variants import Attention, register_variants
from fer_core.types import ModelError

# Of the three channels, scaled to 0-1, that torchvision's weights were trained on.
IMAGENET_MEAN, IMAGENET_STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
# Convolutions in each of the five blocks: Simonyan & Zisserman 2015, table 1 (D and E).
DEPTHS = {16: (2, 2, 3, 3, 3), 19: (2, 2, 4, 4, 4)}


class Added(nn.Module):
    """What a module makes of its input, added to the input."""

    def __init__(self, module: nn.Module) -> None:
        super().__init__()
        self.module = module

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.module(x)
        return x + out


# Whether the attention follows every block or only the last, and whether its input is added.
PLACEMENTS = {
    "after_last_added": (False, True),
    "after_last": (False, False),
    "after_each": (True, False),
}


def _leeds_vgg(
    num_classes: int,
    attention: Attention,
    *,
    depth: int,
    activation: str = "elu",
    pooling: str = "max",
    placement: str = "after_last_added",
    width: int = 64,
    **attention_args: object,
) -> nn.Module:
    """activation: elu, relu or selu. pooling: max or average, rounding sizes up, so that
    48 px become 24, 12, 6, 3, 2. placement of the attention: after_last (the last block),
    after_last_added (the same, added to its input), after_each (block). width: filters of
    the first block, to which all other widths are in proportion.

    Source: the Leeds report (Miskow & Altahhan 2022) after Simonyan & Zisserman 2015. There
    is no batch norm and no dropout. VGG19 has 45.23 M parameters. Leeds prints 42.87 M for
    the plain one, which is what remains without one of the 512-to-512 convolutions, and
    45.23 to 45.26 M with attention, as here.
    """
    function = choose("activation", ACTIVATIONS, activation)
    pool = choose("pooling", POOLINGS, pooling)
    after_each, added = choose("placement", PLACEMENTS, placement)
    widths = (width, 2 * width, 4 * width, 8 * width, 8 * width)
    layers: list[nn.Module] = []
    for block, (channels_in, channels) in enumerate(pairwise((1, *widths))):
        layers += conv_block(channels_in, channels, DEPTHS[depth][block], function)
        layers.append(pool(2, ceil_mode=True))
        if after_each or block == len(widths) - 1:
            module = attention(channels, **attention_args)
            # A plain network has nothing that could be added.
            layers.append(Added(module) if added and attention is not no_attention else module)
    return nn.Sequential(
        *layers,
        nn.Flatten(),
        scaled(nn.Linear(2 * 2 * 8 * width, 64 * width), function.gain),
        function.layer(),
        scaled(nn.Linear(64 * width, 64 * width), function.gain),
        function.layer(),
        nn.Linear(64 * width, num_classes),
    )


for _depth in DEPTHS:
    register_variants(
        f"vgg{_depth}",
        f"VGG{_depth} of the Leeds report",
        _leeds_vgg,
        depth=_depth,
    )


class Vgg16Transfer(nn.Module):
    """VGG16's convolutions for ImageNet, then a dense layer of 128: (N, 1, 48, 48) -> logits."""

    def __init__(self, num_classes: int) -> None:
        super().__init__()
        relu = ACTIVATIONS["relu"]
        layers: list[nn.Module] = []
        for (channels_in, channels), depth in zip(
            pairwise((1, 64, 128, 256, 512, 512)), DEPTHS[16], strict=True
        ):
            layers += [*conv_block(channels_in, channels, depth, relu), nn.MaxPool2d(2)]
        self.features = nn.Sequential(*layers)
        self.head = nn.Sequential(
            nn.Flatten(),
            scaled(nn.Linear(512, 128), relu.gain),
            nn.ReLU(),
            nn.Linear(128, num_classes),
        )

    def forward(self, x: Tensor) -> Tensor:
        logits: Tensor = self.head(self.features(x))
        return logits

    def load_imagenet(self) -> None:
        """Start from ImageNet: every convolution, grey entering as three channels of one value.

        Downloads torchvision's weights (528 MB) once into its cache. Raises ModelError where
        they can neither be downloaded nor read.
        """
        from torchvision.models import VGG16_Weights  # takes seconds, and serving needs none of it

        try:
            published = VGG16_Weights.IMAGENET1K_V1.get_state_dict(check_hash=True)
        except (OSError, RuntimeError, EOFError, UnpicklingError) as error:
            raise ModelError(
                f"ImageNet's weights for vgg16_transfer cannot be had ({error}). Connect to the "
                f"network, or put {VGG16_Weights.IMAGENET1K_V1.url} into "
                f"{torch.hub.get_dir()}/checkpoints."
            ) from error
        kernel, bias = published["features.0.weight"], published["features.0.bias"]
        # A grey pixel v, from -1 to 1, is (v / 2 + 1 / 2 - mean) / deviation in each of theirs.
        mean, deviation = torch.tensor(IMAGENET_MEAN), torch.tensor(IMAGENET_STD)
        by_channel = kernel.sum((2, 3))
        published["features.0.bias"] = bias + by_channel @ ((0.5 - mean) / deviation)
        scale = (0.5 / deviation).view(1, 3, 1, 1)
        published["features.0.weight"] = (kernel * scale).sum(1, keepdim=True)
        own = self.features.state_dict()
        self.features.load_state_dict({name: published[f"features.{name}"] for name in own})


@register
def vgg16_transfer(num_classes: int = 7) -> nn.Module:
    """VGG16 for transfer from ImageNet, on 48 px, as in the USTH report.

    Source: the USTH report after Simonyan & Zisserman 2015: the convolutions, a dense layer of
    128, the output.
    """
    return Vgg16Transfer(num_classes)


@register
def vgg_bn(num_classes: int = 7, dropout: float = 0.2) -> nn.Module:
    """Khaireddin & Chen's VGG with batch norm: eight convolutions, three dense layers.

    Source: Khaireddin & Chen, "Facial Emotion Recognition: State of the Art Performance on
    FER2013", 2021: four stages of two convolutions with batch norm and ReLU, 64 to 512 filters,
    each with max pooling. The width 4096 of the dense layers and the dropout are those of their
    published code. They crop to 40 px; on 48 px, 3x3 instead of 2x2 positions enter the first.
    """
    relu = ACTIVATIONS["relu"]
    layers: list[nn.Module] = []
    for channels_in, channels in pairwise((1, 64, 128, 256, 512)):
        layers += [*conv_block(channels_in, channels, 2, relu, norm=True), nn.MaxPool2d(2)]
    layers.append(nn.Flatten())
    for features in (512 * 3 * 3, 4096):
        layers += [scaled(nn.Linear(features, 4096), relu.gain), nn.Dropout(dropout), nn.ReLU()]
    return nn.Sequential(*layers, nn.Linear(4096, num_classes))
