"""How long each network takes for a face, measured on this machine."""

import json
from collections.abc import Callable, Sequence
from contextlib import suppress
from timeit import repeat

import numpy as np

from fer_core.classifier import Classifier
from fer_core.device import choose_device
from fer_core.inputs import InputSpec
from fer_core.models import create_model, list_models
from fer_core.report import EvalReport
from fer_core.types import ModelError

Kind = tuple[str, str, bool]  # of a network: see `_kind`

ROUNDS = 25


def ms_per_face(
    reports: Sequence[EvalReport], told: Callable[[float], object] = lambda share: None
) -> dict[str, float]:
    """Milliseconds for one face on this machine's CPU, by experiment; without what is no network.

    Time depends on the architecture alone, so no weights are needed, and alike ones are measured
    once. told: is called with the share that is done.
    """
    kinds = {each.experiment: _kind(each) for each in reports if each.arch in list_models()}
    every = set(kinds.values())
    seconds: dict[Kind, float] = {}
    for done, kind in enumerate(every, 1):
        with suppress(ModelError):  # a report of a network as it no longer is
            seconds[kind] = _fastest(_untrained(*kind))
        told(done / len(every))
    return {name: 1000 * seconds[kind] for name, kind in kinds.items() if kind in seconds}


def _fastest(classifier: Classifier) -> float:
    """Seconds for one face; what else the machine does, as drawing this page, only adds to it."""
    face = np.zeros((1, *InputSpec().size_hw), np.uint8)
    return min(repeat(lambda: classifier(face), number=1, repeat=ROUNDS))


def _kind(report: EvalReport) -> Kind:
    """What decides how long a face takes."""
    arch_args = json.dumps(report.recipe.get("arch_args", {}), sort_keys=True)
    return report.arch, arch_args, bool(report.recipe.get("mirror_average"))


def _untrained(arch: str, arch_args: str, mirror_average: bool) -> Classifier:
    model = create_model(arch, **json.loads(arch_args))
    return Classifier(model, InputSpec(mirror_average=mirror_average), choose_device("cpu"))
