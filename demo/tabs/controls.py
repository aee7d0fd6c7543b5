"""Controls that the photo and the video tab have in common."""

import gradio as gr

from demo.tabs.pipelines import PipelineStore
from fer_core.emoji import STYLES


def style_choice() -> gr.Radio:
    choices = [(name.capitalize(), name) for name in STYLES]
    return gr.Radio(choices, value=STYLES[0], label="Style", elem_classes="style")


def weights_choice(store: PipelineStore) -> gr.Dropdown:
    return gr.Dropdown(
        store.weights(),
        value=store.first.card.name,
        label="Model",
        info="The About tab says how accurate the model chosen for photos is.",
    )
