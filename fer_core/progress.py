"""How far a training run has come: a small file beside its checkpoint, for others to read."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from fer_core.report import CURVES, ReportError

PROGRESS = "progress.json"  # in the run folder


@dataclass(frozen=True)
class Progress:
    """What `train.run` writes after each epoch.

    experiment: its name. recipe: its fields. curves: as in `EvalReport`, of at least one epoch.
    """

    experiment: str
    recipe: Mapping[str, Any]
    curves: Mapping[str, tuple[float, ...]]

    def to_json(self) -> str:
        return json.dumps(asdict(self)) + "\n"


def read_progress(path: Path) -> Progress:
    """Raises ReportError where the file cannot be read, or is another program's."""
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
        curves = {name: tuple(map(float, each)) for name, each in values["curves"].items()}
        lengths = {len(curves[name]) for name in CURVES}
        if len(lengths) > 1 or 0 in lengths:
            raise ValueError("its curves are of different lengths, or empty")
        return Progress(str(values["experiment"]), dict(values["recipe"]), curves)
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise ReportError(f"{path} does not tell how far a run has come: {error}.") from error
