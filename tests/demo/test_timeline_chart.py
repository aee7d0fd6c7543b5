"""The chart of a clip: where it draws a person, and where it leaves a gap."""

import numpy as np

from demo.charts.timeline import MOST_POINTS, _pieces, timeline_figure
from fer_core.timeline import Timeline

HAPPY = 3


def happy(seconds):
    """The chart's line for one person who is happy in a row at each of these times."""
    n = len(seconds)
    rows = Timeline(
        np.arange(n),
        np.asarray(seconds, np.float64),
        np.ones(n, np.int64),
        np.zeros((n, 4), np.float32),
        np.tile(np.eye(7, dtype=np.float32)[HAPPY], (n, 1)),
        np.full(n, HAPPY, np.int8),
    )
    return timeline_figure(rows).data[HAPPY]


def test_rows_that_lie_far_apart_are_joined_where_nobody_was_away():
    line = happy(np.arange(0, 60, 20 / 30))  # every 20th frame, at 30 a second
    assert np.interp(np.arange(0, 59, 0.1), line.x, line.y).min() == 1
    away = happy([*np.arange(0, 20, 2 / 3), *np.arange(40, 60, 2 / 3)])
    assert np.interp([10, 30, 50], away.x, away.y).tolist() == [1, 0, 1]


def test_each_row_that_is_missing_is_an_absence():
    seconds = np.arange(90) * 10 / 30  # every tenth frame; times are rounded here and there
    for missing in range(1, 89):
        before, after = _pieces(np.delete(seconds, missing))
        assert (len(before), len(after)) == (missing, 89 - missing)
    line = happy(np.delete(seconds, missing))
    assert np.interp(seconds[missing], line.x, line.y) == 0


def test_in_a_long_clip_a_short_absence_stays_empty():
    seconds = np.arange(0, 600, 1 / 25)
    line = happy(seconds[(seconds <= 100) | (seconds >= 114)])
    at = np.array([50, 99.99, 100.01, 107, 113.99, 114.01, 599.9])
    assert np.interp(at, line.x, line.y).tolist() == [1, 1, 0, 0, 0, 1, 1]
    assert len(line.x) <= MOST_POINTS + 2
    assert line.x[-1] == seconds[-1]


def test_one_row_alone_is_no_trouble():
    assert list(happy([1.5]).y) == [1]
