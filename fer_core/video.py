"""A clip -> the annotated video, a timeline of each person, and their strongest moments."""

import time
from collections.abc import Generator, Iterator
from dataclasses import dataclass, replace

import numpy as np

from fer_core.clips.clip import Clip, ClipFrame
from fer_core.clips.source import ClipSource
from fer_core.clips.writer import ClipWriter, VideoFile
from fer_core.contact_sheet import Moment, MomentKeeper, contact_sheet
from fer_core.covering import carried_back
from fer_core.detection import Refiner
from fer_core.emoji import render
from fer_core.interpolation import between
from fer_core.live import LiveAnalysis, seen_crops, smoothed
from fer_core.pipeline import FerPipeline
from fer_core.scenes import SceneCuts
from fer_core.smoothing import ExpressionSmoother
from fer_core.timeline import ClipInfo, Timeline
from fer_core.tracking import FaceTracker, TrackedFaces
from fer_core.types import ClipError, UInt8Array
from fer_core.video_options import VideoOptions

# Frames that are held at once: so many, of so many bytes, read in about so much time.
CHUNK_FRAMES, CHUNK_BYTES, CHUNK_SECONDS = 32, 100_000_000, 1.0
MOST_PARTS = 1000  # of the timeline; so many small arrays take more room than their rows
SURE_SHARE = 0.01  # before this share is done, a time left would be a guess


@dataclass(frozen=True, eq=False)
class VideoProgress:
    """How far a clip has come. frames: written so far. seconds: of the clip, done so far.

    share: of the whole, 0 to 1, and seconds_left: until the end, both None where there is no
    telling. preview: the last annotated frame, RGB uint8 (H, W, 3).
    """

    frames: int
    seconds: float
    share: float | None
    seconds_left: float | None
    preview: UInt8Array


@dataclass(frozen=True, eq=False)
class VideoResult:
    """What came of a clip. info: name, size, length, and notes for the user.

    complete: whether every frame is in it. video: holds an unnamed file, closed with `close`.
    """

    info: ClipInfo
    timeline: Timeline
    moments: tuple[Moment, ...]
    video: VideoFile
    complete: bool

    def contact_sheet(self, cover: bool = False) -> UInt8Array:
        """Each person's strongest moments as one picture; cover: with faces hidden."""
        return contact_sheet(self.moments, cover)

    def close(self) -> None:
        """Give back the video's place on the disk."""
        self.video.close()


@dataclass(frozen=True, eq=False)
class _Tracked:
    """What the analysis of a frame begins with. crops: uint8 (M, H, W), what the classifier takes
    of the M faces that are seen."""

    faces: TrackedFaces
    crops: UInt8Array


@dataclass(frozen=True, eq=False)
class _Step:
    """A frame that waits to be written. tracked: None where it is not analyzed."""

    frame: ClipFrame
    tracked: _Tracked | None = None


