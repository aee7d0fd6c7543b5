"""Families whose members differ in their attention alone.

A family's name, say `vgg16`, is the plain network; a suffix names the attention in it:
`vgg16_se`, `vgg16_eca`, `vgg16_cbam`, `vgg16_ecbam`. The attention's own option is an argument of
its variant: `ratio` with SE and CBAM, `kernel` with ECA and ECBAM.
"""

from collections.abc import Callable, Mapping
from inspect import getdoc
from typing import Any

from torch import nn

from fer_core.models.attention import (
    CBAM,
    ECBAM,
    EfficientChannelAttention,
    SqueezeExcite,
    no_attention,
)
from fer_core.models.registry import Builder, register

# Called with the number of channels and the options that the module has.
Attention = Callable[..., nn.Module]

SUFFIXES: dict[str, tuple[str, Attention]] = {
    "": ("", no_attention),
    "_se": (" with squeeze-and-excitation", SqueezeExcite),
    "_eca": (" with efficient channel attention", EfficientChannelAttention),
    "_cbam": (" with CBAM, channel and spatial attention", CBAM),
    "_ecbam": (" with CBAM whose channel attention is ECA", ECBAM),
}


def register_variants(
    family: str, title: str, build: Callable[..., nn.Module], **fixed: object
) -> None:
    """Register a plain network and its variants with attention.

    title: what the summary of each begins with; what follows the summary is `build`'s docstring.
    build: called with `num_classes`, and by name with `attention`, an `Attention`, with `fixed`,
        and with what the caller gave `create_model`.
    """
    for suffix, (words, attention) in SUFFIXES.items():
        doc = f"{title}{words}.\n\n{getdoc(build)}"
        register(_variant(family + suffix, doc, build, {"attention": attention, **fixed}))


def _variant(
    name: str, doc: str, build: Callable[..., nn.Module], fixed: Mapping[str, object]
) -> Builder:
    def builder(num_classes: int = 7, **arch_args: Any) -> nn.Module:
        # Not a `partial`, in which a caller's argument would win over what makes the variant.
        return build(num_classes, **fixed, **arch_args)

    builder.__name__ = builder.__qualname__ = name
    builder.__doc__ = doc
    return builder
