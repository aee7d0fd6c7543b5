"""The Video tab's handlers as Gradio calls them, on a clip of red squares."""

import tempfile
from pathlib import Path
from types import SimpleNamespace

import pytest
from clip_fakes import moving, red_pipeline
from clip_files import make_clip

from demo import video_tab
from demo.films import ClipChoices, progress_html
from demo.gradio_app import build_app
from demo.page_html import messages
from demo.video_tab import FULL, GONE, NOT_BEGUN, OUT_OF_TIME, STOPPED
from demo.visitor_files import VisitorFiles
from fer_core.video import VideoJob

REQUEST = SimpleNamespace(session_hash="me")
SIZE_WH = (192, 108)
CLIP = make_clip(frames=70, size_wh=SIZE_WH, draw=lambda number, size: moving(number % 60, size))


CHOICES = ClipChoices("emoji", False, 1, "fake-net")


class Tab:
    """A visitor's tab: what each answer brings, in the order of the outputs."""

    def __init__(self, folder: Path) -> None:
        self.app, self.folder = build_app(red_pipeline(), VisitorFiles()), folder
        self._handlers = {fn.name: fn.fn for fn in self.app.fns.values()}

    def annotate(self, name="holiday.mp4", choices=CHOICES):
        self.choose(name, choices)
        return self.take_turn()

    def choose(self, name="holiday.mp4", choices=CHOICES):
        upload = self.folder / "upload"
        upload.write_bytes(CLIP)
        self.app.upload_file_set.add(str(upload))
        clip = {"path": str(upload), "orig_name": name}
        return self._handlers["wait"](clip, *choices, REQUEST)

    def take_turn(self):
        return self._handlers["annotate_clip"](False, REQUEST)

    def release(self):
        return self._handlers["release"](REQUEST)

    def save_clip(self):
        return self._handlers["save_clip"](REQUEST)

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


def locks(updates):
    """What each of the controls is told: True where it is locked, None where it is left alone."""
    return {None if leaves_alone(update) else not update["interactive"] for update in updates}


def test_the_stop_button_does_not_come_back(tab, monkeypatch):
    answers = tab.annotate()
    opening, first = next(answers), next(answers)
    assert opening.stop["visible"] and "Opening" in opening.message
    assert leaves_alone(first.stop) and first.message == messages()

    def pressed_meanwhile(*progress):
        said, button, *controls = tab.stop()
        assert said == messages(STOPPED, busy=True) and not button["visible"]
        assert locks(controls) == {None}
        return progress_html(*progress)

    monkeypatch.setattr(video_tab, "progress_html", pressed_meanwhile)
    second, last = answers
    assert leaves_alone(second.stop) and leaves_alone(second.message)
    assert "Stopped after" in last.message and last.stop["visible"] is False


def test_a_clip_that_is_stopped_while_it_is_opened_says_so_until_it_ends(tab):
    answers = tab.annotate()
    next(answers)
    assert tab.stop()[0] == messages(STOPPED, busy=True)
    first, last = answers
    assert leaves_alone(first.message) and "Stopped after" in last.message
    assert all(leaves_alone(update) for update in tab.stop())  # too late: nothing is said


def test_the_controls_are_locked_while_a_clip_is_made_and_it_tells_their_choices(tab):
    message, stop, _, *controls = tab.choose(choices=CHOICES._replace(cover=True))
    assert "Waiting" in message and stop["visible"] and locks(controls) == {True}
    answers = tab.take_turn()
    next(answers)
    assert locks(tab.release()) == {None}
    *_, last = answers
    assert locks(tab.release()) == {False}
    assert "emoji, faces covered where found, every frame" in last.made_with
    assert last.sheet_cover is True


def test_a_clip_that_waits_can_be_stopped_and_another_chosen(tab):
    tab.choose("first.mp4", CHOICES)
    message, stop, *controls = tab.stop()
    assert message == messages(NOT_BEGUN) and not stop["visible"] and locks(controls) == {False}
    tab.choose("second.mp4", CHOICES._replace(cover=True))
    *_, last = tab.take_turn()  # the first one's turn
    assert "faces covered" in last.made_with and "second" in last.video
    (nothing,) = tab.take_turn()
    assert all(leaves_alone(value) for value in nothing)


def test_an_upload_that_is_gone_locks_nothing(tab):
    message, _, _, *controls = tab._handlers["wait"](None, *CHOICES, REQUEST)
    assert GONE in message and locks(controls) == {False}


def test_the_clip_can_be_saved_while_it_is_kept(tab):
    *_, last = tab.annotate()
    assert tab.save_clip() == (last.video, messages("Saved holiday-faces.mp4."))
    tab.leave()
    assert tab.save_clip() == (None, messages(error=GONE))


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


def test_a_clip_that_takes_too_long_is_ended_and_what_is_done_is_kept(tab, monkeypatch):
    monkeypatch.setattr(video_tab, "WORK_SECONDS", -1.0)
    *_, last = tab.annotate()
    assert OUT_OF_TIME in last.message and "Stopped after" in last.message
    assert Path(last.video).stat().st_size


def test_where_too_many_wait_the_visitor_is_told_and_may_try_again(tab, monkeypatch):
    monkeypatch.setattr("demo.uploads.HeldUploads.hold", lambda *_: False)
    message, stop, results, *controls = tab.choose()
    assert message == messages(error=FULL) and not stop["visible"]
    assert leaves_alone(results) and locks(controls) == {False}


def test_of_a_clip_that_the_server_does_not_take_nothing_is_held(tab):
    tab.choose()
    message, stop, *controls = tab._handlers["clip_not_taken"](REQUEST)
    assert message == messages(error=FULL) and not stop["visible"] and locks(controls) == {False}
    (nothing,) = tab.take_turn()
    assert all(leaves_alone(value) for value in nothing)
