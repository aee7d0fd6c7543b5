"""CK+ (Lucey et al. 2010), as published or as folders of 48x48 faces, divided by person."""

import re
from pathlib import Path

from fer_core.detection import Detector
from fer_core.emotions import label_indices
from train.data import Dataset, Split
from train.errors import DataError
from train.sources.pictures import (
    Labelled,
    class_folders,
    of_the_seven,
    pictures_in,
    read_faces,
)
from train.splits import by_subject, kept_apart

FORM = "CK+ as folders <expression>/S010_004_00000017.png, or its cohn-kanade-images/ and Emotion/"
SEQUENCES, CODES = "cohn-kanade-images", "Emotion"
NAME = re.compile(r"(S\d+)_.+")  # the person


def recognises(path: Path) -> bool:
    if not path.is_dir():
        return False
    folders = {child.name for child in path.iterdir() if child.is_dir()}
    classes = set(label_indices("image folders"))
    return SEQUENCES in folders or any(name.lower() in classes for name in folders)


def load(path: Path, detector: Detector | None = None) -> Dataset:
    """Read the folders of faces, or cut the faces out of the sequences' first and last frames."""
    published = (path / SEQUENCES).is_dir()
    files, labels, notes = of_the_seven(_frames(path) if published else class_folders(path))
    subjects = [_subject(file) for file in files]
    images, cutting = read_faces(files, detector)
    faces = Split.labelled(images, labels)
    return kept_apart("CK+", *by_subject(path, faces, subjects), notes=(*notes, *cutting))


def _frames(path: Path) -> Labelled:
    """Each labelled sequence goes from neutral, its first frame, to the label, its last."""
    indices = label_indices("CK+")
    codes = list(indices.values())
    listed: Labelled = []
    for file in sorted((path / CODES).glob("*/*/[!.]*_emotion.txt")):
        code = _number(file)
        if code not in range(len(codes)):
            raise DataError(f"{file} holds the label {code:g}, which is not one of 0 to 7.")
        sequence = path / SEQUENCES / file.parent.relative_to(path / CODES)
        frames = pictures_in(sequence) if sequence.is_dir() else []
        if not frames:
            raise DataError(f"{sequence} holds no frame, though {file} labels it.")
        listed += [(frames[0], indices["neutral"]), (frames[-1], codes[int(code)])]
    if not listed:
        raise DataError(
            f"{path / CODES} holds no label like S005/001/S005_001_00000011_emotion.txt."
        )
    return listed


def _number(file: Path) -> float:
    try:
        return float(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise DataError(f"{file} does not hold one number.") from error


def _subject(file: Path) -> str:
    found = NAME.fullmatch(file.name)
    if not found:
        raise DataError(
            f"{file} is not named like CK+'s S010_004_00000017.png: who it shows decides the "
            "split. Faces of your own go into train/<expression>/ and test/<expression>/."
        )
    return found[1]
