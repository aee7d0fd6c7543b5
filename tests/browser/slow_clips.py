"""Clips that take their time without work, which would compete with the browser for a core."""

import contextlib
import time
from collections.abc import Iterator
from typing import Any

import pytest

from fer_core import clip_analysis, video
from fer_core.types import UInt8Array


@contextlib.contextmanager
def slow_clips() -> Iterator[pytest.MonkeyPatch]:
    """Four frames a second, until it ends or its patch is undone."""
    render = video.render

    def late(*given: Any) -> UInt8Array:
        time.sleep(0.25)
        return render(*given)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clip_analysis, "CHUNK_FRAMES", 4)
        patch.setattr(video, "render", late)
        yield patch
