"""What a run remembers of each epoch."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Epoch:
    """What one epoch came to. Losses are mean cross-entropy, accuracies shares of 1.

    train_accuracy: how often the answer is the largest part of the target, which mixing faces and
    teachers change.
    """

    train_loss: float
    train_accuracy: float
    valid_loss: float
    valid_accuracy: float
    lr: float
    seconds: float
