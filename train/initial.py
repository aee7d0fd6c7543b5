"""What a run starts from: fresh weights, published ones, or those of a finished run."""

from pathlib import Path

from torch import nn

from fer_core.models import Pretrained, create_model
from train.config import Recipe
from train.data import Dataset
from train.errors import RunError
from train.finished import finished_model
from train.vggface2 import load_vggface2


def initial_model(recipe: Recipe, runs: Path, data: Dataset) -> nn.Module:
    """The recipe's network with the weights that it starts from, on the CPU.

    runs: the folder of the run folders, for weights that lie there. data: what is learned from.
    Raises RunError where those weights are missing, do not fit the network, or learned from other
    faces of the data set.
    """
    model = create_model(recipe.arch, **recipe.arch_args)
    if recipe.start_from == "imagenet":
        if not isinstance(model, Pretrained):
            raise RunError(f"There are no ImageNet weights for {recipe.arch}.")
        model.load_imagenet()
    elif recipe.start_from == "vggface2":
        load_vggface2(model, runs / "vggface2")
    elif recipe.start_from:
        _load_run(model, recipe, runs / recipe.start_from, data)
    return model


def _load_run(model: nn.Module, recipe: Recipe, run: Path, data: Dataset) -> None:
    try:
        model.load_state_dict(finished_model(run, data).state_dict())
    except RuntimeError as error:
        raise RunError(f"{run} does not fit {recipe.arch}: {error}") from error
