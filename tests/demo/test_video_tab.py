"""The Video tab's handlers as Gradio calls them, on a clip of red squares."""

import tempfile
from pathlib import Path
from types import SimpleNamespace

import pytest
from clip_fakes import moving, red_pipeline
from clip_files import make_clip

from demo import video_tab
from demo.films import progress_html
from demo.gradio_app import build_app
from demo.page_html import messages
from demo.video_tab import STOPPED
from fer_core.video import VideoJob

REQUEST = SimpleNamespace(session_hash="me")
SIZE_WH = (192, 108)
CLIP = make_clip(frames=70, size_wh=SIZE_WH, draw=lambda number, size: moving(number % 60, size))


class Tab:
    """A visitor's tab: what each answer brings, in the order of the outputs."""

    def __init__(self, folder: Path) -> None:
        self.app, self.folder = build_app(red_pipeline()), folder
        self._handlers = {fn.name: fn.fn for fn in self.app.fns.values()}

    def annotate(self, name="holiday.mp4"):
        upload = self.folder / "upload"
        upload.write_bytes(CLIP)
        self.app.upload_file_set.add(str(upload))
        self._handlers["wait"]({"path": str(upload), "orig_name": name}, REQUEST)
        return self._handlers["annotate_clip"]("emoji", False, 1, "fake-net", False, REQUEST)

    def stop(self):
        return self._handlers["stop_now"](REQUEST)

    def leave(self):
        self._handlers["goodbye"](REQUEST.session_hash)

    def films(self):
        return list(self.folder.rglob("*.mp4"))


@pytest.fixture
def tab(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return Tab(tmp_path)


def leaves_alone(value):
    return isinstance(value, dict) and set(value) == {"__type__"}


def test_the_stop_button_does_not_come_back(tab, monkeypatch):
    answers = tab.annotate()
    first = next(answers)
    assert first.stop["visible"] and first.message == messages()

    def pressed_meanwhile(*progress):
        said, button = tab.stop()
        assert said == messages(STOPPED, busy=True) and not button["visible"]
        return progress_html(*progress)

    monkeypatch.setattr(video_tab, "progress_html", pressed_meanwhile)
    second, last = answers
    assert leaves_alone(second.stop) and leaves_alone(second.message)
    assert "Stopped after" in last.message and last.stop["visible"] is False


@pytest.mark.parametrize("name", ["n" * 246 + ".mp4", "長" * 80 + ".mp4"], ids=["250 bytes", "CJK"])
def test_a_long_name_loses_no_clip(tab, name):
    *_, last = tab.annotate(name)
    assert "people found" in last.message
    (film,) = tab.films()
    assert str(film) == last.video and film.stat().st_size
    assert film.name.startswith(name[:50]) and film.name.endswith("-faces.mp4")


def test_nothing_stays_of_a_visitor_who_leaves_while_the_end_is_written(tab, monkeypatch):
    finish = VideoJob.finish

    def left_meanwhile(job):
        tab.leave()
        return finish(job)

    monkeypatch.setattr(VideoJob, "finish", left_meanwhile)
    list(tab.annotate())
    assert not tab.films()
