"""The networks that later runs build on: as a finished run left them, or as they are shipped."""

from pathlib import Path

from safetensors.torch import load_file
from torch import nn

from fer_core.models import create_model
from fer_core.report import read_report
from fer_core.weights import list_weights, load_model, read_card
from train.errors import RunError
from train.files import BEST, REPORT


def finished_model(run: Path) -> nn.Module:
    """The best network of the run in that folder, on the CPU.

    Without a finished run there, the shipped weights of the experiment with the folder's name:
    the same, rounded to float16. Raises RunError where there are none either.
    """
    if (run / REPORT).is_file() and (run / BEST).is_file():
        report = read_report(run / REPORT)
        model = create_model(report.arch, **report.recipe["arch_args"])
        model.load_state_dict(load_file(run / BEST))
        return model
    for card in map(read_card, list_weights()):
        if card.recipe["experiment"] == run.name:
            return load_model(card)
    raise RunError(
        f"This run builds on {run}, which is missing or not finished. First run: "
        f"python -m train.run {run.name} --data … --out {run} --resume"
    )
