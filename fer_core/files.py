"""Files that are there whole or not at all, and sentences for what goes wrong with them."""

import contextlib
import errno
import os
import secrets
from pathlib import Path

from fer_core.types import FerError


def write_whole(path: Path, content: bytes | memoryview | str) -> None:
    """Fill a file beside `path`, making its folder, and rename it into place; text as UTF-8.

    The content is made in memory first: writers of other libraries raise what they like when the
    disk is full. Raises FerError where the file cannot be written.
    """
    # Its own name each time: another program's file may be called so, or this one run twice.
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft.write_bytes(content.encode() if isinstance(content, str) else content)
        os.replace(draft, path)
    except OSError as error:
        raise FerError(f"{path} cannot be written: {reason(error)}.") from error
    finally:
        with contextlib.suppress(OSError):
            draft.unlink()


def reason(error: OSError) -> str:
    """Why a file could not be written, as the end of a sentence without its full stop."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return "the disk is full. Make room first"
    return error.strerror or str(error)
