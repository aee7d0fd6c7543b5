"""How the app looks: Gradio's theme and our style sheets, and no web fonts."""

from pathlib import Path
from typing import Any

import gradio as gr

STATIC = Path(__file__).resolve().parents[1] / "static"
SHEETS = ("shared.css", "photo.css", "webcam.css", "video.css", "about.css")
SCRIPTS = (  # one script, in this order
    *("page.js", "page_drop.js", "page_uploads.js", "page_faces.js"),
    *("page_leaving.js", "page_timeline.js", "page_access.js"),
)
FONT = ("system-ui", "sans-serif")


def look() -> dict[str, Any]:
    """The arguments of launch() that decide how the page looks and behaves."""
    scripts = "\n".join((STATIC / name).read_text(encoding="utf-8") for name in SCRIPTS)
    return {
        "theme": gr.themes.Base(
            primary_hue="amber",
            neutral_hue="stone",
            radius_size="lg",
            text_size="lg",
            font=FONT,
            font_mono=("ui-monospace", "monospace"),
        ).set(
            body_background_fill="*neutral_50",
            body_background_fill_dark="*neutral_950",
            block_background_fill="transparent",
            block_background_fill_dark="transparent",
            block_border_width="0px",
            button_secondary_background_fill="transparent",
            button_secondary_background_fill_dark="transparent",
            button_secondary_background_fill_hover="*neutral_200",
            button_secondary_background_fill_hover_dark="*neutral_800",
            button_secondary_border_color="*neutral_300",
            button_secondary_border_color_dark="*neutral_700",
            button_border_width="1px",
            checkbox_border_color="*neutral_500",
            checkbox_border_color_dark="*neutral_500",
            slider_color="*primary_600",
            slider_color_dark="*primary_400",
            button_primary_background_fill="*neutral_900",
            button_primary_background_fill_hover="*neutral_700",
            button_primary_border_color="transparent",
            button_primary_border_color_dark="transparent",
            button_primary_text_color="white",
            button_primary_background_fill_dark="*primary_400",
            button_primary_background_fill_hover_dark="*primary_300",
            button_primary_text_color_dark="*neutral_950",
        ),
        "css_paths": [STATIC / name for name in SHEETS],
        "head": f"<script>(() => {{\n{scripts}\n}})();</script>",
    }
