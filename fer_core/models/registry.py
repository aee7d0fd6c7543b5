"""Classifier architectures by name."""

from collections.abc import Callable
from typing import Any, Protocol, runtime_checkable

from torch import nn

from fer_core.types import ModelError


@runtime_checkable
class Pretrained(Protocol):
    """A model that can start from weights published for ImageNet."""

    def load_imagenet(self) -> None:
        """Load the published weights. Raises ModelError where they cannot be had."""


Builder = Callable[..., nn.Module]

_BUILDERS: dict[str, Builder] = {}


def register(builder: Builder) -> Builder:
    """Make a builder function available under its own name, which no other may have."""
    if builder.__name__ in _BUILDERS:
        raise ValueError(f"there is a model {builder.__name__!r} already")
    _BUILDERS[builder.__name__] = builder
    return builder


def list_models() -> list[str]:
    """The names that `create_model` knows, sorted."""
    return sorted(_BUILDERS)


def model_summary(name: str) -> str:
    """The first line of what an architecture's builder says of itself."""
    return (_BUILDERS[name].__doc__ or "").strip().partition("\n")[0]


def create_model(name: str, num_classes: int = 7, **arch_args: Any) -> nn.Module:
    """A freshly initialised classifier: float32 (N, 1, 48, 48) -> logits (N, num_classes).

    Raises ModelError for an unknown name or arguments that the architecture does not take.
    """
    if name not in list_models():
        raise ModelError(f"There is no model {name!r}. Choose one of: {', '.join(list_models())}.")
    try:
        return _BUILDERS[name](num_classes=num_classes, **arch_args)
    except (TypeError, ValueError, LookupError, RuntimeError) as error:
        raise ModelError(f"Model {name!r} cannot be built from {arch_args}: {error}.") from error
