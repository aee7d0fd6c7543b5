"""Reports and predictions as files."""

import io
from dataclasses import replace

import numpy as np
import pytest

from fer_core.report import Predictions, ReportError, read_predictions

PREDICTIONS = Predictions(
    rows=np.arange(5),
    probs=np.full((5, 7), 1 / 7, np.float32),
    truth={"ferplus": np.array([0, 1, -1, 3, 6])},
    clean=np.ones(5, bool),
)


def test_predictions_survive_their_file(tmp_path):
    path = tmp_path / "run.npz"
    path.write_bytes(PREDICTIONS.to_npz())
    found = read_predictions(path)
    assert found.rows.tolist() == list(range(5)) and found.clean.all()
    assert found.truth["ferplus"].tolist() == [0, 1, -1, 3, 6]
    assert found.probs == pytest.approx(PREDICTIONS.probs, abs=1e-3)


@pytest.mark.parametrize("field", ["probs", "clean", "truth"])
def test_predictions_that_do_not_fit_together_are_refused(tmp_path, field):
    shorter = {
        "probs": PREDICTIONS.probs[:4],
        "clean": PREDICTIONS.clean[:4],
        "truth": {"ferplus": PREDICTIONS.truth["ferplus"][:4]},
    }
    with pytest.raises(ValueError, match=field):
        replace(PREDICTIONS, **{field: shorter[field]})
    with np.load(io.BytesIO(PREDICTIONS.to_npz())) as whole:
        arrays = dict(whole)
    stored = "answer_ferplus" if field == "truth" else field
    np.savez(tmp_path / "run.npz", **{**arrays, stored: arrays[stored][:4]})
    with pytest.raises(ReportError, match=r"run\.npz"):
        read_predictions(tmp_path / "run.npz")


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
