"""The Gradio app: a photo or the webcam in, an emoji on every face out. One function a tab."""

from collections.abc import MutableSet
from functools import partial
from typing import Any

import gradio as gr
import torch
from gradio.events import api
from starlette.middleware import Middleware

from demo.serving import gradio_internals
from demo.serving.departures import Departures
from demo.serving.periodic import Periodic
from demo.serving.pipelines import PipelineStore
from demo.serving.request_limits import UPLOAD_MB, RequestLimits
from demo.serving.turns import Turns
from demo.serving.uploads import HeldUploads, open_upload
from demo.serving.video_jobs import VideoJobs
from demo.serving.visitor_files import SWEEP_SECONDS, VisitorFiles
from demo.tabs import page_html, theme
from demo.tabs.about import about
from demo.tabs.photo_tab import ANALYSES, EXAMPLES_FOLDER, Options, photo_tab
from demo.tabs.photos import make_file, refuse_large, take
from demo.tabs.video_tab import video_tab
from demo.tabs.webcam_tab import webcam_tab
from fer_core import FerError, FerPipeline
from fer_core.results import records
from fer_core.types import OptionError

GONE = "The picture is no longer on the server. Upload it again."
UPLOAD_LIMIT = f"{UPLOAD_MB} MB"  # of clips; photos have a smaller one of their own
SESSIONS = 100  # visitors whose photo may be in memory; the one idle longest is forgotten first
QUEUE, WAITING = 500, 40  # wishes that may wait, of any kind; and photos among them


def build_app(pipeline: FerPipeline, files: VisitorFiles) -> gr.Blocks:
    """The app around a pipeline; `launch_options` has what its launch() takes.

    files: whose uploads Gradio is to use, as GRADIO_TEMP_DIR in the environment of the process.
    """
    # One core a task. Divided among cores that browsers and other visitors use too, a frame waits
    # for its slowest part: with two threads, the webcam came to half as many frames a second.
    torch.set_num_threads(1)
    store = PipelineStore(pipeline)
    gradio_internals.fetch_nothing()
    gradio_internals.take_one_file()
    gradio_internals.refuse_long_names()
    gradio_internals.go_on_without_forgotten_sessions()
    gradio_internals.displace_photos_by_photos()
    turns, held = Turns(), HeldUploads(WAITING)
    # Served where they lie: from Gradio's cache they would vanish with the visitors' files.
    gr.set_static_paths([EXAMPLES_FOLDER, files.videos])
    with gr.Blocks(
        title="fer-studio: an emoji for every face",
        analytics_enabled=False,
    ) as app:
        jobs = VideoJobs(files, store, partial(gradio_internals.forget_shown, app))
        gr.HTML(page_html.HEADER, apply_default_css=False)
        with gr.Tabs():
            with gr.Tab("Photo", id="photo"):
                options = photo_tab(store, turns, held, app)
            with gr.Tab("Webcam"):
                webcam_tab(store)
            with gr.Tab("Video", id="video"):
                video_tab(store, jobs, gradio_internals.uploads(app), UPLOAD_LIMIT)
            with gr.Tab("About"):
                about_tab(store, options)
        annotate_endpoint(store, options, gradio_internals.uploads(app))

        def forget(visitor: str) -> None:
            gradio_internals.forget_session(app, visitor)
            jobs.forget(visitor)
            held.forget(visitor)
            turns.forget(visitor)

        departures = Departures(forget, partial(gradio_internals.idle_seconds, app))
        goodbyes(app, departures)
    # Who waits for a clip and who waits for a photo are counted together; clips have a limit of
    # their own. There is no way round the queue.
    app.queue(max_size=QUEUE, default_concurrency_limit=2, api_open=False)
    # The files themselves are deleted by `VisitorFiles`. Gradio's own `delete_cache` ends for good
    # where a file comes while it looks through those there are.
    names, folder, answers = app.temp_file_sets, files.uploads, gradio_internals.Answers(app)

    def tidy() -> bool:
        answers.forget_unfetched()
        return gradio_internals.forget_deleted(names, folder)

    Periodic(tidy, SWEEP_SECONDS).begin()
    return app


