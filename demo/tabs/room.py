"""How much memory is taken at once: pictures wait for others where it might not do for all."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Condition, Lock


class Room:
    """Room for so many bytes, and for any one picture. Safe to use from several threads."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._in_hand = 0
        self._freed = Condition()
        self._door = Lock()  # for one at a time: small ones would keep a large one waiting for good

    @contextmanager
    def holding(self, size_bytes: int) -> Iterator[None]:
        """Wait until there is room for so many more, and take it meanwhile."""
        with self._door, self._freed:
            self._freed.wait_for(lambda: self._has_room(size_bytes))
            self._in_hand += size_bytes
        try:
            yield
        finally:
            with self._freed:
                self._in_hand -= size_bytes
                self._freed.notify_all()

    def _has_room(self, size_bytes: int) -> bool:
        return not self._in_hand or self._in_hand + size_bytes <= self._most
