"""What the dashboard is measured on is what it shows: whole reports and weights."""

import numpy as np

from benchmarks.dashboard import filled
from demo.board.reports_store import predictions, shelf
from fer_core.device import choose_device
from fer_core.weights import list_weights, load_classifier, read_card


def test_the_copies_can_be_shown(tmp_path, monkeypatch):
    folder = tmp_path / "weights"
    names = filled(folder, 30, 2)
    monkeypatch.setenv("FER_STUDIO_WEIGHTS", str(folder))
    found = shelf()
    assert len(found.reports) == 30 and not found.problems
    assert all(len(predictions(report).rows) for report in list(found.reports.values())[-2:])
    assert sorted(names) == sorted(list_weights(folder))
    classify = load_classifier(read_card(names[1], folder), choose_device("cpu"), folder)
    assert classify(np.zeros((1, 48, 48), np.uint8)).shape == (1, 7)
