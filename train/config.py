"""A recipe: everything that decides what a training run computes."""

import dataclasses
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, get_args, get_origin, get_type_hints

from fer_core.inputs import InputSpec
from train.augment import AUGMENTATIONS

# What `start_from` may name that no run of ours made.
PUBLISHED = ("imagenet", "vggface2")


@dataclass(frozen=True)
class Recipe:
    """One training run, apart from the data and the device.

    `label_set` is what is learned: "fer2013" (the data set's labels) or "ferplus" (the vote
    shares as soft targets). `start_from` names the experiment whose best weights are the start,
    in the run folder of that name beside this one, or as they are shipped; "imagenet" is the
    architecture's published weights, "vggface2" those in the folder of that name
    (`train.vggface2`), "" is from scratch.
    `continues` names an experiment with the same recipe but fewer epochs: if its run lies beside
    this one, --resume starts from that one's checkpoint.
    `ema_decay` averages the weights over steps (0: off); the average is what is judged and kept.
    `mirror_average` judges and ships the weights with that input option (validation is without).
    `class_weights` weighs each class against its frequency, so that all weigh the same together.
    `plateau` is what the schedule of that name multiplies the rate by, and how many epochs in a
    row have to be no better first, by `plateau_on`, the validation "loss" or "accuracy".
    `resplit` replaces the data set's own splits by a stratified 80/10/10 of all its faces.
    `teachers` names finished runs in the same way; `teacher_share` of each target is the mean of
    their answers (distillation), the rest what `label_set` says. `teach_on` is what they answer
    for: "faces", once and for all, or "views", each changed face that the network itself sees
    (Beyer et al., "Knowledge distillation: A good teacher is patient and consistent", 2022).
    `patience` ends the run after that many epochs without a better validation accuracy.
    """

    arch: str
    arch_args: dict[str, Any] = field(default_factory=dict)
    label_set: Literal["fer2013", "ferplus"] = "fer2013"
    augment: str = "start"
    label_smoothing: float = 0.0
    class_weights: bool = False
    resplit: bool = False
    epochs: int = 20
    batch_size: int = 128
    optimizer: Literal["sgd", "adam", "adamw"] = "sgd"
    lr: float = 0.05
    momentum: float = 0.9
    weight_decay: float = 5e-4
    schedule: Literal["cosine", "constant", "plateau"] = "cosine"
    plateau: tuple[float, int] = (0.5, 3)
    plateau_on: Literal["loss", "accuracy"] = "loss"
    warmup_epochs: float = 1.0
    ema_decay: float = 0.0
    mirror_average: bool = False
    patience: int = 1000
    start_from: str = ""
    continues: str = ""
    teachers: tuple[str, ...] = ()
    teacher_share: float = 0.5
    teach_on: Literal["faces", "views"] = "faces"
    seed: int = 0

    def __post_init__(self) -> None:
        _check_choices(self)
        if self.augment not in AUGMENTATIONS:
            raise ValueError(f"augment is one of {', '.join(AUGMENTATIONS)}, not {self.augment!r}")
        if self.epochs < 1 or self.batch_size < 2:
            raise ValueError("a run needs at least one epoch and batches of at least two faces")
        if self.continues and self.schedule == "cosine":
            raise ValueError("the cosine schedule knows its end: a longer run begins otherwise")

    @property
    def builds_on(self) -> tuple[str, ...]:
        """The names of the experiments whose runs must be finished before."""
        start = () if self.start_from in ("", *PUBLISHED) else (self.start_from,)
        return (*start, *self.teachers)

    @property
    def input_spec(self) -> InputSpec:
        """What the finished weights take."""
        return InputSpec(mirror_average=self.mirror_average)

    def to_json(self) -> str:
        return json.dumps(dataclasses.asdict(self), sort_keys=True)

    def watched(self, valid_loss: float, valid_accuracy: float) -> float:
        """What the plateau schedule wants to fall."""
        return valid_loss if self.plateau_on == "loss" else -valid_accuracy

    def lr_at(self, epoch: float, watched: Sequence[float] = ()) -> float:
        """The learning rate at a fractional epoch: linear warm-up, then the schedule.

        watched: what `watched` gives for each epoch before, for the plateau schedule.
        """
        if epoch < self.warmup_epochs:
            return self.lr * (epoch + 0.01) / (self.warmup_epochs + 0.01)
        if self.schedule == "cosine":
            done = (epoch - self.warmup_epochs) / max(self.epochs - self.warmup_epochs, 1e-9)
            return self.lr * 0.5 * (1 + math.cos(math.pi * min(done, 1.0)))
        return self.lr * self._plateau_share(watched)

    def _plateau_share(self, watched: Sequence[float]) -> float:
        if self.schedule == "constant":
            return 1.0
        factor, patience = self.plateau
        share, lowest, waited = 1.0, math.inf, 0
        for value in watched:
            waited = 0 if value < lowest else waited + 1
            lowest = min(lowest, value)
            if waited == patience:
                share, waited = share * factor, 0
        return share


