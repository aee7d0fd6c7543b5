"""RAF-DB (Li et al. 2017), the basic expressions: list_patition_label.txt and aligned pictures."""

import re
from pathlib import Path

import numpy as np

from fer_core.detection import Detector
from fer_core.emotions import label_indices
from train.data import Dataset, Split
from train.errors import DataError
from train.sources.pictures import read_faces
from train.splits import held_out, kept_apart

FORM = "RAF-DB's list_patition_label.txt (or EmoLabel/) with aligned/ (or Image/aligned/) beside it"
LIST, PICTURES = "list_patition_label.txt", "aligned"
LINE = re.compile(r"((?:train|test)_\d+)\.jpg\s+(-?\d+)")


def recognises(path: Path) -> bool:
    return _list_file(path).is_file()


def load(path: Path, detector: Detector | None = None) -> Dataset:
    """Read the list and cut the face out of each picture, which takes minutes.

    A tenth of each training class becomes the validation split: RAF-DB has none.
    """
    listing = _list_file(path)
    folder = next((f for f in (path / PICTURES, path / "Image" / PICTURES) if f.is_dir()), None)
    if folder is None:
        raise DataError(f"{path} lacks the folder {PICTURES} with RAF-DB's aligned pictures.")
    names, labels = _read_list(listing)
    images, notes = read_faces([folder / f"{name}_aligned.jpg" for name in names], detector)
    faces = Split.labelled(images, labels)
    in_test = np.array([name.startswith("test") for name in names], bool)
    return kept_apart("RAF-DB", *held_out(faces[~in_test]), faces[in_test], notes=notes)


def _list_file(path: Path) -> Path:
    inside = path / "EmoLabel" / LIST
    return inside if inside.is_file() else path / LIST


def _read_list(listing: Path) -> tuple[list[str], np.ndarray]:
    """The pictures' names without their endings, and int64 (N,) indices into EMOTIONS."""
    indices = list(label_indices("RAF-DB").values())
    names, labels = [], []
    try:
        lines = listing.read_text(encoding="utf-8").rstrip().splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"{listing} cannot be read as text: {error}.") from error
    for number, line in enumerate(lines, start=1):
        found = LINE.fullmatch(line.strip())
        if not found:
            raise DataError(
                f"{listing}, line {number}: expected a line like 'train_00001.jpg 5', not {line!r}."
            )
        code = int(found[2])
        if not 1 <= code <= len(indices):
            raise DataError(f"{listing}, line {number}: label {code} is not one of 1 to 7.")
        names.append(found[1])
        labels.append(indices[code - 1])
    return names, np.array(labels, np.int64)
