"""Trainers in a folder, for the tests of training."""

from fer_core.device import choose_device
from train.loop import Trainer
from train.machine import Machine

CPU = Machine(choose_device("cpu"))


def trainer(recipe, data, folder, resume=False):
    made = Trainer(recipe, data, folder, CPU)
    if resume:
        made.resume()
    return made


def finish(made):
    return [epoch for epoch in made.epochs()]