@dataclass(frozen=True)
class ClassicalRecipe:
    """Everything that decides what a classical method learns, apart from the data.

    `method` and `args` are for `fer_core.classical.create_method`. `features_from` is "pixels",
    "hog", or the name of weights whose network gives the features. `label_set` is what is learned,
    as in `Recipe`.
    """

    method: str
    args: dict[str, Any] = field(default_factory=dict)
    features_from: str = "pixels"
    label_set: Literal["fer2013", "ferplus"] = "fer2013"
    seed: int = 0

    def __post_init__(self) -> None:
        _check_choices(self)

    def to_json(self) -> str:
        return json.dumps(dataclasses.asdict(self), sort_keys=True)


def same_recipe(stored: Mapping[str, Any], recipe: Recipe | ClassicalRecipe) -> bool:
    """Whether a recipe as a report or checkpoint has it is this one, as it is declared now.

    Fields that recipes have gained since are at their defaults, as they were then.
    """
    # What a classical method chose on validation was not declared.
    declared = {name: value for name, value in stored.items() if name != "chosen"}
    try:
        return type(recipe)(**declared).to_json() == recipe.to_json()
    except (TypeError, ValueError):  # of the other kind, or that can no longer be declared
        return False


def _check_choices(recipe: "Recipe | ClassicalRecipe") -> None:
    """Raises ValueError for a value that its field does not name."""
    for name, hint in get_type_hints(type(recipe)).items():
        value = getattr(recipe, name)
        if get_origin(hint) is Literal and value not in get_args(hint):
            raise ValueError(f"{name} is one of {', '.join(get_args(hint))}, not {value!r}")


@dataclass(frozen=True)
class Experiment:
    """A recipe with its name and the row of a study that it makes again.

    study: "ours", "START", "UNT", "Leeds", "USTH" or "records". table: the study's table.
    changes: the row in words. data: the data set it is about, as `Dataset.name` has it.
    published: the source's accuracy as a share of 1; 0 where it has none or none is known to us.
    published_on: the data, labels and split of it, as `Evaluation.judged_on` has them; "" where
        these are not known to us.
    """

    name: str
    recipe: Recipe | ClassicalRecipe
    study: str = "ours"
    table: str = "the demo's networks"
    changes: str = ""
    data: str = "FER2013"
    published: float = 0.0
    published_on: str = ""

    @property
    def source(self) -> str:
        """The row of the study in words."""
        return f"{self.study}, {self.table}: {self.changes}"

    @property
    def command(self) -> str:
        """What trains it, in a shell."""
        return f"python -m train.run {self.name} --data PATH --out runs/{self.name}"


@dataclass(frozen=True)
class Sweep:
    """`field` is a field of the recipe, or "arch_args.NAME" for an argument of its architecture.

    as_it_is: values that amount to the architecture's default; the base recipe is used unchanged.
    """

    name: str
    base: Recipe
    field: str
    values: tuple[Any, ...]
    as_it_is: tuple[Any, ...] = ()

    def recipe(self, value: Any) -> Recipe:
        """The base recipe with the swept field at this value."""
        if value in self.as_it_is:
            return self.base
        head, _, argument = self.field.partition(".")
        if argument:
            value = {**self.base.arch_args, argument: value}
        return dataclasses.replace(self.base, **{head: value})

    def points(self) -> list[tuple[str, Recipe, str]]:
        """For each value the name of its experiment, its recipe, and what it changes in words."""
        short = self.field.rpartition(".")[2]
        return [
            (f"{self.name}-{value}".replace("_", "-"), self.recipe(value), f"{short} = {value}")
            for value in self.values
        ]
