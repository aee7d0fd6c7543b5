"""The Video tab without a browser: the pieces of its page."""

from dataclasses import replace

import numpy as np
import pytest

from demo.charts.timeline import MOST_PEOPLE, MOST_POINTS, timeline_figure
from demo.serving.video_states import (
    ClipChoices,
    ClipResult,
    Dropped,
    Failed,
    Made,
    Opening,
    Waiting,
    Working,
)
from demo.tabs import clip_results
from demo.tabs.clip_results import (
    done_sentence,
    made_with_html,
    make_file,
    people_html,
    progress_html,
    sheet_html,
    time_in_words,
    timeline_html,
)
from demo.tabs.page_html import messages
from demo.tabs.video_screen import NOT_BEGUN, STOP, STOP_AND_KEEP, STOPPED, UNCHANGED, screen
from fer_core.timeline import ClipInfo, Timeline
from fer_core.video import VideoProgress


def timeline(people, frames=40, rate=10.0):
    """Everybody happy in every frame."""
    rows = [(frame, person) for frame in range(frames) for person in people]
    n = len(rows)
    frame, person = np.array(rows, np.int64).reshape(n, 2).T
    probs = np.tile(np.eye(7, dtype=np.float32)[3], (n, 1))
    return Timeline(
        frame,
        frame / rate,
        person,
        np.zeros((n, 4), np.float32),
        probs,
        np.full(n, 3, np.int8),
    )


def result(people=(1, 2), name="<trip>.mov", notes=("A note.",)):
    return ClipResult(ClipInfo(name, (480, 640), 10.0, 4.0, 40, 40, notes), timeline(people), ())


def test_the_figure_has_a_row_a_person_and_the_gaps_stay_empty():
    rows = timeline([1, 2])
    away = (rows.person == 2) & (rows.seconds > 1) & (rows.seconds < 3)
    keep = ~away
    figure = timeline_figure(
        Timeline(
            *(
                getattr(rows, name)[keep]
                for name in ("frame", "seconds", "person", "xyxy", "probs", "answer")
            )
        )
    )
    assert len(figure.data) == 14
    assert [note.text for note in figure.layout.annotations] == ["Person 1", "Person 2"]
    happy = figure.data[7 + 3]
    at_two = np.interp(2, happy.x, happy.y)
    assert at_two == 0 and np.interp(0.5, happy.x, happy.y) == 1


def test_the_figure_stays_small():
    figure = timeline_figure(timeline(range(1, 10), frames=3000))
    assert len(figure.data) == 7 * MOST_PEOPLE
    assert len(figure.data[0].x) <= MOST_POINTS
    assert len(timeline_figure(timeline([])).data) == 0


def test_a_finger_can_scroll_past_the_figure():
    layout = timeline_figure(timeline([1, 2])).layout
    assert layout.dragmode is False
    assert layout.xaxis.fixedrange and layout.xaxis2.fixedrange and layout.yaxis2.fixedrange


def test_the_table_and_the_sentence_name_everybody():
    assert done_sentence(result()) == "2 people found in 40 frames, 4.0 s. A note."
    assert done_sentence(result([])).startswith("No face found in")
    table = people_html(result())
    assert "comes back after a cut, or after some seconds, is counted as another" in table
    # Each person's share of happy, and its mean.
    assert table.count("<tr>") == 3 and table.count("100%") == 4


def test_a_clip_of_one_frame_or_without_a_face_is_told_so():
    one = result([])
    said = done_sentence(replace(one, info=replace(one.info, frames=1, seconds=0.04)))
    assert said.startswith("No face found in one frame, 0.0 s. A note. ") and "upright" in said


def test_who_has_no_chart_is_told():
    assert "of each person." in timeline_html(result())
    assert "of the 6 people longest in view." in timeline_html(result(range(1, 10)))


