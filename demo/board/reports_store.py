"""The files the dashboard shows, read once and again when they change; what is kept is bounded.

The folders are the project's own; the environment variables FER_STUDIO_WEIGHTS and FER_STUDIO_RUNS
name others.
"""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

from fer_core.judged import Judged
from fer_core.report import (
    EvalReport,
    Predictions,
    ReportError,
    read_predictions,
    read_report,
)
from fer_core.study import StudyRow, read_rows
from fer_core.weights import FOLDER

KEPT_REPORTS, KEPT_PREDICTIONS, KEPT_ROWS = 1000, 16, 2

Read = TypeVar("Read")


@dataclass(frozen=True)
class Shelf:
    """Every readable report by its experiment's name, and a sentence for each that is not."""

    reports: Mapping[str, EvalReport]
    problems: tuple[str, ...]


def weights_folder() -> Path:
    return Path(os.environ.get("FER_STUDIO_WEIGHTS", FOLDER))


def runs_folder() -> Path:
    return Path(os.environ.get("FER_STUDIO_RUNS", FOLDER.parent / "runs"))


def shelf() -> Shelf:
    """The reports in the weights folder; those that cannot be shown are named in `problems`."""
    reports: dict[str, EvalReport] = {}
    problems: list[str] = []
    for path in sorted((weights_folder() / "reports").glob("*.json")):
        try:
            report = _fresh(_checked_report, path)
            reports[report.experiment] = report
        except ReportError as error:
            problems.append(str(error))
    return Shelf(reports, tuple(problems))


def predictions(report: EvalReport) -> Predictions:
    """The probabilities behind a report. Raises ReportError where they are missing or another's."""
    path = weights_folder() / "reports" / f"{report.experiment}.npz"
    found = _fresh(_read_predictions, path)
    for judged in report.evaluations:
        label_set, subset = judged.label_set, judged.subset
        known = label_set in found.truth
        if not known or len(Judged.of(found, label_set, subset)) != judged.n:
            raise ReportError(f"{path} does not belong to its report. Export the run again.")
    return found


def study_rows() -> tuple[StudyRow, ...]:
    """The rows of the studies' tables. Raises ReportError where they cannot be read."""
    return _fresh(_read_rows, weights_folder() / "studies" / "rows.json")


def _fresh(read: Callable[[Path, int], Read], path: Path) -> Read:
    """Call a cached reader with the file's time, so that a changed file is read again."""
    return read(path, path.stat().st_mtime_ns if path.exists() else 0)


@lru_cache(KEPT_REPORTS)
def _checked_report(path: Path, changed: int) -> EvalReport:
    report = read_report(path)
    if report.experiment != path.stem:
        raise ReportError(
            f"{path} is left out: it is of the experiment {report.experiment!r}, so its file has "
            "the wrong name."
        )
    return report


@lru_cache(KEPT_PREDICTIONS)
def _read_predictions(path: Path, changed: int) -> Predictions:
    return read_predictions(path)


@lru_cache(KEPT_ROWS)
def _read_rows(path: Path, changed: int) -> tuple[StudyRow, ...]:
    return tuple(read_rows(path))
