import copy
import csv
import io
import json

import numpy as np
import pytest

from fer_core import EMOTIONS, Analysis, Faces
from fer_core.emotions import UNSURE
from fer_core.results import in_words, percent, to_csv, to_json

FACES = Faces(
    np.array([[1, 2, 31.26, 42], [50, 2, 80, 42]], np.float32),
    np.zeros((2, 0, 2), np.float32),
    np.array([0.99, 0.95], np.float32),
)
CLEAR = np.eye(7, dtype=np.float32)[3]
IN_DOUBT = np.array([0.1, 0.1, 0.1, 0.1, 0.4, 0.1, 0.1], np.float32)
ANALYSIS = Analysis(FACES, np.stack([CLEAR, IN_DOUBT]), (60, 90), ("A note.",))


def test_an_answer_has_its_own_probability_and_unsure_none():
    probs = np.array([0.1, 0, 0, 0.6, 0.3, 0, 0], np.float32)
    assert in_words(EMOTIONS[3], probs) == "happy 60%"
    assert in_words(EMOTIONS[4], probs) == "sad 30%"  # held by a smoother
    assert in_words(UNSURE, probs) == "unsure"
    assert in_words(copy.deepcopy(UNSURE), probs) == "unsure"  # from another process, say


def test_json_says_what_was_found():
    document = json.loads(to_json(ANALYSIS, "party.jpg"))
    assert document["source"] == "party.jpg" and document["notes"] == ["A note."]
    assert (document["width"], document["height"]) == (90, 60)
    assert [face["label"] for face in document["faces"]] == ["happy", "sad"]
    assert document["faces"][0]["xyxy"] == [1, 2, 31.3, 42]
    assert [face["shown"] for face in document["faces"]] == ["happy", "unsure"]
    assert document["faces"][1]["probs"]["sad"] == 0.4


def test_csv_has_a_line_for_each_face():
    rows = list(csv.DictReader(io.StringIO(to_csv(ANALYSIS))))
    assert [row["face"] for row in rows] == ["1", "2"]
    assert rows[0]["label"] == "happy" and float(rows[0]["happy"]) == 1
    assert (rows[1]["label"], rows[1]["shown"]) == ("sad", "unsure")
    assert float(rows[1]["right"]) == 80


def test_no_face_is_an_empty_list():
    nothing = Analysis(Faces.empty(), np.zeros((0, 7), np.float32), (5, 5))
    assert json.loads(to_json(nothing, "x"))["faces"] == []
    assert to_csv(nothing).count("\n") == 1


@pytest.mark.parametrize(
    ("prob", "words"),
    [
        (0.0, "0%"),
        (0.001, "<1%"),
        (0.005, "<1%"),
        (0.0051, "1%"),
        (0.666, "67%"),
        (0.9949, "99%"),
        (0.998, ">99%"),
        (1.0, "100%"),
    ],
)
def test_a_percentage_does_not_claim_more_than_there_is(prob, words):
    assert percent(prob) == words
