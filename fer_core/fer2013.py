"""FER2013 as it is published: fer2013.csv or parquet shards of it, and the FER+ votes.

Sources: Goodfellow et al., "Challenges in Representation Learning", 2013; the votes: Barsoum et
al., "Training Deep Networks for Facial Expression Recognition with Crowd-Sourced Label
Distribution", 2016.
"""

import io
from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import IO

import numpy as np
import pandas as pd
from PIL import Image

from fer_core.emotions import LABELS, label_indices
from fer_core.types import FerError

CSV, SHARDS, VOTES = "fer2013.csv", "fer2013-*.parquet", "fer2013new.csv"
EXPECTED = f"{CSV} or {SHARDS}, and {VOTES} for the FER+ votes"
SIDE = 48
SPLITS = ("Training", "PublicTest", "PrivateTest")
BY_ITS_LABELS = f"FER2013 labels, {SPLITS[2]}"  # as `Evaluation.judged_on` says it
VOTE_NAMES, VOTE_INDICES = zip(*label_indices("FER+").items(), strict=True)

File = Path | IO[bytes]
Files = Mapping[str, File]


class Fer2013Error(FerError):
    """Files that are not FER2013."""


@dataclass(frozen=True, eq=False)
class Fer2013:
    """N faces in the published order, so that a report's `rows` are indices here.

    images: uint8 (N, 48, 48), grey. labels: int64 (N,), indices into EMOTIONS.
    splits: str (N,), of SPLITS.
    votes: int64 (N, 10), how many annotators gave each answer of VOTE_NAMES; None without them.
    """

    images: np.ndarray
    labels: np.ndarray
    splits: np.ndarray
    votes: np.ndarray | None

    def __len__(self) -> int:
        return len(self.images)


def votes_of_the_seven(votes: np.ndarray) -> np.ndarray:
    """int64 (N, 7), in the order of EMOTIONS, of int64 (N, 10) votes in that of VOTE_NAMES."""
    return votes[:, [VOTE_INDICES.index(index) for index in range(len(LABELS))]]


def majority(votes: np.ndarray) -> np.ndarray:
    """int64 (N,): the expression with most of the (N, 10) votes, or -1.

    That is where another answer (contempt, unknown, not a face) has more, or nobody voted. Of
    several with as many votes it is the first in the order of EMOTIONS, before any other answer.
    """
    ours = votes_of_the_seven(votes)
    others = votes[:, [index < 0 for index in VOTE_INDICES]]
    has_one = (ours.max(1) >= others.max(1)) & (ours.max(1) > 0)
    return np.where(has_one, ours.argmax(1), -1)


def is_clear(votes: np.ndarray) -> np.ndarray:
    """bool (N,): whether the majority among (N, 10) votes is one by FER+'s own rule.

    Single votes are mistakes; of the rest it has more than half (Barsoum et al. 2016, and the code
    published with it).
    """
    agreed = np.where(votes > 1, votes, 0)
    return (majority(votes) >= 0) & (2 * agreed.max(1) > agreed.sum(1))


def is_at(path: Path) -> bool:
    """Whether this is a table, or a folder with files of FER2013's names."""
    if path.is_file():
        return path.suffix == ".csv"
    return (path / CSV).is_file() or any(path.glob(SHARDS))


def files_at(path: Path) -> dict[str, Path]:
    """The files of FER2013 in a folder, or beside a given one, by their paths.

    Raises Fer2013Error where there are none.
    """
    if not is_at(path):
        raise Fer2013Error(f"There is no FER2013 at {path}: expected {EXPECTED}.")
    folder = path if path.is_dir() else path.parent
    csv = path if path.is_file() else folder / CSV
    faces = [csv] if csv.is_file() else sorted(folder.glob(SHARDS))
    votes = folder / VOTES
    return {str(each): each for each in [*faces, *([votes] if votes.is_file() else [])]}


def read(files: Files) -> Fer2013:
    """Read files, which are told apart by their names, or the ends of their paths.

    Raises Fer2013Error that names the file, and the line or row.
    """
    votes, shards, tables = (
        {name: file for name, file in files.items() if fnmatch(Path(name).name, kind)}
        for kind in (VOTES, "*.parquet", "*.csv")
    )
    tables = {name: file for name, file in tables.items() if name not in votes}
    if len(tables) == 1 and not shards:
        ((place, file),) = tables.items()
        images, emotions, splits = _from_csv(place, file)
        place += ", line"
        first = 2  # below the names of the columns
    elif shards and not tables:
        images, emotions, splits = _from_shards(shards)
        place, first = "The shards, row", 0
    else:
        given = ", ".join(files) or "nothing"
        raise Fer2013Error(f"Expected {EXPECTED}; there was {given}.")
    labels = pd.to_numeric(emotions, errors="coerce")
    for values, known, what in (
        (emotions, labels.isin(range(len(LABELS))), f"one of 0 to {len(LABELS) - 1}"),
        (splits, splits.isin(SPLITS), f"one of {', '.join(SPLITS)}"),
    ):
        if not known.all():
            row = int((~known).to_numpy().argmax())
            raise Fer2013Error(
                f"{place} {row + first}: {values.name} {values.iloc[row]} is not {what}."
            )
    usage = splits.to_numpy(str)
    counts = next((_votes(name, file, usage) for name, file in votes.items()), None)
    return Fer2013(images, labels.to_numpy(np.int64), usage, counts)


