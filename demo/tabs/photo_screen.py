"""What the photo page shows after each action, as plain values."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import NamedTuple

from demo.serving.pipelines import PipelineStore
from demo.serving.turns import Turn
from demo.tabs import page_html
from demo.tabs.photos import Shot, preview, take
from fer_core import FerError

log = logging.getLogger(__name__)

OUR_FAULT = "Something went wrong on our side. Please try again, or try another photo."
GONE = "The photo is no longer in memory. Please choose it again."


class Choices(NamedTuple):
    """A visitor's choices, in the order of the controls."""

    style: str
    weights: str
    detector: str
    min_score: float

    def same_faces(self, other: "Choices") -> bool:
        """Whether they differ in nothing but the style."""
        return self._replace(style=other.style) == other


@dataclass(frozen=True, eq=False)
class Kept:
    """The photo that is shown: what stays in memory of it, and the choices and turn it was made
    for."""

    shot: Shot
    choices: Choices
    turn: Turn


class PhotoScreen(NamedTuple):
    """Everything that changes on the photo page, in the order of the handlers' outputs."""

    kept: Kept | None = None
    messages: str = page_html.messages()
    picture: str = ""
    faces: str = ""


EXPIRED = PhotoScreen(messages=page_html.messages(error=GONE))


def analysed(
    store: PipelineStore, name: str, data: bytes, choices: Choices, turn: Turn
) -> PhotoScreen:
    """The screen for a file's bytes. Raises FerError for a file that cannot be used."""
    pipeline = store.get(choices.weights, choices.detector)
    shot = take(name, data, pipeline, choices.min_score)
    return shown(Kept(shot, choices, turn), page_html.found_sentence(shot.analysis))


def adapted(store: PipelineStore, kept: Kept, choices: Choices, turn: Turn) -> PhotoScreen:
    """The same photo for other choices; in another style, nothing is detected again."""
    if not choices.same_faces(kept.choices):
        return analysed(store, kept.shot.name, kept.shot.data, choices, turn)
    again = Kept(kept.shot, choices, turn)
    return shown(again, f"Style changed to {choices.style}.")


def shown(kept: Kept, status: str) -> PhotoScreen:
    """The screen of a photo."""
    shot, style = kept.shot, kept.choices.style
    return PhotoScreen(
        kept,
        page_html.messages(status),
        page_html.picture(shot.analysis, preview(shot, style), style),
        page_html.faces(shot.analysis, shot.thumbnails),
    )


def attempt(work: Callable[[], PhotoScreen]) -> PhotoScreen | str:
    """Do the work; where it fails, one sentence in place of a screen."""
    try:
        return work()
    except FerError as error:
        return str(error)
    except Exception:  # a visitor gets a sentence and the app lives on; we get the traceback
        log.exception("A photo could not be processed")
        return OUR_FAULT


def still(kept: Kept | None, turn: Turn, choices: Choices | None = None) -> Kept | None:
    """What was shown before a turn that failed, and is so after it. choices: those that failed,
    which are not to be tried again and again."""
    return kept and replace(kept, turn=turn, choices=choices or kept.choices)
