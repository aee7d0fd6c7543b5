"""A training step's work on a GPU as one CUDA graph: a launch instead of some hundred to thousand.

A network for 48 pixels keeps a GPU busy for less time than Python takes to ask for each kernel.
"""

from collections.abc import Callable

import torch
from torch import Tensor, nn

WARM_UP = 3  # the first steps choose algorithms and allocate, which no graph may do


class Captured:
    """Work on batches of one shape, recorded at the first call and replayed from then on."""

    def __init__(self, work: Callable[[Tensor, Tensor], Tensor], model: nn.Module) -> None:
        """work: leaves gradients, made anew, in the model's parameters, and waits for nothing."""
        self.work, self.model = work, model
        self.graph = torch.cuda.CUDAGraph()
        self.given: tuple[Tensor, Tensor] | None = None
        self.answer = torch.empty(0)

    def __call__(self, images: Tensor, targets: Tensor) -> Tensor:
        """The work's answer, which holds until the next call."""
        if self.given is None:
            self.given = images.clone(), targets.clone()
            self._record(*self.given)
        for ours, theirs in zip(self.given, (images, targets), strict=True):
            ours.copy_(theirs)
        self.graph.replay()
        return self.answer

    def _record(self, images: Tensor, targets: Tensor) -> None:
        """Neither batch statistics nor random numbers move on."""
        before = {name: value.clone() for name, value in self.model.state_dict().items()}
        with torch.random.fork_rng([images.device]):
            aside = torch.cuda.Stream(images.device)
            aside.wait_stream(torch.cuda.current_stream(images.device))
            with torch.cuda.stream(aside):
                for _ in range(WARM_UP):
                    self.work(images, targets)
            torch.cuda.current_stream(images.device).wait_stream(aside)
            with torch.cuda.graph(self.graph):
                self.answer = self.work(images, targets)
        self.model.load_state_dict(before)
