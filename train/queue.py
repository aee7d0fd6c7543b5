"""Train what has no report yet, best value first: python -m train.queue --minutes 9 --data PATH.

Every call works for so many minutes and leaves checkpoints; the next one goes on.
"""

import argparse
import sys
import time
import traceback
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import torch

from fer_core.device import DeviceChoice
from fer_core.files import write_whole
from fer_core.types import FerError
from fer_core.weights import FOLDER
from train.checkpoints import checkpoint_of, read_checkpoint
from train.config import ClassicalRecipe, Experiment, Recipe
from train.data import Dataset
from train.distributed import Ranks
from train.errors import DivergedError
from train.experiments import EXPERIMENTS
from train.export import export, export_report, has_weights_to_ship
from train.finished import SHIPPED, report_of
from train.machine import Machine
from train.options import add_data_option, add_machine_options, exit_code, machine_of, read_data
from train.run import run
from train.speed import StepCost, measure_step_cost

COMPILE_SECONDS = 120.0  # before a network's first step, where steps are compiled
CLASSICAL_SECONDS = 400.0  # what the slowest of them took on one core; none uses a GPU
DIVERGED = "diverged.json"  # in a run's folder: the recipe of which nothing came


@dataclass(frozen=True)
class Remaining:
    """What an experiment still needs on this device."""

    epochs_done: int
    seconds_left: float
    epoch_seconds: float


def missing(experiments: Iterable[Experiment], data: Dataset, out: Path) -> list[Experiment]:
    """Those about this data set whose report is neither shipped nor exported to `out`, in order."""
    return [
        experiment
        for experiment in experiments
        if experiment.data == data.name and not report_of(experiment, (FOLDER, out / SHIPPED))
    ]


def remaining(experiment: Experiment, data: Dataset, out: Path, cost: StepCost) -> Remaining:
    """What an experiment still needs, estimated for this device."""
    recipe = experiment.recipe
    if not isinstance(recipe, Recipe):  # fitted in one go
        return Remaining(0, CLASSICAL_SECONDS, CLASSICAL_SECONDS)
    checkpoint = checkpoint_of(out / experiment.name, recipe.continues)
    done = 0
    if checkpoint.is_file():
        done = len(read_checkpoint(checkpoint, torch.device("cpu"), mapped=True).history)
    faces = len(data.train.with_labels(recipe.label_set))
    teachers = [EXPERIMENTS[name].recipe for name in recipe.teachers if name in EXPERIMENTS]
    epoch_seconds = cost.epoch_seconds(recipe, faces, teachers)
    return Remaining(done, epoch_seconds * (recipe.epochs - done), epoch_seconds)


def work(
    experiments: Iterable[Experiment],
    data: Dataset,
    out: Path,
    machine: Machine,
    deadline: float,
) -> None:
    """Train one missing experiment after another until the deadline (of `time.monotonic`).

    One that does not fit, whose start is missing, or that fails, is named and passed over; among
    several processes a failure ends them all. One that diverged in its first epoch is not tried
    again. A run that was killed between its last epoch and its export is judged and exported now.
    """
    choice, ranks = machine.choice, machine.ranks
    cost = measure_step_cost(choice)
    experiments = list(experiments)
    by_name = {each.name: each for each in experiments}
    names = [each.name for each in missing(experiments, data, out)]
    for experiment in map(by_name.__getitem__, ranks.from_lead(names)):
        left = deadline - time.monotonic()
        if not ranks.from_lead(left > 0):
            return
        folder, recipe = out / experiment.name, experiment.recipe
        if isinstance(recipe, Recipe) and not ranks.divide(recipe.batch_size):
            _say(ranks, f"{experiment.name}: {ranks.world} processes cannot divide its batches")
            continue
        still_missing = bool(missing([experiment], data, out))
        if not ranks.from_lead(still_missing):
            continue  # another queue has finished it meanwhile
        try:
            if ranks.from_lead(_has_diverged(folder, recipe)):
                _say(ranks, f"{experiment.name}: diverged before; to try it again, remove {folder}")
                continue
            what = remaining(experiment, data, out, cost)
            trained = isinstance(recipe, Recipe) and what.epochs_done == recipe.epochs
            compiling = COMPILE_SECONDS if machine.compiled else 0.0
            at_once = 0.0 if trained else what.epoch_seconds + compiling
            if not ranks.from_lead(at_once < left):
                _say(
                    ranks,
                    f"{experiment.name}: needs {at_once:.0f} s at once, {left:.0f} s are left",
                )
                continue
            _say(ranks, f"{experiment.name}: {experiment.source}")
            done = run(experiment, data, folder, machine, resume=True, deadline=deadline)
            if done and ranks.leads:
                _ship(folder, experiment.name, out / SHIPPED)
        except DivergedError as error:  # in every process
            if ranks.leads:
                write_whole(folder / DIVERGED, recipe.to_json())
            _say(ranks, f"{experiment.name}: {error}")
        except Exception as error:  # whatever it is, it is not to cost the others their time
            if ranks.world > 1:  # the others do not know: they would wait for this process
                raise
            if not isinstance(error, FerError):
                traceback.print_exc()
            _say(ranks, f"{experiment.name}: {error}")


