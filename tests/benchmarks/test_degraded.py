from argparse import Namespace

import numpy as np
import pytest
from fakes import HAPPY

from benchmarks import crop, degraded
from benchmarks.degraded import CONDITIONS, spoilt

OPTIONS = Namespace(data="anywhere", faces=14, weights=["first", "second"])


@pytest.fixture
def scenes(faces):
    """A few scenes of each condition."""
    images = faces.valid.images[:6]
    return {name: list(spoilt(images, condition)) for name, condition in CONDITIONS.items()}


def sharpness(scene):
    return np.abs(np.diff(scene.picture.astype(float), axis=0)).max()


def test_each_condition_spoils_the_same_scenes(scenes):
    for name, spoiled in scenes.items():
        for scene, clean in zip(spoiled, scenes["none"], strict=True):
            assert scene.picture.shape == clean.picture.shape and scene.picture.dtype == np.uint8
            if name != "side_40_px":
                assert (scene.centre, scene.side) == (clean.centre, clean.side)
            assert (name == "none") == np.array_equal(scene.picture, clean.picture)
    assert {scene.side for scene in scenes["side_40_px"]} == {40}


def test_what_the_conditions_do(scenes):
    for number, clean in enumerate(scenes["none"]):
        spoiled = {name: of_it[number] for name, of_it in scenes.items()}
        pixels = clean.picture.astype(float)
        difference = {name: s.picture - pixels for name, s in spoiled.items() if s is not clean}
        assert sharpness(spoiled["blur"]) < 0.5 * sharpness(clean)
        assert 24 < difference["noise"].std() < 31 and abs(difference["noise"].mean()) < 3
        assert 0.5 < difference["jpeg_quality_20"].std() < 12
        assert spoiled["low_light"].picture.mean() == pytest.approx(0.2 * pixels.mean(), rel=0.05)


def test_rotation_is_about_the_faces_centre(scenes):
    turned = []
    for scene, clean in zip(scenes["rotated_15_degrees"], scenes["none"], strict=True):
        x, y = (int(c) for c in clean.centre)
        assert np.abs(scene.picture[y, x] - clean.picture[y, x].astype(int)).max() < 10
        # The mouth, a dark bar below the centre, moves towards the side it is turned to.
        down = int(0.25 * clean.side)
        dark = scene.picture[y + down, x - down : x + down, 0] < 145
        turned.append(dark[: len(dark) // 2].sum() - dark[len(dark) // 2 :].sum())
    assert min(turned) < 0 < max(turned)


def test_all_weights_are_judged_on_the_same_found_faces(fakes, faces):
    figures = degraded.measure(OPTIONS)
    assert figures["faces"] == 14 and figures["dataset"] == "drawn PublicTest"
    assert figures["conditions"].keys() == CONDITIONS.keys()
    right = round(float((faces.valid.labels[1::2] == HAPPY).mean()), 4)
    for condition in figures["conditions"].values():
        assert condition["found"] == 14
        assert condition["accuracy"] == {
            name: {"fer2013": right, "ferplus": right} for name in OPTIONS.weights
        }
    assert [detector.calls for detector in fakes] == [14 * len(CONDITIONS), 0]


def test_no_face_found_is_no_figure(fakes, monkeypatch):
    monkeypatch.setattr(degraded, "CONDITIONS", {"none": CONDITIONS["none"]})
    monkeypatch.setattr("fer_core.pipeline.find_faces", _nothing)
    condition = degraded.measure(OPTIONS)["conditions"]["none"]
    assert condition["found"] == 0
    assert condition["accuracy"]["first"] == {"fer2013": None, "ferplus": None}


def _nothing(detector, picture, min_score):
    from fer_core.types import Faces

    return Faces.empty()


def test_crop_compares_with_the_bare_face(fakes, monkeypatch):
    monkeypatch.setattr(crop, "list_detectors", lambda: ["mtcnn"])
    figures = crop.measure(OPTIONS)["detectors"]["mtcnn"]
    assert (figures["found"], figures["not_found"]) == (14, 0)
    for name in OPTIONS.weights:
        assert figures[name]["labels"] == "fer2013"
        assert figures[name]["accuracy_through_pipeline"] == figures[name]["accuracy_direct"]


@pytest.mark.parametrize("benchmark", [crop, degraded])
def test_without_data_it_says_what_to_give(benchmark):
    assert "--data" in benchmark.measure(Namespace(data=None))["not run"]
