"""What does the way through detection and cut cost, against the bare 48x48 face?

Faces of FER2013's PublicTest are enlarged, pasted at a random place into a larger picture, then
found, cut and classified by the whole pipeline. The same faces are classified directly.
"""

import argparse
from typing import Any

import numpy as np

from benchmarks.scenes import SEED, draw_faces, load_pipelines, name_faces, paste, share
from fer_core.detection import list_detectors
from train.sources import load_dataset

OPTIONS = ("data", "faces", "weights")


def measure(options: argparse.Namespace) -> dict[str, Any]:
    """Accuracy through the pipeline and of the bare faces, of those that were found.

    Each of the weights is judged by the labels that it learned.
    """
    if not options.data:
        return {"not run": "give --data PATH to FER2013"}
    data = load_dataset(options.data)
    rng = np.random.default_rng(SEED)
    split = draw_faces(data, options.faces, rng)
    scenes = [paste(image, rng) for image in split.images]
    detectors: dict[str, Any] = {}
    for detector in list_detectors():
        pipelines = load_pipelines(options.weights, detector)
        found, classes = name_faces(pipelines, scenes)
        detectors[detector] = {"found": int(found.sum()), "not_found": int((~found).sum())}
        for name, pipeline in pipelines.items():
            label_set = pipeline.card.recipe["label_set"]
            truth = split.truth(label_set)[found]
            bare = pipeline.classifier(split.images[found]).argmax(1)
            detectors[detector][name] = {
                "labels": label_set,
                "accuracy_through_pipeline": share(classes[name][found] == truth),
                "accuracy_direct": share(bare == truth),
            }
    return {
        "dataset": f"{data.name} {data.split_names[1]}",
        "faces": len(split),
        "seed": SEED,
        "detectors": detectors,
    }
