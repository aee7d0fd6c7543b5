"""The measured cut brings the detector's box back to the frame that the faces were shown in."""

import json
from dataclasses import replace

import numpy as np
import pytest
from fakes import CARD

from fer_core.crops import FaceCut, cut_square
from fer_core.detection import list_detectors
from fer_core.pixels import resize, to_grey
from fer_core.weights import read_card
from train.cut import Measurement, complete_cards, main, measure
from train.cuts import read_cuts, read_measurements


@pytest.mark.parametrize("detector", ["mtcnn", "haar"])
def test_the_cut_leads_from_the_box_to_the_frame(astronaut, detector):
    frame = np.array([158, 50, 272, 164], np.float32)  # the face is right of its middle
    face = resize(to_grey(cut_square(astronaut, frame)), (48, 48))
    found = measure(detector, np.stack([face, face, face[:, ::-1]]))
    assert (found.shown, found.found) == (3, 3) and found.cut.right < -0.05
    square = found.cut.squares(np.array([found.median_xyxy], np.float32))[0]
    assert np.abs(square - [0, 0, 48, 48]).max() < 1.5


def test_cards_get_the_cuts_that_they_lack(tmp_path):
    here, lacking = (replace(CARD, name=name) for name in ("here", "lacking"))
    lacking = replace(lacking, crop={"mtcnn": FaceCut(0.5)})
    for card in (here, lacking):
        (tmp_path / f"{card.name}.json").write_text(card.to_json())
    complete_cards({"mtcnn": FaceCut(0.9), "haar": FaceCut(1.1)}, tmp_path)
    assert read_card("here", tmp_path) == here
    assert read_card("lacking", tmp_path).crop == {"mtcnn": FaceCut(0.5), "haar": FaceCut(1.1)}


def test_one_detector_is_measured_and_the_others_stay(tmp_path, monkeypatch, tiny_data):
    file = tmp_path / "cuts.json"
    file.write_text(json.dumps({"mtcnn": {"cut": {"side": 0.5}}, "haar": {"cut": {"side": 0.5}}}))
    monkeypatch.setattr("train.cuts.CUTS", file)
    monkeypatch.setattr("train.cut.CUTS", file)
    fer2013 = replace(tiny_data, name="FER2013")
    monkeypatch.setattr("train.cut.read_data", lambda source: fer2013)
    completed = []
    monkeypatch.setattr("train.cut.complete_cards", completed.append)
    measured = Measurement(3, 2, (1.0, 1.0, 40.0, 40.0), (), FaceCut(0.75))
    monkeypatch.setattr("train.cut.measure", lambda name, images: measured)
    monkeypatch.setattr("sys.argv", ["train.cut", "--data", "x", "--detector", "haar"])
    assert main() == 0
    cuts = {"mtcnn": FaceCut(0.5), "haar": FaceCut(0.75)}
    assert read_cuts() == cuts and completed == [cuts]
    assert read_measurements()["haar"]["dataset"] == "FER2013"


def test_the_cut_is_measured_on_no_other_faces(monkeypatch, tiny_data, capsys):
    monkeypatch.setattr("train.cut.read_data", lambda source: tiny_data)
    monkeypatch.setattr("sys.argv", ["train.cut", "--data", "x"])
    assert main() == 1 and "measured on FER2013" in capsys.readouterr().err
    monkeypatch.setattr("sys.argv", ["train.cut", "--data", "x", "--seed", "-1"])
    with pytest.raises(SystemExit):
        main()
    assert "--seed must be at least 0" in capsys.readouterr().err


def test_the_measured_cuts_are_for_the_shipped_detectors():
    cuts = read_cuts()
    assert set(cuts) == set(list_detectors())
    assert 0.85 < cuts["mtcnn"].side < 1.0
