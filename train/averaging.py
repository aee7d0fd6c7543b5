"""Weights averaged over the steps of a training, which are what is judged and kept."""

import torch
from torch import nn
from torch.optim.swa_utils import get_ema_multi_avg_fn


@torch.no_grad()
def move_towards(averaged: nn.Module, model: nn.Module, decay: float) -> None:
    """Move the averaged weights towards the trained ones by 1 - decay (batch statistics too)."""
    ours, theirs = averaged.state_dict(), model.state_dict()
    moved = [name for name, value in ours.items() if value.is_floating_point()]
    get_ema_multi_avg_fn(decay)(
        [ours[name] for name in moved], [theirs[name] for name in moved], None
    )
    for name in ours.keys() - moved:  # batch norm's count of batches
        ours[name].copy_(theirs[name])
