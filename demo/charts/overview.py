"""Accuracy against what it costs."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from demo.charts.style import GUIDE, INK, finish

REST, FRONT, PICKED = "#7C8A99", "#2B7BBA", "#D97706"


@dataclass(frozen=True)
class Point:
    """One experiment. cost: on the x axis, above 0. The rest in per cent."""

    name: str
    cost: float
    accuracy: float
    interval: tuple[float, float]
    on_front: bool
    picked: bool


def against_cost(
    points: Sequence[Point], lines: Mapping[str, float], title: str, x: str
) -> go.Figure:
    """Every experiment with its 95 % interval; the front joined; published figures as lines."""
    figure = go.Figure()
    groups = (
        ("other experiments", REST, "circle", [p for p in points if not (p.on_front or p.picked)]),
        (
            "on the front: nothing cheaper is as accurate",
            FRONT,
            "diamond",
            [p for p in points if p.on_front and not p.picked],
        ),
        ("chosen", PICKED, "square", [p for p in points if p.picked]),
    )
    front = sorted((p for p in points if p.on_front), key=lambda p: p.cost)
    if len(front) > 1:
        figure.add_scatter(
            x=[p.cost for p in front],
            y=[p.accuracy for p in front],
            mode="lines",
            line={"color": FRONT, "width": 1.5, "shape": "hv"},
            hoverinfo="skip",
            showlegend=False,
        )
    named = {p.name for p in front} if len(front) <= 6 else set()
    for name, colour, symbol, group in groups:
        if group:
            figure.add_scatter(
                x=[p.cost for p in group],
                y=[p.accuracy for p in group],
                error_y={
                    "type": "data",
                    "array": [p.interval[1] - p.accuracy for p in group],
                    "arrayminus": [p.accuracy - p.interval[0] for p in group],
                    "thickness": 1.2,
                    "width": 3,
                    "color": colour,
                },
                mode="markers+text",
                textfont={"color": INK},
                text=[p.name if p.picked or p.name in named else "" for p in group],
                textposition="bottom center",
                marker={"color": colour, "symbol": symbol, "size": 10},
                customdata=[(p.name, *p.interval) for p in group],
                hovertemplate="<b>%{customdata[0]}</b><br>%{y:.2f} % [%{customdata[1]:.1f}, "
                "%{customdata[2]:.1f}]<br>%{x:,.4~s}<extra></extra>",
                name=name,
            )
    for index, (name, value) in enumerate(sorted(lines.items(), key=lambda line: line[1])):
        figure.add_hline(y=value, line={"color": GUIDE, "width": 1, "dash": "dot"})
        # From below, turn by turn at the left and the right, as lines lie close together.
        left = index % 2 == 0
        figure.add_annotation(
            xref="paper",
            x=0 if left else 1,
            xanchor="left" if left else "right",
            y=value,
            yanchor="bottom",
            text=f"{name} {value:.1f} %",
            showarrow=False,
            font={"size": 11, "color": INK},
        )
    costs = [p.cost for p in points]
    ticks = _ticks(costs)
    figure.update_xaxes(
        type="log",
        range=_with_room(costs),
        tickvals=ticks,
        ticktext=[_short(tick) for tick in ticks],
    )
    figure.update_yaxes(ticksuffix=" %")
    return finish(figure, title, x, "accuracy, 95 % interval", 460)


def _ticks(costs: Sequence[float]) -> list[float]:
    """1, 2 and 5 times the powers of ten around the costs; of many decades only the powers."""
    low, high = math.floor(math.log10(min(costs))), math.ceil(math.log10(max(costs)))
    steps = (1, 2, 5) if high - low <= 3 else (1,)
    return [step * 10.0**power for power in range(low - 1, high + 1) for step in steps]


def _with_room(costs: Sequence[float]) -> tuple[float, float]:
    """The ends of a logarithmic axis, as powers of ten, with room for the outermost names."""
    low, high = math.log10(min(costs)), math.log10(max(costs))
    room = 0.15 * max(high - low, 0.5)
    return low - room, high + room


def _short(value: float) -> str:
    for size, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if value >= size:
            return f"{value / size:g} {letter}"
    return f"{value:g}"
