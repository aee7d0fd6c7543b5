"""Image folders: train/<expression>/*.jpg and test/<expression>/*.jpg, any size."""

from pathlib import Path

import numpy as np

from fer_core.emotions import FOLDER_NAMES
from fer_core.images import read_picture
from fer_core.inputs import resize, to_grey
from fer_core.types import ImageError
from train.data import Dataset, Split
from train.errors import DataError
from train.leaks import repeated

PICTURES = {".jpg", ".jpeg", ".png", ".bmp", ".webp"}
SIZE_HW = (48, 48)
VALID_SHARE = 0.1


def recognises(path: Path) -> bool:
    return (path / "train").is_dir() and (path / "test").is_dir()


def load(path: Path) -> Dataset:
    """Read both folders; a tenth of each training class becomes the validation split."""
    labelled, test = _read(path / "train"), _read(path / "test")
    chosen = _every_tenth_of_each_class(labelled.labels)
    train, valid = labelled[~chosen], labelled[chosen]
    keep = ~(repeated(train.images, test.images) | repeated(train.images, valid.images))
    seen = repeated(test.images, labelled.images)
    return Dataset(
        path.name, train[keep], valid, test, ~seen, int((~keep).sum()), ("train", "valid", "test")
    )


def _read(folder: Path) -> Split:
    images: list[np.ndarray] = []
    labels: list[int] = []
    for child in sorted(path for path in folder.iterdir() if path.is_dir()):
        if child.name.lower() not in FOLDER_NAMES:
            raise DataError(
                f"{child} is not named after an expression. Known: {', '.join(FOLDER_NAMES)}."
            )
        files = sorted(path for path in child.iterdir() if path.suffix.lower() in PICTURES)
        if not files:
            raise DataError(f"{child} holds no picture ({', '.join(sorted(PICTURES))}).")
        for file in files:
            try:
                images.append(resize(to_grey(read_picture(file).pixels), SIZE_HW))
            except ImageError as error:
                raise DataError(f"{file}: {error}") from error
            labels.append(FOLDER_NAMES[child.name.lower()])
    if not images:
        raise DataError(f"{folder} holds no folder named after an expression.")
    return Split.labelled(np.stack(images), np.array(labels, np.int64))


def _every_tenth_of_each_class(labels: np.ndarray) -> np.ndarray:
    """bool (N,), spread evenly over each class; at least one face of each."""
    chosen = np.zeros(len(labels), bool)
    for label in np.unique(labels):
        members = np.flatnonzero(labels == label)
        chosen[members[:: round(1 / VALID_SHARE)]] = True
    return chosen
