"""When visitors are forgotten: the page's goodbye, and a connection that ends without one."""

import threading
import time

import pytest

from demo.tabs import departures
from demo.tabs.departures import Departures
from tests.waiting import wait_until


class Visitors:
    """Those who were forgotten, and how long all of them have been idle."""

    def __init__(self) -> None:
        self.forgotten: list[str] = []
        self.idle_seconds = 1000.0
        self.departures = Departures(self.forgotten.append, lambda visitor: self.idle_seconds)


@pytest.fixture
def visitors(monkeypatch: pytest.MonkeyPatch) -> Visitors:
    monkeypatch.setattr(departures, "LOST_SECONDS", 0.2)
    monkeypatch.setattr(departures, "RELOAD_SECONDS", 0.1)
    monkeypatch.setattr(departures, "LOOK_SECONDS", 0.05)
    return Visitors()


def test_who_says_goodbye_is_forgotten_at_once_and_so_is_what_comes_after(
    visitors: Visitors,
) -> None:
    visitors.departures.left("me")
    visitors.departures.lost("me")  # the connection ends with the page
    assert visitors.forgotten == ["me"]
    wait_until(lambda: visitors.forgotten == ["me", "me"])
    time.sleep(0.4)
    assert visitors.forgotten == ["me", "me"]


def test_who_is_lost_is_forgotten_later(visitors: Visitors) -> None:
    visitors.departures.lost("me")
    assert not visitors.forgotten
    wait_until(lambda: visitors.forgotten == ["me"])


def test_who_goes_on_after_a_lost_connection_is_kept_for_as_long(visitors: Visitors) -> None:
    visitors.idle_seconds = 0.0
    visitors.departures.lost("me")
    time.sleep(0.5)
    assert not visitors.forgotten
    visitors.idle_seconds = 1000.0
    wait_until(lambda: visitors.forgotten == ["me"])


def test_who_may_come_back_for_a_clip_is_waited_for_less_long(
    visitors: Visitors, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(departures, "LOST_SECONDS", 1000.0)
    visitors.departures.left_or_reloads("me")
    visitors.departures.lost("me")  # the connection ends with the page
    visitors.departures.lost("other")
    assert not visitors.forgotten
    wait_until(lambda: visitors.forgotten == ["me"])


def test_who_was_lost_long_ago_has_the_whole_time_for_loading_the_page_anew(
    visitors: Visitors, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(departures, "LOST_SECONDS", 1000.0)
    monkeypatch.setattr(departures, "RELOAD_SECONDS", 0.5)
    visitors.departures.lost("me")
    time.sleep(0.6)
    began = time.monotonic()
    visitors.departures.left_or_reloads("me")
    wait_until(lambda: visitors.forgotten == ["me"])
    assert time.monotonic() - began >= 0.5


def test_any_number_of_visitors_takes_one_thread_and_so_much_memory(
    visitors: Visitors, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(departures, "MOST", 20)
    before = threading.active_count()
    for number in range(50):
        visitors.departures.left(str(number))
    assert threading.active_count() <= before + 1
    wait_until(lambda: len(visitors.forgotten) == 50 + 20)
    wait_until(lambda: threading.active_count() <= before)
