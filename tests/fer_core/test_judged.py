"""Hand-made cases, and the shipped reports' own figures."""

import numpy as np
import pytest

from fer_core.emotions import LABELS
from fer_core.judged import Agreement, Judged, agreement, cell, reliability, thresholds
from fer_core.report import read_predictions, read_report
from fer_core.weights import FOLDER

SHIPPED = sorted((FOLDER / "reports").glob("*.json"))


def faces(confidences, predicted, truth):
    """Faces whose likeliest class has the given probability; the rest is shared evenly."""
    n = len(confidences)
    probs = np.repeat(((1 - np.array(confidences)) / 6)[:, None], len(LABELS), axis=1)
    probs[np.arange(n), predicted] = confidences
    return Judged(np.arange(n), probs.astype(np.float32), np.array(truth))


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_what_is_computed_agrees_with_the_shipped_reports(path):
    report, predictions = read_report(path), read_predictions(path.with_suffix(".npz"))
    for judged in report.evaluations:
        found = Judged.of(predictions, judged.label_set, judged.subset)
        assert len(found.rows) == judged.n
        # The files hold float16: of two classes that round to the same, the first is taken.
        assert found.right.mean() == pytest.approx(judged.accuracy, abs=3 / judged.n)
        # The same rounding moves some faces over the edges of the bins.
        bins = reliability(found)
        assert bins.expected_calibration_error == pytest.approx(judged.ece, abs=3e-3)
        cells = [
            [len(cell(found, row, column).rows) for column in range(len(LABELS))]
            for row in range(len(LABELS))
        ]
        assert abs(np.array(cells) - np.array(judged.confusion)).sum() <= 8


def test_judged_leaves_out_faces_without_a_class_and_repeated_ones():
    found = read_predictions(SHIPPED[0].with_suffix(".npz"))
    every = Judged.of(found, "ferplus", "all")
    clean = Judged.of(found, "ferplus", "clean")
    assert (every.truth >= 0).all()
    assert set(clean.rows) == set(every.rows) & set(found.rows[found.clean])


def test_reliability_bins_by_confidence():
    found = faces([0.95, 0.96, 0.5, 0.5], [0, 0, 1, 1], [0, 0, 1, 2])
    bins = reliability(found)
    assert bins.n.tolist() == [2, 2]
    assert bins.accuracy.tolist() == [0.5, 1.0]
    assert bins.confidence == pytest.approx([0.5, 0.955])


def test_bins_that_err_in_opposite_ways_do_not_make_up_for_one_another():
    # Half right at .9, all right at .5.
    found = reliability(faces([0.9, 0.9, 0.5, 0.5], [0, 0, 0, 0], [0, 1, 0, 0]))
    assert found.expected_calibration_error == pytest.approx(0.45)
    assert reliability(faces([1, 1], [0, 1], [0, 1])).expected_calibration_error == 0


def test_a_higher_threshold_answers_fewer_faces_better():
    found = faces([0.9, 0.8, 0.6, 0.4], [0, 0, 0, 0], [0, 0, 1, 1])
    curve = thresholds(found)
    assert curve.answered[[0, 50, 70, 90, 100]] == pytest.approx([1, 0.75, 0.5, 0.25, 0])
    assert curve.accuracy[[0, 50, 70]] == pytest.approx([0.5, 2 / 3, 1])
    assert np.isnan(curve.accuracy[100])


def test_agreement_is_about_the_faces_that_both_have():
    a = faces([0.9] * 5, [0, 0, 1, 1, 2], [0, 0, 0, 1, 2])
    b = Judged(np.array([3, 2, 1, 4, 7]), a.probs[[3, 0, 2, 1, 1]], np.array([1, 0, 0, 2, 5]))
    result = agreement(a, b)
    # Row 3: both right. Row 2: only b. Rows 1 and 4: only a.
    assert result == Agreement(n=4, same=1, both=1, only_a=2, only_b=1, neither=0)


def test_a_cell_holds_its_faces_the_most_confident_first():
    found = faces([0.5, 0.9, 0.7, 0.8], [4, 4, 4, 2], [2, 2, 2, 2])
    assert cell(found, 2, 4).rows.tolist() == [1, 2, 0]
    assert not len(cell(found, 0, 0).rows)
