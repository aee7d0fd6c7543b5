"""Try each value of a declared sweep: python -m train.sweep NAME --data PATH --out DIR.

Each trial is the ordinary run of the value's experiment in DIR/EXPERIMENT, where `train.queue`
and `train.run` have it too; a report that has come out already is taken as it is. Optuna's study in
DIR/NAME.sqlite3 keeps what was tried: after a kill or when its minutes are over, the same command
goes on with the trial it was in. Validation chooses; the test split is only in the runs' own
reports.
"""

import argparse
import json
import math
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import optuna
from optuna.exceptions import OptunaError
from optuna.samplers import GridSampler
from optuna.trial import FrozenTrial, Trial, TrialState
from sqlalchemy.exc import SQLAlchemyError

from fer_core.report import EvalReport, read_report
from fer_core.weights import FOLDER
from train.config import Experiment, Sweep
from train.data import Dataset
from train.errors import DivergedError, RunError
from train.experiments import EXPERIMENTS
from train.files import REPORT
from train.finished import SHIPPED, is_of, report_of
from train.machine import Machine
from train.options import (
    add_data_option,
    add_machine_options,
    exit_code,
    machine_of,
    one_of,
    read_data,
)
from train.run import run
from train.studies import leeds

SWEEPS = {sweep.name: sweep for sweep in leeds.SWEEPS}


class _Grid(GridSampler):
    def after_trial(
        self,
        study: optuna.Study,
        trial: FrozenTrial,
        state: TrialState,
        values: Sequence[float] | None,
    ) -> None:
        """Nothing: GridSampler ends Optuna's own loop here, and raises where there is none."""


def work(
    sweep: Sweep,
    data: Dataset,
    out: Path,
    machine: Machine,
    trials: float = math.inf,
    deadline: float = math.inf,
) -> optuna.Study:
    """Finish the sweep's next trials, at most so many, until the deadline (of `time.monotonic`).

    Raises RunError where the study file or a run folder is of something else or cannot be used.
    """
    sampler = _Grid({sweep.field: sweep.values})
    study = _open(sweep, data, out / f"{sweep.name}.sqlite3", sampler)
    experiments = _experiments(sweep)
    finished = 0
    while finished < trials and time.monotonic() < deadline and not sampler.is_exhausted(study):
        trial = _next_trial(study)
        experiment = experiments[trial.suggest_categorical(sweep.field, sweep.values)]
        print(f"{experiment.name}: {experiment.source}", flush=True)
        try:
            report = _report(experiment, data, out / experiment.name, machine, deadline)
        except DivergedError as error:  # that this value does not train is an answer too
            print(error, file=sys.stderr)
            study.tell(trial, state=TrialState.FAIL)
            finished += 1
            continue
        if report is None:
            break
        trial.set_user_attr("epochs", report.epochs)
        study.tell(trial, max(report.curves["valid_accuracy"]))
        finished += 1
    return study


def _experiments(sweep: Sweep) -> dict[Any, Experiment]:
    """That of each value: the declared one with its recipe, where there is one."""
    known = {e.recipe.to_json(): e for e in EXPERIMENTS.values() if e.data == "FER2013"}
    return {
        value: known.get(recipe.to_json())
        or Experiment(name, recipe, table=f"sweep {sweep.name}", changes=words)
        for value, (name, recipe, words) in zip(sweep.values, sweep.points(), strict=True)
    }


def _open(sweep: Sweep, data: Dataset, path: Path, sampler: GridSampler) -> optuna.Study:
    about = json.dumps([sweep.field, sweep.values, sweep.base.to_json(), data.name])
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        study = optuna.create_study(
            storage=f"sqlite:///{path}",
            sampler=sampler,
            study_name=sweep.name,
            direction="maximize",
            load_if_exists=True,
        )
    except (OSError, SQLAlchemyError, RuntimeError) as error:  # RuntimeError: of another Optuna
        raise RunError(f"{path} cannot be used as Optuna's study: {error}") from error
    if study.user_attrs.get("about", about) != about:
        raise RunError(
            f"{path} is of another data set, or of {sweep.name} as it was declared before. "
            "Give another --out, or remove the file: finished runs of the same recipe are kept."
        )
    study.set_user_attr("about", about)
    return study


def _next_trial(study: optuna.Study) -> Trial:
    """The trial that a kill or the deadline left half-way, else a new one."""
    running = study.get_trials(deepcopy=False, states=(TrialState.RUNNING,))
    return Trial(study, running[0]._trial_id) if running else study.ask()


def _report(
    experiment: Experiment, data: Dataset, folder: Path, machine: Machine, deadline: float
) -> EvalReport | None:
    """The report of the experiment's run, which is trained as far as it is not; None: not done."""
    if experiment.data != data.name:  # the source's figure is of other faces
        experiment = replace(experiment, data=data.name, published=0.0)
    if shipped := report_of(experiment, (FOLDER, folder.parent / SHIPPED)):
        return shipped
    path = folder / REPORT
    if not path.is_file() and not run(
        experiment, data, folder, machine, resume=True, deadline=deadline
    ):
        return None
    report = read_report(path)
    if not is_of(report, experiment):
        raise RunError(f"{path} belongs to another recipe or data set. Give another --out.")
    return report


def table(sweep: Sweep, study: optuna.Study) -> str:
    """A line for each value: its best validation accuracy and its epochs; then the best value."""
    done, failed = (
        {trial.params[sweep.field]: trial for trial in study.get_trials(False, (state,))}
        for state in (TrialState.COMPLETE, TrialState.FAIL)
    )
    lines = [f"{sweep.field:24} {'validation accuracy':>20} {'epochs':>7}"]
    for value in sweep.values:
        accuracy, epochs = "not finished", ""
        if value in done:
            accuracy, epochs = f"{done[value].value:.2%}", str(done[value].user_attrs["epochs"])
        elif value in failed:
            accuracy = "diverged"
        lines.append(f"{value!s:24} {accuracy:>20} {epochs:>7}")
    if done:
        # Of several that are as good, the first in their order, not in that of the trials.
        best = max((v for v in sweep.values if v in done), key=lambda v: done[v].value or 0.0)
        lines.append(f"best: {sweep.field} = {best}")
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m train.sweep", description=__doc__)
    parser.add_argument(
        "sweep", type=one_of(SWEEPS, "sweep"), metavar="SWEEP", help=f"one of {', '.join(SWEEPS)}"
    )
    add_data_option(parser)
    parser.add_argument("--out", type=Path, required=True, help="folder for the run folders")
    parser.add_argument("--trials", type=int, help="finish at most this many values (default: all)")
    parser.add_argument(
        "--minutes", type=float, help="how long this call may work, one epoch at least"
    )
    add_machine_options(parser)
    options = parser.parse_args()
    started = time.monotonic()
    trials = math.inf if options.trials is None else options.trials
    deadline = math.inf if options.minutes is None else started + 60 * options.minutes
    optuna.logging.set_verbosity(optuna.logging.WARNING)

    def try_values() -> None:
        machine, data = machine_of(options), read_data(options.data)
        if machine.ranks.world > 1:
            raise RunError("A sweep trains in a single process: start it without torchrun.")
        try:
            study = work(options.sweep, data, options.out, machine, trials, deadline)
        except OptunaError as error:
            raise RunError(
                f"Optuna's study in {options.out} could not be kept: {error.__cause__ or error}. "
                "Is the disk full? Finished runs are kept."
            ) from error
        print(table(options.sweep, study))

    return exit_code(try_values, "Run the same command to go on.")


if __name__ == "__main__":
    sys.exit(main())
