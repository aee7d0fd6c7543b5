"""How faces are cut from each detector's boxes, as `train.cut` has measured it."""

import json
from pathlib import Path
from typing import Any

from fer_core.crops import FaceCut

CUTS = Path(__file__).parent / "cuts.json"


def read_cuts() -> dict[str, FaceCut]:
    """The measured cut for each detector."""
    return {name: FaceCut(**value["cut"]) for name, value in read_measurements().items()}


def read_measurements() -> dict[str, Any]:
    """All that `train.cut` wrote of each detector."""
    values: dict[str, Any] = json.loads(CUTS.read_text(encoding="utf-8"))
    return values
