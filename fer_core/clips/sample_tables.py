"""How large an index FFmpeg makes of an MP4, known before it does: a few bytes may claim billions
of samples, and of each it makes an entry."""

import os
import re
import struct
from collections.abc import Iterator
from typing import Protocol

import numpy as np

MOST_ENTRIES = 4_000_000  # ten hours of frames and sound, in 150 MB of memory
MOST_INDEX_BYTES, MOST_BOXES = 1 << 26, 100_000  # of one index
MOST_DEPTH = 10  # FFmpeg looks no further
# What FFmpeg looks into for tables, wherever it lies; into some only where they hide an index.
HIDDEN = {b"free", b"hoov"}
PARENTS = HIDDEN | set(
    b"moov trak mdia minf stbl edts moof traf mvex udta meta wave sinf dinf tref".split()
)
TABLES = re.compile(b"hdlr|stsz|stz2|stts|stsc|stco|co64|elst|trun")
FRAME_SAMPLES = 512  # so many of uncompressed sound, or some more or fewer, are one entry


class Seekable(Protocol):
    """What is needed of a file."""

    def read(self, size: int = -1, /) -> bytes: ...
    def seek(self, offset: int, whence: int = 0, /) -> int: ...


def has_endless_index(file: Seekable) -> bool:
    """Whether a file claims more than MOST_ENTRIES. Reads its index alone, and leaves the file at
    its start."""
    entries = 0
    for index in _indices(file):
        track = _Track()
        for number, (kind, body) in enumerate(_tables(memoryview(index))):
            if number > MOST_BOXES:
                return True
            if kind == b"trak":
                entries += track.entries
                track = _Track()
            track.take(kind, body)
        entries += track.entries
        if entries > MOST_ENTRIES or len(index) > MOST_INDEX_BYTES:
            return True
    file.seek(0)
    return False


def _indices(file: Seekable) -> Iterator[bytes]:
    """The boxes of a file that may hold tables, each as a whole."""
    end, place = file.seek(0, os.SEEK_END), 0
    while place + 16 <= end:
        file.seek(place)
        if len(start := file.read(16)) < 16:  # the disk failed, or it was given up
            return
        size, kind, more, inner = struct.unpack(">L4sL4s", start)
        head = 16 if size == 1 else 8
        if size == 1:
            size = more << 32 | int.from_bytes(inner)
        if kind in (PARENTS if inner in (b"mvhd", b"cmov") else PARENTS - HIDDEN):
            file.seek(place)
            yield file.read(min(size or end, MOST_INDEX_BYTES + 1))
        if size < head:  # 0: up to the end; else it is no MP4, or broken
            return
        place += size


def _tables(data: memoryview, depth: int = 0) -> Iterator[tuple[bytes, memoryview]]:
    """The kind of each box in the order of the file, and its body; of parents what is in them."""
    place = 0
    while place + 8 <= len(data) and depth <= MOST_DEPTH:
        size, kind = struct.unpack_from(">L4s", data, place)
        head = 16 if size == 1 else 8
        if size == 1 and place + 16 <= len(data):
            (size,) = struct.unpack_from(">Q", data, place + 8)
        body = data[place + head : place + size if size else None]
        yield kind, body
        if kind in PARENTS:
            flags = 4 if kind == b"meta" and not any(body[:4]) else 0
            yield from _tables(body[flags:], depth + 1)
        if size < head:
            return
        place += size


class _Track:
    """What the tables of one track claim."""

    def __init__(self) -> None:
        self._samples = self._edits = self._fragments = self._chunks = self._per_chunk = 0
        self._kinds: set[bytes] = set()
        self._durations: set[tuple[int, int]] = set()

    @property
    def entries(self) -> int:
        """Of FFmpeg's index."""
        # Uncompressed sound has a sample a tick, and is taken many samples at a time.
        if self._kinds == {b"soun"} and self._durations == {(1, 1)}:
            return self._chunks * (self._per_chunk // FRAME_SAMPLES + 1) + self._fragments
        return self._samples * max(self._edits, 1) + self._fragments

    def take(self, kind: bytes, body: memoryview) -> None:
        """One of its boxes."""
        start = bytes(body[:16]).ljust(16, b"\0")
        _, first, second, third = struct.unpack(">4L", start)
        if kind == b"hdlr":
            self._kinds.add(start[8:12])
        elif kind in (b"stsz", b"stz2"):
            self._samples = max(self._samples, second)
        elif kind == b"stts":
            self._durations.add((first, third))
        elif kind == b"elst":
            self._edits = max(self._edits, first)
        elif kind == b"trun":
            self._fragments += first
        elif kind in (b"stco", b"co64"):
            self._chunks = max(self._chunks, first)
        elif kind == b"stsc":
            rows = np.frombuffer(body[8 : 8 + (len(body) - 8) // 12 * 12], ">u4")
            self._per_chunk = max(self._per_chunk, int(rows[1::3].max(initial=0)))
        elif kind == b"cmov" or (kind == b"stsd" and TABLES.search(body)):
            self._samples = MOST_ENTRIES + 1  # FFmpeg finds tables there, too; no camera does
