import numpy as np
import pytest

from train import metrics


def test_accuracy():
    assert metrics.accuracy(np.eye(7)[[0, 0, 1, 3]], np.array([0, 1, 1, 3])) == 0.75


def test_the_accuracy_at_another_mix_of_labels():
    confusion = np.diag([8, 1, 0, 0, 0, 0, 0])
    confusion[0, 1], confusion[1, 0] = 2, 1  # recalls of .8 and .5
    equal, rare, more = np.eye(7, dtype=int)[[0, 1, 2]]
    assert metrics.accuracy_at_mix(confusion, 5 * (equal + rare)) == pytest.approx(0.65)
    assert metrics.accuracy_at_mix(confusion, equal + 3 * rare) == pytest.approx(0.575)
    assert metrics.accuracy_at_mix(confusion, confusion.sum(1)) == pytest.approx(9 / 12)
    assert metrics.accuracy_at_mix(confusion, equal + more) == 0  # without a recall of the third


def test_wilson_interval_against_published_values():
    # 10 of 100: 5.5 % to 17.4 % (Newcombe 1998, table of examples of the Wilson score method).
    low, high = metrics.wilson_interval(10, 100)
    assert (round(low, 4), round(high, 4)) == (0.0552, 0.1744)
    assert metrics.wilson_interval(10, 10)[1] == pytest.approx(1)
