"""How the seven probabilities of each person ran through a clip."""

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from demo.charts.style import GRID
from fer_core import EMOTIONS
from fer_core.results import percent
from fer_core.timeline import Timeline

MOST_PEOPLE = 6  # those longest in view; the table and the files have all
MOST_POINTS = 600  # of a person: more than the screen has columns would only load slowly
GAP_SECONDS = 0.6  # a longer time without the person stays empty
EDGE_SECONDS = 1e-3  # in so short a time an area falls to nothing
ROW_PX, HEAD_PX = 130, 96


def timeline_figure(timeline: Timeline) -> go.Figure:
    """Stacked areas, one row a person; a click on it carries the time as its x. What is written
    has the page's own colour: see video.css."""
    longest = sorted(timeline.people, key=lambda person: -person.frames)[:MOST_PEOPLE]
    people = sorted(person.person for person in longest)
    figure = make_subplots(
        rows=max(len(people), 1),
        cols=1,
        shared_xaxes=True,
        vertical_spacing=0.3 / max(len(people), 1) ** 1.5,
        subplot_titles=[f"Person {person}" for person in people],
    )
    for row, person in enumerate(people, 1):
        _add(figure, timeline.of(person), row)
    figure.update_layout(
        height=HEAD_PX + ROW_PX * len(people),
        margin={"l": 8, "r": 8, "t": 30, "b": 8},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        hovermode="x unified",
        dragmode=False,  # or a finger could not scroll past it
        legend={"orientation": "h", "y": 0, "yref": "container", "yanchor": "bottom"},
    )
    figure.update_annotations(x=0, xanchor="left", font={"size": 14})
    figure.update_yaxes(range=[0, 1], visible=False, fixedrange=True)
    figure.update_xaxes(gridcolor=GRID, zeroline=False, rangemode="nonnegative", fixedrange=True)
    figure.update_xaxes(title="seconds", row=len(people) or 1)
    return figure


def _add(figure: go.Figure, rows: Timeline, row: int) -> None:
    step = -(-len(rows) // (MOST_POINTS - 1))  # less one, since the last row is drawn in any case
    seconds: list[float] = []
    probs: list[list[float]] = []
    for piece in _pieces(rows.seconds):
        shown = np.union1d(piece[::step], piece[-1:])
        times = rows.seconds[shown].tolist()
        if seconds:
            # Nothing at either end: a stacked area has no gaps of its own.
            seconds += [seconds[-1] + EDGE_SECONDS, times[0] - EDGE_SECONDS]
            probs += [[0.0] * len(EMOTIONS)] * 2
        seconds += times
        probs += rows.probs[shown].tolist()
    for emotion in EMOTIONS:
        figure.add_scatter(
            x=seconds,
            y=[values[emotion.index] for values in probs],
            name=emotion.name,
            stackgroup=f"person-{row}",
            mode="lines",
            line={"width": 0},
            fillcolor=emotion.colour,
            customdata=[percent(values[emotion.index]) for values in probs],
            hovertemplate="%{customdata}",
            legendgroup=emotion.name,
            showlegend=row == 1,
            row=row,
            col=1,
        )


def _pieces(seconds: np.ndarray) -> list[np.ndarray]:
    """The rows between one absence and the next; seconds: (R,), of all the rows of a person."""
    between = np.diff(seconds)
    # Where only every n-th frame was analyzed, rows lie far apart though nobody was away.
    usual = float(np.median(between)) if len(between) else 0.0
    # One row that is missing is an absence: rows are regular but for rounding.
    away = between > max(GAP_SECONDS, 1.5 * usual)
    return np.split(np.arange(len(seconds)), np.flatnonzero(away) + 1)
