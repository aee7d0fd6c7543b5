"""Data sets as plain arrays, whatever form they came in."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from hashlib import sha256

import numpy as np

from fer_core.emotions import LABELS
from fer_core.fer2013 import SPLITS
from train.errors import DataError

LABEL_SETS = ("fer2013", "ferplus")
CLEAR = "ferplus-clear"  # judged by, not learned: the faces on which most annotators agree
PLAIN_SPLITS = ("train", "valid", "test")


@dataclass(frozen=True, eq=False)
class Split:
    """N faces and what is known of each.

    images: uint8 (N, 48, 48), grey.
    rows: int64 (N,), for naming a face in reports: its row, from 0, in the source's file or list,
        or among its pictures in the order in which they are read. Unique in a data set.
    labels: int64 (N,), the data set's own label, an index into EMOTIONS.
    votes: float32 (N, 7), the share of FER+ votes for each expression, summing to 1;
        all zero where there are none.
    vote_labels: int64 (N,), the expression with most FER+ votes; -1 where there are no votes or
        another answer (contempt, unknown, not a face) has more.
    clear: bool (N,), whether vote_labels has more than half of the votes, answers that a single
        annotator gave left aside.
    """

    images: np.ndarray
    rows: np.ndarray
    labels: np.ndarray
    votes: np.ndarray
    vote_labels: np.ndarray
    clear: np.ndarray

    def __post_init__(self) -> None:
        n = len(self.images)
        shapes = {
            "rows": (n,),
            "labels": (n,),
            "votes": (n, len(LABELS)),
            "vote_labels": (n,),
            "clear": (n,),
        }
        for name, shape in shapes.items():
            if getattr(self, name).shape != shape:
                raise ValueError(f"{name} is {getattr(self, name).shape}, expected {shape}")

    def __len__(self) -> int:
        return len(self.images)

    def __getitem__(self, keep: np.ndarray | slice) -> "Split":
        return Split(*(getattr(self, field.name)[keep] for field in fields(self)))

    @classmethod
    def labelled(cls, images: np.ndarray, labels: np.ndarray, first_row: int = 0) -> "Split":
        """A split without votes, its rows numbered on from the first."""
        n = len(images)
        votes = np.zeros((n, len(LABELS)), np.float32)
        none, unclear = np.full(n, -1), np.zeros(n, bool)
        return cls(images, np.arange(n) + first_row, labels, votes, none, unclear)

    @classmethod
    def joined(cls, splits: Sequence["Split"]) -> "Split":
        """The faces of several splits, one after the other."""
        return cls(*(np.concatenate([getattr(s, f.name) for s in splits]) for f in fields(cls)))

    def with_labels(self, label_set: str) -> "Split":
        """The faces that a label set ("fer2013": the own labels, "ferplus") has a class for."""
        return self[self.truth(label_set) >= 0]

    def truth(self, label_set: str) -> np.ndarray:
        """int64 (N,): the right class by a label set, -1 where it has none."""
        if label_set == CLEAR:
            return np.where(self.clear, self.vote_labels, -1)
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
    left_out: training faces that are not in `train`, as a test or validation image repeats them.
    notes: sentences for the user about how the source was read.
    """

    name: str
    train: Split
    valid: Split
    test: Split
    clean_test: np.ndarray
    left_out: Split
    split_names: tuple[str, str, str] = SPLITS
    notes: tuple[str, ...] = ()

    @property
    def fingerprint(self) -> str:
        """A hash of the rows, labels and votes of the training and validation faces.

        Not of their pixels, a few of which may differ between devices where a detector cut them.
        """
        digest = sha256(self.name.encode())
        for split in (self.train, self.valid):
            for values in (split.rows, split.labels, split.votes):
                digest.update(values.tobytes())
        return digest.hexdigest()

    def split(self, name: str) -> Split:
        """A split by the data set's own name for it. Raises DataError for another name."""
        splits = dict(zip(self.split_names, (self.train, self.valid, self.test), strict=True))
        if name not in splits:
            raise DataError(
                f"{self.name} has no split {name!r}. Choose one of: {', '.join(splits)}."
            )
        return splits[name]

    def label_sets(self) -> tuple[str, ...]:
        """The label sets that can be learned from this data set: every split has classes."""
        splits = (self.train, self.valid, self.test)
        voted = all((split.vote_labels >= 0).any() for split in splits)
        return LABEL_SETS if voted else LABEL_SETS[:1]

    def require(self, label_set: str) -> None:
        """Raises DataError where this label set cannot be learned from this data set."""
        if label_set not in self.label_sets():
            raise DataError(
                f"{self.name} has no FER+ votes, which this experiment learns from. For FER2013, "
                "put FER+'s fer2013new.csv beside its file; else choose another experiment."
            )

    def judged_by(self) -> tuple[str, ...]:
        """The label sets that this data set can be judged by."""
        return (*self.label_sets(), *([CLEAR] if self.test.clear.any() else []))
