"""The Video tab: a clip in; the annotated video, a timeline and each person's moments out."""

from collections.abc import Callable, Iterator, MutableSet
from typing import Any

import gradio as gr

from demo.serving.gradio_internals import in_cache
from demo.serving.pipelines import PipelineStore
from demo.serving.uploads import open_upload
from demo.serving.video_jobs import LIMITS, VideoJobs
from demo.serving.video_states import ClipChoices, State, Waiting
from demo.tabs import page_html
from demo.tabs.clip_results import FILE_KINDS, make_file, sheet_html
from demo.tabs.controls import QUIET, save_on_click, style_choice, weights_choice
from demo.tabs.theme import STATIC
from demo.tabs.video_screen import (
    NOT_BEGUN,
    STOP,
    STOPPED,
    UNCHANGED,
    VideoScreen,
    screen,
    waiting_sentence,
)
from fer_core.video_options import MOST_EVERY

GONE = "The clip is no longer in memory. Please choose it again."
LOST = "This page was reloaded, and the work in progress was lost. Please choose the clip again."
FULL = "Too many other clips are waiting at the moment. Please try again in a few minutes."
UNSHOWN = "The results could not be shown. Try to save them, or choose the clip again."
# Many systems know no type of these.
UNKNOWN = [".mkv", ".flv", ".avi", ".wmv", ".ts", ".m4v", ".3gp", ".ogv", ".mpg"]
SAVED = {"csv": "Save CSV", "json": "Save JSON", "png": "Save moments"}


