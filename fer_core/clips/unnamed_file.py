"""Files without a name while they are made: nothing stays behind, however the process ends."""

import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import IO, TypeVar

from fer_core.files import draft_of, is_full

T = TypeVar("T")


class FileView:
    """A file as FFmpeg uses it: with a place of its own, so that several can share one file.

    error: what went wrong first, if anything; from then on reading comes to an end and writing
    does nothing. Raised inside FFmpeg's own code, an error would be printed, or be lost.
    """

    def __init__(self, file: IO[bytes]) -> None:
        self.error: OSError | None = None
        self._file = file
        self._place = 0

    def read(self, size: int = -1) -> bytes:
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


def unnamed_file() -> IO[bytes]:
    """A new file in the folder for temporary files, that no folder lists."""
    return tempfile.TemporaryFile()


def publish(file: IO[bytes], target: Path) -> None:
    """Give a copy of the file a name, making its folder; what had that name is replaced at once.

    Whoever looks finds what was there before or the whole new file. Raises OSError.
    """
    with draft_of(target) as draft:
        if not _publish_unnamed(file, draft):
            with draft.open("xb") as copy:
                _copy(file, copy)


def _copy(file: IO[bytes], copy: IO[bytes]) -> None:
    file.seek(0)
    shutil.copyfileobj(file, copy)


def _publish_unnamed(file: IO[bytes], target: Path) -> bool:
    """Copy into a file that gets its name when it is whole; False where the system cannot."""
    if not hasattr(os, "O_TMPFILE"):
        return False
    folder = os.open(target.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        try:
            number = os.open(".", os.O_TMPFILE | os.O_RDWR, 0o666, dir_fd=folder)
        except OSError:  # not on this file system
            return False
        with open(number, "wb") as copy:
            _copy(file, copy)
            copy.flush()
            try:
                # With a folder given, the link in /proc is followed to the file.
                fd = f"/proc/self/fd/{number}"
                os.link(fd, target.name, src_dir_fd=folder, dst_dir_fd=folder)
            except OSError as error:  # there is no /proc, or the file system has no links
                if is_full(error):
                    raise
                return False
    finally:
        os.close(folder)
    return True
