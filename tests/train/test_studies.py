import dataclasses

import pytest

from train.config import Recipe
from train.experiments import EXPERIMENTS

CONTINUING = [
    experiment
    for experiment in EXPERIMENTS.values()
    if isinstance(experiment.recipe, Recipe) and experiment.recipe.continues
]


@pytest.mark.parametrize("experiment", CONTINUING, ids=lambda experiment: experiment.name)
def test_a_longer_run_has_the_shorter_ones_recipe(experiment):
    shorter = EXPERIMENTS[experiment.recipe.continues].recipe
    assert shorter.epochs < experiment.recipe.epochs
    assert dataclasses.replace(shorter, epochs=1) == dataclasses.replace(
        experiment.recipe, epochs=1, continues=""
    )


def test_unts_200_epochs_begin_with_its_100():
    assert {e.recipe.continues for e in CONTINUING} >= {"unt-sgd-100", "unt-adam-100"}
