import numpy as np
import pytest

from fer_core import Faces
from fer_core.crops import FaceCut, cut_faces, cut_square


def one_face(x0, y0, x1, y1):
    xyxy = np.array([[x0, y0, x1, y1]], np.float32)
    return Faces(xyxy, np.zeros((1, 0, 2), np.float32), np.ones(1, np.float32))


def test_the_square_follows_the_box_height_and_offsets():
    square = FaceCut(side=0.5, right=0.1, down=-0.2).squares(one_face(10, 20, 30, 120).xyxy)
    assert square.tolist() == [[5, 25, 55, 75]]  # centre (20+10, 70-20), side 50


def test_a_square_inside_is_cut_to_the_pixel():
    picture = np.random.default_rng(0).integers(0, 255, (60, 80, 3), np.uint8)
    cut = cut_square(picture, np.array([10, 5, 40, 35], np.float32))
    assert np.array_equal(cut, picture[5:35, 10:40])


@pytest.mark.parametrize(
    "square", [(-10, -10, 20, 20), (60, 40, 100, 80), (-50, -50, -20, -20), (200, 200, 230, 230)]
)
def test_outside_the_picture_the_border_is_repeated(square):
    picture = np.random.default_rng(0).integers(0, 255, (60, 80, 3), np.uint8)
    x0, y0, x1, y1 = square
    rows, columns = np.arange(y0, y1).clip(0, 59), np.arange(x0, x1).clip(0, 79)
    expected = picture[rows[:, None], columns]
    assert np.array_equal(cut_square(picture, np.array(square, np.float32)), expected)


def test_crops_are_grey_and_of_the_input_size():
    picture = np.zeros((100, 100, 3), np.uint8)
    picture[:, :, 1] = 200
    crops = cut_faces(picture, one_face(20, 20, 60, 80), FaceCut(1.0), (48, 48))
    assert crops.shape == (1, 48, 48) and crops.dtype == np.uint8
    assert np.unique(crops).tolist() == [117]  # 0.587 * 200


def test_no_faces_give_no_crops():
    picture = np.zeros((10, 10, 3), np.uint8)
    assert cut_faces(picture, Faces.empty(), FaceCut(1.0)).shape == (0, 48, 48)
