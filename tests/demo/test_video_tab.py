"""The Video tab's handlers as Gradio calls them, on a clip of red squares."""

import tempfile
import threading
from pathlib import Path
from types import SimpleNamespace

import pytest
from clip_fakes import moving, red_pipeline
from clip_files import make_clip
from gradio import Blocks

from demo.gradio_app import build_app
from demo.serving.video_jobs import VideoJobs
from demo.serving.video_states import ClipChoices
from demo.serving.visitor_files import VisitorFiles
from demo.tabs.page_html import messages
from demo.tabs.video_screen import NOT_BEGUN, STOPPED, UNCHANGED
from demo.tabs.video_tab import FULL, GONE, LOST, UNSHOWN
from fer_core.video import VideoJob
from tests.waiting import wait_until

SIZE_WH = (192, 108)
CLIP = make_clip(frames=70, size_wh=SIZE_WH, draw=lambda number, size: moving(number % 60, size))


CHOICES = ClipChoices("emoji", False, 1, "fake-net")


class Tab:
    """A visitor's tab: what each answer brings, in the order of the outputs."""

    def __init__(self, app: Blocks, folder: Path, visitor: str = "me") -> None:
        self.app, self.folder = app, folder
        self._handlers = {fn.name: fn.fn for fn in self.app.fns.values()}
        self.visitor = SimpleNamespace(session_hash=visitor)

    def annotate(self, name="holiday.mp4", choices=CHOICES):
        self.choose(name, choices)
        return self.follow()

    def choose(self, name="holiday.mp4", choices=CHOICES, late=False):
        upload = self.folder / "upload"
        upload.write_bytes(CLIP)
        self.app.upload_file_set.add(str(upload))
        clip = {"path": str(upload), "orig_name": name}
        return self._handlers["wait"](clip, late, *choices, self.visitor)

    def follow(self, cover=False):
        return self._handlers["follow"](cover, self.visitor)

    def load_anew(self):
        """As another visitor, as Gradio does; what asks for what is under way then brings."""
        lost, self.visitor = self.visitor, SimpleNamespace(session_hash="me again")
        return self._handlers["resume_clip"](lost.session_hash, self.visitor)

    def release(self):
        return self._handlers["release"](self.visitor)

    def save_clip(self):
        return self._handlers["save_clip"](self.visitor)

    def stop(self):
        return self._handlers["stop_now"](self.visitor)

    def leave(self, may_return=False):
        self._handlers["goodbye"](self.visitor.session_hash, may_return)

    def videos(self):
        return list(self.folder.rglob("*.mp4"))


