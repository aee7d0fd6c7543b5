"""Looking again every so often, as long as there is something to look for."""

import logging
import time
from collections.abc import Callable
from threading import Lock, Thread

log = logging.getLogger(__name__)


class Periodic:
    """Calls `look` every so often while it returns True, in one thread at most.

    Safe to use from several threads.
    """

    def __init__(self, look: Callable[[], bool], every_seconds: float) -> None:
        """look: does what is due, and says whether there is more to look for."""
        self._look = look
        self._every_seconds = every_seconds
        self._lock = Lock()
        self._watches = False

    def begin(self) -> None:
        """There is something to look for. Not to be called under a lock that `look` takes."""
        with self._lock:
            if self._watches:
                return
            self._watches = True
        Thread(target=self._run, daemon=True).start()

    def _run(self) -> None:
        more = True
        while more:
            time.sleep(self._every_seconds)
            with self._lock:  # what is there to look for from now on calls `begin` after this
                more = self._watches = self._safe_look()

    def _safe_look(self) -> bool:
        try:
            return self._look()
        except Exception:  # once more next time: nobody else would look any more
            log.exception("A look failed")
            return True
