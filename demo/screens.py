"""What the photo page shows after each action. Plain values: knows no UI library."""

import logging
from collections.abc import Callable
from typing import NamedTuple

from demo import page_html
from demo.photos import Shot, preview, take
from demo.pipelines import PipelineStore
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


class Screen(NamedTuple):
    """Everything that changes on the photo page, in the order of the handlers' outputs."""

    shot: Shot | None = None
    messages: str = page_html.messages()
    picture: str = ""
    faces: str = ""


EXPIRED = Screen(messages=page_html.messages(error=GONE))


def analysed(store: PipelineStore, name: str, data: bytes, choices: Choices) -> Screen:
    """The screen for a file's bytes; for a file that cannot be used, one that says why."""

    def work() -> Screen:
        pipeline = store.get(choices.weights, choices.detector)
        shot = take(name, data, pipeline, choices.min_score)
        return shown(shot, choices.style, page_html.found_sentence(shot.analysis))

    return attempt(work)


def analysed_again(store: PipelineStore, shot: Shot | None, choices: Choices) -> Screen:
    """The same photo after a change of weights, detector or least score."""
    return EXPIRED if shot is None else analysed(store, shot.name, shot.data, choices)


def restyled(shot: Shot | None, style: str) -> Screen:
    """The same photo and the same faces in another style: nothing is detected again."""
    if shot is None:
        return EXPIRED

    return attempt(lambda: shown(shot, style, f"Style changed to {style}."))


def shown(shot: Shot, style: str, status: str) -> Screen:
    """The screen of a shot."""
    return Screen(
        shot,
        page_html.messages(status),
        page_html.picture(shot.analysis, preview(shot, style)),
        page_html.faces(shot.analysis, shot.thumbnails),
    )


def attempt(work: Callable[[], Screen]) -> Screen:
    """Do the work; where it fails, a screen with one sentence in place of the result."""
    try:
        return work()
    except FerError as error:
        return Screen(messages=page_html.messages(error=str(error)))
    except Exception:  # a visitor gets a sentence and the app lives on; we get the traceback
        log.exception("A photo could not be processed")
        return Screen(messages=page_html.messages(error=OUR_FAULT))
