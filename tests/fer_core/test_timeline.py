import csv
import io
import json

import numpy as np
import pytest
from fakes import HAPPY, NEUTRAL

from fer_core.emotions import EMOTIONS, LABELS, UNSURE
from fer_core.frame_analysis import FrameAnalysis
from fer_core.timeline import ANSWERS, ClipInfo, Timeline
from fer_core.types import Faces


def analysis(seconds, people, answers, seen=None):
    """One frame: person n stands at x = 10 n, with probability 0.9 for what is shown."""
    count = len(people)
    boxes = np.array([[10 * p, 5, 10 * p + 8, 15] for p in people], np.float32).reshape(-1, 4)
    probs = np.full((count, 7), 0.1 / 6, np.float32)
    for row, answer in enumerate(answers):
        probs[row, answer.index if answer is not UNSURE else NEUTRAL] = 0.9
    return FrameAnalysis(
        Faces(boxes, np.zeros((count, 0, 2), np.float32), np.full(count, 0.99, np.float32)),
        probs,
        (40, 60),
        seconds=seconds,
        people=tuple(people),
        seen=np.ones(count, bool) if seen is None else np.array(seen, bool),
        answers=tuple(answers),
    )


HAPPY_, NEUTRAL_ = EMOTIONS[HAPPY], EMOTIONS[NEUTRAL]
CLIP = ClipInfo("me.mp4", (40, 60), 25.0, 0.12, 3, 2, ("The clip is damaged.",))


@pytest.fixture
def timeline():
    frames = [
        analysis(0.0, [1], [HAPPY_]),
        analysis(0.04, [1, 2], [UNSURE, NEUTRAL_]),
        analysis(0.1, [1, 2], [HAPPY_, HAPPY_], seen=[True, False]),
    ]
    return Timeline.join([Timeline.of_frame(2 * n, frame) for n, frame in enumerate(frames)])


def test_rows_are_the_faces_that_were_seen(timeline):
    assert timeline.frame.tolist() == [0, 2, 2, 4]
    assert timeline.seconds.tolist() == [0.0, 0.04, 0.04, 0.1]
    assert timeline.person.tolist() == [1, 1, 2, 1]
    assert timeline.answer.tolist() == [HAPPY, len(LABELS), NEUTRAL, HAPPY]
    assert timeline.xyxy[2].tolist() == [20, 5, 28, 15] and len(timeline) == 4


def test_each_person_has_shares_and_means(timeline):
    first, second = timeline.people
    assert (first.person, first.frames, first.first_seconds, first.last_seconds) == (1, 3, 0.0, 0.1)
    assert first.shares[[HAPPY, NEUTRAL, 7]] == pytest.approx([2 / 3, 0, 1 / 3])
    assert first.mean_probs == pytest.approx(timeline.probs[[0, 1, 3]].mean(0))
    assert (second.person, second.frames, second.shares[NEUTRAL]) == (2, 1, 1)


def test_csv_can_be_read_back(timeline):
    rows = list(csv.DictReader(io.StringIO(timeline.to_csv())))
    assert list(rows[0]) == [
        *("frame", "seconds", "person", "label", "shown", "left", "top", "right", "bottom"),
        *LABELS,
    ]
    assert [row["shown"] for row in rows] == ["happy", "unsure", "neutral", "happy"]
    assert [row["label"] for row in rows] == ["happy", "neutral", "neutral", "happy"]
    assert [float(row["seconds"]) for row in rows] == timeline.seconds.tolist()
    assert float(rows[2]["left"]) == 20 and float(rows[0]["happy"]) == 0.9


def test_json_can_be_read_back(timeline):
    found = json.loads(timeline.to_json(CLIP))
    assert found["source"] == "me.mp4" and found["notes"] == ["The clip is damaged."]
    assert (found["width"], found["height"], found["rate"]) == (60, 40, 25.0)
    assert (found["seconds"], found["frames"], found["analyzed_frames"]) == (0.12, 3, 2)
    assert [person["person"] for person in found["people"]] == [1, 2]
    assert found["people"][0]["shares"]["unsure"] == pytest.approx(1 / 3, abs=1e-4)
    assert found["people"][0]["mean_probs"].keys() == set(LABELS)
    assert found["faces"][1] == {
        "frame": 2,
        "seconds": 0.04,
        "person": 1,
        "label": "neutral",
        "shown": "unsure",
        "xyxy": [10.0, 5.0, 18.0, 15.0],
        "probs": {label: 0.9 if label == "neutral" else 0.0167 for label in LABELS},
    }


def test_long_timelines_are_written_whole(timeline):
    long = Timeline.join([timeline] * 600)
    assert len(json.loads(long.to_json(CLIP))["faces"]) == len(long) == 2400
    assert long.to_csv().count("\n") == 2401


def test_nobody():
    empty = Timeline.join([])
    assert len(empty) == 0 and empty.people == ()
    assert json.loads(empty.to_json(CLIP))["faces"] == []
    assert empty.to_csv().count("\n") == 1
    assert len(Timeline.of_frame(0, analysis(0.0, [], []))) == 0


def test_arrays_of_another_shape_are_refused(timeline):
    with pytest.raises(ValueError, match="probs is float32"):
        Timeline(
            timeline.frame,
            timeline.seconds,
            timeline.person,
            timeline.xyxy,
            timeline.probs[:, :3],
            timeline.answer,
        )


def test_answers_are_the_expressions_and_unsure():
    assert (*LABELS, "unsure") == ANSWERS and UNSURE.index == len(LABELS)
