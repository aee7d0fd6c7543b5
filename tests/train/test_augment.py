import numpy as np
import pytest
import torch

from train.augment import AUGMENTATIONS, Augmentation


def batch(n=16):
    rng = np.random.default_rng(0)
    images = torch.from_numpy(rng.uniform(0, 255, (n, 1, 48, 48)).astype(np.float32))
    return images, torch.eye(7)[torch.arange(n) % 7]


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


def test_erasing_covers_rectangles_with_grey():
    images = torch.zeros(50, 1, 48, 48)
    covered, _ = Augmentation(erase=1.0)(images, torch.eye(7)[:1], np.random.default_rng(0))
    share = (covered == 127.5).float().mean((1, 2, 3))
    assert set(covered.unique().tolist()) == {0, 127.5}
    assert 0.01 < share.mean() < 0.2
