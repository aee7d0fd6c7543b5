import numpy as np
import pytest

from fer_core.significance import discordant, mcnemar_p


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


def test_discordant_counts_each_side():
    a, b = np.array([1, 1, 1, 0, 0], bool), np.array([1, 0, 0, 1, 0], bool)
    assert discordant(a, b) == (2, 1)
