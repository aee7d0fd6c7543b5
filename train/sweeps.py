"""A sweep: one field of a recipe over a list of values, everything else as it is."""

import dataclasses
from dataclasses import dataclass
from typing import Any

from train.config import Recipe


@dataclass(frozen=True)
class Sweep:
    """`field` is a field of the recipe, or "arch_args.NAME" for an argument of its architecture.

    as_it_is: those of the values with which the base's network is what it is without.
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
