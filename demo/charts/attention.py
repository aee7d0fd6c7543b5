"""Channel weights as a heat strip, and how faithful a map is."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from demo.charts.style import GUIDE, finish, mark
from fer_core.attention_maps import BlockAttention
from fer_core.faithfulness import Curve, Faithfulness

STRIP_PX = 46


def channel_strips(blocks: Sequence[BlockAttention], title: str) -> go.Figure:
    """A strip for each block: its channels' weights from 0 to 1, in the order of the network."""
    width = max(len(block.channel) for block in blocks)
    values = np.full((len(blocks), width), np.nan)
    for row, block in enumerate(blocks):
        values[row, : len(block.channel)] = block.channel
    names = [f"{block.block} ({len(block.channel)})" for block in blocks]
    figure = go.Figure(
        go.Heatmap(
            z=values,
            y=names,
            colorscale="Cividis",
            zmin=0,
            zmax=1,
            ygap=4,
            # Under the strips, which on a phone need the width.
            colorbar={
                "orientation": "h",
                "thickness": 12,
                "yref": "container",
                "y": 0,
                "yanchor": "bottom",
            },
            hovertemplate="%{y}, channel %{x}: %{z:.2f}<extra></extra>",
            hoverongaps=False,
        )
    )
    figure.update_yaxes(autorange="reversed", showgrid=False)
    figure.update_xaxes(showgrid=False)
    return finish(figure, title, "channel", "", 194 + STRIP_PX * len(blocks))


def faithfulness(result: Faithfulness, title: str) -> go.Figure:
    """Deletion and insertion, each with the same map in random places."""
    figure = go.Figure()
    for index, (name, curve) in enumerate(
        (("insertion", result.insertion), ("deletion", result.deletion))
    ):
        look = mark(index)
        _line(figure, curve, curve.probs, name, look["colour"], look["dash"], 2.5)
        _line(figure, curve, curve.chance, f"{name}, by chance", GUIDE, look["dash"], 1.5)
    figure.update_xaxes(range=[0, 100], ticksuffix="%")
    figure.update_yaxes(range=[0, 101], ticksuffix="%")
    return finish(figure, title, "share of the pixels exchanged", "probability", 400)


def _line(
    figure: go.Figure,
    curve: Curve,
    values: np.ndarray,
    name: str,
    colour: str,
    dash: str,
    width: float,
) -> None:
    figure.add_scatter(
        x=100 * curve.shares,
        y=100 * values,
        mode="lines",
        name=name,
        line={"color": colour, "dash": dash, "width": width},
        hovertemplate=f"{name}: %{{x:.0f}}% exchanged, %{{y:.0f}}%<extra></extra>",
    )
