"""Accuracy against what it costs: parameters, the size of the file, or time."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
import streamlit as st

from demo.board.judging import Judging, in_words
from demo.board.overview_table import meaning
from demo.board.panels import chart, switch
from demo.charts.cost import Point, against_cost
from fer_core.models import list_models

COSTS = {
    "parameters": "parameters",
    "file size": "MB",
    "time per face": "ms per face",
}
NOT_DRAWN = {
    "parameters": "that are not networks",
    "MB": "that are not networks, or whose weights are not shipped",
    "ms per face": "that are not networks, or were not measured",
}
AXES = {
    "parameters": "number of parameters",
    "MB": "weights file in MB",
    "ms per face": "milliseconds per face on this machine, one face at a time",
}


def accuracy_against_cost(
    rows: pd.DataFrame, chosen: list[str], lines: Mapping[str, float], judging: Judging
) -> None:
    """rows: of the overview's table. chosen: those to point out. lines: accuracies that are known
    from elsewhere, in words and in per cent. judging: what the rows are by."""
    against = switch("Accuracy against", COSTS, "against", "a cost")
    column = COSTS[against]
    # A tree has some numbers too, but what they cost is another matter.
    known = rows[(rows[column] > 0) & rows["model"].isin(list_models())]
    missing = len(rows) - len(known)
    if known.empty:
        reason = {
            "ms per face": "Press “Measure time per face” under the table first.",
            "MB": "None of these experiments has its weights in the weights folder.",
        }
        st.info(reason.get(column, "None of these experiments is a network."))
        return
    front = pareto(known[column].to_numpy(float), known["accuracy"].to_numpy(float))
    points = [
        Point(
            row.experiment,
            row.cost,
            row.accuracy,
            (row.low, row.high),
            on_front,
            row.experiment in chosen,
        )
        for row, on_front in zip(known.assign(cost=known[column]).itertuples(), front, strict=True)
    ]
    best = max(points, key=lambda p: p.accuracy)
    cheapest_first = ", ".join(
        f"{p.name} {p.accuracy:.1f}%" for p in sorted(points, key=lambda p: p.cost) if p.on_front
    )
    chart(
        against_cost(points, lines, f"Accuracy against {against}", AXES[column]),
        f"{len(points)} experiments. The most accurate is {best.name} with {best.accuracy:.1f} "
        f"per cent. On the front, cheapest first: {cheapest_first}.",
        f"accuracy-against-{column.split()[0].lower()}",
        known[["experiment", column, "accuracy", "low", "high"]].assign(on_front=front),
        in_words(judging),
    )
    st.caption(f"On the front (nothing cheaper is as accurate), cheapest first: {cheapest_first}.")
    if lines:
        st.caption(f"Dotted: {meaning(lines, judging.subset)}.")
    others = int((~known["learned these"].astype(bool)).sum())
    if others:
        st.caption(
            f"{others} of the {len(known)} learned from other labels than these, and answer by "
            "those: see “own labels” in the table."
        )
    if missing:
        st.caption(f"Not drawn: {missing} {NOT_DRAWN[column]}.")


def pareto(cost: np.ndarray, gain: np.ndarray) -> np.ndarray:
    """bool (N,): no other has at most this cost (N,) and at least this gain (N,), one of them
    strictly; NaN is never on the front."""
    no_worse = (cost <= cost[:, None]) & (gain >= gain[:, None])
    better = (cost < cost[:, None]) | (gain > gain[:, None])
    return np.isfinite(cost) & np.isfinite(gain) & ~(no_worse & better).any(axis=1)
