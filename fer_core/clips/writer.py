"""Frames with their times, and the sound that belongs to them -> an MP4 that browsers play."""

import math
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import IO

import av
import numpy as np
from av.audio.stream import AudioStream
from av.codec import Codec
from av.codec.context import Flags
from av.container import OutputContainer
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.reformatter import ColorPrimaries, ColorRange, Colorspace, ColorTrc, VideoReformatter
from av.video.stream import VideoStream

from fer_core.clips.file_view import FileView
from fer_core.clips.sound import COPIED, SoundWriter
from fer_core.files import draft_of, reason
from fer_core.types import ClipError, UInt8Array

SOUND_DAMAGED = "Parts of the sound could not be read, and are silent."

ENCODERS = ("libx264", "libopenh264", "h264_videotoolbox", "h264_mf")
X264 = {"preset": "veryfast", "crf": "20"}
FINEST = 10_000  # parts of a second, at least, in which an MP4 counts
MOST_STATED_RATE = 120  # what a file says beyond this would ask players for a level they refuse


@dataclass(frozen=True, eq=False)
class VideoFile:
    """A finished MP4. file: holds it, without a name; it is gone once closed.

    size_hw: of its frames, px, even. frames: how many. seconds: when the last of them ends; the
    sound may go on. sound: whether it has.
    """

    file: IO[bytes]
    size_hw: tuple[int, int]
    frames: int
    seconds: float
    sound: bool

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write it to a path, making the folder. Raises ClipError where that cannot be done."""
        self._check_open()
        with plain_errors(os.fspath(path)):
            try:
                with draft_of(Path(path)) as draft:
                    self._copy(draft)
            except ValueError as error:  # no path at all
                raise ClipError(f"A video cannot be written to {path!r}: {error}.") from error

    def _copy(self, path: Path) -> None:
        self.file.seek(0)
        with path.open("xb") as copy:
            shutil.copyfileobj(self.file, copy)

    def read(self) -> bytes:
        """The whole file. Raises ClipError where it was closed."""
        self._check_open()
        self.file.seek(0)
        return self.file.read()

    def _check_open(self) -> None:
        if self.file.closed:
            raise ClipError("The video was closed, and is gone. Save or read it before closing it.")

    def close(self) -> None:
        """Give its place on the disk back."""
        self.file.close()


class ClipWriter:
    """Writes H.264 with the times that the frames have, and the sound beside it.

    Browsers want even sides: where a side is odd, its last row or column is doubled.
    Call `finish`, or `close` to drop what was written.
    """

    def __init__(
        self,
        size_hw: tuple[int, int],
        time_base: Fraction,
        rate: Fraction,
        sound: AudioStream | None = None,
    ) -> None:
        """size_hw: of the frames to come, px. time_base: the seconds of a tick. rate: frames a
        second, about. sound: the stream that the packets to come are from.

        Raises ClipError where this machine has no H.264 encoder, or no room on its disk.
        """
        self._size_hw = size_hw
        self._even_hw = (size_hw[0] + size_hw[0] % 2, size_hw[1] + size_hw[1] % 2)
        self._time_base, self._rate = time_base, min(rate, Fraction(MOST_STATED_RATE))
        self._frames, self._end_seconds = 0, 0.0
        self._notes: list[str] = []
        self._reformatter = VideoReformatter()
        with plain_errors("The video"):
            self._file = tempfile.TemporaryFile()  # noqa: SIM115 - open until `close`
            try:
                self._start(sound)
            except BaseException:
                self.close()
                raise

    @property
    def notes(self) -> tuple[str, ...]:
        """Sentences for the user about what could not be written."""
        damaged = self._sound is not None and self._sound.damaged
        return (*self._notes, SOUND_DAMAGED) if damaged else tuple(self._notes)

    @property
    def written_bytes(self) -> int:
        """How large the video is so far."""
        return self._view.tell()

    def write(self, pixels: UInt8Array, ticks: int, duration_ticks: int) -> None:
        """The next frame, RGB uint8 (H, W, 3), shown from `ticks` on, which have to grow."""
        if pixels.shape != (*self._size_hw, 3):
            raise ValueError(f"the frame is {pixels.shape}, expected {(*self._size_hw, 3)}")
        if self._size_hw != self._even_hw:
            more = [(0, even - own) for even, own in zip(self._even_hw, self._size_hw, strict=True)]
            pixels = np.pad(pixels, [*more, (0, 0)], mode="edge")
        frame = self._reformatter.reformat(
            VideoFrame.from_ndarray(np.ascontiguousarray(pixels), "rgb24"),
            format="yuv420p",
            dst_colorspace=Colorspace.ITU709,
            dst_color_range=ColorRange.MPEG,
        )
        frame.pts, frame.time_base, frame.duration = ticks, self._time_base, duration_ticks
        with self._errors():
            self._container.mux(self._video.encode(frame))
            self._frames += 1
            self._end_seconds = float((ticks + duration_ticks) * self._time_base)
            if self._sound:
                self._sound.write(self._end_seconds)

    def add_sound(self, packets: Iterable[Packet]) -> None:
        """Packets of the sound, in order, their times counted as those of the frames."""
        if self._sound:
            self._sound.add(packets)

    def finish(self, all_sound: bool) -> VideoFile:
        """Close the video. all_sound: whether what sounds after the last frame belongs to it.

        Raises ClipError where it was dropped, or cannot be written.
        """
        if self._file.closed:  # FFmpeg would write to what it has freed
            raise ClipError("The video was dropped: it cannot be finished any more.")
        with self._errors():
            self._container.mux(self._video.encode(None))
            if self._sound:
                self._sound.write(math.inf if all_sound else self._end_seconds)
                self._sound.finish()
            self._container.close()
        sound = self._sound is not None
        return VideoFile(self._file, self._even_hw, self._frames, self._end_seconds, sound)

    def close(self) -> None:
        """Drop everything, where the video is not finished."""
        # The container is closed here and not left to chance: it would still write to the file.
        if hasattr(self, "_container"):
            self._view.drop()
            with suppress(OSError, av.FFmpegError):
                self._container.close()
        with suppress(OSError):  # a full disk, once more
            self._file.close()

    @contextmanager
    def _errors(self) -> Iterator[None]:
        with plain_errors("The video"):
            yield
            if error := self._view.error or self._moved.error:
                raise error

    def _start(self, sound: AudioStream | None) -> None:
        """Write the header: with the sound copied, else encoded anew, else without it."""
        self._sound: SoundWriter | None = None
        if sound:
            copyable = sound.codec_context.codec.canonical_name in COPIED
            for copied in (True, False) if copyable else (False,):
                self._container, self._video = self._empty_container()
                try:
                    self._sound = SoundWriter(self._container, sound, copied)
                    self._container.start_encoding()
                    return
                except (av.FFmpegError, ValueError):
                    self._container.close()
            self._sound = None
            self._notes.append("The sound could not be written, and was left out.")
        self._container, self._video = self._empty_container()
        self._container.start_encoding()

    def _empty_container(self) -> tuple[OutputContainer, VideoStream]:
        self._file.truncate(0)
        self._view = FileView(self._file)
        self._moved = moved = FileView(self._file)
        # Where the first frame comes after the sound, the gap is kept in these parts of a second.
        timescale = self._time_base.denominator * math.ceil(FINEST / self._time_base.denominator)
        # With its index in front ("faststart"), a video plays before all of it is there. For that
        # the file is opened once more, to be read and moved.
        container = av.open(
            self._view,
            "w",
            format="mp4",
            container_options={"movflags": "+faststart", "movie_timescale": str(timescale)},
            io_open=lambda url, flags, options: moved,
        )
        name = _encoder()
        options = X264 if name == "libx264" else {}
        stream = container.add_stream(name, rate=self._rate, options=options)
        assert isinstance(stream, VideoStream)
        stream.height, stream.width = self._even_hw
        stream.pix_fmt = "yuv420p"
        context = stream.codec_context
        context.time_base = self._time_base
        context.flags |= Flags.frame_duration
        context.max_b_frames = 0  # frames leave in the order of their times, which stay as they are
        context.colorspace, context.color_range = Colorspace.ITU709, ColorRange.MPEG
        context.color_primaries, context.color_trc = ColorPrimaries.BT709, ColorTrc.BT709
        return container, stream


def _encoder() -> str:
    for name in ENCODERS:
        try:
            Codec(name, "w")
        except ValueError:
            continue
        return name
    raise ClipError(
        "This machine's PyAV cannot write H.264. Install the one from PyPI: pip install av."
    )


@contextmanager
def plain_errors(what: str) -> Iterator[None]:
    """What goes wrong in writing, as a sentence: a full disk, above all."""
    try:
        yield
    except (OSError, av.FFmpegError) as error:
        plain = OSError(error.errno, error.strerror or str(error))
        raise ClipError(f"{what} cannot be written: {reason(plain)}.") from error
