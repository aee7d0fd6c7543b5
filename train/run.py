"""Train one experiment: python -m train.run EXPERIMENT --data PATH --out runs/NAME [--resume]."""

import argparse
import dataclasses
import json
import math
import sys
from contextlib import nullcontext
from pathlib import Path

import numpy as np
import torch
from torch.utils.tensorboard import SummaryWriter

from fer_core.classifier import Classifier, at_temperature
from fer_core.files import reason, write_whole
from fer_core.models import create_model
from fer_core.output import quoted
from fer_core.progress import PROGRESS, Progress
from fer_core.report import EvalReport, read_report
from train.calibrate import fit_temperature
from train.classical import run_classical
from train.config import ClassicalRecipe, Experiment, Recipe
from train.data import Dataset
from train.errors import RunError, is_out_of_memory
from train.evaluate import in_words, new_report, predictions
from train.experiments import EXPERIMENTS
from train.files import BEST, CHECKPOINT, PREDICTIONS, REPORT, claimed, read_tensors
from train.finished import is_of
from train.history import Epoch, curves
from train.loop import Trainer
from train.machine import Machine
from train.options import (
    add_data_option,
    add_machine_options,
    exit_code,
    machine_of,
    one_of,
    read_data,
)
from train.splits import restratified

FEW_STEPS = 100  # of the optimizer, in which hardly any recipe learns a thing


def run(
    experiment: Experiment,
    data: Dataset,
    folder: Path,
    machine: Machine,
    resume: bool = False,
    deadline: float = math.inf,
) -> bool:
    """Train in `folder` until done, then judge the best weights on the test split.

    Returns whether it is done; before the deadline (of `time.monotonic`) is passed, training
    stops after a whole epoch, to be resumed.
    Raises RunError where the folder holds a run and `resume` is False, or another recipe's run,
    where another process trains in it, or where the device's memory is too small; DivergedError
    where the loss is no number in the first epoch already; DataError where the data set lacks the
    labels that are learned.
    """
    recipe = experiment.recipe
    if any((folder / name).is_file() for name in (CHECKPOINT, REPORT)) and not resume:
        raise RunError(
            f"{folder} holds a run already. Add --resume to go on, or give another --out."
        )
    if isinstance(recipe, Recipe) and recipe.resplit:
        data = restratified(data)
    data.require(recipe.label_set)
    if data.name != experiment.data:  # the source's figure is of other faces
        experiment = dataclasses.replace(experiment, published=0.0)
    if _came_without_checkpoint(folder):
        _refuse_others(folder, experiment, data)
        return True
    if isinstance(recipe, ClassicalRecipe):
        if machine.ranks.leads:
            with claimed(folder):
                _refuse_others(folder, experiment, data)
                _write(*run_classical(experiment, recipe, data), data, folder)
        return True
    try:
        with claimed(folder) if machine.ranks.leads else nullcontext():  # one writes for all
            trainer = Trainer(recipe, data, folder, machine)
            return _run_network(experiment, trainer, data, resume, deadline)
    except (MemoryError, RuntimeError) as error:
        if not is_out_of_memory(error):
            raise
        raise RunError(
            f"{experiment.name} needs more memory than {machine.choice.in_words} has free. Close "
            "what else uses it, or train on several with torchrun."
        ) from error


def _run_network(
    experiment: Experiment, trainer: Trainer, data: Dataset, resume: bool, deadline: float
) -> bool:
    """Whether it is done."""
    folder, leads = trainer.folder, trainer.ranks.leads
    if resume:
        if leads:
            _refuse_others(folder, experiment, data)
            _wait_for_shorter(folder, trainer.recipe.continues)
        trainer.resume()
    if leads:
        _say_where_steps_are_few(trainer)
        if not trainer.finished:  # a report would say that it is
            (folder / REPORT).unlink(missing_ok=True)
        _train(experiment, trainer, deadline)
        if trainer.finished:
            _write(*make_report(experiment, data, trainer), data, folder)
        if trainer.diverged:  # the checkpoint stands before that, and would be gone on from
            (folder / CHECKPOINT).unlink(missing_ok=True)
    else:
        for _ in trainer.epochs(deadline):
            pass
    return trainer.finished


