"""Drawn faces, half of them without a FER+ answer, and pipelines that need no models."""

from dataclasses import replace

import numpy as np
import pytest
from fakes import HAPPY, FakeDetector, fake_pipeline

from benchmarks import crop, degraded
from fer_core import FerPipeline
from train.data import Dataset, Split

N = 28


@pytest.fixture
def faces():
    """Bright squares with a dark mouth; every second one has FER+ votes, for its own label."""
    images = np.full((N, 48, 48), 230, np.uint8)
    images[:, 34:38, 14:34] = 60
    split = Split.labelled(images, np.arange(N) // 2 % 7)
    voted = np.where(np.arange(N) % 2, split.labels, -1)
    votes = np.eye(7, dtype=np.float32)[split.labels] * (voted >= 0)[:, None]
    split = replace(split, votes=votes, vote_labels=voted)
    return Dataset("drawn", split, split, split, np.ones(N, bool), split[:0])


class WholePicture(FakeDetector):
    """Finds one face, as large as the picture, and counts its calls."""

    def __call__(self, picture):
        height, width = picture.shape[:2]
        faces = super().__call__(picture)[np.array([0])]
        return replace(faces, xyxy=np.array([[0, 0, width, height]], np.float32))


def always_happy(crops):
    probs = np.full((len(crops), 7), 0.01, np.float32)
    probs[:, HAPPY] = 0.94
    return probs


@pytest.fixture
def fakes(faces, monkeypatch):
    """The data, and pipelines of any name that call each face happy; the detectors they made."""
    detectors = []

    def from_weights(name, detector="mtcnn"):
        detectors.append(WholePicture())
        card = replace(fake_pipeline().card, name=name, recipe={"label_set": "fer2013"})
        return replace(fake_pipeline(), detector=detectors[-1], classifier=always_happy, card=card)

    monkeypatch.setattr(FerPipeline, "from_weights", from_weights)
    for module in (crop, degraded):
        monkeypatch.setattr(module, "load_dataset", lambda path: faces)
    return detectors
