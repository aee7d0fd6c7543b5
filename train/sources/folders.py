"""Image folders: train/<expression>/*.jpg and test/<expression>/*.jpg, any size; and valid/."""

from pathlib import Path

import numpy as np

from train.data import Dataset, Split
from train.sources.pictures import class_folders, of_the_seven, passed_over, read_faces
from train.splits import held_out, kept_apart

VALID = ("valid", "val", "validation")
FORM = "folders train/<expression>/ and test/<expression>/ with pictures of faces"


def recognises(path: Path) -> bool:
    return (path / "train").is_dir() and (path / "test").is_dir()


def load(path: Path) -> Dataset:
    """Read the folders; without valid/, val/ or validation/, a tenth of each training class is for
    validation."""
    folders = [path / name for name in ("train", "test", *VALID) if (path / name).is_dir()][:3]
    files, labels, notes = of_the_seven([each for f in folders for each in class_folders(f)])
    images, cutting = read_faces(files)
    faces = Split.labelled(images, labels)
    notes = (*notes, *passed_over(folders), *cutting)
    train, test, *valid = (
        faces[np.array([file.is_relative_to(folder) for file in files], bool)] for folder in folders
    )
    learned, chosen_by = (train, valid[0]) if valid else held_out(train)
    # Not by the bare name: a folder that is called FER2013 is not the data set with its splits.
    return kept_apart(f"pictures in {path.resolve().name}", learned, chosen_by, test, notes=notes)
