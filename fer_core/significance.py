"""Whether the difference between two classifiers on the same faces could be chance."""

import math

import numpy as np


def discordant(right_a: np.ndarray, right_b: np.ndarray) -> tuple[int, int]:
    """bool (N,) each, for the same faces -> how many only A has right, and only B."""
    return int((right_a & ~right_b).sum()), int((right_b & ~right_a).sum())


def mcnemar_p(only_a: int, only_b: int) -> float:
    """The two-sided p-value of McNemar's exact test, from the faces that only one has right.

    It is how often a fair coin, thrown for each such face, would come out at least as unequal.
    Source: McNemar, "Note on the sampling error of the difference between correlated
    proportions", Psychometrika 1947; exact form after Fagerland et al. 2013.
    """
    n, fewer = only_a + only_b, min(only_a, only_b)
    return min(2 * sum(math.comb(n, k) for k in range(fewer + 1)) / 2**n, 1.0)
