"""Files without a name while they are made: on Linux nothing stays behind, however that ends."""

import os
import shutil
from pathlib import Path
from typing import IO

from fer_core.files import draft_of, is_full


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
