"""The sound of a clip, on its way into the written video."""

import math
from collections import deque
from collections.abc import Iterable, Iterator

import av
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.filter import Graph
from av.packet import Packet

COPIED = {"aac", "mp3"}  # what browsers play from an MP4; all else becomes AAC
GAP_SECONDS = 0.02  # where so much is missing, silence is put
# Half an hour in the usual packets of 20 ms, of a file with all its sound in front. However short
# it is, each takes more than half a kilobyte. Half an hour uncompressed, too.
MOST_WAITING, MOST_WAITING_BYTES = 100_000, 400_000_000
AAC_RATES = {96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000}


class WaitingSound:
    """Packets of sound, in order, that wait for the frames to come so far."""

    def __init__(self) -> None:
        self._packets: deque[Packet] = deque()
        self._bytes = 0

    def add(self, packet: Packet) -> bool:
        """False where too much waits already: the packet is left out."""
        if len(self._packets) >= MOST_WAITING or self._bytes + packet.size > MOST_WAITING_BYTES:
            return False
        self._packets.append(packet)
        self._bytes += packet.size
        return True

    def take_until(self, seconds: float) -> Iterator[Packet]:
        """Those that begin before this time."""
        while self._packets and _starts(self._packets[0]) < seconds:
            packet = self._packets.popleft()
            self._bytes -= packet.size
            yield packet

    def take_all(self) -> list[Packet]:
        """All of them."""
        return list(self.take_until(math.inf))


class SoundWriter:
    """Writes packets of a clip's sound into a container, copied or as AAC.

    damaged: whether some of it was of no use and was left out.
    """

    def __init__(self, container: OutputContainer, source: AudioStream, copied: bool) -> None:
        """Add a stream to a container that has not started. Raises av.FFmpegError or ValueError."""
        self.damaged = False
        self._container, self._source = container, source
        self._waiting = WaitingSound()
        self._last_dts: int | None = None
        self._copied = copied
        if copied:
            self._stream = container.add_stream_from_template(source)
        else:
            rate = source.rate if source.rate in AAC_RATES else 48000
            layout = "mono" if source.channels == 1 else "stereo"
            self._stream = container.add_stream("aac", rate=rate, layout=layout)
        self._resampler: _Resampler | None = None

    def add(self, packets: Iterable[Packet]) -> None:
        """Take packets, in order; `write` writes them when the frames have come so far."""
        for packet in packets:
            self.damaged |= not self._waiting.add(packet)

    def write(self, until_seconds: float) -> None:
        """Write what sounds before this time."""
        for packet in self._waiting.take_until(until_seconds):
            if self._copied:
                self._mux_copy(packet)
            else:
                self._encode(packet)

    def finish(self) -> None:
        """Write what the encoder still holds; packets that wait are dropped."""
        self._waiting.take_all()
        if self._copied:
            return
        if self._resampler:
            self._mux_encoded(self._resampler.frames(None))
        self._container.mux(self._stream.encode(None))

    def _mux_copy(self, packet: Packet) -> None:
        if self._last_dts is not None and packet.dts is not None and packet.dts <= self._last_dts:
            return  # a broken file's time ran back; the container would refuse the packet
        self._last_dts = packet.dts
        packet.stream = self._stream
        try:
            self._container.mux(packet)
        except (av.InvalidDataError, av.ArgumentError):
            self.damaged = True

    def _encode(self, packet: Packet) -> None:
        try:
            frames = self._source.decode(packet)
        except av.FFmpegError:
            self.damaged = True
            return
        for frame in frames:
            try:
                resampled = self._resampled(frame)
            except (av.FFmpegError, ValueError):  # of nine channels, say, which nothing can place
                self.damaged = True
                self._resampler = None
                continue
            self._mux_encoded(resampled)

    def _resampled(self, frame: AudioFrame) -> list[AudioFrame]:
        before: list[AudioFrame] = []
        if self._resampler is None or not self._resampler.takes(frame):
            if self._resampler:
                before = self._resampler.frames(None)
            self._resampler = _Resampler(frame, self._stream)
        return [*before, *self._resampler.frames(frame)]

    def _mux_encoded(self, frames: Iterable[AudioFrame]) -> None:
        for frame in frames:
            self._container.mux(self._stream.encode(frame))


class _Resampler:
    """Frames of one kind -> those of the encoder, with silence where some are missing."""

    def __init__(self, first: AudioFrame, target: AudioStream) -> None:
        self._kind = _kind(first)
        self._graph = Graph()
        source = self._graph.add_abuffer(
            sample_rate=first.sample_rate,
            format=first.format,
            layout=first.layout.name,
            time_base=first.time_base,
        )
        steps = [
            self._graph.add("aresample", f"async=1:min_hard_comp={GAP_SECONDS}"),
            self._graph.add(
                "aformat",
                sample_fmts=target.format.name,
                sample_rates=str(target.rate),
                channel_layouts=target.layout.name,
            ),
            self._graph.add("abuffersink"),
        ]
        self._graph.link_nodes(source, *steps).configure()

    def takes(self, frame: AudioFrame) -> bool:
        return self._kind == _kind(frame)

    def frames(self, frame: AudioFrame | None) -> list[AudioFrame]:
        """What comes out for a frame, or at the end for None."""
        self._graph.push(frame)
        out: list[AudioFrame] = []
        while True:
            try:
                pulled = self._graph.pull()
            except (av.BlockingIOError, av.EOFError):
                return out
            if isinstance(pulled, AudioFrame):
                out.append(pulled)


def _kind(frame: AudioFrame) -> tuple[int, str, str]:
    return frame.sample_rate, frame.format.name, frame.layout.name


def _starts(packet: Packet) -> float:
    return float((packet.pts or 0) * packet.time_base)
