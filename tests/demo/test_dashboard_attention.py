"""The dashboard's page of attention maps, on the shipped weights, without a browser."""

import re
import shutil

import numpy as np
import pytest
import torch
from dashboard_page import checked, face_cards, figure, opened, text
from streamlit.testing.v1 import AppTest

from demo.board import models_store
from demo.board.map_panels import _verdict
from demo.board.models_store import classifier
from fer_core import device
from fer_core.attention_maps import GradCam
from fer_core.faithfulness import SHIFTS, Curve, Faithfulness
from fer_core.images import Picture
from fer_core.weights import FOLDER, read_card


def test_what_a_link_to_the_maps_asks_for_in_vain_is_said():
    wrong = {"weights": ["compact-ferplus"], "example": "Nosuch", "for": "foo"}
    said = [each.value for each in opened("attention", **wrong).warning]
    assert [each.rpartition(" ")[2] for each in said] == ["Nosuch.", "foo."]


def test_attention_shows_maps_for_the_predicted_and_a_chosen_class():
    at = opened("attention", weights=["compact-ferplus"], example="Astronaut")
    assert "compact_se: happy, &gt;99%" in face_cards(at)
    assert any("Grad-CAM" in each.value for each in at.caption)
    assert figure(at, "Channel weights (SE)")
    at.session_state["faith-compact-ferplus"] = True
    checked(at.run())
    assert figure(at, "Deletion and insertion: happy")
    assert re.search(r"better than \d+ of 19 random places on insertion and \d+ of 19", text(at))
    at.selectbox(key="for").set_value("surprise")
    checked(at.run())
    assert figure(at, "Deletion and insertion: surprise")
    # Blurred, she looks a little surprised.
    assert "neither area says anything about the map" in text(at)


def test_a_photo_of_several_faces_shows_their_numbers_and_the_address_the_chosen_one():
    at = opened("attention", weights=["compact-ferplus"], example="Side by side", face="2")
    assert not at.warning
    assert at.button_group(key="face").value == "2"
    assert "4 faces; 2 is chosen" in at.get("image")[0].proto.imgs[0].alt
    assert at.query_params["face"] == "2"
    at.selectbox(key="example").set_value("astronaut.jpg")
    checked(at.run())
    assert "faces" not in at.get("image")[0].proto.imgs[0].alt


def test_the_maps_are_in_the_format_in_which_the_weights_were_judged(monkeypatch):
    gpu = device.DeviceChoice(torch.device("cpu"), torch.bfloat16, "as on a GPU")
    monkeypatch.setattr(device, "_usual_choice", lambda name: gpu)
    assert classifier(read_card("mini-xception")).choice.dtype is torch.float32


def test_only_the_last_photos_of_a_session_are_kept(monkeypatch):
    read = []
    monkeypatch.setattr(
        models_store,
        "read_picture",
        lambda photo: read.append(photo) or Picture(np.zeros((1, 1, 3), np.uint8)),
    )
    monkeypatch.setattr(models_store, "find_faces", lambda *_: ())

    def page():
        from demo.board.models_store import faces_of

        for photo in (b"first", b"second", b"second", b"third", b"first"):
            faces_of(photo)

    checked(AppTest.from_function(page).run())
    assert read == [b"first", b"second", b"third", b"first"]


def test_an_empty_map_is_said_to_be_and_is_not_judged(monkeypatch):
    empty = GradCam(np.zeros((1, 48, 48), np.float32), np.zeros(1, np.float32), (6, 6))
    monkeypatch.setattr("demo.board.maps_store.grad_cam", lambda *_: empty)
    at = opened("attention", weights=["compact-ferplus"], example="Astronaut")
    at.session_state["faith-compact-ferplus"] = True
    at.selectbox(key="for").set_value("sad")
    checked(at.run())
    assert "The map is empty: no place raises the model's score for sad." in text(at)
    assert "random places" not in text(at)


@pytest.mark.parametrize(
    ("insertion", "deletion", "said"),
    [
        (19, 19, "19 of 19 random places on insertion and 19 of 19 on deletion, so beyond chance "
        "(all 19, p = 0.05) on both."),
        (19, 18, "and 18 of 19 on deletion, so beyond chance "
        "(all 19, p = 0.05) on insertion alone."),
        (0, 19, "0 of 19 random places on insertion and 19 of 19 on deletion, so beyond chance "
        "(all 19, p = 0.05) on deletion alone."),
        (18, 18, "so beyond chance (all 19, p = 0.05) on neither."),
    ],
)  # fmt: skip
def test_a_map_is_beyond_chance_where_it_beats_every_random_place(insertion, deletion, said):
    """Both curves are flat but for the end, and so is the same map elsewhere, above or below."""
    shares = np.linspace(0, 1, 3, dtype=np.float32)
    curve = np.array([0.5, 0.5, 0.4], np.float32)
    shifts = np.arange(SHIFTS)[:, None]
    found = Faithfulness(
        deletion=Curve(shares, curve, curve + np.where(shifts < deletion, 0.1, -0.1)),
        insertion=Curve(shares, curve, curve + np.where(shifts < insertion, -0.1, 0.1)),
    )
    assert _verdict(found).endswith(said)


def test_a_damaged_card_or_file_is_named_and_the_other_models_work(folder):
    folder.mkdir()
    for name in ("mini-xception", "attention-plain"):
        for end in ("json", "safetensors"):
            shutil.copy(FOLDER / f"{name}.{end}", folder)
    (folder / "attention-plain.safetensors").write_bytes(b"cut off")
    (folder / "torn.json").write_text("{")
    at = opened("attention", weights=["mini-xception", "attention-plain"], example="Astronaut")
    assert "torn.json is not a weights card" in at.warning[0].value.replace("\\", "")
    assert "attention-plain.safetensors is not the file" in at.error[0].value
    assert "mini_xception: " in face_cards(at) and len(at.error) == 1


def test_without_weights_it_is_said_how_to_make_some_for_this_folder(folder):
    assert f"--name quick --to {folder}" in text(opened("attention"))


def test_attention_names_a_broken_upload_and_lives_on():
    at = opened("attention", source="upload", weights=["compact-ferplus"])
    assert "Choose weights and a photo" in text(at)
    at.file_uploader(key="photo").set_value([("broken.jpg", b"no picture", "image/jpeg")])
    assert "not a picture that can be read" in checked(at.run()).error[0].value
    at.button_group(key="source").set_value("example")
    assert not checked(at.run()).error
