"""USTH: a convolutional network from scratch and VGG16 by transfer, each with and without help."""

from dataclasses import replace
from typing import Any

from train.config import Experiment, Recipe

_CNN = Recipe(
    "usth_cnn",
    augment="none",
    resplit=True,
    epochs=60,
    batch_size=32,
    optimizer="adam",
    lr=0.0003,
    weight_decay=0.0,
    schedule="plateau",
    patience=10,
)
_VGG = replace(_CNN, arch="vgg16_transfer", lr=0.0001, start_from="imagenet")
_VARIANTS: dict[str, tuple[str, dict[str, Any]]] = {
    "": ("", {}),
    "-augmented": ("augmented", {"augment": "mild"}),
    "-weighted": ("class weights", {"class_weights": True}),
    "-augmented-weighted": (
        "augmented, class weights",
        {"augment": "mild", "class_weights": True},
    ),
    "-batch4": ("batches of 4", {"batch_size": 4, "lr": 0.0001}),
}

EXPERIMENTS = tuple(
    Experiment(
        f"usth-{short}{suffix}",
        replace(recipe, **changed),
        study="USTH",
        table="comparison of models",
        changes=", ".join(filter(None, (words, variant or "as it is"))),
    )
    for short, words, recipe in (("cnn", "base CNN", _CNN), ("vgg16", "VGG16 transfer", _VGG))
    for suffix, (variant, changed) in _VARIANTS.items()
)
