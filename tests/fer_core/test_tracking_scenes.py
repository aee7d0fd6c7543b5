"""Cuts: who is seen after one is somebody new, unless the scene is back."""

import numpy as np
import pytest
from moving_faces import (
    DETECTORS,
    FRAME_RATES,
    RefiningDetector,
    Shown,
    face_at,
    ground,
    resting,
    times,
)

from fer_core.tracking import FaceTracker
from fer_core.tracking_options import TrackingOptions

EDITED = TrackingOptions(scene_cuts=True)


@pytest.mark.parametrize("detector", DETECTORS)
@pytest.mark.parametrize("fps", FRAME_RATES)
def test_a_scene_cut_gives_new_numbers_at_once(detector, fps):
    """One of the two faces after the cut stands where one stood before."""
    dark, bright = ground(60), ground(140)

    def scene(seconds):
        if seconds < 1:
            return {"a": face_at(100, 120)}
        return {"b": face_at(100, 120), "c": face_at(220, 120)}

    made = detector(scene)
    tracker = FaceTracker(made)
    for now in times(fps, 3):
        made.seconds = now
        tracked = tracker.update(dark if now < 1 else bright, now, EDITED)
        numbers = Shown(now, tracked, scene(now)).numbers()
        assert numbers == ({"a": 1} if now < 1 else {"b": 2, "c": 3})
        assert tracked.seen.all()


@pytest.mark.parametrize("level", [0, 255], ids=["black", "flash"])
@pytest.mark.parametrize("detector", DETECTORS)
def test_who_is_back_after_another_picture_is_the_same_person(detector, level):
    made = detector(lambda seconds: {} if 0.9 < seconds < 1.05 else resting(seconds))
    tracker = FaceTracker(made)
    for now in times(20, 2):
        made.seconds = now
        picture = ground(level if 0.9 < now < 1.05 else 110)
        tracked = tracker.update(picture, now, EDITED)
        assert tracked.people == (() if 0.9 < now < 1.05 else (1,))


@pytest.mark.parametrize("away, number", [(1.0, 1), (2.0, 2)])
def test_a_scene_that_is_back_after_long_is_a_new_one(away, number):
    made = RefiningDetector(lambda seconds: {} if 0.5 <= seconds < 0.5 + away else resting(seconds))
    tracker = FaceTracker(made)
    for now in times(10, 3):
        made.seconds = now
        picture = ground(200 if 0.5 <= now < 0.5 + away else 110)
        tracked = tracker.update(picture, now, EDITED)
    assert tracked.people == (number,)


@pytest.mark.parametrize(
    "change",
    [
        lambda frame: ground(40 + 8 * frame),
        lambda frame: np.roll(LEAVES, 6 * frame, axis=1),
    ],
    ids=["slowly brighter", "fine texture that moves"],
)
def test_what_is_no_scene_cut(change):
    tracker = FaceTracker(RefiningDetector(resting))
    for frame in range(15):
        tracked = tracker.update(change(frame), frame / 10, EDITED)
        assert tracked.people == (1,)


def test_a_camera_that_moves_between_slow_frames_makes_nobody_new():
    tracker = FaceTracker(RefiningDetector(resting))
    for frame in range(6):
        tracked = tracker.update(ground(40 if frame % 2 else 140), frame / 2, EDITED)
        assert tracked.people == (1,)


@pytest.mark.parametrize("options, number", [(TrackingOptions(), 1), (EDITED, 2)])
def test_a_lamp_that_is_switched_on_is_a_cut_in_a_clip_and_none_before_a_camera(options, number):
    detector = RefiningDetector(resting)
    tracker = FaceTracker(detector)
    for now in times(20, 2):
        detector.seconds = now
        tracked = tracker.update(ground(50 if now < 1 else 95), now, options)
    assert tracked.people == (number,)


# Black and white patches of 2 px.
LEAVES = np.kron(
    np.random.default_rng(0).integers(0, 2, (120, 160, 1), np.uint8) * 255,
    np.ones((2, 2, 3), np.uint8),
)
