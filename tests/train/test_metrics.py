import numpy as np
import pytest

from train import metrics

PROBS = np.eye(7, dtype=np.float32)[[0, 0, 1, 3]] * 0.4 + 0.6 / 7
ANSWERS = np.array([0, 1, 1, 3])


def test_accuracy_and_confusion():
    matrix = metrics.confusion_matrix(PROBS, ANSWERS)
    assert metrics.accuracy(PROBS, ANSWERS) == 0.75
    assert matrix.sum() == 4 and matrix[1, 0] == 1 and np.trace(matrix) == 3


def test_per_class():
    precision, recall, f1, faces = metrics.per_class(PROBS, ANSWERS)
    assert (precision[0], recall[0]) == (0.5, 1.0)
    assert (precision[1], recall[1]) == (1.0, 0.5)
    assert f1[0] == pytest.approx(2 / 3) and f1[6] == 0
    assert faces.tolist() == [1, 2, 0, 1, 0, 0, 0]


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


def test_calibration_error_is_the_gap_between_confidence_and_accuracy():
    confidence = 0.4 + 0.6 / 7
    assert metrics.expected_calibration_error(PROBS, ANSWERS) == pytest.approx(0.75 - confidence)
    # Two bins that err in opposite ways do not make up for one another.
    rows = np.full((4, 7), 0.0, np.float32)
    rows[:2, 0], rows[2:, 0] = 0.9, 0.5
    rows[:2, 1], rows[2:, 1] = 0.1, 0.3
    answers = np.array([0, 1, 0, 0])  # half right at .9, all right at .5
    assert metrics.expected_calibration_error(rows, answers) == pytest.approx(0.45)
    sure = np.eye(7, dtype=np.float32)[[0, 1]]
    assert metrics.expected_calibration_error(sure, np.array([0, 1])) == 0
