"""What can be learned from predictions beyond the report's figures. Pure functions of arrays."""

from dataclasses import dataclass

import numpy as np

from fer_core.report import Predictions
from fer_core.significance import discordant, mcnemar_p

BINS = 15  # as in the reports' calibration error
CHANCE = 0.05


@dataclass(frozen=True, eq=False)
class Judged:
    """The faces that have an answer: rows int64 (N,), probs float32 (N, 7), answers int64 (N,)."""

    rows: np.ndarray
    probs: np.ndarray
    answers: np.ndarray

    def __getitem__(self, keep: np.ndarray) -> "Judged":
        return Judged(self.rows[keep], self.probs[keep], self.answers[keep])

    @property
    def predicted(self) -> np.ndarray:
        """int64 (N,): the most probable class."""
        return self.probs.argmax(1)

    @property
    def confidence(self) -> np.ndarray:
        """float32 (N,): its probability."""
        return self.probs.max(1)

    @property
    def right(self) -> np.ndarray:
        """bool (N,)."""
        return self.predicted == self.answers


@dataclass(frozen=True, eq=False)
class Reliability:
    """Of each bin of confidence that holds faces: mean confidence, accuracy, and faces, (B,)."""

    confidence: np.ndarray
    accuracy: np.ndarray
    n: np.ndarray


@dataclass(frozen=True, eq=False)
class Thresholds:
    """For each threshold (T,), the share of faces answered and the accuracy on those (NaN where
    none is left). A face is answered when its confidence is at least the threshold."""

    threshold: np.ndarray
    answered: np.ndarray
    accuracy: np.ndarray


@dataclass(frozen=True)
class Agreement:
    """Two models on the same n faces. same: they answer alike. The other four add up to n."""

    n: int
    same: int
    both: int
    only_a: int
    only_b: int
    neither: int

    @property
    def p(self) -> float:
        """McNemar's exact p-value."""
        return mcnemar_p(self.only_a, self.only_b)


def judged(predictions: Predictions, label_set: str, subset: str) -> Judged:
    """The faces that a label set has an answer for; subset "clean" leaves out repeated ones."""
    answers = predictions.answers[label_set]
    keep = (answers >= 0) & (predictions.clean | (subset != "clean"))
    return Judged(predictions.rows, predictions.probs, answers)[keep]


def reliability(faces: Judged) -> Reliability:
    """Bins of equal width over confidence; the empty ones are left out."""
    place = np.minimum((faces.confidence * BINS).astype(int), BINS - 1)
    n = np.bincount(place, minlength=BINS)
    held = n > 0
    confidence = np.bincount(place, faces.confidence, BINS)[held] / n[held]
    accuracy = np.bincount(place, faces.right, BINS)[held] / n[held]
    return Reliability(confidence, accuracy, n[held])


def thresholds(faces: Judged, steps: int = 101) -> Thresholds:
    """The share answered and its accuracy at thresholds from 0 to 1."""
    order = np.argsort(faces.confidence)
    confidence, right = faces.confidence[order], faces.right[order]
    at = np.linspace(0, 1, steps)
    # How many are below each threshold, in one pass.
    left = len(confidence) - np.searchsorted(confidence, at.astype(np.float32))
    right_above = np.append(right[::-1].cumsum()[::-1], 0)[len(confidence) - left]
    accuracy = np.divide(right_above, left, out=np.full(steps, np.nan), where=left > 0)
    return Thresholds(at, left / max(len(confidence), 1), accuracy)


def agreement(a: Judged, b: Judged) -> Agreement:
    """Compare two models on the faces that both were judged on."""
    _, in_a, in_b = np.intersect1d(a.rows, b.rows, return_indices=True)
    a, b = a[in_a], b[in_b]
    only_a, only_b = discordant(a.right, b.right)
    return Agreement(
        n=len(a.rows),
        same=int((a.predicted == b.predicted).sum()),
        both=int((a.right & b.right).sum()),
        only_a=only_a,
        only_b=only_b,
        neither=int((~a.right & ~b.right).sum()),
    )


def verdict(result: Agreement, a: str, b: str) -> str:
    """McNemar's test in words. It is about these very models: their seed is no part of it."""
    if result.only_a == result.only_b:
        return f"{a} and {b} have equally many faces right."
    better, more, fewer = (
        (a, result.only_a, result.only_b)
        if result.only_a > result.only_b
        else (b, result.only_b, result.only_a)
    )
    counts = f"{better} alone has {more:,} faces right, the other alone {fewer:,}."
    p = "less than 0.1%" if result.p < 0.001 else f"{result.p:.1%}"
    if result.p < CHANCE:
        return (
            f"**More than chance for these two as they were trained:** {counts} If they were "
            f"equally good on such faces, a difference this large would come up in {p} of such "
            "tests. Trained again from another seed, the two may differ otherwise."
        )
    return (
        f"**The difference is within chance:** {counts} If the two were equally good, a "
        f"difference this large would still come up in {p} of such tests."
    )


def cell(faces: Judged, right: int, predicted: int) -> Judged:
    """The faces of one cell of the confusion matrix, the most confident answers first."""
    inside = faces[(faces.answers == right) & (faces.predicted == predicted)]
    return inside[np.argsort(-inside.confidence, kind="stable")]


def pareto(cost: np.ndarray, gain: np.ndarray) -> np.ndarray:
    """bool (N,): no other has at most this cost (N,) and at least this gain (N,), one of them
    strictly; NaN is never on the front."""
    no_worse = (cost <= cost[:, None]) & (gain >= gain[:, None])
    better = (cost < cost[:, None]) | (gain > gain[:, None])
    return np.isfinite(cost) & np.isfinite(gain) & ~(no_worse & better).any(axis=1)
