"""The webcam's benchmark on pipelines that need no models."""

from dataclasses import replace

import numpy as np
import pytest
from fakes import FakeDetector, fake_pipeline

from benchmarks import live
from benchmarks.film import frames
from fer_core.types import Faces


class FollowingDetector(FakeDetector):
    """Looks again where a face was, and finds it there."""

    def refine(self, picture, xyxy):
        count = len(xyxy)
        return Faces(xyxy, np.zeros((count, 0, 2), np.float32), np.full(count, 0.99, np.float32))


def test_each_part_of_a_followed_film_is_timed(monkeypatch):
    monkeypatch.setattr(live, "WARM_UP", 1)
    monkeypatch.setattr(live, "frames", lambda faces: frames(faces, count=5))
    pipeline = replace(fake_pipeline(), detector=FollowingDetector())
    figures = live._film(pipeline, faces=1, count=2)
    parts = figures["mean_milliseconds_by_part"]
    assert parts.keys() == {"search", "follow", "classify", "decode, draw, encode"}
    assert parts["decode, draw, encode"] > 0
    assert figures["followed"]["median"] > 0 and figures["plain"]["median"] > 0


@pytest.mark.parametrize("way", ["itself", "its one pass"])
def test_a_classifier_is_timed_whichever_way_it_is_asked(way):
    spent = live._Spent()
    classifier = spent.watch(fake_pipeline()).classifier
    asked = classifier if way == "itself" else classifier.one_pass()
    assert asked(np.zeros((2, 48, 48), np.uint8)).shape == (2, 7)
    assert spent.seconds.keys() == {"classify"}
