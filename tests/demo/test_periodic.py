"""Whatever happens at a look, there is a next one."""

import logging

import pytest

from demo.serving.periodic import Periodic
from tests.waiting import wait_until


def test_a_look_that_fails_is_logged_and_not_the_last(caplog: pytest.LogCaptureFixture) -> None:
    looks = []

    def look() -> bool:
        looks.append(len(looks))
        if len(looks) == 1:
            raise OSError("gone")
        return len(looks) < 3

    with caplog.at_level(logging.ERROR):
        Periodic(look, 0.01).begin()
        wait_until(lambda: len(looks) == 3)
    assert "A look failed" in caplog.text and "gone" in caplog.text
