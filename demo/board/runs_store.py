"""Training runs in the runs folder, read from their checkpoints; also those that go on now."""

import json
import pickle
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import torch

from demo.board.reports_store import runs_folder
from fer_core.weights import FOLDER

KEPT = 64
PROJECT = FOLDER.parent
CHECKPOINT, REPORT = "checkpoint.pt", "report.json"  # as train.run names them
QUIET_EPOCHS = 3.0  # without a checkpoint for this many epochs' time, a run counts as stopped
LEAST_QUIET_SECONDS = 120.0


@dataclass(frozen=True)
class Run:
    """A run that has finished at least one epoch.

    folder: where it is, called after its experiment as `train.queue` does it.
    curves: a list for each quantity, one value an epoch. finished: it has its report.
    changed: when its last epoch ended, in seconds since 1970.
    """

    folder: Path
    recipe: Mapping[str, Any]
    curves: Mapping[str, tuple[float, ...]]
    finished: bool
    changed: float

    @property
    def name(self) -> str:
        return self.folder.name

    @property
    def command(self) -> str:
        """What goes on with it."""
        ours = self.folder.is_relative_to(PROJECT)
        out = self.folder.relative_to(PROJECT) if ours else self.folder
        return f"python -m train.run {self.name} --data PATH --out {out} --resume"

    def going(self, now: float) -> bool:
        """Whether it seems to be training at this time."""
        quiet = max(QUIET_EPOCHS * self.curves["seconds"][-1], LEAST_QUIET_SECONDS)
        return not self.finished and now - self.changed < quiet


def runs() -> dict[str, Run]:
    """The readable runs by name; the one that changed last stands first."""
    found = []
    for path in runs_folder().glob(f"*/{CHECKPOINT}"):
        try:
            changed = path.stat().st_mtime_ns
        except OSError:  # replaced or deleted at this moment
            continue
        read = _read(path, changed)
        if read is not None:
            recipe, curves = read
            finished = (path.parent / REPORT).is_file()
            found.append(Run(path.parent, recipe, curves, finished, changed / 1e9))
    return {run.name: run for run in sorted(found, key=lambda run: -run.changed)}


@lru_cache(KEPT)
def _read(
    path: Path, changed: int
) -> tuple[Mapping[str, Any], Mapping[str, tuple[float, ...]]] | None:
    """Recipe and curves; None for a file that is no checkpoint of ours."""
    try:
        # Memory-mapped: of hundreds of megabytes of weights, nothing is read.
        state = torch.load(path, map_location="cpu", weights_only=True, mmap=True)
        history, recipe = state["history"], json.loads(state["recipe"])
        curves = {name: tuple(float(each[name]) for each in history) for name in history[0]}
        return (recipe, curves) if curves["seconds"] else None
    except (
        OSError,
        RuntimeError,
        pickle.UnpicklingError,
        KeyError,
        ValueError,
        TypeError,
        IndexError,
    ):
        return None
