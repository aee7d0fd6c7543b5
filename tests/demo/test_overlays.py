"""The attention page's pictures of a photo's faces."""

import numpy as np
import pytest

from demo.board.overlays import CHOSEN, PHOTO_SIDE, numbered
from fer_core.types import Faces


def faces(*boxes):
    xyxy = np.array(boxes, np.float32)
    return Faces(xyxy, np.zeros((len(boxes), 0, 2), np.float32), np.ones(len(boxes), np.float32))


@pytest.mark.parametrize("size_hw", [(300, 500), (3000, 5000), (5, 1600)])
def test_the_chosen_face_stands_out_and_a_large_photo_becomes_small(size_hw):
    height, width = size_hw
    left = (0.1 * width, 0.2 * height, 0.3 * width, 0.8 * height)
    right = (0.9 * width, 0.2 * height, 1.1 * width, 1.1 * height)  # not all of it is in the photo
    photo = np.full((*size_hw, 3), 90, np.uint8)
    for chosen in (0, 1):
        picture = numbered(photo, faces(left, right), chosen)
        assert max(picture.shape) == min(max(size_hw), PHOTO_SIDE)
        where = (picture == CHOSEN).all(2)
        columns = np.flatnonzero(where.any(0)) / picture.shape[1]
        assert len(columns) and ((columns < 0.5) == (chosen == 0)).all()
    assert (photo == 90).all()
