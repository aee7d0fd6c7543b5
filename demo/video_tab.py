"""The Video tab: a clip in; the annotated video, a timeline and each person's moments out."""

import logging
import time
from collections.abc import Iterator, MutableSet
from functools import partial
from pathlib import Path
from typing import Any

import gradio as gr
from gradio.processing_utils import save_bytes_to_cache

from demo import page_html
from demo.controls import style_choice, weights_choice
from demo.data_uris import jpeg_uri
from demo.films import (
    FILE_KINDS,
    PREVIEW_SIDE,
    ClipChoices,
    Film,
    done_sentence,
    make_file,
    progress_html,
    sheet_html,
)
from demo.pipelines import PipelineStore
from demo.save import SAVE_IN_BROWSER
from demo.uploads import OpenUpload, open_upload
from demo.video_jobs import VideoJobs
from demo.video_screen import Screen, done_screen
from fer_core import FerError
from fer_core.clips.source import ClipLimits
from fer_core.pixels import fit
from fer_core.video import VideoJob
from fer_core.video_options import MOST_EVERY, VideoOptions

log = logging.getLogger(__name__)

DETECTOR = "mtcnn"
LIMITS = ClipLimits(max_seconds=600, max_side_px=1280)
WORK_SECONDS = 1200.0  # on one clip at most: the others wait meanwhile
FORGET_FILM_SECONDS = 3600
OUR_FAULT = "Something went wrong on our side. Please try again, or try another clip."
GONE = "The clip is no longer in memory. Please choose it again."
STOPPED = "Stopping; what is done so far is kept …"
OUT_OF_TIME = f"It took {WORK_SECONDS / 60:.0f} minutes, the most that is spent on one clip."
FULL = "Too many other clips are waiting at the moment. Please try again in some minutes."
NOT_BEGUN = "Your clip was not begun, and is forgotten."
STOP, STOP_AND_KEEP = "Stop", "Stop and keep what is done"
SAVED = {"csv": "Save CSV", "json": "Save JSON", "png": "Save moments"}
WHEN_DONE = (Path(__file__).parent / "static" / "film.js").read_text(encoding="utf-8")


