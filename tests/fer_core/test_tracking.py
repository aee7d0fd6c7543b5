import moving_faces
import numpy as np
import pytest
from moving_faces import (
    DETECTORS,
    FACE,
    FRAME_RATES,
    RefiningDetector,
    Shown,
    face_at,
    ground,
    play,
    resting,
    swaying,
    uncovered,
    with_points,
)

from fer_core import Faces, FerError
from fer_core.boxes import join_faces, overlap
from fer_core.tracking import FaceTracker, TrackedFaces
from fer_core.tracking_options import TrackingOptions


def between(start, end):
    """One face all the time, and another from `start` to `end`."""

    def scene(seconds):
        faces = {"b": face_at(240, 120)} if start <= seconds < end else {}
        return {"a": face_at(100, 120)} | faces

    return scene


def numbers_of(frames, name):
    return {frame.numbers()[name] for frame in frames if name in frame.numbers()}


@pytest.mark.parametrize("detector", DETECTORS)
@pytest.mark.parametrize("fps", FRAME_RATES)
@pytest.mark.parametrize("speed", [0, 0.5, 1.5])
def test_one_person_keeps_their_number(detector, fps, speed):
    frames = play(detector(swaying(speed)), fps, 3)
    assert [frame.numbers() for frame in frames] == [{"a": 1}] * len(frames)
    assert all(len(frame.tracked.people) == 1 for frame in frames)


@pytest.mark.parametrize("fps", FRAME_RATES)
@pytest.mark.parametrize("speed", [0.3, 1, 2])
def test_the_box_does_not_lag_behind_a_moving_face(fps, speed):
    def scene(seconds):
        return {"a": face_at(30 + seconds * speed * FACE, 120)}

    frames = play(RefiningDetector(scene), fps, min(260 / (speed * FACE), 3))
    behind = [frame.truth["a"][0] - frame.boxes[0, 0] for frame in frames]
    assert abs(np.mean(behind[1:])) < 0.04 * FACE
    assert max(np.abs(behind)) < 0.12 * FACE


@pytest.mark.parametrize("fps, share", [(5, 0.9), (10, 0.6), (30, 0.35)])
def test_a_resting_box_is_steadier_than_the_detector(fps, share):
    detector = RefiningDetector(resting)
    shown = np.array([frame.boxes[0] for frame in play(detector, fps, 8)])
    found = np.array(detector.refined)
    assert np.diff(shown, axis=0).std() < share * np.diff(found, axis=0).std()
    assert np.abs(shown.mean(0) - face_at(100, 120)).max() < 0.01 * FACE


def test_the_landmarks_keep_their_place_in_the_steadied_box():
    for frame in play(RefiningDetector(swaying(1.0)), 30, 2):
        faces = frame.tracked.faces
        expected = with_points(faces.xyxy, faces.scores).landmarks
        assert np.abs((faces.landmarks - expected).mean(1)).max() < 0.01 * FACE


@pytest.mark.parametrize("detector", DETECTORS)
@pytest.mark.parametrize("fps", FRAME_RATES)
@pytest.mark.parametrize("speeds", [(0.6, -0.6), (1.2, -1.2), (1.2, 0.0), (0.0, -0.7)])
def test_crossing_faces_keep_their_numbers(detector, fps, speeds):
    """They meet in the middle; the first is in front."""
    duration = 3.6 / (speeds[0] - speeds[1])  # they start and end 1.8 heights apart

    def scene(seconds):
        xs = [160 + speed * FACE * (seconds - duration / 2) for speed in speeds]
        return uncovered({"front": face_at(xs[0], 120), "back": face_at(xs[1], 120)})

    frames = play(detector(scene), fps, duration)
    assert numbers_of(frames, "front") == {frames[0].numbers()["front"]}
    assert numbers_of(frames, "back") == {frames[0].numbers()["back"]}
    assert all("front" in frame.numbers() for frame in frames)
    assert all(set(frame.numbers()) == set(frame.truth) for frame in frames[-round(fps / 2) :])


