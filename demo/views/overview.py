"""Every experiment in one table, and accuracy against what it costs."""

from collections.abc import Collection
from functools import partial

import pandas as pd
import streamlit as st

from demo.board.cost_panel import accuracy_against_cost
from demo.board.judging import Judging, in_address, in_words, judged_on, subset_switch
from demo.board.overview_table import (
    COLUMNS,
    OTHER,
    known_figures,
    rows_or_empty,
    studies,
    table,
)
from demo.board.panels import (
    MOST_COMPARED,
    csv_button,
    file_name,
    heading,
    reports_or_stop,
    say_what_is_missing,
)
from demo.board.reports_store import weights_folder
from demo.board.shipped import app_first, shipped_weights
from demo.board.timing import ms_per_face
from fer_core.fer2013 import BY_ITS_LABELS
from fer_core.report import EvalReport

SORTS = ("accuracy", "macro-F1", "ECE", "parameters", "MB", "ms per face", "minutes", "experiment")
ASCENDING = ("ECE", "parameters", "MB", "ms per face", "minutes", "experiment")
TIMES = "milliseconds_per_face"
TICKED, TABLES = "ticked", "tables"


def filters(reports: list[EvalReport], study_of: dict[str, str]) -> tuple[pd.DataFrame, Judging]:
    """The controls, all kept in the address: the rows that they leave, and what these are by."""
    choices = [name for name, _ in judged_on(reports).most_common()]
    first = BY_ITS_LABELS if BY_ITS_LABELS in choices else choices[0]
    known_studies = sorted({study_of.get(r.experiment, OTHER) for r in reports})
    say_what_is_missing("labels", choices, "a set of labels")
    say_what_is_missing("study", known_studies, "a study")
    say_what_is_missing("sort", SORTS, "an order")
    say_what_is_missing("pick", [r.experiment for r in reports], "an experiment")
    top = st.container(horizontal=True, vertical_alignment="bottom")
    judged = top.selectbox(
        "Judged by",
        choices,
        index=choices.index(first),
        key="labels",
        bind="query-params",
        width=330,
        help="Figures by different labels, or on different faces, cannot be compared with one "
        "another. PrivateTest is FER2013's own test split.",
    )
    judging = Judging(str(judged), subset_switch("faces", top))
    words = top.text_input(
        "Filter", key="find", placeholder="name, model or device", bind="query-params", width=200
    )
    chosen_studies = top.multiselect(
        "Studies",
        known_studies,
        key="study",
        placeholder="all",
        bind="query-params",
        width=220,
        help="The study that an experiment belongs to: “ours” are this project's own networks, "
        "“records” are published figures outside the four reports. The page “Reports against ours” "
        "has them all.",
    )
    sort = top.selectbox("Sort by", SORTS, key="sort", bind="query-params", width=150)
    rows = table(
        reports,
        judging,
        study_of,
        shipped_weights(weights_folder()),
        st.session_state.get(TIMES, {}),
    )
    if chosen_studies:
        rows = rows[rows["study"].isin(chosen_studies)]
    for word in words.lower().split():
        columns = ("experiment", "shipped as", "model", "device")
        text = rows[columns[0]].str.cat([rows[column] for column in columns[1:]], sep=" ")
        rows = rows[text.str.lower().str.contains(word, regex=False)]
    rows = rows.sort_values(sort, ascending=sort in ASCENDING).reset_index(drop=True)
    return rows, judging


def take_ticks(table: str, names: list[str], hidden: list[str]) -> None:
    """A tick goes into the address at once: with the next one the browser may still send the
    address from before."""
    chosen = [names[row] for row in st.session_state[table].selection.rows if row < len(names)]
    st.session_state[TICKED] = chosen
    st.query_params["pick"] = [*hidden, *chosen]


def show_table(rows: pd.DataFrame, known: Collection[str]) -> list[str]:
    """The table; returns the names of the ticked rows, which the address keeps, also of those
    that the filters hide. known: the names of all experiments."""
    names = list(rows["experiment"])
    asked = [name for name in st.query_params.get_all("pick") if name in known]
    hidden = [name for name in asked if name not in names]
    ticked = [name for name in asked if name in names]
    if ticked != st.session_state.get(TICKED):
        # A link or the browser's Back changed them: a table keeps its ticks, a new one takes these.
        st.session_state[TABLES] = st.session_state.get(TABLES, 0) + 1
        st.session_state[TICKED] = ticked
    # Ticks are kept by position, so other rows need another table.
    key = f"table-{hash((*names, st.session_state[TABLES]))}"
    st.dataframe(
        rows,
        key=key,
        on_select=partial(take_ticks, key, names, hidden),
        selection_mode="multi-row",
        selection_default={"selection": {"rows": [names.index(name) for name in ticked]}},
        hide_index=True,
        placeholder="",
        height=min(38 + 35 * len(rows), 420),
        alt=f"{len(rows)} experiments with accuracy, macro-F1, calibration error, size and time.",
        column_order=[
            "experiment",
            "accuracy",
            "interval",
            "learned",
            "macro-F1",
            "ECE",
            "parameters",
            "shipped as",
            "MB",
            *(["ms per face"] if rows["ms per face"].notna().any() else []),
            "left out",
            "minutes",
            "device",
            "model",
            "study",
        ],
        column_config=COLUMNS,
    )
    if hidden:
        st.caption(f"Ticked too, but hidden by the choices above: {', '.join(hidden)}.")
    return [*hidden, *ticked]


def under_table(
    rows: pd.DataFrame, chosen: list[str], reports: dict[str, EvalReport], judging: Judging
) -> None:
    """judging: what the table is by."""
    bar = st.container(horizontal=True, vertical_alignment="center")
    with bar:
        csv_button(rows, file_name("experiments", in_words(judging)))
        if st.button("Measure time per face", icon=":material/timer:", type="tertiary"):
            before = st.session_state.get(TIMES, {})
            done = st.progress(0.0, "Timing each architecture on one face …")
            times = ms_per_face([reports[name] for name in rows["experiment"]], done.progress)
            # Another press can only come nearer: what else the machine does only ever adds to it.
            faster = {name: min(ms, before.get(name, ms)) for name, ms in times.items()}
            st.session_state[TIMES] = {**before, **faster}
            st.rerun()
        if 2 <= len(chosen) <= MOST_COMPARED:
            unasked = app_first(reports, weights_folder())[:2]
            st.page_link(
                "views/compare.py",
                label=f"Compare the {len(chosen)} ticked",
                icon=":material/compare:",
                query_params={
                    **({"models": chosen} if chosen != unasked else {}),
                    **in_address("compare", reports[chosen[0]], judging),
                },
            )
        else:
            st.caption(f"Tick 2 to {MOST_COMPARED} rows to compare them.")


def page() -> None:
    heading(
        "Which model?",
        "Every experiment that has a report, with its figures as measured on the test faces. Two "
        "accuracies whose intervals overlap may really be the same: tick both and compare.",
    )
    found = reports_or_stop()
    rows_of_studies = rows_or_empty()
    rows, judging = filters(list(found.values()), studies(rows_of_studies))
    if rows.empty:
        st.info("No experiment fits these filters.")
        return
    chosen = show_table(rows, found)
    under_table(rows, chosen, found, judging)
    known = known_figures(rows_of_studies, judging.judged_on)
    accuracy_against_cost(rows, chosen, known, judging)


page()
