"""How much memory is taken at once, and giving it back to the system when it is free.

One large photo takes more than all else together.
"""

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Condition, Lock

LARGE_BYTES = 8_000_000  # Pillow takes blocks of 16 MB; a frame of a clip has 3 MB
M_MMAP_THRESHOLD = -3  # in glibc's malloc.h


def give_back_memory() -> None:
    """Have large blocks given back as soon as they are freed, where the C library is glibc.

    It would keep those of up to 32 MB, for each thread its own: gigabytes after some large photos.
    """
    with suppress(AttributeError, OSError, TypeError):  # another C library
        ctypes.CDLL(None).mallopt(M_MMAP_THRESHOLD, LARGE_BYTES)


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
