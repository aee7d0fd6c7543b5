"""Layers that compute otherwise where they are compiled for a CPU."""

import pytest
import torch
from torch import nn

from fer_core.models.layers import ELU, Conv1x1


@pytest.mark.parametrize(
    "layer", [ELU(), Conv1x1(6, 4), Conv1x1(6, 4, stride=2, bias=False)], ids=str
)
def test_a_compiled_layer_answers_as_the_layer_does(layer: nn.Module) -> None:
    traced = []

    def keep(graph, inputs):
        traced.append(graph.code)
        return graph.forward

    inputs = torch.randn(2, 6, 5, 5, generator=torch.Generator().manual_seed(0))
    inputs[0, 0, 0, 0] = 100  # whose exp no float32 holds
    plain, compiled = (inputs.clone().requires_grad_() for _ in range(2))
    torch.compiler.reset()
    expected, answer = layer(plain), torch.compile(layer, backend=keep)(compiled)
    assert torch.allclose(answer, expected, rtol=1e-4, atol=1e-5)
    assert answer.shape == expected.shape
    for out in (expected, answer):
        out.square().sum().backward()
    assert torch.allclose(compiled.grad, plain.grad, rtol=1e-4, atol=1e-5)
    assert "elu" not in traced[0] and "conv2d" not in traced[0]
