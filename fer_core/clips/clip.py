"""Any clip that PyAV can read -> upright RGB frames with their exact times, and its sound."""

import itertools
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass

import av
from av.packet import Packet
from av.video.frame import VideoFrame

from fer_core.clips.damage import Damage, too_long
from fer_core.clips.file_view import never
from fer_core.clips.sound import WaitingSound
from fer_core.clips.source import STOPPED, ClipLimits, ClipSource, clip_name, open_clip
from fer_core.clips.times import JoinedTimes, StreamTimes
from fer_core.clips.upright import UprightFrames
from fer_core.types import ClipError, UInt8Array

MISSING_SECONDS = 0.5  # a header may promise so much more than there is
LAG_SECONDS = 2.0  # so far behind its frames sound may lie in a file
PRIMING_SECONDS = 0.1  # decoders want to hear so much of what comes before the first sound


@dataclass(frozen=True, eq=False)
class ClipFrame:
    """One frame. pixels: RGB uint8 (H, W, 3), upright. index: its number, from 0.

    ticks, duration_ticks: when it is shown, counted from the clip's start, and for how long, in
    the clip's `time_base`; from frame to frame, ticks grow. seconds: the same time as a float.
    """

    pixels: UInt8Array
    index: int
    ticks: int
    duration_ticks: int
    seconds: float


