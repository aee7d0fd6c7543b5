"""What a run folder holds, written so that a kill leaves the old file or the new, never half."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout
from safetensors import SafetensorError
from safetensors.torch import load, save
from torch import Tensor

from fer_core.files import reason, remove_drafts, write_whole
from train.errors import RunError

CHECKPOINT, BEST = "checkpoint.pt", "best.safetensors"
REPORT, PREDICTIONS = "report.json", "report.npz"
LOCK = ".lock"


@contextmanager
def claimed(folder: Path) -> Iterator[None]:
    """Keep other processes out of a run folder meanwhile; a kill gives it free too.

    Raises RunError where another process trains in it, or where it cannot be made.
    """
    lock = FileLock(folder / LOCK)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock.acquire(timeout=0)
    except Timeout as error:
        raise RunError(
            f"Another process is training in {folder}: wait until it is done."
        ) from error
    except OSError as error:
        raise RunError(f"{folder} could not be written to: {reason(error)}.") from error
    try:
        remove_drafts(folder)  # of a run that was killed
        yield
    finally:
        lock.release()


def save_tensors(tensors: Mapping[str, Tensor], path: Path) -> None:
    """Write a .safetensors file. Raises FerError where it cannot be written."""
    whole = {name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}
    write_whole(path, save(whole))


def read_tensors(path: Path) -> dict[str, Tensor]:
    """What `save_tensors` wrote, on the CPU. Raises RunError where it is missing or damaged."""
    try:
        return load(path.read_bytes())
    except (OSError, SafetensorError) as error:
        raise RunError(f"{path} cannot be read: {error}. Train that run again.") from error
