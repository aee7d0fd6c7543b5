"""A data set and a recipe small enough to train in a second."""

import dataclasses

import numpy as np
import pytest

from train.config import Recipe
from train.data import Dataset, Split
from train.sources.synthetic import draw_face

RECIPE = Recipe(
    "compact_se",
    {"widths": [8, 16], "depths": [1, 1]},
    augment="photo",
    epochs=3,
    batch_size=14,
    lr=0.05,
    ema_decay=0.9,
)


def drawn(n, seed):
    """n drawn faces with FER+-like votes: nine of ten for the label."""
    rng = np.random.default_rng(seed)
    labels = np.arange(n) % 7
    names = ("angry", "disgust", "fear", "happy", "sad", "surprise", "neutral")
    images = np.stack([draw_face(names[label], rng) for label in labels])
    votes = np.full((n, 7), 0.1 / 6, np.float32)
    votes[np.arange(n), labels] = 0.9
    return Split(images, np.arange(n), labels, votes, labels, np.arange(n) % 3 < 2)


@pytest.fixture(scope="session")
def tiny_data():
    clean = np.arange(21) % 3 > 0
    return Dataset("drawn", drawn(70, 0), drawn(21, 1), drawn(21, 2), clean, drawn(70, 0)[:0])


@pytest.fixture
def partly_voted(tiny_data):
    """The drawn faces, of which two in three have an expression with most FER+ votes."""

    def without(split):
        return dataclasses.replace(split, vote_labels=np.where(split.clear, split.vote_labels, -1))

    splits = {name: without(getattr(tiny_data, name)) for name in ("train", "valid", "test")}
    return dataclasses.replace(tiny_data, **splits)


@pytest.fixture
def recipe():
    return RECIPE


@pytest.fixture
def tiny_experiment(recipe):
    from train.config import Experiment

    return Experiment("tiny", dataclasses.replace(recipe, epochs=2))


@pytest.fixture(autouse=True)
def _caches(tmp_path_factory, monkeypatch):
    """Nothing is left in the user's own folder for caches."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.getbasetemp() / "caches"))
