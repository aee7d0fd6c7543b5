"""What all charts share: colours, a second mark beside each colour, and the finish of a figure."""

from collections.abc import Sequence
from textwrap import wrap
from typing import Any

import plotly.graph_objects as go

from fer_core import EMOTIONS
from fer_core.emotions import LABELS

EXPRESSION_COLOURS = [emotion.colour for emotion in EMOTIONS]

# Models side by side: Paul Tol's "bright" scheme, legible on light and dark, and distinct from one
# another with the common kinds of colour blindness. Each has its own dash, symbol and pattern too.
MODEL_COLOURS = ("#4477AA", "#EE6677", "#228833", "#AA3377")
DASHES = ("solid", "dash", "dot", "dashdot")
SYMBOLS = ("circle", "square", "diamond", "cross")
PATTERNS = ("", "/", ".", "x")

# From transparent, so that the low end is the page's own ground, light or dark.
FULL, OTHER = "40, 117, 177", "184, 83, 18"
SEQUENTIAL = [[0, f"rgba({FULL}, 0.04)"], [1, f"rgba({FULL}, 1)"]]
# Each side keeps its own colour to the middle, where one that turns into the other would be grey.
DIVERGING = [
    [0, f"rgba({OTHER}, 1)"],
    [0.5, f"rgba({OTHER}, 0.02)"],
    [0.5, f"rgba({FULL}, 0.02)"],
    [1, f"rgba({FULL}, 1)"],
]
# Text on a cell of more than this share of the full colour is white. These three make for as much
# contrast as there can be, 4.4 at least on both themes: no colour is further from the light one's
# black text and from white alike.
WHITE_ABOVE = 0.94

# Streamlit replaces this very colour by the theme's text colour; elsewhere it is nearly black.
INK = "#000037"
GROUND = "#000038"  # by the colour of the page; for Streamlit's charts alone
GUIDE = "#8C8C8C"  # lines that only guide the eye, visible on light and dark
WITH_FACES = "labelled, number of faces"  # the title of such an axis
GRID = "rgba(140, 140, 140, 0.22)"
SUBTITLE_COLUMNS, SUBTITLE_LINE = 46, 20  # characters, as a phone has room for; pixels


def mark(index: int) -> dict[str, str]:
    """The line and symbol of the index-th of several models, however many there are."""
    return {
        "colour": MODEL_COLOURS[index % len(MODEL_COLOURS)],
        # Once the colours repeat, another dash tells the two apart.
        "dash": DASHES[(index + index // len(MODEL_COLOURS)) % len(DASHES)],
        "symbol": SYMBOLS[(index + index // len(MODEL_COLOURS)) % len(SYMBOLS)],
    }


def bar_marker(index: int, colours: Sequence[str] = ()) -> dict[str, Any]:
    """The fill of the index-th of several sets of bars: a pattern of its own, and its colour.

    colours: of the bars of each set, instead of one for the set.
    """
    return {
        "color": list(colours) or MODEL_COLOURS[index % len(MODEL_COLOURS)],
        "pattern": {
            "shape": PATTERNS[index % len(PATTERNS)],
            "fgcolor": "white",
            "size": 5,
            "fillmode": "overlay",
        },
    }


def finish(figure: go.Figure, title: str, x: str, y: str, height: int) -> go.Figure:
    """Title and axis titles, margins that fit a phone, the legend under the plot."""
    figure.update_layout(
        title={
            "text": title,
            "font": {"size": 15, "color": INK},
            "x": 0,
            "xanchor": "left",
            "y": 0.985,
            "yanchor": "top",
        },
        height=height,
        margin={"l": 8, "r": 18, "t": 48, "b": 8},
        legend={
            "orientation": "h",
            "yref": "container",
            "y": 0,
            "yanchor": "bottom",
            "x": 0,
            "title": {"text": ""},
        },
        hoverlabel={"align": "left"},
        font={"color": INK},
        barcornerradius=2,
    )
    axis = {"automargin": True, "gridcolor": GRID, "zeroline": False, "tickfont": {"color": INK}}
    figure.update_xaxes(**axis, title={"text": x, "standoff": 8, "font": {"color": INK}})
    figure.update_yaxes(**axis, title={"text": y, "standoff": 18, "font": {"color": INK}})
    return figure


def add_subtitle(figure: go.Figure, text: str) -> None:
    """A line or more under the title, which with it would run under a phone's chart buttons; the
    plot keeps its height. Empty for none."""
    lines = wrap(text, SUBTITLE_COLUMNS)
    more = SUBTITLE_LINE * len(lines)
    figure.update_layout(
        title_subtitle={"text": "<br>".join(lines), "font": {"size": 13, "color": INK}},
        margin_t=figure.layout.margin.t + more,
        height=figure.layout.height + more,
    )


def with_faces(faces: Sequence[int]) -> list[str]:
    """The expressions as an axis names them, each with how many faces are labelled so, (7,)."""
    return [f"{label}<br>{n:,}" for label, n in zip(LABELS, faces, strict=True)]
