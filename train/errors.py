"""Errors that a person who trains can cause."""

from fer_core.types import FerError


class DataError(FerError):
    """A data set that is missing, incomplete or malformed."""


class RunError(FerError):
    """A run folder that is missing or belongs to another experiment."""


class DivergedError(RunError):
    """A training whose loss was no number before it came to anything."""
