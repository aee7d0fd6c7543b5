"""The faces in one cell of a confusion matrix, the most confident answers first."""

import numpy as np
import pandas as pd
import streamlit as st

from demo.board.face_cards import Card, cards
from demo.board.judging import Judging, evaluation, in_words, judged_by
from demo.board.own_data import own_copy
from demo.board.panels import (
    chart,
    csv_button,
    file_name,
    heading,
    reports_or_stop,
    say_what_is_missing,
)
from demo.board.reports_store import predictions, weights_folder
from demo.board.shipped import app_first
from demo.charts.matrices import confusion, largest_confusion
from fer_core.emotions import LABELS
from fer_core.fer2013 import SPLITS, VOTE_NAMES, Fer2013
from fer_core.judged import Judged, cell
from fer_core.report import Evaluation, ReportError
from fer_core.results import percent

A_PAGE = 12
MATRIX = "chart-matrix"  # the same element, whatever it shows
CELL = {"labelled": "Labelled", "answer": "The model's answer"}  # by the name in the address
SAME = 0.98  # of the labels must agree for a copy to be the one that was judged


def take_cell() -> None:
    """A click on the matrix chooses a cell."""
    points = st.session_state[MATRIX].selection.points
    if points:
        st.query_params.update(labelled=points[0]["y"], answer=points[0]["x"])


def keep_cell() -> None:
    """A choice beside the matrix chooses one, too."""
    st.query_params.update({key: st.session_state[key] for key in CELL})


def choose_cell(matrix: np.ndarray) -> tuple[int, int]:
    """The cell that the address names; until one is chosen, the model's largest confusion.

    The address alone holds it, and both its parts are written at once, as one step of the
    browser's history. Bound to it one by one, the controls would need two for a click.
    """
    row, column, _ = largest_confusion(matrix)
    chosen = []
    for (key, name), index in zip(CELL.items(), (row, column), strict=True):
        say_what_is_missing(key, LABELS, "an expression")
        asked = st.query_params.get(key)
        st.session_state[key] = asked if asked in LABELS else LABELS[index]
        chosen.append(st.selectbox(name, LABELS, key=key, on_change=keep_cell, width=200))
    return LABELS.index(chosen[0]), LABELS.index(chosen[1])


def matrix_and_cell(judged: Evaluation, model: str, judging: Judging) -> tuple[int, int]:
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
            confusion(counts, "Per cent of the row", chosen=cell),
            f"Confusion matrix in per cent of the row; chosen: labelled {LABELS[row]}, answered "
            f"{LABELS[column]}. The two controls beside it choose a cell without the mouse.",
            "matrix",
            pd.DataFrame(counts, columns=list(LABELS)).assign(labelled=LABELS),
            f"{model}; {in_words(judging)}",
            key=MATRIX,
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
        same = (own.labels[faces.rows] == faces.truth).mean() > SAME
    if not same:
        st.warning(
            "This report is about other faces than those of your FER2013's test split, so none are "
            "shown."
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
        st.info("There are no faces in this cell.")
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
    names = list(found)
    first = app_first(found, weights_folder())[0]
    say_what_is_missing("model", found, "a model")
    model = st.selectbox("Model", names, index=names.index(first), key="model", bind="query-params")
    report = found[model]
    judging = judged_by([report], "inside")
    judged = evaluation(report, judging) if judging else None
    if judging is None or judged is None:
        st.info("This report has no figures.")
        return
    row, column = matrix_and_cell(judged, model, judging)
    own = own_copy("With it, the faces themselves and their FER+ votes are shown here.")
    try:
        faces = Judged.of(predictions(report), judged.label_set, judged.subset)
    except ReportError as error:
        st.warning(str(error))
        return
    st.subheader(f"Labelled {LABELS[row]}, answered {LABELS[column]}", anchor=False)
    of_fer2013 = judged.dataset.startswith("FER2013 ") and judged.split == SPLITS[2]
    if own is None and of_fer2013:
        st.caption("To see the faces, add your own FER2013 above.")
    gallery(
        cell(faces, row, column),
        matching(own, faces, judged.label_set),
        file_name(model, judged.label_set, judged.subset, LABELS[row], "as", LABELS[column]),
    )


page()
