import numpy as np

from train.leaks import MAX_RMS_DISTANCE, repeated


def test_distance_is_the_limit():
    rng = np.random.default_rng(0)
    base = rng.integers(60, 190, (3, 48, 48)).astype(np.uint8)
    limit = int(MAX_RMS_DISTANCE)
    shifted = np.stack([base[0], base[1] + limit, base[2] + limit + 1])
    assert repeated(shifted, base).tolist() == [True, True, False]


def test_many_faces_in_chunks():
    images = np.random.default_rng(1).integers(0, 255, (10, 48, 48)).astype(np.uint8)
    assert repeated(images, images[7:8], chunk=3).tolist() == [False] * 7 + [True, False, False]


def test_nothing_repeats_nothing():
    none = np.zeros((0, 48, 48), np.uint8)
    assert repeated(none, none).tolist() == []
    assert repeated(np.zeros((2, 48, 48), np.uint8), none).tolist() == [False, False]
