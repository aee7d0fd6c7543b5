"""The Photo tab: a photo in; it comes back with emoji, and a card for each face."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import gradio as gr

from demo.serving.gradio_internals import forget_shown, in_cache, uploads
from demo.serving.pipelines import PipelineStore
from demo.serving.turns import Turn, Turns
from demo.serving.uploads import HeldUploads, OpenUpload, open_upload
from demo.tabs import page_html
from demo.tabs.controls import QUIET, save_on_click, style_choice, weights_choice
from demo.tabs.photo_screen import (
    EXPIRED,
    GONE,
    Choices,
    Kept,
    PhotoScreen,
    adapted,
    analysed,
    attempt,
    still,
)
from demo.tabs.photos import FILE_KINDS, PHOTO_LIMIT, make_file, refuse_large
from fer_core.detection import MIN_SCORE, list_detectors
from fer_core.types import ImageError

EXAMPLES_FOLDER = Path(__file__).resolve().parents[1] / "examples"
EXAMPLES = {
    "Side by side": "side-by-side.jpg",
    "Astronaut": "astronaut.jpg",
    "President": "president.jpg",
    "Speech": "speech.jpg",
    "Vice president": "vice-president.jpg",
}

UNKNOWN = [".heic", ".heif", ".avif", ".tif", ".tiff"]  # many systems know no type of these
FORGET_SHOT_SECONDS = 3600
FULL = "Too many others are waiting at the moment. Please try again in a minute."
# Of all events that bring photos, together, and of all that change what is made of them: without
# a name, each would have a limit of its own.
ANALYSES: dict[str, Any] = {"concurrency_id": "photos", "concurrency_limit": 2}
CHANGES: dict[str, Any] = {"concurrency_id": "changes", "concurrency_limit": 2}


class Options(NamedTuple):
    """The controls beside a photo, in the order of `Choices`."""

    style: gr.Radio
    weights: gr.Dropdown
    detector: gr.Dropdown
    min_score: gr.Slider


def photo_tab(store: PipelineStore, turns: Turns, held: HeldUploads, app: gr.Blocks) -> Options:
    """Drop, paste or choose a photo; see it with emoji, and a card for each face."""
    with gr.Column(elem_id="drop", elem_classes="drop"):
        gr.HTML(page_html.INVITATION.format(limit=PHOTO_LIMIT), apply_default_css=False)
        photo = gr.UploadButton(
            "Choose a photo", file_types=["image", *UNKNOWN], variant="primary", size="md"
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
    late = gr.Checkbox(visible=False)  # set in the browser

    def expired(kept: Kept | None) -> None:
        if kept is not None:  # else nothing is shown
            forget_shown(app, kept.turn.visitor)

    # Gradio looks every second for what is older.
    kept = gr.State(time_to_live=FORGET_SHOT_SECONDS, delete_callback=expired)

    unchanged = (gr.skip(), gr.skip(), gr.skip(), gr.skip())
    busy = (gr.skip(), page_html.messages("Looking for faces …", busy=True), gr.skip(), gr.skip())

    def answered(turn: Turn, before: Kept | None, work: Callable[[], PhotoScreen]) -> Iterator[Any]:
        """Show what comes of it, if it is still wanted by then. before: what stays where it fails,
        under the sentence that says so."""
        made = attempt(work)
        if not turns.is_last(turn):
            yield unchanged
        elif isinstance(made, PhotoScreen):
            forget_shown(app, turn.visitor)  # its place is taken
            yield made
        else:
            yield before, page_html.messages(error=made), gr.skip(), gr.skip()

    def wait(visitor: str, upload: OpenUpload | None) -> str:
        if upload is None:
            return page_html.refusal(GONE)
        try:
            refuse_large(upload)
        except ImageError as error:
            upload.file.close()
            return page_html.refusal(str(error))
        # Where it is held, an answer to what was asked for before comes too late from now on.
        if not held.hold(visitor, upload, lambda: turns.next(visitor)):
            return page_html.refusal(FULL)
        return page_html.messages("Waiting for its turn …", busy=True)

    # Opened at once, whoever is before it: files that lie for long are deleted, and who closes the
    # page meanwhile leaves nothing on the disk.
    def wait_with_upload(file: dict[str, Any] | None, late: bool, request: gr.Request) -> Any:
        upload = open_upload(file, uploads(app))
        if late:  # another photo was chosen while this one was on its way
            if upload is not None:
                upload.file.close()
            return gr.skip()
        return wait(str(request.session_hash), upload)

    def waits_with_example(name: str) -> Callable[[gr.Request], str]:
        # No `partial`: of one, Gradio does not see that it wants the request.
        def wait_with_example(request: gr.Request) -> str:
            file = (EXAMPLES_FOLDER / name).open("rb")
            return wait(str(request.session_hash), OpenUpload(name, file))

        return wait_with_example

    def open_photo(request: gr.Request, kept: Kept | None, *choices: Any) -> Iterator[Any]:
        visitor = str(request.session_hash)
        upload = held.take(visitor)
        if upload is None:  # or the turn of an earlier photo went to this one already
            lost = held.is_lost(visitor)
            yield (*not_taken(kept, request), gr.skip(), gr.skip()) if lost else unchanged
            return
        turn = turns.next(visitor)
        yield busy

        def work() -> PhotoScreen:
            with upload.file as file:
                return analysed(store, upload.name, file.read(), Choices(*choices), turn)

        yield from answered(turn, still(kept, turn), work)

    def not_taken(kept: Kept | None, request: gr.Request) -> tuple[Kept | None, str]:
        visitor = str(request.session_hash)
        held.forget(visitor)
        # It has had a turn: without another one, the photo on the page could not change any more.
        return still(kept, turns.next(visitor)), page_html.messages(error=FULL)

    def change(kept: Kept | None, *choices: Any) -> Iterator[Any]:
        if kept is None:
            yield EXPIRED
        else:
            yield from settle(kept, *choices)

    def settle(kept: Kept | None, *choices: Any) -> Iterator[Any]:
        """Bring the photo on the page in line with the controls, where it is not."""
        wanted = Choices(*choices)
        if kept is None or kept.choices == wanted:
            yield unchanged
            return
        turn = turns.after(kept.turn)
        if turn is None:  # another answer is on its way, and this is called again when it is there
            yield unchanged
            return
        if not wanted.same_faces(kept.choices):
            yield busy
        before = still(kept, turn, wanted)
        yield from answered(turn, before, lambda: adapted(store, kept, wanted, turn))

    def saves_as(kind: str) -> Callable[[Kept | None, str], Iterator[Any]]:
        # No `partial`: of one, Gradio does not see that it yields.
        def save(kept: Kept | None, style: str) -> Iterator[Any]:
            if kept is None:
                yield None, page_html.messages(error=GONE)
                return
            yield None, page_html.messages("Making the file …", busy=True)
            name, content = make_file(kept.shot, style, kind)
            yield in_cache(content, name, file), page_html.messages(f"Saved {name}.")

        return save

    screen = [kept, message, picture, faces]
    # A photo is taken also where another is chosen before the answer for it has come.
    opens: dict[str, Any] = {"trigger_mode": "multiple", **QUIET}
    waiting = [
        photo.upload(
            wait_with_upload,
            [photo, late],
            message,
            preprocess=False,
            queue=False,
            js="(file) => [file, isLate(file, 'photo')]",
            **opens,
        ),
        *(
            button.click(waits_with_example(name), None, message, queue=False, **opens)
            for button, name in examples.items()
        ),
    ]
    for each in waiting:
        opened = each.then(open_photo, [kept, *options], screen, **ANALYSES, **opens)
        opened.failure(not_taken, kept, [kept, message], queue=False, **QUIET)
    # Not in the line of the photos: another style is quick, and mostly there is nothing to do.
    adapts: dict[str, Any] = {"trigger_mode": "always_last", **CHANGES, **QUIET}
    gr.on([option.input for option in options], change, [kept, *options], screen, **adapts)
    # The controls may have changed while an answer was on its way.
    kept.change(settle, [kept, *options], screen, **adapts)
    for button, kind in downloads.items():
        save_on_click(button, saves_as(kind), [kept, style], file, message)
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
            label="Minimum detection score",
            info="Lower values find more faces, but also more things that are not faces. "
            "MTCNN gives no score below 0.7.",
        ),
    )
