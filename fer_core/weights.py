"""Weights cards: what weights there are, whether they are whole, and loading them."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load as load_tensors
from torch import Tensor, nn

from fer_core.classifier import Classifier
from fer_core.crops import FaceCut
from fer_core.device import DeviceChoice
from fer_core.emotions import LABELS
from fer_core.files import reason
from fer_core.inputs import InputSpec
from fer_core.models import create_model
from fer_core.types import WeightsError

FOLDER = Path(__file__).resolve().parent.parent / "weights"
DEFAULT = "compact-ferplus"


@dataclass(frozen=True)
class CardFigures:
    """How good weights are by one set of labels, on the n faces of a split.

    dataset: data and labels in words. interval: that of the accuracy, 95%. recall: the share of
    each expression's faces that is recognised, by its name.
    """

    dataset: str
    split: str
    n: int
    accuracy: float
    interval: tuple[float, float]
    recall: Mapping[str, float]


@dataclass(frozen=True)
class WeightsCard:
    """What there is to know of one weights file; stored beside it as <name>.json.

    arch, arch_args: for `create_model`. labels: the class of each output, in order.
    input: what the network takes. crop: how its faces are cut from each detector's box.
    temperature: what the logits are divided by, fitted on the validation split.
    params: number of parameters. sha256: of the .safetensors file.
    trained_on, recipe: the data, and the experiment with its command.
    metrics: figures by label set. report: path from the weights folder.
    """

    name: str
    arch: str
    arch_args: Mapping[str, Any]
    labels: tuple[str, ...]
    input: InputSpec
    crop: Mapping[str, FaceCut]
    temperature: float
    params: int
    sha256: str
    licence: str
    trained_on: str
    recipe: Mapping[str, Any]
    metrics: Mapping[str, CardFigures]
    report: str

    def to_json(self) -> str:
        return json.dumps(asdict(self), indent=2) + "\n"

    @classmethod
    def from_json(cls, text: str, where: str) -> "WeightsCard":
        """Raises WeightsError where the text is no card; `where` names it in the message."""
        try:
            fields = json.loads(text)
            spec, cuts, metrics = (fields.pop(name) for name in ("input", "crop", "metrics"))
            spec = {key: tuple(v) if isinstance(v, list) else v for key, v in spec.items()}
            if not isinstance(fields["report"], str):
                raise TypeError("its report is not a path")
            return cls(
                **{**fields, "labels": tuple(fields["labels"])},
                input=InputSpec(**spec),
                crop={detector: FaceCut(**cut) for detector, cut in cuts.items()},
                metrics={
                    label_set: CardFigures(**{**each, "interval": tuple(each["interval"])})
                    for label_set, each in metrics.items()
                },
            )
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise WeightsError(f"{where} is not a weights card: {error}.") from error


def list_weights(folder: Path = FOLDER) -> list[str]:
    """The names of the weights at hand, the default first."""
    names = (path.stem for path in folder.glob("*.json"))
    return sorted(names, key=lambda name: (name != DEFAULT, name))


def read_card(name: str = "default", folder: Path = FOLDER) -> WeightsCard:
    """The card of the weights of this name. Raises WeightsError where there is none."""
    wanted = DEFAULT if name == "default" else name
    path = folder / f"{wanted}.json"
    if wanted not in list_weights(folder):
        known = ", ".join(list_weights(folder)) or "none"
        raise WeightsError(f"There are no weights {name!r} in {folder}. There are: {known}.")
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise WeightsError(f"The weights card {path} cannot be read: {error}.") from error
    card = WeightsCard.from_json(text, str(path))
    if card.name != wanted:
        raise WeightsError(f"{path} is the card of {card.name}. Give both the same name.")
    if card.labels != LABELS:
        raise WeightsError(
            f"{path} has the labels {', '.join(card.labels)}, but this program's order is "
            f"{', '.join(LABELS)}. Export the weights again."
        )
    return card


def load_model(card: WeightsCard, folder: Path = FOLDER) -> nn.Module:
    """The card's architecture with its weights.

    Raises WeightsError where the file is missing, damaged or does not fit, ModelError for an
    architecture that there is not.
    """
    try:
        model = create_model(card.arch, num_classes=len(card.labels), **card.arch_args)
    except TypeError as error:  # arguments that are not the card's to give, or none at all
        raise WeightsError(
            f"The card of {card.name} cannot be used: its arch_args are {card.arch_args}. "
            f"They name what {card.arch} takes, without num_classes."
        ) from error
    tensors = _read_tensors(folder / f"{card.name}.safetensors", card.sha256)
    try:
        model.load_state_dict(tensors)
    except RuntimeError as error:
        raise WeightsError(f"The weights {card.name} do not fit {card.arch}: {error}.") from error
    return model


def load_classifier(card: WeightsCard, choice: DeviceChoice, folder: Path = FOLDER) -> Classifier:
    """The card's model, ready to classify as it was judged. Raises what load_model raises."""
    return Classifier(load_model(card, folder), card.input, choice, card.temperature)


def _read_tensors(path: Path, sha256: str) -> dict[str, Tensor]:
    """Read once, verify those bytes, and parse the same bytes."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise WeightsError(f"The weights file {path} cannot be read: {reason(error)}.") from error
    found = hashlib.sha256(raw).hexdigest()
    if found != sha256:
        raise WeightsError(
            f"{path} is not the file its card describes (sha256 {found[:12]}…, expected "
            f"{sha256[:12]}…). Fetch it again; with git, run 'git lfs pull' if it is a pointer."
        )
    try:
        tensors: dict[str, Tensor] = load_tensors(raw)
    except SafetensorError as error:
        raise WeightsError(f"{path} is not a safetensors file: {error}.") from error
    return {k: v.to(torch.float32) if v.is_floating_point() else v for k, v in tensors.items()}
