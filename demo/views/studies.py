"""The reports' tables, row by row: what was published and what we measured."""

import json
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st

from demo.board.overview_table import COLUMNS
from demo.board.panels import (
    chart,
    csv_button,
    file_name,
    heading,
    reports_here,
    switch,
)
from demo.board.reports_store import study_rows, weights_folder
from demo.board.seeds import over_seeds
from demo.charts.studies import detectors, over_k, published_and_ours
from fer_core.report import EvalReport, ReportError
from fer_core.study import ABOUT, StudyRow
from fer_core.weights import FOLDER

DETECTORS = Path(__file__).resolve().parents[2] / "benchmarks" / "results" / "detectors.json"
ONE_LINE = 34  # characters that the columns of words have room for
OURS = "Our accuracy"  # where nothing is published beside it


def line(row: StudyRow) -> dict[str, Any]:
    """A row of the table, in per cent; the difference is ours minus published."""
    low, high = (100 * (end - row.published) for end in row.interval)
    return {
        "row": row.changes,
        "published": 100 * row.published if row.published else None,
        "ours": 100 * row.ours if row.report else None,
        "interval": f"{100 * row.interval[0]:.1f} to {100 * row.interval[1]:.1f}"
        if row.report
        else "",
        "clean": 100 * row.clean if row.clean else None,
        "difference": f"{100 * (row.ours - row.published):+.1f} [{low:+.1f}, {high:+.1f}]"
        if row.comparable
        else "",
        "not run because": row.reason,
        "judged on": row.judged_on,
        "published on": row.published_on,
        "n": row.n or None,
        "table": row.table,
        "experiment": row.experiment,
    }


def show_rows(rows: list[StudyRow], study: str) -> None:
    table = pd.DataFrame([line(row) for row in rows])
    ran = sum(bool(row.report) for row in rows)
    st.markdown(f"**{ran} of {len(rows)}** rows on {rows[0].data} have been run.")
    number = st.column_config.NumberColumn
    # Streamlit wraps the text of rows above 64 px, so that a long name is there as a whole.
    longest = table[["row", "not run because"]].map(len).to_numpy().max()
    row_px = 35 if longest <= ONE_LINE else 66
    filled = table.columns[table.replace("", None).notna().any()]
    st.dataframe(
        table[filled],
        hide_index=True,
        placeholder="",
        height=min(38 + row_px * len(table), 460),
        row_height=row_px,
        alt=f"{len(rows)} rows of {study}, {ran} of them run: published and our accuracy.",
        column_config={
            "row": st.column_config.TextColumn("row", width=260),
            "published": number("published", format="%.2f%%"),
            "ours": number("ours", format="%.2f%%"),
            "interval": st.column_config.TextColumn("ours, 95%"),
            "clean": number(
                "clean",
                format="%.2f%%",
                help="Our accuracy on the test faces without those whose photo is, or may be, in "
                "another split. Repeated "
                "faces are easier even for networks that hardly saw any: fewer are labelled happy, "
                "more surprise. Only a gap clearly larger than those networks show points to faces "
                "that were learned by heart.",
            ),
            "not run because": st.column_config.TextColumn("not run because", width=260),
            "n": number("n", format="localized"),
            "difference": st.column_config.TextColumn(
                "difference",
                help="Ours minus published, in points, with our interval, where both are on the "
                "same test faces. Where the interval spans 0, the difference may be chance. The "
                "published figure has an interval too, so it may be chance also where ours "
                "just misses 0.",
            ),
        },
    )
    csv_button(table, file_name("rows", study))
    drawn = [row for row in rows if row.report or row.published]
    if drawn:
        published = any(row.published for row in rows)
        title = f"{study}: published{' and ours' if ran else ''}" if published else OURS
        chart(
            published_and_ours(drawn, title),
            f"{len(drawn)} rows of {study}. " + _behind(drawn),
            file_name("published-and-ours", study),
            pd.DataFrame([line(row) for row in drawn]),
        )
        if published and ran:
            st.caption(f"Dotted: the best published figure. {_behind(drawn)}")


