"""Classifier architectures. Importing a family's module registers its builders.

To find an architecture by its name, read the docstring at the head of each family's file:
compact, efficientnet, mini_xception, mobilenet, resnet, resnet_v2, resnet9, small_cnn, vgg. The
suffixes `_se`, `_eca`, `_cbam` and `_ecbam` name the attention in a network (variants.py).
"""

from fer_core.models import (
    compact,
    efficientnet,
    mini_xception,
    mobilenet,
    resnet,
    resnet9,
    resnet_v2,
    small_cnn,
    vgg,
)
from fer_core.models.registry import Pretrained, create_model, list_models, model_summary

__all__ = [
    "Pretrained",
    "compact",
    "create_model",
    "efficientnet",
    "list_models",
    "mini_xception",
    "mobilenet",
    "model_summary",
    "resnet",
    "resnet9",
    "resnet_v2",
    "small_cnn",
    "vgg",
]
