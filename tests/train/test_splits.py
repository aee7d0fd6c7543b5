"""Divisions keep what they must: label shares, people apart, repeated faces apart, face names."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from fer_core import FerError
from train import sources
from train.data import Dataset, Split
from train.sources import load_dataset
from train.splits import by_subject, held_out, kept_apart, mix, restratified


def faces(n, seed, first_row=0, labels=None):
    images = np.random.default_rng(seed).integers(0, 256, (n, 48, 48)).astype(np.uint8)
    return Split.labelled(images, np.arange(n) % 7 if labels is None else labels, first_row)


@pytest.fixture
def data():
    return kept_apart("made up", faces(560, 1), faces(70, 2, 560), faces(70, 3, 630))


def test_each_label_gives_its_share_and_one_face_at_least():
    whole = faces(142, 0, labels=np.repeat([0, 3, 5], [100, 40, 2]))
    rest, chosen = held_out(whole)
    assert np.bincount(chosen.labels).tolist() == [10, 0, 0, 4, 0, 1]
    assert sorted([*rest.rows, *chosen.rows]) == list(range(142))
    _, none = held_out(faces(1, 0))
    assert not len(none)  # the last of its label is learned from
    assert np.array_equal(chosen.rows, held_out(whole)[1].rows)
    assert not np.array_equal(chosen.rows, held_out(whole, seed=1)[1].rows)


def _splits(data):
    return data.train, data.valid, data.test


def test_restratified_divides_all_faces_anew(data):
    anew = restratified(data)
    splits = _splits(anew)
    assert [np.bincount(split.labels).tolist() for split in splits] == [
        [80] * 7,
        [10] * 7,
        [10] * 7,
    ]
    assert sorted(np.concatenate([split.rows for split in splits])) == list(range(700))
    assert anew.clean_test.all() and not len(anew.left_out)
    whole = Split.joined([data.train, data.valid, data.test])
    for name in anew.split_names:
        split = anew.split(name)
        assert np.array_equal(split.images, whole.images[split.rows])
        assert np.array_equal(split.labels, whole.labels[split.rows])
    assert np.array_equal(anew.test.rows, restratified(data).test.rows)


def test_restratified_is_the_same_whatever_was_left_out_of_training(data):
    some = np.arange(560) % 9 > 0
    less = replace(data, train=data.train[some], left_out=data.train[~some])
    for one, other in zip(_splits(restratified(data)), _splits(restratified(less)), strict=True):
        assert np.array_equal(one.rows, other.rows)


def test_restratified_keeps_repeated_faces_apart(data):
    images = data.train.images.copy()
    images[280:] = images[:280]  # each face twice; the labels stay, 280 being a multiple of 7
    train = Split.labelled(images, data.train.labels)
    twice = Dataset("twice", train, data.valid, data.test, np.ones(70, bool), train[:0])
    anew = restratified(twice)
    held_out = Split.joined([anew.valid, anew.test])
    inside = {image.tobytes() for image in held_out.images}
    assert not any(image.tobytes() in inside for image in anew.train.images)
    assert len(anew.left_out) == 700 - len(held_out) - len(anew.train) > 0
    others = {image.tobytes() for image in anew.valid.images}
    of_test = [image.tobytes() for image in anew.test.images]
    in_train = {r % 280 for r in range(560)} - {r % 280 for r in anew.train.rows if r < 560}
    for image, row, clean in zip(of_test, anew.test.rows, anew.clean_test, strict=True):
        twin = row < 560 and (row % 280 in in_train or image in others)
        assert clean == (not twin or of_test.count(image) == 2)


def test_a_mix_joins_split_by_split_and_keeps_the_parts_apart(data):
    other = kept_apart(
        "other", faces(70, 4), faces(14, 5, 70), faces(14, 6, 84), notes=("A note.",)
    )
    other.test.images[3] = data.train.images[7]
    mixed = mix([data, other])
    assert mixed.name == "made up + other"
    assert [len(s) for s in (mixed.train, mixed.valid, mixed.test)] == [629, 84, 84]
    assert 7 not in mixed.train.rows and mixed.left_out.rows.tolist() == [7]
    assert np.flatnonzero(~mixed.clean_test).tolist() == [73]
    assert mixed.test.rows[70:].tolist() == list(range(1_000_084, 1_000_098))
    assert np.array_equal(mixed.train.labels[559:], other.train.labels)
    left_out = "1 of 630 faces for train show a photo that valid or test has too: left out."
    assert mixed.notes == ("other: A note.", left_out)
    assert mix([other, data]).fingerprint == mixed.fingerprint


def test_a_mix_remembers_what_its_parts_left_out(data):
    unclean = np.arange(70) > 0
    left_out = faces(4, 9, 700)
    part = Dataset("b", data.train, data.valid, data.test, unclean, left_out)
    other = kept_apart("a", faces(70, 4), faces(14, 5, 70), faces(14, 6, 84))
    mixed = mix([part, other])
    assert mixed.left_out.rows.tolist() == [1_000_700, 1_000_701, 1_000_702, 1_000_703]
    assert np.flatnonzero(~mixed.clean_test).tolist() == [14]


def test_nobody_stands_in_two_splits_and_rare_labels_in_all():
    rng = np.random.default_rng(0)
    person = rng.integers(0, 118, 636)
    labels = rng.choice(7, 636, p=[0.08, 0.1, 0.04, 0.11, 0.04, 0.13, 0.5])
    splits = by_subject(Path("CK+"), faces(636, 0, labels=labels), [f"S{p}" for p in person])
    people = [set(person[split.rows]) for split in splits]
    assert all(600 < 10 * len(split) < 700 for split in splits[1:])
    assert all(8 < len(group) < 16 for group in people[1:])
    assert len(people[0]) + len(people[1]) + len(people[2]) == len(set(person))
    assert len(set.union(*people)) == len(set(person))
    for split in splits:
        assert set(split.labels) == set(range(7))
        shares = np.bincount(split.labels) / len(split)
        assert np.abs(shares - np.bincount(labels) / 636).max() < 0.05


def test_an_empty_split_is_named():
    with pytest.raises(FerError, match="made up has no face for valid"):
        kept_apart("made up", faces(7, 0), faces(0, 1), faces(7, 2))


@pytest.mark.parametrize("source", ["CK+48+CK+synthetic", "synthetic+CK++CK"])
def test_the_paths_of_a_mix_may_hold_plus_signs(tmp_path, monkeypatch, source):
    monkeypatch.chdir(tmp_path)
    for name in ("CK", "CK+", "CK+48"):
        (tmp_path / name).mkdir()
    found = sources._parts(source)
    assert found in (["CK+48", "CK", "synthetic"], ["synthetic", "CK+", "CK"])
    assert "+".join(found) == source


@pytest.mark.parametrize("source", ["", "synthetic+", "+synthetic", "synthetic+nowhere"])
def test_a_part_of_a_mix_that_is_not_there(source):
    with pytest.raises(FerError, match="There is nothing at"):
        load_dataset(source)


def test_training_faces_that_all_stand_in_the_test_are_named():
    same = faces(14, 1)
    with pytest.raises(FerError, match="every face for train in another split"):
        kept_apart("made up", same, faces(7, 2, 14), same)
