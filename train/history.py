"""What a run remembers of each epoch."""

from dataclasses import dataclass


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