def _from_csv(name: str, file: File) -> tuple[np.ndarray, "pd.Series[str]", "pd.Series[str]"]:
    """The pictures, and the columns of labels and splits as they are."""
    images: list[np.ndarray] = []
    columns: list[pd.DataFrame] = []
    try:
        # In parts: as text, the pixels take four times their size.
        with pd.read_csv(file, chunksize=2000, dtype=str) as parts:
            for part in parts:
                part = _with_columns(name, part, ("emotion", "pixels", "Usage"))
                columns.append(part[["emotion", "Usage"]])
                for text in part["pixels"]:
                    images.append(_pixels(f"{name}, line {len(images) + 2}", str(text)))
    except (ValueError, OSError) as error:
        raise Fer2013Error(f"{name} cannot be read as a table; expected {EXPECTED}.") from error
    if not images:
        raise Fer2013Error(f"{name} has no faces; expected {EXPECTED}.")
    table = pd.concat(columns)
    return np.stack(images), table["emotion"], table["Usage"]


def _pixels(where: str, text: str) -> np.ndarray:
    try:
        values = np.fromstring(text, np.int64, sep=" ")
    except ValueError:
        values = np.empty(0, np.int64)
    if values.size != SIDE * SIDE or values.min() < 0 or values.max() > 255:
        raise Fer2013Error(f"{where}: not {SIDE}x{SIDE} grey values from 0 to 255.")
    return values.astype(np.uint8).reshape(SIDE, SIDE)


def _from_shards(shards: Files) -> tuple[np.ndarray, "pd.Series[int]", "pd.Series[str]"]:
    """The pictures, and the columns of labels and splits as they are."""
    parts = []
    for name, file in shards.items():
        try:
            part = pd.read_parquet(file)
        except (ValueError, OSError) as error:
            raise Fer2013Error(f"{name} cannot be read as parquet; expected {EXPECTED}.") from error
        parts.append(_with_columns(name, part, ("row", "usage", "emotion", "image")))
    table = pd.concat(parts).sort_values("row")
    if not np.array_equal(table["row"], np.arange(len(table))):
        raise Fer2013Error("Rows are missing from the shards; give all fer2013-*.parquet files.")
    images = np.empty((len(table), SIDE, SIDE), np.uint8)
    for row, encoded in enumerate(table["image"]):
        try:
            with Image.open(io.BytesIO(encoded), formats=("WEBP", "PNG", "JPEG")) as picture:
                if picture.size != (SIDE, SIDE):  # not unpacked: it may claim gigabytes
                    raise ValueError(f"{picture.width}x{picture.height} pixels")
                images[row] = np.asarray(picture.convert("L"))
        except Exception as error:  # decoders raise whatever a broken picture leads them to
            raise Fer2013Error(
                f"The shards, row {row}: not a {SIDE}x{SIDE} picture ({error})."
            ) from error
    return images, table["emotion"], table["usage"]


def _votes(name: str, file: File, splits: np.ndarray) -> np.ndarray:
    try:
        table = pd.read_csv(file)
    except (ValueError, OSError) as error:
        raise Fer2013Error(f"{name} cannot be read as a table.") from error
    table = _with_columns(name, table, ("Usage", *VOTE_NAMES))
    if not np.array_equal(table["Usage"], splits):
        raise Fer2013Error(
            f"{name} lists {len(table):,} rows that do not match the {len(splits):,} faces: "
            "give the FER+ file as it was published."
        )
    counts = table[list(VOTE_NAMES)].apply(pd.to_numeric, errors="coerce").to_numpy(np.float64)
    if (bad := ~((counts >= 0) & np.isfinite(counts)).all(1)).any():
        raise Fer2013Error(f"{name}, line {int(bad.argmax()) + 2}: a number of votes is missing.")
    return counts.astype(np.int64)


def _with_columns(name: str, table: pd.DataFrame, needed: tuple[str, ...]) -> pd.DataFrame:
    """The table, without the spaces around the names of its columns."""
    table.columns = [str(column).strip() for column in table.columns]
    missing = [column for column in needed if column not in table.columns]
    if missing:
        raise Fer2013Error(f"{name} lacks the columns {', '.join(missing)}; expected {EXPECTED}.")
    return table