def launch_options(files: VisitorFiles) -> dict[str, Any]:
    """The arguments of launch(), the same for the app and for its tests. files: the app's."""
    return {
        **theme.look(),
        # Gradio shows no clip from elsewhere, static or not.
        "allowed_paths": [str(files.videos)],
        "max_file_size": UPLOAD_LIMIT.replace(" ", "").lower(),
        "state_session_capacity": 2 * SESSIONS,  # as many more have none
        "app_kwargs": {"middleware": [Middleware(RequestLimits)]},
        "footer_links": ["api"],
        "run_history": False,  # it would keep results in the visitor's browser
        "enable_monitoring": False,
        "ssr_mode": False,
        "pwa": False,
        "share": False,
    }


def goodbyes(app: gr.Blocks, departures: Departures) -> None:
    """Let the page say that it is closed (page_leaving.js), and hear when its connection ends."""
    name = gr.HTML(visible="hidden")

    def named(request: gr.Request) -> str:
        return f'<i data-visitor="{request.session_hash}"></i>'

    def goodbye(said: object, may_return: object) -> None:
        visitor = str(said)[:64]  # anyone may call this, with anything
        # That a clip is done, its page may not have heard: a locked phone does not listen.
        if may_return is True:
            departures.left_or_reloads(visitor)
        else:
            departures.left(visitor)

    def lost(request: gr.Request) -> None:
        departures.lost(str(request.session_hash)[:64])  # any name may be in an address

    app.load(named, None, name, queue=False, show_progress="hidden", api_visibility="private")
    api(goodbye, api_name="goodbye", queue=False, api_visibility="undocumented")
    app.unload(lost)


def about_tab(store: PipelineStore, options: Options) -> None:
    """What this is and is not, and the figures of the weights in use."""
    page = gr.HTML(about(store.first.card), apply_default_css=False)
    options.weights.input(
        lambda weights: about(store.get(weights, store.first.detector.name).card),
        options.weights,
        page,
        api_visibility="private",
    )


def check_names(**names: object) -> None:
    """Raises OptionError for what is none: anyone may call /annotate, with anything."""
    for option, name in names.items():
        if not isinstance(name, str):
            raise OptionError(f"{option} must be a name, not {name!r}.")


def annotate_endpoint(store: PipelineStore, options: Options, uploads: MutableSet[str]) -> None:
    """The one public endpoint: /annotate, for gradio_client."""
    with gr.Row(visible=False):
        image = gr.File(label="picture")
        call = gr.Button("annotate")
        picture = gr.File(label="annotated picture (PNG)")
        results = gr.JSON(label="one record for each face")

    def annotate(
        image: dict[str, Any] | None, style: str, weights: str, detector: str, min_score: float
    ) -> tuple[str, list[dict[str, Any]]]:
        """Put an emoji on every face of a picture. Returns the picture and a record per face.

        Upload the picture, as gradio_client's handle_file does: the server opens no addresses.
        """
        try:
            check_names(style=style, weights=weights, detector=detector)
            if image is None:
                raise OptionError("Give a picture file as image.")
            upload = open_upload(image, uploads)
            if upload is None:
                raise OptionError(GONE)
            with upload.file as file:
                refuse_large(upload)
                data = file.read()
            shot = take(upload.name, data, store.get(weights, detector), min_score)
            name, content = make_file(shot, style, "png")
        except FerError as error:
            raise gr.Error(str(error), print_exception=False) from error
        return gradio_internals.in_cache(content, name, picture), records(shot.analysis)

    call.click(
        annotate,
        [image, *options],
        [picture, results],
        preprocess=False,
        api_name="annotate",
        **ANALYSES,
    )
