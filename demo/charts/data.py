"""How many faces each class has."""

from collections.abc import Mapping

import numpy as np
import plotly.graph_objects as go

from demo.charts.style import EXPRESSION_COLOURS, bar_marker, finish
from fer_core.emotions import LABELS


def counts(found: Mapping[str, np.ndarray], title: str) -> go.Figure:
    """Bars in the expressions' own colours; several sets side by side differ by pattern."""
    figure = go.Figure()
    for index, (name, numbers) in enumerate(found.items()):
        figure.add_bar(
            x=list(LABELS),
            y=numbers,
            name=name,
            marker=bar_marker(index, EXPRESSION_COLOURS),
            hovertemplate=f"%{{x}}: %{{y:,}}<extra>{name}</extra>",
        )
    figure.update_layout(barmode="group", bargap=0.25, bargroupgap=0.06)
    return finish(figure, title, "", "faces", 400)
