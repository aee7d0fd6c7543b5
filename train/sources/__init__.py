"""The forms in which data sets come: one module each, and the function that tells them apart."""

from pathlib import Path
from typing import Protocol

from fer_core.files import reason
from train.data import Dataset
from train.errors import DataError
from train.sources import ckplus, fer2013, folders, jaffe, npz, rafdb, synthetic
from train.splits import mix


class Reader(Protocol):
    """One form of data set; the modules beside this one are such readers.

    FORM: what the form looks like, for a user whose path holds none.
    """

    FORM: str

    def recognises(self, path: Path) -> bool: ...

    def load(self, path: Path) -> Dataset: ...


READERS: tuple[Reader, ...] = (fer2013, npz, rafdb, folders, ckplus, jaffe)


def load_dataset(source: str) -> Dataset:
    """Read what one of READERS knows, "synthetic", or a mix "PATH_A+PATH_B".

    Raises DataError naming what is missing or wrong.
    """
    try:
        parts = [_load_one(part) for part in _parts(source)]
    except OSError as error:
        raise DataError(f"{error.filename or source} cannot be read: {reason(error)}.") from error
    return parts[0] if len(parts) == 1 else mix(parts)


def _parts(source: str) -> list[str]:
    """The paths of a mix. A path may itself hold a plus sign: the longest that exists is meant."""
    pieces = source.split("+")
    for end in range(len(pieces), 0, -1):
        first = "+".join(pieces[:end])
        if first == "synthetic" or (first and Path(first).exists()):
            return [first] if end == len(pieces) else [first, *_parts("+".join(pieces[end:]))]
    raise DataError(
        f"There is nothing at {source or 'an empty path'}. Give the path of a data set, "
        "several joined by +, or 'synthetic'."
    )


def _load_one(source: str) -> Dataset:
    if source == "synthetic":
        return synthetic.load()
    path = Path(source)
    for reader in READERS:
        if reader.recognises(path):
            return reader.load(path)
    raise DataError(
        f"{path} holds no data set that is known here: "
        f"expected {'; '.join(reader.FORM for reader in READERS)}."
    )