def _say_where_steps_are_few(trainer: Trainer) -> None:
    recipe, faces = trainer.recipe, len(trainer.images)
    steps = recipe.epochs * max(faces // recipe.batch_size, 1)
    if steps < FEW_STEPS:
        print(
            f"{faces:,} faces in batches of {recipe.batch_size} make {steps} steps in all, too few "
            "to learn much: take an experiment with smaller batches or more epochs.",
            file=sys.stderr,
        )


def _came_without_checkpoint(folder: Path) -> bool:
    """Whether it holds a finished network's report and weights, but nothing to go on from."""
    return not (folder / CHECKPOINT).is_file() and all(
        (folder / name).is_file() for name in (REPORT, BEST)
    )


def _refuse_others(folder: Path, experiment: Experiment, data: Dataset) -> None:
    """Raises RunError where the folder holds the run of another recipe, or on other data."""
    mine = dataclasses.replace(experiment, data=data.name)
    path = folder / REPORT
    network = isinstance(experiment.recipe, Recipe)
    # Whose a checkpoint is, the trainer sees; no classical method leaves one.
    others = not network and (folder / CHECKPOINT).is_file()
    if others or (path.is_file() and not is_of(read_report(path), mine)):
        raise RunError(f"{folder} holds a run of another recipe or data set. Give another --out.")


def _wait_for_shorter(folder: Path, continues: str) -> None:
    """Raises RunError where the run that this one goes on from is still in another's hands."""
    shorter = folder.parent / continues
    if continues and shorter.is_dir() and not (folder / CHECKPOINT).is_file():
        with claimed(shorter):
            pass


def _write(report: EvalReport, probs: np.ndarray, data: Dataset, folder: Path) -> None:
    """The report last: where it lies, the run is finished."""
    write_whole(folder / PREDICTIONS, predictions(data, probs, data.split_names[2]).to_npz())
    write_whole(folder / REPORT, report.to_json())
    for evaluation in report.evaluations:
        print(in_words(evaluation))


def _train(experiment: Experiment, trainer: Trainer, deadline: float) -> None:
    """Train until done or the deadline, and tell about each epoch."""
    folder, recipe = trainer.folder, json.loads(trainer.recipe.to_json())
    try:
        # On resume, drop what the killed epoch may have logged.
        with SummaryWriter(str(folder / "tensorboard"), purge_step=len(trainer.history)) as board:
            for epoch in trainer.epochs(deadline):
                _log(board, epoch, len(trainer.history) - 1)
                progress = Progress(experiment.name, recipe, curves(trainer.history))
                write_whole(folder / PROGRESS, progress.to_json())
    except OSError as error:
        raise RunError(f"{folder} could not be written to: {reason(error)}.") from error


def _log(board: SummaryWriter, epoch: Epoch, index: int) -> None:
    for name, value in dataclasses.asdict(epoch).items():
        kind, _, what = name.rpartition("_")
        board.add_scalar(f"{what}/{kind}" if kind else name, value, index)
    board.flush()
    print(
        f"epoch {index + 1}: train loss {epoch.train_loss:.3f}, valid loss {epoch.valid_loss:.3f}, "
        f"valid accuracy {epoch.valid_accuracy:.2%}"
    )


def make_report(
    experiment: Experiment, data: Dataset, trainer: Trainer
) -> tuple[EvalReport, np.ndarray]:
    """Judge the trainer's best weights on the test split: the report and float32 (N, 7).

    The weights are judged as they ship: rounded to float16 but computed with in float32, at the
    temperature that makes the right answers of the validation split likeliest.
    """
    recipe = trainer.recipe
    model = create_model(recipe.arch, **recipe.arch_args)
    best = read_tensors(trainer.folder / BEST)
    model.load_state_dict(
        {k: v.half().float() if v.is_floating_point() else v for k, v in best.items()}
    )
    as_shipped = dataclasses.replace(trainer.choice, dtype=torch.float32)
    classifier = Classifier(model, recipe.input_spec, as_shipped)
    valid = data.valid.with_labels(recipe.label_set)
    temperature = fit_temperature(classifier(valid.images), valid.truth(recipe.label_set))
    probs = at_temperature(classifier(data.test.images), temperature)
    if not np.isfinite(probs).all():
        raise RunError(
            f"The weights of {trainer.folder} give no numbers once they are rounded to "
            "float16, as they are shipped. Train it again with a lower learning rate."
        )
    history = trainer.history
    report = new_report(
        experiment,
        data,
        probs,
        learned=len(data.train.with_labels(recipe.label_set)),
        arch=recipe.arch,
        params=sum(p.numel() for p in model.parameters()),
        epochs=len(history),
        best_epoch=1 + trainer.best_epoch,
        seconds=round(sum(e.seconds for e in history), 1),
        device=", then ".join(trainer.devices),
        recipe=json.loads(recipe.to_json()),
        temperature=temperature,
        curves=curves(history),
    )
    return report, probs


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m train.run", description=__doc__)
    parser.add_argument(
        "experiment",
        type=one_of(EXPERIMENTS, "experiment"),
        metavar="EXPERIMENT",
        help="quick, or one of those that weights/reports/README.md lists",
    )
    add_data_option(parser)
    parser.add_argument("--out", type=Path, required=True, help="run folder")
    parser.add_argument("--resume", action="store_true", help="go on after the last whole epoch")
    add_machine_options(parser)
    options = parser.parse_args()

    def work() -> None:
        machine, data = machine_of(options), read_data(options.data)
        run(options.experiment, data, options.out, machine, options.resume)

    return exit_code(work, f"To go on: add --resume --out {quoted(options.out)}.")


if __name__ == "__main__":
    sys.exit(main())
