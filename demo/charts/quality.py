"""Per-class figures, reliability, and what the threshold for "unsure" costs."""

from collections.abc import Mapping, Sequence

import plotly.graph_objects as go

from demo.charts.style import GUIDE, WITH_FACES, bar_marker, finish, mark, with_faces
from fer_core.emotions import LABELS
from fer_core.judged import Reliability, Thresholds


def per_class(
    values: Mapping[str, Sequence[float]], metric: str, title: str, faces: Sequence[int]
) -> go.Figure:
    """Grouped bars: for each model its seven values in per cent.

    faces: (7,), how many are labelled so; empty where the models were judged on different ones.
    """
    figure = go.Figure()
    for index, (name, numbers) in enumerate(values.items()):
        figure.add_bar(
            x=list(LABELS),
            y=list(numbers),
            name=name,
            marker=bar_marker(index),
            customdata=list(LABELS),  # the axis has more than that
            hovertemplate=f"%{{customdata}}: {metric} %{{y:.1f}}%<extra>{name}</extra>",
        )
    figure.update_layout(barmode="group", bargap=0.25, bargroupgap=0.06)
    if faces:
        figure.update_xaxes(tickvals=list(LABELS), ticktext=with_faces(faces))
    figure.update_yaxes(range=[0, 100], ticksuffix="%")
    return finish(figure, title, WITH_FACES if faces else "", metric, 400)


def reliability(models: Mapping[str, Reliability]) -> go.Figure:
    """How often the answers are right at each confidence; on the diagonal, as often as they say."""
    figure = go.Figure()
    figure.add_scatter(
        x=[0, 100],
        y=[0, 100],
        mode="lines",
        line={"color": GUIDE, "width": 1, "dash": "dot"},
        name="as sure as it is right",
        showlegend=True,
        hoverinfo="skip",
    )
    for index, (name, bins) in enumerate(models.items()):
        look = mark(index)
        figure.add_scatter(
            x=100 * bins.confidence,
            y=100 * bins.accuracy,
            mode="lines+markers",
            name=name,
            line={"color": look["colour"], "dash": look["dash"], "width": 2},
            # A mark's area follows the share of faces in its bin.
            marker={
                "color": look["colour"],
                "symbol": look["symbol"],
                "size": 5 + 22 * (bins.n / bins.n.sum()) ** 0.5,
            },
            customdata=bins.n,
            hovertemplate="sure to %{x:.0f}%, right in %{y:.0f}%"
            f"<br>%{{customdata:,}} faces<extra>{name}</extra>",
        )
    figure.update_xaxes(range=[0, 101], dtick=25, ticksuffix="%")
    figure.update_yaxes(range=[0, 103], ticksuffix="%")
    return finish(figure, "Reliability", "confidence of the answer", "share right", 440)


def answered(models: Mapping[str, Thresholds], place: int) -> go.Figure:
    """Accuracy against the share answered, as the threshold for "unsure" moves.

    place: the index of the threshold that is marked on each curve.
    """
    figure = go.Figure()
    for index, (name, curve) in enumerate(models.items()):
        look = mark(index)
        share, accuracy = 100 * curve.answered, 100 * curve.accuracy
        figure.add_scatter(
            x=share,
            y=accuracy,
            mode="lines",
            name=name,
            line={"color": look["colour"], "dash": look["dash"], "width": 2},
            customdata=100 * curve.threshold,
            hovertemplate="unsure below %{customdata:.0f}%: %{x:.0f}% answered, "
            f"%{{y:.1f}}% of them right<extra>{name}</extra>",
        )
        figure.add_scatter(
            x=[share[place]],
            y=[accuracy[place]],
            mode="markers",
            showlegend=False,
            hoverinfo="skip",
            marker={"color": look["colour"], "symbol": look["symbol"], "size": 12},
        )
    figure.update_xaxes(range=[0, 101], dtick=25, ticksuffix="%")
    figure.update_yaxes(ticksuffix="%")
    return finish(
        figure, "Accuracy of the answers given", "share of faces answered", "share right", 440
    )
