"""FER2013 in its public form (fer2013.csv) or as parquet shards, with FER+ votes where present."""

import io
from pathlib import Path

import numpy as np
import pandas as pd
from PIL import Image

from fer_core.emotions import FERPLUS_COLUMNS, LABELS
from train.data import Dataset, Split
from train.errors import DataError
from train.leaks import repeated

CSV, SHARDS, VOTES = "fer2013.csv", "fer2013-*.parquet", "fer2013new.csv"
SIDE = 48
USAGES = ("Training", "PublicTest", "PrivateTest")


def recognises(path: Path) -> bool:
    if path.is_file():
        return path.suffix == ".csv"
    return (path / CSV).is_file() or any(path.glob(SHARDS))


def load(path: Path) -> Dataset:
    """Read the file or folder, join the votes, and leave out training faces that leak."""
    folder = path.parent if path.is_file() else path
    csv = path if path.is_file() else folder / CSV
    table = _read_csv(csv) if csv.is_file() else _read_shards(folder)
    images, labels, usage = table
    votes, vote_labels = _read_votes(folder / VOTES, usage)
    whole = Split(images, np.arange(len(images)), labels, votes, vote_labels)
    train, valid, test = (whole[usage == name] for name in USAGES)
    for name, split in zip(USAGES, (train, valid, test), strict=True):
        if not len(split):
            raise DataError(f"{path} has no row with Usage {name}. Is it the whole file?")
    # Validation faces that repeat a test face would let the choice of checkpoint see the test.
    keep_train = ~(repeated(train.images, test.images) | repeated(train.images, valid.images))
    seen = repeated(test.images, np.concatenate([train.images, valid.images]))
    return Dataset(
        "FER2013",
        train[keep_train],
        valid,
        test,
        clean_test=~seen,
        removed=int((~keep_train).sum()),
    )


def _read_csv(path: Path) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    try:
        table = pd.read_csv(path)
    except (ValueError, OSError) as error:
        raise DataError(f"{path} cannot be read as CSV: {error}") from error
    table.columns = [str(column).strip() for column in table.columns]
    if missing := {"emotion", "pixels", "Usage"} - set(table.columns):
        raise DataError(
            f"{path} is not FER2013: it lacks the columns {', '.join(sorted(missing))}."
        )
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


def _read_shards(folder: Path) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    parts = [pd.read_parquet(path) for path in sorted(folder.glob(SHARDS))]
    table = pd.concat(parts).sort_values("row").reset_index(drop=True)
    if not np.array_equal(table["row"], np.arange(len(table))):
        raise DataError(f"{folder}: rows are missing from the shards. Are all of them there?")
    images = np.stack([_decode(picture) for picture in table["image"]])
    return images, _checked_labels(table["emotion"], folder), table["usage"].to_numpy(str)


def _decode(picture: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(picture)).convert("L"))


def _checked_labels(column: pd.Series, path: Path) -> np.ndarray:
    numbers = pd.to_numeric(column, errors="coerce")
    bad = ~numbers.isin(range(len(LABELS)))
    if bad.any():
        row = int(bad.to_numpy().argmax())
        raise DataError(f"{path}, row {row}: label {column.iloc[row]} is not one of 0 to 6.")
    return numbers.to_numpy(np.int64)


def _read_votes(path: Path, usage: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    votes = np.zeros((len(usage), len(LABELS)), np.float32)
    if not path.is_file():
        return votes, np.full(len(usage), -1)
    table = pd.read_csv(path)
    if len(table) != len(usage) or not np.array_equal(table["Usage"], usage):
        raise DataError(
            f"{path} does not list the same rows as the faces: give the FER+ file as is."
        )
    for column, index in FERPLUS_COLUMNS.items():
        votes[:, index] = table[column]
    others = table[["contempt", "unknown", "NF"]].to_numpy()
    # A tie between an expression and another answer goes to the expression, as for FER+'s
    # majority; rows without any vote have no majority.
    usable = (votes.max(1) >= others.max(1)) & (votes.max(1) > 0)
    vote_labels = np.where(usable, votes.argmax(1), -1)
    return votes / np.maximum(votes.sum(1, keepdims=True), 1), vote_labels
