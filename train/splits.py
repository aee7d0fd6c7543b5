"""Dividing faces into training, validation and test, and keeping the three apart."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from fer_core.emotions import LABELS
from train.data import PLAIN_SPLITS, Dataset, Split
from train.errors import DataError
from train.leaks import repeated

SEED = 2013  # for the divisions that a data set itself does not have
TENTH = 0.1
RESTRATIFIED_SEED = 0
RESTRATIFIED = ("stratified 80%", "stratified 10% (validation)", "stratified 10% (test)")
ROWS_APART = 1_000_000
DIVISIONS_TRIED = 200


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
    in_test, seen = repeated(train.images, test.images)
    in_valid, _ = repeated(train.images, valid.images)
    _, seen_in_valid = repeated(valid.images, test.images)
    keep = ~(in_test | in_valid)
    if not keep.any():
        raise DataError(
            f"{name} shows every face for {split_names[0]} in another split too: a network would "
            "be judged on faces that it has learned. Give different pictures to each split."
        )
    removed = int((~keep).sum())
    return Dataset(
        name, train[keep], valid, test, ~(seen | seen_in_valid), removed, split_names, notes
    )


def mix(parts: Sequence[Dataset]) -> Dataset:
    """Several data sets as one, split by split; faces that repeat across them are kept apart too.

    They are taken by their names, in whatever order they were given. Row r of the k-th of them,
    from 0, becomes row k * ROWS_APART + r.
    """
    parts = sorted(parts, key=lambda part: part.name)
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
        removed=mixed.removed + sum(part.removed for part in parts),
    )


def _joined(splits: Sequence[Split]) -> Split:
    return Split.joined([replace(s, rows=s.rows + k * ROWS_APART) for k, s in enumerate(splits)])


def restratified(data: Dataset) -> Dataset:
    """All faces of a data set divided anew, 80/10/10 with the same share of each label.

    The division is always the same: what one run learned from is no other run's test face.
    Faces that `data` left out of training repeat others that it holds: they stay out.
    Source: USTH's report, which divides FER2013 so, without keeping repeated faces apart.
    """
    whole = Split.joined([data.train, data.valid, data.test])
    rest, test = held_out(whole, TENTH, RESTRATIFIED_SEED)
    train, valid = held_out(rest, TENTH / (1 - TENTH), RESTRATIFIED_SEED)
    fresh = kept_apart(data.name, train, valid, test, RESTRATIFIED, data.notes)
    return replace(fresh, removed=fresh.removed + data.removed)


def held_out(faces: Split, share: float = TENTH, seed: int = SEED) -> tuple[Split, Split]:
    """What remains of the faces, and a random share of each label, at least one face of each."""
    rng = np.random.default_rng(seed)
    chosen = np.zeros(len(faces), bool)
    for label in np.unique(faces.labels):
        members = rng.permutation(np.flatnonzero(faces.labels == label))
        chosen[members[: max(1, round(share * len(members)))]] = True
    return faces[~chosen], faces[chosen]


def by_subject(source: Path, faces: Split, subjects: Sequence[str]) -> tuple[Split, Split, Split]:
    """Training, validation and test, a tenth of the people in each of the latter two.

    subjects: who each of the N faces of the source is; nobody stands in two splits. Of many random
    divisions this is the one that keeps the shares of the labels the most alike.
    Raises DataError for fewer than three people.
    """
    names, person = np.unique(np.array(subjects), return_inverse=True)
    if len(names) < 3:
        raise DataError(
            f"{source} shows {len(names)} of the at least 3 people that three splits need. "
            "Is the data set complete?"
        )
    counts = np.zeros((len(names), len(LABELS)))
    np.add.at(counts, (person, faces.labels), 1)
    tenth = max(1, round(TENTH * len(names)))
    rng = np.random.default_rng(SEED)
    order = min(
        (rng.permutation(len(names)) for _ in range(DIVISIONS_TRIED)),
        key=lambda order: _unlikeness(counts, order[:tenth], order[tenth : 2 * tenth]),
    )
    of_test, of_valid = np.isin(person, order[:tenth]), np.isin(person, order[tenth : 2 * tenth])
    return faces[~(of_test | of_valid)], faces[of_valid], faces[of_test]


def _unlikeness(counts: np.ndarray, *groups: np.ndarray) -> float:
    """How far the label shares of groups of people are from everybody's; counts: (people, 7)."""
    everybody = counts.sum(0) / counts.sum()
    shares = [counts[group].sum(0) / counts[group].sum() for group in groups]
    return float(sum(np.abs(share - everybody).sum() for share in shares))
