"""A first step of each optimizer beside its formula."""

from dataclasses import replace

import pytest
import torch
from torch import nn

from train.optimizers import create_optimizer

LR, DECAY, MOMENTUM = 0.125, 0.5, 0.75
WEIGHT, GRADIENT = 2.0, -0.25

# Where weight decay belongs to the gradient, it turns the sign of this one.
DECAYED = GRADIENT + DECAY * WEIGHT
AFTER_ONE_STEP = {
    # Nesterov: the gradient, and the momentum that it has begun.
    "sgd": (
        WEIGHT - LR * (1 + MOMENTUM) * DECAYED,
        WEIGHT - LR * (1 + MOMENTUM) * GRADIENT,
    ),
    # Adam's first step has the length of the learning rate (Kingma & Ba 2015).
    "adam": (WEIGHT - LR, WEIGHT + LR),
    # Here the weight shrinks for itself (Loshchilov & Hutter 2019).
    "adamw": (WEIGHT * (1 - LR * DECAY) + LR, WEIGHT + LR),
}


def test_without_momentum_a_step_is_that_of_plain_descent(recipe):
    model = nn.Linear(1, 1, bias=False)
    nn.init.constant_(model.weight, WEIGHT)
    model.weight.grad = torch.full_like(model.weight, GRADIENT)
    mine = replace(recipe, optimizer="sgd", lr=LR, weight_decay=0.0, momentum=0.0)
    create_optimizer(mine, model).step()
    assert model.weight.item() == pytest.approx(WEIGHT - LR * GRADIENT)


@pytest.mark.parametrize("name", AFTER_ONE_STEP)
def test_a_first_step_is_that_of_the_formula_and_only_kernels_decay(name, recipe):
    model = nn.Linear(1, 1)
    for parameter in model.parameters():
        nn.init.constant_(parameter, WEIGHT)
        parameter.grad = torch.full_like(parameter, GRADIENT)
    mine = replace(recipe, optimizer=name, lr=LR, weight_decay=DECAY, momentum=MOMENTUM)
    create_optimizer(mine, model).step()
    kernel, bias = AFTER_ONE_STEP[name]
    assert model.weight.item() == pytest.approx(kernel, rel=1e-5)
    assert model.bias.item() == pytest.approx(bias, rel=1e-5)
