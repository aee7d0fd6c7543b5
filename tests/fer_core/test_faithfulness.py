import cv2
import numpy as np
import pytest

from fer_core.faithfulness import SHIFTS, STEPS, faithfulness

LEFT = np.zeros((1, 2), np.float32)
LEFT[0, 0] = 1


def striped(*colours):
    """Texture everywhere: columns in turn black and white, which a blur makes grey."""
    crop = np.zeros((48, 48, *colours), np.uint8)
    crop[:, ::2] = 255
    return crop


def left_texture(crops):
    """The probability of class 2 is the share of texture that the left half has kept."""
    left = crops.reshape(*crops.shape[:3], -1)[:, :, :24, 0].astype(np.float32)
    probs = np.zeros((len(crops), 7), np.float32)
    probs[:, 2] = (np.abs(left - 127.5) > 60).mean((1, 2))
    return probs


@pytest.mark.parametrize("crop", [striped(), striped(3)], ids=["grey", "rgb"])
def test_a_true_map_beats_chance_and_a_false_one_does_not(crop):
    true = faithfulness(left_texture, crop, LEFT, 2)
    assert true.deletion.area < true.deletion.chance_area - 0.1
    assert true.insertion.area > true.insertion.chance_area + 0.1
    false = faithfulness(left_texture, crop, 1 - LEFT, 2)
    # Some random places lie close to the map's own.
    assert min(true.deletion_beats, true.insertion_beats) > 0.8 * SHIFTS
    assert max(false.deletion_beats, false.insertion_beats) < 0.2 * SHIFTS
    assert false.deletion.area > false.deletion.chance_area + 0.1
    assert false.insertion.area < false.insertion.chance_area - 0.1


def test_a_map_at_a_random_place_beats_all_the_others_once_in_twenty_times():
    """The same blob each time, rolled to where chance puts it: on each measure p = .05."""
    rng = np.random.default_rng(0)
    weights = rng.random((16, 16), dtype=np.float32)  # no two places are worth the same
    crop = striped()[:16, :16]
    blob = cv2.GaussianBlur(np.eye(16, dtype=np.float32), (0, 0), 2)

    def weighed(crops):
        probs = np.zeros((len(crops), 7), np.float32)
        texture = np.abs(crops.astype(np.float32) - 127.5) * weights
        probs[:, 2] = texture.sum((1, 2)) / weights.sum() / 127.5
        return probs

    found = [
        faithfulness(weighed, crop, np.roll(blob, rng.integers(16, size=2), (0, 1)), 2, seed)
        for seed in range(600)
    ]
    for beats in ("insertion_beats", "deletion_beats"):
        passed = np.mean([getattr(each, beats) == SHIFTS for each in found])
        assert passed == pytest.approx(1 / (1 + SHIFTS), abs=0.02)


def test_the_curves_of_a_known_answer():
    """With the left half first, all is gone at a half: the areas are 1/4 and 3/4."""
    result = faithfulness(left_texture, striped(), LEFT.repeat(24, 1).repeat(48, 0), 2)
    expected = np.clip(1 - 2 * result.deletion.shares, 0, 1)
    # Within the half, pixels of equal value come in random order.
    assert np.allclose(result.deletion.probs, expected, atol=0.03)
    assert np.allclose(result.insertion.probs, 1 - expected, atol=0.03)
    assert result.deletion.area == pytest.approx(0.25, abs=0.02)
    assert result.insertion.area == pytest.approx(0.75, abs=0.02)


def test_pixels_of_equal_value_are_not_taken_from_top_to_bottom():
    def top_texture(crops):
        return left_texture(crops.swapaxes(1, 2))

    crop = striped().T.copy()
    result = faithfulness(top_texture, crop, np.zeros((3, 3), np.float32), 2)
    assert np.allclose(result.deletion.probs, 1 - result.deletion.shares, atol=0.06)


def test_one_call_and_the_same_answer_for_the_same_seed():
    calls = []

    def counting(crops):
        calls.append(crops.shape)
        return left_texture(crops)

    first = faithfulness(counting, striped(), LEFT, 2, seed=1)
    assert calls == [(2 * (1 + SHIFTS) * (STEPS + 1), 48, 48)]
    again = faithfulness(counting, striped(), LEFT, 2, seed=1)
    other = faithfulness(counting, striped(), LEFT, 2, seed=2)
    assert np.array_equal(first.insertion.chance, again.insertion.chance)
    assert not np.array_equal(first.insertion.chance, other.insertion.chance)


def test_a_crop_is_whole_at_one_end_and_blurred_at_the_other():
    seen = []

    def watching(crops):
        seen.append(crops)
        return left_texture(crops)

    crop = striped()
    faithfulness(watching, crop, LEFT, 2)
    deletion, insertion = seen[0].reshape(2, 1 + SHIFTS, STEPS + 1, 48, 48)
    assert (deletion[:, 0] == crop).all() and (insertion[:, -1] == crop).all()
    assert np.array_equal(deletion[:, -1], insertion[:, 0])
    assert np.abs(deletion[0, -1].astype(float) - 127.5).max() < 30
