"""The overview's rows: a line for each experiment, from its report, its row and its weights."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from streamlit.column_config import NumberColumn as _number
from streamlit.column_config import TextColumn as _text

from demo.board.judging import Judging, evaluation, learned
from demo.board.reports_store import study_rows
from demo.board.shipped import NOT_SHIPPED, Shipped
from fer_core.fer2013 import BY_ITS_LABELS
from fer_core.report import EvalReport, ReportError
from fer_core.study import StudyRow

OTHER = "other"
# In words and in per cent; Goodfellow et al. 2013, on FER2013's labels.
A_PERSON, PERSON = "a person 65 ± 5%", 65.0

# How the columns of `table` are shown.
COLUMNS: Mapping[str, Any] = {
    "experiment": _text("experiment", pinned=True, width="medium"),
    "accuracy": _number("accuracy", format="%.2f%%"),
    "interval": _text("95% interval"),
    "macro-F1": _number(
        "macro-F1", format="%.1f%%", help="F1, averaged over the classes with equal weight"
    ),
    "ECE": _number("ECE", format="%.1f%%", help="Mean gap between confidence and accuracy"),
    "parameters": _number("parameters", format="compact"),
    "shipped as": _text(
        "shipped as",
        width=130,  # as for the file's size
        help="What its weights are called in the app: the experiment's name without its "
        "number, since a later experiment may make better weights with that name",
    ),
    "MB": _number(
        "file",
        format="%.1f MB",
        width=80,  # from its first values, many of them empty, it comes out too narrow
        help="Size of the shipped weights, if there are any",
    ),
    "ms per face": _number(
        "per face", format="%.1f ms", help="Fastest of several runs, on this machine's CPU"
    ),
    "left out": _number(
        "left out",
        format="localized",
        help="Images kept out of its training because a validation or test face repeats "
        "them, as far as was known then",
    ),
    "minutes": _number("training", format="%.0f min"),
    "learned": _text("own labels"),
    "faces": _number("faces", format="localized", help="How many faces it is judged on"),
}


def rows_or_empty() -> tuple[StudyRow, ...]:
    """The rows of the studies' tables, or none where they cannot be read."""
    try:
        return study_rows()
    except ReportError:
        return ()  # the page of the studies says what is wrong with the file


def studies(rows: Sequence[StudyRow]) -> dict[str, str]:
    """The study of each experiment."""
    return {row.experiment: row.study for row in rows}


def published_best(rows: Sequence[StudyRow], judged_on: str) -> dict[str, float]:
    """Each study's best published accuracy by those labels on that split, a share of 1."""
    best: dict[str, float] = {}
    for row in rows:
        if row.published_on == judged_on and row.published:
            best[row.study] = max(best.get(row.study, 0.0), row.published)
    return best


def known_figures(rows: Sequence[StudyRow], judged_on: str) -> dict[str, float]:
    """What accuracies by those labels on that split are compared with, in words and in per cent."""
    person = {A_PERSON: PERSON} if judged_on == BY_ITS_LABELS else {}
    best = published_best(rows, judged_on)
    return {**person, **{f"{study} {share:.1%}": 100 * share for study, share in best.items()}}


def meaning(figures: Collection[str], subset: str) -> str:
    """What these known figures are, beside accuracies on that subset of the test faces."""
    published = "the best figure that each source published"
    person = "how often a person agrees with the labels (Goodfellow et al. 2013)"
    told = [published] if any(words != A_PERSON for words in figures) else []
    of_all = "" if subset == "all" else "; on all test faces, including the repeated ones"
    return ", and ".join([*told, person] if A_PERSON in figures else told) + of_all


def table(
    reports: Sequence[EvalReport],
    judging: Judging,
    study_of: Mapping[str, str],
    shipped: Mapping[str, Shipped],
    milliseconds: Mapping[str, float],
) -> pd.DataFrame:
    """A row for each report that is judged so; shares in per cent, NaN where not known."""
    lines: list[dict[str, Any]] = []
    for report in reports:
        judged = evaluation(report, judging)
        if judged is None:
            continue
        low, high = (100 * end for end in judged.interval)
        lines.append(
            {
                "experiment": report.experiment,
                "study": study_of.get(report.experiment, OTHER),
                "model": report.arch,
                "accuracy": 100 * judged.accuracy,
                "interval": f"{low:.1f} to {high:.1f}",
                "low": low,
                "high": high,
                "macro-F1": 100 * judged.macro_f1,
                "ECE": 100 * judged.ece,
                "parameters": report.params or np.nan,
                "shipped as": shipped.get(report.experiment, NOT_SHIPPED).name,
                "MB": shipped.get(report.experiment, NOT_SHIPPED).megabytes,
                "ms per face": milliseconds.get(report.experiment, np.nan),
                "left out": report.left_out,
                "minutes": report.seconds / 60,
                "device": report.device,
                "learned": report.main.dataset,
                "learned these": learned(report, judged),
                "faces": judged.n,
            }
        )
    return pd.DataFrame(lines, columns=list(lines[0]) if lines else ["experiment"])
