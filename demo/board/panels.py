"""Pieces that every page uses: a chart with its exports, banners, empty states."""

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from demo.board.reports_store import shelf, weights_folder
from demo.charts.style import GROUND, add_subtitle
from fer_core.output import quoted
from fer_core.pixels import to_png
from fer_core.report import EvalReport
from fer_core.weights import FOLDER

MAKE_ONE = """\
python -m train.run quick --data synthetic --out runs/quick
python -m train.export runs/quick --name quick"""
# Streamlit writes white on the theme's accent, which is light on a dark page.
TAG_STYLE = (
    '<style>[data-testid="stMultiSelectTagsContainer"] [data-tag] '
    "{ background: #92400e; color: #fff; }</style>"
)
# When one page links to another, Streamlit first pushes the old page without its parameters. Merge
# that with the page change, so that Back takes one step.
ONE_STEP = """<script>
if (!window.ferStudioOneStep) {
  window.ferStudioOneStep = true;
  const push = history.pushState.bind(history);
  let written = false;
  const begin = () => { written = false; };
  for (const act of ["click", "keydown"]) addEventListener(act, begin, true);
  addEventListener("popstate", begin);
  history.pushState = (state, unused, url) => {
    const leaves = new URL(url ?? location.href, location.href).pathname !== location.pathname;
    if (leaves && written) history.replaceState(state, unused, url);
    else push(state, unused, url);
    written = !leaves;
  };
}
</script>"""
MOST_COMPARED = 4  # models: those that are ticked on one page open on another
PICTURES = "picture_format"
# A drag over a chart scrolls a phone's page; what is worth zooming has its own controls.
ZOOMING = ["zoom2d", "pan2d", "zoomIn2d", "zoomOut2d", "autoScale2d", "resetScale2d"]


def sidebar() -> None:
    """What stands beside every page."""
    st.html(TAG_STYLE)
    st.html(ONE_STEP, unsafe_allow_javascript=True)
    with st.sidebar:
        st.segmented_control(
            "Save charts as",
            ["PNG", "SVG"],
            default="PNG",
            required=True,
            key=PICTURES,
            persist_state="session",
            help="The camera icon at the top right of a chart saves it in this format.",
        )
        st.caption(
            "Figures are about expressions as people labelled them: how a face looks to others, "
            "not what the person feels."
        )


def heading(title: str, text: str) -> None:
    st.title(title, anchor=False)
    st.markdown(text)


def reports_here() -> dict[str, EvalReport]:
    """The reports by name; a banner for those that cannot be shown, or how to make the first."""
    found = shelf()
    show_problems(found.problems)
    if not found.reports:
        say_how_to_make("reports", weights_folder() / "reports")
    return dict(found.reports)


def show_problems(sentences: Sequence[str]) -> None:
    """A banner with what is wrong with files that are left out, if any."""
    if sentences:
        with st.container(key="problems"):
            st.warning("\n\n".join(_plain(each) for each in sentences))


def say_how_to_make(what: str, place: Path) -> None:
    """The command that makes the first weights and reports where this page looks for them."""
    st.info(f"No {what} yet in {_plain(str(place))}. To make the first:")
    to = "" if weights_folder() == FOLDER else f" --to {quoted(weights_folder())}"
    st.code(MAKE_ONE + to, language="bash")


def reports_or_stop() -> dict[str, EvalReport]:
    """As `reports_here`; where there are none, the page ends here."""
    found = reports_here()
    if not found:
        st.stop()
    return found


def chart(
    figure: go.Figure, alt: str, name: str, table: pd.DataFrame, about: str = "", **select: Any
) -> DeltaGenerator:
    """A figure with its text alternative, its picture export, and its numbers as CSV.

    Returns the row under the chart, for further controls.

    alt: what the chart shows, in a sentence or two. name: of the files; with what it is about it is
    the element's key, too, unless one is given. table: what the chart is drawn from.
    about: of what model, labels and faces it is: stands under its title and in its files' names.
    """
    key, name = f"{name} {about}", file_name(name, about)
    add_subtitle(figure, about)
    # Else the picture that is saved from a dark page has light text on a clear ground.
    figure.update_layout(paper_bgcolor=GROUND)
    kind = st.session_state.get(PICTURES, "PNG").lower()
    options = {"format": kind, "filename": name, "scale": 2 if kind == "png" else 1}
    st.plotly_chart(
        figure,
        alt=alt,
        **{"key": f"chart-{key}", **select},
        config={
            "toImageButtonOptions": options,
            "modeBarButtonsToRemove": ZOOMING,
            "displayModeBar": True,
            "displaylogo": False,
        },
    )
    row = st.container(horizontal=True, vertical_alignment="center")
    with row:
        csv_button(table, name, key)
    return row


def csv_button(table: pd.DataFrame, name: str, key: str = "") -> None:
    """name: of the file. key: where two of a page could have the same name."""
    st.download_button(
        "CSV",
        table.to_csv(index=False).encode(),
        file_name=f"{name}.csv",
        mime="text/csv",
        key=f"csv-{key or name}",
        type="tertiary",
        icon=":material/download:",
        on_click="ignore",
        help=f"Save the numbers of “{name}” as CSV",
    )


def say_what_is_missing(key: str, known: Collection[str], kind: str, at_most: int = 0) -> None:
    """Name what the address asks a control for and is not here; call it before the control.

    at_most: how many there is room for; the control takes the first ones. 0 for any number.
    The control shows what it shows by default. No default is ever written into the address: what
    the server writes there is a step of the browser's history, and one Back would not leave the
    page.
    """
    asked = [name for name in st.query_params.get_all(key) if name]
    missing = [name for name in asked if name not in known]
    if missing:
        st.warning(f"The link asks for {kind} that is not here: {_plain(', '.join(missing))}.")
    beyond = [name for name in asked if name in known][at_most:] if at_most else []
    if beyond:
        st.warning(
            f"There is room for {at_most}; the link also asks for {_plain(', '.join(beyond))}."
        )


def switch(
    label: str,
    options: Iterable[str],
    key: str,
    kind: str,
    default: str = "",
    *,
    format_func: Callable[[str], str] = str,
    hint: str | None = None,
    bar: DeltaGenerator | None = None,
) -> str:
    """One of the options, kept in the address; where that asks for another, it is said.

    key: must differ between pages: Streamlit carries a shared key's value over, and adds a step to
    the browser's history. kind: what an option is, for that sentence. default: the first, unless
    it is given. bar: where it stands, if not here.
    """
    options = list(options)
    say_what_is_missing(key, [format_func(each) for each in options], kind)
    chosen = (bar or st).segmented_control(
        label,
        options,
        default=default or options[0],
        required=True,
        key=key,
        format_func=format_func,
        bind="query-params",
        help=hint,
    )
    return str(chosen)


def picture_button(picture: np.ndarray, name: str) -> None:
    """Save uint8 (H, W, 3) as PNG."""
    st.download_button(
        "PNG",
        to_png(picture),
        file_name=f"{name}.png",
        mime="image/png",
        key=f"png-{name}",
        type="tertiary",
        icon=":material/download:",
        on_click="ignore",
    )


def file_name(*parts: str) -> str:
    """Words -> a name for a file."""
    return re.sub(r"[^a-z0-9]+", "-", " ".join(parts).lower()).strip("-")


def _plain(text: str) -> str:
    """Text for Markdown that must not be read as such."""
    return re.sub(r"([\\`*_{}\[\]<>#$~|:])", r"\\\1", text)
