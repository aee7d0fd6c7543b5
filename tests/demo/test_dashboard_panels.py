"""The words and the arithmetic of the dashboard's panels, on hand-made cases."""

import dataclasses

import numpy as np

from demo.board.cost_panel import pareto
from demo.board.pair_panel import verdict
from fer_core.judged import Agreement


def test_the_verdict_says_whether_it_is_chance():
    few = Agreement(n=100, same=75, both=70, only_a=15, only_b=6, neither=9)
    many = Agreement(n=1000, same=700, both=600, only_a=200, only_b=100, neither=100)
    said = verdict(few, "A", "B")
    assert "within chance" in said and "in 7.8% of" in said
    fewer = dataclasses.replace(few, only_a=16, only_b=5)
    assert "More than chance" in verdict(fewer, "A", "B")
    said = verdict(many, "A", "B")
    assert "More than chance for these two as they were trained" in said
    assert "A alone gets 200" in said and "another seed" in said
    other = Agreement(n=1000, same=700, both=600, only_a=100, only_b=200, neither=100)
    assert "B alone gets 200" in verdict(other, "A", "B")
    even = Agreement(n=10, same=10, both=10, only_a=0, only_b=0, neither=0)
    assert "equally many" in verdict(even, "A", "B")


def test_the_front_is_what_nothing_beats():
    cost = np.array([1, 2, 3, 2, np.nan])
    gain = np.array([50, 70, 60, 69, 99])
    assert pareto(cost, gain).tolist() == [True, True, False, False, False]
    # Of two alike, neither is better.
    alike = pareto(np.array([1.0, 1, 2]), np.array([2.0, 2, 2]))
    assert alike.tolist() == [True, True, False]
