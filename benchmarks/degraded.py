"""How do weights compare on worse pictures than they were chosen on?

Faces of FER2013's PublicTest stand in larger pictures, as for `crop`, which are then spoiled in
one way at a time. All weights see the same pictures and the same faces in them.
"""

import argparse
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np
from PIL import Image

from benchmarks.scenes import (
    ENLARGED_PX,
    SEED,
    Scene,
    draw_faces,
    load_pipelines,
    name_faces,
    paste,
    share,
)
from fer_core.types import UInt8Array
from train.sources import load_dataset

OPTIONS = ("data", "faces", "weights")


def _as_it_is(scene: Scene, rng: np.random.Generator) -> UInt8Array:
    return scene.picture


def _blur(scene: Scene, rng: np.random.Generator) -> UInt8Array:
    """Out of focus: a Gaussian whose deviation is 3% of the face's side."""
    return np.asarray(cv2.GaussianBlur(scene.picture, (0, 0), 0.03 * scene.side), np.uint8)


def _noise(scene: Scene, rng: np.random.Generator) -> UInt8Array:
    """Gaussian noise with a deviation of 30 of 255 in each colour of each pixel."""
    return _to_8_bit(scene.picture + rng.normal(0, 30, scene.picture.shape))


def _jpeg(scene: Scene, rng: np.random.Generator) -> UInt8Array:
    file = io.BytesIO()
    Image.fromarray(scene.picture).save(file, "JPEG", quality=20)
    return np.asarray(Image.open(file))


def _low_light(scene: Scene, rng: np.random.Generator) -> UInt8Array:
    """A fifth of the light, and the sensor's noise (deviation 4 of 255)."""
    return _to_8_bit(scene.picture * 0.2 + rng.normal(0, 4, scene.picture.shape))


def _rotate(scene: Scene, rng: np.random.Generator) -> UInt8Array:
    """15 degrees to either side about the face's centre."""
    matrix = cv2.getRotationMatrix2D(scene.centre, float(rng.choice((-15, 15))), 1.0)
    height, width = scene.picture.shape[:2]
    return np.asarray(
        cv2.warpAffine(scene.picture, matrix, (width, height), borderMode=cv2.BORDER_REPLICATE),
        np.uint8,
    )


def _to_8_bit(values: np.ndarray) -> UInt8Array:
    return values.round().clip(0, 255).astype(np.uint8)


@dataclass(frozen=True)
class Condition:
    """What is done to a scene's picture, and from which range (px) its face's side is drawn."""

    spoil: Callable[[Scene, np.random.Generator], UInt8Array] = _as_it_is
    sides: tuple[int, int] = ENLARGED_PX


CONDITIONS = {
    "none": Condition(),
    "blur": Condition(_blur),
    "noise": Condition(_noise),
    "jpeg_quality_20": Condition(_jpeg),
    "low_light": Condition(_low_light),
    "side_40_px": Condition(sides=(40, 41)),
    "rotated_15_degrees": Condition(_rotate),
}


def measure(options: argparse.Namespace) -> dict[str, Any]:
    """By condition: faces found, and of those the accuracy of each weights by each label set."""
    if not options.data:
        return {"not run": "give --data PATH to FER2013"}
    data = load_dataset(options.data)
    split = draw_faces(data, options.faces, np.random.default_rng(SEED))
    pipelines = load_pipelines(options.weights)
    conditions = {}
    for condition, what in CONDITIONS.items():
        found, classes = name_faces(pipelines, spoilt(split.images, what))
        conditions[condition] = {
            "found": int(found.sum()),
            "accuracy": {
                name: {
                    label_set: share((named == split.truth(label_set))[found])
                    for label_set in data.label_sets()
                }
                for name, named in classes.items()
            },
        }
    return {
        "dataset": f"{data.name} {data.split_names[1]}",
        "faces": len(split),
        "seed": SEED,
        "detector": next(iter(pipelines.values())).detector.name,
        "conditions": conditions,
    }


def spoilt(faces: np.ndarray, condition: Condition) -> Iterator[Scene]:
    """uint8 (N, S, S) -> a scene of each, at the same place whatever is done to it."""
    places, dice = np.random.default_rng(SEED).spawn(2)
    for face in faces:
        scene = paste(face, places, condition.sides)
        yield replace(scene, picture=condition.spoil(scene, dice))
