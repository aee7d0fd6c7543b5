"""Evaluation reports: what `train` writes and the dashboard reads, as JSON."""

import io
import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from numbers import Real
from pathlib import Path
from typing import Any

import numpy as np

from fer_core.emotions import LABELS
from fer_core.types import FerError, check_array

PER_CLASS = ("precision", "recall", "f1", "n")
# What a network's training leaves a value of for each epoch.
CURVES = ("train_loss", "train_accuracy", "valid_loss", "valid_accuracy", "lr", "seconds")


def as_stored(probs: np.ndarray) -> np.ndarray:
    """Probabilities as a file of predictions gives them back: float32 of float16's precision.

    What is judged is this, so that every figure can be found again in the file; of two classes
    that are alike to that precision, the first is the answer.
    """
    return probs.astype(np.float16).astype(np.float32)


@dataclass(frozen=True, eq=False)
class Predictions:
    """What a report's figures were computed from, on its test split.

    rows: int64 (N,), the face's row in the data set's file. probs: float32 (N, 7).
    truth: for each label set int64 (N,), the right class or -1 where it has none.
    clean: bool (N,), whether the face, as far as a search finds, stands in no other split.
    """

    rows: np.ndarray
    probs: np.ndarray
    truth: Mapping[str, np.ndarray]
    clean: np.ndarray

    def __post_init__(self) -> None:
        n = len(self.rows)
        check_array("rows", self.rows, (n,), np.int64)
        check_array("probs", self.probs, (n, len(LABELS)))
        check_array("clean", self.clean, (n,), np.bool_)
        for name, truth in self.truth.items():
            check_array(f"truth of {name}", truth, (n,), np.int64)

    def to_npz(self) -> bytes:
        """A compressed .npz file, the probabilities as float16."""
        arrays: dict[str, Any] = {
            "row": self.rows,
            "probs": self.probs.astype(np.float16),
            "clean": self.clean,
            **{f"answer_{name}": a.astype(np.int8) for name, a in self.truth.items()},
        }
        file = io.BytesIO()
        np.savez_compressed(file, **arrays)
        return file.getvalue()


class ReportError(FerError):
    """A report file that is missing a field or is not a report."""


@dataclass(frozen=True)
class Evaluation:
    """How one set of predictions does against one label set.

    dataset: data and labels in words. label_set: "fer2013", "ferplus", or "ferplus-clear" for the
    faces on which more than half of FER+'s annotators agree, single votes left aside.
    split: the data set's own name for it. subset: "all", or "clean" without the faces that
    also stand, or nearly so, in another split. n: faces judged.
    confusion: 7x7 counts, row the right class, column the predicted one.
    accuracy, interval: share of 1 and its 95% interval. macro_f1, ece: shares of 1;
        macro_f1 is the mean over the expressions that there are faces of.
    per_class: for each label its figures by the names in PER_CLASS.
    Raises ValueError, or KeyError for a missing figure, where they do not fit together.
    """

    dataset: str
    label_set: str
    split: str
    subset: str
    n: int
    confusion: tuple[tuple[int, ...], ...]
    accuracy: float
    interval: tuple[float, float]
    macro_f1: float
    ece: float
    per_class: Mapping[str, Mapping[str, float]]

    def __post_init__(self) -> None:
        _check_words([self.dataset, self.label_set, self.split, self.subset])
        _check_numbers([self.n, self.accuracy, self.macro_f1, self.ece, *self.interval])
        _check_numbers(self.per_class[label][name] for label in LABELS for name in PER_CLASS)
        where, classes = f"{self.dataset} ({self.subset})", len(LABELS)
        matrix = np.array(self.confusion, np.int64)
        if matrix.shape != (classes, classes):
            raise ValueError(f"its matrix on {where} is not {classes}x{classes}")
        if matrix.sum() != self.n:
            raise ValueError(
                f"its matrix on {where} adds up to {matrix.sum():,}, but it has n = {self.n:,}"
            )
        if len(self.interval) != 2:
            raise ValueError(f"its interval on {where} has not two ends")

    @property
    def judged_on(self) -> str:
        """Data, labels and split in words: only figures that share them can be compared."""
        return f"{self.dataset}, {self.split}"

    @classmethod
    def from_fields(cls, values: Mapping[str, Any]) -> "Evaluation":
        """From what JSON makes of one. Raises KeyError, TypeError or ValueError for another."""
        known = {field.name: values[field.name] for field in fields(cls)}
        known["confusion"] = tuple(tuple(row) for row in known["confusion"])
        known["interval"] = tuple(known["interval"])
        return cls(**known)


