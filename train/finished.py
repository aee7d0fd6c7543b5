"""What finished runs left: whose report it is, and the networks that later runs build on."""

import json
from pathlib import Path

from torch import nn

from fer_core.models import create_model
from fer_core.report import EvalReport, read_report
from fer_core.weights import list_weights, load_model, read_card
from train.config import Experiment
from train.errors import RunError
from train.evaluate import data_name
from train.files import BEST, REPORT, read_tensors


def is_of(report: EvalReport, experiment: Experiment) -> bool:
    """Whether the report is of the experiment's recipe, as it is declared now, on its data."""
    recipe = experiment.recipe
    try:
        theirs = recipe.from_json(json.dumps(report.recipe))
    except TypeError:  # of the other kind, or with a field that there is no longer
        return False
    # Fields that recipes have gained since are at their defaults, as they were then.
    return theirs.to_json() == recipe.to_json() and data_name(report.main) == experiment.data


def finished_model(run: Path) -> nn.Module:
    """The best network of the run in that folder, on the CPU.

    Without a finished run there, the shipped weights of the experiment with the folder's name:
    the same, rounded to float16. Raises RunError where there are none either.
    """
    if (run / REPORT).is_file() and (run / BEST).is_file():
        report = read_report(run / REPORT)
        model = create_model(report.arch, **report.recipe["arch_args"])
        model.load_state_dict(read_tensors(run / BEST))
        return model
    for card in map(read_card, list_weights()):
        if card.recipe["experiment"] == run.name:
            return load_model(card)
    raise RunError(
        f"This run builds on {run}, which is missing or not finished. First run: "
        f"python -m train.run {run.name} --data … --out {run} --resume"
    )
