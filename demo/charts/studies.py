"""The studies: figures beside the published ones, curves over k, and detectors' times."""

from collections.abc import Mapping, Sequence
from itertools import accumulate
from textwrap import wrap

import plotly.graph_objects as go

from demo.charts.style import GUIDE, INK, bar_marker, finish, mark
from fer_core.study import StudyRow

NAME_COLUMNS = 46  # characters in a line of a row's name, as a phone has room for
LEGEND_COLUMNS = 50  # in a line of the legend
LINE_HEIGHT, MARKS_HEIGHT, ROW_GAP = 15, 20, 8  # pixels
LEGEND_LINE = 20  # pixels


def over_k(curves: Mapping[str, tuple[Sequence[float], Sequence[float]]]) -> go.Figure:
    """Validation accuracy against the number of neighbours, for each metric: k and shares of 1."""
    figure = go.Figure()
    for index, (name, (ks, shares)) in enumerate(curves.items()):
        look = mark(index)
        best = max(range(len(shares)), key=shares.__getitem__)
        figure.add_scatter(
            x=list(ks),
            y=[100 * share for share in shares],
            mode="lines+markers",
            name=f"{name}, best with k = {ks[best]:g}",
            line={"color": look["colour"], "dash": look["dash"], "width": 2},
            marker={"symbol": look["symbol"], "size": [11 * (i == best) for i in range(len(ks))]},
            hovertemplate=f"k = %{{x}}: %{{y:.2f}}%<extra>{name}</extra>",
        )
    figure.update_yaxes(ticksuffix="%")
    return finish(
        figure, "Nearest neighbours", "k, number of neighbours", "validation accuracy", 400
    )


def published_and_ours(rows: Sequence[StudyRow], title: str) -> go.Figure:
    """A line for each row: the published figure as a diamond, ours with its interval.

    The names stand above the marks: beside them they would leave a phone no room for the plot.
    The best published figure gets a line of its own, as we may not know which row it is of.
    Our marks differ by what they are judged on: such figures are not to be compared.
    """
    wrapped = [wrap(row.changes, NAME_COLUMNS, break_on_hyphens=False) for row in rows]
    names = ["<br>".join(lines) for lines in wrapped]
    heights = [LINE_HEIGHT * len(lines) + MARKS_HEIGHT + ROW_GAP for lines in wrapped]
    # Rows lie by their pixels from above: those with long names are higher.
    ends = list(accumulate(heights))
    middles = [end - ROW_GAP - MARKS_HEIGHT / 2 for end in ends]
    figure = go.Figure()
    marks = list(zip(middles, rows, strict=True))
    _mark_published(figure, [(y, row) for y, row in marks if row.published])
    ours = [(y, row) for y, row in marks if row.report]
    for index, judged_on in enumerate(dict.fromkeys(row.judged_on for _, row in ours)):
        same = [(y, row) for y, row in ours if row.judged_on == judged_on]
        _mark_ours(figure, same, judged_on, mark(2 * index))  # 1 is the published figures'
    best = max(row.published for row in rows)
    if best and ours:
        figure.add_vline(x=100 * best, line={"color": GUIDE, "width": 1, "dash": "dot"})
    figure.update_xaxes(ticksuffix="%")
    for name, end, height in zip(names, ends, heights, strict=True):
        _write_above(figure, name, end - height)
    figure.update_yaxes(tickvals=middles, showticklabels=False, range=[sum(heights), 0])
    figure.update_layout(showlegend=True)
    legend = LEGEND_LINE * sum(1 + trace.name.count("<br>") for trace in figure.data)
    finish(figure, title, "accuracy", "", 110 + legend + sum(heights))
    return figure.update_xaxes(tickangle=0, showgrid=True)  # the ticks are far below most rows


def _mark_published(figure: go.Figure, marks: Sequence[tuple[float, StudyRow]]) -> None:
    """marks: rows, each with its place from above in pixels."""
    if marks:
        figure.add_scatter(
            x=[100 * row.published for _, row in marks],
            y=[y for y, _ in marks],
            text=[row.changes for _, row in marks],
            mode="markers",
            name="published",
            marker={
                "symbol": "diamond-open",
                "size": 10,
                "color": mark(1)["colour"],
                "line": {"width": 2},
            },
            hovertemplate="%{text}: published %{x:.2f}%<extra></extra>",
        )


def _mark_ours(
    figure: go.Figure,
    marks: Sequence[tuple[float, StudyRow]],
    judged_on: str,
    look: Mapping[str, str],
) -> None:
    """marks: rows that are judged on the same, each with its place from above in pixels."""
    figure.add_scatter(
        x=[100 * row.ours for _, row in marks],
        y=[y for y, _ in marks],
        text=[row.changes for _, row in marks],
        error_x={
            "type": "data",
            "color": look["colour"],
            "thickness": 1.5,
            "width": 4,
            "array": [100 * (row.interval[1] - row.ours) for _, row in marks],
            "arrayminus": [100 * (row.ours - row.interval[0]) for _, row in marks],
        },
        mode="markers",
        name="<br>".join(wrap(f"ours by {judged_on}, 95% interval", LEGEND_COLUMNS)),
        marker={"symbol": look["symbol"], "size": 10, "color": look["colour"]},
        hovertemplate="%{text}: ours %{x:.2f}%<extra></extra>",
    )


def _write_above(figure: go.Figure, name: str, top: float) -> None:
    figure.add_annotation(
        text=name,
        align="left",
        showarrow=False,
        font={"size": 12, "color": INK},
        xref="paper",
        x=0,
        xanchor="left",
        y=top,
        yanchor="top",
        borderpad=0,
    )


def detectors(milliseconds: Mapping[str, Mapping[str, float]]) -> go.Figure:
    """Grouped bars: for each detector the median milliseconds of each photo."""
    figure = go.Figure()
    for index, (name, photos) in enumerate(milliseconds.items()):
        figure.add_bar(
            x=list(photos),
            y=list(photos.values()),
            name=name,
            marker=bar_marker(index),
            hovertemplate=f"%{{x}}: %{{y:.0f}} ms<extra>{name}</extra>",
        )
    figure.update_layout(barmode="group", bargap=0.3)
    return finish(figure, "Time per photo", "", "milliseconds, median", 400)
