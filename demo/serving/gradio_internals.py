"""Everything that relies on how Gradio is made inside, which no release of it promises to keep.

Whoever raises Gradio's version has this file to read; the tests in a browser show what broke.
"""

import math
import os
from collections.abc import Iterable, MutableSet
from datetime import datetime
from pathlib import Path
from typing import Any

import gradio as gr
import httpx
import safehttpx
from gradio import processing_utils, route_utils
from gradio.data_classes import ComponentServerJSONBody, PredictBody, SimplePredictBody
from gradio.queueing import Event, Queue
from gradio.route_utils import API_PREFIX, GradioMultiPartParser
from gradio.server_messages import EventMessage
from gradio.state_holder import SessionState, StateHolder
from pydantic import Field

UPLOAD_PATH = f"{API_PREFIX}/upload"
SERVER_FUNCTIONS_PATH = f"{API_PREFIX}/component_server"  # where camera pictures come in
NAME_CHARS = 64  # those of Gradio's own pages have a dozen
PATIENCE = 3  # times
REFUSED = "This server does not open web addresses. Upload the file itself."


class _Refusing(httpx.AsyncBaseTransport):
    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        raise gr.Error(REFUSED, print_exception=False)  # of no other would the caller hear


async def _refuse(hostname: str) -> str:
    raise ValueError(REFUSED)


def fetch_nothing() -> None:
    """Keep Gradio from fetching what callers name by its address.

    It would, wherever a file is expected, and hold it in memory, however large; and it would hand
    any address on to whoever asks for it (`/file=https://...`).
    """
    processing_utils.async_transport = _Refusing()  # type: ignore[assignment]
    safehttpx.async_validate_url = _refuse


class _OneFile(GradioMultiPartParser):
    def __init__(self, *given: Any, **options: Any) -> None:
        super().__init__(*given, **options | {"max_files": 1, "max_fields": 0})


def take_one_file() -> None:
    """Have an upload hold one file and nothing else.

    Gradio would take a thousand, each as large as one may be, and keep fields in memory.
    """
    route_utils.GradioMultiPartParser = _OneFile  # type: ignore[misc]


def uploads(app: gr.Blocks) -> MutableSet[str]:
    """The paths of what visitors uploaded."""
    return app.upload_file_set


def forget_deleted(names: Iterable[MutableSet[str]], folder: Path) -> bool:
    """Forget the paths of files that are deleted; Gradio would remember each for good.

    names: `app.temp_file_sets`, not the app itself, which could not go while this is called again
    and again. Returns whether the folder in which they lay is there.
    """
    for each in list(names):
        each -= {path for path in list(each) if not os.path.lexists(path)}
    return folder.exists()


def in_cache(content: bytes, name: str, component: gr.File) -> str:
    """The path of a new file for that component to show."""
    return processing_utils.save_bytes_to_cache(content, name, component.GRADIO_CACHE)


def forget_shown(app: gr.Blocks, visitor: str) -> None:
    """Forget what a visitor's page shows, and what it showed before; on the page it stays.

    While a page is open, Gradio's session holds what was shown, for links that would bring it back.
    There are none here. Each answer that leaves a component as it is begins another copy of it, and
    the value of the one before stays too.
    """
    session = app.state_holder.session_data.get(visitor)
    if session is None:
        return
    for component in list(session.config_values.values()):  # others may be added meanwhile
        component.get("props", {}).pop("value", None)


def forget_session(app: gr.Blocks, visitor: str) -> None:
    """Forget all of a visitor who left.

    Gradio alone keeps the values of a closed page's outputs until other visitors displace them,
    and the photo for an hour.
    """
    app.state_holder.session_data.pop(visitor, None)
    app.state_holder.time_last_used.pop(visitor, None)


def displace_photos_by_photos() -> None:
    """Have Gradio count sessions that hold a photo apart from those that hold none.

    Each kind may be half of its capacity; of too many, those used longest ago are forgotten. It
    would count them together, and anyone may begin any number of empty ones.
    """
    StateHolder.update = _update  # type: ignore[method-assign,assignment]


def _update(self: StateHolder, visitor: str) -> None:
    with self.lock:
        if visitor in self.session_data:
            self.session_data.move_to_end(visitor)
        sessions = list(self.session_data.items())  # others may be added meanwhile
        photos = [each for each, session in sessions if _has_photo(session)]
        empty = [each for each, session in sessions if not _has_photo(session)]
        for kind in (photos, empty):
            for displaced in kind[: -(self.capacity // 2)]:
                self.session_data.pop(displaced, None)
                self.time_last_used.pop(displaced, None)


def _has_photo(session: SessionState) -> bool:
    return any(value is not None for value in list(session.state_data.values()))


def refuse_long_names() -> None:
    """Callers name their own sessions, and Gradio keeps the names: let them be short."""
    for body in (PredictBody, SimplePredictBody, ComponentServerJSONBody):
        body.model_fields["session_hash"].metadata = Field(max_length=NAME_CHARS).metadata
        body.model_rebuild(force=True)


_send_message = Queue.send_message


def go_on_without_forgotten_sessions() -> None:
    """Have the queue pass over messages for sessions that are forgotten, of which Gradio keeps some
    number only: at the first of them it would end, for everybody."""

    def send(self: Queue, event: Event, event_message: EventMessage) -> None:
        if event.session_hash in self.pending_messages_per_session:
            _send_message(self, event, event_message)

    Queue.send_message = send  # type: ignore[method-assign]


class Answers:
    """Of an app's queue, those that nobody fetches: Gradio would keep them, and what they were to
    be called, for good."""

    def __init__(self, app: gr.Blocks) -> None:
        # Not the app itself, which could not go while this is called again and again.
        self._waiting = app._queue.pending_messages_per_session
        self._names = app._queue.pending_event_ids_session
        self._seen: dict[str, tuple[object, int]] = {}  # the oldest that waits, and how often

    def forget_unfetched(self) -> None:
        """To be called once in a while: at the third time nobody came for them. To a page that
        does after all, Gradio says that its session is gone, and it is loaded anew."""
        names, before, self._seen = list(self._names), self._seen, {}
        for visitor, answers in list(self._waiting.items()):
            oldest = next(iter(answers._queue), None)
            if oldest is not None:
                first, times = before.get(visitor, (oldest, 0))
                self._seen[visitor] = (oldest, times + 1 if first is oldest else 1)
                if self._seen[visitor][1] >= PATIENCE:
                    self._waiting.pop(visitor, None)
        for visitor in names:
            if visitor not in self._waiting:
                self._names.pop(visitor, None)


def idle_seconds(app: gr.Blocks, visitor: str) -> float:
    """How long ago a visitor last wished for something; infinite where nothing is known of them."""
    used = app.state_holder.time_last_used.get(visitor)
    return (datetime.now() - used).total_seconds() if used else math.inf