class Clip:
    """An open clip, to be read once, from start to end. Use it in a `with`.

    name: for people. size_hw: of the frames that come out, px. time_base: the seconds of a tick.
    rate: frames a second, about. seconds: the length that the file states and the limits allow, or
    None. sound: the stream whose packets `take_sound` gives, or None. complete: True once the last
    frame was read and none was missing. given_up: True once it was given up before its end.
    """

    def __init__(
        self,
        source: ClipSource,
        limits: ClipLimits | None = None,
        name: str = "",
        give_up: Callable[[], bool] = never,
    ) -> None:
        """Open a path, the bytes of a file, or a binary file that can seek, and read one frame.

        give_up: asked again and again, frames or not, whether to read no further.
        Raises ClipError where there is no usable clip.
        """
        self._limits = limits or ClipLimits()
        self.name = name or clip_name(source)
        self.complete = self.given_up = False
        self._give_up = give_up
        self._notes: list[str] = []
        self._passed_sound = WaitingSound()
        self._passed_bytes = 0
        self._end_seconds = self._sound_end_seconds = 0.0
        self._damage = Damage()
        self._opened = open_clip(source, self.name, self._limits, give_up)
        self.sound, self.time_base = self._opened.sound, self._opened.time_base
        self.rate, self._bytes = self._opened.rate, self._opened.container.size
        stated = self._opened.video_seconds
        self.seconds = min(stated, self._limits.max_seconds) if stated else None
        self._times = self._stream_times()
        self._jumped = False
        self._decoded = self._decode()
        try:
            self._first = next(self._decoded, None)
            if self._first is None:
                most_px = self._limits.max_source_side_px
                no_frame = self._damage.no_frame(self.name, most_px)
                raise ClipError(f"{self.name} {STOPPED}" if self.given_up else no_frame)
            aspect = self._opened.video.sample_aspect_ratio
            self._upright = UprightFrames(self._first, aspect, self._limits.max_side_px)
        except BaseException:
            self.close()
            raise
        self.size_hw = self._upright.size_hw
        if self._upright.reduced_from_hw:
            (height, width), (h, w) = self._upright.reduced_from_hw, self.size_hw
            self._notes.append(
                f"The frames were scaled down from {width}x{height} to {w}x{h} pixels."
            )
        if self._opened.container.streams.audio and not self.sound:
            self._notes.append(
                "The sound has an encoding that is not known here, and was left out."
            )

    def __enter__(self) -> "Clip":
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """Give the file back."""
        self._decoded.close()
        self._opened.resources.close()

    @property
    def notes(self) -> tuple[str, ...]:
        """Sentences for the user about how the clip has been read so far."""
        return tuple(self._notes)

    @property
    def share_read(self) -> float | None:
        """How much of the clip has been read, 0 to 1; None where there is no telling."""
        if self.complete:
            return 1.0
        if self.seconds and not self._jumped:
            return min(self._end_seconds / self.seconds, 1.0)
        return min(self._passed_bytes / self._bytes, 1.0) if self._bytes > 0 else None

    @property
    def _usual_ticks(self) -> int:
        """How long a frame lasts, about."""
        return max(round(1 / (self.rate * self.time_base)), 1)

    def take_sound(self) -> list[Packet]:
        """The packets of sound that were passed since the last call.

        Their times count from the clip's start, in the sound stream's own time base.
        """
        return self._passed_sound.take_all()

    def frames(self) -> Iterator[ClipFrame]:
        """The frames in the order of their times; what cannot be read is left out, with a note."""
        if self._first is None:
            raise RuntimeError("a clip is read only once")
        decoded, self._first = itertools.chain([self._first], self._decoded), None
        start_ticks = round(self._opened.start_seconds / self.time_base)
        usual_ticks = self._usual_ticks
        ticks, timed = 0, False
        before: int | None = None
        for index, frame in enumerate(decoded):
            given = None if frame.pts is None else max(frame.pts - start_ticks, 0)
            timed |= given is not None and before is not None and given > before
            before = given
            if index == 0:
                ticks = given or 0
            elif given is not None and given > ticks:
                ticks, timed = given, True
            else:
                # Of two frames at one time the second comes a tick later. Where there are no
                # times at all, or one for all, the frames are spread at the usual rate.
                ticks += 1 if timed and given is not None else usual_ticks
            seconds = float(ticks * self.time_base)
            if seconds >= self._limits.max_seconds:
                self._note_too_long()
                self._note_breaks()
                self._pass_late_sound(decoded)
                return
            # Some containers know no durations, and make up a tick.
            duration_ticks = frame.duration if 2 * frame.duration > usual_ticks else usual_ticks
            self._end_seconds = float((ticks + duration_ticks) * self.time_base)
            yield ClipFrame(self._upright.pixels(frame), index, ticks, duration_ticks, seconds)
        if self.given_up:
            self._note_breaks()
            return
        self._note_damage()
        self.complete = not self._damage.cut_short

    def _pass_late_sound(self, decoded: Iterator[VideoFrame]) -> None:
        """Past the limit: sound from before it may lie behind its frames in the file."""
        limit = self._limits.max_seconds
        latest = limit + LAG_SECONDS + self._opened.start_seconds
        while self.sound and self._sound_end_seconds < limit:
            frame = next(decoded, None)
            if frame is None or frame.pts is None or frame.pts * self.time_base > latest:
                return

    def _decode(self) -> Generator[VideoFrame, None, None]:
        """The frames as they are decoded; the sound's packets are laid aside."""
        for packet in self._packets():
            if packet.stream.index == self._opened.video.index:
                yield from self._frames_in(packet)
            else:
                self._pass_sound(packet)
        if self.given_up:
            return
        self._damage.cut_short |= self._opened.file.error is not None
        yield from self._frames_in(None)

    def _stream_times(self) -> JoinedTimes:
        video = self._opened.video
        streams = {video.index: StreamTimes(self.time_base, self._usual_ticks, leads=True)}
        if self.sound:
            time_base = self.sound.time_base or self.time_base
            streams[self.sound.index] = StreamTimes(time_base, 1, leads=False)
        return JoinedTimes(streams, self._opened.broadcast)

    def _note_jump(self, packet: Packet) -> None:
        if not self._jumped:
            self._jumped = True
            shown = packet.dts if packet.pts is None else packet.pts
            seconds = float((shown or 0) * self.time_base - self._opened.start_seconds)
            self._notes.append(
                f"The clip's times jump after {seconds:.1f} s, as where clips are joined; "
                "what follows was placed directly after that."
            )

    def _packets(self) -> Iterator[Packet]:
        streams = [self._opened.video, *([self.sound] if self.sound else [])]
        try:
            for packet in self._opened.container.demux(*streams):
                if packet.size:  # empty ones say that a stream ends, or that a frame is repeated
                    if self._give_up():
                        self.given_up = True
                        return
                    self._passed_bytes = max(self._passed_bytes, packet.pos or 0)
                    jumped = self._opened.joinable and self._times.follow(packet)
                    if packet.stream.index == self._opened.video.index:
                        self._damage.take(packet, jumped, self._end_seconds)
                        if jumped:
                            self._note_jump(packet)
                    yield packet
        except av.FFmpegError:
            self._damage.cut_short = not self._opened.file.given_up
        self.given_up = self._opened.file.given_up

    def _frames_in(self, packet: Packet | None) -> list[VideoFrame]:
        """What comes out of the decoder for a packet, or at the end for None."""
        frames: list[VideoFrame] = []
        damaged = False
        try:
            frames = self._opened.video.decode(packet)
        except av.FFmpegError:
            damaged = True
        if damaged or any(frame.is_corrupt for frame in frames):
            self._damage.break_at(self._end_seconds)
        return frames

    def _pass_sound(self, packet: Packet) -> None:
        if self.sound is None or not self.sound.time_base or packet.pts is None:
            return
        start_ticks = round(self._opened.start_seconds / self.sound.time_base)
        packet.pts -= start_ticks
        packet.dts = packet.pts if packet.dts is None else packet.dts - start_ticks
        end_ticks = packet.pts + (packet.duration or 0)
        self._sound_end_seconds = float(end_ticks * self.sound.time_base)
        if packet.pts * self.sound.time_base >= self._limits.max_seconds:
            self._note_too_long()
        elif self._sound_end_seconds < -PRIMING_SECONDS:
            pass  # its owner has cut it off
        elif not self._passed_sound.add(packet):
            self._note("Parts of the sound were left out: there is too much of it at one time.")

    def _note_too_long(self) -> None:
        self._note(too_long(self._limits.max_seconds, self._opened.stated_seconds))

    def _note(self, note: str) -> None:
        if note not in self._notes:  # the same may be true of many packets
            self._notes.append(note)

    def _note_damage(self) -> None:
        """At the end: was there less than the file promises, or a part that could not be read?"""
        stated = self._opened.stated_seconds
        if stated and self._opened.knows_length:
            read_seconds = max(self._end_seconds, self._sound_end_seconds)
            self._damage.cut_short |= stated - read_seconds > MISSING_SECONDS
        broken_seconds = self._damage.seconds
        if broken_seconds is not None and broken_seconds >= self._end_seconds:
            self._damage.cut_short = True
        self._note_breaks()

    def _note_breaks(self) -> None:
        if note := self._damage.note(self._end_seconds):
            self._notes.append(note)
