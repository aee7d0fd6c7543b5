"""Who has left: at once where their page says so, else some minutes after its connection ended."""

from collections.abc import Callable
from threading import Lock, Timer

LOST_SECONDS = 600.0  # without a connection, and without a wish for so long, a page is gone


class Departures:
    """Has visitors forgotten when they leave. Safe to use from several threads.

    A page that is closed says so. A connection that ends says less: a phone was locked, or its
    network changed, and the page is still there; Gradio does not open that connection again.
    """

    def __init__(self, forget: Callable[[str], None], idle_seconds: Callable[[str], float]) -> None:
        """forget: is called with a visitor, of whom nothing may be there any more.
        idle_seconds: how long ago a visitor last wished for something."""
        self._forget = forget
        self._idle_seconds = idle_seconds
        self._lock = Lock()
        self._waited_for: set[str] = set()

    def left(self, visitor: str) -> None:
        """The page is being closed."""
        self._forget(visitor)
        self.lost(visitor)  # for what was on its way, and comes after the goodbye

    def lost(self, visitor: str) -> None:
        """The connection to the page ended."""
        with self._lock:
            if visitor in self._waited_for:
                return
            self._waited_for.add(visitor)
        self._look_in(LOST_SECONDS, visitor)

    def _look_in(self, seconds: float, visitor: str) -> None:
        timer = Timer(seconds, self._look, [visitor])
        timer.daemon = True
        timer.start()

    def _look(self, visitor: str) -> None:
        left = LOST_SECONDS - self._idle_seconds(visitor)
        if left > 0:
            self._look_in(left, visitor)
            return
        with self._lock:
            self._waited_for.discard(visitor)
        self._forget(visitor)
