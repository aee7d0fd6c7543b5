"""Files as FFmpeg reads and writes them."""

import os
from collections.abc import Callable
from typing import IO, TypeVar

T = TypeVar("T")


def never() -> bool:
    """For files that are not given up."""
    return False


class FileView:
    """A file as FFmpeg uses it: with a place of its own, so that several can share one file.

    error: what went wrong first, if anything; from then on reading comes to an end and writing
    does nothing. Raised inside FFmpeg's own code, an error would be printed, or be lost.
    given_up: whether reading came to an end as it was given up.
    """

    def __init__(self, file: IO[bytes], give_up: Callable[[], bool] = never) -> None:
        """give_up: asked before each reading whether to read no further."""
        self.error: OSError | None = None
        self.given_up = False
        self._file, self._give_up = file, give_up
        self._place = 0

    def read(self, size: int = -1) -> bytes:
        self.given_up = self.given_up or self._give_up()
        if self.given_up:
            return b""
        data = self._try(lambda: self._file.read(size), b"")
        self._place += len(data)
        return data

    def write(self, data: bytes) -> int:
        self._try(lambda: self._file.write(data), 0)
        self._place += len(data)
        return len(data)

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        if whence == os.SEEK_CUR:
            offset += self._place
        elif whence == os.SEEK_END:
            offset = self._try(lambda: self._file.seek(offset, os.SEEK_END), 0)
        self._place = offset
        return offset

    def tell(self) -> int:
        return self._place

    def drop(self) -> None:
        """From now on, do nothing."""
        self.error = self.error or OSError("dropped")

    def close(self) -> None:
        """Whoever opened the file closes it."""

    @property
    def closed(self) -> bool:
        return self._file.closed

    def _try(self, act: Callable[[], T], otherwise: T) -> T:
        """Go to the place and act there."""
        if self.error is not None:
            return otherwise
        try:
            self._file.seek(self._place)
            return act()
        except OSError as error:
            self.error = error
            return otherwise