def video_tab(store: PipelineStore, jobs: VideoJobs, uploads: MutableSet[str], limit: str) -> None:
    """Choose a clip; watch it being annotated; see and save what came of it."""
    with gr.Column(elem_id="video-drop", elem_classes="drop"):
        gr.HTML(
            page_html.VIDEO_INVITATION.format(
                limit=limit, minutes=round(LIMITS.max_seconds / 60), side=LIMITS.max_side_px
            ),
            apply_default_css=False,
        )
        clip = gr.UploadButton("Choose a clip", file_types=["video"], variant="primary", size="md")
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
            label="Analyze every n-th frame",
            info="More is faster; in between, faces move in straight lines.",
        )
        weights = weights_choice(store)
    controls = [style, cover, every, weights]  # in the order of `ClipChoices`
    message = gr.HTML(page_html.messages(), elem_id="video-message", apply_default_css=False)
    stop = gr.Button(STOP, visible=False, elem_id="video-stop")
    work = gr.HTML(elem_id="video-work", apply_default_css=False)
    with gr.Column(visible=False, elem_id="video-results") as results:
        video = gr.Video(label="Annotated clip", interactive=False, elem_id="film", buttons=[])
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
    film = gr.State(time_to_live=FORGET_FILM_SECONDS)
    choosing = [clip, *controls]

    def free(yes: bool) -> tuple[Any, ...]:
        """For the outputs `choosing`: whether a clip can be chosen, and how it is to be made."""
        return tuple(gr.update(interactive=yes) for _ in choosing)

    def wait(
        clip: dict[str, Any] | None,
        style: str,
        cover: bool,
        every_nth: int,
        weights: str,
        request: gr.Request,
    ) -> tuple[Any, ...]:
        # Opened at once, whoever is before it: Gradio deletes files that lie for long.
        upload = open_upload(clip, uploads)
        if upload is not None:
            # What is chosen goes with the clip: it is made as the visitor sees it now.
            upload = upload._replace(choices=ClipChoices(style, cover, every_nth, weights))
        hidden = gr.update(visible=False)
        if upload is None:
            jobs.hold(str(request.session_hash), None)
            return page_html.messages(error=GONE), hidden, hidden, *free(True)
        if not jobs.hold(str(request.session_hash), upload):
            return page_html.messages(error=FULL), hidden, gr.skip(), *free(True)
        waiting = page_html.messages("Waiting for its turn …", busy=True)
        return waiting, gr.update(visible=True, value=STOP), hidden, *free(False)

    def annotate_clip(sheet_cover: bool, request: gr.Request) -> Iterator[Screen]:
        visitor = str(request.session_hash)
        with jobs.turn(visitor) as upload:
            if upload is None:  # it was stopped, or the turn of one that was went to this one
                yield Screen(gr.skip(), stop=gr.skip(), work=gr.skip())
                return
            yield Screen(
                page_html.messages("Opening the clip …", busy=True),
                stop=gr.update(visible=True, value=STOP_AND_KEEP),
            )
            try:
                yield from annotated(visitor, upload, sheet_cover)
            except FerError as error:
                yield Screen(page_html.messages(error=str(error)))
            except Exception:  # the visitor gets a sentence, the app lives on, we get the traceback
                log.exception("A clip could not be annotated")
                yield Screen(page_html.messages(error=OUR_FAULT))

    def annotated(visitor: str, upload: OpenUpload, sheet_cover: bool) -> Iterator[Screen]:
        name, source, choices = upload
        style, cover, every_nth, weights = choices
        with source:
            options = VideoOptions(style, cover, every_nth, limits=LIMITS)
            job = VideoJob(store.get(weights, DETECTOR), source, options, name)
            with job:
                jobs.begin(visitor, job)
                said = page_html.messages()
                until, too_long = time.monotonic() + WORK_SECONDS, False
                for progress in job:
                    if time.monotonic() > until:
                        too_long = True
                        job.stop()
                    preview = jpeg_uri(fit(progress.preview, PREVIEW_SIDE))
                    work = progress_html(progress, preview)
                    # Where it was stopped, that is said, and the button is gone for good.
                    stopped = jobs.is_stopped(visitor)
                    yield Screen(gr.skip() if stopped else said, work, stop=gr.skip())
                    said = gr.skip()
                result = job.finish()
                made = Film.of(result)
                path = jobs.place(visitor, f"{made.stem}.mp4")
                result.video.save(path)
                result.close()
        done = done_sentence(made)
        message = page_html.messages(f"{OUT_OF_TIME} {done}" if too_long else done)
        yield done_screen(message, path, choices, made, cover or sheet_cover)

    def stop_now(request: gr.Request) -> tuple[Any, ...]:
        visitor, hidden = str(request.session_hash), gr.update(visible=False)
        unchanged = [gr.skip()] * len(choosing)
        if jobs.drop(visitor):
            return page_html.messages(NOT_BEGUN), hidden, *free(True)
        if jobs.stop(visitor):
            return page_html.messages(STOPPED, busy=True), hidden, *unchanged
        return gr.skip(), gr.skip(), *unchanged

    def clip_not_taken(request: gr.Request) -> tuple[Any, ...]:
        jobs.drop(str(request.session_hash))
        return page_html.messages(error=FULL), gr.update(visible=False), *free(True)

    def release(request: gr.Request) -> tuple[Any, ...]:
        # Of one that was stopped while it waited, the turn may come while the next one waits.
        busy = jobs.is_busy(str(request.session_hash))
        return tuple(gr.skip() for _ in choosing) if busy else free(True)

    def save_clip(request: gr.Request) -> tuple[str | None, str]:
        path = jobs.video(str(request.session_hash))
        if path is None:
            return None, page_html.messages(error=GONE)
        return str(path), page_html.messages(f"Saved {path.name}.")

    def save(kind: str, film: Film | None, cover: bool) -> tuple[str | None, str]:
        if film is None:
            return None, page_html.messages(error=GONE)
        name, content = make_file(film, kind, cover)
        path = save_bytes_to_cache(content, name, file.GRADIO_CACHE)
        return path, page_html.messages(f"Saved {name}.")

    quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
    waiting = clip.upload(
        wait,
        [clip, *controls],
        [message, stop, results, *choosing],
        preprocess=False,
        queue=False,
        **quiet,
    )
    above = [message, work, stop, results, video, made_with]
    below = [people_part, timeline, plot, people, moments_part, sheet, sheet_cover]
    done = waiting.then(
        annotate_clip,
        sheet_cover,
        [*above, *below, saves["png"], film],  # in the order of `Screen`
        concurrency_limit=1,
        concurrency_id="video",
        **quiet,
    )
    done.then(None, None, None, js=WHEN_DONE, **quiet)
    done.then(release, None, choosing, queue=False, **quiet)
    done.failure(clip_not_taken, None, [message, stop, *choosing], queue=False, **quiet)
    stop.click(stop_now, None, [message, stop, *choosing], queue=False, **quiet)
    sheet_cover.input(
        lambda film, cover: sheet_html(film, cover) if film else "",
        [film, sheet_cover],
        sheet,
        trigger_mode="always_last",
        **quiet,
    )
    saving = [save_video.click(save_clip, None, [file, message], **quiet)]
    for kind, button in saves.items():
        saving.append(
            button.click(partial(save, kind), [film, sheet_cover], [file, message], **quiet)
        )
    for saved in saving:
        saved.success(None, file, None, js=SAVE_IN_BROWSER, **quiet)
