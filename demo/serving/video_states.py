"""What becomes of a visitor's clip, from its place in the line to its end, as plain values."""

from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from demo.serving.file_names import results_stem
from fer_core.contact_sheet import Moment
from fer_core.timeline import ClipInfo, Timeline
from fer_core.video import VideoProgress, VideoResult


class ClipChoices(NamedTuple):
    """How a visitor wants a clip, in the order of the controls."""

    style: str
    cover: bool
    every_nth: int
    weights: str


@dataclass(frozen=True, eq=False)
class ClipResult:
    """What stays in memory of an annotated clip: no frame of it but the small moments."""

    info: ClipInfo
    timeline: Timeline
    moments: tuple[Moment, ...]

    @classmethod
    def of(cls, result: VideoResult) -> "ClipResult":
        return cls(result.info, result.timeline, result.moments)

    @property
    def stem(self) -> str:
        """What its files are called, without the ending."""
        return results_stem(self.info.name, "clip")


@dataclass(frozen=True)
class Waiting:
    """before: how many others come first."""

    before: int


@dataclass(frozen=True)
class Opening:
    """It is the clip's turn."""


@dataclass(frozen=True, eq=False)
class Working:
    """stopped: whether it was told to end with these frames."""

    progress: VideoProgress
    stopped: bool


@dataclass(frozen=True, eq=False)
class Made:
    """path: of the annotated clip. out_of_time: whether it was ended for that."""

    result: ClipResult
    path: Path
    choices: ClipChoices
    out_of_time: bool


@dataclass(frozen=True)
class Failed:
    sentence: str


@dataclass(frozen=True)
class Dropped:
    """It was not begun, and is forgotten."""


State = Waiting | Opening | Working | Made | Failed | Dropped
