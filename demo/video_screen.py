"""What the Video tab shows after each step, as plain values."""

from pathlib import Path
from typing import Any, NamedTuple

import gradio as gr

from demo.charts.timeline import timeline_figure
from demo.films import (
    ClipChoices,
    Film,
    made_with_html,
    people_html,
    sheet_html,
    timeline_html,
)


class Screen(NamedTuple):
    """Everything that changes while a clip is annotated, in the order of the handler's outputs."""

    message: Any
    work: Any = ""
    stop: Any = gr.update(visible=False)
    results: Any = gr.skip()
    video: Any = gr.skip()
    made_with: Any = gr.skip()
    people_part: Any = gr.skip()
    timeline: Any = gr.skip()
    plot: Any = gr.skip()
    people: Any = gr.skip()
    moments_part: Any = gr.skip()
    sheet: Any = gr.skip()
    sheet_cover: Any = gr.skip()
    save_sheet: Any = gr.skip()
    film: Any = gr.skip()


def done_screen(message: str, path: Path, choices: ClipChoices, film: Film, cover: bool) -> Screen:
    """The screen of an annotated clip; what there is nothing of is left out.

    path: of the annotated clip. cover: whether faces are covered in the moments.
    """
    moments = gr.update(visible=bool(film.moments))
    return Screen(
        message,
        results=gr.update(visible=True),
        video=str(path),
        made_with=made_with_html(choices),
        people_part=gr.update(visible=bool(film.timeline.people)),
        timeline=timeline_html(film),
        plot=timeline_figure(film.timeline),
        people=people_html(film),
        moments_part=moments,
        sheet=sheet_html(film, cover),
        sheet_cover=cover,
        save_sheet=moments,
        film=film,
    )
