"""What one frame of many shows, in a clip or before a camera."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from fer_core.crops import cut_faces
from fer_core.emotions import Emotion
from fer_core.pipeline import FerPipeline
from fer_core.smoothing import ExpressionSmoother
from fer_core.tracking import TrackedFaces
from fer_core.types import Analysis, Float32Array, UInt8Array


@dataclass(frozen=True, eq=False, kw_only=True)
class FrameAnalysis(Analysis):
    """One frame of many: the faces in the order in which people appeared, those that a clip covers
    unseen last; `probs` smoothed.

    seconds: when the frame was taken. people: the person of each face, counted from 1.
    seen: bool (N,), False where a face is lost for the moment and its last place is held.
    answers: what is shown for each face; steadier than the likeliest class, and UNSURE in doubt.
    """

    seconds: float
    people: tuple[int, ...]
    seen: np.ndarray
    answers: tuple[Emotion, ...]

    def __post_init__(self) -> None:
        super().__post_init__()
        if {len(self.people), len(self.seen), len(self.answers)} != {len(self.faces)}:
            raise ValueError("people, seen and answers must have one entry a face")

    @property
    def shown(self) -> tuple[Emotion, ...]:
        """What is drawn over each face."""
        return self.answers


def seen_crops(pipeline: FerPipeline, frame: UInt8Array, tracked: TrackedFaces) -> UInt8Array:
    """What the classifier takes of the faces that are seen in a frame: uint8 (M, h, w)."""
    faces = tracked.faces[tracked.seen]
    return cut_faces(frame, faces, pipeline.cut, pipeline.card.input.size_hw)


def smoothed(
    smoother: ExpressionSmoother,
    tracked: TrackedFaces,
    probs: Float32Array,
    size_hw: Sequence[int],
    seconds: float,
    smoothing_seconds: float,
) -> FrameAnalysis:
    """The analysis of a frame, from what the classifier says of its seen faces: probs (M, 7).

    Held faces that were never classified are left out.
    """
    seen = [person for person, here in zip(tracked.people, tracked.seen, strict=True) if here]
    smoother.update(seconds, seen, probs, smoothing_seconds)
    known = np.array([smoother.knows(person) for person in tracked.people], np.bool_)
    people = tuple(person for person, there in zip(tracked.people, known, strict=True) if there)
    height, width = size_hw
    return FrameAnalysis(
        tracked.faces[known],
        smoother.probs(people),
        (height, width),
        seconds=seconds,
        people=people,
        seen=tracked.seen[known],
        answers=smoother.answers(people),
    )