@pytest.mark.parametrize("hair", [0, 0.09])
def test_a_face_that_walks_on_behind_another_keeps_its_number_though_its_box_narrows(
    monkeypatch, hair
):
    """The box loses half of what is covered, so that its centre moves more slowly than the face.

    hair: how far the head in front reaches beside its box, in heights of the box.
    """
    monkeypatch.setattr(moving_faces, "NOISE", 0)
    front = face_at(160, 120)

    def scene(seconds):
        faces = uncovered({"front": front, "back": face_at(60 + seconds * FACE, 120)})
        if "back" in faces:
            x0, y0, x1, y1 = faces["back"]
            left_end, right_end = front[0] - hair * FACE, front[2] + hair * FACE
            covered = max(min(x1, right_end) - max(x0, left_end), 0)
            left, right = (covered / 2, 0) if x0 > front[0] else (0, covered / 2)
            faces["back"] = x0 + left, y0, x1 - right, y1
        return faces

    frames = play(RefiningDetector(scene), 10, 2.6)
    assert numbers_of(frames, "back") == {1} and frames[-1].numbers() == {"front": 2, "back": 1}


@pytest.mark.parametrize("detector", DETECTORS)
def test_a_face_that_is_lost_for_three_frames_keeps_number_and_place(detector):
    def scene(seconds):
        return {} if 0.95 < seconds < 1.25 else resting(seconds)

    frames = play(detector(scene), 10, 2)
    assert all(frame.tracked.people == (1,) for frame in frames)
    seen = [bool(frame.tracked.seen[0]) for frame in frames]
    assert seen[:10] == [True] * 10 and seen[10:13] == [False] * 3
    assert all(seen[15:])  # found again by then at the latest
    for frame in frames[10:13]:
        assert np.array_equal(frame.boxes, frames[9].boxes)


@pytest.mark.parametrize("detector", DETECTORS)
@pytest.mark.parametrize("fps", FRAME_RATES)
def test_a_face_that_leaves_is_gone_within_half_a_second(detector, fps):
    frames = play(detector(between(0, 2)), fps, 4)
    assert all(2 in frame.tracked.people for frame in frames if frame.seconds < 2)
    assert all(frame.tracked.people == (1,) for frame in frames if frame.seconds >= 2.5)


@pytest.mark.parametrize("detector", DETECTORS)
@pytest.mark.parametrize("fps", FRAME_RATES)
@pytest.mark.parametrize("start", [1.01, 1.2, 1.35])
def test_a_new_face_appears_within_half_a_second(detector, fps, start):
    frames = play(detector(between(start, 9)), fps, 3)
    assert all(frame.numbers()["a"] == 1 for frame in frames)
    assert all(frame.numbers()["b"] == 2 for frame in frames if frame.seconds > start + 0.5)


@pytest.mark.parametrize("detector", DETECTORS)
def test_who_appears_together_is_counted_in_reading_order(detector):
    boxes = {"below": face_at(160, 190), "right": face_at(240, 66), "left": face_at(80, 60)}
    for frame in play(detector(lambda seconds: boxes), 10, 0.5):
        assert frame.numbers() == {"left": 1, "right": 2, "below": 3}


@pytest.mark.parametrize("detector", DETECTORS)
@pytest.mark.parametrize("away, number", [(1.0, 1), (2.5, 2)])
def test_who_comes_back_soon_is_the_same_person(detector, away, number):
    def scene(seconds):
        return {} if 1 <= seconds < 1 + away else resting(seconds)

    frames = play(detector(scene), 10, 4.5)
    assert frames[-1].numbers() == {"a": number}


@pytest.mark.parametrize("detector", DETECTORS)
@pytest.mark.parametrize("fps", FRAME_RATES)
def test_who_looks_down_and_up_again_is_the_same_person(detector, fps):
    """The face moves when it is lost, and comes back where it was before it moved."""

    def scene(seconds):
        down = max(seconds - 1, 0) * FACE
        return {"a": face_at(100, 120 + down)} if down < 0.35 * FACE else {}

    def again(seconds):
        return scene(seconds) if seconds < 2 else resting(seconds)

    assert play(detector(again), fps, 3)[-1].numbers() == {"a": 1}


