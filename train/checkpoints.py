"""Where a run has got to after an epoch, as a file: written, found again, and checked."""

import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from fer_core.files import write_whole
from train.config import Recipe, same_recipe
from train.errors import RunError
from train.files import CHECKPOINT


@dataclass(frozen=True)
class Checkpoint:
    """What a run goes on from.

    recipe: as JSON. data: the fingerprint of the data set. devices: in words, those that epochs
    were trained on, in order. model, averaged, optimizer: their state, by name; averaged is empty
    where it is the model's. best: the averaged weights after the best epoch. history: the fields of
    each epoch done.
    """

    recipe: str
    data: str
    devices: Sequence[str]
    model: Mapping[str, Any]
    averaged: Mapping[str, Any]
    best: Mapping[str, Tensor]
    optimizer: Mapping[str, Any]
    history: Sequence[Mapping[str, float]]

    def is_of(self, recipe: Recipe, shorter: bool) -> bool:
        """Whether it is of this recipe.

        shorter: it may be of the run with fewer epochs that the recipe continues.
        """
        stored = json.loads(self.recipe)
        if shorter:
            stored |= {"epochs": recipe.epochs, "continues": recipe.continues}
        return same_recipe(stored, recipe)


def checkpoint_of(folder: Path, continues: str) -> Path:
    """The checkpoint from which a run in `folder` goes on: its own, else the shorter run's.

    continues: the shorter run's folder, beside this one; "" for none. The file may be missing.
    """
    own = folder / CHECKPOINT
    return folder.parent / continues / CHECKPOINT if continues and not own.is_file() else own


def save_checkpoint(checkpoint: Checkpoint, path: Path) -> None:
    """Raises FerError where the file cannot be written; the one before is there then."""
    content = io.BytesIO()
    torch.save(vars(checkpoint), content)
    write_whole(path, content.getbuffer())


def read_checkpoint(path: Path, device: torch.device, mapped: bool = False) -> Checkpoint:
    """What `save_checkpoint` wrote, its arrays on that device.

    mapped: read from the disk only what is looked at.
    Raises RunError where the file is damaged, or is another program's.
    """
    try:
        return Checkpoint(**torch.load(path, map_location=device, weights_only=True, mmap=mapped))
    except Exception as error:  # whatever the bytes of another file lead the reader to
        raise RunError(
            f"{path} is damaged, or not a checkpoint of ours. Move it away to start again."
        ) from error
