"""Accuracy against what it costs."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from demo.charts.style import GUIDE, INK, finish, mark

REST, FRONT = "#7C8A99", INK
CLOSE = 0.05  # of the accuracies' range: a name's height
LEAST_ROOM = 0.4  # powers of ten on either side: from 2 to 5, the longest step between ticks


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
    """Every experiment with its 95% interval; the front joined; published figures as lines.

    lines: in per cent, by what stands beside each.
    Experiments have no names on the chart, where many lie close together, but under the pointer,
    and the picked ones in the legend.
    """
    figure = go.Figure()
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
    picked = [p for p in points if p.picked]
    looks = [mark(index) for index in range(len(picked))]
    groups = [
        ("other experiments", REST, "circle", [p for p in points if not (p.on_front or p.picked)]),
        (
            "on the front: nothing cheaper is as accurate",
            FRONT,
            "diamond",
            [p for p in front if not p.picked],
        ),
        *(
            (p.name, look["colour"], look["symbol"], [p])
            for p, look in zip(picked, looks, strict=True)
        ),
    ]
    for name, colour, symbol, group in groups:
        if group:
            _add_group(figure, name, colour, symbol, group)
    for value in lines.values():
        figure.add_hline(y=value, line={"color": GUIDE, "width": 1, "dash": "dot"})
    costs = [p.cost for p in points]
    ticks = _ticks(costs)
    figure.update_xaxes(
        type="log",
        range=_with_room(costs),
        tickvals=ticks,
        ticktext=[_short(tick) for tick in ticks],
    )
    figure.update_yaxes(ticksuffix="%")
    finish(figure, title, x, "accuracy, 95% interval", 460)
    _name_lines(figure, lines, [p.accuracy for p in points])
    return figure


def _add_group(
    figure: go.Figure, name: str, colour: str, symbol: str, group: Sequence[Point]
) -> None:
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
        mode="markers",
        marker={"color": colour, "symbol": symbol, "size": 10},
        customdata=[(p.name, *p.interval, _short(p.cost)) for p in group],
        hovertemplate="<b>%{customdata[0]}</b><br>%{y:.2f}% [%{customdata[1]:.1f}, "
        "%{customdata[2]:.1f}]<br>%{customdata[3]}<extra></extra>",
        name=name,
    )


def _name_lines(figure: go.Figure, lines: Mapping[str, float], accuracies: Sequence[float]) -> None:
    """What the lines are, above their left ends, where few networks are: those close together share
    a place."""
    if not lines:
        return
    values = [*lines.values(), *accuracies]
    close = CLOSE * (max(values) - min(values))
    places: list[list[tuple[str, float]]] = []
    for words, value in sorted(lines.items(), key=lambda line: -line[1]):
        if places and places[-1][-1][1] - value < close:
            places[-1].append((words, value))
        else:
            places.append([(words, value)])
    for place in places:
        figure.add_annotation(
            xref="paper",
            x=0,
            xanchor="left",
            y=max(value for _, value in place),
            yanchor="bottom",
            text="<br>".join(words for words, _ in place),
            align="left",
            showarrow=False,
            font={"size": 11, "color": INK},
        )


def _ticks(costs: Sequence[float]) -> list[float]:
    """1, 2 and 5 times the powers of ten around the costs; of many decades only some powers."""
    low, high = math.floor(math.log10(min(costs))), math.ceil(math.log10(max(costs)))
    steps, every = ((1, 2, 5), 1) if high - low <= 3 else ((1,), 1 + (high - low) // 5)
    return [step * 10.0**power for power in range(low - 1, high + 1, every) for step in steps]


def _with_room(costs: Sequence[float]) -> tuple[float, float]:
    """The ends of a logarithmic axis, as powers of ten, with room for the outermost points."""
    low, high = math.log10(min(costs)), math.log10(max(costs))
    room = max(0.15 * (high - low), LEAST_ROOM)
    return low - room, high + room


def _short(value: float) -> str:
    """With at most four digits."""
    for size, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if value >= size:
            return f"{value / size:.4g} {letter}"
    return f"{value:.4g}"
