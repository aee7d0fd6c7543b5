"""How faces are cut from each detector's boxes, as `train.cut` has measured it."""

import json
from pathlib import Path

from fer_core.crops import FaceCut

CUTS = Path(__file__).parent / "cuts.json"


def read_cuts() -> dict[str, FaceCut]:
    """The measured cut for each detector."""
    values = json.loads(CUTS.read_text(encoding="utf-8"))
    return {name: FaceCut(**value["cut"]) for name, value in values["detectors"].items()}