def video_tab(store: PipelineStore, jobs: VideoJobs, uploads: MutableSet[str], limit: str) -> None:
    """Choose a clip; watch it being annotated; see and save what came of it."""
    with gr.Column(elem_id="video-drop", elem_classes="drop"):
        gr.HTML(
            page_html.VIDEO_INVITATION.format(
                limit=limit, minutes=round(LIMITS.max_seconds / 60), side=LIMITS.max_side_px
            ),
            apply_default_css=False,
        )
        clip = gr.UploadButton(
            "Choose a clip", file_types=["video", *UNKNOWN], variant="primary", size="md"
        )
    with gr.Row(elem_id="video-options"):
        style = style_choice()
        cover = gr.Checkbox(
            label="Cover all faces found", info="A face that is missed stays visible."
        )
        every = gr.Slider(
            1,
            MOST_EVERY,
            value=1,
            step=1,
            label="Analyse every nth frame",
            info="Higher is faster; between analysed frames, faces move in straight lines.",
        )
        weights = weights_choice(store)
    controls = [style, cover, every, weights]  # in the order of `ClipChoices`
    message = gr.HTML(page_html.messages(), elem_id="video-message", apply_default_css=False)
    stop = gr.Button(STOP, visible=False, elem_id="video-stop")
    work = gr.HTML(elem_id="video-work", apply_default_css=False)
    with gr.Column(visible=False, elem_id="video-results") as results:
        video = gr.Video(
            label="Annotated clip", interactive=False, elem_id="annotated-clip", buttons=[]
        )
        save_video = gr.Button("Save clip", size="sm", elem_id="save-clip")
        made_with = gr.HTML(elem_id="made-with", apply_default_css=False)
        with gr.Column(elem_classes="part") as people_part:
            timeline = gr.HTML(apply_default_css=False)
            plot = gr.Plot(show_label=False, elem_id="timeline")
            people = gr.HTML(elem_id="people", apply_default_css=False)
        with gr.Column(elem_classes="part") as moments_part:
            gr.HTML(page_html.MOMENTS_HEADING, apply_default_css=False)
            sheet_cover = gr.Checkbox(label="Cover the faces in the moments")
            sheet = gr.HTML(elem_id="moments", apply_default_css=False)
        with gr.Row(elem_id="video-saves"):
            saves = {kind: gr.Button(SAVED[kind], size="sm") for kind in FILE_KINDS}
    gr.HTML(page_html.VIDEO_PROMISE, apply_default_css=False)
    file = gr.File(visible=False)
    late = gr.Checkbox(visible=False)  # set in the browser
    # Pressed by page_leaving.js, after Gradio has loaded the page anew as another visitor's.
    resume, lost = gr.Button(visible="hidden", elem_id="video-resume"), gr.Text(visible=False)
    choosing = [clip, *controls]

    def free(yes: bool) -> tuple[Any, ...]:
        """For the outputs `choosing`: whether a clip can be chosen, and how it is to be made."""
        return tuple(gr.update(interactive=yes) for _ in choosing)

    def wait(
        clip: dict[str, Any] | None,
        late: bool,
        style: str,
        cover: bool,
        every_nth: int,
        weights: str,
        request: gr.Request,
    ) -> tuple[Any, ...]:
        # Opened at once, whoever is before it: files that lie for long are deleted.
        visitor, upload = str(request.session_hash), open_upload(clip, uploads)
        hidden = gr.update(visible=False)
        if late:  # another clip was chosen while this one was on its way
            if upload is not None:
                upload.file.close()
            return tuple(gr.skip() for _ in (message, stop, results, *choosing))
        if upload is None:
            jobs.forget(visitor)
            return page_html.refusal(GONE), hidden, hidden, *free(True)
        # What is chosen goes with the clip: it is made as the visitor sees it now.
        if not jobs.put(visitor, upload, ClipChoices(style, cover, every_nth, weights)):
            return page_html.refusal(FULL), hidden, gr.skip(), *free(True)
        waiting = page_html.messages(waiting_sentence(Waiting(0)), busy=True)
        return waiting, gr.update(visible=True, value=STOP), hidden, *free(False)

    def follow(sheet_cover: bool, request: gr.Request) -> Iterator[VideoScreen]:
        before: State | None = None
        for state in jobs.follow(str(request.session_hash)):
            yield screen(state, before, sheet_cover)
            before = state
        if before is None:  # it was stopped, or none was taken
            yield UNCHANGED

    def resume_clip(lost: str, request: gr.Request) -> tuple[Any, ...]:
        choices = jobs.adopt(lost[:64], str(request.session_hash))
        if choices is None:
            return page_html.messages(error=LOST), *[gr.skip()] * len(choosing)
        locked = gr.update(interactive=False)
        return gr.skip(), locked, *[locked | {"value": choice} for choice in choices]

    def stop_now(request: gr.Request) -> tuple[Any, ...]:
        visitor, hidden = str(request.session_hash), gr.update(visible=False)
        unchanged = [gr.skip()] * len(choosing)
        if jobs.drop(visitor):
            return page_html.messages(NOT_BEGUN), hidden, *free(True)
        if jobs.stop(visitor):
            return page_html.messages(STOPPED, busy=True), hidden, *unchanged
        return gr.skip(), gr.skip(), *unchanged

    def clip_not_taken(request: gr.Request) -> tuple[Any, ...]:
        visitor, full = str(request.session_hash), FULL
        if jobs.made(visitor):
            full = UNSHOWN
        else:
            jobs.forget(visitor)
        return page_html.messages(error=full), gr.update(visible=False), *free(True)

    def release(request: gr.Request) -> tuple[Any, ...]:
        # Of one that was stopped while it waited, the turn may come while the next one waits.
        busy = jobs.is_busy(str(request.session_hash))
        return tuple(gr.skip() for _ in choosing) if busy else free(True)

    def save_clip(request: gr.Request) -> tuple[str | None, str]:
        made = jobs.made(str(request.session_hash))
        if made is None:
            return None, page_html.messages(error=GONE)
        return str(made.path), page_html.messages(f"Saved {made.path.name}.")

    def saves_as(kind: str) -> Callable[[bool, gr.Request], tuple[str | None, str]]:
        # No `partial`: of one, Gradio does not see that it wants the request.
        def save(cover: bool, request: gr.Request) -> tuple[str | None, str]:
            made = jobs.made(str(request.session_hash))
            if made is None:
                return None, page_html.messages(error=GONE)
            name, content = make_file(made.result, kind, cover)
            path = in_cache(content, name, file)
            return path, page_html.messages(f"Saved {name}.")

        return save

    def moments(cover: bool, request: gr.Request) -> str:
        made = jobs.made(str(request.session_hash))
        return sheet_html(made.result, cover) if made else ""

    waiting = clip.upload(
        wait,
        [clip, late, *controls],
        [message, stop, results, *choosing],
        preprocess=False,
        queue=False,
        js="(file, late, ...choices) => [file, isLate(file, 'clip'), ...choices]",
        trigger_mode="multiple",
        **QUIET,
    )
    taking_over = resume.click(
        resume_clip,
        lost,
        [message, *choosing],
        js="() => window.ferStudioLost",
        queue=False,
        **QUIET,
    )
    above = [message, work, stop, results, video, made_with]
    below = [people_part, timeline, plot, people, moments_part, sheet, sheet_cover]
    for chosen in (waiting, taking_over):
        done = chosen.then(
            follow,
            sheet_cover,
            [*above, *below, saves["png"]],  # in the order of `VideoScreen`
            concurrency_limit=None,  # they only wait
            trigger_mode="multiple",  # the one before may not have ended yet
            **QUIET,
        )
        done.then(
            None, None, None, js=(STATIC / "annotated_clip.js").read_text(encoding="utf-8"), **QUIET
        )
        done.then(release, None, choosing, queue=False, **QUIET)
        done.failure(clip_not_taken, None, [message, stop, *choosing], queue=False, **QUIET)
    stop.click(stop_now, None, [message, stop, *choosing], queue=False, **QUIET)
    sheet_cover.input(moments, sheet_cover, sheet, trigger_mode="always_last", **QUIET)
    save_on_click(save_video, save_clip, None, file, message)
    for kind, button in saves.items():
        save_on_click(button, saves_as(kind), [sheet_cover], file, message)
