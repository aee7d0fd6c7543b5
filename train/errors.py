"""Errors that a person who trains can cause."""

import torch

from fer_core.types import FerError


class DataError(FerError):
    """A data set that is missing, incomplete or malformed."""


class RunError(FerError):
    """A run folder that is missing or belongs to another experiment."""


class DivergedError(RunError):
    """A training whose loss was no number before it came to anything."""


def is_out_of_memory(error: Exception) -> bool:
    """Whether it says that there is no room: torch has a class of its own only for GPUs."""
    return isinstance(error, MemoryError | torch.OutOfMemoryError) or (
        "allocate memory" in str(error)
    )
