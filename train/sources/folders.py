"""Image folders: train/<expression>/*.jpg and test/<expression>/*.jpg, any size."""

from pathlib import Path

import numpy as np

from train.data import Dataset, Split
from train.sources.pictures import class_folders, of_the_seven, read_whole
from train.splits import held_out, kept_apart

FORM = "folders train/<expression>/ and test/<expression>/ with pictures of faces"


def recognises(path: Path) -> bool:
    return (path / "train").is_dir() and (path / "test").is_dir()


def load(path: Path) -> Dataset:
    """Read both folders; a tenth of each training class becomes the validation split."""
    folders = path / "train", path / "test"
    files, labels, notes = of_the_seven([each for f in folders for each in class_folders(f)])
    faces = Split.labelled(read_whole(files), labels)
    in_test = np.array([file.is_relative_to(folders[1]) for file in files], bool)
    # Not by the bare name: a folder that is called FER2013 is not the data set with its splits.
    name = f"pictures in {path.name}"
    return kept_apart(name, *held_out(faces[~in_test]), faces[in_test], notes=notes)
