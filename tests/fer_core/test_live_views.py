"""Weights that answer with the mean of two views: every other frame of a camera is mirrored."""

from dataclasses import replace

import numpy as np
import pytest
from fakes import CARD, FakeClassifier, fake_pipeline, first_is_happy

from fer_core.live import LiveOptions, LiveSession


class TwoViews(FakeClassifier):
    """Remembers the crops that it is given, and those that only a single pass is given."""

    def __init__(self):
        self.whole, self.single = [], []
        super().__init__(lambda crops: self._keep(self.whole, crops))

    def one_pass(self):
        return FakeClassifier(lambda crops: self._keep(self.single, crops))

    def _keep(self, to, crops):
        to.append(crops)
        return first_is_happy(crops)


def two_views_of_a_still(mirror_average, options):
    """The classifier, after four frames of one picture that is no mirror image of itself."""
    card = replace(CARD, input=replace(CARD.input, mirror_average=mirror_average))
    classifier = TwoViews()
    pipeline = replace(fake_pipeline(), classifier=classifier, card=card)
    session = LiveSession(pipeline)
    rising = np.tile(np.linspace(0, 255, 320).astype(np.uint8)[None, :, None], (240, 1, 3))
    for number in range(4):
        session.analyze(pipeline, rising, number / 10, options)
    return classifier


def test_after_the_first_every_other_frame_is_shown_to_the_classifier_mirrored():
    classifier = two_views_of_a_still(True, LiveOptions(0.5))
    assert len(classifier.whole) == 1
    first, second, third = (crops[0].astype(int) for crops in classifier.single)
    assert (first == second[:, ::-1]).all() and (first != second).any()
    assert (third == first).all()


@pytest.mark.parametrize(
    "mirror_average, options",
    [(True, LiveOptions(smoothing_seconds=0)), (True, LiveOptions(0.3)), (False, LiveOptions(0.5))],
    ids=["unsmoothed", "frames far apart", "weights that know but one view"],
)
def test_otherwise_views_do_not_alternate(mirror_average, options):
    classifier = two_views_of_a_still(mirror_average, options)
    assert not classifier.single and len(classifier.whole) == 4
    assert all((crops == classifier.whole[0]).all() for crops in classifier.whole)
