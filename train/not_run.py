"""Why a row has no figure of ours."""

from functools import cache
from pathlib import Path

from fer_core.report import read_report
from fer_core.weights import FOLDER
from train.config import Experiment, Recipe
from train.speed import PASSES, forward_flops

HELD_BACK = ("RAF-DB", "CK+", "JAFFE", "Toronto faces")
PACE_OF = "usth-cnn"  # of what was trained on one core, it computed most in a second


def reason(experiment: Experiment) -> str:
    """In words, for an experiment without a report."""
    held_back = [name for name in HELD_BACK if name in experiment.data]
    if held_back:
        return f"{' and '.join(held_back)} may not be passed on: run it with your own copy"
    recipe = experiment.recipe
    if not isinstance(recipe, Recipe):
        return "still to fit"
    flops_per_second, faces = _pace(FOLDER / "reports" / f"{PACE_OF}.json")
    hours = _flops(recipe.arch) * faces * recipe.epochs / flops_per_second / 3600
    return (
        f"still to train: up to {recipe.epochs} epochs of {recipe.arch}, "
        f"about {_time(hours)} on one core at the pace of {PACE_OF}"
    )


def _time(hours: float) -> str:
    """With two digits, as far as the estimate goes."""
    return f"{hours:.0f} h" if hours >= 9.5 else f"{hours:.1f} h"


@cache
def _pace(path: Path) -> tuple[float, int]:
    """What the run of a report computed in a second, and the faces that it learned from."""
    report = read_report(path)
    faces = report.training_faces
    return _flops(report.arch) * faces * report.epochs / report.seconds, faces


@cache
def _flops(arch: str) -> float:
    """Of training on one face. What sweeps change in a network hardly changes its price."""
    return PASSES * forward_flops(Recipe(arch))
