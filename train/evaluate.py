"""Judge weights on a split: python -m train.evaluate --weights NAME --data PATH --json OUT."""

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.metrics import confusion_matrix, precision_recall_fscore_support

from fer_core.device import choose_device
from fer_core.emotions import LABELS
from fer_core.files import write_whole
from fer_core.judged import Judged, reliability
from fer_core.report import PER_CLASS, EvalReport, Evaluation, Predictions, as_stored
from fer_core.weights import load_classifier, read_card
from train.config import Experiment
from train.data import CLEAR, Dataset
from train.machine import exact_float32
from train.metrics import wilson_interval
from train.options import add_data_option, add_device_option, exit_code, read_data
from train.splits import restratified

_LABELS_IN_WORDS = {
    "fer2013": "labels",
    "ferplus": "FER+ majority",
    CLEAR: "FER+ clear majority",
}


def evaluate(probs: np.ndarray, data: Dataset, split_name: str) -> tuple[Evaluation, ...]:
    """Judge float32 (N, 7) predictions for a split by each label set the data set has.

    The test split is judged twice: all faces, and those that stand in no other split, if any.
    """
    found = predictions(data, as_stored(probs), split_name)
    return tuple(
        judge(
            faces,
            dataset=f"{data.name} {_LABELS_IN_WORDS[label_set]}",
            label_set=label_set,
            split=split_name,
            subset=subset,
        )
        for label_set in found.truth
        for subset in (("all",) if found.clean.all() else ("all", "clean"))
        if len(faces := Judged.of(found, label_set, subset))
    )


def data_name(evaluation: Evaluation) -> str:
    """The name of the data set that was judged on."""
    return evaluation.dataset.removesuffix(f" {_LABELS_IN_WORDS[evaluation.label_set]}")


def judge(faces: Judged, **names: str) -> Evaluation:
    """The figures of some faces. names: the fields of `Evaluation` that say what was judged."""
    classes = range(len(LABELS))
    matrix = confusion_matrix(faces.truth, faces.predicted, labels=classes)
    each = precision_recall_fscore_support(
        faces.truth, faces.predicted, labels=classes, zero_division=0.0
    )
    _, _, f1, n = each
    return Evaluation(
        **names,
        n=len(faces),
        confusion=tuple(tuple(row) for row in matrix.tolist()),
        accuracy=float(faces.right.mean()),
        interval=wilson_interval(int(faces.right.sum()), len(faces)),
        macro_f1=float(f1[n > 0].mean()),
        ece=reliability(faces).expected_calibration_error,
        per_class={
            label: dict(zip(PER_CLASS, figures, strict=True))
            for label, *figures in zip(LABELS, *(figure.tolist() for figure in each), strict=True)
        },
    )


def new_report(
    experiment: Experiment, data: Dataset, probs: np.ndarray, learned: int, **own: Any
) -> EvalReport:
    """The report of a run's float32 (N, 7) on the test split.

    learned: from how many training faces. own: what networks and other methods have each their way.
    """
    evaluations = evaluate(probs, data, data.split_names[2])
    # Of all faces by the labels that were learned.
    main = next(e for e in evaluations if e.label_set == experiment.recipe.label_set)
    return EvalReport(
        experiment=experiment.name,
        source=experiment.source,
        published=experiment.published,
        labels=LABELS,
        main=main,
        others=tuple(e for e in evaluations if e is not main),
        seeds=(experiment.recipe.seed,),
        command=experiment.command,
        training_faces=learned,
        left_out=len(data.left_out),
        **own,
    )


def predictions(data: Dataset, probs: np.ndarray, split_name: str) -> Predictions:
    """Probabilities (N, 7) for a split with what they are judged by; only of the test split is
    it known which faces stand in another, too."""
    split = data.split(split_name)
    truth = {name: split.truth(name) for name in data.judged_by()}
    clean = data.clean_test if split is data.test else np.ones(len(split), bool)
    return Predictions(split.rows, probs, truth, clean)


def in_words(evaluation: Evaluation) -> str:
    low, high = evaluation.interval
    return (
        f"{evaluation.dataset}, {evaluation.split} ({evaluation.subset}, n = {evaluation.n:,}): "
        f"accuracy {evaluation.accuracy:.2%} [{low:.2%}, {high:.2%}], "
        f"macro-F1 {evaluation.macro_f1:.3f}, ECE {evaluation.ece:.3f}"
    )


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m train.evaluate", description=__doc__)
    parser.add_argument(
        "--weights",
        default="default",
        help="name of the weights; to list them: python -m fer_core weights",
    )
    add_data_option(parser)
    parser.add_argument(
        "--split",
        help="FER2013: Training, PublicTest or PrivateTest; others: train, valid or test "
        "(default: the test split)",
    )
    parser.add_argument("--json", type=Path, help="file to write the figures to")
    add_device_option(parser)
    options = parser.parse_args()

    def work() -> None:
        exact_float32()
        card = read_card(options.weights)
        data = read_data(options.data)
        own = any(each.dataset.startswith(data.name) for each in card.metrics.values())
        if own and card.recipe.get("resplit"):
            data = restratified(data)  # its own splits hold faces that these weights learned from
        classifier = load_classifier(card, choose_device(options.device, "float32"))
        split_name = options.split or data.split_names[2]
        images = data.split(split_name).images
        evaluations = evaluate(classifier(images), data, split_name)
        if options.json:
            figures = {"weights": card.name, "evaluations": [asdict(e) for e in evaluations]}
            write_whole(options.json, json.dumps(figures, indent=1) + "\n")
        print("\n".join(in_words(evaluation) for evaluation in evaluations))

    return exit_code(work)


if __name__ == "__main__":
    sys.exit(main())
