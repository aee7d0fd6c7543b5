"""Waiting for what another thread does."""

import time
from collections.abc import Callable

PATIENCE_SECONDS = 60  # for a busy machine; an idle one needs a hundredth


def wait_until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.05)
