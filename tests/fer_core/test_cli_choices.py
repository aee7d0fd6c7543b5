"""What is chosen on the command line reaches what does the work."""

import json

import pytest
from fakes import fake_pipeline
from PIL import Image

from fer_core import FerPipeline
from fer_core.__main__ import main


@pytest.fixture
def asked(monkeypatch):
    """With what pipelines were asked for; two faces are found, scored .99 and .6."""
    asked = []

    def from_weights(*names):
        asked.append(names)
        return fake_pipeline()

    monkeypatch.setattr(FerPipeline, "from_weights", from_weights)
    return asked


def annotate(tmp_path, *choices):
    """The faces of a picture, as they are written."""
    Image.new("RGB", (200, 200)).save(tmp_path / "me.png")
    out = tmp_path / "o"
    assert main(["annotate", str(tmp_path / "me.png"), "--out", str(out), "--json", *choices]) == 0
    return json.loads((out / "me-faces.json").read_text())["faces"]


def test_weights_detector_and_device(tmp_path, asked):
    annotate(tmp_path, "--weights", "best", "--detector", "haar", "--device", "cuda")
    annotate(tmp_path)
    assert asked == [("best", "haar", "cuda"), ("default", "mtcnn", "auto")]


def test_the_minimum_score(tmp_path, asked):
    scores = (["--min-score", "0.5"], [], ["--min-score", "1"])
    assert [len(annotate(tmp_path, *choice)) for choice in scores] == [2, 1, 0]
