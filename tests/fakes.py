"""Stand-ins at the pipeline's two seams: a detector and a classifier that need no models."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from fer_core import EMOTIONS, Faces, FerPipeline
from fer_core.crops import FaceCut
from fer_core.emotions import LABELS
from fer_core.inputs import InputSpec
from fer_core.types import Float32Array, UInt8Array
from fer_core.weights import CardFigures, WeightsCard

HAPPY, NEUTRAL = 3, 6
MIN_SIDE = 64  # the fake detector finds nothing in pictures smaller than this

CARD = WeightsCard(
    name="fake-net",
    arch="compact",
    arch_args={},
    labels=LABELS,
    input=InputSpec(),
    crop={"mtcnn": FaceCut(side=0.93), "haar": FaceCut(side=1.0)},
    temperature=1.0,
    params=1_600_000,
    sha256="0" * 64,
    licence="MIT",
    trained_on="FER2013 with FER+ votes",
    recipe={},
    metrics={
        "fer2013": CardFigures(
            dataset="FER2013 labels",
            split="PrivateTest",
            n=3589,
            accuracy=0.66,
            interval=(0.644, 0.676),
            recall={emotion.name: 0.3 + 0.1 * emotion.index for emotion in EMOTIONS},
        )
    },
    report="reports/fake-net.json",
)


class FakeDetector:
    """Two faces, scored .99 and .6, in every picture of at least MIN_SIDE; counts its calls."""

    name = "mtcnn"

    def __init__(self) -> None:
        self.calls = 0

    def __call__(self, picture: UInt8Array) -> Faces:
        self.calls += 1
        height, width = picture.shape[:2]
        if min(height, width) < MIN_SIDE:
            return Faces.empty()
        share = np.array([[0.1, 0.1, 0.4, 0.5], [0.6, 0.1, 0.9, 0.5]], np.float32)
        boxes = share * np.array([width, height, width, height], np.float32)
        return Faces(boxes, np.zeros((2, 0, 2), np.float32), np.array([0.99, 0.6], np.float32))


@dataclass(frozen=True)
class FakeClassifier:
    """Answers by a function from crops to probabilities."""

    answer: Callable[[UInt8Array], Float32Array]

    def __call__(self, crops: UInt8Array) -> Float32Array:
        return self.answer(crops)

    def one_pass(self) -> "FakeClassifier":
        return self


def first_is_happy(crops: UInt8Array) -> Float32Array:
    """The first face surely happy, every other unsure but rather neutral."""
    probs = np.full((len(crops), len(LABELS)), 0.1, np.float32)
    probs[:, NEUTRAL] = 0.4
    probs[:1] = 0.02
    probs[:1, HAPPY] = 0.88
    return probs


def fake_pipeline() -> FerPipeline:
    """A whole pipeline on the fakes."""
    classifier = FakeClassifier(first_is_happy)
    return FerPipeline(FakeDetector(), classifier, CARD, CARD.crop["mtcnn"])  # type: ignore[arg-type]
