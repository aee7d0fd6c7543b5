"""What a training computes on: the device, the number format, and the processes."""

from dataclasses import dataclass

import torch

from fer_core.device import DeviceChoice, choose_device
from fer_core.types import OptionError
from train.distributed import ALONE, Ranks, join_ranks
from train.memory import keep_freed_memory


@dataclass(frozen=True)
class Machine:
    """This process's part of it. compiled: whether training steps are compiled first."""

    choice: DeviceChoice
    ranks: Ranks = ALONE
    compiled: bool = False

    @property
    def captures(self) -> bool:
        """Whether steps are replayed as CUDA graphs; several processes exchange in the midst."""
        return self.choice.device.type == "cuda" and self.ranks.world == 1

    @property
    def in_words(self) -> str:
        """The device, and how many processes have one like it."""
        several = f"{self.ranks.world} x " if self.ranks.world > 1 else ""
        return several + self.choice.in_words


def use_machine(device: str, number_format: str, compiled: bool = False) -> Machine:
    """Prepare this process for training, joining the others where torchrun has started several.

    Raises OptionError for what this machine does not have.
    """
    keep_freed_memory()
    exact_float32()
    ranks = join_ranks(device)
    if compiled and ranks.world > 1:
        # Batch statistics over several processes break the graph at every such layer.
        raise OptionError("Steps are compiled in a single process only: leave out --compile.")
    return Machine(choose_device(device, number_format), ranks, compiled)


def exact_float32() -> None:
    """On GPUs, have convolutions compute float32 as such, and not in the shorter TF32."""
    torch.backends.cudnn.allow_tf32 = False
