import dataclasses

import numpy as np
import pytest

from fer_core import Analysis, Faces


def faces(n=2, points=5):
    return Faces(
        np.zeros((n, 4), np.float32), np.zeros((n, points, 2), np.float32), np.ones(n, np.float32)
    )


@pytest.mark.parametrize(
    "xyxy, landmarks, scores",
    [
        (np.zeros((2, 4)), np.zeros((2, 5, 2), np.float32), np.zeros(2, np.float32)),
        (np.zeros((2, 5), np.float32), np.zeros((2, 5, 2), np.float32), np.zeros(2, np.float32)),
        (np.zeros((2, 4), np.float32), np.zeros((1, 5, 2), np.float32), np.zeros(2, np.float32)),
        (np.zeros((2, 4), np.float32), np.zeros((2, 4, 2), np.float32), np.zeros(2, np.float32)),
        (np.zeros((2, 4), np.float32), np.zeros((2, 5, 2), np.float32), np.zeros(3, np.float32)),
    ],
    ids=["float64", "five coordinates", "landmarks of one", "four landmarks", "three scores"],
)
def test_faces_of_a_wrong_shape_or_type_are_refused(xyxy, landmarks, scores):
    with pytest.raises(ValueError, match="expected float32"):
        Faces(xyxy, landmarks, scores)


def test_faces_without_landmarks_are_allowed():
    assert len(faces(3, points=0)) == 3


def test_picking_faces_keeps_their_parts_together():
    some = Faces(
        np.arange(12, dtype=np.float32).reshape(3, 4),
        np.arange(30, dtype=np.float32).reshape(3, 5, 2),
        np.array([0.1, 0.2, 0.3], np.float32),
    )
    picked = some[np.array([2, 0])]
    assert picked.xyxy[0].tolist() == some.xyxy[2].tolist()
    assert picked.landmarks[1].tolist() == some.landmarks[0].tolist()
    assert len(some[some.scores > 0.15]) == 2
    assert some[-1].xyxy.tolist() == some[2:].xyxy.tolist()
    assert [float(face.scores[0]) for face in some] == some.scores.tolist()
    with pytest.raises(IndexError):
        some[3]


def test_an_analysis_needs_seven_probabilities_for_each_face():
    with pytest.raises(ValueError, match="probs"):
        Analysis(faces(2), np.zeros((1, 7), np.float32), (10, 10))


def test_labels_are_the_most_probable_names():
    probs = np.eye(7, dtype=np.float32)[[3, 6]]
    assert Analysis(faces(2), probs, (10, 10)).labels == ["happy", "neutral"]


def test_values_are_frozen():
    with pytest.raises(dataclasses.FrozenInstanceError):
        faces().xyxy = np.zeros((2, 4), np.float32)


def test_a_face_without_a_likely_expression_is_shown_as_unsure():
    probs = np.full((2, 7), 0.1, np.float32)
    probs[0, 3], probs[1, 6] = 0.5, 0.4
    faces = Faces(
        np.zeros((2, 4), np.float32), np.zeros((2, 0, 2), np.float32), np.ones(2, np.float32)
    )
    analysis = Analysis(faces, probs, (8, 8))
    assert [emotion.name for emotion in analysis.shown] == ["happy", "unsure"]
    assert analysis.labels == ["happy", "neutral"]
    assert Analysis(Faces.empty(), probs[:0], (8, 8)).shown == ()


def test_the_same_faces_in_a_part_of_the_picture_at_another_size():
    points = np.arange(10, dtype=np.float32).reshape(1, 5, 2)
    faces = Faces(np.array([[10, 20, 30, 40]], np.float32), points, np.ones(1, np.float32))
    mapped = faces.mapped((10, 0), (2, 0.5))
    assert mapped.xyxy.tolist() == [[0, 10, 40, 20]] and mapped.scores is faces.scores
    assert mapped.landmarks[0, 1].tolist() == [(2 - 10) * 2, 3 * 0.5]
    assert faces.mapped(10, 2).xyxy.tolist() == [[0, 20, 40, 60]]
    assert len(Faces.empty().mapped(10, 2)) == 0
