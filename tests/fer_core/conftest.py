"""Fixtures of the clips' tests."""

import pytest
from clip_fakes import red_pipeline

from fer_core import video
from fer_core.video import VideoJob
from fer_core.video_options import VideoOptions


@pytest.fixture
def red():
    return red_pipeline()


@pytest.fixture
def drawn(monkeypatch):
    """What was drawn over each frame, in order."""
    analyses = []

    def render(picture, analysis, style, cover):
        analyses.append(analysis)
        return picture

    monkeypatch.setattr(video, "render", render)
    return analyses


@pytest.fixture
def annotate():
    """Annotate a clip: its result, closed after the test, and the progress."""
    results = []

    def call(pipeline, source, **options):
        with VideoJob(pipeline, source, VideoOptions(**options)) as job:
            progress = list(job)
            results.append(job.finish())
        return results[-1], progress

    yield call
    for result in results:
        result.close()
