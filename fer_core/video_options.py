"""What can be chosen about the annotation of a clip."""

from dataclasses import dataclass, field
from numbers import Integral

from fer_core.clips.source import ClipLimits
from fer_core.detection import MIN_SCORE
from fer_core.emoji import check_style
from fer_core.live import SMOOTHING_SECONDS, LiveOptions
from fer_core.tracking_options import TrackingOptions
from fer_core.types import OptionError

MOST_EVERY = 30


@dataclass(frozen=True)
class VideoOptions:
    """How a clip is annotated.

    style, cover: as `render` takes them.
    every_nth: 1 analyzes each frame, n every n-th, up to MOST_EVERY, and as many more as it takes
        to hold few large frames at once; in the others, faces move in straight lines.
    smoothing_seconds: the time constant of the probabilities, 0 for none.
    min_score: the minimum detection score of a face, 0 to 1.
    search_side: the longer side, in px, of the picture in which faces are searched; smaller is
        faster and misses smaller faces; 0: as large as detectors take pictures, 1280 and more.
    limits: how much of the clip is used.
    Raises OptionError for a value out of range.
    """

    style: str = "emoji"
    cover: bool = False
    every_nth: int = 1
    smoothing_seconds: float = SMOOTHING_SECONDS
    min_score: float = MIN_SCORE
    search_side: int = 960
    limits: ClipLimits = field(default_factory=ClipLimits)

    def __post_init__(self) -> None:
        check_style(self.style)
        if not (isinstance(self.every_nth, Integral) and 1 <= self.every_nth <= MOST_EVERY):
            raise OptionError(
                f"Every {self.every_nth!r}th frame is to be analyzed; give 1 to {MOST_EVERY}."
            )
        LiveOptions(self.smoothing_seconds, self.tracking)  # they know their own limits

    @property
    def tracking(self) -> TrackingOptions:
        """How faces are followed."""
        return TrackingOptions(
            min_score=self.min_score, search_side=self.search_side, scene_cuts=True
        )
