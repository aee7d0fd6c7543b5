"""What the classical methods share: labelled faces in, a probability of each expression out."""

from abc import ABC, abstractmethod
from typing import Any, ClassVar, Protocol

import numpy as np
from numpy.typing import NDArray

from fer_core.classical.features import Features
from fer_core.emotions import LABELS
from fer_core.types import Float32Array, UInt8Array

LabelArray = NDArray[np.int64]


class Method(Protocol):
    """Learns from labelled faces, then estimates expressions."""

    @property
    def params(self) -> int:
        """How many numbers were fitted; those of a network that gives features do not count."""

    def fit(self, images: UInt8Array, labels: LabelArray) -> None:
        """Learn from uint8 (N, 48, 48) and int64 (N,), indices into EMOTIONS."""

    def __call__(self, images: UInt8Array) -> Float32Array:
        """uint8 (N, 48, 48), N at least 1 -> float32 (N, 7), rows summing to 1."""


class Tunable(ABC):
    """A method with one whole-number setting, such as k: a single fit gives the answers for every
    value from 1 up.

    setting: its name. chosen: the value in use; until someone chooses, the largest.
    """

    setting: ClassVar[str]
    chosen: int

    @abstractmethod
    def each(self, images: UInt8Array) -> Float32Array:
        """uint8 (N, 48, 48) -> float32 (values, N, 7), the answers at 1, 2, …"""

    def __call__(self, images: UInt8Array) -> Float32Array:
        return self.each(images)[self.chosen - 1]


class FeatureEstimator:
    """One of scikit-learn's classifiers on features of the faces."""

    def __init__(self, features: Features, estimator: Any) -> None:
        self._features, self._estimator = features, estimator

    def fit(self, images: UInt8Array, labels: LabelArray) -> None:
        """Learn from uint8 (N, 48, 48) and int64 (N,), indices into EMOTIONS."""
        self._estimator.fit(self._features(images), labels)

    def __call__(self, images: UInt8Array) -> Float32Array:
        return self._over_labels(self._estimator.predict_proba(self._features(images)))

    def _over_labels(self, shares: np.ndarray) -> Float32Array:
        """(N, classes seen in training) -> float32 (N, 7), 0 for the others."""
        probs = np.zeros((len(shares), len(LABELS)), np.float32)
        probs[:, self._estimator.classes_] = shares
        return probs