def _behind(rows: list[StudyRow]) -> str:
    both = [row for row in rows if row.comparable]
    if not both:
        return "No row has both a published figure and ours on the same faces."
    inside = sum(row.interval[0] <= row.published <= row.interval[1] for row in both)
    return (
        f"In {inside} of the {len(both)} rows with both, the published figure lies in our interval."
    )


def show_seeds(reports: list[EvalReport]) -> None:
    table = over_seeds(reports)
    if table.empty:
        return
    st.subheader("Over several seeds", anchor=False)
    st.markdown(
        "Mean and standard deviation, by the labels that the models learned. With three seeds "
        "each, a difference of less than about two and a half deviations may well be chance."
    )
    st.dataframe(
        table,
        hide_index=True,
        alt=f"{len(table)} recipes with mean and deviation.",
        column_config={"parameters": COLUMNS["parameters"]},
    )
    csv_button(table, "seeds")


def neighbours(reports: dict[str, EvalReport]) -> None:
    curves = {
        name: (report.curves["k"], report.curves["valid_accuracy"])
        for name, report in reports.items()
        if report.curves.get("k") and len(report.curves["k"]) > 1
    }
    st.subheader("Nearest neighbours", anchor=False)
    if not curves:
        st.caption("The KNN experiments have no report yet.")
        return
    words = "; ".join(
        f"{name}: best at k = {ks[shares.index(max(shares))]:g} with {max(shares):.1%}"
        for name, (ks, shares) in curves.items()
    )
    chart(
        over_k(curves),
        f"Validation accuracy against k. {words}.",
        "neighbours",
        pd.concat(
            pd.DataFrame({"experiment": name, "k": ks, "valid_accuracy": shares})
            for name, (ks, shares) in curves.items()
        ),
    )


def show_detectors() -> None:
    st.subheader("Face detectors", anchor=False)
    try:
        found = json.loads(DETECTORS.read_text(encoding="utf-8"))
        photos = found["photos"]
        names = list(next(iter(photos.values()))["milliseconds"])
        times = {n: {p: v["milliseconds"][n] for p, v in photos.items()} for n in names}
        faces = {f"{n}: faces": [v["faces"][n] for v in photos.values()] for n in names}
    except (OSError, ValueError, KeyError, StopIteration):
        st.caption("Not measured here. To measure: python -m benchmarks detectors")
        return
    table = pd.DataFrame({"photo": list(photos), **faces})
    chart(
        detectors(times),
        "Median time of each detector on each photo: "
        + "; ".join(
            f"{n} {min(t.values()):.0f} to {max(t.values()):.0f} ms" for n, t in times.items()
        ),
        "detectors",
        table.assign(**{f"{n}: ms": list(t.values()) for n, t in times.items()}),
    )
    st.table(table, hide_index=True, border="horizontal")
    st.caption(
        f"Measured in turn on {found.get('cpus', '?')} CPU cores with a minimum detection score of "
        f"{found.get('min_score', '?')}, on the demo's photos."
    )


def page() -> None:
    heading(
        "Reports against ours",
        "Four reports and the published records, row by row. Published figures are the "
        "sources' own; where a source chose its checkpoint on the test faces, its figures look "
        "better than they are.",
    )
    reports = reports_here()
    try:
        rows = study_rows()
    except ReportError as error:
        own = weights_folder() == FOLDER
        elsewhere = f"The project writes them only into its own folder, {FOLDER}."
        st.warning(f"{error} {'Write them: python -m train.tables' if own else elsewhere}")
        rows = ()
    study = ""
    if rows:
        studies = list(dict.fromkeys(row.study for row in rows))
        study = switch("Report", studies, "report", "a report")
        st.markdown(ABOUT.get(study, ""))
        chosen = [row for row in rows if row.study == study]
        sets = list(dict.fromkeys(row.data for row in chosen))
        if len(sets) > 1:
            usual = "FER2013" if "FER2013" in sets else ""
            data = switch("Data set", sets, "data", "a data set", usual)
            chosen = [row for row in chosen if row.data == data]
        show_rows(chosen, study)
        show_seeds([reports[row.experiment] for row in chosen if row.experiment in reports])
    if not rows or study == "START":
        neighbours(reports)
        show_detectors()


page()
