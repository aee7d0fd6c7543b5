import dataclasses

import numpy as np
import pytest
import torch

from train.augment import AUGMENTATIONS, Augmentation


def batch(n=16):
    rng = np.random.default_rng(0)
    images = torch.from_numpy(rng.uniform(0, 255, (n, 1, 48, 48)).astype(np.float32))
    return images, torch.eye(7)[torch.arange(n) % 7]


def test_what_published_recipes_call_by_name_stays_what_it_was():
    """Reports hold the name alone: other values want another name."""
    photo = Augmentation(True, 0, 0.08, 0.15, 12, 0.25, 0.15, 0.2)
    assert {
        "none": Augmentation(),
        "start": Augmentation(True, 4),
        "mild": Augmentation(True, 0, 0.1, 0.1, 10),
        "khaireddin": Augmentation(True, 0, 0.2, 0.2, 10, erase=0.5),
        "photo": photo,
        "photo-mixed": dataclasses.replace(photo, mixup=0.4),
        "strong": Augmentation(True, 0, 0.2, 0.2, 10, 0.3, 0, 0.5, 1),
    } == AUGMENTATIONS


@pytest.mark.parametrize("name", AUGMENTATIONS)
def test_presets_keep_shape_range_and_target_sums(name):
    images, targets = batch()
    changed, mixed = AUGMENTATIONS[name](images, targets, np.random.default_rng(0))
    assert changed.shape == images.shape and mixed.shape == targets.shape
    assert changed.min() >= -1e-3 and changed.max() <= 255.001
    assert torch.allclose(mixed.sum(1), torch.ones(16))


@pytest.mark.parametrize("name", AUGMENTATIONS)
def test_the_generator_decides_everything(name):
    one, _ = AUGMENTATIONS[name](*batch(), np.random.default_rng(5))
    two, _ = AUGMENTATIONS[name](*batch(), np.random.default_rng(5))
    assert torch.equal(one, two)


def test_none_changes_nothing():
    images, targets = batch()
    same, _ = AUGMENTATIONS["none"](images, targets, np.random.default_rng(0))
    assert torch.allclose(same, images, atol=1e-2)


def test_flip_mirrors_about_half_of_the_faces():
    images, targets = batch(200)
    flipped, _ = Augmentation(flip=True)(images, targets, np.random.default_rng(0))
    mirrored = (flipped - images.flip(3)).abs().amax((1, 2, 3)) < 1e-2
    kept = (flipped - images).abs().amax((1, 2, 3)) < 1e-2
    assert (mirrored | kept).all() and 70 < mirrored.sum() < 130


def test_start_crops_a_reflect_padded_face():
    images, targets = batch()
    moved, _ = Augmentation(whole_pixel_shift=4)(images, targets, np.random.default_rng(0))
    padded = torch.nn.functional.pad(images, (4, 4, 4, 4), mode="reflect")
    for face in range(16):
        crops = (padded[face, :, y : y + 48, x : x + 48] for y in range(9) for x in range(9))
        assert any(torch.allclose(moved[face], crop, atol=1e-1) for crop in crops)


def test_mixup_blends_pictures_and_targets_alike():
    images = torch.arange(8.0)[:, None, None, None].expand(8, 1, 48, 48).contiguous()
    targets = torch.nn.functional.one_hot(torch.arange(8), 8).float()
    mixed, shares = Augmentation(mixup=1.0)(images, targets, np.random.default_rng(1))
    expected = shares @ torch.arange(8.0)
    assert torch.allclose(mixed[:, 0, 0, 0], expected, atol=1e-3)


def test_mixup_takes_another_face_and_as_much_of_it_as_the_distribution_says():
    images, targets = torch.zeros(64, 1, 4, 4), torch.eye(64)
    rng = np.random.default_rng(1)
    shares = []
    for _ in range(300):
        _, mixed = Augmentation(mixup=0.4)(images, targets, rng)
        own = mixed.diagonal()
        assert (own <= own.min() + 1e-6).sum() > 55  # but for those that meet themselves
        shares.append(float(own.min()))
    # Beta(.4, .4) has its first and last quarter alike, and .36 of all in each.
    assert 0.31 < np.mean(np.array(shares) < 0.25) < 0.43


def test_erasing_covers_rectangles_with_grey():
    images = torch.zeros(400, 1, 48, 48)
    covered, _ = Augmentation(erase=0.5)(images, torch.eye(7)[:1], np.random.default_rng(0))
    assert set(covered.unique().tolist()) == {0, 127.5}
    inside = covered[:, 0] > 0
    some = inside.any(2).any(1)
    assert 160 < some.sum() < 240
    rows, columns = inside[some].any(2), inside[some].any(1)
    assert torch.equal(inside[some], rows[:, :, None] & columns[:, None])  # rectangles
    for line in (rows.sum(1), columns.sum(1)):
        assert 19 < line.max() <= 23 and line.float().mean() > 8  # .15 to .45 of 48 px, and cut off
    assert (rows.float().mean(0) > 0.1).all() and (columns.float().mean(0) > 0.1).all()  # anywhere


