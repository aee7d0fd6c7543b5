"""Which faces count as the same photo, and which do not."""

import cv2
import numpy as np
import pytest

from train import leaks
from train.leaks import repeats

AGAIN = {
    "as it is": lambda photo: photo[8:56, 8:56],
    "moved down and right": lambda photo: photo[2:50, 1:49],
    "moved up and left": lambda photo: photo[16:64, 13:61],
    "mirrored": lambda photo: photo[8:56, 8:56][:, ::-1],
    "mirrored and moved": lambda photo: photo[12:60, 4:52][:, ::-1],
    "darker": lambda photo: photo[8:56, 8:56] // 2,
    "with less contrast": lambda photo: photo[8:56, 8:56] // 2 + 100,
    "saved badly": lambda photo: cv2.imdecode(
        cv2.imencode(".jpg", photo[8:56, 8:56], [cv2.IMWRITE_JPEG_QUALITY, 25])[1], 0
    ),
    "with a mark": lambda photo: cv2.putText(
        photo[8:56, 8:56].copy(), "sample", (4, 44), cv2.FONT_HERSHEY_PLAIN, 0.6, 255
    ),
}


def photos(n, seed=0):
    """n pictures (64, 64), as smooth as faces are."""
    noise = np.random.default_rng(seed).normal(0, 1, (n, 64, 64))
    smooth = np.stack([cv2.GaussianBlur(each, (0, 0), 4) for each in noise])
    return (128 + 50 * smooth / smooth.std()).clip(0, 255).astype(np.uint8)


@pytest.mark.parametrize("change", AGAIN)
def test_a_photo_is_known_again(change):
    given = photos(20)
    again = np.ascontiguousarray(AGAIN[change](given[7]))
    found, found_again = repeats(given[:, 8:56, 8:56].copy(), again[None])
    assert np.flatnonzero(found).tolist() == [7] and found_again.all()


def test_a_photo_with_fine_detail_is_known_again_where_it_was_moved_farthest():
    grain = np.random.default_rng(2).normal(0, 20, (20, 64, 64))
    given = (photos(20) + grain).clip(0, 255).astype(np.uint8)
    found, _ = repeats(given[:, 8:56, 8:56].copy(), given[7:8, 8:56, :48].copy())
    assert np.flatnonzero(found).tolist() == [7]


@pytest.mark.parametrize(
    ("correlation", "same", "alike"), [(0.93, True, True), (0.87, False, True), (0.8, False, False)]
)
def test_the_correlation_decides(correlation, same, alike):
    one, other = (photos(2)[:, 8:56, 8:56].astype(float) - 128) / 50
    one -= one.mean()
    other -= other.mean() + one * (one * other).sum() / (one**2).sum()
    mixed = correlation * one / one.std() + (1 - correlation**2) ** 0.5 * other / other.std()
    pair = [(128 + 40 * each / each.std()).clip(0, 255).astype(np.uint8) for each in (one, mixed)]
    found = repeats(pair[0][None], pair[1][None])
    assert (found.same.tolist(), found.alike.tolist()) == ([same], [alike])


def test_what_coarse_pictures_hide_is_alike_all_the_same():
    shared, *own = photos(3)[:, 8:56, 8:56].astype(float) - 128
    shared = 0.3 * shared + np.random.default_rng(2).normal(0, 40, (48, 48))
    one, other = ((128 + shared + 0.2 * each).clip(0, 255).astype(np.uint8) for each in own)
    assert np.corrcoef(one.ravel(), other.ravel())[0, 1] >= leaks.SAME
    found = repeats(one[None], other[None])
    assert not found.same.any() and found.alike.all()


def test_who_is_found_in_chunks(monkeypatch):
    monkeypatch.setattr(leaks, "CHUNK", 3)
    images = photos(10, seed=1)[:, 8:56, 8:56].copy()
    found, found_others = repeats(images, images[[7, 2]])
    assert np.flatnonzero(found).tolist() == [2, 7]
    assert found_others.all()


def test_flat_pictures_show_no_photo():
    flat = np.full((2, 48, 48), 255, np.uint8)
    found, _ = repeats(flat, flat)
    assert not found.any()


def test_nothing_repeats_nothing():
    none, some = np.zeros((0, 48, 48), np.uint8), np.zeros((2, 48, 48), np.uint8)
    assert [mask.tolist() for mask in repeats(none, none)] == [[], []]
    assert [mask.tolist() for mask in repeats(some, none)] == [[False, False], []]


def test_the_search_is_made_once_and_without_a_place_each_time(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    images = photos(3)[:, 8:56, 8:56].copy()
    assert repeats(images, images).same.all()
    assert list(tmp_path.iterdir())
    monkeypatch.setattr(leaks, "_likely_pairs", None)
    assert repeats(images, images).same.all()  # read, not searched
    monkeypatch.undo()
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    assert repeats(images, images).same.all()
