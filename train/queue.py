"""Train what has no report yet, best value first: python -m train.queue --minutes 9 --data PATH.

Every call works for so many minutes and leaves checkpoints; the next one goes on.
"""

import argparse
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import distributed

from fer_core.device import DeviceChoice, choose_device
from fer_core.report import read_report
from fer_core.types import FerError
from fer_core.weights import FOLDER
from train.config import Experiment, Recipe
from train.data import Dataset
from train.distributed import Ranks, join_ranks
from train.experiments import EXPERIMENTS
from train.export import export, export_report
from train.files import BEST, checkpoint_of, read_checkpoint
from train.finished import is_of
from train.memory import keep_freed_memory
from train.options import (
    add_compile_option,
    add_data_option,
    add_device_option,
    add_format_option,
    read_data,
)
from train.run import run
from train.speed import StepCost, measure_step_cost

SHIPPED = "weights"  # in the queue's folder: what finished experiments come out as


@dataclass(frozen=True)
class Entry:
    """An experiment with what it still needs on this device."""

    experiment: Experiment
    epochs_done: int
    seconds_left: float
    epoch_seconds: float


def missing(experiments: Iterable[Experiment], data: Dataset, out: Path) -> list[Experiment]:
    """Those about this data set whose report is neither shipped nor exported to `out`, in order."""
    return [
        experiment
        for experiment in experiments
        if experiment.data == data.name
        and not any(_has_report(experiment, weights) for weights in (FOLDER, out / SHIPPED))
    ]


def _has_report(experiment: Experiment, weights: Path) -> bool:
    path = weights / "reports" / f"{experiment.name}.json"
    return path.is_file() and is_of(read_report(path), experiment)


def entry(experiment: Experiment, data: Dataset, out: Path, cost: StepCost) -> Entry:
    """What is left of an experiment, estimated for this device."""
    recipe = experiment.recipe
    if not isinstance(recipe, Recipe):  # fitted in one go, in a few minutes
        return Entry(experiment, 0, 0.0, 0.0)
    checkpoint = checkpoint_of(out / experiment.name, recipe.continues)
    done = 0
    if checkpoint.is_file():
        done = len(read_checkpoint(checkpoint, torch.device("cpu"))["history"])
    faces = len(data.train.with_labels(recipe.label_set))
    epoch_seconds = cost.seconds(recipe, faces) / recipe.epochs
    return Entry(experiment, done, epoch_seconds * (recipe.epochs - done), epoch_seconds)


def work(
    experiments: Iterable[Experiment],
    data: Dataset,
    out: Path,
    choice: DeviceChoice,
    ranks: Ranks,
    deadline: float,
    compiled: bool = False,
) -> None:
    """Train one missing experiment after another until the deadline (of `time.monotonic`).

    One whose estimated epoch does not fit, whose start is missing, or that fails, is named and
    passed over; among several processes a failure ends them all. A run that was killed between
    its last epoch and its export is judged and exported now.
    """
    cost = measure_step_cost(choice)
    for experiment in missing(experiments, data, out):
        left = deadline - time.monotonic()
        if not ranks.share(float(left > 0), choice.device):
            return
        folder = out / experiment.name
        try:
            epoch_seconds = entry(experiment, data, out, cost).epoch_seconds
            if not ranks.share(float(epoch_seconds < left), choice.device):
                _say(ranks, f"{experiment.name}: an epoch takes {epoch_seconds / 60:.0f} min")
                continue
            _say(ranks, f"{experiment.name}: {experiment.source}")
            done = run(experiment, data, folder, choice, ranks, True, deadline, compiled)
            if done and ranks.leads:
                _ship(folder, experiment.name, out / SHIPPED)
        except FerError as error:
            if ranks.world > 1:  # the others do not know: they would wait for this process
                raise
            _say(ranks, f"{experiment.name}: {error}")


def _ship(folder: Path, name: str, to: Path) -> None:
    if (folder / BEST).is_file():
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
        what = entry(experiment, data, out, cost)
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
    parser.add_argument("--out", type=Path, default=Path("runs"), help="folder of the run folders")
    parser.add_argument("--minutes", type=float, default=9.0, help="how long this call may work")
    parser.add_argument(
        "--plan", action="store_true", help="only say what is missing, and how long"
    )
    add_device_option(parser)
    add_format_option(parser)
    add_compile_option(parser)
    options = parser.parse_args()
    deadline = time.monotonic() + 60 * options.minutes
    try:
        keep_freed_memory()
        ranks = join_ranks()
        choice = choose_device(ranks.device(options.device), options.format)
        data = read_data(options.data)
        if options.plan:
            print(plan(EXPERIMENTS.values(), data, options.out, choice))
        else:
            everything = EXPERIMENTS.values()
            work(everything, data, options.out, choice, ranks, deadline, options.compile)
    except FerError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    finally:
        if distributed.is_initialized():
            distributed.destroy_process_group()
    return 0


if __name__ == "__main__":
    sys.exit(main())
