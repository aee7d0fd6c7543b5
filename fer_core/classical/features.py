"""What the classical methods look at: pixels, gradients, or what a network has learned to see."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import cv2
import numpy as np
from torch import Tensor, nn

from fer_core.classifier import Classifier
from fer_core.types import Float32Array, ImageError, ModelError, UInt8Array

Features = Callable[[UInt8Array], Float32Array]
"""uint8 (N, 48, 48), N at least 1 -> float32 (N, D)."""

SIDE = 48


def pixels(images: UInt8Array) -> Float32Array:
    """The grey values scaled to 0-1, D = 2304. Raises ImageError for another type or shape."""
    _check(images)
    return images.reshape(len(images), -1).astype(np.float32) / np.float32(255)


def hog(images: UInt8Array) -> Float32Array:
    """Histograms of oriented gradients, D = 900. Raises ImageError for another type or shape.

    Cells of 8 px with 9 directions, in overlapping blocks of 2x2 cells.
    Source: Dalal & Triggs, CVPR 2005; OpenCV's HOGDescriptor.
    """
    _check(images)
    descriptor = cv2.HOGDescriptor((SIDE, SIDE), (16, 16), (8, 8), (8, 8), 9)
    return np.stack([np.asarray(descriptor.compute(image), np.float32) for image in images])


def _check(images: UInt8Array) -> None:
    if images.dtype != np.uint8 or images.ndim != 3 or images.shape[1:] != (SIDE, SIDE):
        raise ImageError(
            f"The faces are {images.dtype} {images.shape}; give uint8 of shape (N, {SIDE}, {SIDE})."
        )


@contextmanager
def network_features(classifier: Classifier) -> Iterator[Features]:
    """Within the `with`: what enters the classifier's last linear layer, before any mirroring.

    Raises ModelError where the network has no linear layer.
    """
    layers = [layer for layer in classifier.model.modules() if isinstance(layer, nn.Linear)]
    if not layers:
        name = type(classifier.model).__name__
        raise ModelError(f"{name} has no linear layer to take features from. Use another network.")
    straight = classifier.one_pass()
    batches: list[Float32Array] = []

    def keep(_: nn.Module, inputs: tuple[Tensor]) -> None:
        batches.append(inputs[0].float().cpu().numpy())

    def features(images: UInt8Array) -> Float32Array:
        batches.clear()
        straight(images)
        return np.concatenate(batches)

    hook = layers[-1].register_forward_pre_hook(keep)
    try:
        yield features
    finally:
        hook.remove()
