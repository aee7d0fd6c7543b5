"""Files that are there whole or not at all, and sentences for what goes wrong with them."""

import contextlib
import errno
import os
import secrets
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from fer_core.types import FerError

DRAFT = ".part"  # the end of a draft's name
TRIES = 21 if os.name == "nt" else 1


def write_whole(path: Path, content: bytes | memoryview | str) -> None:
    """Fill a file beside `path`, making its folder, and rename it into place; text as UTF-8.

    The content is made in memory first: writers of other libraries raise what they like when the
    disk is full. Raises FerError where the file cannot be written.
    """
    try:
        with draft_of(path) as draft:
            draft.write_bytes(content.encode() if isinstance(content, str) else content)
    except OSError as error:
        raise FerError(f"{path} cannot be written: {reason(error)}.") from error
    except ValueError as error:  # the path is not one of a file: a folder's, say
        raise FerError(f"{path} cannot be written: {error}.") from error


def remove(path: Path) -> None:
    """Remove a file, if it is there. Raises FerError where that cannot be done."""
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise FerError(f"{path} cannot be removed: {reason(error)}.") from error


@contextlib.contextmanager
def draft_of(path: Path) -> Iterator[Path]:
    """A file's path beside `path`, whose folder is made; at the end the file is renamed to `path`.

    Where that does not come about, the draft is removed. Raises OSError.
    """
    # Its own name each time: another program's file may be called so, or this one run twice. Not
    # the path's with more: that may be as long as the disk allows.
    draft = path.with_name(f".{secrets.token_hex(8)}{DRAFT}")
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        yield draft
        _replace(draft, path)
    finally:
        with contextlib.suppress(OSError):
            draft.unlink()


def _replace(draft: Path, path: Path) -> None:
    """Windows replaces no file that is open: its reader is given 2 seconds to be done."""
    for left in reversed(range(TRIES)):
        try:
            return os.replace(draft, path)
        except PermissionError:
            if not left:
                raise
            time.sleep(0.1)


def check_folder(folder: Path) -> None:
    """Raises FerError where nothing can be written into a folder, or it cannot be made."""
    whole = folder.absolute()
    there = next(each for each in (whole, *whole.parents) if os.path.exists(each))
    try:
        tempfile.TemporaryFile(dir=there).close()
    except OSError as error:
        raise FerError(f"{folder} cannot be written to: {reason(error)}.") from error


def remove_drafts(folder: Path) -> None:
    """Remove what programs left that were killed. Nobody else may write there meanwhile."""
    for draft in folder.glob(f".*{DRAFT}"):
        with contextlib.suppress(OSError):
            draft.unlink()


def reason(error: OSError) -> str:
    """Why a file could not be read or written, as the end of a sentence without its full stop."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return "the disk is full. Make room first"
    return (error.strerror or str(error)).rstrip(".")
