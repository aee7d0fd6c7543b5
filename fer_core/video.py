"""A clip -> the annotated video, a timeline of each person, and their strongest moments."""

import inspect
import time
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass

from fer_core.clip_analysis import AnalyzedFrame, ClipAnalyzer
from fer_core.clips.clip import Clip
from fer_core.clips.file_view import never
from fer_core.clips.source import ClipSource
from fer_core.clips.writer import ClipWriter, VideoFile
from fer_core.contact_sheet import Moment, MomentKeeper, contact_sheet
from fer_core.emoji import render
from fer_core.pipeline import FerPipeline
from fer_core.timeline import ClipInfo, Timeline
from fer_core.types import ClipError, UInt8Array
from fer_core.video_options import VideoOptions

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
        give_up: Callable[[], bool] = never,
    ) -> None:
        """Open a clip: a path, the bytes of a file, or a binary file. name: what to call it.

        give_up: asked again and again, already while the clip is opened, and between two frames,
        too, which may lie hours apart in a hostile file: True acts as `stop`.
        Raises ClipError where it cannot be read, the video cannot be written, or it is given up
        before a frame was read.
        """
        self._options = options or VideoOptions()
        self._stopped = self._full = False
        self._clip = Clip(source, self._options.limits, name, lambda: self._stopped or give_up())
        try:
            clip = self._clip
            self._writer = ClipWriter(clip.size_hw, clip.time_base, clip.rate, clip.sound)
        except BaseException:
            self._clip.close()
            raise
        self._analyzer = ClipAnalyzer(pipeline, clip, self._options)
        self._keeper = MomentKeeper()
        self._rows: list[Timeline] = []
        self._frames = self._analyzed_frames = 0
        self._seconds, self._first_seconds = 0.0, float("inf")
        self._finished = self._dropped = False
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
        self._analyzer.stop()

    def finish(self) -> VideoResult:
        """The result of what was done so far, once. Raises ClipError where there is none."""
        begun = inspect.getgeneratorstate(self._steps) != inspect.GEN_CREATED
        self._steps.close()
        if self._finished:
            raise ClipError(f"{self._clip.name} is finished already.")
        if self._dropped:
            raise ClipError(f"{self._clip.name} was dropped: call finish inside the `with` block.")
        if not begun:
            raise ClipError(f"{self._clip.name} was not begun: loop over the job, then finish it.")
        if not self._frames and self._analyzer.complete:
            notes = " ".join(self._clip.notes)
            raise ClipError(
                f"The part of {self._clip.name} that is used contains no frame. {notes}"
            )
        if not self._frames:
            raise ClipError(f"{self._clip.name} was stopped before its first frame was done.")
        complete = self._clip.complete
        self._writer.add_sound(self._clip.take_sound())
        video = self._writer.finish(all_sound=complete)
        self._finished = True
        stopped = f"Stopped after {self._seconds:.1f} s; what was done until then was kept."
        if self._full:
            stopped = (
                f"A video may have at most {self._options.max_bytes / 1e6:,.10g} MB. {stopped}"
            )
        info = ClipInfo(
            self._clip.name,
            self._clip.size_hw,
            self._frames / max(self._seconds - self._first_seconds, 1e-6),
            self._seconds,
            self._frames,
            self._analyzed_frames,
            (
                *self._clip.notes,
                *self._writer.notes,
                *([] if self._analyzer.complete else [stopped]),
            ),
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
        for chunk in self._analyzer.chunks():
            preview = self._write(chunk)
            if self._writer.written_bytes > self._options.max_bytes:
                self._full = True
                self.stop()
            share, passed = self._clip.share_read, time.perf_counter() - started
            left = passed * (1 - share) / share if share and share >= SURE_SHARE else None
            yield VideoProgress(self._frames, self._seconds, share, left, preview)

    def _write(self, chunk: list[AnalyzedFrame]) -> UInt8Array:
        """Draw and write the frames, and keep what the timeline and the sheet need of them."""
        self._writer.add_sound(self._clip.take_sound())
        picture = chunk[0].frame.pixels
        for analyzed in chunk:
            frame, analysis = analyzed.frame, analyzed.analysis
            picture = render(frame.pixels, analysis, self._options.style, self._options.cover)
            self._writer.write(picture, frame.ticks, frame.duration_ticks)
            if analyzed.looked_at:
                self._analyzed_frames += 1
                self._keeper.add(frame.pixels, frame.index, analysis)
                self._rows.append(Timeline.of_frame(frame.index, analysis))
            self._frames = frame.index + 1
            self._first_seconds = min(self._first_seconds, frame.seconds)
            self._seconds = float((frame.ticks + frame.duration_ticks) * self._clip.time_base)
        self._rows = [Timeline.join(self._rows)] if len(self._rows) > MOST_PARTS else self._rows
        return picture
