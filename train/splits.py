"""Dividing faces into training, validation and test, and keeping the three apart."""

import warnings
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from sklearn.model_selection import StratifiedGroupKFold

from train.data import PLAIN_SPLITS, Dataset, Split
from train.errors import DataError
from train.leaks import repeats

SEED = 2013  # for the divisions that a data set itself does not have
TENTH = 0.1
RESTRATIFIED_SEED = 0
RESTRATIFIED = (
    "80% of all faces",
    "10% of all faces (validation)",
    "10% of all faces (test)",
)
ROWS_APART = 1_000_000


def kept_apart(
    name: str,
    train: Split,
    valid: Split,
    test: Split,
    split_names: tuple[str, str, str] = PLAIN_SPLITS,
    notes: tuple[str, ...] = (),
) -> Dataset:
    """The data set of three splits, without the training faces that another split repeats.

    Raises DataError where a split has no face, or training none that is its own.
    """
    for split_name, split in zip(split_names, (train, valid, test), strict=True):
        if not len(split):
            raise DataError(f"{name} has no face for {split_name}. Is the data set complete?")
    # A validation face that repeats a test face lets the choice of checkpoint see the test: both
    # stay, as the data set has them, and the test face is not among the clean ones.
    of_test, of_valid = (repeats(train.images, split.images) for split in (test, valid))
    keep = ~(of_test.same | of_valid.same)
    if not keep.any():
        raise DataError(
            f"{name} shows every face for {split_names[0]} in another split too: a network would "
            "be judged on faces that it has learned. Give different pictures to each split."
        )
    if not keep.all():
        notes += (
            f"{(~keep).sum():,} of {len(keep):,} faces for {split_names[0]} show a photo that "
            f"{split_names[1]} or {split_names[2]} has too: left out.",
        )
    clean_test = ~(of_test.alike | repeats(valid.images, test.images).alike)
    return Dataset(name, train[keep], valid, test, clean_test, train[~keep], split_names, notes)


def mix(parts: Sequence[Dataset]) -> Dataset:
    """Several data sets as one, split by split; faces that repeat across them are kept apart too.

    They are taken by their names, in whatever order they were given. Row r of the k-th of them,
    from 0, becomes row k * ROWS_APART + r.
    """
    parts = sorted(parts, key=lambda part: (part.name, part.fingerprint))
    mixed = kept_apart(
        " + ".join(part.name for part in parts),
        _joined([part.train for part in parts]),
        _joined([part.valid for part in parts]),
        _joined([part.test for part in parts]),
        notes=tuple(f"{part.name}: {note}" for part in parts for note in part.notes),
    )
    return replace(
        mixed,
        clean_test=mixed.clean_test & np.concatenate([part.clean_test for part in parts]),
        left_out=Split.joined([mixed.left_out, _joined([part.left_out for part in parts])]),
    )


def _joined(splits: Sequence[Split]) -> Split:
    return Split.joined([replace(s, rows=s.rows + k * ROWS_APART) for k, s in enumerate(splits)])


def restratified(data: Dataset) -> Dataset:
    """All faces of a data set divided anew, 80/10/10 with the same share of each label.

    The division is always the same, whichever faces `data` left out of training: what one run
    learned from is no other run's test face. Repeated faces are kept apart once it is drawn.
    Source: USTH's report, which divides FER2013 so, without keeping repeated faces apart.
    """
    whole = Split.joined([data.train, data.left_out, data.valid, data.test])
    whole = whole[np.argsort(whole.rows)]
    rest, test = held_out(whole, TENTH, RESTRATIFIED_SEED)
    train, valid = held_out(rest, TENTH / (1 - TENTH), RESTRATIFIED_SEED)
    return kept_apart(data.name, train, valid, test, RESTRATIFIED, data.notes)


def held_out(faces: Split, share: float = TENTH, seed: int = SEED) -> tuple[Split, Split]:
    """What remains of the faces, and a random share of each label: at least one face of each, and
    never the last."""
    rng = np.random.default_rng(seed)
    chosen = np.zeros(len(faces), bool)
    for label in np.unique(faces.labels):
        members = rng.permutation(np.flatnonzero(faces.labels == label))
        chosen[members[: min(max(1, round(share * len(members))), len(members) - 1)]] = True
    return faces[~chosen], faces[chosen]


def by_subject(source: Path, faces: Split, subjects: Sequence[str]) -> tuple[Split, Split, Split]:
    """Training, validation and test, about a tenth of the faces in each of the latter two.

    subjects: who each of the N faces of the source is; nobody stands in two splits, and each has
    about the same share of each label. Raises DataError for fewer than three people, or where no
    label has three faces.
    """
    people, commonest = len(set(subjects)), int(np.bincount(faces.labels).max())
    folds = min(10, people, commonest)
    if folds < 3:
        raise DataError(
            f"{source} shows {people} people, and no expression more than {commonest} times: three "
            "splits need at least 3 of each. Is the data set complete?"
        )
    places = np.arange(len(faces))
    divided = StratifiedGroupKFold(folds, shuffle=True, random_state=SEED)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # a label may have fewer faces than folds
        (_, test), (_, valid), *_ = divided.split(places, faces.labels, subjects)
    rest = np.setdiff1d(places, np.concatenate([test, valid]))
    return faces[rest], faces[valid], faces[test]
