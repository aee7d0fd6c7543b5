"""What models look at in a face: their own attention maps, Grad-CAM, and how faithful that is."""

from pathlib import Path

import numpy as np
import streamlit as st

from demo.board.face_cards import Card, cards
from demo.board.map_panels import how_faithful, own_attention
from demo.board.maps_store import grad_cam, probs
from demo.board.models_store import KEPT, crop_for, faces_of
from demo.board.models_store import cards as weights_cards
from demo.board.overlays import numbered, overlay, with_caption
from demo.board.panels import (
    file_name,
    heading,
    picture_button,
    say_how_to_make,
    say_what_is_missing,
    show_problems,
    switch,
)
from demo.board.reports_store import weights_folder
from fer_core.attention_maps import CAPTIONS, GradCam
from fer_core.emotions import LABELS
from fer_core.results import percent
from fer_core.types import FerError, UInt8Array
from fer_core.weights import WeightsCard

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"
SOURCES = ("example", "upload", "camera")
UPLOAD_MB = 25
PREDICTED = "each model's own answer"

Crops = dict[str, UInt8Array]


def shown_as(example: str) -> str:
    """What an example's file is called on the page."""
    return Path(example).stem.replace("-", " ").capitalize()


def photo() -> bytes | None:
    """The bytes of the picture that the user chose."""
    source = switch("A face from", SOURCES, "source", "a source")
    if source == "upload":
        file = st.file_uploader(
            "Photo",
            key="photo",
            max_upload_size=UPLOAD_MB,
            help="It stays in memory until you leave.",
        )
        return file.getvalue() if file else None
    if source == "camera":
        st.caption(
            "The snapshot goes to the machine that runs this page, which forgets it when you leave."
        )
        shot = st.camera_input("Snapshot", key="snapshot")
        return shot.getvalue() if shot else None
    names = sorted(path.name for path in EXAMPLES.glob("*.jpg"))
    say_what_is_missing("example", [shown_as(each) for each in names], "an example")
    name = st.selectbox(
        "Example",
        names,
        key="example",
        bind="query-params",
        width=300,
        format_func=shown_as,
    )
    return (EXAMPLES / name).read_bytes()


def choose_face(chosen: dict[str, WeightsCard], data: bytes) -> Crops | None:
    """The chosen face as each model takes it. Raises ImageError for what is no picture."""
    pixels, faces = faces_of(data)
    if not len(faces):
        st.info("No face was found. Try a photo with a larger face that looks at the camera.")
        return None
    index = 0
    if len(faces) > 1:
        numbers = map(str, range(1, len(faces) + 1))
        index = int(switch(f"{len(faces)} faces, in reading order", numbers, "face", "a face")) - 1
        st.image(
            numbered(pixels, faces, index),
            width="content",
            alt=f"The photo with a box and a number on each of {len(faces)} faces; "
            f"{index + 1} is chosen",
        )
    return {name: crop_for(card, pixels, faces, index) for name, card in chosen.items()}


def answers(chosen: dict[str, WeightsCard], crops: Crops) -> dict[str, int]:
    """Show each model's probabilities; returns its most probable class.

    Models whose weights cannot be used are left out, with a sentence.
    """
    found = {}
    for name, card in chosen.items():
        try:
            found[name] = probs(card, crops[name])
        except FerError as error:
            st.error(str(error))
    if not found:
        return {}
    st.html(
        cards(
            [
                Card(
                    name,
                    each,
                    crops[name],
                    [f"{chosen[name].arch}: {LABELS[each.argmax()]}, {percent(float(each.max()))}"],
                )
                for name, each in found.items()
            ]
        )
    )
    return {name: int(each.argmax()) for name, each in found.items()}


def grad_cams(chosen: dict[str, WeightsCard], crops: Crops, classes: dict[str, int]) -> None:
    st.subheader("Grad-CAM", anchor=False)
    st.caption(CAPTIONS["grad_cam"])
    found: dict[str, GradCam] = {}
    for name, card in chosen.items():
        try:
            found[name] = grad_cam(card, crops[name], classes[name])
        except FerError as error:
            st.info(f"{name}: {error}")
    if found:
        laid_over(found, crops, classes)
        for name, result in found.items():
            if result.peaks[0] > 0:  # an empty map has no points to exchange first
                how_faithful(chosen[name], crops[name], result, classes[name])


@st.fragment
def laid_over(found: dict[str, GradCam], crops: Crops, classes: dict[str, int]) -> None:
    bar = st.container(horizontal=True, vertical_alignment="bottom")
    opacity = bar.slider("Opacity", 0, 100, 65, format="%d%%", key="opacity", width=260)
    together = bar.toggle(
        "One scale for all",
        value=len(found) > 1,
        key="together",
        help="On: full colour is the strongest point of all the models, in logits. Off: each map "
        "has its own full colour.",
    )
    top = max(float(each.peaks[0]) for each in found.values())
    pictures = {}
    for name, each in found.items():
        share = float(each.peaks[0]) / top if together and top > 0 else 1.0
        pictures[name] = overlay(crops[name], each.maps[0] * share, opacity / 100)
    for column, (name, picture) in zip(
        st.columns(max(len(found), 2)), pictures.items(), strict=False
    ):
        label = LABELS[classes[name]]
        peak, grid = float(found[name].peaks[0]), found[name].grid_hw
        column.image(
            picture,
            caption=f"{name}: {label}",
            width="stretch",
            alt=f"The face with Grad-CAM of {name} for {label} over it",
        )
        column.caption(
            f"Strongest point {peak:.2f} logits, on a grid of {grid[0]}x{grid[1]}."
            if peak > 0
            else f"The map is empty: no place raises the model's score for {label}."
        )
    answers_of = {name: f"{name}: {LABELS[classes[name]]}" for name in pictures}
    captioned = [with_caption(each, answers_of[name]) for name, each in pictures.items()]
    picture_button(np.concatenate(captioned, axis=1), file_name("grad-cam", *answers_of.values()))


def page() -> None:
    heading(
        "Attention",
        "Show one face to several models and see where each one's answer comes from. A map shows "
        "what a model used, not where an expression is.",
    )
    known, problems = weights_cards()
    show_problems(problems)
    if not known:
        say_how_to_make("weights that can be used", weights_folder())
        return
    say_what_is_missing("weights", known, "a model", KEPT)
    names = st.multiselect(
        "Weights",
        list(known),
        default=list(known)[:2],
        key="weights",
        max_selections=KEPT,
        bind="query-params",
    )
    data = photo()
    if data is None or not names:
        st.info("Choose weights and a photo above.")
        return
    chosen = {name: known[name] for name in names}
    try:
        crops = choose_face(chosen, data)
        if crops is None:
            return
        own = answers(chosen, crops)
        if not own:
            return
        chosen = {name: known[name] for name in own}
        say_what_is_missing("for", [PREDICTED, *LABELS], "an expression")
        wanted = st.selectbox(
            "Maps for", [PREDICTED, *LABELS], key="for", bind="query-params", width=300
        )
        classes = own if wanted == PREDICTED else dict.fromkeys(own, LABELS.index(wanted))
        grad_cams(chosen, crops, classes)
        own_attention(chosen, crops)
    except FerError as error:
        st.error(str(error))


page()
