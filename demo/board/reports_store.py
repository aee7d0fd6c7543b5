"""The files the dashboard shows, read once and again when they change; what is kept is bounded.

The folders are the project's own; the environment variables FER_STUDIO_WEIGHTS and FER_STUDIO_RUNS
name others.
"""

import math
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

import numpy as np

from fer_core.emotions import LABELS
from fer_core.judged import Judged
from fer_core.progress import CURVES
from fer_core.report import (
    EvalReport,
    Predictions,
    ReportError,
    read_predictions,
    read_report,
)
from fer_core.study import StudyRow, read_rows
from fer_core.weights import FOLDER

PER_CLASS = ("precision", "recall", "f1", "n")
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
        known = label_set in found.answers
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
    fault = _fault(report, path.stem)
    if fault:
        raise ReportError(f"{path} is left out: {fault}.")
    return report


@lru_cache(KEPT_PREDICTIONS)
def _read_predictions(path: Path, changed: int) -> Predictions:
    return read_predictions(path)


@lru_cache(KEPT_ROWS)
def _read_rows(path: Path, changed: int) -> tuple[StudyRow, ...]:
    return tuple(read_rows(path))


def _fault(report: EvalReport, name: str) -> str:
    """What keeps a report from being shown, or "". name: that of its file."""
    if report.experiment != name:
        return f"it is of the experiment {report.experiment!r}, so its file has the wrong name"
    if report.labels != LABELS:
        return f"its labels are not {', '.join(LABELS)}"
    try:
        words = [report.arch, report.device, report.command]
        for judged in report.evaluations:
            words += [judged.dataset, judged.label_set, judged.split, judged.subset]
        if not all(isinstance(each, str) for each in words):
            return "a name in it is not text"
        for judged in report.evaluations:
            matrix = np.array(judged.confusion, np.int64)
            where = f"{judged.dataset} ({judged.subset})"
            if matrix.shape != (len(LABELS), len(LABELS)):
                return f"its matrix on {where} is not {len(LABELS)}x{len(LABELS)}"
            if matrix.sum() != judged.n:
                return (
                    f"its matrix on {where} adds up to {matrix.sum():,}, but it has n = "
                    f"{judged.n:,}"
                )
            figures = [judged.accuracy, judged.macro_f1, judged.ece, *judged.interval]
            figures += [judged.per_class[c][k] for c in LABELS for k in PER_CLASS]
            if len(judged.interval) != 2 or not all(math.isfinite(each) for each in figures):
                return f"a figure on {where} is not a number"
        figures = [report.params, report.seconds, report.published, report.left_out]
        figures += [report.training_faces, report.best_epoch]
        curves = [value for curve in report.curves.values() for value in curve]
        if not all(math.isfinite(value) for value in [*figures, *curves]):
            return "a figure is not a number"
        if not isinstance(report.recipe, Mapping):
            return "its recipe is not a table of settings"
        if report.epochs and any(len(report.curves[each]) != report.epochs for each in CURVES):
            return f"its curves do not have {report.epochs} epochs each"
    except (TypeError, ValueError, KeyError) as error:
        return f"a figure is missing or not a number ({error})"
    return ""
