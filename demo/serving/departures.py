"""Who has left: at once where their page says so, else some minutes after its connection ended."""

import time
from collections.abc import Callable
from threading import Lock

from demo.serving.periodic import Periodic

LOST_SECONDS = 600.0  # without a connection, and without a wish for so long, a page is gone
RELOAD_SECONDS = 30.0  # from the goodbye of a page that is loaded anew until it is there again
LOOK_SECONDS = 10.0
MOST = 10_000  # anyone may say goodbye, in any name


class Departures:
    """Has visitors forgotten when they leave. Safe to use from several threads.

    A page that is closed says so. A connection that ends says less: a phone was locked, or its
    network changed, and the page may still be there; Gradio does not open that connection again.
    Only where an answer was on its way does it load the page anew, as another visitor's, who may
    then take over what was under way.
    """

    def __init__(self, forget: Callable[[str], None], idle_seconds: Callable[[str], float]) -> None:
        """forget: is called with a visitor, of whom nothing may be there any more.
        idle_seconds: how long ago a visitor last wished for something."""
        self._forget = forget
        self._idle_seconds = idle_seconds
        self._lock = Lock()
        self._lost: dict[str, tuple[float, float]] = {}  # when it is due, after how many seconds
        self._watch = Periodic(self._look, LOOK_SECONDS)

    def left(self, visitor: str) -> None:
        """The page is being closed."""
        self._forget(visitor)
        self.lost(visitor)  # for what was on its way, and comes after the goodbye

    def lost(self, visitor: str) -> None:
        """The connection to the page ended."""
        self._await(visitor, LOST_SECONDS)

    def left_or_reloads(self, visitor: str) -> None:
        """The page is being closed while it waits for a clip, for which it may come back."""
        self._await(visitor, RELOAD_SECONDS)

    def _await(self, visitor: str, seconds: float) -> None:
        """Have them forgotten where they wish for nothing for so long."""
        due = time.monotonic() + seconds
        with self._lock:
            there = self._lost.get(visitor)
            sooner = there is None or due < there[0]
            if sooner and (there or len(self._lost) < MOST):
                self._lost[visitor] = (due, seconds)
        self._watch.begin()

    def _look(self) -> bool:
        now = time.monotonic()
        with self._lock:
            due = [(v, seconds) for v, (at, seconds) in self._lost.items() if at <= now]
        for visitor, seconds in due:
            if self._idle_seconds(visitor) >= seconds:
                with self._lock:
                    del self._lost[visitor]
                self._forget(visitor)
        return bool(self._lost)
