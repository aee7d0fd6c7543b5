"""k nearest neighbours."""

from typing import Literal

import numpy as np
from sklearn.neighbors import NearestNeighbors
from sklearn.preprocessing import normalize

from fer_core.classical.base import LabelArray, Tunable
from fer_core.classical.features import Features
from fer_core.emotions import LABELS
from fer_core.types import Float32Array, OptionError, UInt8Array


class KNN(Tunable):
    """The k most similar training faces vote; a tie goes to the first in the order of EMOTIONS.

    Source: Cover & Hart 1967; scikit-learn's brute-force search, which works in chunks.
    """

    setting = "k"
    params = 0  # it keeps the training faces and fits nothing

    def __init__(
        self,
        features: Features,
        seed: int = 0,
        metric: Literal["euclidean", "cosine"] = "euclidean",
        max_k: int = 20,
    ) -> None:
        del seed  # nothing is random
        if metric not in ("euclidean", "cosine"):
            raise OptionError(f"There is no metric {metric!r}. Choose euclidean or cosine.")
        self._features, self._metric = features, metric
        self._search = NearestNeighbors(n_neighbors=max_k, algorithm="brute")
        self.chosen = max_k

    def fit(self, images: UInt8Array, labels: LabelArray) -> None:
        """Raises OptionError for fewer faces than the largest k."""
        if len(images) < self._search.n_neighbors:
            raise OptionError(
                f"There are {len(images)} faces for up to {self._search.n_neighbors} neighbours. "
                "Give more faces or a smaller max_k."
            )
        self._labels = labels
        self._search.fit(self._points(images))

    def neighbours(self, images: UInt8Array) -> LabelArray:
        """uint8 (N, 48, 48) -> int64 (N, max_k), the most similar training faces, nearest first."""
        return self._search.kneighbors(self._points(images), return_distance=False)

    def each(self, images: UInt8Array) -> Float32Array:
        """The share of votes for k = 1, 2, … max_k, from one search."""
        ballots = np.eye(len(LABELS), dtype=np.float32)[self._labels[self.neighbours(images)]]
        voters = np.arange(1, ballots.shape[1] + 1, dtype=np.float32)
        return np.asarray((ballots.cumsum(1) / voters[:, None]).transpose(1, 0, 2), np.float32)

    def _points(self, images: UInt8Array) -> Float32Array:
        points = self._features(images)
        # Between unit vectors the squared distance is twice the cosine distance: the same order.
        return normalize(points, copy=False) if self._metric == "cosine" else points
