"""FER2013 in its public form (fer2013.csv) or as parquet shards, with FER+ votes where present."""

import io
from pathlib import Path

import numpy as np
import pandas as pd
from PIL import Image

from fer_core.emotions import LABELS, label_indices
from train.data import FER2013_SPLITS, Dataset, Split
from train.errors import DataError
from train.splits import kept_apart

FORM = "fer2013.csv or fer2013-*.parquet, with fer2013new.csv for the FER+ votes"
CSV, SHARDS, VOTES = "fer2013.csv", "fer2013-*.parquet", "fer2013new.csv"
SIDE = 48


def recognises(path: Path) -> bool:
    if path.is_file():
        return path.suffix == ".csv"
    return (path / CSV).is_file() or any(path.glob(SHARDS))


def load(path: Path) -> Dataset:
    """Read the file or folder, join the votes, and leave out training faces that leak."""
    folder = path.parent if path.is_file() else path
    csv = path if path.is_file() else folder / CSV
    images, labels, usage = _read_csv(csv) if csv.is_file() else _read_shards(folder)
    unknown = ~np.isin(usage, FER2013_SPLITS)
    if unknown.any():
        row = int(unknown.argmax())
        raise DataError(
            f"{path}, row {row}: Usage {usage[row]} is not one of {', '.join(FER2013_SPLITS)}."
        )
    whole = Split(images, np.arange(len(images)), labels, *_read_votes(folder / VOTES, usage))
    train, valid, test = (whole[usage == name] for name in FER2013_SPLITS)
    return kept_apart("FER2013", train, valid, test, FER2013_SPLITS)


def _read_csv(path: Path) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    table = _read_table(path, {"emotion", "pixels", "Usage"})
    images = np.empty((len(table), SIDE, SIDE), np.uint8)
    for row, text in enumerate(table["pixels"]):
        try:
            values = np.array(str(text).split(), dtype=np.int64)
            if values.min(initial=0) < 0 or values.max(initial=0) > 255:
                raise ValueError("a pixel is outside 0 to 255")
            images[row] = values.reshape(SIDE, SIDE)
        except ValueError as error:
            raise DataError(
                f"{path}, line {row + 2}: not {SIDE}x{SIDE} grey values ({error})."
            ) from error
    return images, _checked_labels(table["emotion"], path), table["Usage"].to_numpy(str)


def _read_table(path: Path, needed: set[str]) -> pd.DataFrame:
    try:
        table = pd.read_csv(path) if path.suffix == ".csv" else pd.read_parquet(path)
    except (ValueError, OSError) as error:
        raise DataError(f"{path} cannot be read as a table: {error}") from error
    table.columns = [str(column).strip() for column in table.columns]
    if missing := needed - set(table.columns):
        raise DataError(f"{path} lacks the columns {', '.join(sorted(missing))}.")
    return table


def _read_shards(folder: Path) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    columns = {"row", "usage", "emotion", "image"}
    parts = [_read_table(path, columns) for path in sorted(folder.glob(SHARDS))]
    table = pd.concat(parts).sort_values("row").reset_index(drop=True)
    if not np.array_equal(table["row"], np.arange(len(table))):
        raise DataError(f"{folder}: rows are missing from the shards. Are all of them there?")
    images = np.empty((len(table), SIDE, SIDE), np.uint8)
    for row, picture in enumerate(table["image"]):
        try:
            grey = Image.open(io.BytesIO(picture)).convert("L")
            images[row] = np.asarray(grey).reshape(SIDE, SIDE)
        except Exception as error:  # decoders raise whatever a broken picture leads them to
            raise DataError(
                f"{folder}, row {row}: not a {SIDE}x{SIDE} picture ({error})."
            ) from error
    return images, _checked_labels(table["emotion"], folder), table["usage"].to_numpy(str)


def _checked_labels(column: pd.Series, path: Path) -> np.ndarray:
    numbers = pd.to_numeric(column, errors="coerce")
    bad = ~numbers.isin(range(len(LABELS)))
    if bad.any():
        row = int(bad.to_numpy().argmax())
        raise DataError(f"{path}, row {row}: label {column.iloc[row]} is not one of 0 to 6.")
    return numbers.to_numpy(np.int64)


def _read_votes(path: Path, usage: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The fields votes, vote_labels and clear of `Split`."""
    votes = np.zeros((len(usage), len(LABELS)), np.float32)
    if not path.is_file():
        return votes, np.full(len(usage), -1), np.zeros(len(usage), bool)
    columns = label_indices("FER+")
    table = _read_table(path, {"Usage", *columns})
    if not np.array_equal(table["Usage"], usage):
        raise DataError(
            f"{path} does not list the same rows as the faces: give the FER+ file as is."
        )
    counts = table[list(columns)].apply(pd.to_numeric, errors="coerce").to_numpy(np.float32)
    if (bad := ~((counts >= 0) & np.isfinite(counts)).all(1)).any():
        raise DataError(f"{path}, line {int(bad.argmax()) + 2}: a number of votes is missing.")
    indices = np.array(list(columns.values()))
    votes[:, indices[indices >= 0]] = counts[:, indices >= 0]
    others = counts[:, indices < 0]
    # A tie between an expression and another answer goes to the expression, as for FER+'s
    # majority; rows without any vote have no majority.
    usable = (votes.max(1) >= others.max(1)) & (votes.max(1) > 0)
    vote_labels = np.where(usable, votes.argmax(1), -1)
    # FER+'s own rule for its "majority": single votes are mistakes, then more than half counts
    # (Barsoum et al. 2016, and the code published with it).
    agreed = np.where(counts > 1, counts, 0)
    clear = usable & (2 * agreed.max(1) > agreed.sum(1))
    return votes / np.maximum(votes.sum(1, keepdims=True), 1), vote_labels, clear
