"""JAFFE (Lyons et al. 1998): pictures named like KA.AN1.39.tiff, divided by person."""

import re
from pathlib import Path

import numpy as np

from fer_core.detection import Detector
from fer_core.emotions import label_indices
from train.data import Dataset, Split
from train.errors import DataError
from train.sources.pictures import pictures_in, read_faces
from train.splits import by_subject, kept_apart

FORM = "JAFFE's pictures, named like KA.AN1.39.tiff"
NAME = re.compile(r"([A-Z]{2})\.([A-Z]{2})\d\..+")  # the person, the expression


def recognises(path: Path) -> bool:
    return path.is_dir() and any(NAME.fullmatch(file.name) for file in pictures_in(path))


def load(path: Path, detector: Detector | None = None) -> Dataset:
    """Cut the face out of each picture."""
    indices = label_indices("JAFFE")
    files = pictures_in(path)
    subjects, labels = [], []
    for file in files:
        found = NAME.fullmatch(file.name)
        if not found or found[2] not in indices:
            raise DataError(
                f"{file} is not named like KA.AN1.39.tiff, with one of {', '.join(indices)}."
            )
        subjects.append(found[1])
        labels.append(indices[found[2]])
    images, notes = read_faces(files, detector)
    faces = Split.labelled(images, np.array(labels, np.int64))
    return kept_apart("JAFFE", *by_subject(path, faces, subjects), notes=notes)
