"""How faces are followed from frame to frame."""

from dataclasses import dataclass
from numbers import Integral, Real

from fer_core.detection import MIN_SCORE, check_min_score
from fer_core.types import OptionError

REMEMBER_SECONDS = 1.5  # who comes back within this time where they were to be is the same person
COVERED_SECONDS = 1.0  # for how long a lost face stays covered, where faces are to be


@dataclass(frozen=True)
class TrackingOptions:
    """How faces are followed.

    detect_every_seconds: the whole frame is searched at least this often.
    hold_seconds: how long a face that cannot be seen keeps its place, at most REMEMBER_SECONDS.
    hold_frames: for how many frames it does so at least, 0 or 1, however slowly they come.
    min_score: the minimum detection score for a new face, 0 to 1; a known one may fall to 0.7, or
        to this where it is less.
    search_side: the longer side of the picture that is searched, in px: smaller is faster, and
        misses smaller faces. 0: as large as detectors take pictures, 1280 and more.
    scene_cuts: whether the frames are of a clip that may be cut, and who stands in the new scene is
        somebody else. A camera's frames may all change at once, too: when a lamp is switched on.
    Raises OptionError for a value out of range.
    """

    detect_every_seconds: float = 0.4
    hold_seconds: float = 0.35
    hold_frames: int = 0
    min_score: float = MIN_SCORE
    search_side: int = 320
    scene_cuts: bool = False

    def __post_init__(self) -> None:
        every, hold = self.detect_every_seconds, self.hold_seconds
        side = self.search_side
        if not (isinstance(every, Real) and every >= 0):
            raise OptionError(
                f"The whole frame is to be searched every {every!r} seconds; give 0 or more."
            )
        check_min_score(self.min_score)
        if not (isinstance(side, Integral) and side >= 0):
            raise OptionError(f"The picture searched is {side!r} px; give 0 or more.")
        if not (isinstance(hold, Real) and 0 <= hold <= REMEMBER_SECONDS):
            raise OptionError(
                f"A lost face is to be held {hold!r} seconds; give 0 to {REMEMBER_SECONDS}."
            )
        if self.hold_frames not in (0, 1):
            raise OptionError(
                f"A lost face is to be held {self.hold_frames!r} frames; give 0 or 1."
            )
