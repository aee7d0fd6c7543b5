"""When visitors are forgotten: the page's goodbye, and a connection that ends without one."""

import threading
from collections.abc import Iterator
from types import SimpleNamespace

import pytest

from demo.serving import departures
from demo.serving.departures import LOST_SECONDS, RELOAD_SECONDS, Departures
from tests.waiting import wait_until


class Visitors:
    """Those who were forgotten, and how long all of them have been idle. Time passes when a test
    says so."""

    def __init__(self) -> None:
        self.forgotten: list[str] = []
        self.idle_seconds = LOST_SECONDS
        self.now, self.asked = 0.0, 0
        self.departures = Departures(self.forgotten.append, lambda visitor: self.idle_seconds)

    def time(self) -> float:
        self.asked += 1  # at each look, as long as there is anybody to look for
        return self.now

    def pass_by(self, seconds: float) -> None:
        """So much time, and a whole look after it."""
        self.now += seconds
        before = self.asked
        wait_until(lambda: self.asked >= before + 3 or not self.departures._lost)


@pytest.fixture
def visitors(monkeypatch: pytest.MonkeyPatch) -> Iterator[Visitors]:
    monkeypatch.setattr(departures, "LOOK_SECONDS", 0.01)
    visitors = Visitors()
    monkeypatch.setattr(departures, "time", SimpleNamespace(monotonic=visitors.time))
    yield visitors
    visitors.departures._lost.clear()


def test_who_says_goodbye_is_forgotten_at_once_and_so_is_what_comes_after(
    visitors: Visitors,
) -> None:
    visitors.departures.left("me")
    visitors.departures.lost("me")  # the connection ends with the page
    assert visitors.forgotten == ["me"]
    visitors.pass_by(LOST_SECONDS - 1)
    assert visitors.forgotten == ["me"]
    visitors.pass_by(1)
    wait_until(lambda: visitors.forgotten == ["me", "me"])
    assert not visitors.departures._lost  # nor is a third time to come


def test_who_is_lost_is_forgotten_later(visitors: Visitors) -> None:
    visitors.departures.lost("me")
    visitors.pass_by(LOST_SECONDS - 1)
    assert not visitors.forgotten
    visitors.pass_by(1)
    wait_until(lambda: visitors.forgotten == ["me"])


def test_who_goes_on_after_a_lost_connection_is_kept_for_as_long(visitors: Visitors) -> None:
    visitors.idle_seconds = 0.0
    visitors.departures.lost("me")
    visitors.pass_by(2 * LOST_SECONDS)
    assert not visitors.forgotten
    visitors.idle_seconds = LOST_SECONDS
    wait_until(lambda: visitors.forgotten == ["me"])


def test_who_may_come_back_for_a_clip_is_waited_for_less_long(visitors: Visitors) -> None:
    visitors.departures.left_or_reloads("me")
    visitors.departures.lost("me")  # the connection ends with the page
    visitors.departures.lost("other")
    visitors.pass_by(RELOAD_SECONDS - 1)
    assert not visitors.forgotten
    visitors.pass_by(1)
    assert visitors.forgotten == ["me"]


def test_who_was_lost_long_ago_has_the_whole_time_for_loading_the_page_anew(
    visitors: Visitors,
) -> None:
    visitors.departures.lost("me")
    visitors.pass_by(2 * RELOAD_SECONDS)
    visitors.departures.left_or_reloads("me")
    visitors.pass_by(RELOAD_SECONDS - 1)
    assert not visitors.forgotten
    visitors.pass_by(1)
    wait_until(lambda: visitors.forgotten == ["me"])


def test_any_number_of_visitors_takes_one_thread_and_so_much_memory(
    visitors: Visitors, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(departures, "MOST", 20)
    before = threading.active_count()
    for number in range(50):
        visitors.departures.left(str(number))
    assert threading.active_count() <= before + 1
    visitors.pass_by(LOST_SECONDS)
    wait_until(lambda: len(visitors.forgotten) == 50 + 20)
    wait_until(lambda: threading.active_count() <= before)
