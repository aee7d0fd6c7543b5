"""The faces in one cell of a confusion matrix, the most confident answers first."""

import numpy as np
import pandas as pd
import streamlit as st

from demo import analysis
from demo.analysis import Judged
from demo.charts.matrices import confusion, row_per_cent
from demo.face_cards import Card, cards
from demo.own_data import own_copy
from demo.panels import at_first, chart, csv_button, file_name, heading, judged_by, reports_or_stop
from demo.reports_store import evaluation, predictions
from fer_core.emotions import LABELS
from fer_core.fer2013 import SPLITS, VOTE_NAMES, Fer2013
from fer_core.report import Evaluation, ReportError
from fer_core.results import percent

A_PAGE = 12
MATRIX = "matrix"
SAME = 0.98  # of the labels must agree for a copy to be the one that was judged


def take_cell() -> None:
    """A click on the matrix sets the two controls beside it."""
    points = st.session_state[f"chart-{MATRIX}"].selection.points
    if points:
        st.session_state["labelled"] = points[0]["y"]
        st.session_state["answer"] = points[0]["x"]


def choose_cell(matrix: np.ndarray) -> tuple[int, int]:
    """The cell that the address names; at first the largest confusion."""
    shares = row_per_cent(matrix) * (1 - np.eye(len(LABELS)))
    row, column = np.unravel_index(shares.argmax(), shares.shape)
    at_first("labelled", LABELS[row])
    at_first("answer", LABELS[column])
    labelled = st.selectbox(
        "Labelled",
        LABELS,
        index=None,
        key="labelled",
        bind="query-params",
        width=200,
    )
    answer = st.selectbox(
        "The model's answer",
        LABELS,
        index=None,
        key="answer",
        bind="query-params",
        width=200,
    )
    return LABELS.index(labelled or LABELS[row]), LABELS.index(answer or LABELS[column])


def matrix_and_cell(judged: Evaluation) -> tuple[int, int]:
    counts = np.array(judged.confusion)
    left, right = st.columns([3, 2])
    with right:
        st.markdown("Click a cell, or choose it here.")
        cell = choose_cell(counts)
        row, column = cell
        n, of = int(counts[row, column]), int(counts[row].sum())
        verb = "recognised" if row == column else f"taken for {LABELS[column]}"
        st.markdown(
            f"**{n:,} of {of:,}** faces labelled {LABELS[row]} are {verb}"
            + (f" ({percent(n / of)})." if of else ".")
        )
    with left:
        chart(
            confusion(row_per_cent(counts), "Per cent of the row", 100.0, True, cell),
            f"Confusion matrix in per cent of the row; chosen: labelled {LABELS[row]}, answered "
            f"{LABELS[column]}. The two controls beside it choose a cell without the mouse.",
            MATRIX,
            pd.DataFrame(counts, columns=list(LABELS)).assign(labelled=LABELS),
            on_select=take_cell,
            selection_mode="points",
        )
    return cell


def matching(own: Fer2013 | None, faces: Judged, label_set: str) -> Fer2013 | None:
    """The user's copy where its rows are those of the report; else a sentence, and None."""
    if own is None:
        return None
    inside = len(faces.rows) and faces.rows.max() < len(own)
    same = inside and (own.splits[faces.rows] == SPLITS[2]).mean() > SAME
    if same and label_set == "fer2013":
        same = (own.labels[faces.rows] == faces.answers).mean() > SAME
    if not same:
        st.warning(
            "This report is about other faces than your FER2013's test split, so none are shown."
        )
        return None
    return own


def one_card(face: Judged, own: Fer2013 | None) -> Card:
    row = int(face.rows[0])
    title = f"row {row:,}: {LABELS[int(face.predicted[0])]}, {percent(float(face.confidence[0]))}"
    if own is None:
        return Card(title, face.probs[0])
    notes = [f"FER2013 says {LABELS[own.labels[row]]}."]
    if own.votes is not None:
        votes = own.votes[row]
        order = np.argsort(-votes, kind="stable")
        said = ", ".join(f"{votes[i]} {VOTE_NAMES[i]}" for i in order if votes[i])
        notes.append(f"FER+ votes: {said or 'none'}.")
    return Card(title, face.probs[0], own.images[row], notes)


@st.fragment
def gallery(faces: Judged, own: Fer2013 | None, name: str) -> None:
    if not len(faces.rows):
        st.info("No face is in this cell.")
        return
    pages = -(-len(faces.rows) // A_PAGE)
    page = st.pagination(pages, key=f"page-{name}") if pages > 1 else 1
    first = (page - 1) * A_PAGE
    shown = range(first, min(first + A_PAGE, len(faces.rows)))
    st.html(cards([one_card(faces[np.array([index])], own) for index in shown]))
    csv_button(
        pd.DataFrame(faces.probs.round(4), columns=list(LABELS)).assign(row=faces.rows), name
    )


def page() -> None:
    heading(
        "Inside a class",
        "Which faces a model takes for what, and how sure it is: its most confident answers first.",
    )
    found = reports_or_stop()
    best = max(found, key=lambda name: found[name].main.accuracy)
    at_first("model", best)
    model = st.selectbox("Model", list(found), index=None, key="model", bind="query-params")
    model = model or best
    report = found[model]
    choice = judged_by([report])
    judged = evaluation(report, *choice) if choice else None
    if judged is None:
        st.info("This report has no figures.")
        return
    row, column = matrix_and_cell(judged)
    own = own_copy("With it, the faces themselves and their FER+ votes are shown here.")
    try:
        faces = analysis.judged(predictions(report), judged.label_set, judged.subset)
    except ReportError as error:
        st.warning(str(error))
        return
    st.subheader(f"Labelled {LABELS[row]}, answered {LABELS[column]}", anchor=False)
    if own is None:
        st.caption("To see the faces, add your own FER2013 above.")
    gallery(
        analysis.cell(faces, row, column),
        matching(own, faces, judged.label_set),
        file_name(model, judged.label_set, judged.subset, LABELS[row], "as", LABELS[column]),
    )


page()
