"""A recipe: everything that decides what a training run computes."""

import dataclasses
import json
import math
from dataclasses import dataclass, field
from typing import Any, Literal

from fer_core.inputs import InputSpec
from train.augment import AUGMENTATIONS


@dataclass(frozen=True)
class Recipe:
    """One training run, apart from the data and the device.

    `label_set` is what is learned: "fer2013" (the data set's labels) or "ferplus" (the vote
    shares as soft targets). `start_from` names the experiment whose best weights are the start,
    in the run folder of that name beside this one; "" is from scratch.
    `ema_decay` averages the weights over steps (0: off); the average is what is judged and kept.
    `mirror_average` judges and ships the weights with that input option (validation is without).
    `patience` ends the run after that many epochs without a better validation accuracy.
    """

    arch: str
    arch_args: dict[str, Any] = field(default_factory=dict)
    label_set: Literal["fer2013", "ferplus"] = "fer2013"
    augment: str = "start"
    label_smoothing: float = 0.0
    epochs: int = 20
    batch_size: int = 128
    optimizer: Literal["sgd", "adam", "adamw"] = "sgd"
    lr: float = 0.05
    momentum: float = 0.9
    weight_decay: float = 5e-4
    schedule: Literal["cosine", "constant"] = "cosine"
    warmup_epochs: float = 1.0
    ema_decay: float = 0.0
    mirror_average: bool = False
    patience: int = 1000
    start_from: str = ""
    seed: int = 0

    def __post_init__(self) -> None:
        if self.augment not in AUGMENTATIONS:
            raise ValueError(f"augment is one of {', '.join(AUGMENTATIONS)}, not {self.augment!r}")
        if self.epochs < 1 or self.batch_size < 2:
            raise ValueError("a run needs at least one epoch and batches of at least two faces")

    @property
    def input_spec(self) -> InputSpec:
        """What the finished weights take."""
        return InputSpec(mirror_average=self.mirror_average)

    def to_json(self) -> str:
        return json.dumps(dataclasses.asdict(self), sort_keys=True)

    def lr_at(self, epoch: float) -> float:
        """The learning rate at a fractional epoch: linear warm-up, then the schedule."""
        if epoch < self.warmup_epochs:
            return self.lr * (epoch + 0.01) / (self.warmup_epochs + 0.01)
        if self.schedule == "constant":
            return self.lr
        done = (epoch - self.warmup_epochs) / max(self.epochs - self.warmup_epochs, 1e-9)
        return self.lr * 0.5 * (1 + math.cos(math.pi * min(done, 1.0)))
