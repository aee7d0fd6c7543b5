"""Maps for the attention page, computed once for a viewer's face and a model."""

import numpy as np
import streamlit as st

from demo.models_store import classifier
from fer_core import attention_maps
from fer_core import faithfulness as measures
from fer_core.attention_maps import BlockAttention, GradCam
from fer_core.faithfulness import Faithfulness
from fer_core.types import Float32Array, UInt8Array
from fer_core.weights import WeightsCard

KEPT_MAPS = 128


def probs(card: WeightsCard, crop: UInt8Array) -> Float32Array:
    """Grey (H, W) -> (7,)."""
    return _probs(card.sha256, crop, card)


def grad_cam(card: WeightsCard, crop: UInt8Array, class_index: int) -> GradCam:
    """Raises ModelError for a model without a convolution stage."""
    return _grad_cam(card.sha256, crop, class_index, card)


def own_maps(card: WeightsCard, crop: UInt8Array) -> tuple[BlockAttention, ...]:
    """Empty for a model without attention."""
    return _own_maps(card.sha256, crop, card)


def faithfulness(
    card: WeightsCard, crop: UInt8Array, values: Float32Array, class_index: int
) -> Faithfulness:
    """Of a map (h, w) for a class."""
    return _faithfulness(card.sha256, crop, values, class_index, card)


# The weights' own sum is the key, so that weights exported again are computed again; Streamlit
# leaves an argument out of the key whose name begins with a line. A viewer's faces, and what comes
# of them, are theirs alone: forgotten with their session.


@st.cache_data(max_entries=KEPT_MAPS, show_spinner=False, scope="session")
def _probs(sha256: str, crop: UInt8Array, _card: WeightsCard) -> Float32Array:
    return classifier(_card)(crop[None])[0]


@st.cache_data(max_entries=KEPT_MAPS, show_spinner="Computing Grad-CAM …", scope="session")
def _grad_cam(sha256: str, crop: UInt8Array, class_index: int, _card: WeightsCard) -> GradCam:
    return attention_maps.grad_cam(classifier(_card), crop[None], class_index)


@st.cache_data(max_entries=KEPT_MAPS, show_spinner=False, scope="session")
def _own_maps(sha256: str, crop: UInt8Array, _card: WeightsCard) -> tuple[BlockAttention, ...]:
    return attention_maps.own_maps(classifier(_card), crop)


@st.cache_data(max_entries=KEPT_MAPS, show_spinner="Exchanging pixels …", scope="session")
def _faithfulness(
    sha256: str, crop: UInt8Array, values: np.ndarray, class_index: int, _card: WeightsCard
) -> Faithfulness:
    return measures.faithfulness(classifier(_card), crop, values, class_index)