def test_what_there_is_nothing_of_is_not_on_the_page(tmp_path):
    def shown(given):
        made = Made(given, tmp_path, ClipChoices("emoji", False, 1, "default"), False)
        page = screen(made, None, cover=False)
        parts = (page.people_part, page.moments_part, page.save_sheet)
        return [part["visible"] for part in parts]

    assert shown(result([])) == [False, False, False]
    assert shown(result()) == [True, False, False]  # nobody showed anything clearly


def test_what_a_clip_was_made_with_is_told():
    open_faces = made_with_html(ClipChoices("emoji", False, 1, "default"))
    assert "emoji, faces not covered, every frame analysed, model default." in open_faces
    covered = made_with_html(ClipChoices("box", True, 3, "default"))
    assert "box, faces covered where found, at least one frame in 3 analysed" in covered


def test_the_sheet_has_a_name_from_outside_in_an_attribute(monkeypatch):
    monkeypatch.setattr(clip_results, "contact_sheet", lambda *args: np.zeros((2, 2, 3), np.uint8))
    moments = (object(),)  # only whether there are any
    sheet = sheet_html(replace(result(name='"><script>.mov'), moments=moments), cover=False)
    assert "<script>" not in sheet and "&quot;&gt;&lt;script&gt;.mov" in sheet


@pytest.mark.parametrize("kind", ["csv", "json"])
def test_files_are_called_after_the_clip(kind):
    name, content = make_file(result(), kind, cover=False)
    assert name == f"trip-faces.{kind}"  # without what no disk takes
    assert content.count(b"happy") >= 80


@pytest.mark.parametrize(
    ("share", "left", "words"),
    [
        (None, None, "12 s of the clip done"),
        (0.5, 10.0, "50% done, about 10 s left"),
        (0.02, None, "2% done"),
        (0.1, 600.0, "about 10 min left"),
    ],
)
def test_progress_is_told_in_words(share, left, words):
    progress = VideoProgress(100, 12.0, share, left, np.zeros((2, 2, 3), np.uint8))
    assert words in progress_html(progress, "data:,")
    assert time_in_words(0.2) == "1 s"


def test_the_page_follows_a_clip_from_its_place_in_the_line_to_its_end():
    progress = VideoProgress(100, 12.0, 0.5, 1.0, np.zeros((2, 2, 3), np.uint8))
    waiting, first, second = Waiting(2), Working(progress, False), Working(progress, True)
    shown = screen(waiting, None, False)
    assert shown.message == messages("Waiting for its turn, after 2 others …", busy=True)
    assert "Waiting for its turn …" in screen(Waiting(0), waiting, False).message
    assert "after one other" in screen(Waiting(1), waiting, False).message
    assert shown.stop["visible"] and shown.stop["value"] == STOP
    assert screen(Waiting(2), waiting, False) == UNCHANGED
    assert screen(Opening(), waiting, False).stop["value"] == STOP_AND_KEEP
    # Pressed meanwhile, the button does not come back, nor goes what was said.
    begun = screen(first, Opening(), False)
    assert begun.message == messages() and begun.stop == UNCHANGED.stop and "50%" in begun.work
    later = screen(second, first, False)
    assert later._replace(work=UNCHANGED.work) == UNCHANGED and "50%" in later.work
    assert screen(Dropped(), waiting, False).message == messages(NOT_BEGUN)
    assert screen(Failed("It is broken."), first, False).message == messages(error="It is broken.")


def test_a_page_that_takes_over_a_clip_shows_what_the_lost_one_did():
    progress = VideoProgress(100, 12.0, 0.5, 1.0, np.zeros((2, 2, 3), np.uint8))
    shown = screen(Working(progress, False), None, False)
    assert shown.message == messages() and shown.stop["value"] == STOP_AND_KEEP
    stopped = screen(Working(progress, True), None, False)
    assert stopped.message == messages(STOPPED, busy=True) and stopped.stop == UNCHANGED.stop
