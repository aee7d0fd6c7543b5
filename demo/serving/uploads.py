"""From an upload as Gradio describes it to the very file.

Gradio's own Image would decode the file first: it changes CMYK and 16-bit pictures on the way, and
fails on a broken one before our reader can say what is wrong.
"""

import os
import time
from collections import deque
from collections.abc import Callable, Mapping, MutableSet
from contextlib import suppress
from pathlib import Path
from threading import Lock
from typing import IO, Any, NamedTuple

HOLD_SECONDS = 3600.0
PATIENCE_SECONDS = 120.0  # and where all places are taken; a turn takes a second or two


class OpenUpload(NamedTuple):
    """A file as the visitor has it, open for reading."""

    name: str
    file: IO[bytes]

    @property
    def size_bytes(self) -> int:
        return os.fstat(self.file.fileno()).st_size


class _Held(NamedTuple):
    """What is held, and since when."""

    upload: OpenUpload
    seconds: float


def open_upload(file: Mapping[str, Any] | None, uploads: MutableSet[str]) -> OpenUpload | None:
    """Open an uploaded file and delete it from the server's disk: it ends with its last reader.

    file: the fields of Gradio's FileData. uploads: the paths of all uploads, from which this one
    is taken; Gradio lets a caller name its other temporary files too, which are not the caller's
    to delete.
    None where nothing was uploaded, or where it is gone: Gradio stores two visitors' uploads of one
    and the same file in one place, so the other may have been read, and deleted, first.
    """
    if file is None or file["path"] not in uploads:
        return None
    path = Path(file["path"])
    uploads.discard(file["path"])  # Gradio would remember a visitor's file by its name for good
    try:
        opened = open(path, "rb", opener=_open_to_the_last)  # noqa: SIM115 - its reader closes it
    except (FileNotFoundError, PermissionError):  # Windows's word for what is about to go
        return None
    with suppress(OSError):
        path.unlink()
    return OpenUpload(file["orig_name"] or path.name, opened)


def _open_to_the_last(path: str, flags: int) -> int:
    """Windows deletes no file that is open, but this one by itself when it is closed."""
    return os.open(path, flags | getattr(os, "O_TEMPORARY", 0))


class HeldUploads:
    """Each visitor's opened file until its turn comes; their next one takes its place, and the one
    before is closed. Safe to use from several threads."""

    def __init__(self, most: int, clock: Callable[[], float] = time.monotonic) -> None:
        """most: how many may be held at once."""
        self._most = most
        self._clock = clock
        self._lock = Lock()
        self._held: dict[str, _Held] = {}  # in the order in which they came
        self._lost: deque[str] = deque(maxlen=most)  # whose place another took

    def hold(
        self,
        visitor: str,
        upload: OpenUpload,
        before_its_turn: Callable[[], object] = lambda: None,
    ) -> bool:
        """False where as many are held as may be, and none for too long: the file is closed, and
        nothing is held.

        before_its_turn: called where the upload is held, before anyone can take it.
        """
        now = self._clock()
        with self._lock:
            # Of callers who do not wait for an answer, the turn never comes.
            leave = [each for each, held in self._held.items() if now - held.seconds > HOLD_SECONDS]
            closed = [self._held.pop(each).upload for each in {visitor, *leave} & self._held.keys()]
            if len(self._held) >= self._most:
                first, held = next(iter(self._held.items()))
                if now - held.seconds > PATIENCE_SECONDS:
                    closed.append(self._held.pop(first).upload)
                    self._lost.append(first)
            if visitor in self._lost:
                self._lost.remove(visitor)
            room = len(self._held) < self._most
            if room:
                self._held[visitor] = _Held(upload, now)
                before_its_turn()
        for each in closed if room else (*closed, upload):
            each.file.close()
        return room

    def forget(self, visitor: str) -> None:
        """Close what is held."""
        upload = self.take(visitor)
        if upload is not None:
            upload.file.close()

    def is_lost(self, visitor: str) -> bool:
        """Whether what was held lost its place to another's."""
        with self._lock:
            return visitor in self._lost

    def take(self, visitor: str) -> OpenUpload | None:
        """What is held, which is the caller's from now on."""
        with self._lock:
            held = self._held.pop(visitor, None)
        return held.upload if held is not None else None
