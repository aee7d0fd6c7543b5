"""FER2013 (fer2013.csv or its parquet shards) with the FER+ votes where they are beside it."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from fer_core import fer2013
from train.data import Dataset, Split
from train.errors import DataError
from train.splits import kept_apart

FORM = fer2013.EXPECTED
recognises = fer2013.is_at


def load(path: Path) -> Dataset:
    """Read the file or folder, join the votes, and leave out training faces that leak."""
    try:
        faces = fer2013.read(fer2013.files_at(path))
    except fer2013.Fer2013Error as error:
        raise DataError(str(error)) from error
    whole = Split.labelled(faces.images, faces.labels)
    if faces.votes is not None:
        whole = _with_votes(whole, faces.votes)
    train, valid, test = (whole[faces.splits == name] for name in fer2013.SPLITS)
    return kept_apart("FER2013", train, valid, test, fer2013.SPLITS)


def _with_votes(split: Split, counts: np.ndarray) -> Split:
    """The split with int64 (N, 10) counts of FER+'s answers."""
    votes = fer2013.votes_of_the_seven(counts).astype(np.float32)
    return replace(
        split,
        votes=votes / np.maximum(votes.sum(1, keepdims=True), 1),
        vote_labels=fer2013.majority(counts),
        clear=fer2013.is_clear(counts),
    )
