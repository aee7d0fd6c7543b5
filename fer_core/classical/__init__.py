"""Classical methods to compare the networks with. They need scikit-learn, which serving does not:
nothing else in the package imports this one.
"""

from collections.abc import Callable
from typing import Any

from fer_core.classical.base import Method, Tunable
from fer_core.classical.features import Features, hog, network_features, pixels
from fer_core.classical.forest import Forest
from fer_core.classical.knn import KNN
from fer_core.classical.naive_net import NaiveNet
from fer_core.classical.tree import Tree
from fer_core.types import ModelError

__all__ = [
    "Features",
    "Forest",
    "KNN",
    "Method",
    "NaiveNet",
    "Tree",
    "Tunable",
    "create_method",
    "hog",
    "list_methods",
    "network_features",
    "pixels",
]

_BUILDERS: dict[str, Callable[..., Method]] = {
    "knn": KNN,
    "naive-net": NaiveNet,
    "tree": Tree,
    "forest": Forest,
}


def list_methods() -> list[str]:
    """The names that `create_method` knows."""
    return list(_BUILDERS)


def create_method(name: str, features: Features, seed: int = 0, **args: Any) -> Method:
    """A method that has yet to be fitted.

    Raises ModelError for an unknown name or an argument that the method does not have.
    """
    if name not in _BUILDERS:
        raise ModelError(
            f"There is no method {name!r}. Choose one of: {', '.join(list_methods())}."
        )
    try:
        return _BUILDERS[name](features, seed=seed, **args)
    except TypeError as error:
        raise ModelError(f"Method {name!r} cannot be built from {args}: {error}.") from error
