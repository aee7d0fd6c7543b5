"""Frames of a camera or a clip, one after the other, to tracked and smoothed analyses."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from numbers import Real
from threading import Lock

import numpy as np

from fer_core.crops import cut_faces
from fer_core.emotions import Emotion
from fer_core.images import read_picture
from fer_core.pipeline import FerPipeline
from fer_core.smoothing import ExpressionSmoother
from fer_core.tracking import FaceTracker, TrackedFaces
from fer_core.tracking_options import TrackingOptions
from fer_core.types import Analysis, Float32Array, OptionError, UInt8Array

SMOOTHING_SECONDS = 0.4
ALTERNATE = 1 / 4  # of the smoothing's time constant: frames that are further apart would flicker


@dataclass(frozen=True, eq=False, kw_only=True)
class LiveAnalysis(Analysis):
    """One frame of many: the faces in the order in which people appeared, `probs` smoothed.

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


@dataclass(frozen=True)
class LiveOptions:
    """smoothing_seconds: the time constant of the probabilities, 0 for none, at most 10.

    tracking: how faces are followed. Raises OptionError for a value out of range.
    """

    smoothing_seconds: float = SMOOTHING_SECONDS
    tracking: TrackingOptions = field(default_factory=TrackingOptions)

    def __post_init__(self) -> None:
        seconds = self.smoothing_seconds
        if not (isinstance(seconds, Real) and 0 <= seconds <= 10):
            raise OptionError(f"The smoothing is {seconds!r} seconds; give 0 to 10 seconds.")


class LiveSession:
    """What one viewer's camera has shown so far. Frames from several threads take turns."""

    def __init__(self, pipeline: FerPipeline) -> None:
        self._detector = pipeline.detector.name
        self._tracker = FaceTracker(pipeline.detector)
        self._smoother = ExpressionSmoother()
        self._mirrored = False
        self._seconds = float("-inf")  # of the frame before
        self._lock = Lock()

    def analyze(
        self,
        pipeline: FerPipeline,
        frame: UInt8Array,
        seconds: float,
        options: LiveOptions | None = None,
    ) -> LiveAnalysis:
        """The next frame, RGB uint8 (H, W, 3), at a time that does not run back.

        pipeline: may change from frame to frame in its weights, not in its detector.
        Raises ImageError for a frame that is no picture, OptionError for another detector, or a
        time before that of the last frame.
        """
        options = options or LiveOptions()
        frame = read_picture(frame, "The frame").pixels
        if pipeline.detector.name != self._detector:
            raise OptionError(
                f"This session follows faces with {self._detector}, not {pipeline.detector.name}. "
                "Begin another session for another detector."
            )
        with self._lock:
            timed = isinstance(seconds, Real) and math.isfinite(seconds)
            if not (timed and seconds >= self._seconds):
                raise OptionError(
                    f"A frame at {seconds!r} seconds came after one at {self._seconds}. Give "
                    "frames in their order, with the times of a clock that does not run back, or "
                    "begin another session."
                )
            seconds = float(seconds)  # PyAV's times are fractions
            tracked = self._tracker.update(frame, seconds, options.tracking)
            crops = seen_crops(pipeline, frame, tracked)
            passed, self._seconds = seconds - self._seconds, seconds
            alternate = passed <= options.smoothing_seconds * ALTERNATE
            probs = self._classified(pipeline, crops, alternate)
            return smoothed(
                self._smoother, tracked, probs, frame.shape[:2], seconds, options.smoothing_seconds
            )

    def _classified(
        self, pipeline: FerPipeline, crops: UInt8Array, alternate: bool
    ) -> Float32Array:
        """The probabilities of the crops. alternate: whether a view at a time will do."""
        if not (alternate and pipeline.card.input.mirror_average):
            return pipeline.classifier(crops)
        # Weights that answer with the mean of two views: every other frame is mirrored, and over
        # time the smoothing averages the two, at half the price of both in each frame.
        self._mirrored = not self._mirrored
        view = np.ascontiguousarray(crops[..., ::-1]) if self._mirrored else crops
        return pipeline.classifier.one_pass()(view)


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
) -> LiveAnalysis:
    """The analysis of a frame, from what the classifier says of its seen faces: probs (M, 7).

    Held faces that were never classified are left out.
    """
    seen = [person for person, here in zip(tracked.people, tracked.seen, strict=True) if here]
    smoother.update(seconds, seen, probs, smoothing_seconds)
    known = np.array([smoother.knows(person) for person in tracked.people], np.bool_)
    people = tuple(person for person, there in zip(tracked.people, known, strict=True) if there)
    height, width = size_hw
    return LiveAnalysis(
        tracked.faces[known],
        smoother.probs(people),
        (height, width),
        seconds=seconds,
        people=people,
        seen=tracked.seen[known],
        answers=smoother.answers(people),
    )
