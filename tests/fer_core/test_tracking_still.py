"""The box of a face that holds still stands still, though the detector may not."""

from pathlib import Path

import numpy as np
import pytest
from moving_faces import FACE, face_at, ground, times, with_points

from fer_core.images import read_picture
from fer_core.tracking import FaceTracker
from fer_core.tracking_options import TrackingOptions

ROOT = Path(__file__).resolve().parents[2]


class SwingingDetector:
    """Where it finds a face, it draws a given box as much too small as that was too large."""

    name = "mtcnn"
    truth = np.array([face_at(160, 120)], np.float32)

    def __init__(self, swing_px, score=0.99):
        self.found = self.truth + np.array([-1, -1, 1, 1], np.float32) * swing_px / 2
        self.score = score

    def __call__(self, picture):
        return with_points(self.found, np.array([0.99]))

    def refine(self, picture, xyxy):
        return with_points(2 * self.truth - xyxy, np.full(len(xyxy), self.score))


def held(detector, picture, **options):
    """What is shown of one face: boxes (T, 4) and landmarks (T, 5, 2), at 25 frames a second."""
    tracker = FaceTracker(detector)
    options = TrackingOptions(**options)
    shown = [tracker.update(picture, now, options).faces for now in times(25, 1.2)]
    return np.concatenate([f.xyxy for f in shown]), np.concatenate([f.landmarks for f in shown])


def steps(boxes):
    """The most by which a side moves from each frame to the next, in heights of the box."""
    return np.abs(np.diff(boxes, axis=0)).max(1) / (boxes[1:, 3] - boxes[1:, 1])


@pytest.mark.parametrize("share", [0.06, 0.12])
def test_a_detector_that_swings_between_two_boxes(share):
    boxes, landmarks = held(SwingingDetector(share * FACE), ground())
    assert steps(boxes)[1:].max() < 0.015
    assert boxes[-1] == pytest.approx(SwingingDetector.truth[0], abs=0.01 * FACE)
    expected = with_points(boxes, np.ones(len(boxes))).landmarks
    assert np.abs(landmarks - expected).max() < 0.02 * FACE


def test_what_an_unsure_look_says_has_no_share():
    """The second look is nearer to the face, and its box comes out as it is."""
    detector = SwingingDetector(0.06 * FACE, score=0.8)
    boxes, _ = held(detector, ground(), min_score=0.8)
    assert np.abs(boxes - detector.found).max() < 0.01


@pytest.mark.parametrize("name", ["president.jpg", "astronaut.jpg"])
def test_a_photo_held_before_the_camera(pipeline, name):
    boxes, _ = held(pipeline.detector, read_picture(ROOT / "demo" / "examples" / name).pixels)
    assert steps(boxes).max() < 0.015
