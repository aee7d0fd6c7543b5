"""What the server holds of a page that stays open, when the time of its photo or clip is over."""

import json
import time
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import gradio as gr
import httpx
import pytest
from clip_fakes import moving, red_pipeline
from clip_files import make_clip
from gradio import state_holder

from demo.gradio_app import SESSIONS, build_app, launch_options
from demo.serving import video_jobs
from demo.serving.gradio_internals import displace_photos_by_photos
from demo.serving.visitor_files import VisitorFiles
from tests.waiting import wait_until

PICTURE = "data:image/jpeg"
LIFE_SECONDS = 2.0  # no shorter: what is shown comes some time after what is kept


class Visitor:
    """Calls the app's handlers as an open page does."""

    name = "me"

    def __init__(self, app: gr.Blocks) -> None:
        self.app = app
        self._url = f"{app.local_url}gradio_api"
        self._handlers = {str(fn.name): fn for fn in app.fns.values()}

    def ask(self, handler: str, *data: Any) -> str:
        """All that the server answers."""
        fn = self._handlers[handler]
        body = {"data": data, "fn_index": fn._id, "session_hash": self.name}
        if not fn.queue:
            return httpx.post(f"{self._url}/run/predict", json=body).text
        httpx.post(f"{self._url}/queue/join", json=body).raise_for_status()
        answers = httpx.get(f"{self._url}/queue/data?session_hash={self.name}", timeout=60)
        return answers.text

    def upload(self, name: str, data: bytes) -> dict[str, Any]:
        sent = httpx.post(f"{self._url}/upload", files={"files": (name, data)})
        return {"path": sent.json()[0], "orig_name": name, "meta": {"_type": "gradio.FileData"}}

    def open_photo(self) -> None:
        self.ask("wait_with_example")
        assert PICTURE in self.ask("open_photo", None, "emoji", "fake-net", "mtcnn", 0.95)

    def held(self, shown: str) -> int:
        """How often what was shown is still in the server's memory."""
        session = self.app.state_holder.session_data[self.name]
        values = [each["props"].get("value") for each in session.components if "props" in each]
        return json.dumps(values, default=str).count(shown)


@pytest.fixture
def visitor(monkeypatch: pytest.MonkeyPatch) -> Iterator[Visitor]:
    files = VisitorFiles()
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(files.uploads))
    app = build_app(red_pipeline(), files)
    app.launch(prevent_thread_lock=True, quiet=True, **launch_options(files))
    yield Visitor(app)
    app.close()


def test_the_faces_of_a_photo_go_with_it(visitor: Visitor) -> None:
    (kept,) = [each for each in visitor.app.blocks.values() if isinstance(each, gr.State)]
    kept.time_to_live = LIFE_SECONDS
    for _ in range(2):  # though Gradio goes on with the page
        visitor.open_photo()
        wait_until(lambda: not visitor.held(PICTURE))


def test_the_faces_of_a_photo_go_when_another_takes_its_place(visitor: Visitor) -> None:
    visitor.open_photo()
    one = visitor.held(PICTURE)
    assert one
    visitor.open_photo()
    assert visitor.held(PICTURE) == one


def test_the_moments_and_figures_of_a_clip_go_with_it(
    visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    clip = make_clip(frames=20, size_wh=(192, 108), draw=moving)
    uploaded = visitor.upload("a.mp4", clip)
    visitor.ask("wait", uploaded, False, "emoji", False, 1, "fake-net")
    answer = visitor.ask("follow", False)
    kept = (PICTURE, "Person 1", "a-faces.mp4")
    assert all(each in answer and visitor.held(each) for each in kept)
    later = SimpleNamespace(monotonic=lambda: time.monotonic() + video_jobs.KEEP_SECONDS)
    monkeypatch.setattr(video_jobs, "time", later)
    wait_until(lambda: not any(map(visitor.held, kept)))


def test_sessions_without_a_photo_displace_only_each_other_and_so_do_photos(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(state_holder, "SessionState", lambda _: SimpleNamespace(state_data={}))
    displace_photos_by_photos()
    holder = state_holder.StateHolder()
    holder.blocks, holder.capacity = None, launch_options(VisitorFiles())["state_session_capacity"]
    holder["photo"].state_data[0] = "a photo"
    for number in range(SESSIONS + 1):
        holder[f"empty {number}"].state_data[0] = None
    assert "photo" in holder and len(holder.session_data) == SESSIONS + 1
    assert "empty 0" not in holder and "empty 0" not in holder.time_last_used
    for number in range(SESSIONS):
        assert "photo" in holder
        holder[f"photo {number}"].state_data[0] = "a photo"
    assert holder["photo 0"] and "photo" not in holder and "empty 2" in holder
