"""Whether the difference between two classifiers on the same faces could be chance."""

import math
from collections.abc import Sequence


def mcnemar_p(only_a: int, only_b: int) -> float:
    """The two-sided p-value of McNemar's exact test, from the faces that only one has right.

    It is how often a fair coin, thrown for each such face, would come out at least as unequal.
    Source: McNemar, "Note on the sampling error of the difference between correlated
    proportions", Psychometrika 1947; exact form after Fagerland et al. 2013.
    """
    n, fewer = only_a + only_b, min(only_a, only_b)
    return min(2 * sum(math.comb(n, k) for k in range(fewer + 1)) / 2**n, 1.0)


def holm(ps: Sequence[float]) -> list[float]:
    """The p-values of several tests, corrected: by chance alone, at most one family of tests in
    twenty has any below .05.

    The least is taken times the number of tests, the next times one less, and so on; none comes
    out below a smaller one.
    Source: Holm, "A simple sequentially rejective multiple test procedure", Scandinavian Journal
    of Statistics 1979.
    """
    corrected, largest = [0.0] * len(ps), 0.0
    for place, index in enumerate(sorted(range(len(ps)), key=ps.__getitem__)):
        largest = max(largest, min((len(ps) - place) * ps[index], 1.0))
        corrected[index] = largest
    return corrected
