"""What does the way through detection and cut cost, against the bare 48x48 face?

Faces of FER2013's PublicTest are enlarged, pasted at a random place into a larger picture, then
found, cut and classified by the whole pipeline. The same faces are classified directly.
"""

import argparse
from typing import Any

import numpy as np

from fer_core import FerPipeline
from fer_core.detection import list_detectors
from fer_core.inputs import resize
from train.data import Split, load_dataset

PICTURE_HW = (480, 640)
ENLARGED_PX = (96, 320)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", help="FER2013, for crop")
    parser.add_argument("--faces", type=int, default=1000, help="how many faces, for crop")
    parser.add_argument("--weights", default="default", help="for crop")


def measure(options: argparse.Namespace) -> dict[str, Any]:
    """Accuracy of the pipeline and of the classifier alone, on the faces that were found."""
    if not options.data:
        return {"not run": "give --data PATH to FER2013"}
    pipelines = {n: FerPipeline.from_weights(options.weights, n) for n in list_detectors()}
    label_set = next(iter(pipelines.values())).card.recipe["label_set"]
    split = load_dataset(options.data).valid.with_labels(label_set)
    rng = np.random.default_rng(0)
    split = split[rng.choice(len(split), min(options.faces, len(split)), replace=False)]
    pictures = [paste(image, rng) for image in split.images]
    return {
        "dataset": f"FER2013 PublicTest, {label_set} labels",
        "weights": options.weights,
        "faces": len(split),
        "seed": 0,
        "detectors": {
            name: _compare(pipeline, split, split.answers(label_set), pictures)
            for name, pipeline in pipelines.items()
        },
    }


def paste(image: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """A face in a soft, random ground: RGB uint8 (*PICTURE_HW, 3), and its centre (x, y)."""
    height, width = PICTURE_HW
    coarse = rng.integers(40, 215, (6, 8, 3)).astype(np.uint8)
    picture = resize(coarse, PICTURE_HW)
    side = int(rng.integers(*ENLARGED_PX))
    top, left = int(rng.integers(height - side)), int(rng.integers(width - side))
    picture[top : top + side, left : left + side] = resize(image, (side, side))[:, :, None]
    return picture, np.array([left + side / 2, top + side / 2])


def _compare(
    pipeline: FerPipeline,
    split: Split,
    answers: np.ndarray,
    pictures: list[tuple[np.ndarray, np.ndarray]],
) -> dict[str, Any]:
    direct = pipeline.classifier(split.images).argmax(1) == answers
    right = np.zeros(len(split), bool)
    found = np.zeros(len(split), bool)
    for index, (picture, centre) in enumerate(pictures):
        analysis = pipeline.analyze(picture)
        boxes = analysis.faces.xyxy
        inside = ((boxes[:, :2] < centre) & (centre < boxes[:, 2:])).all(1)
        if inside.any():
            found[index] = True
            right[index] = analysis.indices[int(inside.argmax())] == answers[index]
    through, alone = float(right[found].mean()), float(direct[found].mean())
    return {
        "found": int(found.sum()),
        "not_found": int((~found).sum()),
        "accuracy_through_pipeline": round(through, 4),
        "accuracy_direct": round(alone, 4),
        "points_lost": round(100 * (alone - through), 2),
    }