def moves(augmentation, n=400):
    """Of n faces: the part by which each is turned and zoomed, (n, 2, 2) from a changed face's
    pixels to the given one's, and by how many pixels right and down the middle comes from, (n, 2).
    """
    middle, near = 23.5, slice(18, 30)  # nothing is reflected there
    places = torch.arange(48.0)
    columns = places.expand(n, 1, 48, 48)
    found = []
    for ramp in (columns, columns.transpose(2, 3)):
        moved, _ = augmentation(ramp, torch.eye(7)[:1].expand(n, 7), np.random.default_rng(3))
        found.append(moved[:, 0, near, near].reshape(n, -1).T.numpy())
    y, x = np.meshgrid(places[near] - middle, places[near] - middle, indexing="ij")
    known = np.stack([x.ravel(), y.ravel(), np.ones(x.size)], axis=1)
    fits = []
    for values in found:
        fit, left_over, *_ = np.linalg.lstsq(known, values, rcond=None)
        assert left_over.max() < 1e-3  # a plane: all pixels of a face move together
        fits.append(fit)
    right, down = fits
    return np.stack([right[:2], down[:2]]).transpose(2, 0, 1), np.stack([right[2], down[2]], 1) - (
        middle
    )


def test_faces_are_turned_by_no_more_than_they_may():
    turned, moved = moves(Augmentation(rotate_degrees=12))
    degrees = np.rad2deg(np.arctan2(turned[:, 1, 0], turned[:, 0, 0]))
    assert 11.5 < degrees.max() <= 12.01 and -12.01 <= degrees.min() < -11.5
    assert np.allclose(turned @ turned.transpose(0, 2, 1), np.eye(2), atol=1e-3)  # only turned
    assert np.abs(moved).max() < 1e-2  # around the middle


def test_faces_are_zoomed_alike_in_both_directions():
    zoomed, moved = moves(Augmentation(scale=0.15))
    zoom = 1 / zoomed[:, 0, 0]
    assert 1.14 < zoom.max() < 1.1501 and 0.8499 < zoom.min() < 0.86
    assert np.allclose(zoomed, zoomed[:, :1, :1] * np.eye(2), atol=1e-3)
    assert np.abs(moved).max() < 1e-2


def test_faces_are_shifted_by_a_share_of_their_side_each_way_for_itself():
    still, moved = moves(Augmentation(shift=0.1))
    assert np.allclose(still, np.eye(2), atol=1e-3)
    assert (moved.max(0) > 4.6).all() and (moved.max(0) < 4.71).all()  # a tenth of 47 px
    assert (moved.min(0) > -4.71).all() and (moved.min(0) < -4.6).all()
    assert abs(np.corrcoef(moved.T)[0, 1]) < 0.15


def test_whole_pixel_shifts_reach_both_ends():
    _, moved = moves(Augmentation(whole_pixel_shift=4))
    for each in moved.T:
        assert np.unique(each.round(2)).tolist() == list(range(-4, 5))


def test_mirrored_faces_are_zoomed_and_turned_as_others_are():
    changed, _ = moves(Augmentation(flip=True, scale=0.15, rotate_degrees=12))
    squared = changed @ changed.transpose(0, 2, 1)
    assert np.allclose(squared, squared[:, :1, :1] * np.eye(2), atol=1e-3)  # no face is sheared
    zoom = 1 / squared[:, 0, 0] ** 0.5
    assert 1.14 < zoom.max() < 1.1501 and 0.8499 < zoom.min() < 0.86
    degrees = np.rad2deg(np.arctan2(-changed[:, 0, 1], changed[:, 1, 1]))
    assert 11.5 < degrees.max() <= 12.01 and -12.01 <= degrees.min() < -11.5


def test_light_changes_contrast_and_brightness_of_each_face():
    n = 400
    face = torch.linspace(96, 160, 48).expand(n, 1, 48, 48)
    lit, _ = Augmentation(light=0.25)(face, torch.eye(7)[:1], np.random.default_rng(0))
    spread = (lit.amax((1, 2, 3)) - lit.amin((1, 2, 3))) / 64
    offset = lit.mean((1, 2, 3)) - 128
    for values, largest in ((spread - 1, 0.25), (offset, 32)):
        assert 0.95 * largest < values.max() < 1.001 * largest
        assert -1.001 * largest < values.min() < -0.95 * largest
    assert abs(np.corrcoef(spread, offset)[0, 1]) < 0.15


def test_a_share_of_the_faces_loses_detail():
    images, targets = batch(200)
    soft, _ = Augmentation(blur=0.3)(images, targets, np.random.default_rng(0))
    rough = [(each.diff(dim=3)).abs().mean((1, 2, 3)) for each in (soft, images)]
    changed = rough[0] < 0.6 * rough[1]
    assert 40 < changed.sum() < 80
    assert torch.allclose(soft[~changed], images[~changed], atol=1e-2)
    assert torch.allclose(soft.mean((1, 2, 3)), images.mean((1, 2, 3)), atol=2)


def test_detail_is_lost_as_in_a_face_of_a_third_to_four_fifths_of_the_side():
    images, targets = batch(1)
    rng = np.random.default_rng(0)
    soft = [Augmentation(blur=1.0)(images, targets, rng)[0][0, 0] for _ in range(200)]
    # What was made smaller and larger again has as many independent rows as it had when small.
    sides = np.linalg.matrix_rank(np.stack(soft))
    assert (sides.min(), sides.max()) == (int(0.35 * 48), int(0.8 * 48))


@pytest.mark.parametrize("name", [name for name in AUGMENTATIONS if name != "none"])
def test_a_batch_is_not_changed_as_one(name):
    images, _ = batch(1)
    same = images.expand(64, 1, 48, 48)
    augmentation = dataclasses.replace(AUGMENTATIONS[name], mixup=0.0)
    changed, _ = augmentation(same, torch.eye(7)[:1].expand(64, 7), np.random.default_rng(0))
    assert len({face.numpy().tobytes() for face in changed}) > 30
