"""Maps for the attention page, computed once for a viewer's face and a model.

A viewer's faces, and what comes of them, are theirs alone: forgotten with their session.
"""

from typing import Any

import streamlit as st

from demo.board.models_store import BY_SUM, classifier
from fer_core import attention_maps
from fer_core import faithfulness as measures
from fer_core.attention_maps import BlockAttention, GradCam
from fer_core.faithfulness import Faithfulness
from fer_core.types import Float32Array, UInt8Array
from fer_core.weights import WeightsCard

KEPT: dict[str, Any] = {"max_entries": 128, "scope": "session", "hash_funcs": BY_SUM}


@st.cache_data(show_spinner=False, **KEPT)
def probs(card: WeightsCard, crop: UInt8Array) -> Float32Array:
    """Grey (H, W) -> (7,)."""
    return classifier(card)(crop[None])[0]


@st.cache_data(show_spinner="Computing Grad-CAM …", **KEPT)
def grad_cam(card: WeightsCard, crop: UInt8Array, class_index: int) -> GradCam:
    """Raises ModelError for a model without a convolution stage."""
    return attention_maps.grad_cam(classifier(card), crop[None], class_index)


@st.cache_data(show_spinner=False, **KEPT)
def own_maps(card: WeightsCard, crop: UInt8Array) -> tuple[BlockAttention, ...]:
    """Empty for a model without attention."""
    return attention_maps.own_maps(classifier(card), crop)


@st.cache_data(show_spinner="Exchanging pixels …", **KEPT)
def faithfulness(
    card: WeightsCard, crop: UInt8Array, values: Float32Array, class_index: int
) -> Faithfulness:
    """Of a map (h, w) for a class."""
    return measures.faithfulness(classifier(card), crop, values, class_index)
