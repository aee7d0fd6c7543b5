"""The Gradio app: a photo or the webcam in, an emoji on every face out. One function a tab."""

from collections.abc import Callable, Container, Iterator
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import gradio as gr
import torch
from gradio.processing_utils import save_bytes_to_cache

from demo import page_html, theme
from demo.about import about
from demo.controls import style_choice, weights_choice
from demo.photos import FILE_KINDS, PHOTO_LIMIT, Shot, make_file, take
from demo.pipelines import PipelineStore
from demo.save import SAVE_IN_BROWSER
from demo.screens import EXPIRED, GONE, Choices, Screen, analysed, analysed_again, restyled
from demo.turns import Turn, Turns
from demo.uploads import read_upload
from demo.video_jobs import VideoJobs
from demo.video_tab import video_tab
from demo.webcam_tab import webcam_tab
from fer_core import FerError, FerPipeline
from fer_core.detection import MIN_SCORE, list_detectors
from fer_core.results import records
from fer_core.weights import read_card

EXAMPLES_FOLDER = Path(__file__).parent / "examples"
EXAMPLES = {
    "Side by side": "side-by-side.jpg",
    "Astronaut": "astronaut.jpg",
    "President": "president.jpg",
    "Speech": "speech.jpg",
    "Vice president": "vice-president.jpg",
}

UPLOAD_LIMIT = "200 MB"  # of clips; photos have a smaller one of their own
SESSIONS = 200  # visitors whose photo may be in memory; the one idle longest is forgotten first
FORGET_SHOT_SECONDS = 3600
SWEEP_SECONDS, FORGET_FILE_SECONDS = 60, 600
PHOTOS_AT_ONCE = 2


class Options(NamedTuple):
    """The controls beside a photo, in the order of `Choices`."""

    style: gr.Radio
    weights: gr.Dropdown
    detector: gr.Dropdown
    min_score: gr.Slider


def build_app(pipeline: FerPipeline) -> gr.Blocks:
    """The app around a pipeline; `launch_options()` has what its launch() takes."""
    # One core a task. Divided among cores that browsers and other visitors use too, a frame waits
    # for its slowest part: with two threads, the webcam came to half as many frames a second.
    torch.set_num_threads(1)
    store = PipelineStore(pipeline)
    jobs, turns = VideoJobs(), Turns()
    # Served where they lie: from Gradio's cache they would vanish with the visitors' files.
    gr.set_static_paths([EXAMPLES_FOLDER, jobs.folder])
    with gr.Blocks(
        title="fer-studio: an emoji for every face",
        analytics_enabled=False,
        delete_cache=(SWEEP_SECONDS, FORGET_FILE_SECONDS),
    ) as app:
        gr.HTML(page_html.HEADER, apply_default_css=False)
        with gr.Tabs():
            with gr.Tab("Photo"):
                options = photo_tab(store, turns, app.upload_file_set)
            with gr.Tab("Webcam"):
                viewers = webcam_tab(store)
            with gr.Tab("Video"):
                video_tab(store, jobs, app.upload_file_set, UPLOAD_LIMIT)
            with gr.Tab("About"):
                about_tab(store, options)
        annotate_endpoint(store, options, app.upload_file_set)

        def forget(request: gr.Request) -> None:
            # Gradio alone keeps the values of a closed page's outputs until other visitors
            # displace them, and the photo for an hour.
            app.state_holder.session_data.pop(str(request.session_hash), None)
            viewers.sweep()
            jobs.forget(str(request.session_hash))
            turns.forget(str(request.session_hash))

        app.unload(forget)
    return app.queue(max_size=50, default_concurrency_limit=PHOTOS_AT_ONCE)


def launch_options() -> dict[str, Any]:
    """The arguments of launch(), the same for the app and for its tests."""
    return {
        **theme.launch_options(),
        "max_file_size": UPLOAD_LIMIT.replace(" ", "").lower(),
        "state_session_capacity": SESSIONS,
        "footer_links": ["api"],
        "run_history": False,  # it would keep results in the visitor's browser
        "enable_monitoring": False,
        "ssr_mode": False,
        "pwa": False,
        "share": False,
    }


