"""What the Video tab shows after each step, as plain values."""

from typing import Any, NamedTuple

import gradio as gr

from demo.charts.timeline import timeline_figure
from demo.data_uris import jpeg_uri
from demo.serving.video_jobs import WORK_SECONDS
from demo.serving.video_states import Dropped, Failed, Made, Opening, State, Waiting, Working
from demo.tabs.clip_results import (
    PREVIEW_SIDE,
    done_sentence,
    made_with_html,
    people_html,
    progress_html,
    sheet_html,
    timeline_html,
)
from demo.tabs.page_html import messages
from fer_core.pixels import fit

STOP, STOP_AND_KEEP = "Stop", "Stop and keep what is done"
STOPPED = "Stopping; what is done so far is kept …"
NOT_BEGUN = "Your clip was not started, and has been deleted."
OUT_OF_TIME = f"This took {WORK_SECONDS / 60:.0f} minutes, the longest that one clip may take."


class VideoScreen(NamedTuple):
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


UNCHANGED = VideoScreen(gr.skip(), work=gr.skip(), stop=gr.skip())


def screen(state: State, before: State | None, cover: bool) -> VideoScreen:
    """What a state brings to a page that shows the one before; None: nothing of this clip.

    cover: whether faces are covered in the moments, also where they are not in the clip.
    """
    if state == before:
        return UNCHANGED
    match state:
        case Waiting():
            return VideoScreen(messages(waiting_sentence(state), busy=True), stop=_button(STOP))
        case Opening():
            return VideoScreen(
                messages("Opening the clip …", busy=True), stop=_button(STOP_AND_KEEP)
            )
        case Working():
            return _working(state, before)
        case Dropped():  # as for the button; what was on its way then may have come later
            return VideoScreen(messages(NOT_BEGUN))
        case Failed():
            return VideoScreen(messages(error=state.sentence))
        case Made():
            return _made(state, state.choices.cover or cover)


def waiting_sentence(state: Waiting) -> str:
    after = {0: "", 1: ", after one other"}.get(state.before, f", after {state.before} others")
    return f"Waiting for its turn{after} …"


def _button(name: str) -> Any:
    return gr.update(visible=True, value=name)


def _working(state: Working, before: State | None) -> VideoScreen:
    work = progress_html(state.progress, jpeg_uri(fit(state.progress.preview, PREVIEW_SIDE)))
    if isinstance(before, Working):  # what was said meanwhile stays
        return UNCHANGED._replace(work=work)
    # Where it was stopped, that is said, and the button is gone for good.
    if state.stopped:
        said = gr.skip() if before else messages(STOPPED, busy=True)
        return UNCHANGED._replace(message=said, work=work)
    button = gr.skip() if isinstance(before, Opening) else _button(STOP_AND_KEEP)
    return VideoScreen(messages(), work, button)


def _made(made: Made, cover: bool) -> VideoScreen:
    """Parts that would be empty are hidden."""
    result = made.result
    done = done_sentence(result)
    moments = gr.update(visible=bool(result.moments))
    return VideoScreen(
        messages(f"{OUT_OF_TIME} {done}" if made.out_of_time else done),
        results=gr.update(visible=True),
        video=str(made.path),
        made_with=made_with_html(made.choices),
        people_part=gr.update(visible=bool(result.timeline.people)),
        timeline=timeline_html(result),
        plot=timeline_figure(result.timeline),
        people=people_html(result),
        moments_part=moments,
        sheet=sheet_html(result, cover),
        sheet_cover=cover,
        save_sheet=moments,
    )
