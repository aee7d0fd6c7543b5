"""What a clip lacks, damaged or left out, as is found while it is read: the sentences for it."""

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

    def no_frame(self, name: str, most_px: int) -> str:
        """The sentence where a clip, called so, gave no frame at all, of up to so many pixels in
        square."""
        if self.seconds is None and not self.cut_short:
            return f"{name} contains no frame. Choose another clip, or record it again."
        return (
            f"No frame of {name} can be read: it is damaged, larger than {most_px}x{most_px} "
            "pixels, or in an encoding that is not known here. Copy it again, or make it smaller "
            "and convert it to H.264 (MP4)."
        )

    def note(self, end_seconds: float) -> str | None:
        """The sentence for the user, once the clip was read; it ended at this time."""
        if self.cut_short:
            return f"The clip is damaged after {end_seconds:.1f} s; what came before was used."
        if self.seconds is None:
            return None
        return (
            f"The clip is damaged at {self.seconds:.1f} s: some frames are missing or look broken."
        )


def too_long(used_seconds: float, stated_seconds: float | None) -> str:
    """The sentence where a clip goes on behind what is used of it."""
    stated = stated_seconds or 0.0  # a header may say less than there is
    used, whole = _in_words(used_seconds), _in_words(stated)
    length = f"; it is {whole} long" if stated > used_seconds and whole != used else ""
    return f"Only the first {used} of the clip were used{length}."


def _in_words(seconds: float) -> str:
    """ "40 s", "5 min" or "2 h 3 min"."""
    minutes = round(seconds / 60)
    if seconds < 120:
        return f"{seconds:.3g} s"
    return f"{minutes // 60} h {minutes % 60} min" if minutes >= 60 else f"{minutes} min"
