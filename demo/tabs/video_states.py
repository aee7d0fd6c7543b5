"""What becomes of a visitor's clip, from its place in the line to its end, as plain values."""

from dataclasses import dataclass
from pathlib import Path

from demo.tabs.clip_results import ClipChoices, ClipResult
from fer_core.video import VideoProgress


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
