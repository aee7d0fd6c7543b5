"""Shares of faces that are named rightly."""

import numpy as np
from scipy.stats import binomtest


def accuracy(probs: np.ndarray, truth: np.ndarray) -> float:
    """The share of float32 (N, 7) predictions whose likeliest class is the truth, int64 (N,)."""
    return float((probs.argmax(1) == truth).mean())


def accuracy_at_mix(confusion: np.ndarray, mix: np.ndarray) -> float:
    """The accuracy that (7, 7) counts would come to if the labels came as often as in `mix`.

    It is the mean of the recalls with weights mix, counts (7,), which is direct standardisation:
    so that of two sets of faces neither looks better for having more of what is easy.
    0 where the matrix has no face of a label of the mix, whose recall is not known.
    """
    faces = confusion.sum(1)
    if (mix[faces == 0] > 0).any():
        return 0.0
    return float(np.average(np.diag(confusion) / np.maximum(faces, 1), weights=mix))


def wilson_interval(right: int, n: int) -> tuple[float, float]:
    """The 95% interval of the share of n independent trials, of which so many were right."""
    interval = binomtest(right, n).proportion_ci(0.95, method="wilson")
    return float(interval.low), float(interval.high)
