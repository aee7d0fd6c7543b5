"""How many faces each class has."""

from collections.abc import Mapping

import numpy as np
import plotly.graph_objects as go

from demo.charts.style import EXPRESSION_COLOURS, bar_marker, finish
from fer_core.emotions import LABELS


def counts(found: Mapping[str, np.ndarray], title: str, in_per_cent: bool = False) -> go.Figure:
    """Bars in the expressions' own colours; several sets side by side differ by pattern.

    in_per_cent: each set as shares of its faces, where one of them is far larger.
    """
    figure = go.Figure()
    for index, (name, numbers) in enumerate(found.items()):
        figure.add_bar(
            x=list(LABELS),
            y=100 * numbers / max(numbers.sum(), 1) if in_per_cent else numbers,
            name=name,
            marker=bar_marker(index, EXPRESSION_COLOURS),
            customdata=numbers,
            hovertemplate=f"%{{x}}: %{{customdata:,}}<extra>{name}</extra>",
        )
    figure.update_layout(barmode="group", bargap=0.25, bargroupgap=0.06)
    return finish(figure, title, "", "% of the split" if in_per_cent else "faces", 400)
