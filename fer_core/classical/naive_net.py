"""The naive net: fully connected layers, without convolutions."""

import warnings
from collections.abc import Sequence

from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier

from fer_core.classical.base import FeatureEstimator, LabelArray
from fer_core.classical.features import Features
from fer_core.types import UInt8Array


class NaiveNet(FeatureEstimator):
    """A multilayer perceptron with ReLU, trained with Adam for a fixed number of epochs."""

    def __init__(
        self,
        features: Features,
        seed: int = 0,
        hidden: Sequence[int] = (256, 128),
        learning_rate: float = 1e-3,
        batch_size: int = 128,
        epochs: int = 20,
    ) -> None:
        net = MLPClassifier(
            tuple(hidden),
            learning_rate_init=learning_rate,
            batch_size=batch_size,
            max_iter=epochs,
            n_iter_no_change=epochs,  # it would stop early where the loss stands still
            random_state=seed,
        )
        super().__init__(features, net)

    @property
    def params(self) -> int:
        """Weights and biases."""
        return sum(array.size for array in [*self._estimator.coefs_, *self._estimator.intercepts_])

    def fit(self, images: UInt8Array, labels: LabelArray) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)  # the epochs are the recipe's
            super().fit(images, labels)
