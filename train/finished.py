"""What finished runs left: whose report it is, and the networks that later runs build on."""

import sys
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from torch import nn

from fer_core.models import create_model
from fer_core.output import quoted
from fer_core.report import EvalReport, read_report
from fer_core.weights import FOLDER, list_weights, load_model, read_card
from train.config import Experiment, same_recipe
from train.data import Dataset
from train.errors import RunError
from train.evaluate import data_name
from train.experiments import EXPERIMENTS
from train.files import BEST, CHECKPOINT, REPORT, read_tensors

SHIPPED = "weights"  # in the folder of the run folders: what finished runs come out as


def is_of(report: EvalReport, experiment: Experiment) -> bool:
    """Whether the report is of the experiment's recipe, as it is declared now, on its data."""
    same = same_recipe(report.recipe, experiment.recipe)
    return same and data_name(report.main) == experiment.data


def report_of(experiment: Experiment, weights: Iterable[Path]) -> EvalReport | None:
    """The first report of the experiment that has come out into one of the weights folders."""
    for folder in weights:
        path = folder / "reports" / f"{experiment.name}.json"
        if path.is_file() and is_of(report := read_report(path), experiment):
            return report
    return None


def finished_model(run: Path, data: Dataset) -> nn.Module:
    """The best network of the run in that folder, on the CPU, for a run on `data` to build on.

    Without a finished run there, the shipped weights of the experiment with the folder's name:
    the same, rounded to float16. Raises RunError where there are none either, and where what is
    there may have learned from test faces of `data`, or is of another recipe than is declared.
    """
    if (run / REPORT).is_file() and (run / BEST).is_file():
        report = read_report(run / REPORT)
        _refuse_strangers(report, run.name, data, f"The run in {run}")
        model = create_model(report.arch, **report.recipe["arch_args"])
        try:
            model.load_state_dict(read_tensors(run / BEST))
        except RuntimeError as error:
            raise RunError(
                f"{run / BEST} does not fit {report.arch} as it is now: {error}. Train it again."
            ) from error
        return model
    if (run / CHECKPOINT).is_file():
        raise RunError(f"This run builds on {run}, which is not finished. {_first_run(run)}")
    for card in map(read_card, list_weights()):
        if card.recipe["experiment"] == run.name:
            report = read_report(FOLDER / card.report)
            _refuse_strangers(
                report, run.name, data, f"{run} is not here, and the shipped {card.name}"
            )
            print(
                f"{run} is not here: the shipped weights {card.name} stand in for it, which were "
                f"trained on {card.trained_on}.",
                file=sys.stderr,
            )
            return load_model(card)
    raise RunError(f"This run builds on {run}, which is missing. {_first_run(run)}")


def _refuse_strangers(report: EvalReport, name: str, data: Dataset, what: str) -> None:
    declared = EXPERIMENTS.get(name)
    if declared and not is_of(report, replace(declared, data=data_name(report.main))):
        raise RunError(f"{what} is of another recipe than {name} is now. Train it again.")
    refuse_other_faces(report, data, what)


def refuse_other_faces(report: EvalReport, data: Dataset, what: str) -> None:
    """Raises RunError where what a report is of may have learned from test faces of `data`."""
    theirs = (data_name(report.main), report.main.split, report.left_out)
    ours = (data.name, data.split_names[2], len(data.left_out))
    if theirs != ours:
        told = "{}, judged on {}, {:,} training faces left out"
        raise RunError(
            f"{what} was trained on other faces ({told.format(*theirs)}) than are learned from now "
            f"({told.format(*ours)}), and may know some of the test faces. Train it again."
        )


def _first_run(run: Path) -> str:
    return f"First run: python -m train.run {run.name} --data … --out {quoted(run)} --resume"
