"""Measure where FER2013's frame lies around a detector's box: python -m train.cut --data PATH.

The faces of the training split are enlarged four times, surrounded by their repeated border (a
detector expects a face in a picture, not a face alone), and shown to each detector. The median of
its boxes, seen from the 48x48 frame, gives the square that serving has to cut from a box so that
the classifier sees what it was trained on. `train.export` puts the result into the card, and cards
that are there already, and know nothing of the detector, get it from here.
"""

import argparse
import json
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np

from fer_core.crops import FaceCut
from fer_core.detection import Detector, create_detector, find_faces, list_detectors
from fer_core.device import choose_device
from fer_core.files import write_whole
from fer_core.pixels import resize
from fer_core.types import Faces
from fer_core.weights import FOLDER, list_weights, read_card
from train.cuts import CUTS, read_cuts, read_measurements
from train.errors import DataError
from train.options import add_data_option, exit_code, read_data

ENLARGEMENT = 4


@dataclass(frozen=True)
class Measurement:
    """What a detector did on `shown` faces of `side` pixels; boxes and points in that frame."""

    shown: int
    found: int
    median_xyxy: tuple[float, ...]
    median_eyes: tuple[tuple[float, ...], ...]
    cut: FaceCut


def measure(detector_name: str, images: np.ndarray) -> Measurement:
    """The cut for a detector from uint8 (N, S, S) faces that fill their frame."""
    detector = create_detector(detector_name, choose_device("cpu"))
    side = images.shape[1]
    shown = (_only_face(detector, image) for image in images)
    found = [faces for faces in shown if len(faces)]
    if not found:
        raise DataError(f"{detector_name} found no face in any of the {len(images)} pictures.")
    boxes = np.concatenate([faces.xyxy for faces in found])
    points = np.concatenate([faces.landmarks for faces in found])
    heights = boxes[:, 3] - boxes[:, 1]
    centres = (boxes[:, :2] + boxes[:, 2:]) / 2
    offsets = (side / 2 - centres) / heights[:, None]
    right, down = np.median(offsets, axis=0)
    cut = FaceCut(
        side=round(float(np.median(side / heights)), 4),
        right=round(float(right), 4),
        down=round(float(down), 4),
    )
    return Measurement(
        shown=len(images),
        found=len(found),
        median_xyxy=tuple(np.median(boxes, axis=0).round(1).tolist()),
        median_eyes=tuple(map(tuple, np.median(points[:, :2], axis=0).round(1).tolist())),
        cut=cut,
    )


def _only_face(detector: Detector, image: np.ndarray) -> Faces:
    """The one face of a picture, in its pixels; none where several were found, as for no face."""
    margin = len(image) // 4
    picture = np.pad(image, margin, mode="edge")
    rows, columns = picture.shape
    large = resize(picture, (rows * ENLARGEMENT, columns * ENLARGEMENT))
    faces = find_faces(detector, np.repeat(large[:, :, None], 3, axis=2))
    if len(faces) != 1:
        return Faces.empty()
    return faces.mapped(margin * ENLARGEMENT, 1 / ENLARGEMENT)


def complete_cards(cuts: Mapping[str, FaceCut], folder: Path = FOLDER) -> None:
    """Add to each weights card the cuts that it lacks; those that it has were judged with it."""
    for name in list_weights(folder):
        card = read_card(name, folder)
        whole = replace(card, crop={**cuts, **card.crop})
        if whole != card:
            write_whole(folder / f"{name}.json", whole.to_json())


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m train.cut", description=__doc__)
    add_data_option(parser)
    parser.add_argument(
        "--detector",
        choices=list_detectors(),
        action="append",
        help="measure this one, and leave the others as they were; may be repeated (default: all)",
    )
    parser.add_argument(
        "--faces",
        type=int,
        default=1000,
        help="how many training faces to show (default: %(default)s)",
    )
    parser.add_argument(
        "--seed", type=int, default=0, help="the seed that picks them (default: %(default)s)"
    )
    options = parser.parse_args()
    if options.faces < 1:
        parser.error("--faces must be at least 1")
    if options.seed < 0:
        parser.error("--seed must be at least 0")

    def work() -> None:
        data = read_data(options.data)
        if data.name != "FER2013":
            raise DataError(
                f"The cut is measured on FER2013, whose frame the classifiers know; this is "
                f"{data.name}. Give FER2013's file or folder."
            )
        rng = np.random.default_rng(options.seed)
        shown = rng.choice(len(data.train), min(options.faces, len(data.train)), replace=False)
        measurements = read_measurements()
        about = {
            "dataset": data.name,
            "split": data.split_names[0],
            "seed": options.seed,
            "command": f"python -m train.cut --data PATH --faces {options.faces} "
            f"--seed {options.seed}",
        }
        for name in options.detector or list_detectors():
            measurement = measure(name, data.train.images[shown])
            measurements[name] = {**about, **asdict(measurement)}
            print(name, measurement)
        write_whole(CUTS, json.dumps(measurements, indent=1) + "\n")
        complete_cards(read_cuts())

    return exit_code(work)


if __name__ == "__main__":
    sys.exit(main())
