"""Data sets as plain arrays, whatever form they came in."""

from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np

from fer_core.emotions import LABELS
from train.errors import DataError

LABEL_SETS = ("fer2013", "ferplus")


@dataclass(frozen=True, eq=False)
class Split:
    """N faces and what is known of each.

    images: uint8 (N, 48, 48), grey.
    rows: int64 (N,), the row in the source file, for naming a face in reports.
    labels: int64 (N,), the data set's own label, an index into EMOTIONS.
    votes: float32 (N, 7), the share of FER+ votes for each expression, summing to 1;
        all zero where there are none.
    vote_labels: int64 (N,), the expression with most FER+ votes; -1 where there are no votes or
        another answer (contempt, unknown, not a face) has more.
    """

    images: np.ndarray
    rows: np.ndarray
    labels: np.ndarray
    votes: np.ndarray
    vote_labels: np.ndarray

    def __post_init__(self) -> None:
        n = len(self.images)
        shapes = {"rows": (n,), "labels": (n,), "votes": (n, len(LABELS)), "vote_labels": (n,)}
        for name, shape in shapes.items():
            if getattr(self, name).shape != shape:
                raise ValueError(f"{name} is {getattr(self, name).shape}, expected {shape}")

    def __len__(self) -> int:
        return len(self.images)

    def __getitem__(self, keep: np.ndarray) -> "Split":
        return Split(*(getattr(self, field.name)[keep] for field in fields(self)))

    @classmethod
    def labelled(cls, images: np.ndarray, labels: np.ndarray) -> "Split":
        """A split without votes, its rows numbered from 0."""
        n = len(images)
        none = np.full(n, -1)
        return cls(images, np.arange(n), labels, np.zeros((n, len(LABELS)), np.float32), none)

    def with_labels(self, label_set: str) -> "Split":
        """The faces that a label set ("fer2013": the own labels, "ferplus") has an answer for."""
        return self[self.answers(label_set) >= 0]

    def answers(self, label_set: str) -> np.ndarray:
        """int64 (N,): the right class by a label set, -1 where it has none."""
        return self.vote_labels if label_set == "ferplus" else self.labels

    def targets(self, label_set: str) -> np.ndarray:
        """float32 (N, 7): the distribution to learn: the votes, or all weight on the label."""
        if label_set == "ferplus":
            return self.votes
        return np.eye(len(LABELS), dtype=np.float32)[self.labels]


@dataclass(frozen=True, eq=False)
class Dataset:
    """Three splits of one source. `valid` chooses; `test` is for final figures only.

    clean_test: bool (len(test),), False where the face also stands in the source's training or
        validation images (see `train.leaks`).
    removed: how many training faces were left out because a test or validation image repeats them.
    """

    name: str
    train: Split
    valid: Split
    test: Split
    clean_test: np.ndarray
    removed: int
    split_names: tuple[str, str, str] = ("Training", "PublicTest", "PrivateTest")

    def split(self, name: str) -> Split:
        """A split by the data set's own name for it. Raises DataError for another name."""
        splits = dict(zip(self.split_names, (self.train, self.valid, self.test), strict=True))
        if name not in splits:
            raise DataError(
                f"{self.name} has no split {name!r}. Choose one of: {', '.join(splits)}."
            )
        return splits[name]

    def label_sets(self) -> tuple[str, ...]:
        """The label sets that this data set can be judged by."""
        return LABEL_SETS if (self.test.vote_labels >= 0).any() else LABEL_SETS[:1]


def load_dataset(source: str) -> Dataset:
    """Read "synthetic", fer2013.csv or its folder, parquet shards, or image folders.

    Raises DataError naming what is missing or wrong.
    """
    from train.sources import fer2013, folders, synthetic  # they import this module

    if source == "synthetic":
        return synthetic.load()
    path = Path(source)
    if not path.exists():
        raise DataError(
            f"There is nothing at {path}. Give fer2013.csv, its folder, or 'synthetic'."
        )
    if fer2013.recognises(path):
        return fer2013.load(path)
    if folders.recognises(path):
        return folders.load(path)
    raise DataError(
        f"{path} holds no data set that is known here: expected fer2013.csv, fer2013-*.parquet, "
        "or folders train/<expression>/ and test/<expression>/ with pictures."
    )
