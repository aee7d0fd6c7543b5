"""Picture files -> the 48x48 grey faces of a `Split`, for the readers of data sets of pictures."""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from tqdm import tqdm

from fer_core.crops import cut_faces
from fer_core.detection import DEFAULT_DETECTOR, Detector, create_detector, find_faces
from fer_core.device import choose_device
from fer_core.emotions import label_indices
from fer_core.images import read_picture
from fer_core.pixels import resize, to_grey
from fer_core.types import Faces, ImageError, UInt8Array
from train.cuts import read_cuts
from train.errors import DataError

SUFFIXES = (".avif", ".bmp", ".gif", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp")
SIZE_HW = (48, 48)

Labelled = list[tuple[Path, int]]
"""Picture files, each with its index in EMOTIONS, -1 where its label is none of the seven."""


def pictures_in(folder: Path) -> list[Path]:
    """The picture files of a folder, in the order of their names; not what systems hide in it."""
    return sorted(path for path in _seen(folder) if path.suffix.lower() in SUFFIXES)


def _seen(folder: Path) -> Iterator[Path]:
    return (path for path in folder.iterdir() if not path.name.startswith("."))


def class_folders(folder: Path) -> Labelled:
    """The pictures of the folders named after expressions. Raises DataError for any other folder,
    for one without a picture, and where there is none.
    """
    indices = label_indices("image folders")
    listed: Labelled = []
    for child in sorted(path for path in _seen(folder) if path.is_dir()):
        if child.name.lower() not in indices:
            raise DataError(
                f"{child} is not named after an expression. Known: {', '.join(indices)}."
            )
        files = pictures_in(child)
        if not files:
            raise DataError(f"{child} holds no picture ({', '.join(SUFFIXES)}).")
        listed += [(file, indices[child.name.lower()]) for file in files]
    if not listed:
        raise DataError(f"{folder} holds no folder named after an expression.")
    return listed


def of_the_seven(listed: Labelled) -> tuple[list[Path], np.ndarray, tuple[str, ...]]:
    """The N pictures with one of the seven expressions, int64 (N,) their labels, and a note on how
    many others there were.
    """
    kept = [(file, label) for file, label in listed if label >= 0]
    others = len(listed) - len(kept)
    note = f"{others:,} of {len(listed):,} pictures show none of the seven expressions: left out."
    labels = np.array([label for _, label in kept], np.int64)
    return [file for file, _ in kept], labels, (note,) if others else ()


def passed_over(folders: Sequence[Path]) -> tuple[str, ...]:
    """A note on how many entries of their class folders are no pictures that are read here."""
    inside = [path for folder in folders for path in folder.glob("*/*") if path.name[0] != "."]
    others = sum(path.suffix.lower() not in SUFFIXES for path in inside)
    note = (
        f"{others:,} entries of the class folders are not one of {', '.join(SUFFIXES)}: left out."
    )
    return (note,) if others else ()


def read_faces(
    files: Sequence[Path], detector: Detector | None = None
) -> tuple[UInt8Array, tuple[str, ...]]:
    """Each picture's face, cut as serving cuts it: uint8 (N, 48, 48), and a note on how many
    pictures were taken whole because the detector (MTCNN unless given) found no face.

    Pictures of 48x48 pixels are such faces already. Nothing is kept for the next time.
    Raises DataError for a file that cannot be read.
    """
    detector = detector or create_detector(DEFAULT_DETECTOR, choose_device())
    cut = read_cuts()[detector.name]
    images = np.empty((len(files), *SIZE_HW), np.uint8)
    searched = whole = 0
    progress = tqdm(files, "reading faces", unit="img", file=sys.stderr, mininterval=2.0)
    for image, file in zip(images, progress, strict=True):
        picture = _read(file)
        ready = picture.shape[:2] == SIZE_HW
        faces = Faces.empty() if ready else find_faces(detector, picture)
        if len(faces):
            sides = faces.xyxy[:, 2:] - faces.xyxy[:, :2]
            largest = faces[sides.prod(1).argmax(keepdims=True)]
            image[:] = cut_faces(picture, largest, cut, SIZE_HW)[0]
        else:
            image[:] = resize(to_grey(picture), SIZE_HW)
        searched += not ready
        whole += not ready and not len(faces)
    note = f"{detector.name} found no face in {whole:,} of {searched:,} pictures: taken whole."
    return images, (note,) if searched else ()


def _read(file: Path) -> UInt8Array:
    try:
        return read_picture(file).pixels
    except ImageError as error:
        raise DataError(f"{file}: {error}") from error
