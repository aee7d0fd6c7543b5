"""What can be chosen about the annotation of a clip."""

import math
from dataclasses import dataclass, field, replace
from numbers import Integral, Real

from fer_core.clips.source import ClipLimits
from fer_core.detection import MIN_SCORE
from fer_core.emoji import check_style
from fer_core.live import SMOOTHING_SECONDS, LiveOptions
from fer_core.tracking_options import COVERED_SECONDS, TrackingOptions
from fer_core.types import OptionError

MOST_EVERY = 30
SEARCH_SIDE = 960  # more than before a camera: nobody waits for the next frame


@dataclass(frozen=True)
class VideoOptions:
    """How a clip is annotated.

    style, cover: as `render` takes them.
    every_nth: 1 analyzes each frame, n every n-th, up to MOST_EVERY, and as many more as it takes
        to hold few large frames at once; in the others, faces move in straight lines.
    smoothing_seconds: the time constant of the probabilities, 0 for none.
    min_score: the minimum detection score of a face, 0 to 1.
    limits: how much of the clip is used.
    max_bytes: the clip ends where its video has come to more.
    Raises OptionError for a value out of range.
    """

    style: str = "emoji"
    cover: bool = False
    every_nth: int = 1
    smoothing_seconds: float = SMOOTHING_SECONDS
    min_score: float = MIN_SCORE
    limits: ClipLimits = field(default_factory=ClipLimits)
    max_bytes: float = math.inf

    def __post_init__(self) -> None:
        check_style(self.style)
        if not (isinstance(self.every_nth, Integral) and 1 <= self.every_nth <= MOST_EVERY):
            raise OptionError(
                f"One frame in {self.every_nth!r} is to be analysed; give 1 to {MOST_EVERY}."
            )
        if not (isinstance(self.max_bytes, Real) and self.max_bytes > 0):
            raise OptionError(f"The video may have {self.max_bytes!r} bytes; give more than 0.")
        LiveOptions(self.smoothing_seconds, self.tracking)  # they know their own limits

    @property
    def tracking(self) -> TrackingOptions:
        """How faces are followed: one that is to be covered stays so for longer once it is lost."""
        options = TrackingOptions(
            min_score=self.min_score, search_side=SEARCH_SIDE, scene_cuts=True
        )
        if not self.cover:
            return options
        return replace(options, hold_seconds=COVERED_SECONDS, hold_frames=1)
