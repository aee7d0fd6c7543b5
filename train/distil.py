"""Distillation: what finished runs answer for the training faces becomes a part of the targets.

Source: Hinton, Vinyals & Dean, "Distilling the Knowledge in a Neural Network", 2015.
"""

from collections.abc import Iterable
from pathlib import Path

import numpy as np
from safetensors.torch import load_file

from fer_core.classifier import Classifier
from fer_core.device import DeviceChoice
from fer_core.inputs import InputSpec
from fer_core.models import create_model
from fer_core.report import read_report
from train.errors import RunError
from train.files import BEST, REPORT


def teachers_answers(
    runs: Path, teachers: Iterable[str], images: np.ndarray, choice: DeviceChoice
) -> np.ndarray:
    """The mean of several runs' probabilities, float32 (N, 7), for uint8 faces (N, 48, 48).

    Each face is seen once by each, not mirrored as well.
    Raises RunError where a run is missing in the folder of runs, or not finished.
    """
    answers = [_teacher(runs / name, choice)(images) for name in teachers]
    return np.asarray(np.mean(answers, axis=0), np.float32)


def _teacher(run: Path, choice: DeviceChoice) -> Classifier:
    if not ((run / REPORT).is_file() and (run / BEST).is_file()):
        raise RunError(
            f"This run learns from {run}, which is missing or not finished. First run: "
            f"python -m train.run {run.name} --data … --out {run} --resume"
        )
    report = read_report(run / REPORT)
    model = create_model(report.arch, **report.recipe["arch_args"])
    model.load_state_dict(load_file(run / BEST))
    return Classifier(model, InputSpec(), choice)
