"""Fit and judge a classical method, as `train.run` trains and judges a network."""

import json
import time
from contextlib import AbstractContextManager, nullcontext

import numpy as np

from fer_core.classical import (
    Features,
    Method,
    Tunable,
    create_method,
    hog,
    network_features,
    pixels,
)
from fer_core.device import choose_device
from fer_core.report import EvalReport, read_report
from fer_core.weights import FOLDER, load_classifier, read_card
from train.config import ClassicalRecipe, Experiment
from train.data import Dataset
from train.evaluate import data_name, new_report
from train.finished import refuse_other_faces
from train.metrics import accuracy

_FEATURES: dict[str, Features] = {"pixels": pixels, "hog": hog}


def run_classical(
    experiment: Experiment, recipe: ClassicalRecipe, data: Dataset
) -> tuple[EvalReport, np.ndarray]:
    """Fit on the training split, choose on validation, judge on test: report, float32 (N, 7).

    The report has no epochs, and as curve the validation accuracy at each value of what is chosen.
    All of it runs on the CPU. Raises RunError where the features are of a network that may know
    test faces.
    """
    train, valid = (split.with_labels(recipe.label_set) for split in (data.train, data.valid))
    with _open_features(recipe.features_from, data) as features:
        started = time.perf_counter()
        method = create_method(recipe.method, features, recipe.seed, **recipe.args)
        method.fit(train.images, train.truth(recipe.label_set))
        curves = _choose(method, valid.images, valid.truth(recipe.label_set))
        seconds = time.perf_counter() - started
        probs = method(data.test.images)
    chosen = {method.setting: method.chosen} if isinstance(method, Tunable) else {}
    report = new_report(
        experiment,
        data,
        probs,
        learned=len(train),
        arch=f"{recipe.features_from} + {recipe.method}",
        params=method.params + _features_params(recipe.features_from),
        epochs=0,
        best_epoch=0,
        seconds=round(seconds, 1),
        device=choose_device("cpu").in_words,
        recipe={**json.loads(recipe.to_json()), "chosen": chosen},
        temperature=1.0,
        curves=curves,
    )
    return report, probs


def _open_features(name: str, data: Dataset) -> AbstractContextManager[Features]:
    if name in _FEATURES:
        return nullcontext(_FEATURES[name])
    card = read_card(name)
    report = read_report(FOLDER / card.report)
    if data_name(report.main) == data.name:
        refuse_other_faces(report, data, f"The network of the features, {name},")
    return network_features(load_classifier(card, choose_device("cpu")))


def _features_params(name: str) -> int:
    """The parameters of the network that the features come from; without one, 0."""
    return 0 if name in _FEATURES else read_card(name).params


def _choose(method: Method, images: np.ndarray, truth: np.ndarray) -> dict[str, tuple[float, ...]]:
    """Set what the method leaves to choose to the smallest of the best values; the curve of it."""
    if not isinstance(method, Tunable):
        return {"valid_accuracy": (round(accuracy(method(images), truth), 5),)}
    shares = tuple(round(accuracy(probs, truth), 5) for probs in method.each(images))
    method.chosen = 1 + int(np.argmax(shares))
    return {method.setting: tuple(range(1, 1 + len(shares))), "valid_accuracy": shares}
