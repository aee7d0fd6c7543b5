"""Callers that are no page of the app's: what they may be called, and what waits for them."""

import asyncio
from types import SimpleNamespace
from typing import Any

import gradio as gr
import httpx
import pytest
from fakes import fake_pipeline

from demo.gradio_app import build_app, launch_options
from demo.serving.gradio_internals import NAME_CHARS, Answers
from demo.serving.visitor_files import VisitorFiles
from tests.waiting import wait_until


def test_a_session_of_a_long_name_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    files = VisitorFiles()
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(files.uploads))
    app = build_app(fake_pipeline(), files)
    app.launch(prevent_thread_lock=True, quiet=True, **launch_options(files))
    try:
        for session, taken in (("n" * NAME_CHARS, True), ("n" * (NAME_CHARS + 1), False)):
            for address, more in (
                ("run/goodbye", {"data": ["me", False]}),
                ("queue/join", {"data": [], "fn_index": 0}),
                ("call/annotate", {"data": [None, "box", "fake-net", "mtcnn", 0.5]}),
                ("component_server", {"data": {}, "fn_name": "frame", "component_id": 0}),
            ):
                body: dict[str, Any] = {"session_hash": session, **more}
                answer = httpx.post(f"{app.local_url}gradio_api/{address}", json=body)
                assert (answer.status_code in (400, 422)) != taken
        assert not any(len(name) > NAME_CHARS for name in app.state_holder.session_data)
    finally:
        app.close()


def test_a_message_for_a_forgotten_session_ends_nothing() -> None:
    queue = build_app(fake_pipeline(), VisitorFiles())._queue
    queue.pending_messages_per_session["there"] = asyncio.Queue()
    for session in ("there", "forgotten"):
        event = SimpleNamespace(alive=True, _id="a wish", session_hash=session)
        queue.send_message(event, SimpleNamespace())  # type: ignore[arg-type]
    assert queue.pending_messages_per_session["there"].qsize() == 1
    assert "forgotten" not in queue.pending_messages_per_session


def test_an_app_forgets_what_nobody_fetches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("demo.gradio_app.SWEEP_SECONDS", 0.05)
    waiting = build_app(fake_pipeline(), VisitorFiles())._queue.pending_messages_per_session
    waiting["gone"] = asyncio.Queue()
    waiting["gone"].put_nowait(SimpleNamespace())  # type: ignore[arg-type]
    wait_until(lambda: "gone" not in waiting)


def test_answers_that_nobody_fetches_are_forgotten_and_others_wait() -> None:
    queue = gr.Blocks(analytics_enabled=False).queue()._queue
    waiting, names = queue.pending_messages_per_session, queue.pending_event_ids_session
    for visitor in ("gone", "slow", "idle"):
        waiting[visitor], names[visitor] = asyncio.Queue(), {"a wish"}
    names["displaced"] = {"a wish"}
    for visitor in ("gone", "slow", "slow"):
        waiting[visitor].put_nowait(SimpleNamespace())  # type: ignore[arg-type]
    answers = Answers(SimpleNamespace(_queue=queue))  # type: ignore[arg-type]
    for _ in range(5):
        answers.forget_unfetched()
        waiting["slow"].put_nowait(waiting["slow"].get_nowait())
    assert set(waiting) == set(names) == {"slow", "idle"}
