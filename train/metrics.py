"""Figures of merit from probabilities (N, 7) and right answers (N,)."""

import numpy as np
from scipy.stats import binomtest
from sklearn import metrics

from fer_core.emotions import LABELS
from fer_core.judged import Judged, reliability

_CLASSES = range(len(LABELS))


def accuracy(probs: np.ndarray, answers: np.ndarray) -> float:
    """The share of float32 (N, 7) predictions whose likeliest class is the answer, int64 (N,)."""
    return float((probs.argmax(1) == answers).mean())


def confusion_matrix(probs: np.ndarray, answers: np.ndarray) -> np.ndarray:
    """int64 (7, 7): row the right class, column the predicted one."""
    matrix: np.ndarray = metrics.confusion_matrix(answers, probs.argmax(1), labels=_CLASSES)
    return matrix


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


def per_class(
    probs: np.ndarray, answers: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Precision, recall, F1, and the number of faces, each (7,); 0 where undefined."""
    figures: tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]
    figures = metrics.precision_recall_fscore_support(
        answers, probs.argmax(1), labels=_CLASSES, zero_division=0.0
    )
    return figures


def expected_calibration_error(probs: np.ndarray, answers: np.ndarray) -> float:
    """The mean gap between confidence and accuracy over bins of confidence (Guo et al. 2017)."""
    faces = Judged(np.arange(len(probs)), probs, answers)
    return reliability(faces).expected_calibration_error
