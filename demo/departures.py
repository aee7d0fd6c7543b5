"""Who has left: at once where their page says so, else some minutes after its connection ended."""

import time
from collections.abc import Callable
from threading import Lock

from demo.watch import Watch

LOST_SECONDS = 600.0  # without a connection, and without a wish for so long, a page is gone
LOOK_SECONDS = 30.0
MOST = 10_000  # anyone may say goodbye, in any name


class Departures:
    """Has visitors forgotten when they leave. Safe to use from several threads.

    A page that is closed says so. A connection that ends says less: a phone was locked, or its
    network changed, and the page may still be there; Gradio does not open that connection again.
    Only where an answer was on its way does it load the page anew, as another visitor's.
    """

    def __init__(self, forget: Callable[[str], None], idle_seconds: Callable[[str], float]) -> None:
        """forget: is called with a visitor, of whom nothing may be there any more.
        idle_seconds: how long ago a visitor last wished for something."""
        self._forget = forget
        self._idle_seconds = idle_seconds
        self._lock = Lock()
        self._lost: dict[str, float] = {}  # and when that was
        self._watch = Watch(self._look, LOOK_SECONDS)

    def left(self, visitor: str) -> None:
        """The page is being closed."""
        self._forget(visitor)
        self.lost(visitor)  # for what was on its way, and comes after the goodbye

    def lost(self, visitor: str) -> None:
        """The connection to the page ended."""
        with self._lock:
            if len(self._lost) < MOST:
                self._lost.setdefault(visitor, time.monotonic())
        self._watch.begin()

    def _look(self) -> bool:
        now = time.monotonic()
        with self._lock:
            long_ago = [each for each, then in self._lost.items() if now - then >= LOST_SECONDS]
        for visitor in long_ago:
            if self._idle_seconds(visitor) >= LOST_SECONDS:
                with self._lock:
                    del self._lost[visitor]
                self._forget(visitor)
        return bool(self._lost)
