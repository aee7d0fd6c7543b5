"""MTCNN against Haar on photos: faces found, and milliseconds a photo, turn by turn in one run."""

import argparse
import time
from pathlib import Path
from typing import Any

import numpy as np

from fer_core.detection import MIN_SCORE, create_detector, list_detectors
from fer_core.device import choose_device
from fer_core.images import read_picture
from fer_core.types import FerError

EXAMPLES = Path(__file__).resolve().parent.parent / "demo" / "examples"
ROUNDS = 7
OPTIONS = ("photos",)


def measure(options: argparse.Namespace) -> dict[str, Any]:
    """Faces and median milliseconds for each photo and detector, and the ratio of the medians."""
    detectors = {name: create_detector(name, choose_device("cpu")) for name in list_detectors()}
    photos: dict[str, Any] = {}
    files = sorted(options.photos.glob("*.jpg"))
    if not files:
        raise FerError(f"There is no .jpg in {options.photos}. Give a folder of photos.")
    for path in files:
        picture = read_picture(path).pixels
        faces = {n: int((d(picture).scores >= MIN_SCORE).sum()) for n, d in detectors.items()}
        seconds: dict[str, list[float]] = {name: [] for name in detectors}
        for _ in range(ROUNDS):
            for name, detector in detectors.items():
                started = time.perf_counter()
                detector(picture)
                seconds[name].append(time.perf_counter() - started)
        medians = {name: float(np.median(times)) * 1000 for name, times in seconds.items()}
        photos[path.name] = {
            "size": f"{picture.shape[1]}x{picture.shape[0]}",
            "faces": faces,
            "milliseconds": {name: round(value, 1) for name, value in medians.items()},
            "mtcnn_to_haar": round(medians["mtcnn"] / medians["haar"], 2),
        }
    return {"rounds": ROUNDS, "min_score": MIN_SCORE, "photos": photos}
