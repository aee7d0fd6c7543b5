"""The measured cut brings the detector's box back to the frame that the faces were shown in."""

import numpy as np
import pytest

from fer_core.crops import cut_square
from fer_core.pixels import resize, to_grey
from train.cut import measure
from train.cuts import read_cuts


@pytest.mark.parametrize("detector", ["mtcnn", "haar"])
def test_the_cut_leads_from_the_box_to_the_frame(astronaut, detector):
    frame = np.array([168, 50, 282, 164], np.float32)
    face = resize(to_grey(cut_square(astronaut, frame)), (48, 48))
    found = measure(detector, np.stack([face, face[:, ::-1]]))
    assert (found.shown, found.found) == (2, 2)
    square = found.cut.squares(np.array([found.median_xyxy], np.float32))[0]
    assert np.abs(square - [0, 0, 48, 48]).max() < 1.5


def test_the_measured_cuts_are_for_the_shipped_detectors():
    cuts = read_cuts()
    assert set(cuts) == {"mtcnn", "haar"}
    assert 0.85 < cuts["mtcnn"].side < 1.0