def _has_diverged(folder: Path, recipe: Recipe | ClassicalRecipe) -> bool:
    note = folder / DIVERGED
    return note.is_file() and note.read_text(encoding="utf-8") == recipe.to_json()


def _ship(folder: Path, name: str, to: Path) -> None:
    if has_weights_to_ship(folder):
        export(folder, name, to)
    else:
        export_report(folder, to)


def _say(ranks: Ranks, text: str) -> None:
    if ranks.leads:
        print(text, flush=True)


def plan(experiments: Iterable[Experiment], data: Dataset, out: Path, choice: DeviceChoice) -> str:
    """A line for each missing experiment: epochs done, minutes left, minutes up to here."""
    cost = measure_step_cost(choice)
    lines = [f"{'experiment':36} {'epochs':>9} {'minutes':>9} {'in all':>9}"]
    total = 0.0
    for experiment in missing(experiments, data, out):
        try:
            what = remaining(experiment, data, out, cost)
        except FerError as error:  # of its checkpoint
            lines.append(f"{experiment.name:36} {error}")
            continue
        total += what.seconds_left
        epochs = (
            f"{what.epochs_done}/{experiment.recipe.epochs}"
            if isinstance(experiment.recipe, Recipe)
            else "fit"
        )
        lines.append(
            f"{experiment.name:36} {epochs:>9} {what.seconds_left / 60:9.1f} {total / 60:9.1f}"
        )
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m train.queue", description=__doc__)
    add_data_option(parser)
    parser.add_argument(
        "--out",
        type=Path,
        default=Path("runs"),
        help="folder for the run folders; finished runs go into its weights/ (default: runs)",
    )
    parser.add_argument(
        "--minutes",
        type=float,
        default=9.0,
        help="how long this call may work (default: %(default)s)",
    )
    parser.add_argument(
        "--plan", action="store_true", help="only say what is missing, and how long it takes"
    )
    add_machine_options(parser)
    options = parser.parse_args()
    deadline = time.monotonic() + 60 * options.minutes

    def work_or_plan() -> None:
        machine, data = machine_of(options), read_data(options.data)
        everything = EXPERIMENTS.values()
        if all(each.data != data.name for each in everything):
            print(f"No experiment is about {data.name}. Train one on it: python -m train.run NAME")
        elif not missing(everything, data, options.out):
            print(f"On {data.name}, nothing is left to train that has no report yet.")
        elif options.plan:
            print(plan(everything, data, options.out, machine.choice))
        else:
            work(everything, data, options.out, machine, deadline)

    return exit_code(work_or_plan, "Run the same command to go on.")


if __name__ == "__main__":
    sys.exit(main())
