"""The frames of a clip -> an analysis of each, some frames at a time."""

import time
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from fer_core.clips.clip import Clip, ClipFrame
from fer_core.covering import followed
from fer_core.detection import Refiner
from fer_core.frame_analysis import FrameAnalysis, seen_crops, smoothed
from fer_core.interpolation import Alone, between
from fer_core.pipeline import FerPipeline
from fer_core.scenes import SceneCuts
from fer_core.smoothing import ExpressionSmoother
from fer_core.tracking import FaceTracker, TrackedFaces
from fer_core.video_options import VideoOptions

# Frames that are held at once: so many, of so many bytes, read in about so much time.
CHUNK_FRAMES, CHUNK_BYTES, CHUNK_SECONDS = 32, 100_000_000, 1.0


@dataclass(frozen=True, eq=False)
class AnalyzedFrame:
    """A frame and its analysis. looked_at: False where that lies between those of two others."""

    frame: ClipFrame
    analysis: FrameAnalysis
    looked_at: bool


@dataclass(frozen=True, eq=False)
class _Step:
    """A frame of a chunk, and the faces in it. tracked: None where it is not looked at."""

    frame: ClipFrame
    tracked: TrackedFaces | None = None


class ClipAnalyzer:
    """Follows the faces of one clip, from start to end, and says what each frame shows.

    complete: whether the analysis came to the clip's last frame.
    """

    def __init__(self, pipeline: FerPipeline, clip: Clip, options: VideoOptions) -> None:
        self.complete = False
        self._pipeline, self._clip, self._options = pipeline, clip, options
        # With one, faces are found late, which matters where none may be seen.
        detector = pipeline.detector
        self._refiner = detector if isinstance(detector, Refiner) and options.cover else None
        self._tracker = FaceTracker(detector)
        self._smoother = ExpressionSmoother()
        self._before: FrameAnalysis | None = None
        self._covered: FrameAnalysis | None = None  # the frame before, where faces are covered
        self._stopped = False

    def stop(self) -> None:
        """Let it end after the frames in hand. Any thread may call this."""
        self._stopped = True

    def chunks(self) -> Iterator[list[AnalyzedFrame]]:
        """All frames in order, those together whose crops went through the classifier together."""
        for chunk in self._chunks():
            yield [
                AnalyzedFrame(step.frame, analysis, step.tracked is not None)
                for step, analysis in zip(chunk, self._analyze(chunk), strict=True)
            ]

    def _chunks(self) -> Iterator[list[_Step]]:
        """Frames in order, tracked where they are to be analyzed: the last of a chunk always is."""
        height, width = self._clip.size_hw
        room = max(min(CHUNK_FRAMES, CHUNK_BYTES // (height * width * 3)), 2)
        every = min(self._options.every_nth, room)
        chunk: list[_Step] = []
        began, passed = time.perf_counter(), every
        cuts = SceneCuts()
        frames = self._clip.frames()
        for frame in frames:
            due = passed >= every
            if (every > 1 or self._refiner) and cuts.is_cut(frame.pixels, frame.seconds):
                # Nobody moves across a cut: what is before it, and after it, is analyzed as well.
                if chunk:
                    yield self._closed(chunk)
                due, chunk, began = True, [], time.perf_counter()
            passed = 1 if due else passed + 1
            chunk.append(self._track(frame) if due else _Step(frame))
            # To be covered from the first, a face has to be found before its frames are written.
            late = time.perf_counter() - began > CHUNK_SECONDS
            ready = self._tracker.searched if self._refiner else late
            stopped = self._stopped  # at any time, from another thread
            if (due and (ready or len(chunk) + every > room)) or stopped:
                yield self._closed(chunk)
                chunk, began = [], time.perf_counter()
            if stopped:
                self.complete = next(frames, None) is None and not self._clip.given_up
                return
        self.complete = not self._clip.given_up
        if chunk:
            yield self._closed(chunk)

    def _closed(self, chunk: list[_Step]) -> list[_Step]:
        """The chunk with its last frame tracked: each frame lies between two that are analyzed.

        Where faces are to be covered, all of that frame is searched, for who came in meanwhile.
        """
        last = chunk[-1]
        if last.tracked is None:
            last = self._track(last.frame)
        if self._refiner and not self._tracker.searched:
            searched = self._tracker.search(last.frame.pixels, self._options.tracking)
            last = _Step(last.frame, searched)
        return [*chunk[:-1], last]

    def _track(self, frame: ClipFrame) -> _Step:
        tracked = self._tracker.update(frame.pixels, frame.seconds, self._options.tracking)
        return _Step(frame, tracked)

    def _analyze(self, chunk: list[_Step]) -> list[FrameAnalysis]:
        """An analysis of each frame. The crops of all go through the classifier together."""
        due = [(step.frame, step.tracked) for step in chunk if step.tracked is not None]
        crops = [seen_crops(self._pipeline, frame.pixels, tracked) for frame, tracked in due]
        probs = self._pipeline.classifier(np.concatenate(crops))
        of_frames = np.split(probs, np.cumsum([len(each) for each in crops[:-1]]))
        # Who is in one of two analyses only: where nobody may be seen, followed or held.
        alone: Alone = "nearer"
        if self._options.cover:
            alone = "held" if self._refiner is None else "left out"
        analyses: list[FrameAnalysis] = []
        for (frame, tracked), rows in zip(due, of_frames, strict=True):
            after = smoothed(
                self._smoother,
                tracked,
                rows,
                self._clip.size_hw,
                frame.seconds,
                self._options.smoothing_seconds,
            )
            before = after if self._before is None else self._before
            analyses += [
                between(before, after, other.frame.seconds, alone)
                for other in chunk[len(analyses) : frame.index - chunk[0].frame.index]
            ]
            analyses.append(after)
            self._before = after
        if self._refiner is None:
            return analyses
        looked_at = [step.tracked is not None for step in chunk]
        pictures = [step.frame.pixels for step in chunk]
        earlier = analyses[0] if self._covered is None else self._covered
        covered = followed(self._refiner, pictures, analyses, looked_at, earlier)
        self._covered = covered[-1]
        return covered
