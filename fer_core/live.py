"""Frames of a camera, one after the other, to tracked and smoothed analyses."""

import math
from dataclasses import dataclass, field
from numbers import Real
from threading import Lock

import numpy as np

from fer_core.frame_analysis import FrameAnalysis, seen_crops, smoothed
from fer_core.images import read_picture
from fer_core.pipeline import FerPipeline
from fer_core.smoothing import ExpressionSmoother
from fer_core.tracking import FaceTracker
from fer_core.tracking_options import TrackingOptions
from fer_core.types import Float32Array, OptionError, UInt8Array

SMOOTHING_SECONDS = 0.4
ALTERNATE = 1 / 4  # of the smoothing's time constant: frames that are further apart would flicker


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
    ) -> FrameAnalysis:
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
