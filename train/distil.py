"""Distillation: what other networks answer, as part of what one learns.

Source: Hinton, Vinyals & Dean, "Distilling the Knowledge in a Neural Network", 2015; but at
temperature 1, and mixed with the labels into one target, where they soften both networks' answers.
"""

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from fer_core.classifier import Classifier
from fer_core.device import DeviceChoice
from fer_core.inputs import InputSpec
from train.data import Dataset
from train.finished import finished_model


class Teachers:
    """Finished networks, whose mean answer is taught; each looks at a face once, not mirrored."""

    def __init__(
        self, runs: Path, names: Iterable[str], data: Dataset, choice: DeviceChoice
    ) -> None:
        """data: what is learned from. Raises RunError where a teacher is missing in the folder of
        runs, is not finished, or learned from other faces of the data set."""
        models = [finished_model(runs / name, data) for name in names]
        self.classifiers = [Classifier(model, InputSpec(), choice) for model in models]

    def on_faces(self, images: np.ndarray) -> Tensor:
        """Probabilities, float32 (N, 7) on the CPU, for uint8 faces (N, 48, 48)."""
        answers = [classify(images) for classify in self.classifiers]
        return torch.from_numpy(np.mean(answers, axis=0, dtype=np.float32))

    @torch.no_grad()
    def on_views(self, inputs: Tensor) -> Tensor:
        """Probabilities, float32 (N, 7), for normalised inputs (N, 1, 48, 48) on the device."""
        return torch.stack([c.model(inputs).float().softmax(1) for c in self.classifiers]).mean(0)
