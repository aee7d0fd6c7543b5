"""How long training takes on this device: estimated from two measured networks."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor
from torch.utils.benchmark import Timer
from torch.utils.flop_counter import FlopCounterMode

from fer_core.device import DeviceChoice
from fer_core.inputs import InputSpec
from fer_core.models import create_model
from train.captured import Captured
from train.config import ClassicalRecipe, Recipe
from train.machine import Machine

# A small network, whose steps are mostly overhead, and one whose steps are mostly arithmetic.
REFERENCES = (
    Recipe("compact_se", {"widths": (8, 16), "depths": (1, 1)}),
    Recipe("compact_se", {"widths": (64, 128, 256, 512)}),
)
# Backward computes the gradient of the inputs and of the weights: twice the forward pass.
PASSES = 3


@dataclass(frozen=True)
class StepCost:
    """What a training step costs: a fixed time, and the time of its floating point operations."""

    fixed_seconds: float
    flops_per_second: float

    def epoch_seconds(
        self, recipe: Recipe, faces: int, teachers: Sequence[Recipe | ClassicalRecipe] = ()
    ) -> float:
        """An epoch of the recipe over so many training faces.

        teachers: the recipes of those that teach on every view; answers that are given once for
        all are left out.
        """
        a_face = PASSES * forward_flops(recipe)
        if recipe.teach_on == "views":
            a_face += sum(forward_flops(each) for each in teachers if isinstance(each, Recipe))
        step = self.fixed_seconds + a_face * recipe.batch_size / self.flops_per_second
        return step * max(faces // recipe.batch_size, 1)


def forward_flops(recipe: Recipe) -> float:
    """Floating point operations of the recipe's network on one face."""
    with torch.device("meta"):
        model = create_model(recipe.arch, **recipe.arch_args).eval()
    # Whatever lies in memory serves as weights: to draw some, or to count on "meta", takes longer.
    model = model.to_empty(device="cpu")
    with FlopCounterMode(display=False) as counter, torch.inference_mode():
        model(torch.zeros(1, 1, *recipe.input_spec.size_hw))
    return float(counter.get_total_flops())


def measure_step_cost(choice: DeviceChoice, batch: int = 64) -> StepCost:
    """Time a small and a large network's steps and lay a line through them."""
    flops = [PASSES * forward_flops(recipe) * batch for recipe in REFERENCES]
    seconds = [step_seconds(recipe, Machine(choice), batch) for recipe in REFERENCES]
    rate = (flops[1] - flops[0]) / max(seconds[1] - seconds[0], 1e-9)
    return StepCost(max(seconds[0] - flops[0] / rate, 0.0), rate)


def step_seconds(recipe: Recipe, machine: Machine, batch: int) -> float:
    """Mean seconds of a training step on a batch that already lies on the device."""
    choice = machine.choice
    model = create_model(recipe.arch, **recipe.arch_args).to(choice.device)
    model = model.to(memory_format=torch.channels_last).train()
    if machine.compiled:
        model.compile()
    optimizer = torch.optim.SGD(model.parameters(), lr=1e-3, momentum=0.9)
    inputs = torch.randn(batch, 1, *InputSpec().size_hw, device=choice.device)
    targets = torch.zeros(batch, dtype=torch.long, device=choice.device)

    def gradients(inputs: Tensor, targets: Tensor) -> Tensor:
        with choice.autocast():
            logits = model(inputs.contiguous(memory_format=torch.channels_last))
        loss = F.cross_entropy(logits.float(), targets)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        return loss.detach()

    work = Captured(gradients, model) if machine.captures else gradients  # as the loop

    def step() -> None:
        work(inputs, targets)
        optimizer.step()

    for _ in range(2):  # the first steps choose algorithms and allocate
        step()
    # It waits for a GPU to be done.
    timer = Timer("step()", globals={"step": step}, num_threads=torch.get_num_threads())
    return float(timer.timeit(3).mean)
