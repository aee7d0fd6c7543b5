"""What is found to be damaged in a clip while it is read, and the sentence for it."""

from av.packet import Packet

# Where files were joined, the demuxer marks the packets that it had in hand as corrupt.
SEAM_PACKETS = 3


class Damage:
    """What has been found so far. cut_short: whether something is missing at the end."""

    def __init__(self) -> None:
        self.cut_short = False
        self._packets = 0
        self._marked: tuple[int, float] | None = None  # the first: which packet, and where
        self._broken_seconds: float | None = None

    @property
    def seconds(self) -> float | None:
        """Where frames first are missing or look broken."""
        found = [self._broken_seconds, self._marked[1] if self._marked else None]
        return min((seconds for seconds in found if seconds is not None), default=None)

    def take(self, packet: Packet, joined: bool, seconds: float) -> None:
        """The next packet of frames, at this time. joined: whether a part begins with it."""
        self._packets += 1
        if joined and self._marked and self._packets - self._marked[0] <= SEAM_PACKETS:
            self._marked = None
        if packet.is_corrupt and self._marked is None:
            self._marked = self._packets, seconds

    def break_at(self, seconds: float) -> None:
        """What should have been decoded at this time could not be, or not wholly."""
        if self._broken_seconds is None:
            self._broken_seconds = seconds

    def note(self, end_seconds: float) -> str | None:
        """The sentence for the user, once the clip was read; it ended at this time."""
        if self.seconds is not None and self.seconds >= end_seconds:
            self.cut_short = True
        if self.cut_short:
            return f"The clip is damaged after {end_seconds:.1f} s; what came before was used."
        if self.seconds is None:
            return None
        return (
            f"The clip is damaged at {self.seconds:.1f} s: some frames are missing or look broken."
        )
