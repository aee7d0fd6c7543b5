"""What a run folder holds, written so that a kill leaves the old file or the new, never half."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from torch import Tensor

from train.errors import RunError

CHECKPOINT, BEST = "checkpoint.pt", "best.safetensors"
REPORT, PREDICTIONS = "report.json", "report.npz"


def checkpoint_of(folder: Path, continues: str) -> Path:
    """The checkpoint from which a run in `folder` goes on: its own, else the shorter run's.

    continues: the shorter run's folder, beside this one; "" for none. The file may be missing.
    """
    own = folder / CHECKPOINT
    return folder.parent / continues / CHECKPOINT if continues and not own.is_file() else own


def write_whole(path: Path, write: Callable[[Path], object]) -> None:
    """Let `write` fill a file beside `path`, then rename it into place."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.part{path.suffix}")
    try:
        write(draft)
        os.replace(draft, path)
    except OSError as error:
        raise RunError(f"{path} could not be written: {error.strerror or error}.") from error
    finally:
        draft.unlink(missing_ok=True)


def save_checkpoint(state: Mapping[str, Any], path: Path) -> None:
    write_whole(path, lambda draft: torch.save(dict(state), draft))


def save_tensors(tensors: Mapping[str, Tensor], path: Path) -> None:
    whole = {name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}
    write_whole(path, lambda draft: save_file(whole, draft))
