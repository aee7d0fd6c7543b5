"""Giving memory back to the system, of which one large photo takes more than all else together."""

import ctypes
from contextlib import suppress

LARGE_BYTES = 8_000_000  # Pillow takes blocks of 16 MB; a frame of a clip has 3 MB
M_MMAP_THRESHOLD = -3  # in glibc's malloc.h


def give_back_memory() -> None:
    """Have large blocks given back as soon as they are freed, where the C library is glibc.

    It would keep those of up to 32 MB, for each thread its own: gigabytes after some large photos.
    """
    with suppress(AttributeError, OSError, TypeError):  # another C library
        ctypes.CDLL(None).mallopt(M_MMAP_THRESHOLD, LARGE_BYTES)
