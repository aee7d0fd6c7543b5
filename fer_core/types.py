"""The values that flow through the package, and the errors a caller can cause."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from fer_core.emotions import EMOTIONS, LABELS, UNSURE, UNSURE_BELOW, Emotion

UInt8Array = NDArray[np.uint8]
Float32Array = NDArray[np.float32]


class FerError(Exception):
    """Something the caller can put right. The text says what was wrong and what to do."""


class ImageError(FerError):
    """A picture that cannot be read or used."""


class ClipError(FerError):
    """A clip that cannot be read, or a video that cannot be written."""


class ModelError(FerError):
    """An unknown architecture, or arguments that it does not take."""


class WeightsError(FerError):
    """Weights that are missing, damaged, or do not fit their card."""


class OptionError(FerError):
    """A choice (style, detector, device, threshold) that does not exist or is out of range."""


def _check(name: str, array: np.ndarray, shape: tuple[int | None, ...]) -> None:
    fits = array.ndim == len(shape) and all(
        wanted in (None, actual) for wanted, actual in zip(shape, array.shape, strict=True)
    )
    if not fits or array.dtype != np.float32:
        wanted = tuple("any" if n is None else n for n in shape)
        raise ValueError(f"{name} is {array.dtype} {array.shape}, expected float32 {wanted}")


@dataclass(frozen=True, eq=False)
class Faces:
    """N detected faces, in pixels of the upright picture.

    xyxy: float32 (N, 4), left, top, right, bottom; may reach outside the picture.
    landmarks: float32 (N, 5, 2), x and y of the eye on the picture's left, the eye on its right,
        nose, and the two mouth corners in the same order; or (N, 0, 2) from a detector without.
    scores: float32 (N,), the detector's own score from 0 to 1.
    """

    xyxy: Float32Array
    landmarks: Float32Array
    scores: Float32Array

    def __post_init__(self) -> None:
        _check("xyxy", self.xyxy, (None, 4))
        points = 5 if self.landmarks.ndim == 3 and self.landmarks.shape[1] == 5 else 0
        _check("landmarks", self.landmarks, (len(self.xyxy), points, 2))
        _check("scores", self.scores, (len(self.xyxy),))

    def __len__(self) -> int:
        return len(self.xyxy)

    def __getitem__(self, keep: NDArray[np.bool_] | NDArray[np.intp]) -> "Faces":
        """The faces that a boolean mask or an index array picks, in its order."""
        return Faces(self.xyxy[keep], self.landmarks[keep], self.scores[keep])

    @classmethod
    def empty(cls) -> "Faces":
        return cls(
            np.zeros((0, 4), np.float32), np.zeros((0, 0, 2), np.float32), np.zeros(0, np.float32)
        )


@dataclass(frozen=True, eq=False)
class Analysis:
    """What one picture shows: N faces in reading order and an expression estimate for each.

    faces: the N faces.
    probs: float32 (N, 7), one row a face, summing to 1, in the order of EMOTIONS.
    size_hw: height and width of the upright picture, in pixels.
    notes: sentences for the user about how the picture was read.
    """

    faces: Faces
    probs: Float32Array
    size_hw: tuple[int, int]
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        _check("probs", self.probs, (len(self.faces), len(LABELS)))

    def __len__(self) -> int:
        return len(self.faces)

    @cached_property
    def indices(self) -> tuple[int, ...]:
        """The class index of each face's most probable expression."""
        return tuple(int(index) for index in self.probs.argmax(1))

    @property
    def labels(self) -> list[str]:
        """The name of each face's most probable expression."""
        return [LABELS[index] for index in self.indices]

    @property
    def shown(self) -> tuple[Emotion, ...]:
        """What is drawn over each face: its most probable expression, or UNSURE."""
        sure = self.probs.max(1, initial=0) >= UNSURE_BELOW
        pairs = zip(self.indices, sure, strict=True)
        return tuple(EMOTIONS[index] if clear else UNSURE for index, clear in pairs)
