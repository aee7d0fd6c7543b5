"""Times that go on where those of a file begin anew, as in recordings that were joined."""

from fractions import Fraction

from av.packet import Packet

BACK_SECONDS = 0.1  # decoding times never run back; a little is a recorder's inaccuracy
AHEAD_SECONDS = 10.0


class StreamTimes:
    """The times of one stream's packets: where they jump, the rest is moved to follow on.

    For containers whose parts may be joined as they are; in others a picture may stand still for
    long, and times never run back.
    """

    def __init__(self, time_base: Fraction, usual_ticks: int) -> None:
        """usual_ticks: how long a packet lasts, about, in units of time_base."""
        self._usual_ticks = usual_ticks
        self._back = round(BACK_SECONDS / time_base)
        self._ahead = round(AHEAD_SECONDS / time_base)
        self._moved = 0
        self._last: int | None = None
        self._next = 0

    def follow(self, packet: Packet) -> bool:
        """Move the packet's times so that it follows the one before; whether they jumped here."""
        jumped = False
        if packet.dts is not None:
            time = packet.dts + self._moved
            jumped = self._last is not None and not (
                self._last - self._back <= time <= self._next + self._ahead
            )
            if jumped:
                self._moved += self._next - time
                time = self._next
            # As for frames: some containers know no durations, and make up a short one.
            duration = packet.duration or 0
            long = 2 * duration > self._usual_ticks
            self._last, self._next = time, time + (duration if long else self._usual_ticks)
            packet.dts = time
        if packet.pts is not None:
            packet.pts += self._moved
        return jumped
