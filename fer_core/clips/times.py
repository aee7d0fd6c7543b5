"""Times that go on where those of a file begin anew, as in recordings that were joined."""

from collections.abc import Mapping
from fractions import Fraction

from av.packet import Packet

BACK_SECONDS = Fraction(1, 10)  # decoding times never run back; a little is inaccuracy
AHEAD_SECONDS = 10
LEFT_SECONDS = 1  # so much of one stream may still come when the other is past a join


class StreamTimes:
    """Where one stream is. leads: whether its packets follow without a small gap where parts join.

    part: how many joins it is past. last, next_seconds: when its last packet was due, or None, and
    when the next is.
    """

    def __init__(self, time_base: Fraction, usual_ticks: int, leads: bool) -> None:
        """usual_ticks: how long a packet lasts, about, in units of time_base."""
        self.time_base, self.usual_ticks, self.leads = time_base, usual_ticks, leads
        self.part = 0
        self.last_seconds: Fraction | None = None
        self.next_seconds = Fraction(0)

    def passed(self, seconds: Fraction, packet: Packet) -> None:
        """Take in that a packet is due at this time."""
        # As for frames: some containers know no durations, and make up a short one.
        duration = packet.duration or 0
        ticks = duration if 2 * duration > self.usual_ticks else self.usual_ticks
        self.last_seconds, self.next_seconds = seconds, seconds + ticks * self.time_base


class JoinedTimes:
    """The times of a file's streams: where they jump, the rest of all is moved alike to follow on.

    For containers whose parts may be joined as they are.
    """

    def __init__(self, streams: Mapping[int, StreamTimes], ahead: bool) -> None:
        """streams: by the index that packets name. ahead: whether a forward leap counts as a join,
        not as a long still."""
        self._streams, self._ahead = streams, ahead
        self._moved_seconds = [Fraction(0)]  # of each part

    def follow(self, packet: Packet) -> bool:
        """Shift the packet's times by its part's offset. Returns whether its stream met a join."""
        stream = self._streams[packet.stream.index]
        jumped = False
        if packet.dts is not None:
            given = packet.dts * stream.time_base
            jumped = self._jumps(stream, given)
            if jumped:
                self._join(stream, given)
            stream.passed(given + self._moved_seconds[stream.part], packet)
        moved_ticks = round(self._moved_seconds[stream.part] / stream.time_base)
        if packet.dts is not None:
            packet.dts += moved_ticks
        if packet.pts is not None:
            packet.pts += moved_ticks
        return jumped

    @property
    def _end_seconds(self) -> Fraction:
        """How far the stream that is ahead has come."""
        return max(stream.next_seconds for stream in self._streams.values())

    def _jumps(self, stream: StreamTimes, given: Fraction) -> bool:
        if stream.last_seconds is None:
            return False
        time = given + self._moved_seconds[stream.part]
        if time < stream.last_seconds - BACK_SECONDS:
            return True
        # A stream that is ahead of its own last packet only, and not of the other, has paused.
        return self._ahead and time > self._end_seconds + AHEAD_SECONDS

    def _join(self, stream: StreamTimes, given: Fraction) -> None:
        """Let the stream go on with the part that the other has begun, or begin one."""
        last = len(self._moved_seconds) - 1
        due = given + self._moved_seconds[last]
        earliest, latest = stream.next_seconds - LEFT_SECONDS, self._end_seconds + AHEAD_SECONDS
        if stream.part == last or not earliest <= due <= latest:
            due = self._end_seconds
            self._moved_seconds.append(due - given)
        stream.part = len(self._moved_seconds) - 1
        # What was still to come of the part before could not be known: the whole part makes room.
        gap = due - stream.next_seconds
        if gap < -BACK_SECONDS or (stream.leads and gap <= BACK_SECONDS):
            self._moved_seconds[stream.part] -= gap