class VideoJob:
    """One clip being annotated.

        with VideoJob(pipeline, "holiday.mov") as job:
            for progress in job:
                ...
            result = job.finish()

    Whoever breaks off the loop, or calls `stop` from another thread, gets from `finish` what was
    done until then; whoever leaves the `with` without `finish` drops it. No file stays behind.
    """

    def __init__(
        self,
        pipeline: FerPipeline,
        source: ClipSource,
        options: VideoOptions | None = None,
        name: str = "",
    ) -> None:
        """Open a clip: a path, the bytes of a file, or a binary file. name: what to call it.

        Raises ClipError where it cannot be read or the video cannot be written.
        """
        self._pipeline, self._options = pipeline, options or VideoOptions()
        self._clip = Clip(source, self._options.limits, name)
        try:
            clip = self._clip
            self._writer = ClipWriter(clip.size_hw, clip.time_base, clip.rate, clip.sound)
        except BaseException:
            self._clip.close()
            raise
        # With one, faces are found late, which matters where none may be seen.
        detector, cover = pipeline.detector, self._options.cover
        self._refiner = detector if isinstance(detector, Refiner) and cover else None
        self._tracker = FaceTracker(detector)
        self._smoother = ExpressionSmoother()
        self._keeper = MomentKeeper()
        self._rows: list[Timeline] = []
        self._before: LiveAnalysis | None = None
        self._frames, self._seconds, self._first_seconds = 0, 0.0, float("inf")
        self._stopped = self._ended = self._finished = self._dropped = False
        self._steps = self._run()

    def __enter__(self) -> "VideoJob":
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def __iter__(self) -> Iterator[VideoProgress]:
        """Do the work; about once a second it says how far it is. Raises ClipError."""
        return self._steps

    def stop(self) -> None:
        """Let the loop end after the frames in hand. Any thread may call this."""
        self._stopped = True

    def finish(self) -> VideoResult:
        """The result of what was done so far, once. Raises ClipError where there is none."""
        self._steps.close()
        if self._finished:
            raise ClipError(f"{self._clip.name} is finished already.")
        if self._dropped:
            raise ClipError(f"{self._clip.name} was dropped: call finish inside the `with` block.")
        if not self._frames:
            raise ClipError(f"{self._clip.name} was stopped before its first frame was done.")
        complete = self._clip.complete
        self._writer.add_sound(self._clip.take_sound())
        video = self._writer.finish(all_sound=complete)
        self._finished = True
        stopped = f"Stopped after {self._seconds:.1f} s; what was done until then was kept."
        info = ClipInfo(
            self._clip.name,
            self._clip.size_hw,
            self._frames / max(self._seconds - self._first_seconds, 1e-6),
            self._seconds,
            self._frames,
            (*self._clip.notes, *self._writer.notes, *([] if self._ended else [stopped])),
        )
        rows = Timeline.join(self._rows)
        return VideoResult(info, rows, self._keeper.moments(), video, complete)

    def close(self) -> None:
        """Give everything back; what was not finished is dropped."""
        self._dropped = True
        self._steps.close()
        self._clip.close()
        if not self._finished:
            self._writer.close()

    def _run(self) -> Generator[VideoProgress, None, None]:
        started = time.perf_counter()
        for chunk in self._chunks():
            preview = self._write(chunk, self._analyze(chunk))
            share, passed = self._clip.share_read, time.perf_counter() - started
            left = passed * (1 - share) / share if share and share >= SURE_SHARE else None
            yield VideoProgress(self._frames, self._seconds, share, left, preview)

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
            if (due and (ready or len(chunk) + every > room)) or self._stopped:
                yield self._closed(chunk)
                chunk, began = [], time.perf_counter()
            if self._stopped:
                self._ended = next(frames, None) is None
                return
        self._ended = True
        if chunk:
            yield self._closed(chunk)

    def _closed(self, chunk: list[_Step]) -> list[_Step]:
        """The chunk with its last frame tracked: each frame lies between two that are analyzed.

        Where faces are to be covered, all of that frame is searched, for who came in meanwhile.
        """
        last = chunk[-1]
        if last.tracked is None or (self._refiner and not self._tracker.searched):
            return [*chunk[:-1], self._track(last.frame, search=self._refiner is not None)]
        return chunk

    def _track(self, frame: ClipFrame, search: bool = False) -> _Step:
        options = self._options.tracking
        if search:
            options = replace(options, detect_every_seconds=0)
        faces = self._tracker.update(frame.pixels, frame.seconds, options)
        return _Step(frame, _Tracked(faces, seen_crops(self._pipeline, frame.pixels, faces)))

    def _analyze(self, chunk: list[_Step]) -> list[LiveAnalysis]:
        """An analysis of each frame. The crops of all go through the classifier together."""
        due = [(step.frame, step.tracked) for step in chunk if step.tracked is not None]
        probs = self._pipeline.classifier(np.concatenate([tracked.crops for _, tracked in due]))
        ends = np.cumsum([len(tracked.crops) for _, tracked in due])
        analyses: list[LiveAnalysis] = []
        for (frame, tracked), end in zip(due, ends, strict=True):
            after = smoothed(
                self._smoother,
                tracked.faces,
                probs[end - len(tracked.crops) : end],
                self._clip.size_hw,
                frame.seconds,
                self._options.smoothing_seconds,
            )
            before = after if self._before is None else self._before
            analyses += [
                between(before, after, other.frame.seconds, self._options.cover)
                for other in chunk[len(analyses) : frame.index - chunk[0].frame.index]
            ]
            analyses.append(after)
            self._before = after
        if self._refiner is None:
            return analyses
        return carried_back(self._refiner, [step.frame.pixels for step in chunk], analyses)

    def _write(self, chunk: list[_Step], analyses: list[LiveAnalysis]) -> UInt8Array:
        """Draw and write the frames, and keep what the timeline and the sheet need of them."""
        self._writer.add_sound(self._clip.take_sound())
        picture = chunk[0].frame.pixels
        for step, analysis in zip(chunk, analyses, strict=True):
            frame = step.frame
            picture = render(frame.pixels, analysis, self._options.style, self._options.cover)
            self._writer.write(picture, frame.ticks, frame.duration_ticks)
            if step.tracked is not None:
                self._keeper.add(frame.pixels, frame.index, analysis)
                self._rows.append(Timeline.of_frame(frame.index, analysis))
            self._frames = frame.index + 1
            self._first_seconds = min(self._first_seconds, frame.seconds)
            self._seconds = float((frame.ticks + frame.duration_ticks) * self._clip.time_base)
        self._rows = [Timeline.join(self._rows)] if len(self._rows) > MOST_PARTS else self._rows
        return picture
