"""The Webcam tab: a page part of our own, which sends a frame when the last one has come back.

Gradio's streaming image gives each viewer a worker until a time limit, and sends at fixed steps
whether the server keeps up or not. Here the page itself sets the pace: a slow machine gets fewer
frames, and none of them late.
"""

import json
from html import escape
from string import Template
from typing import Any

import gradio as gr

from demo.data_uris import emoji_uri
from demo.serving.pipelines import PipelineStore
from demo.serving.viewers import Viewers
from demo.tabs.theme import STATIC
from fer_core import EMOTIONS
from fer_core.emoji import STYLES
from fer_core.emotions import UNSURE
from fer_core.live import SMOOTHING_SECONDS

SCRIPTS = (  # one script, in this order
    *("camera_source.js", "camera_server.js", "camera_link.js", "camera_people.js"),
    *("camera_panel.js", "camera.js"),
)


def webcam_tab(store: PipelineStore) -> None:
    """The camera's pictures under emoji, as fast as this machine can make them."""
    viewers = Viewers(store)

    # Gradio marks what the page may call, and methods cannot be marked.
    def frame(message: dict[str, Any]) -> dict[str, Any]:
        return viewers.frame(message)

    def leave(message: dict[str, Any]) -> None:
        viewers.leave(message)

    gr.HTML(
        page(store.weights()),
        elem_id="camera",
        js_on_load="\n".join((STATIC / name).read_text(encoding="utf-8") for name in SCRIPTS),
        server_functions=[frame, leave],
        apply_default_css=False,
    )


def page(weights: list[str]) -> str:
    """The tab's HTML, with the choices there are."""
    template = Template((STATIC / "camera.html").read_text(encoding="utf-8"))
    emotions = [{"name": e.name, "colour": e.colour, "emoji": emoji_uri(e.name)} for e in EMOTIONS]
    styles = [
        f'<label><input type="radio" name="camera-style" value="{style}"'
        f"{' checked' if style == STYLES[0] else ''}> {style.capitalize()}</label>"
        for style in STYLES
    ]
    options = [
        f'<option value="{name}" translate="no">{name}</option>' for name in map(escape, weights)
    ]
    legend = [
        f'<li><span style="background:{emotion.colour}"></span>{emotion.name}</li>'
        for emotion in EMOTIONS
    ]
    return template.substitute(
        emotions=escape(json.dumps(emotions)),
        unsure=escape(emoji_uri(UNSURE.name)),
        styles="".join(styles),
        weights="".join(options),
        legend="".join(legend),
        smoothing=SMOOTHING_SECONDS,
    )
