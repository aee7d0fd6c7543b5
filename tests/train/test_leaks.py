import numpy as np

from train import leaks
from train.leaks import MAX_RMS_DISTANCE, repeated


def test_distance_is_the_limit():
    rng = np.random.default_rng(0)
    base = rng.integers(60, 190, (3, 48, 48)).astype(np.uint8)
    limit = int(MAX_RMS_DISTANCE)
    shifted = np.stack([base[0], base[1] + limit, base[2] + limit + 1])
    in_base, in_shifted = repeated(shifted, base)
    assert in_base.tolist() == in_shifted.tolist() == [True, True, False]


def test_many_faces_in_chunks(monkeypatch):
    monkeypatch.setattr(leaks, "CHUNK", 3)
    images = np.random.default_rng(1).integers(0, 255, (10, 48, 48)).astype(np.uint8)
    found, found_others = repeated(images, images[[7, 2]])
    assert np.flatnonzero(found).tolist() == [2, 7]
    assert found_others.all()


def test_equal_block_means_are_not_enough():
    checks = np.indices((48, 48)).sum(0) % 2 * 60 + 90
    found, _ = repeated(checks[None].astype(np.uint8), (240 - checks)[None].astype(np.uint8))
    assert not found.any()


def test_nothing_repeats_nothing():
    none, some = np.zeros((0, 48, 48), np.uint8), np.zeros((2, 48, 48), np.uint8)
    assert [mask.tolist() for mask in repeated(none, none)] == [[], []]
    assert [mask.tolist() for mask in repeated(some, none)] == [[False, False], []]
