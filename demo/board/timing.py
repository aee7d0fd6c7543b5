"""How long each network takes for a face, measured on this machine."""

import json
import math
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from itertools import count

import numpy as np

from fer_core.classifier import Classifier
from fer_core.device import choose_device
from fer_core.inputs import InputSpec
from fer_core.models import create_model, list_models
from fer_core.report import EvalReport
from fer_core.types import ModelError

Kind = tuple[str, str, bool]  # of a network: see `_kind`

ROUNDS = 25
MOST_PARAMETERS = 100_000_000  # in memory at once


def ms_per_face(
    reports: Sequence[EvalReport], told: Callable[[float], object] = lambda share: None
) -> dict[str, float]:
    """Milliseconds for one face on this machine's CPU, by experiment; without what is no network.

    Time depends on the architecture alone, so no weights are needed, and alike ones are measured
    once. As many as may be in memory have their turn time and again, and the fastest counts: what
    else the machine does, as drawing this page, only ever adds to it. told: is called with the
    share that is done.
    """
    networks = [each for each in reports if each.arch in list_models()]
    groups = _groups({_kind(each): each.params for each in networks})
    rounds = count(1)
    fastest: dict[Kind, float] = {}
    for group in groups:
        fastest |= _fastest(group, lambda: told(next(rounds) / (ROUNDS * len(groups))))
    kinds = {each.experiment: _kind(each) for each in networks}
    return {name: 1000 * fastest[kind] for name, kind in kinds.items() if kind in fastest}


def _groups(params: Mapping[Kind, int]) -> list[list[Kind]]:
    """Those that may be in memory together; one that alone is too large is so by itself."""
    groups: list[list[Kind]] = []
    size = math.inf
    for kind, its in params.items():
        if size + its > MOST_PARAMETERS:
            groups.append([])
            size = 0
        groups[-1].append(kind)
        size += its
    return groups


def _fastest(kinds: Sequence[Kind], round_done: Callable[[], object]) -> dict[Kind, float]:
    """Seconds for one face."""
    classifiers = {}
    for kind in kinds:
        with suppress(ModelError):  # a report of a network as it no longer is
            classifiers[kind] = _untrained(*kind)
    fastest = dict.fromkeys(classifiers, math.inf)
    face = np.zeros((1, *InputSpec().size_hw), np.uint8)
    for _ in range(ROUNDS):
        for kind, classifier in classifiers.items():
            started = time.perf_counter()
            classifier(face)
            fastest[kind] = min(fastest[kind], time.perf_counter() - started)
        round_done()
    return fastest


def _kind(report: EvalReport) -> Kind:
    """What decides how long a face takes."""
    arch_args = json.dumps(report.recipe.get("arch_args", {}), sort_keys=True)
    return report.arch, arch_args, bool(report.recipe.get("mirror_average"))


def _untrained(arch: str, arch_args: str, mirror_average: bool) -> Classifier:
    model = create_model(arch, **json.loads(arch_args))
    return Classifier(model, InputSpec(mirror_average=mirror_average), choose_device("cpu"))