def photo_tab(store: PipelineStore, turns: Turns, uploads: Container[str]) -> Options:
    """Drop, paste or choose a photo; see it with emoji, and a card for each face."""
    with gr.Column(elem_id="drop", elem_classes="drop"):
        gr.HTML(page_html.INVITATION.format(limit=PHOTO_LIMIT), apply_default_css=False)
        photo = gr.UploadButton(
            "Choose a photo", file_types=["image"], variant="primary", size="md"
        )
        gr.HTML(page_html.EXAMPLES_HINT, elem_id="examples-hint", apply_default_css=False)
        with gr.Row(elem_id="examples"):
            examples = {
                gr.Button(name, icon=str(EXAMPLES_FOLDER / file), elem_classes="example"): file
                for name, file in EXAMPLES.items()
            }
    message = gr.HTML(page_html.messages(), elem_id="message", apply_default_css=False)
    with gr.Row(elem_id="result"):
        with gr.Column(scale=3):
            with gr.Row(elem_id="toolbar"):
                style = style_choice()
                downloads = {
                    gr.Button(f"Save {kind.upper()}", size="sm", elem_classes="save"): kind
                    for kind in FILE_KINDS
                }
            picture = gr.HTML(elem_id="picture", apply_default_css=False)
            with gr.Accordion("More options", open=False):
                options = Options(style, *_more_options(store))
        with gr.Column(scale=2):
            faces = gr.HTML(elem_id="faces", apply_default_css=False)
    gr.HTML(page_html.PROMISE, apply_default_css=False)
    file = gr.File(visible=False)
    shot = gr.State(time_to_live=FORGET_SHOT_SECONDS)

    unchanged = (gr.skip(), gr.skip(), gr.skip(), gr.skip())
    busy = (gr.skip(), page_html.messages("Looking for faces …", busy=True), gr.skip(), gr.skip())

    def answered(turn: Turn, work: Callable[[], Screen]) -> Iterator[Any]:
        """Say that it is being worked on, then show what came of it, if it is still wanted."""
        yield busy
        screen = work()
        yield screen if turns.is_last(turn) else unchanged

    def open_upload(
        request: gr.Request, file: dict[str, Any] | None, *choices: Any
    ) -> Iterator[Any]:
        def work() -> Screen:
            upload = read_upload(file, uploads)
            return EXPIRED if upload is None else analysed(store, *upload, Choices(*choices))

        yield from answered(turns.next(str(request.session_hash)), work)

    def opens_example(name: str) -> Callable[..., Iterator[Any]]:
        # No `partial`: of one, Gradio does not see that it is a generator, nor its request.
        def open_example(request: gr.Request, *choices: Any) -> Iterator[Any]:
            data = (EXAMPLES_FOLDER / name).read_bytes()
            turn = turns.next(str(request.session_hash))
            yield from answered(turn, lambda: analysed(store, name, data, Choices(*choices)))

        return open_example

    def change(request: gr.Request, shot: Shot | None, *choices: Any) -> Iterator[Any]:
        turn = turns.current(str(request.session_hash))
        yield from answered(turn, lambda: analysed_again(store, shot, Choices(*choices)))

    def save(kind: str, shot: Shot | None, style: str) -> tuple[str | None, str]:
        if shot is None:
            return None, page_html.messages(error=GONE)
        name, content = make_file(shot, style, kind)
        path = save_bytes_to_cache(content, name, file.GRADIO_CACHE)
        return path, page_html.messages(f"Saved {name}.")

    screen = [shot, message, picture, faces]
    # Our own message says what goes on; Gradio's would cover the picture.
    quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
    # Each photo is read, also where another is chosen before the answer for it has come.
    photo.upload(
        open_upload, [photo, *options], screen, preprocess=False, trigger_mode="multiple", **quiet
    )
    for button, name in examples.items():
        button.click(opens_example(name), [*options], screen, trigger_mode="multiple", **quiet)
    style.input(restyled, [shot, style], screen, trigger_mode="always_last", **quiet)
    gr.on(
        [options.weights.input, options.detector.input, options.min_score.input],
        change,
        [shot, *options],
        screen,
        trigger_mode="always_last",
        **quiet,
    )
    for button, kind in downloads.items():
        saved = button.click(partial(save, kind), [shot, style], [file, message], **quiet)
        saved.success(None, file, None, js=SAVE_IN_BROWSER, **quiet)
    return options


def _more_options(store: PipelineStore) -> tuple[gr.Dropdown, gr.Dropdown, gr.Slider]:
    return (
        weights_choice(store),
        gr.Dropdown(list_detectors(), value=store.first.detector.name, label="Face detector"),
        gr.Slider(
            0.5,
            1,
            value=MIN_SCORE,
            step=0.01,
            label="Least detection score",
            info="Lower values find more faces, but also more things that are not faces.",
        ),
    )


def about_tab(store: PipelineStore, options: Options) -> None:
    """What this is and is not, and the figures of the weights in use."""
    page = gr.HTML(about(store.first.card), apply_default_css=False)
    options.weights.input(
        lambda weights: about(read_card(weights)), options.weights, page, api_visibility="private"
    )


def annotate_endpoint(store: PipelineStore, options: Options, uploads: Container[str]) -> None:
    """The one public endpoint: /annotate, for gradio_client."""
    with gr.Row(visible=False):
        image = gr.File(label="picture")
        call = gr.Button("annotate")
        picture = gr.File(label="annotated picture (PNG)")
        results = gr.JSON(label="one record for each face")

    def annotate(
        image: dict[str, Any] | None, style: str, weights: str, detector: str, min_score: float
    ) -> tuple[str, list[dict[str, Any]]]:
        """Put an emoji on every face of a picture. Returns the picture and a record per face."""
        upload = read_upload(image, uploads)
        if upload is None:
            raise gr.Error("Give a picture file as image.", print_exception=False)
        try:
            shot = take(*upload, store.get(weights, detector), min_score)
            name, content = make_file(shot, style, "png")
        except FerError as error:
            raise gr.Error(str(error), print_exception=False) from error
        return save_bytes_to_cache(content, name, picture.GRADIO_CACHE), records(shot.analysis)

    call.click(
        annotate,
        [image, *options],
        [picture, results],
        preprocess=False,
        api_name="annotate",
    )
