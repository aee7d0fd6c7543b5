"""Which experiments have weights at hand, for the app and for whoever takes them."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from fer_core.report import EvalReport
from fer_core.types import FerError
from fer_core.weights import DEFAULT, list_weights, read_card


@dataclass(frozen=True)
class Shipped:
    """Weights at hand: their name, which is not their experiment's, and their file's size in MB."""

    name: str
    megabytes: float


NOT_SHIPPED = Shipped("", float("nan"))


def shipped_weights(folder: Path) -> dict[str, Shipped]:
    """The weights of each experiment that has some."""
    found: dict[str, Shipped] = {}
    for name in list_weights(folder):
        path = folder / f"{name}.safetensors"
        try:
            experiment = Path(read_card(name, folder).report).stem
        except FerError:  # the page of attention maps says what is wrong with a card
            continue
        if path.is_file():
            found[experiment] = Shipped(name, path.stat().st_size / 1e6)
    return found


def app_first(reports: Mapping[str, EvalReport], folder: Path) -> list[str]:
    """The reports' names: of the app's default weights, then of others at hand, then the rest.

    Each by accuracy, by the labels that its model learned from. folder: the weights folder.
    """
    at_hand = shipped_weights(folder)

    def place(name: str) -> tuple[bool, bool, float]:
        weights = at_hand.get(name, NOT_SHIPPED).name
        return weights != DEFAULT, not weights, -reports[name].main.accuracy

    return sorted(reports, key=place)