@pytest.mark.parametrize("detector", DETECTORS)
def test_of_two_frames_at_one_time_the_second_may_have_lost_the_face(detector):
    detector = detector(between(0, 1))
    tracker = FaceTracker(detector)
    frames = []
    for detector.seconds in (0.0, 1.0):  # what the camera saw; its clock stood still
        frames.append(tracker.update(ground(size_hw=detector.size_hw), 0.0, TrackingOptions()))
    assert [frame.seen.tolist() for frame in frames] == [[True, True], [True, False]]


def test_the_frames_may_change_their_size():
    """After the change, the face is where it is in the new frame, and not held in the old one."""
    detector = RefiningDetector(lambda seconds: {"a": face_at(100, 120)})
    tracker = FaceTracker(detector)
    sizes = [(240, 320), (240, 320), (480, 640), (480, 640), (320, 240), (1, 1), (240, 320)]
    for frame, size_hw in enumerate(sizes):
        detector.size_hw, detector.seconds = size_hw, frame / 10
        if size_hw == (480, 640):
            detector.scene = lambda seconds: {"a": face_at(200, 240, 2 * FACE)}
        elif size_hw == (1, 1):
            detector.scene = lambda seconds: {}
        else:
            detector.scene = resting
        tracked = tracker.update(ground(size_hw=size_hw), frame / 10, TrackingOptions())
        shown = Shown(frame / 10, tracked, detector.scene(0))
        assert set(shown.numbers()) == set(shown.truth)
        assert len(tracked.people) == len(shown.truth)


@pytest.mark.parametrize("detector", DETECTORS)
def test_no_faces(detector):
    tracked = play(detector(lambda seconds: {}), 10, 1)[-1].tracked
    assert len(tracked.faces) == len(tracked.people) == len(tracked.seen) == 0


@pytest.mark.parametrize(
    "wrong",
    [
        {"min_score": -0.1},
        {"min_score": 1.1},
        {"min_score": float("nan")},
        {"hold_seconds": -1},
        {"hold_seconds": 3},
        {"hold_frames": 2},
        {"detect_every_seconds": -1},
        {"detect_every_seconds": float("nan")},
        {"search_side": -320},
        {"min_score": None},
        {"hold_seconds": "1"},
        {"detect_every_seconds": None},
        {"search_side": "320"},
    ],
    ids=str,
)
def test_options_out_of_range_are_refused_in_words(wrong):
    with pytest.raises(FerError, match=r"give .*0"):
        TrackingOptions(**wrong)


def test_tracked_faces_need_a_person_each():
    with pytest.raises(ValueError, match="different lengths"):
        TrackedFaces(Faces.empty(), (1,), np.zeros(0, np.bool_))


def test_overlap_is_shared_area_over_joint_area():
    first = np.array([[0, 0, 10, 10], [0, 0, 0, 0]], np.float32)
    second = np.array([[0, 0, 10, 10], [5, 0, 15, 10], [20, 0, 30, 10]], np.float32)
    assert overlap(first, second) == pytest.approx(np.array([[1, 1 / 3, 0], [0, 0, 0]]))
    assert overlap(first[:0], second).shape == (0, 3)


def test_faces_are_joined_in_order():
    boxes = np.array([face_at(50, 50), face_at(100, 50), face_at(150, 50)], np.float32)
    faces = with_points(boxes, np.array([0.7, 0.8, 0.9]))
    joined = join_faces([faces[np.array([2])], faces[np.array([0, 1])]])
    assert joined.scores.tolist() == pytest.approx([0.9, 0.7, 0.8])
    assert np.array_equal(joined.xyxy, boxes[[2, 0, 1]])
    assert len(join_faces([])) == 0
