"""The user's own copy of FER2013: fer2013.csv or its parquet shards, and the FER+ votes."""

import io
from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import IO

import numpy as np
import pandas as pd
from PIL import Image

from fer_core.emotions import DATASET_LABELS, LABELS
from fer_core.types import FerError

CSV, SHARDS, VOTES = "fer2013.csv", "fer2013-*.parquet", "fer2013new.csv"
EXPECTED = f"{CSV} or {SHARDS}, and {VOTES} for the FER+ votes"
SIDE = 48
SPLITS = ("Training", "PublicTest", "PrivateTest")
VOTE_NAMES = tuple(DATASET_LABELS["FER+"])

Files = Mapping[str, Path | IO[bytes]]


class Fer2013Error(FerError):
    """Files that are not FER2013."""


@dataclass(frozen=True, eq=False)
class Fer2013:
    """N faces in the published order, so that a report's `rows` are indices here.

    images: uint8 (N, 48, 48). labels: int64 (N,), indices into EMOTIONS. splits: str (N,).
    votes: int64 (N, 10), how many annotators gave each answer of VOTE_NAMES; None without them.
    """

    images: np.ndarray
    labels: np.ndarray
    splits: np.ndarray
    votes: np.ndarray | None

    def __len__(self) -> int:
        return len(self.images)


def files_at(path: Path) -> dict[str, Path]:
    """The files of FER2013 in a folder, or beside a given file. Raises Fer2013Error for none."""
    folder = path if path.is_dir() else path.parent
    shards = sorted(folder.glob(SHARDS)) if path.is_dir() else []
    wanted = [path] if path.is_file() else [folder / CSV] if (folder / CSV).is_file() else shards
    if not wanted:
        raise Fer2013Error(f"There is no FER2013 at {path}: expected {EXPECTED}.")
    votes = folder / VOTES
    return {each.name: each for each in [*wanted, *([votes] if votes.is_file() else [])]}


def read(files: Files) -> Fer2013:
    """Read the files by their names. Raises Fer2013Error with what was expected."""
    faces = {name: file for name, file in files.items() if name != VOTES}
    shards = {name: file for name, file in faces.items() if fnmatch(name, "*.parquet")}
    tables = {name: file for name, file in faces.items() if name.endswith(".csv")}
    if len(tables) == 1 and not shards:
        images, labels, splits = _from_csv(*next(iter(tables.items())))
    elif shards and not tables:
        images, labels, splits = _from_shards(shards)
    else:
        given = ", ".join(files) or "nothing"
        raise Fer2013Error(f"Expected {EXPECTED}; there was {given}.")
    votes = _votes(files[VOTES], len(images)) if VOTES in files else None
    return Fer2013(images, labels, splits, votes)


def _from_csv(name: str, file: Path | IO[bytes]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    images: list[np.ndarray] = []
    labels: list[np.ndarray] = []
    splits: list[np.ndarray] = []
    try:
        # In parts: as text, the pixels take four times their size.
        with pd.read_csv(file, chunksize=2000, dtype=str) as parts:
            for part in parts:
                part.columns = [str(column).strip() for column in part.columns]
                _need(name, part, ("emotion", "pixels", "Usage"))
                images += [
                    _pixels(name, len(images) + row, text)
                    for row, text in enumerate(part["pixels"])
                ]
                labels.append(_labels(name, part["emotion"]))
                splits.append(part["Usage"].to_numpy(str))
    except (ValueError, OSError) as error:
        raise Fer2013Error(f"{name} cannot be read as a table; expected {EXPECTED}.") from error
    if not images:
        raise Fer2013Error(f"{name} has no faces; expected {EXPECTED}.")
    return np.stack(images), np.concatenate(labels), np.concatenate(splits)


def _pixels(name: str, row: int, text: object) -> np.ndarray:
    values = np.fromstring(str(text), np.int64, sep=" ")
    if values.size != SIDE * SIDE or values.min() < 0 or values.max() > 255:
        raise Fer2013Error(f"{name}, line {row + 2}: expected {SIDE}x{SIDE} grey values 0 to 255.")
    return values.astype(np.uint8).reshape(SIDE, SIDE)


def _from_shards(shards: Files) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    parts = []
    for name, file in sorted(shards.items()):
        try:
            parts.append(pd.read_parquet(file))
        except (ValueError, OSError) as error:
            raise Fer2013Error(f"{name} cannot be read as parquet; expected {EXPECTED}.") from error
        _need(name, parts[-1], ("row", "usage", "emotion", "image"))
    table = pd.concat(parts).sort_values("row")
    if not np.array_equal(table["row"], np.arange(len(table))):
        raise Fer2013Error("Rows are missing from the shards; give all fer2013-*.parquet files.")
    images = np.empty((len(table), SIDE, SIDE), np.uint8)
    for row, encoded in enumerate(table["image"]):
        try:
            with Image.open(io.BytesIO(encoded)) as picture:
                images[row] = np.asarray(picture.convert("L"))
        except Exception as error:  # decoders raise whatever a broken picture leads them to
            raise Fer2013Error(f"Row {row} is not a {SIDE}x{SIDE} picture.") from error
    return images, _labels("The shards", table["emotion"]), table["usage"].to_numpy(str)


def _votes(file: Path | IO[bytes], n: int) -> np.ndarray:
    try:
        table = pd.read_csv(file)
    except (ValueError, OSError) as error:
        raise Fer2013Error(f"{VOTES} cannot be read as a table.") from error
    table.columns = [str(column).strip() for column in table.columns]
    _need(VOTES, table, VOTE_NAMES)
    if len(table) != n:
        raise Fer2013Error(f"{VOTES} has {len(table):,} rows, but there are {n:,} faces.")
    counts = table[list(VOTE_NAMES)].apply(pd.to_numeric, errors="coerce")
    if counts.isna().any(axis=None):
        raise Fer2013Error(f"{VOTES} has a vote that is not a number.")
    return counts.to_numpy(np.int64)


def _labels(name: str, column: "pd.Series[int]") -> np.ndarray:
    numbers = pd.to_numeric(column, errors="coerce")
    if not numbers.isin(range(len(LABELS))).all():
        raise Fer2013Error(f"{name} has a label that is not one of 0 to {len(LABELS) - 1}.")
    return numbers.to_numpy(np.int64)


def _need(name: str, table: pd.DataFrame, columns: tuple[str, ...]) -> None:
    missing = [column for column in columns if column not in table.columns]
    if missing:
        raise Fer2013Error(f"{name} lacks the columns {', '.join(missing)}; expected {EXPECTED}.")
