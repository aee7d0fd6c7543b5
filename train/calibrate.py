"""Temperature scaling: the one number that makes a finished network's confidence honest."""

import numpy as np
from scipy.optimize import minimize_scalar

from fer_core.classifier import at_temperature


def fit_temperature(probs: np.ndarray, truth: np.ndarray) -> float:
    """The temperature at which the truth (N,) is likeliest, given probs (N, K) at 1.

    Fit it on faces that were neither trained on nor are reported on.
    """

    def loss(log_temperature: float) -> float:
        scaled = at_temperature(probs, float(np.exp(log_temperature)))
        right = scaled[np.arange(len(truth)), truth]
        return float(-np.log(right.clip(1e-12)).mean())

    return round(float(np.exp(minimize_scalar(loss, bounds=(-2.3, 2.3)).x)), 4)
