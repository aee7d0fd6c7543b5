"""A clip's file that is open: its streams, and what it says of its times."""

from contextlib import ExitStack
from dataclasses import dataclass
from fractions import Fraction

import av
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.video.stream import VideoStream

from fer_core.clips.file_view import FileView

KNOW_LENGTH = {"mov", "matroska", "avi", "asf", "flv"}  # other containers can but guess
BROADCAST = {"mpegts", "mpeg"}  # their times go on where nothing is shown
JOINABLE = {*BROADCAST, "matroska", "flv"}
USUAL_RATE, HIGHEST_RATE = Fraction(25), 240


@dataclass(frozen=True, eq=False)
class OpenedClip:
    """A clip's file. video: the stream of its frames. sound: that of its sound, or None.

    file: the bytes; its `error` is set where reading failed. resources: closes file and container.
    """

    file: FileView
    container: InputContainer
    video: VideoStream
    sound: AudioStream | None
    resources: ExitStack

    @property
    def _streams(self) -> list[VideoStream | AudioStream]:
        return [self.video, self.sound] if self.sound else [self.video]

    @property
    def time_base(self) -> Fraction:
        """The seconds of a tick of the frames' times."""
        return self.video.time_base or Fraction(1, 90_000)

    @property
    def rate(self) -> Fraction:
        """Frames a second, about."""
        rate = self.video.guessed_rate or self.video.average_rate
        return rate if rate and 0 < rate <= HIGHEST_RATE else USUAL_RATE

    @property
    def start_seconds(self) -> Fraction:
        """The time that the file gives to the first thing in it."""
        starts = [
            stream.start_time * stream.time_base
            for stream in self._streams
            if stream.start_time is not None and stream.time_base
        ]
        return min(starts, default=Fraction(0))

    @property
    def video_seconds(self) -> float | None:
        """When the last frame ends, as the file states it; None where it states nothing."""
        if self.video.duration:
            end = ((self.video.start_time or 0) + self.video.duration) * self.time_base
            return float(end - self.start_seconds)
        return self.stated_seconds

    @property
    def stated_seconds(self) -> float | None:
        """The length of frames and sound that the file states; None where it states none."""
        lengths = [
            float(stream.duration * stream.time_base)
            for stream in self._streams
            if stream.duration and stream.time_base
        ]
        if "avi" in self.container.format.name:  # states frames; the rest comes from its size
            lengths.append(float(self.video.frames / (self.video.average_rate or self.rate)))
        if not lengths and self.container.duration:
            lengths.append(self.container.duration / av.time_base)
        return max(lengths, default=None) or None

    @property
    def joinable(self) -> bool:
        """Whether files of this kind may be joined end to end, so that their times jump."""
        return not JOINABLE.isdisjoint(self.container.format.name.split(","))

    @property
    def broadcast(self) -> bool:
        """Whether times that leap forward are a jump, and no picture that stands still."""
        return not BROADCAST.isdisjoint(self.container.format.name.split(","))

    @property
    def knows_length(self) -> bool:
        """Whether the stated length is no estimate, and is that of the streams that are read."""
        alone = len(self.container.streams) == len(self._streams)
        kinds = self.container.format.name.split(",")
        return not KNOW_LENGTH.isdisjoint(kinds) and (alone or self.video.duration is not None)
