import dataclasses
import hashlib
import json

import pytest
import torch
from safetensors.torch import save

from fer_core import FerError, create_model, list_weights
from fer_core.crops import FaceCut
from fer_core.emotions import LABELS
from fer_core.inputs import InputSpec
from fer_core.types import WeightsError
from fer_core.weights import FOLDER, CardFigures, WeightsCard, load_model, read_card

SMALL = {"widths": [8, 16], "depths": [1, 1]}


@pytest.fixture
def folder(tmp_path):
    """Weights "tiny" with a right card."""
    torch.manual_seed(0)
    model = create_model("compact_se", **SMALL)
    raw = save({k: v.half() if v.is_floating_point() else v for k, v in model.state_dict().items()})
    (tmp_path / "tiny.safetensors").write_bytes(raw)
    card = WeightsCard(
        name="tiny",
        arch="compact_se",
        arch_args=SMALL,
        labels=LABELS,
        input=InputSpec(),
        crop={"mtcnn": FaceCut(0.9, 0.01, -0.02)},
        temperature=1.5,
        params=sum(p.numel() for p in model.parameters()),
        sha256=hashlib.sha256(raw).hexdigest(),
        licence="MIT",
        trained_on="nothing",
        recipe={},
        metrics={"fer2013": CardFigures("drawn faces", "test", 9, 0.5, (0.2, 0.8), {"happy": 1.0})},
        report="",
    )
    (tmp_path / "tiny.json").write_text(card.to_json())
    return tmp_path


def change_card(folder, **changes):
    path = folder / "tiny.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


def test_a_card_survives_json(folder):
    card = read_card("tiny", folder)
    assert WeightsCard.from_json(card.to_json(), "here") == card
    assert card.crop["mtcnn"] == FaceCut(0.9, 0.01, -0.02)


def test_weights_load_as_float32(folder):
    model = load_model(read_card("tiny", folder), folder)
    assert all(p.dtype == torch.float32 for p in model.parameters())
    assert model(torch.zeros(1, 1, 48, 48)).shape == (1, 7)


def test_a_changed_file_is_refused(folder):
    path = folder / "tiny.safetensors"
    raw = bytearray(path.read_bytes())
    raw[-1] ^= 1
    path.write_bytes(raw)
    with pytest.raises(FerError, match="sha256"):
        load_model(read_card("tiny", folder), folder)


def test_a_missing_file_is_named(folder):
    (folder / "tiny.safetensors").unlink()
    with pytest.raises(FerError, match=r"tiny\.safetensors"):
        load_model(read_card("tiny", folder), folder)


def test_a_pickle_is_refused_even_with_its_own_sha(folder):
    path = folder / "tiny.safetensors"
    torch.save(create_model("compact_se", **SMALL).state_dict(), path)
    change_card(folder, sha256=hashlib.sha256(path.read_bytes()).hexdigest())
    with pytest.raises(FerError, match="not a safetensors file"):
        load_model(read_card("tiny", folder), folder)


def test_another_label_order_is_refused(folder):
    change_card(folder, labels=[*LABELS[1:], LABELS[0]])
    with pytest.raises(FerError, match="order"):
        read_card("tiny", folder)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"labels": 3}', "null"])
def test_what_is_no_card_is_refused(folder, text):
    (folder / "tiny.json").write_text(text)
    with pytest.raises(FerError, match="not a weights card"):
        read_card("tiny", folder)


@pytest.mark.parametrize(
    "changes",
    [
        {"report": None},
        {"input": {"size_hw": 5, "channels": 1, "mean": [0.5], "std": [0.5]}},
    ],
)
def test_a_card_with_a_field_of_another_kind_is_refused(folder, changes):
    change_card(folder, **changes)
    with pytest.raises(FerError, match="not a weights card"):
        read_card("tiny", folder)


def test_weights_of_another_architecture_are_refused(folder):
    change_card(folder, arch="resnet9", arch_args={})
    with pytest.raises(FerError, match="do not fit resnet9"):
        load_model(read_card("tiny", folder), folder)


@pytest.mark.parametrize("arch_args", [SMALL | {"num_classes": 7}, {"name": "x"}, 3])
def test_arguments_that_no_card_may_give_are_refused(folder, arch_args):
    change_card(folder, arch_args=arch_args)
    with pytest.raises(WeightsError, match=r"card of tiny cannot be used: its arch_args"):
        load_model(read_card("tiny", folder), folder)


def test_an_unknown_name_lists_the_known_ones(folder):
    with pytest.raises(FerError, match="tiny"):
        read_card("huge", folder)
    with pytest.raises(FerError, match="none"):
        read_card("huge", folder / "empty")


@pytest.mark.parametrize("name", list_weights())
def test_shipped_weights_match_their_cards(name):
    card = read_card(name)
    model = load_model(card)
    assert sum(p.numel() for p in model.parameters()) == card.params
    assert (FOLDER / f"{name}.safetensors").stat().st_size < 10_000_000
    assert (FOLDER / card.report).is_file()
    assert dataclasses.asdict(card)["metrics"]


def test_the_default_comes_first():
    assert list_weights()[0] == read_card("default").name


def test_a_card_that_is_no_text_is_named(folder):
    (folder / "tiny.json").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(FerError, match=r"tiny\.json cannot be read"):
        read_card("tiny", folder)


def test_a_card_under_another_name_is_refused(folder):
    for ending in (".json", ".safetensors"):
        (folder / f"mine{ending}").write_bytes((folder / f"tiny{ending}").read_bytes())
    with pytest.raises(WeightsError, match=r"mine\.json is the card of tiny"):
        read_card("mine", folder)
