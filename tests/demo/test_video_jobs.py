"""Clips in their line: whose turn it is, what each visitor hears, and what is kept for whom."""

import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from demo.serving import video_jobs
from demo.serving.video_jobs import LIMITS, MADE_BYTES, OUR_FAULT, WAITING
from demo.serving.video_states import ClipChoices, Dropped, Failed, Made, Opening, Waiting, Working
from fer_core.detection import DEFAULT_DETECTOR
from fer_core.video_options import VideoOptions
from tests.demo.clip_line import CHOICES, PROGRESS, FakeJob, Line
from tests.waiting import wait_until


@pytest.fixture
def line(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    line = Line(tmp_path)
    monkeypatch.setattr(video_jobs, "VideoJob", line.make)
    yield line
    line.opens.set()
    for visitor in list(line.jobs._tasks):
        line.jobs.forget(visitor)


def changes(states):
    """Each state when it changes, without the pulses between."""
    before = None
    for state in states:
        if state != before:
            yield state
        before = state


def test_clips_come_one_after_another_and_who_waits_hears_how_many_are_before(line):
    first = line.begin("first", "a")
    line.put("second", "b")
    line.put("third", "c")
    states = changes(line.jobs.follow("third"))
    assert next(states) == Waiting(2)
    first.end()
    assert next(states) == Waiting(1)
    wait_until(lambda: "b" in line.open)
    line.open["b"].end()
    assert next(states) == Opening()
    line.open["c"].frame()
    working = next(states)
    assert isinstance(working, Working) and working.progress is PROGRESS and not working.stopped
    line.open["c"].end()
    made = next(states)
    assert (
        isinstance(made, Made)
        and made.path.read_bytes() == b"video"
        and made.path.stem == "c-faces"
    )
    assert made.choices == CHOICES and not made.out_of_time
    assert not list(states) and line.jobs.made("third") is made
    assert not list(line.jobs.follow("third"))  # its end was told


def test_a_clip_is_annotated_as_its_visitor_chose_and_within_the_apps_limits(line):
    line.put("me", choices=ClipChoices("word", True, 3, "compact"))
    wait_until(lambda: "mine" in line.open)
    options = VideoOptions("word", True, every_nth=3, limits=LIMITS, max_bytes=MADE_BYTES)
    assert line.asked["mine"] == ("compact", DEFAULT_DETECTOR, options)


def test_a_visitor_stops_only_their_own_clip_and_what_is_done_is_kept(line):
    mine = line.begin("me", "mine")
    line.put("other", "theirs")
    assert not line.jobs.stop("nobody") and not line.jobs.stop("other")  # it waits
    assert line.jobs.stop("me")
    *_, last = line.jobs.follow("me")
    assert isinstance(last, Made) and mine.stopped
    wait_until(lambda: "theirs" in line.open)
    assert not line.open["theirs"].stopped
    assert not line.jobs.stop("me")  # it is over


def test_a_clip_that_is_stopped_while_it_is_opened_stops_as_it_begins(line):
    line.opens.clear()
    line.put("me")
    wait_until(lambda: line.jobs.stop("me"))
    line.opens.set()
    *_, last = line.jobs.follow("me")
    assert isinstance(last, Made) and line.open["mine"].stopped


def test_a_clip_that_waits_can_be_dropped(line):
    line.begin("other", "theirs")
    clip, taken = line.put("me")
    states = line.jobs.follow("me")
    assert taken and next(states) == Waiting(1)
    assert line.jobs.is_busy("me") and line.jobs.drop("me")
    assert clip.file.closed and not line.jobs.is_busy("me") and not line.jobs.drop("me")
    assert list(states) == [Dropped()] and not list(line.jobs.follow("me"))
    assert not line.jobs.drop("other")  # its turn has come


def test_of_a_clip_in_whose_place_another_came_nothing_more_is_heard(line):
    line.begin("other", "theirs")
    line.put("me", "first")
    states = line.jobs.follow("me")
    next(states)
    line.jobs.drop("me")
    line.put("me", "second")
    assert not list(states) and next(line.jobs.follow("me")) == Waiting(1)


def test_of_too_many_clips_the_last_is_not_taken_and_what_was_made_before_stays(line):
    made = line.finish("me")
    line.begin("busy", "busy")
    for number in range(WAITING):
        line.put(f"other {number}", "theirs")
    clip, taken = line.put("me", "next")
    assert not taken and clip.file.closed and not line.jobs.is_busy("me") and made.exists()
    assert line.put("other 0", "instead")[1]  # in the place of their own
    line.jobs.forget("other 0")
    assert line.put("me", "next")[1] and line.jobs.is_busy("me") and not made.exists()


def test_a_clip_goes_on_though_nobody_looks_and_a_page_loaded_anew_takes_it_over(line):
    job = line.begin("lost")
    states = changes(line.jobs.follow("lost"))
    next(states)
    states.close()  # the connection
    assert line.jobs.adopt("lost", "found") == CHOICES
    assert not line.jobs.is_busy("lost") and line.jobs.is_busy("found")
    assert not line.jobs.adopt("lost", "somebody else")
    states = changes(line.jobs.follow("found"))
    next(states)
    job.frame()
    assert isinstance(next(states), Working)
    job.end()
    assert isinstance(next(states), Made)
    line.jobs.forget("lost")  # when it is noticed that their page is not there any more
    assert line.jobs.made("found").path.exists()


def test_a_clip_is_followed_by_one_at_a_time_and_who_followed_before_is_let_go(line):
    job = line.begin("me")
    first, second, third = (line.jobs.follow("me") for _ in range(3))
    assert next(first) == next(second) == Opening()
    assert next(first, None) is None
    with ThreadPoolExecutor() as pool:
        waits = pool.submit(next, second, None)  # for news
        began = time.monotonic()
        assert next(third) == Opening() and waits.result() is None
        assert time.monotonic() - began < video_jobs.PULSE_SECONDS
    line.jobs.adopt("me", "found")  # by a page loaded anew
    job.end()
    assert next(third, None) is None
    *_, last = line.jobs.follow("found")
    assert isinstance(last, Made)


def test_what_was_done_while_nobody_looked_is_taken_over_too(line):
    made = line.finish("lost")
    for lost, found in (("lost", "found"), ("found", "found again")):  # also what was told by then
        assert line.jobs.adopt(lost, found)
        (state,) = line.jobs.follow(found)
        assert isinstance(state, Made) and state.path == made and made.exists()


def test_one_that_fails_says_so_and_the_others_go_on(line, monkeypatch, caplog):
    line.put("me", "broken")
    *_, last = line.jobs.follow("me")
    assert last == Failed("broken cannot be read.") and not line.jobs.is_busy("me")
    monkeypatch.setattr(FakeJob, "finish", lambda self: 1 / 0)
    line.begin("me").end()
    *_, last = line.jobs.follow("me")
    assert last == Failed(OUR_FAULT) and "ZeroDivisionError" in caplog.text
    monkeypatch.undo()
    monkeypatch.setattr(video_jobs, "VideoJob", line.make)
    assert line.finish("me", "third").exists()


def test_a_clip_that_takes_too_long_is_ended_and_what_is_done_is_kept(line, monkeypatch):
    monkeypatch.setattr(video_jobs, "WORK_SECONDS", -1.0)
    job = line.begin("me")
    job.frame()
    *_, last = line.jobs.follow("me")
    assert isinstance(last, Made) and last.out_of_time and job.stopped


def test_a_clip_whose_frames_never_come_ends_with_its_visitor_with_a_stop_and_with_time(
    line, monkeypatch
):
    line.put("me", "endless")
    line.put("other", "endless")
    wait_until(lambda: line.jobs.stop("me"))
    wait_until(lambda: not line.jobs.is_busy("me"))
    assert list(line.jobs.follow("me")) == [Failed("endless was stopped.")]
    wait_until(lambda: next(line.jobs.follow("other")) == Opening())
    line.jobs.forget("other")
    monkeypatch.setattr(video_jobs, "WORK_SECONDS", 0.1)
    line.put("me", "endless")
    wait_until(lambda: not line.jobs.is_busy("me"))
    assert list(line.jobs.follow("me")) == [Failed("endless was stopped.")]


def test_videos_go_with_their_visitor_and_with_their_next_one(line):
    first = line.finish("me", "first")
    second = line.finish("me", "second")
    theirs = line.finish("other", "third")
    assert not first.exists() and second.exists() and line.jobs.made("nobody") is None
    line.jobs.forget("me")
    assert line.jobs.made("me") is None
    assert not second.parent.exists() and theirs.exists()


def test_videos_go_with_age_though_nobody_comes(line, monkeypatch):
    monkeypatch.setattr(video_jobs, "KEEP_SECONDS", 0.5)
    path = line.finish("me")
    wait_until(lambda: not path.parent.exists())
    assert line.jobs.made("me") is None


def test_clips_that_failed_go_with_age_too(line, monkeypatch):
    monkeypatch.setattr(video_jobs, "KEEP_SECONDS", 0.5)
    threads = threading.active_count()
    for visitor in range(5):
        line.put(visitor, "broken")
        wait_until(lambda visitor=visitor: not line.jobs.is_busy(visitor))
    assert threading.active_count() <= threads + 2  # anyone may hand in any number of them
    wait_until(lambda: not line.jobs._tasks)


def test_a_clip_that_waits_goes_with_its_visitor(line):
    line.begin("other", "theirs")
    clip, _ = line.put("me")
    line.jobs.forget("me")
    assert clip.file.closed and not line.jobs.is_busy("me")


def test_a_video_that_is_done_after_its_visitor_left_is_deleted(line, monkeypatch):
    ends = threading.Event()
    finish = FakeJob.finish
    monkeypatch.setattr(FakeJob, "finish", lambda self: ends.wait(60) and finish(self))
    line.begin("me", "first").end()
    line.jobs.forget("me")  # as while the last frames are written
    ends.set()
    made = line.finish("me", "second")  # come back, they are a visitor like any other
    assert [path.name for path in line.folder.rglob("*.mp4")] == [made.name]
