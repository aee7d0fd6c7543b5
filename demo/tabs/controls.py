"""What the photo and the video tab have in common: controls, and saving a file."""

from collections.abc import Callable, Sequence
from typing import Any

import gradio as gr

from demo.serving.pipelines import PipelineStore
from demo.tabs.page_html import messages
from fer_core.emoji import STYLES

# Our own message says what goes on; Gradio's would cover what is shown.
QUIET: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
UNSAVED = "The file could not be made. Please try again, or save another kind of file."
# Straight from the file's address: nothing on the page has to be redrawn before the download.
SAVE_IN_BROWSER = """(file) => {
  if (!file) return;
  const link = document.createElement("a");
  link.href = file.url;
  link.download = file.orig_name;
  link.click();
}"""


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


def save_on_click(
    button: gr.Button,
    make: Callable[..., Any],
    inputs: Sequence[gr.components.Component] | None,
    file: gr.File,
    message: gr.HTML,
) -> None:
    """Have the browser save what `make` answers: the path of a file, and what there is to say.

    file: hidden, through which it goes.
    """
    saved = button.click(make, inputs, [file, message], **QUIET)
    saved.success(None, file, None, js=SAVE_IN_BROWSER, **QUIET)
    saved.failure(lambda: messages(error=UNSAVED), None, message, queue=False, **QUIET)
