"""Memory for training on a CPU: kept between steps."""

import ctypes
import sys

# mallopt's names for them, of glibc's malloc.h.
_M_TRIM_THRESHOLD = -1
_M_MMAP_MAX = -4


def keep_freed_memory() -> None:
    """Have this process keep what it frees, for its next allocation, until it ends.

    glibc gives large blocks back to Linux at once; a step frees all its activations, and the
    next would wait for the same memory to be mapped and cleared anew. Elsewhere nothing happens.
    """
    if sys.platform == "linux" and hasattr(libc := ctypes.CDLL(None), "mallopt"):
        libc.mallopt(_M_MMAP_MAX, 0)
        libc.mallopt(_M_TRIM_THRESHOLD, -1)
