"""What a run folder holds, written so that a kill leaves the old file or the new, never half."""

import io
from collections.abc import Mapping
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
_IN_A_CHECKPOINT = {"recipe", "device", "model", "averaged", "optimizer", "history"}


def checkpoint_of(folder: Path, continues: str) -> Path:
    """The checkpoint from which a run in `folder` goes on: its own, else the shorter run's.

    continues: the shorter run's folder, beside this one; "" for none. The file may be missing.
    """
    own = folder / CHECKPOINT
    return folder.parent / continues / CHECKPOINT if continues and not own.is_file() else own


def save_checkpoint(state: Mapping[str, Any], path: Path) -> None:
    content = io.BytesIO()
    torch.save(dict(state), content)
    write_whole(path, content.getbuffer())


def read_checkpoint(path: Path, device: torch.device) -> dict[str, Any]:
    """What `save_checkpoint` wrote, its arrays on that device.

    Raises RunError where the file is damaged, or is another program's.
    """
    try:
        state = torch.load(path, map_location=device, weights_only=True)
        if not state.keys() >= _IN_A_CHECKPOINT:
            raise ValueError("it has other fields")
    except Exception as error:  # whatever the bytes of another file lead the reader to
        raise RunError(
            f"{path} is damaged, or no checkpoint of ours ({error!r}). Move it away to train anew."
        ) from error
    return state


def save_tensors(tensors: Mapping[str, Tensor], path: Path) -> None:
    whole = {name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}
    write_whole(path, save(whole))


def read_tensors(path: Path) -> dict[str, Tensor]:
    """What `save_tensors` wrote, on the CPU. Raises RunError where it is missing or damaged."""
    try:
        return load(path.read_bytes())
    except (OSError, SafetensorError) as error:
        raise RunError(f"{path} cannot be read: {error}. Train that run anew.") from error
