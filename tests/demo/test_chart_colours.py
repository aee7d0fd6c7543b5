"""Whether what is written on the cells of the dashboard's matrices can be read, on both themes."""

import re
import tomllib
from pathlib import Path

import numpy as np
import plotly.graph_objects as go
import pytest

from demo.charts.matrices import LEAST_TOP, confusion, difference
from demo.charts.style import INK, WHITE_ABOVE
from tests.demo.contrast import RGB, contrast, from_css

CONFIG = Path(__file__).parents[2] / ".streamlit" / "config.toml"
THEMES = tomllib.loads(CONFIG.read_text(encoding="utf-8"))["theme"]
# Between white and the light theme's black, no colour has more than 4.45 to both.
LEAST = 4.4
# Of the full colour; what can be read least lies where the ink changes, on either side of that.
EDGES = [sign * (WHITE_ABOVE + past) for sign in (-1, 1) for past in (0, 1e-9)]
DEEP = np.linspace(0.9, 1, 49)
SHARES = np.r_[np.linspace(-1, 1, 45), EDGES, DEEP, -DEEP].reshape(-1, 7, 7)
TIPS = [[""] * 7] * 7


def cell(figure: go.Figure, value: float, ground: RGB) -> RGB:
    """The colour of a value's cell, over the page's."""
    heat = figure.data[0]
    places = [place for place, _ in heat.colorscale]
    ends = [[float(part) for part in re.findall(r"[\d.]+", end)] for _, end in heat.colorscale]
    place = (value - heat.zmin) / (heat.zmax - heat.zmin)
    *colour, opacity = (float(np.interp(place, places, parts)) for parts in zip(*ends, strict=True))
    red, green, blue = (
        part * opacity + below * (1 - opacity) for part, below in zip(colour, ground, strict=True)
    )
    return red, green, blue


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_figures_on_the_cells_can_be_read(theme: str) -> None:
    ground, ink = (from_css(THEMES[theme][f"{name}Color"]) for name in ("background", "text"))
    colours = {INK: ink, "white": (255, 255, 255)}  # as Streamlit shows them
    seen = set()
    for figure in (
        *(difference(LEAST_TOP * shares, "", TIPS, ()) for shares in SHARES),
        *(confusion(abs(shares), "", 1) for shares in SHARES),
    ):
        values = figure.data[0].z.ravel()
        for value, text in zip(values, figure.layout.annotations, strict=True):
            seen.add(text.font.color)
            found = contrast(colours[text.font.color], cell(figure, value, ground))
            assert found >= LEAST, f"{found:.2f} at {value:.3f}"
    assert seen == set(colours)
