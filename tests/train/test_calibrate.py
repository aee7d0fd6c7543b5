import numpy as np
import pytest

from fer_core.classifier import at_temperature
from fer_core.judged import Judged, reliability
from train.calibrate import fit_temperature


def overconfident(n, times, seed=0):
    """Classes drawn from honest probabilities, and those probabilities made too sure."""
    rng = np.random.default_rng(seed)
    honest = rng.dirichlet(np.full(7, 0.5), n).astype(np.float32)
    truth = np.array([rng.choice(7, p=row / row.sum()) for row in honest.astype(float)])
    return at_temperature(honest, 1 / times), truth


@pytest.mark.parametrize("times", [0.5, 1.0, 2.5])
def test_the_temperature_undoes_what_was_done(times):
    probs, truth = overconfident(4000, times)
    temperature = fit_temperature(probs, truth)
    assert temperature == pytest.approx(times, rel=0.1)
    mended = at_temperature(probs, temperature)
    faces = Judged(np.arange(len(mended)), mended, truth)
    assert reliability(faces).expected_calibration_error < 0.03


def test_a_temperature_keeps_order_and_sum():
    probs, _ = overconfident(50, 1.0)
    hot = at_temperature(probs, 3.0)
    assert np.allclose(hot.sum(1), 1, atol=1e-5)
    assert (hot.argmax(1) == probs.argmax(1)).all()
    assert (hot.max(1) < probs.max(1)).all()


def test_probabilities_of_nought_stay_finite():
    probs = np.array([[1, 0, 0, 0, 0, 0, 0]], np.float32)
    assert np.isfinite(at_temperature(probs, 0.3)).all()
    assert fit_temperature(np.repeat(probs, 9, 0), np.zeros(9, int)) > 0
