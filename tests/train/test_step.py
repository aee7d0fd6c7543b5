"""What the steps of an epoch compute, beside the same written out in NumPy for a linear network."""

import dataclasses

import numpy as np
import pytest
import torch
from torch import nn
from trained import CPU, trainer

from train import loop
from train.config import Experiment, Recipe
from train.data import Dataset
from train.files import BEST, read_tensors
from train.metrics import accuracy
from train.run import run

LINEAR = Recipe(
    "compact_se",  # its place is taken by a linear network
    augment="none",
    epochs=3,
    batch_size=20,
    lr=0.1,
    momentum=0.9,
    weight_decay=0.05,
    ema_decay=0.7,
    warmup_epochs=1.5,
    class_weights=True,
)
TAUGHT = dataclasses.replace(LINEAR, teachers=("first",), teacher_share=0.25, teach_on="views")


def linear_network(*_, seed=1):
    torch.manual_seed(seed)
    return nn.Sequential(nn.Flatten(), nn.Linear(48 * 48, 7))


def softmax(logits):
    powers = np.exp(logits - logits.max(1, keepdims=True))
    return powers / powers.sum(1, keepdims=True)


@pytest.fixture
def uneven(tiny_data):
    """Of the drawn faces, fewer of some classes than of others."""
    keep = (tiny_data.train.labels < 4) | (tiny_data.train.rows < 35)
    return dataclasses.replace(tiny_data, train=tiny_data.train[keep])


def numbers_of(network):
    return [p.detach().double().numpy().copy() for p in network.parameters()]


def by_hand(recipe: Recipe, data: Dataset, epochs: int):
    """Weight (7, P), bias (7,) and their averages after so many epochs of Nesterov's SGD, and of
    each epoch the loss, the share right and the last rate.
    """
    weight, bias = numbers_of(linear_network())
    averages, speeds = [weight.copy(), bias.copy()], [0.0 * weight, 0.0 * bias]
    pixels = (data.train.images.reshape(len(data.train), -1) / 255 - 0.5) / 0.5
    targets = data.train.targets(recipe.label_set).astype(float)
    share = targets.mean(0)
    by_class = 1 / (share * (share > 0).sum())
    if recipe.teachers:
        taught_weight, taught_bias = numbers_of(linear_network(seed=2))
        taught = softmax(pixels @ taught_weight.T + taught_bias)
        targets += recipe.teacher_share * (taught - targets)
    curves = []
    steps = len(pixels) // recipe.batch_size
    for epoch in range(epochs):
        order = np.random.default_rng([recipe.seed, epoch]).permutation(len(pixels))
        losses, right = [], []
        for step in range(steps):
            rows = order[step * recipe.batch_size : (step + 1) * recipe.batch_size]
            at = epoch + step / steps
            warm = (at + 0.01) / (recipe.warmup_epochs + 0.01)
            done = (at - recipe.warmup_epochs) / (recipe.epochs - recipe.warmup_epochs)
            rate = recipe.lr * (warm if warm < 1 else 0.5 * (1 + np.cos(np.pi * done)))
            weighted = targets[rows] * by_class
            probs = softmax(pixels[rows] @ weight.T + bias)
            losses.append(-(weighted * np.log(probs)).sum() / len(rows))
            right.append((probs.argmax(1) == targets[rows].argmax(1)).mean())
            gap = (probs * weighted.sum(1, keepdims=True) - weighted) / len(rows)
            slopes = gap.T @ pixels[rows] + recipe.weight_decay * weight, gap.sum(0)
            for value, speed, average, slope in zip(
                (weight, bias), speeds, averages, slopes, strict=True
            ):
                speed[:] = recipe.momentum * speed + slope
                value -= rate * (slope + recipe.momentum * speed)
                average += (1 - recipe.ema_decay) * (value - average)
        curves.append([np.mean(losses), np.mean(right), rate])
    return (weight, bias), averages, curves


@pytest.mark.parametrize("recipe", [LINEAR, TAUGHT], ids=["alone", "taught"])
def test_an_epoch_of_steps_is_that_of_the_formulas(recipe, uneven, tmp_path, monkeypatch):
    monkeypatch.setattr(loop, "initial_model", linear_network)
    monkeypatch.setattr("train.distil.finished_model", lambda *_: linear_network(seed=2))
    made = trainer(recipe, uneven, tmp_path)
    epochs = list(made.epochs())
    trained, averaged, curves = by_hand(recipe, uneven, len(epochs))
    for network, expected in ((made.model, trained), (made.averaged, averaged)):
        for value, should in zip(network.parameters(), expected, strict=True):
            assert value.detach().numpy() == pytest.approx(should, abs=2e-4)
    assert np.abs(averaged[0] - trained[0]).max() > 2e-3  # else nothing is told apart
    for epoch, curve in zip(epochs, curves, strict=True):
        shown = epoch.train_loss, epoch.train_accuracy, epoch.lr
        assert shown == pytest.approx(tuple(curve), rel=1e-3)
    valid = (uneven.valid.images.reshape(len(uneven.valid), -1) / 255 - 0.5) / 0.5
    probs = softmax(valid @ averaged[0].T + averaged[1])
    loss = -(uneven.valid.targets(recipe.label_set) * np.log(probs)).sum(1).mean()
    assert epochs[-1].valid_loss == pytest.approx(loss, abs=1e-4)
    assert epochs[-1].valid_accuracy == accuracy(probs, uneven.valid.labels)
    # What is validated, and kept of the best epoch, is the averages.
    best = read_tensors(tmp_path / BEST)
    _, kept, _ = by_hand(recipe, uneven, made.best_epoch + 1)
    assert best["1.weight"].numpy() == pytest.approx(kept[0], abs=2e-4)


def test_the_temperature_is_fitted_on_those_faces_of_the_validation_split_that_have_an_answer(
    partly_voted, recipe, tmp_path, monkeypatch
):
    fitted = []

    def fit(probs, truth):
        fitted.append((len(probs), truth))
        return 1.0

    shorter = dataclasses.replace(partly_voted, valid=partly_voted.valid[np.arange(21) < 14])
    monkeypatch.setattr("train.run.fit_temperature", fit)
    voted = dataclasses.replace(recipe, epochs=1, label_set="ferplus")
    run(Experiment("tiny", voted), shorter, tmp_path, CPU)
    ((n, truth),) = fitted
    assert n == 10 and np.array_equal(truth, shorter.valid.labels[shorter.valid.clear])
