"""Two to four models side by side: matrices, per-class figures, confidence, and each pair."""

import numpy as np
import pandas as pd
import streamlit as st

from demo.board.confidence_panel import confidence
from demo.board.judging import Judging, evaluation, in_address, in_words, judged_by
from demo.board.overview_table import COLUMNS, table
from demo.board.pair_panel import pair
from demo.board.panels import (
    MOST_COMPARED,
    chart,
    heading,
    reports_or_stop,
    say_what_is_missing,
    switch,
)
from demo.board.reports_store import predictions, weights_folder
from demo.board.shipped import app_first
from demo.charts import quality
from demo.charts.matrices import confusion, largest_confusion
from fer_core.emotions import LABELS
from fer_core.judged import Judged
from fer_core.report import EvalReport, Evaluation, ReportError

COUNTS, PER_CENT = "faces", "% of row"  # what the cells of a matrix hold
METRICS = {"recall": "recall", "precision": "precision", "f1": "F1"}
METRIC_HELP = (
    "Recall: of the faces with this label, the share that the model recognises. Precision: of the "
    "model's answers with this name, the share that is right. F1: the harmonic mean of recall and "
    "precision."
)


SUMMARY = (
    *("experiment", "accuracy", "interval", "macro-F1", "ECE", "parameters", "learned"),
    *("left out", "faces"),
)


def summary(reports: dict[str, EvalReport], judging: Judging) -> None:
    rows = table(list(reports.values()), judging, {}, {}, {})
    st.dataframe(
        rows[list(SUMMARY)],
        hide_index=True,
        alt="; ".join(f"{row.experiment} {row.accuracy:.2f}%" for row in rows.itertuples()),
        column_config=COLUMNS,
    )
    others = rows["experiment"][~rows["learned these"].astype(bool)]
    if len(others):
        st.caption(
            f"{' and '.join(others)} learned from other labels than these: see “own labels”."
        )


def matrices(
    judged: dict[str, Evaluation],
    reports: dict[str, EvalReport],
    first_offered: str,
    judging: Judging,
) -> bool:
    """Whether their cells are in per cent of the row, as chosen there."""
    st.subheader("Confusion matrices", anchor=False)
    unit = switch("In each cell", [PER_CENT, COUNTS], "unit", "a unit")
    counts = {name: np.array(e.confusion) for name, e in judged.items()}
    in_per_cent = unit == PER_CENT
    top = None if in_per_cent else max(int(m.max()) for m in counts.values())
    more = "the larger the share of the row" if in_per_cent else "the more faces"
    st.caption(f"One colour scale for all of them; the stronger the colour, {more}.")
    for first in range(0, len(counts), 2):
        pair_of_names = list(counts)[first : first + 2]
        for column, name in zip(st.columns(2), pair_of_names, strict=False):
            with column:
                row = chart(
                    confusion(counts[name], f"{name}: {unit}", top),
                    f"Confusion matrix of {name}. {_worst(counts[name])}",
                    f"confusion {name} {'per cent' if in_per_cent else 'faces'}",
                    pd.DataFrame(counts[name], columns=list(LABELS)).assign(labelled=LABELS),
                    in_words(judging),
                )
                row.page_link(
                    "views/inside.py",
                    label=f"Look inside {name}",
                    icon=":material/search:",
                    query_params={
                        **({"model": name} if name != first_offered else {}),
                        **in_address("inside", reports[name], judging),
                    },
                )
    return in_per_cent


def _worst(counts: np.ndarray) -> str:
    """The largest confusion, in words."""
    row, column, share = largest_confusion(counts)
    if not share:
        return "Nothing is confused."
    return (
        f"Most often confused: {LABELS[row]} taken for {LABELS[column]}, in "
        f"{share:.0f} per cent of the faces labelled {LABELS[row]}."
    )


def classes(judged: dict[str, Evaluation], judging: Judging) -> None:
    st.subheader("Each expression", anchor=False)
    name_of = METRICS.__getitem__
    metric = switch("Figure", METRICS, "figure", "a figure", format_func=name_of, hint=METRIC_HELP)
    values = {
        name: [100 * e.per_class[label][metric] for label in LABELS] for name, e in judged.items()
    }
    words = "; ".join(
        f"{name} lowest for {LABELS[int(np.argmin(v))]} with {min(v):.0f} per cent"
        for name, v in values.items()
    )
    faces = {tuple(int(e.per_class[label]["n"]) for label in LABELS) for e in judged.values()}
    title = f"{METRICS[metric].capitalize()} by expression"
    chart(
        quality.per_class(values, METRICS[metric], title, faces.pop() if len(faces) == 1 else ()),
        f"{METRICS[metric]} of each expression. {words}.",
        f"per-class-{metric}",
        pd.DataFrame({"expression": LABELS, **values}),
        in_words(judging),
    )


def page() -> None:
    heading("Compare", "Two to four models, judged on the same test faces.")
    found = reports_or_stop()
    say_what_is_missing("models", found, "a model", MOST_COMPARED)
    offered = app_first(found, weights_folder())
    names = st.multiselect(
        "Models",
        list(found),
        default=offered[:2],
        key="models",
        max_selections=MOST_COMPARED,
        bind="query-params",
        placeholder=f"Choose up to {MOST_COMPARED}",
    )
    if not names:
        st.info("Choose one or more models above.")
        return
    reports = {name: found[name] for name in names}
    judging = judged_by(list(reports.values()), "compare")
    if judging is None:
        st.info("These models were judged on different faces, so there is nothing to compare.")
        return
    judged = {
        name: each
        for name, report in reports.items()
        if (each := evaluation(report, judging)) is not None
    }
    summary(reports, judging)
    in_per_cent = matrices(judged, reports, offered[0], judging)
    classes(judged, judging)
    faces: dict[str, Judged] = {}
    for name, each in judged.items():
        try:
            faces[name] = Judged.of(predictions(reports[name]), each.label_set, each.subset)
        except ReportError as error:
            st.warning(f"Confidence and pairs are left out for {name}: {error}")
    if faces:
        confidence(faces, judged, judging)
    if len(judged) > 1:
        pair(judged, faces, judging, in_per_cent)


page()
