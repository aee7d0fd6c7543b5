"""Any clip that PyAV can read -> upright RGB frames with their exact times, and its sound."""

import io
import os
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import BinaryIO, cast

import av
import numpy as np
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.reformatter import VideoReformatter
from av.video.stream import VideoStream

from fer_core.frame_geometry import FrameGeometry
from fer_core.types import ClipError, OptionError, UInt8Array

ClipSource = str | os.PathLike[str] | bytes | BinaryIO

# The containers that hold clips. Playlists, which name other files or addresses, are none of them:
# whoever hands in a clip must not get at the machine's own files. Nor are pictures.
CONTAINERS = (
    "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts,mpeg,mpegvideo,asf,flv,live_flv,ogg,m4v,h263,"
    "h264,hevc,vvc,av1,obu,ivf,dv,mxf,gxf,nut,rm,wtv,nsv,yuv4mpegpipe,"
    "mp3,wav,w64,flac,aac,ac3,eac3,amr,amrnb,amrwb,aiff,caf,au,wv,ape"  # only to say "only sound"
)
# Containers whose header knows how long the clip is; with others it is a guess.
TELL_LENGTH = {"mov", "matroska", "avi", "asf", "flv"}
PICTURES = {"avif", "avis", "heic", "heix", "heim", "heis", "hevc", "mif1", "msf1"}
MISSING_SECONDS = 0.5  # less than this a header may promise too much
USUAL_RATE = Fraction(25)


@dataclass(frozen=True)
class ClipLimits:
    """How much of a clip is used.

    max_seconds: what comes later is left out. max_side_px: larger frames are reduced so that the
    longer side has this many pixels. max_source_side_px: still larger clips are refused.
    """

    max_seconds: float = 1800.0
    max_side_px: int = 1920
    max_source_side_px: int = 8192

    def __post_init__(self) -> None:
        if not self.max_seconds > 0:
            raise OptionError(f"The limit is {self.max_seconds} seconds; give more than 0.")
        if not 16 <= self.max_side_px <= self.max_source_side_px:
            raise OptionError(
                f"Frames are to be reduced to {self.max_side_px} px; "
                f"give 16 to {self.max_source_side_px} px."
            )


@dataclass(frozen=True, eq=False)
class ClipFrame:
    """One frame. pixels: RGB uint8 (H, W, 3), upright.

    index: its number, from 0. ticks, duration_ticks: when it is shown, after the clip's start, and
    for how long, in the clip's `time_base`; ticks always grow. seconds: the same as a float.
    """

    pixels: UInt8Array
    index: int
    ticks: int
    duration_ticks: int
    seconds: float


class Clip:
    """An open clip, to be read once from start to end. Use it in a `with`.

    name: for people. size_hw: of the upright frames, in px. time_base: seconds in a tick.
    rate: frames a second, about. seconds: the length that the file promises, within the limits;
    None where it does not say. sound: the stream that `take_sound` gives packets of, or None.
    """

    def __init__(
        self, source: ClipSource, limits: ClipLimits | None = None, name: str = ""
    ) -> None:
        """Open a path, the bytes of a file, or a binary file that can seek, and read one frame.

        Raises ClipError where there is no usable clip.
        """
        self.limits = limits or ClipLimits()
        self.name = name or _name(source)
        self._opened: list[BinaryIO] = []
        self._notes: list[str] = []
        self._sound_packets: deque[Packet[AudioStream]] = deque()
        self._reformatter = VideoReformatter()
        self._damaged_seconds: float | None = None
        self._last: ClipFrame | None = None
        self._bytes_read = 0
        self._read_to_seconds = 0.0
        self.complete = False  # whether the last frame there is has been read
        try:
            self._open(_as_file(source, self.name, self._opened))
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> "Clip":
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file, where it was opened here."""
        if hasattr(self, "_container"):
            self._container.close()
        for file in self._opened:
            file.close()

    @property
    def notes(self) -> tuple[str, ...]:
        """Sentences for the user about how the clip was read so far."""
        return tuple(self._notes)

    @property
    def share_read(self) -> float | None:
        """How much of the clip has been read, 0 to 1; None where that cannot be told."""
        if self.seconds:
            return min(self._last.seconds / self.seconds, 1.0) if self._last else 0.0
        size = self._container.size
        return min(self._bytes_read / size, 1.0) if size > 0 else None

    def take_sound(self) -> list[Packet[AudioStream]]:
        """The packets of sound that were passed since the last call, with times from the clip's
        start, in the sound stream's own time base."""
        taken = list(self._sound_packets)
        self._sound_packets.clear()
        return taken

    def frames(self) -> Iterator[ClipFrame]:
        """The frames in the order of their times. What cannot be read is left out, with a note."""
        first, self._first = self._first, None
        if first is None:
            raise RuntimeError("a clip can be read only once")
        for frame in (first, *self._decoded):
            pass
        yield from ()