@pytest.fixture
def tab(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return Tab(build_app(red_pipeline(), VisitorFiles()), tmp_path)


def leaves_alone(value):
    return isinstance(value, dict) and set(value) == {"__type__"}


def locks(updates):
    """What each of the controls is told: True where it is locked, None where it is left alone."""
    return {None if leaves_alone(update) else not update["interactive"] for update in updates}


@pytest.fixture
def ending(monkeypatch):
    """Until it is set, no clip ends."""
    event, finish = threading.Event(), VideoJob.finish
    monkeypatch.setattr(VideoJob, "finish", lambda job: event.wait(60) and finish(job))
    yield event
    event.set()


def test_a_clip_that_is_stopped_says_so_until_it_ends(tab, ending):
    answers = tab.annotate()
    next(answer for answer in answers if "progress" in str(answer.work))
    said, button, *controls = tab.stop()
    assert said == messages(STOPPED, busy=True) and not button["visible"]
    assert locks(controls) == {None} and locks(tab.release()) == {None}
    ending.set()
    *_, last = answers
    assert "found in" in last.message and last.stop["visible"] is False
    assert all(leaves_alone(update) for update in tab.stop())  # too late: nothing is said


def test_a_clip_that_waits_can_be_stopped_and_another_chosen(tab, ending):
    Tab(tab.app, tab.folder, "other").choose()
    tab.choose("first.mp4")
    message, stop, *controls = tab.stop()
    assert message == messages(NOT_BEGUN) and not stop["visible"] and locks(controls) == {False}
    tab.choose("second.mp4", CHOICES._replace(cover=True))
    ending.set()
    *_, last = tab.follow()
    assert "faces covered" in last.made_with and "second" in last.video


def test_the_controls_are_locked_while_a_clip_is_made_and_it_tells_their_choices(tab):
    message, stop, _, *controls = tab.choose(choices=CHOICES._replace(cover=True))
    assert "Waiting" in message and stop["visible"] and locks(controls) == {True}
    assert locks(tab.release()) == {None}
    *_, last = tab.follow()
    assert locks(tab.release()) == {False}
    assert "emoji, faces covered where found, every frame" in last.made_with
    assert last.sheet_cover is True


def test_a_page_that_is_loaded_anew_goes_on_with_its_clip(tab):
    next(tab.annotate())
    message, *controls = tab.load_anew()
    assert leaves_alone(message) and locks(controls) == {True}
    assert [control["value"] for control in controls[1:]] == list(CHOICES)
    *_, last = tab.follow(cover=True)
    assert "One person" in last.message or "people found" in last.message
    assert last.sheet_cover is True and locks(tab.release()) == {False}
    assert tab.save_clip() == (last.video, messages("Saved holiday-faces.mp4."))


def test_a_clip_that_ended_while_nobody_looked_is_there_for_the_page_loaded_anew(tab):
    next(tab.annotate())
    wait_until(lambda: locks(tab.release()) == {False})
    tab.leave(may_return=True)
    tab.load_anew()
    *_, last = tab.follow()
    assert "found in" in last.message and last.video


def test_a_page_whose_clip_is_gone_says_so(tab):
    message, *controls = tab.load_anew()
    assert message == messages(error=LOST) and locks(controls) == {None}
    assert list(tab.follow()) == [UNCHANGED]


def test_an_upload_that_is_gone_locks_nothing(tab):
    message, _, _, *controls = tab._handlers["wait"](None, False, *CHOICES, tab.visitor)
    assert GONE in message and locks(controls) == {False}


def test_a_clip_that_arrives_after_a_later_one_is_dropped(tab):
    *_, last = tab.annotate()
    assert all(leaves_alone(value) for value in tab.choose("slow.mp4", late=True))
    assert not (tab.folder / "upload").exists()
    assert tab.save_clip()[0] == last.video


def test_the_clip_can_be_saved_while_it_is_kept(tab):
    *_, last = tab.annotate()
    assert tab.save_clip() == (last.video, messages("Saved holiday-faces.mp4."))
    tab.leave()
    assert tab.save_clip() == (None, messages(error=GONE))


@pytest.mark.parametrize("name", ["n" * 246 + ".mp4", "長" * 80 + ".mp4"], ids=["250 bytes", "CJK"])
def test_a_long_name_loses_no_clip(tab, name):
    *_, last = tab.annotate(name)
    assert "people found" in last.message
    (video,) = tab.videos()
    assert str(video) == last.video and video.stat().st_size
    assert video.name.startswith(name[:50]) and video.name.endswith("-faces.mp4")


def test_where_too_many_wait_the_visitor_is_told_and_the_clip_before_stays(tab, monkeypatch):
    *_, last = tab.annotate()
    monkeypatch.setattr(VideoJobs, "put", lambda *_: False)
    message, stop, results, *controls = tab.choose()
    assert messages(error=FULL) in message and not stop["visible"]
    assert leaves_alone(results) and locks(controls) == {False}
    assert list(tab.follow()) == [UNCHANGED]  # what is said is not the old clip's end
    assert tab.save_clip() == (last.video, messages("Saved holiday-faces.mp4."))
    again, *_ = tab.choose()
    assert messages(error=FULL) in again != message  # or Gradio would not draw it again


def test_a_clip_that_is_done_is_kept_where_it_cannot_be_shown(tab):
    *_, last = tab.annotate()
    message, *_ = tab._handlers["clip_not_taken"](tab.visitor)
    assert message == messages(error=UNSHOWN)
    assert tab.save_clip()[0] == last.video


def test_of_a_clip_that_the_server_does_not_take_nothing_is_held(tab):
    tab.choose()
    message, stop, *controls = tab._handlers["clip_not_taken"](tab.visitor)
    assert message == messages(error=FULL) and not stop["visible"] and locks(controls) == {False}
    assert list(tab.follow()) == [UNCHANGED]
