"""Models for the attention page: loaded once for all users, and only the last few kept.

What was found in a photo is its viewer's alone, and is forgotten with their session.
"""

from collections.abc import Callable
from typing import Any

import streamlit as st

from demo.board.reports_store import weights_folder
from fer_core.classifier import Classifier
from fer_core.crops import cut_faces
from fer_core.detection import DEFAULT_DETECTOR, Detector, create_detector, find_faces
from fer_core.device import choose_device
from fer_core.images import read_picture
from fer_core.types import Faces, UInt8Array, WeightsError
from fer_core.weights import WeightsCard, list_weights, load_classifier, read_card

KEPT = 4  # as many as the page shows at once
KEPT_PHOTOS = 2  # of a session, with up to 360 MB each
# What stands for a card in a cache's key: weights that were exported again are computed again.
BY_SUM: dict[str | type[Any], Callable[[Any], Any]] = {
    WeightsCard: lambda card: (card.name, card.sha256)
}


def cards() -> tuple[dict[str, WeightsCard], list[str]]:
    """The cards of the weights that faces can be cut for, and a sentence for each broken one."""
    found, problems = {}, []
    for name in list_weights(weights_folder()):
        try:
            card = read_card(name, weights_folder())
        except WeightsError as error:
            problems.append(str(error))
            continue
        if DEFAULT_DETECTOR in card.crop:
            found[name] = card
    return found, problems


@st.cache_resource(max_entries=KEPT, show_spinner="Loading the model …", hash_funcs=BY_SUM)
def classifier(card: WeightsCard) -> Classifier:
    """Raises WeightsError where the weights are not what the card says."""
    as_judged = choose_device("auto", "float32")
    return load_classifier(card, as_judged, weights_folder())


@st.cache_resource(show_spinner="Loading the face detector …")
def _detector() -> Detector:
    return create_detector(DEFAULT_DETECTOR, choose_device("auto"))


@st.cache_resource(max_entries=KEPT_PHOTOS, show_spinner="Looking for faces …", scope="session")
def faces_of(photo: bytes) -> tuple[UInt8Array, Faces]:
    """A picture file's pixels, RGB (H, W, 3), and its faces. Raises ImageError for no picture."""
    pixels = read_picture(photo).pixels
    return pixels, find_faces(_detector(), pixels)


def crop_for(card: WeightsCard, pixels: UInt8Array, faces: Faces, index: int) -> UInt8Array:
    """The index-th face as this card's model takes it: grey uint8 (H, W)."""
    return cut_faces(pixels, faces[index], card.crop[DEFAULT_DETECTOR], card.input.size_hw)[0]
