"""Confusion matrices, and the difference between two."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from demo.charts.style import (
    DIVERGING,
    INK,
    SEQUENTIAL,
    WHITE_ABOVE,
    WITH_FACES,
    finish,
    with_faces,
)
from fer_core.emotions import LABELS

HEIGHT = 420
LEAST_TOP = 10.0  # of a difference, in points or faces: the least that has the full colour
HIT_PX = 34  # of the invisible mark that makes a cell clickable: heat maps cannot be selected


def row_per_cent(matrix: np.ndarray) -> np.ndarray:
    """Counts (7, 7) -> per cent of the row, that is of the faces whose right class it is."""
    return 100 * matrix / np.maximum(matrix.sum(1, keepdims=True), 1)


def confusion(
    counts: np.ndarray,
    title: str,
    top: int | None = None,
    chosen: tuple[int, int] | None = None,
) -> go.Figure:
    """Counts (7, 7), row the right class, column the model's, as per cent of their rows.

    top: to show the counts themselves; so many faces have the full colour. chosen: a cell to
    frame. Each cell carries an invisible point to click, its x and y labels.
    """
    matrix = row_per_cent(counts) if top is None else counts
    full, unit = (100, "%") if top is None else (max(top, 1), " faces")
    text = [[f"{value:.0f}" for value in row] for row in matrix]
    figure = _cells(matrix / full, text, SEQUENTIAL, (0.0, 1.0))
    figure.add_scatter(
        x=[name for _ in LABELS for name in LABELS],
        y=[name for name in LABELS for _ in LABELS],
        mode="markers",
        marker={"size": HIT_PX, "symbol": "square", "opacity": 0},
        selected={"marker": {"opacity": 0}},
        unselected={"marker": {"opacity": 0}},
        customdata=[each for row in _tips(text) for each in row],
        hovertemplate=f"%{{customdata}}{unit}<extra></extra>",
        showlegend=False,
    )
    if chosen:
        row, column = chosen
        figure.add_shape(
            type="rect",
            x0=column - 0.5,
            x1=column + 0.5,
            y0=row - 0.5,
            y1=row + 0.5,
            line={"color": "#D97706", "width": 3},
        )
    return _finished(figure, title, counts.sum(1))


def difference(
    matrix: np.ndarray, title: str, tips: list[list[str]], faces: Sequence[int]
) -> go.Figure:
    """First minus second (7, 7), in faces or in points of row per cent; tips: a text a cell.

    faces: (7,), how many each row is of; empty where the two are of different ones.
    """
    text = [[f"{value:+.0f}" if round(value) else "0" for value in row] for row in matrix]
    top = max(float(abs(matrix).max()), LEAST_TOP)
    figure = _cells(matrix / top, text, DIVERGING, (-1.0, 1.0))
    figure.data[0].update(
        customdata=_tips(tips),
        hoverinfo=None,
        hovertemplate="%{customdata}<extra></extra>",
    )
    return _finished(figure, title, faces)


def largest_confusion(counts: np.ndarray) -> tuple[int, int, float]:
    """Of counts (7, 7) the row and column of the largest share off the diagonal, in per cent."""
    shares = row_per_cent(counts) * (1 - np.eye(len(LABELS)))
    row, column = np.unravel_index(shares.argmax(), shares.shape)
    return int(row), int(column), float(shares[row, column])


def _tips(text: list[list[str]]) -> list[list[str]]:
    """What is said of each cell: its row and column by name, as their axes have more than that."""
    return [
        [
            f"labelled {row}, taken for {column}: {each}"
            for column, each in zip(LABELS, of, strict=True)
        ]
        for row, of in zip(LABELS, text, strict=True)
    ]


def _cells(
    shares: np.ndarray,
    text: list[list[str]],
    scale: list[list[object]],
    span: tuple[float, float],
) -> go.Figure:
    names = list(LABELS)
    figure = go.Figure(
        go.Heatmap(
            z=shares,
            x=names,
            y=names,
            colorscale=scale,
            zmin=span[0],
            zmax=span[1],
            xgap=2,
            ygap=2,
            showscale=False,
            hoverinfo="skip",
        )
    )
    # Annotations, as a heat map's own text chooses its colour as if the page were always light;
    # all at once, as Plotly checks every one again with each that is added.
    figure.update_layout(
        annotations=[
            {
                "x": names[column],
                "y": names[row],
                "text": value,
                "showarrow": False,
                "font": {
                    "size": 12,
                    "color": "white" if abs(shares[row, column]) > WHITE_ABOVE else INK,
                },
            }
            for row, values in enumerate(text)
            for column, value in enumerate(values)
        ]
    )
    edges = [-0.5, len(names) - 0.5]
    figure.update_xaxes(fixedrange=True, showgrid=False, tickangle=-45, range=edges)
    figure.update_yaxes(fixedrange=True, showgrid=False, range=edges[::-1])
    return figure


def _finished(figure: go.Figure, title: str, faces: Sequence[int]) -> go.Figure:
    """With the faces of each row, some of which are few: no share of a row tells that."""
    if len(faces):
        figure.update_yaxes(tickvals=list(LABELS), ticktext=with_faces(faces))
    rows = WITH_FACES if len(faces) else "labelled"
    return finish(figure, title, "the model's answer", rows, HEIGHT)
