"""The Photo tab's handlers, called as Gradio calls them for a visitor's page."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import gradio as gr
from fakes import CARD, fake_pipeline
from gradio.state_holder import StateHolder

from demo.gradio_app import build_app
from demo.serving.visitor_files import VisitorFiles
from demo.tabs.photo_screen import Choices, Kept
from demo.tabs.photo_tab import EXAMPLES

EMOJI = Choices("emoji", CARD.name, "mtcnn", 0.5)
BOX = EMOJI._replace(style="box")
SURE = EMOJI._replace(min_score=0.9)  # of the fake detector's two faces, one scores more

REQUEST = SimpleNamespace(session_hash="me")


class Page:
    """A visitor's page: what is shown, and in memory, after each answer."""

    def __init__(self) -> None:
        self.app = build_app(fake_pipeline(), VisitorFiles())
        self.app.state_holder = StateHolder()
        self.events = [(str(fn.name), fn) for fn in self.app.fns.values()]
        named = dict(self.events)
        self._change, self._settle = named["change"].fn, named["settle"].fn
        self._open = named["open_photo"].fn
        self._wait_with_upload = named["wait_with_upload"].fn
        self._not_taken = named["not_taken"].fn
        self._waits = [fn.fn for name, fn in self.events if name == "wait_with_example"]
        self.shown: dict[int, Any] = {}

    @property
    def kept(self) -> Kept | None:
        return self.shown.get(0)

    def open(self, photo: int = 0, choices: Choices = EMOJI) -> Iterator[None]:
        self.wait(photo)
        return self.take_turn(choices)

    def wait(self, photo: int = 0) -> None:
        self.shown[1] = self._waits[photo](REQUEST)

    def upload(self, path: Path, late: bool = False) -> None:
        """A file arrives. late: another photo was chosen after this one."""
        self.app.upload_file_set.add(str(path))
        file = {"path": str(path), "orig_name": path.name}
        self._note([gr.skip(), self._wait_with_upload(file, late, REQUEST)])

    def not_taken(self) -> None:
        """Gradio has no room for the photo's turn."""
        self._note(self._not_taken(self.kept, REQUEST))

    def take_turn(self, choices: Choices = EMOJI) -> Iterator[None]:
        return self._show(self._open(REQUEST, self.kept, *choices))

    def change(self, choices: Choices) -> Iterator[None]:
        return self._show(self._change(self.kept, *choices))

    def settle(self, choices: Choices) -> Iterator[None]:
        return self._show(self._settle(self.kept, *choices))

    def _show(self, answers: Iterator[Any]) -> Iterator[None]:
        for answer in answers:
            self._note(answer)
            yield

    def _note(self, answer: Iterable[Any]) -> None:
        for place, value in enumerate(answer):
            if not (isinstance(value, dict) and value.get("__type__") == "update"):
                self.shown[place] = value

    def is_settled(self, choices: Choices, photo: str) -> bool:
        """Whether this photo is shown, as with these choices, and no message of work is left."""
        assert self.kept is not None
        same = self.kept.shot.name == photo and self.kept.choices == choices
        return same and "busy" not in self.shown[1]


FIRST, SECOND = list(EXAMPLES.values())[:2]


def settled_page() -> Page:
    """A page that shows the first photo."""
    page = Page()
    list(page.open())
    assert page.is_settled(EMOJI, FIRST)
    return page
