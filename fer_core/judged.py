"""What predictions tell beside the right answers: calibration, thresholds, two models compared."""

from dataclasses import dataclass

import numpy as np

from fer_core.report import Predictions
from fer_core.significance import mcnemar_p

BINS = 15  # of confidence
THRESHOLDS = 101  # from 0 to 1


@dataclass(frozen=True, eq=False)
class Judged:
    """Faces whose right class is known: rows int64 (N,), probs float32 (N, 7), truth int64 (N,)."""

    rows: np.ndarray
    probs: np.ndarray
    truth: np.ndarray

    @classmethod
    def of(cls, predictions: Predictions, label_set: str, subset: str) -> "Judged":
        """Those of a label set; subset "clean" leaves out repeated ones."""
        truth = predictions.truth[label_set]
        keep = (truth >= 0) & (predictions.clean | (subset != "clean"))
        return cls(predictions.rows, predictions.probs, truth)[keep]

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, keep: np.ndarray) -> "Judged":
        return Judged(self.rows[keep], self.probs[keep], self.truth[keep])

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
        return self.predicted == self.truth


@dataclass(frozen=True, eq=False)
class Reliability:
    """Of each bin of confidence that holds faces: mean confidence, accuracy, and faces, (B,)."""

    confidence: np.ndarray
    accuracy: np.ndarray
    n: np.ndarray

    @property
    def expected_calibration_error(self) -> float:
        """The mean gap between confidence and accuracy.

        Source: Guo et al., "On Calibration of Modern Neural Networks", ICML 2017.
        """
        return float(np.average(abs(self.accuracy - self.confidence), weights=self.n))


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


def reliability(faces: Judged) -> Reliability:
    """Bins of equal width over confidence; the empty ones are left out."""
    place = np.minimum((faces.confidence * BINS).astype(int), BINS - 1)
    n = np.bincount(place, minlength=BINS)
    held = n > 0
    confidence = np.bincount(place, faces.confidence, BINS)[held] / n[held]
    accuracy = np.bincount(place, faces.right, BINS)[held] / n[held]
    return Reliability(confidence, accuracy, n[held])


def thresholds(faces: Judged) -> Thresholds:
    """The share answered and its accuracy at thresholds from 0 to 1."""
    order = np.argsort(faces.confidence)
    confidence, right = faces.confidence[order], faces.right[order]
    at = np.linspace(0, 1, THRESHOLDS)
    # How many are below each threshold, in one pass.
    left = len(confidence) - np.searchsorted(confidence, at.astype(np.float32))
    right_above = np.append(right[::-1].cumsum()[::-1], 0)[len(confidence) - left]
    accuracy = np.divide(right_above, left, out=np.full(THRESHOLDS, np.nan), where=left > 0)
    return Thresholds(at, left / max(len(confidence), 1), accuracy)


def agreement(a: Judged, b: Judged) -> Agreement:
    """Compare two models on the faces that both were judged on."""
    _, in_a, in_b = np.intersect1d(a.rows, b.rows, return_indices=True)
    a, b = a[in_a], b[in_b]
    return Agreement(
        n=len(a),
        same=int((a.predicted == b.predicted).sum()),
        both=int((a.right & b.right).sum()),
        only_a=int((a.right & ~b.right).sum()),
        only_b=int((b.right & ~a.right).sum()),
        neither=int((~a.right & ~b.right).sum()),
    )


def cell(faces: Judged, right: int, predicted: int) -> Judged:
    """The faces of one cell of the confusion matrix, the most confident answers first."""
    inside = faces[(faces.truth == right) & (faces.predicted == predicted)]
    return inside[np.argsort(-inside.confidence, kind="stable")]
