"""When the whole frame is searched, what for, and how sure the detector has to be."""

from dataclasses import replace

import numpy as np
import pytest
from moving_faces import (
    DETECTORS,
    FACE,
    FRAME_RATES,
    RefiningDetector,
    SceneDetector,
    face_at,
    ground,
    play,
    resting,
    swaying,
    times,
)

from fer_core.tracking import FaceTracker
from fer_core.tracking_options import TrackingOptions


@pytest.mark.parametrize("fps", FRAME_RATES)
@pytest.mark.parametrize("every", [0.4, 1.0])
@pytest.mark.parametrize("scene", [resting, lambda seconds: {}], ids=["one face", "none"])
def test_the_whole_frame_is_searched_no_more_often_than_asked(fps, every, scene):
    detector = RefiningDetector(scene)
    play(detector, fps, 4, TrackingOptions(detect_every_seconds=every))
    assert 4 / (every + 1 / fps) <= len(detector.searched) <= 4 / every + 1


@pytest.mark.parametrize("fps", FRAME_RATES)
def test_the_whole_frame_is_searched_more_often_while_a_face_is_lost(fps):
    detector = RefiningDetector(lambda seconds: resting(0) if seconds < 2 else {})
    frames = play(detector, fps, 4, TrackingOptions(hold_seconds=1.0))
    searches = len(detector.searched)
    calm = RefiningDetector(resting)
    play(calm, fps, 4)
    lost = sum(len(f.tracked.people) > 0 and not f.tracked.seen.any() for f in frames) / fps
    assert len(calm.searched) < searches <= len(calm.searched) + lost / 0.15 + 1


def test_a_frame_searched_once_more_is_no_other_frame():
    options = TrackingOptions(detect_every_seconds=10, hold_seconds=0, hold_frames=1)
    detector = RefiningDetector(resting)
    tracker = FaceTracker(detector)
    for seconds in (0.0, 0.5):
        detector.seconds = seconds
        followed = tracker.update(ground(), seconds, options)
    assert not tracker.searched
    searched = tracker.search(ground(), options)
    assert tracker.searched and searched.people == followed.people == (1,)
    assert np.array_equal(searched.faces.xyxy, followed.faces.xyxy)


def test_without_refining_each_frame_is_searched():
    detector = SceneDetector(swaying(1.0))
    frames = play(detector, 30, 2)
    assert len(detector.searched) == len(frames)
    assert all(frame.tracked.seen.all() for frame in frames)


@pytest.mark.parametrize(
    "fps, options",
    [
        (10, TrackingOptions(hold_seconds=0)),
        (2, TrackingOptions(detect_every_seconds=2)),
        (1, TrackingOptions(detect_every_seconds=5)),
    ],
    ids=["nothing held", "two frames a second", "one frame a second"],
)
def test_a_face_is_followed_however_long_the_last_frame_is_ago(fps, options):
    frames = play(RefiningDetector(resting), fps, 10, options)
    assert [frame.numbers() for frame in frames] == [{"a": 1}] * len(frames)


@pytest.mark.parametrize("fps", [0.5, 2, 5])
@pytest.mark.parametrize("frames", [0, 1])
def test_a_face_that_is_missed_once_may_be_held_for_a_frame_however_slow(fps, frames):
    detector = RefiningDetector(lambda seconds: resting(0) if seconds != 2 / fps else {})
    options = TrackingOptions(hold_seconds=0, hold_frames=frames)
    shown = play(detector, fps, 4 / fps, options)
    assert [len(frame.tracked.people) for frame in shown] == [1, 1, frames, 1]
    leaving = RefiningDetector(lambda seconds: resting(0) if seconds < 2 / fps else {})
    gone = play(leaving, fps, 4 / fps, options)
    assert [len(frame.tracked.people) for frame in gone] == [1, 1, frames, 0]


@pytest.mark.parametrize(
    "search_side, searched, size_hw",
    [(320, (240, 320), (960, 1280)), (320, (320, 120), (1280, 480)), (0, (960, 1280), (960, 1280))],
    ids=["reduced", "upright", "as it is"],
)
def test_the_search_is_in_a_reduced_picture_and_the_boxes_in_the_frame(
    search_side, searched, size_hw
):
    detector = RefiningDetector(resting, size_hw)
    frames = play(detector, 10, 1, TrackingOptions(search_side=search_side))
    assert set(detector.searched) == {searched}
    assert all(frame.numbers() == {"a": 1} for frame in frames)


@pytest.mark.parametrize("fps", [10, 30])
def test_a_face_that_jumps_is_found_in_the_same_frame(fps):
    """By nearly half its height, farther than the detector is sure of a face."""
    detector = RefiningDetector(lambda seconds: {"a": face_at(127 if seconds > 0.55 else 100, 120)})
    for frame in play(detector, fps, 1):
        assert frame.numbers() == {"a": 1}
        assert np.abs(frame.boxes - frame.truth["a"]).max() < 0.12 * FACE
    assert len(detector.searched) == 3  # at 0, 0.4 and 0.8 seconds: not for the jump


@pytest.mark.parametrize("kind", DETECTORS)
def test_a_new_face_has_to_be_sure_and_a_known_one_less_so(kind):
    detector = kind(resting)
    detector.score = 0.8
    assert not any(frame.tracked.people for frame in play(detector, 10, 1))
    surely = TrackingOptions(min_score=0.8)
    assert all(frame.numbers() == {"a": 1} for frame in play(detector, 10, 1, surely))


@pytest.mark.parametrize("kind", DETECTORS)
@pytest.mark.parametrize(
    "score, least, seen", [(0.8, 0.95, True), (0.6, 0.95, False), (0.6, 0.5, True)]
)
def test_how_sure_the_detector_has_to_be_of_a_known_face(kind, score, least, seen):
    detector, options = kind(resting), TrackingOptions(min_score=least)
    tracker = FaceTracker(detector)
    assert tracker.update(ground(), 0.0, options).people == (1,)
    for now in times(10, 0.3, start=0.1):
        detector.score = score
        tracked = tracker.update(ground(), now, options)
        assert tracked.people == (1,) and tracked.seen.tolist() == [seen]


def test_what_is_no_face_when_seen_sharply_is_nobody(monkeypatch):
    detector = RefiningDetector(lambda seconds: {"tie": face_at(160, 120)})
    tracker = FaceTracker(detector)
    sure = detector.refine
    monkeypatch.setattr(
        detector, "refine", lambda *a: replace(sure(*a), scores=np.array([0.9], np.float32))
    )
    assert tracker.update(ground(), 0.0, TrackingOptions(search_side=160)).people == ()
    monkeypatch.undo()
    assert tracker.update(ground(), 0.5, TrackingOptions(search_side=160)).people == (1,)
