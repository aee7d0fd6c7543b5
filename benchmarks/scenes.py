"""Pictures with one known face, and what pipelines make of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from fer_core import FerPipeline
from fer_core.detection import DEFAULT_DETECTOR, Detector
from fer_core.pixels import resize
from fer_core.types import Faces, UInt8Array
from train.data import Dataset, Split

PICTURE_HW = (480, 640)
ENLARGED_PX = (96, 320)
SEED = 0


@dataclass(frozen=True, eq=False)
class Scene:
    """picture: RGB uint8 (*PICTURE_HW, 3). centre: the face's, (x, y). side: the face's, in px."""

    picture: UInt8Array
    centre: tuple[float, float]
    side: int


def paste(
    face: UInt8Array, rng: np.random.Generator, sides: tuple[int, int] = ENLARGED_PX
) -> Scene:
    """A grey face (S, S) at a side from a range, somewhere in a soft, random ground."""
    height, width = PICTURE_HW
    coarse = rng.integers(40, 215, (6, 8, 3)).astype(np.uint8)
    picture = resize(coarse, PICTURE_HW)
    side = int(rng.integers(*sides))
    top, left = int(rng.integers(height - side)), int(rng.integers(width - side))
    picture[top : top + side, left : left + side] = resize(face, (side, side))[:, :, None]
    return Scene(picture, (left + side / 2, top + side / 2), side)


def draw_faces(data: Dataset, n: int, rng: np.random.Generator) -> Split:
    """n faces of the validation split, of those that every label set has a class for."""
    split = data.valid
    for label_set in data.label_sets():
        split = split.with_labels(label_set)
    return split[rng.choice(len(split), min(n, len(split)), replace=False)]


class _Once:
    """A detector that looks once at a picture that several pipelines show it in turn."""

    def __init__(self, detector: Detector) -> None:
        self.name, self._detector = detector.name, detector
        self._seen: tuple[UInt8Array | None, Faces] = (None, Faces.empty())

    def __call__(self, picture: UInt8Array) -> Faces:
        if picture is not self._seen[0]:
            self._seen = (picture, self._detector(picture))
        return self._seen[1]


def load_pipelines(
    weights: Sequence[str], detector: str = DEFAULT_DETECTOR
) -> dict[str, FerPipeline]:
    """A pipeline for each weights name; they share the detector and what it found last."""
    pipelines = {name: FerPipeline.from_weights(name, detector) for name in weights}
    once = _Once(next(iter(pipelines.values())).detector)
    return {name: replace(pipeline, detector=once) for name, pipeline in pipelines.items()}


def name_faces(
    pipelines: dict[str, FerPipeline], scenes: Iterable[Scene]
) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """bool (N,): whether the face of each scene is found; by pipeline int64 (N,): its class.

    The class is -1 where it is not found, which is the same for pipelines that share a detector.
    """
    classes: dict[str, list[int]] = {name: [] for name in pipelines}
    for scene in scenes:
        for name, pipeline in pipelines.items():
            analysis = pipeline.analyze(scene.picture)
            boxes, centre = analysis.faces.xyxy, np.array(scene.centre)
            inside = ((boxes[:, :2] < centre) & (centre < boxes[:, 2:])).all(1)
            classes[name].append(
                int(analysis.indices[int(inside.argmax())]) if inside.any() else -1
            )
    arrays = {name: np.array(values, np.int64) for name, values in classes.items()}
    return next(iter(arrays.values())) >= 0, arrays


def share(right: np.ndarray) -> float | None:
    """The share of True in bool (N,), to be printed; None of no faces."""
    return round(float(right.mean()), 4) if len(right) else None
