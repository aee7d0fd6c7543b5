import numpy as np
import pytest
from fakes import HAPPY, fake_pipeline

from benchmarks.scenes import (
    ENLARGED_PX,
    PICTURE_HW,
    Scene,
    draw_faces,
    load_pipelines,
    name_faces,
    paste,
    share,
)
from fer_core import FerPipeline

WHITE = np.full((48, 48), 255, np.uint8)


@pytest.mark.parametrize("sides", [ENLARGED_PX, (40, 41)])
def test_a_face_lies_where_its_scene_says(sides):
    rng = np.random.default_rng(3)
    for _ in range(20):
        scene = paste(WHITE, rng, sides)
        assert scene.picture.shape == (*PICTURE_HW, 3) and scene.picture.dtype == np.uint8
        assert sides[0] <= scene.side < sides[1]
        left, top = (int(c - scene.side / 2) for c in scene.centre)
        white = (scene.picture == 255).all(2)
        assert white[top : top + scene.side, left : left + scene.side].all()
        assert white.sum() == scene.side**2


def test_faces_are_drawn_once_from_those_that_all_label_sets_answer(faces):
    split = draw_faces(faces, 1000, np.random.default_rng(0))
    assert sorted(split.rows) == list(range(1, len(faces.valid), 2))
    few = [draw_faces(faces, 5, np.random.default_rng(seed)).rows.tolist() for seed in (0, 0, 1)]
    assert few[0] == few[1] != few[2] and len(set(few[0])) == 5


def test_the_face_at_the_centre_is_named_and_found_once_for_all(monkeypatch):
    made = []

    def from_weights(name, detector="mtcnn"):
        pipeline = fake_pipeline()
        made.append(pipeline.detector)
        return pipeline

    monkeypatch.setattr(FerPipeline, "from_weights", from_weights)
    pipelines = load_pipelines(["a", "b"])
    picture = np.zeros((100, 100, 3), np.uint8)
    # The fake detector's sure face is at the upper left, its unsure one at the upper right.
    scenes = [Scene(picture.copy(), centre, 30) for centre in ((25, 30), (75, 30), (25, 90))]
    found, classes = name_faces(pipelines, scenes)
    assert found.tolist() == [True, False, False]
    assert {name: named.tolist() for name, named in classes.items()} == {
        "a": [HAPPY, -1, -1],
        "b": [HAPPY, -1, -1],
    }
    assert [detector.calls for detector in made] == [3, 0]


def test_shares():
    assert share(np.array([True, False, False])) == 0.3333
    assert share(np.array([], bool)) is None
