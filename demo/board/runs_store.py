"""Training runs in the runs folder, also those that go on now."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from demo.board.reports_store import runs_folder
from fer_core.output import quoted
from fer_core.progress import PROGRESS, Progress, read_progress
from fer_core.report import ReportError
from fer_core.weights import FOLDER

KEPT = 64
PROJECT = FOLDER.parent
REPORT = "report.json"  # as train.run names it
QUIET_EPOCHS = 3.0  # without another epoch for the time of so many, a run counts as stopped
LEAST_QUIET_SECONDS = 120.0


@dataclass(frozen=True)
class Run:
    """A run that has finished at least one epoch.

    folder: where it is. finished: it has its report. changed: when its last epoch ended, in
    seconds since 1970.
    """

    folder: Path
    progress: Progress
    finished: bool
    changed: float

    @property
    def name(self) -> str:
        return self.folder.name

    @property
    def command(self) -> str:
        """What goes on with it."""
        ours = self.folder.is_relative_to(PROJECT)
        out = quoted(self.folder.relative_to(PROJECT) if ours else self.folder)
        return f"python -m train.run {self.progress.experiment} --data PATH --out {out} --resume"

    def going(self, now: float) -> bool:
        """Whether it seems to be training at this time."""
        quiet = max(QUIET_EPOCHS * self.progress.curves["seconds"][-1], LEAST_QUIET_SECONDS)
        return not self.finished and now - self.changed < quiet


def runs() -> dict[str, Run]:
    """The readable runs by name; the one that changed last stands first."""
    found = []
    for path in runs_folder().glob(f"*/{PROGRESS}"):
        try:
            changed = path.stat().st_mtime_ns
            progress = _read(path, changed)
        except (OSError, ReportError):  # replaced or deleted at this moment, or none of ours
            continue
        finished = (path.parent / REPORT).is_file()
        found.append(Run(path.parent, progress, finished, changed / 1e9))
    return {run.name: run for run in sorted(found, key=lambda run: -run.changed)}


@lru_cache(KEPT)
def _read(path: Path, changed: int) -> Progress:
    return read_progress(path)
