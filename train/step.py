"""One optimizer step: the network, its averaged copy, its optimizer, and what teaches it."""

import copy

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from fer_core.inputs import InputSpec
from train.averaging import move_towards
from train.captured import Captured
from train.config import Recipe
from train.distil import Teachers
from train.machine import Machine
from train.optimizers import create_optimizer


class Step:
    """Steps of a recipe's network, which moves to the machine's device.

    averaged: the network that is judged: with `ema_decay`, its weights averaged over the steps.
    """

    def __init__(
        self,
        recipe: Recipe,
        machine: Machine,
        model: nn.Module,
        teachers: Teachers,
        class_weights: Tensor | None,
    ) -> None:
        self.recipe, self.choice, self.spec = recipe, machine.choice, InputSpec()
        self.teachers, self.class_weights = teachers, class_weights
        self.model = model.to(self.choice.device).to(memory_format=torch.channels_last)
        self.averaged = copy.deepcopy(self.model).requires_grad_(False)
        if machine.compiled:
            torch.compiler.reset()  # it compiles eight networks of a family and runs the next as is
            self.model.compile()
        self.parallel = machine.ranks.wrap(self.model)
        self.optimizer = create_optimizer(recipe, self.model)
        captures = machine.captures
        self._gradients = Captured(self._compute, self.model) if captures else self._compute

    def __call__(self, images: Tensor, targets: Tensor) -> Tensor:
        """Of images (N, 1, H, W) and targets (N, K): [summed loss, number right], float64.

        All on the device, and without waiting for it. The answer holds until the next call.
        """
        answer = self._gradients(images, targets)
        self.optimizer.step()
        if self.recipe.ema_decay:
            move_towards(self.averaged, self.model, self.recipe.ema_decay)
        return answer

    def _compute(self, images: Tensor, targets: Tensor) -> Tensor:
        inputs = self.spec.normalise(images).contiguous(memory_format=torch.channels_last)
        with self.choice.autocast():
            logits = self.parallel(inputs)
            if self.recipe.teachers and self.recipe.teach_on == "views":
                taught = self.teachers.on_views(inputs)
                targets = torch.lerp(targets, taught, self.recipe.teacher_share)
        loss = F.cross_entropy(logits.float(), targets, self.class_weights)
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        right = (logits.argmax(1) == targets.argmax(1)).sum()
        return torch.stack([loss.detach().double() * len(images), right.double()])
