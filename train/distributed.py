"""Several processes that train one model: who this one is, and what they agree on."""

import os
from dataclasses import dataclass

import torch
import torch.distributed as dist
from torch import nn


@dataclass(frozen=True)
class Ranks:
    """This process among `world`; rank 0 validates, writes files and shows progress."""

    rank: int = 0
    world: int = 1
    local_rank: int = 0

    @property
    def leads(self) -> bool:
        return self.rank == 0

    def device(self, name: str) -> str:
        """The device this process uses: its own GPU, where several processes share the GPUs."""
        several = self.world > 1 and name in ("auto", "cuda") and torch.cuda.is_available()
        return f"cuda:{self.local_rank}" if several else name

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

    def share(self, value: float, device: torch.device) -> float:
        """Rank 0's value, at every rank."""
        if self.world == 1:
            return value
        box = torch.tensor([value], dtype=torch.float64, device=device)
        dist.broadcast(box, 0)
        return float(box)


ALONE = Ranks()


def join_ranks() -> Ranks:
    """Join the process group that torchrun set up; alone where there is none."""
    if "WORLD_SIZE" not in os.environ:
        return ALONE
    if not dist.is_initialized():
        # Both where there are GPUs: processes may be told to stay on the CPU.
        dist.init_process_group("cpu:gloo,cuda:nccl" if torch.cuda.is_available() else "gloo")
    return Ranks(dist.get_rank(), dist.get_world_size(), int(os.environ["LOCAL_RANK"]))
