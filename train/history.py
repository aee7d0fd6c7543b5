"""What a run remembers of each epoch."""

from collections.abc import Sequence
from dataclasses import dataclass, fields


@dataclass(frozen=True)
class Epoch:
    """What one epoch came to. Losses are mean cross-entropies, accuracies shares of 1.

    Those of validation are against the labels alone. train_loss: on the changed faces, against what
    was learned: mixed and smoothed labels, teachers' answers, each class with its weight.
    train_accuracy: how often the answer is the largest part of that target, which mixing faces and
    teachers change.
    """

    train_loss: float
    train_accuracy: float
    valid_loss: float
    valid_accuracy: float
    lr: float
    seconds: float


def curves(history: Sequence[Epoch]) -> dict[str, tuple[float, ...]]:
    """Each quantity over the epochs, to six digits: fixed decimals leave none of a falling rate."""
    return {
        field.name: tuple(float(f"{getattr(epoch, field.name):.6g}") for epoch in history)
        for field in fields(Epoch)
    }
