"""The .npz files of START: the Toronto faces (Susskind et al. 2010), and its cut of RAF-DB."""

from pathlib import Path

import numpy as np

from fer_core.emotions import label_indices
from train.data import PLAIN_SPLITS, Dataset, Split
from train.errors import DataError
from train.splits import held_out, kept_apart

FORM = "an .npz file with inputs_train, target_train, inputs_valid and target_valid"
SIDE = 48


def recognises(path: Path) -> bool:
    return path.is_file() and path.suffix == ".npz"


def load(path: Path) -> Dataset:
    """Read the file; where it has no test part, half of each class in its valid part is the test.

    START's two files look alike but number the labels differently: a file is RAF-DB where its
    name says "raf", and the Toronto faces otherwise.
    """
    name = "RAF-DB" if "raf" in path.stem.lower() else "Toronto faces"
    numbers = ", ".join(f"{k} {label}" for k, label in enumerate(label_indices(name)))
    notes: tuple[str, ...] = (f"The labels are taken to be {name}'s: {numbers}.",)
    arrays = _read(path)
    train = _split(arrays, "train", path, name)
    valid = _split(arrays, "valid", path, name, first_row=len(train))
    if "inputs_test" in arrays:
        test = _split(arrays, "test", path, name, first_row=len(train) + len(valid))
    else:
        valid, test = held_out(valid, share=0.5)
        notes += (
            "There is no test part: half of the validation faces of each label are used for it.",
        )
    return kept_apart(name, train, valid, test, notes=notes)


def _read(path: Path) -> dict[str, np.ndarray]:
    try:
        with np.load(path, allow_pickle=False) as archive:
            parts = PLAIN_SPLITS if "inputs_test" in archive else PLAIN_SPLITS[:2]
            names = [f"{kind}_{part}" for part in parts for kind in ("inputs", "target")]
            arrays = {name: archive[name] for name in names if name in archive}
    except Exception as error:  # a broken archive fails in many ways
        raise DataError(f"{path} cannot be read as .npz: {error}") from error
    if missing := [name for name in names if name not in arrays]:
        raise DataError(f"{path} lacks {', '.join(missing)}. Expected: {FORM}.")
    return arrays


def _split(
    arrays: dict[str, np.ndarray], part: str, path: Path, name: str, first_row: int = 0
) -> Split:
    images = _images(arrays[f"inputs_{part}"], f"{path}, inputs_{part}")
    labels = _labels(arrays[f"target_{part}"], f"{path}, target_{part}", name)
    if len(images) != len(labels):
        raise DataError(f"{path} has {len(labels)} target_{part} for {len(images)} inputs_{part}.")
    return Split.labelled(images, labels, first_row)


def _images(values: np.ndarray, where: str) -> np.ndarray:
    """Grey values, 0 to 255 or fractions, (N, 2304) or (N, 48, 48) -> uint8 (N, 48, 48)."""
    if values.dtype.kind not in "uif" or values.shape[1:] not in ((SIDE * SIDE,), (SIDE, SIDE)):
        raise DataError(
            f"{where} is {values.dtype} {values.shape}; expected numbers (N, {SIDE * SIDE}) or "
            f"(N, {SIDE}, {SIDE})."
        )
    grey = values.reshape(len(values), SIDE, SIDE)
    if grey.dtype.kind == "f" and grey.max(initial=0) <= 1:
        grey = grey * 255
    wrong = ~((grey >= 0) & (grey <= 255))  # so that NaN is wrong too
    _refuse(np.asarray(wrong.any((1, 2))), where, "a grey value is not in 0 to 255")
    return np.rint(grey).astype(np.uint8)


def _labels(values: np.ndarray, where: str, name: str) -> np.ndarray:
    """Numbers (N,) or one-hot rows (N, 7) -> int64 (N,), indices into EMOTIONS."""
    numbering = np.array(list(label_indices(name).values()))
    classes = len(numbering)
    rows = values.ndim == 1 or values.shape[1:] == (classes,)
    if values.dtype.kind not in "uif" or not rows:
        raise DataError(
            f"{where} is {values.dtype} {values.shape}; expected numbers (N,) or (N, {classes})."
        )
    if values.ndim == 2:
        one_hot = np.isin(values, (0, 1)).all(1) & (values.sum(1) == 1)
        _refuse(~one_hot, where, "not a single 1 among zeros")
        return numbering[values.argmax(1)]
    _refuse(~np.isin(values, range(classes)), where, f"the label is not one of 0 to {classes - 1}")
    return numbering[values.astype(np.int64)]


def _refuse(wrong: np.ndarray, where: str, why: str) -> None:
    if wrong.any():
        raise DataError(f"{where}, row {int(wrong.argmax())}: {why}.")
