"""A decision tree."""

import numpy as np
from sklearn.tree import DecisionTreeClassifier

from fer_core.classical.base import FeatureEstimator, Tunable
from fer_core.classical.features import Features
from fer_core.types import Float32Array, UInt8Array


class Tree(Tunable, FeatureEstimator):
    """Yes-or-no questions, each about one feature, chosen by how much entropy they remove.

    scikit-learn's nearest kin of C4.5 (Quinlan 1993). Unlike C4.5, it takes the information gain
    itself rather than its ratio to the split's own entropy, and is not pruned: its depth is limited
    instead.
    """

    setting = "depth"

    def __init__(self, features: Features, seed: int = 0, max_depth: int = 20) -> None:
        tree = DecisionTreeClassifier(criterion="entropy", max_depth=max_depth, random_state=seed)
        super().__init__(features, tree)
        self.chosen = max_depth

    @property
    def params(self) -> int:
        """The thresholds: one a question that is asked at the chosen depth."""
        grown = self._estimator.tree_
        asked = grown.compute_node_depths() <= self.chosen  # the root's depth counts as 1
        return int((asked & (grown.children_left >= 0)).sum())

    def each(self, images: UInt8Array) -> Float32Array:
        """The answers of the tree cut at depth 1, 2, … max_depth.

        A tree of limited depth is the deeper one without what lies below, so one fit is enough
        (but for ties between questions, which are broken at random).
        """
        path = self._estimator.decision_path(self._features(images))
        root, leaf = path.indptr[:-1], path.indptr[1:] - 1
        shares = self._estimator.tree_.value[:, 0]
        return np.stack(
            [
                self._over_labels(shares[path.indices[np.minimum(root + depth, leaf)]])
                for depth in range(1, self._estimator.max_depth + 1)
            ]
        )
