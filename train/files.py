"""What a run folder holds, written so that a kill leaves the old file or the new, never half."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load, save
from torch import Tensor

from fer_core.files import write_whole
from train.errors import RunError

CHECKPOINT, BEST = "checkpoint.pt", "best.safetensors"
REPORT, PREDICTIONS = "report.json", "report.npz"


@dataclass(frozen=True)
class Checkpoint:
    """What a run goes on from.

    recipe: as JSON. device: in words. model, averaged, optimizer: their state, by name.
    history: the fields of each epoch that is done.
    """

    recipe: str
    device: str
    model: Mapping[str, Any]
    averaged: Mapping[str, Any]
    optimizer: Mapping[str, Any]
    history: Sequence[Mapping[str, float]]


def checkpoint_of(folder: Path, continues: str) -> Path:
    """The checkpoint from which a run in `folder` goes on: its own, else the shorter run's.

    continues: the shorter run's folder, beside this one; "" for none. The file may be missing.
    """
    own = folder / CHECKPOINT
    return folder.parent / continues / CHECKPOINT if continues and not own.is_file() else own


def save_checkpoint(checkpoint: Checkpoint, path: Path) -> None:
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
            f"{path} is damaged, or no checkpoint of ours ({error!r}). Move it away to train anew."
        ) from error


def save_tensors(tensors: Mapping[str, Tensor], path: Path) -> None:
    whole = {name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}
    write_whole(path, save(whole))


def read_tensors(path: Path) -> dict[str, Tensor]:
    """What `save_tensors` wrote, on the CPU. Raises RunError where it is missing or damaged."""
    try:
        return load(path.read_bytes())
    except (OSError, SafetensorError) as error:
        raise RunError(f"{path} cannot be read: {error}. Train that run anew.") from error
