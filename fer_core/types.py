"""The values that flow through the package, and the errors a caller can cause."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

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


def check_array(
    name: str, array: np.ndarray, shape: tuple[int, ...], dtype: type[np.generic] = np.float32
) -> None:
    """Raises ValueError where an array is not of this shape and type."""
    if array.shape != shape or array.dtype != dtype:
        raise ValueError(
            f"{name} is {array.dtype} {array.shape}, expected {np.dtype(dtype)} {shape}"
        )


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
        n = len(self.xyxy)
        points = 5 if self.landmarks.ndim == 3 and self.landmarks.shape[1] == 5 else 0
        check_array("xyxy", self.xyxy, (n, 4))
        check_array("landmarks", self.landmarks, (n, points, 2))
        check_array("scores", self.scores, (n,))

    def __len__(self) -> int:
        return len(self.xyxy)

    def __getitem__(self, keep: int | slice | NDArray[np.bool_] | NDArray[np.intp]) -> "Faces":
        """The faces that a slice, a boolean mask or an index array picks, in its order.

        A single index picks a `Faces` of one, and so does a loop over the faces.
        """
        if isinstance(keep, int | np.integer):
            keep = np.array([keep])
        return Faces(self.xyxy[keep], self.landmarks[keep], self.scores[keep])

    def __iter__(self) -> Iterator["Faces"]:
        return (self[index] for index in range(len(self)))

    def mapped(self, origin_xy: ArrayLike, scale_xy: ArrayLike) -> "Faces":
        """The same faces in the pixels of another picture: `(point - origin_xy) * scale_xy`.

        origin_xy: where that picture begins, in this one's pixels. scale_xy: how many of its
        pixels make up one of these. Each x and y, or one value for both.
        """
        origin = np.broadcast_to(np.asarray(origin_xy, np.float32), 2)
        scale = np.broadcast_to(np.asarray(scale_xy, np.float32), 2)
        return Faces(
            (self.xyxy - np.tile(origin, 2)) * np.tile(scale, 2),
            (self.landmarks - origin) * scale,
            self.scores,
        )

    @classmethod
    def empty(cls) -> "Faces":
        """No face, as from a detector without landmarks."""
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
        check_array("probs", self.probs, (len(self.faces), len(LABELS)))

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
