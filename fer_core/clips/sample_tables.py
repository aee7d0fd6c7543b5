"""What an MP4 claims to hold: FFmpeg makes an entry of each sample, be it there or not."""

import os
import re
import struct
from collections.abc import Iterator
from typing import Protocol

INDICES = {b"moov", b"moof"}
MOST_INDEX_BYTES = 1 << 26  # of one
# Counts that no list follows, which would have to be there: of samples of one size, and of a part.
COUNTS = re.compile(rb"\0\0\0\x14stsz.{8}(.{4})|trun.{4}(.{4})", re.DOTALL)
ALWAYS_TAKEN = 4_000_000  # samples: 150 MB of memory


class Seekable(Protocol):
    """What is needed of a file."""

    def read(self, size: int = -1, /) -> bytes: ...
    def seek(self, offset: int, whence: int = 0, /) -> int: ...


def claims_more_than_it_has(file: Seekable) -> bool:
    """Whether an MP4 claims more samples than it has bytes, of which each sample has one at least.

    Reads its indices alone, and leaves the file at its start.
    """
    end = file.seek(0, os.SEEK_END)
    most = max(end, ALWAYS_TAKEN)  # of a file that is cut short, what is there is taken
    for index in _indices(file, end):
        if any(int.from_bytes(one or other) > most for one, other in COUNTS.findall(index)):
            return True
    file.seek(0)
    return False


def _indices(file: Seekable, end: int) -> Iterator[bytes]:
    """The boxes of a file that hold the tables of samples, each as a whole."""
    place = 0
    while place + 16 <= end:
        file.seek(place)
        if len(head := file.read(16)) < 16:  # the disk failed, or it was given up
            return
        size, kind, large = struct.unpack(">L4sQ", head)
        size = {0: end - place, 1: large}.get(size, size)  # 0: up to the end
        if size < 8:  # it is no MP4, or broken
            return
        if kind in INDICES:
            file.seek(place)
            yield file.read(min(size, MOST_INDEX_BYTES))
        place += size
