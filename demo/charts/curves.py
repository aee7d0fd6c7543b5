"""Curves over epochs, over k, and the figures of the studies' tables."""

from collections.abc import Mapping, Sequence

import plotly.graph_objects as go

from demo.charts.style import bar_marker, finish, mark
from fer_core.study import StudyRow

UNITS = {"accuracy": " %", "loss": "", "lr": ""}
WORDS = {"accuracy": "accuracy", "loss": "cross-entropy", "lr": "learning rate"}
SHORT = 34  # characters of a row's name on an axis


def training(
    runs: Mapping[str, Mapping[str, Sequence[float]]], quantity: str, title: str
) -> go.Figure:
    """Curves by epoch; validation drawn strong, training faint. quantity: a key of WORDS."""
    figure = go.Figure()
    scale = 100 if quantity == "accuracy" else 1
    for index, (name, curves) in enumerate(runs.items()):
        look = mark(index)
        for part, width, opacity in (("valid", 2.5, 1.0), ("train", 1.2, 0.6), ("", 2.5, 1.0)):
            values = curves.get(f"{part}_{quantity}" if part else quantity)
            if values is None:
                continue
            words = {"valid": "validation", "train": "training"}.get(part, quantity)
            figure.add_scatter(
                x=list(range(1, len(values) + 1)),
                y=[scale * value for value in values],
                mode="lines+markers" if len(values) < 3 else "lines",
                name=name if part != "train" else f"{name}, training",
                showlegend=part != "train",
                legendgroup=name,
                opacity=opacity,
                line={"color": look["colour"], "dash": look["dash"], "width": width},
                hovertemplate=f"epoch %{{x}}, {words}: %{{y:.4~g}}{UNITS[quantity]}"
                f"<extra>{name}</extra>",
            )
    figure.update_yaxes(ticksuffix=UNITS[quantity])
    if quantity == "lr":
        figure.update_yaxes(type="log", exponentformat="power")
    return finish(figure, title, "epoch", WORDS[quantity], 440)


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
            hovertemplate=f"k = %{{x}}: %{{y:.2f}} %<extra>{name}</extra>",
        )
    figure.update_yaxes(ticksuffix=" %")
    return finish(
        figure, "Nearest neighbours", "k, number of neighbours", "validation accuracy", 400
    )


def published_and_ours(rows: Sequence[StudyRow], title: str) -> go.Figure:
    """A line for each row: the published figure as a diamond, ours with its interval."""
    names = [_short(row.changes) for row in rows]
    figure = go.Figure()
    known = [(name, row) for name, row in zip(names, rows, strict=True) if row.published]
    ours = [(name, row) for name, row in zip(names, rows, strict=True) if row.report]
    look = mark(0)
    if known:
        figure.add_scatter(
            x=[100 * row.published for _, row in known],
            y=[name for name, _ in known],
            mode="markers",
            name="published",
            marker={
                "symbol": "diamond-open",
                "size": 10,
                "color": mark(1)["colour"],
                "line": {"width": 2},
            },
            hovertemplate="%{y}: published %{x:.2f} %<extra></extra>",
        )
    if ours:
        figure.add_scatter(
            x=[100 * row.ours for _, row in ours],
            y=[name for name, _ in ours],
            error_x={
                "type": "data",
                "color": look["colour"],
                "thickness": 1.5,
                "width": 4,
                "array": [100 * (row.interval[1] - row.ours) for _, row in ours],
                "arrayminus": [100 * (row.ours - row.interval[0]) for _, row in ours],
            },
            mode="markers",
            name="ours, 95 % interval",
            marker={"symbol": "circle", "size": 10, "color": look["colour"]},
            hovertemplate="%{y}: ours %{x:.2f} %<extra></extra>",
        )
    figure.update_xaxes(ticksuffix=" %")
    figure.update_yaxes(categoryorder="array", categoryarray=names[::-1])
    return finish(figure, title, "accuracy", "", 130 + 24 * len(rows))


def _short(text: str) -> str:
    return text if len(text) <= SHORT else f"{text[: SHORT - 1]}…"


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
