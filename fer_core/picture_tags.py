"""Pillow's reading of tags (a TIFF's, and EXIF, which is made alike), within bounds.

It copies what each of 65,535 tags points at, be it the same megabytes, and makes objects of
numbers.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import IO

from PIL.TiffImagePlugin import ImageFileDirectory_v2

MOST_TIMES = 2  # as much as there is; some writers have two tags share their numbers
# Of one directory, in the file; as objects they take thirty times as much. All strips are there.
MOST_NUMBER_BYTES = 1_000_000
TEXT_OR_BYTES = (1, 2, 7)  # kinds that stay bytes, as profiles and previews are

_load = ImageFileDirectory_v2.load
_bounded = ContextVar("bounded", default=False)


@contextmanager
def bounded_tags() -> Iterator[None]:
    """In here, a directory of tags ends where too much was read for it."""
    ImageFileDirectory_v2.load = _load_within_bounds  # type: ignore[assignment,method-assign]
    token = _bounded.set(True)
    try:
        yield
    finally:
        _bounded.reset(token)


def _load_within_bounds(self: ImageFileDirectory_v2, file: IO[bytes]) -> None:
    if not _bounded.get():  # whoever else uses Pillow has all tags
        _load(self, file)
        return
    _load(self, _Bounded(file))  # type: ignore[arg-type]
    left = MOST_NUMBER_BYTES
    for tag, data in list(self._tagdata.items()):
        if self.tagtype[tag] not in TEXT_OR_BYTES:
            left -= len(data)
            if left < 0:
                del self._tagdata[tag]


class _Bounded:
    """A file that can be read MOST_TIMES over; then it raises OSError, as one that is cut short."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self.tell, self.seek = file, file.tell, file.seek
        place = file.tell()
        self._left = MOST_TIMES * file.seek(0, os.SEEK_END)
        file.seek(place)

    def read(self, size: int) -> bytes:
        self._left -= size
        if self._left < 0:
            raise OSError("The tags hold more than the file has.")
        return self._file.read(size)
