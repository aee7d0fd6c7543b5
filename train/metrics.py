"""Figures of merit from probabilities (N, 7) and right answers (N,)."""

import math

import numpy as np

from fer_core.emotions import LABELS


def accuracy(probs: np.ndarray, answers: np.ndarray) -> float:
    return float((probs.argmax(1) == answers).mean())


def confusion_matrix(probs: np.ndarray, answers: np.ndarray) -> np.ndarray:
    """int64 (7, 7): row the right class, column the predicted one."""
    matrix = np.zeros((len(LABELS), len(LABELS)), np.int64)
    np.add.at(matrix, (answers, probs.argmax(1)), 1)
    return matrix


def wilson_interval(share: float, n: int) -> tuple[float, float]:
    """The 95% interval of a share of n independent trials (Wilson 1927)."""
    z = 1.959964
    centre = share + z * z / (2 * n)
    half = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return (centre - half) / (1 + z * z / n), (centre + half) / (1 + z * z / n)


def per_class(matrix: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Precision, recall and F1, each float64 (7,), from a confusion matrix; 0 where undefined."""
    right = np.diag(matrix).astype(float)
    precision = right / np.maximum(matrix.sum(0), 1)
    recall = right / np.maximum(matrix.sum(1), 1)
    f1 = 2 * precision * recall / np.maximum(precision + recall, 1e-12)
    return precision, recall, f1


def expected_calibration_error(probs: np.ndarray, answers: np.ndarray, bins: int = 15) -> float:
    """The mean gap between confidence and accuracy over equal-width bins (Guo et al. 2017)."""
    confidence = probs.max(1)
    right = probs.argmax(1) == answers
    place = np.minimum((confidence * bins).astype(int), bins - 1)
    gap = 0.0
    for index in range(bins):
        inside = place == index
        if inside.any():
            gap += inside.mean() * abs(right[inside].mean() - confidence[inside].mean())
    return float(gap)