@dataclass(frozen=True)
class EvalReport:
    """One experiment: what was trained, how, and how it does.

    main: the evaluation on the labels that were learned, all faces; its fields stand at the top
    level of the JSON. others: the same predictions against other labels and on subsets.
    params: number of parameters. seconds: of training. curves: a list for each quantity, one
    value an epoch. temperature: what the probabilities were calibrated with, see
    `fer_core.classifier.at_temperature`. published: the source's accuracy as a share of 1, or 0
    where it has none.
    Raises ValueError, or KeyError for a missing curve, where they do not fit together.
    """

    experiment: str
    source: str
    published: float
    arch: str
    params: int
    labels: tuple[str, ...]
    main: Evaluation
    others: tuple[Evaluation, ...]
    seeds: tuple[int, ...]
    epochs: int
    best_epoch: int
    seconds: float
    device: str
    command: str
    recipe: Mapping[str, Any]
    training_faces: int
    left_out: int
    temperature: float
    curves: Mapping[str, tuple[float, ...]]

    def __post_init__(self) -> None:
        _check_words([self.experiment, self.arch, self.device, self.command])
        if self.labels != LABELS:
            raise ValueError(f"its labels are not {', '.join(LABELS)}")
        _check_numbers([self.params, self.seconds, self.published, self.left_out])
        _check_numbers([self.training_faces, self.best_epoch, self.temperature])
        if not isinstance(self.recipe, Mapping):
            raise ValueError("its recipe is not a table of settings")
        for curve in self.curves.values():
            _check_numbers(curve)
        if self.epochs and any(len(self.curves[name]) != self.epochs for name in CURVES):
            raise ValueError(f"its curves do not have {self.epochs} epochs each")

    @property
    def evaluations(self) -> tuple[Evaluation, ...]:
        """The main one, then the others."""
        return (self.main, *self.others)

    @property
    def by(self) -> Mapping[tuple[str, str], Evaluation]:
        """The same, by label set and subset."""
        return {(each.label_set, each.subset): each for each in self.evaluations}

    def to_json(self) -> str:
        """One field a line."""
        values = asdict(self)
        stored = {**values.pop("main"), **values}
        lines = ",\n".join(f" {json.dumps(name)}: {json.dumps(stored[name])}" for name in stored)
        return f"{{\n{lines}\n}}\n"

    @classmethod
    def from_json(cls, text: str, where: str) -> "EvalReport":
        """Raises ReportError where the text is no report; `where` names it in the message."""
        try:
            values = json.loads(text)
            known = {f.name: values[f.name] for f in fields(cls) if f.name != "main"}
            known["others"] = tuple(Evaluation.from_fields(other) for other in known["others"])
            known["curves"] = {name: tuple(curve) for name, curve in known["curves"].items()}
            known["labels"], known["seeds"] = tuple(known["labels"]), tuple(known["seeds"])
            return cls(main=Evaluation.from_fields(values), **known)
        except KeyError as error:
            raise ReportError(f"{where} lacks the field {error}. Make it again.") from error
        except (ValueError, TypeError, AttributeError, OverflowError) as error:
            raise ReportError(f"{where} is not a report: {error}.") from error


def _check_words(values: Iterable[object]) -> None:
    for value in values:
        if not isinstance(value, str):
            raise ValueError(f"a name in it is not text: {value!r}")


def _check_numbers(values: Iterable[object]) -> None:
    for value in values:
        if not (isinstance(value, Real) and math.isfinite(value)):
            raise ValueError(f"a figure in it is not a number: {value!r}")


def read_report(path: Path) -> EvalReport:
    """Raises ReportError where the file is missing or is no report."""
    try:
        return EvalReport.from_json(path.read_text(encoding="utf-8"), str(path))
    except (OSError, UnicodeDecodeError) as error:
        raise ReportError(f"The report {path} cannot be read: {error}.") from error


def read_predictions(path: Path) -> Predictions:
    """Raises ReportError where the file is missing or does not hold predictions."""
    try:
        with np.load(path) as arrays:
            return Predictions(
                rows=arrays["row"],
                probs=arrays["probs"].astype(np.float32),
                truth={
                    name.removeprefix("answer_"): arrays[name].astype(np.int64)
                    for name in arrays.files
                    if name.startswith("answer_")
                },
                clean=arrays["clean"],
            )
    except OSError as error:
        raise ReportError(f"The predictions {path} cannot be read: {error}.") from error
    except Exception as error:  # NumPy and zip raise whatever a broken file leads them to
        raise ReportError(f"{path} does not hold predictions: {error}.") from error
