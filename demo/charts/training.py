"""Curves over the epochs of a training."""

import math
from collections.abc import Mapping, Sequence

import plotly.graph_objects as go

from demo.charts.style import finish, mark

UNITS = {"accuracy": "%", "loss": "", "lr": ""}
WORDS = {"accuracy": "accuracy", "loss": "cross-entropy", "lr": "learning rate"}
LR_DECADES = 3  # of the rates that are drawn


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
        rates = [math.log10(lr) for each in runs.values() for lr in each["lr"] if lr > 0]
        # A cosine's last step is next to nothing, and would leave the rest no room.
        low, top = max(min(rates), max(rates) - LR_DECADES), max(rates)
        figure.update_yaxes(type="log", exponentformat="power", range=[low - 0.1, top + 0.1])
    return finish(figure, title, "epoch", WORDS[quantity], 440)
