"""A random forest."""

from sklearn.ensemble import RandomForestClassifier

from fer_core.classical.base import FeatureEstimator
from fer_core.classical.features import Features


class Forest(FeatureEstimator):
    """The mean of many trees, each grown on a random sample of the faces and of the features.

    Source: Breiman 2001; scikit-learn's, which averages the trees' shares instead of their votes.
    """

    def __init__(self, features: Features, seed: int = 0, trees: int = 300) -> None:
        super().__init__(features, RandomForestClassifier(trees, random_state=seed, n_jobs=-1))

    @property
    def params(self) -> int:
        """The thresholds: one a question of each tree."""
        return sum(
            int((tree.tree_.children_left >= 0).sum()) for tree in self._estimator.estimators_
        )
