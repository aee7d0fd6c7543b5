import numpy as np
import pytest

from fer_core.significance import holm, mcnemar_p


@pytest.mark.parametrize(
    ("only_a", "only_b", "p"),
    [
        (0, 0, 1.0),
        (3, 3, 1.0),
        (0, 1, 1.0),
        (0, 6, 2 / 2**6),
        (1, 9, 2 * (1 + 10) / 2**10),
        (9, 1, 2 * (1 + 10) / 2**10),
    ],
)
def test_the_exact_p_of_unequal_counts(only_a, only_b, p):
    assert mcnemar_p(only_a, only_b) == pytest.approx(p)


def test_thousands_of_faces_do_not_overflow():
    assert mcnemar_p(1500, 1600) == pytest.approx(0.0753, abs=0.002)  # normal: z = 1.778


@pytest.mark.parametrize(
    ("ps", "corrected"),
    [
        ([], []),
        ([0.03], [0.03]),
        ([0.01, 0.04, 0.03, 0.005], [0.03, 0.06, 0.06, 0.02]),  # 2 x .03, also for .04
        ([0.5, 0.4], [0.8, 0.8]),
        ([0.9, 0.8], [1.0, 1.0]),
    ],
)
def test_holms_correction_keeps_the_order_and_ends_at_1(ps, corrected):
    assert holm(ps) == pytest.approx(corrected)


def test_holms_correction_finds_something_in_nothing_once_in_twenty_times():
    rng = np.random.default_rng(0)
    found = np.mean([min(holm(family)) < 0.05 for family in rng.random((2000, 9))])
    assert found == pytest.approx(0.05, abs=0.015)
