"""Reports and predictions as files."""

import numpy as np
import pytest

from fer_core.report import Predictions, ReportError, read_predictions

PREDICTIONS = Predictions(
    rows=np.arange(5),
    probs=np.full((5, 7), 1 / 7, np.float32),
    answers={"ferplus": np.array([0, 1, -1, 3, 6])},
    clean=np.ones(5, bool),
)


def test_predictions_survive_their_file(tmp_path):
    path = tmp_path / "run.npz"
    path.write_bytes(PREDICTIONS.to_npz())
    found = read_predictions(path)
    assert found.rows.tolist() == list(range(5)) and found.clean.all()
    assert found.answers["ferplus"].tolist() == [0, 1, -1, 3, 6]
    assert found.probs == pytest.approx(PREDICTIONS.probs, abs=1e-3)


@pytest.mark.filterwarnings("ignore")
def test_damaged_predictions_are_read_or_refused_in_a_sentence(tmp_path):
    path, whole = tmp_path / "run.npz", PREDICTIONS.to_npz()
    refused = 0
    for place in range(len(whole)):
        damaged = bytearray(whole)
        damaged[place] ^= 1 << place % 8
        path.write_bytes(damaged)
        try:
            read_predictions(path)
        except ReportError as error:
            refused += 1
            assert "run.npz" in str(error)
    assert refused > len(whole) / 2
