"""Several processes that train one model: who this one is, and what they agree on."""

import gc
import os
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

import torch
import torch.distributed as dist
from torch import Tensor, nn

from fer_core.types import OptionError

# Others wait while rank 0 judges or fits alone, which may take many minutes.
PATIENCE = timedelta(hours=2)
Value = TypeVar("Value")
TORCHRUN = {"RANK", "LOCAL_RANK", "WORLD_SIZE"}  # it sets these


@dataclass(frozen=True)
class Ranks:
    """This process among `world`; rank 0 validates, writes files and shows progress."""

    rank: int = 0
    world: int = 1

    @property
    def leads(self) -> bool:
        return self.rank == 0

    def divide(self, batch_size: int) -> bool:
        """Whether each process gets as many faces of a batch: their gradients weigh the same."""
        return batch_size % self.world == 0

    def wrap(self, model: nn.Module) -> nn.Module:
        """The model with gradients averaged over the processes, where there are several.

        On GPUs batch norm takes its statistics over all processes too, as over one whole batch;
        torch has no such layer for the CPU, where each process keeps to its share.
        """
        if self.world == 1:
            return model
        if next(model.parameters()).is_cuda:
            model = nn.SyncBatchNorm.convert_sync_batchnorm(model)
        return nn.parallel.DistributedDataParallel(model)

    def total(self, values: Tensor) -> Tensor:
        """The sum of all ranks' values, at every rank."""
        if self.world > 1:
            dist.all_reduce(values)
        return values

    def from_lead(self, value: Value) -> Value:
        """Rank 0's value, at every rank."""
        if self.world == 1:
            return value
        box = [value]
        dist.broadcast_object_list(box, 0)
        return box[0]


ALONE = Ranks()


def join_ranks(device: str = "auto") -> Ranks:
    """Join the process group that torchrun set up; alone where there is none.

    Where `device` means GPUs, each process of a machine has one of its own from now on.
    Raises OptionError where there are fewer GPUs than processes, or all are given one.
    """
    if not os.environ.keys() >= TORCHRUN:  # others set one or the other
        return ALONE
    on_gpus = device != "cpu" and torch.cuda.is_available()
    if on_gpus:
        if ":" in device:
            raise OptionError(
                f"Each process has a GPU of its own: give --device cuda, not {device}."
            )
        local, gpus = int(os.environ["LOCAL_RANK"]), torch.cuda.device_count()
        if local >= gpus:
            raise OptionError(
                f"This machine has fewer GPUs than processes: start at most {gpus} "
                f"(--nproc-per-node={gpus}), or give --device cpu."
            )
        torch.cuda.set_device(local)
    if not dist.is_initialized():
        through = "nccl" if on_gpus and dist.is_nccl_available() else "gloo"
        dist.init_process_group(through, timeout=PATIENCE)
    return Ranks(dist.get_rank(), dist.get_world_size())


def leave_ranks() -> None:
    """Leave the process group, if there is one, when all have done their work.

    Not after an error: the others may be waiting for this process in the middle of theirs.
    """
    if dist.is_initialized():
        # What still refers to the group would be destroyed after it, and abort the process.
        gc.collect()
        dist.barrier()
        dist.destroy_process_group()
