"""From an upload as Gradio describes it to the file's very bytes.

Gradio's own Image would decode the file first: it changes CMYK and 16-bit pictures on the way, and
fails on a broken one before our reader can say what is wrong.
"""

from collections.abc import Container, Mapping
from contextlib import suppress
from pathlib import Path
from threading import Lock
from typing import IO, Any, NamedTuple


class Upload(NamedTuple):
    """A file as the visitor has it."""

    name: str
    data: bytes


class OpenUpload(NamedTuple):
    """A file as the visitor has it, open for reading. choices: how they want it, where that is
    settled when they choose the file."""

    name: str
    file: IO[bytes]
    choices: Any = None


def read_upload(file: Mapping[str, Any] | None, uploads: Container[str]) -> Upload | None:
    """The bytes of an uploaded file, as `open_upload` finds it."""
    found = _uploaded(file, uploads)
    if found is None:
        return None
    name, path = found
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return None
    _delete(path)
    return Upload(name, data)


def open_upload(file: Mapping[str, Any] | None, uploads: Container[str]) -> OpenUpload | None:
    """Open an uploaded file and delete it from the server's disk: it ends with its last reader.

    file: the fields of Gradio's FileData. uploads: the paths of all uploads; Gradio lets a caller
    name its other temporary files too, which are not the caller's to delete.
    None where nothing was uploaded, or where it is gone: Gradio stores two visitors' uploads of one
    and the same file in one place, so the other may have been read, and deleted, first.
    """
    found = _uploaded(file, uploads)
    if found is None:
        return None
    name, path = found
    try:
        opened = path.open("rb")
    except FileNotFoundError:
        return None
    _delete(path)
    return OpenUpload(name, opened)


class HeldUploads:
    """Each visitor's opened file until its turn comes; their next one takes its place, and the one
    before is closed. Safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._held: dict[str, OpenUpload] = {}

    def hold(self, visitor: str, upload: OpenUpload | None) -> None:
        """None: nothing in place of what was held."""
        with self._lock:
            before = self._held.pop(visitor, None)
            if upload is not None:
                self._held[visitor] = upload
        if before is not None:
            before.file.close()

    def take(self, visitor: str) -> OpenUpload | None:
        """What is held, which is the caller's from now on."""
        with self._lock:
            return self._held.pop(visitor, None)

    def holds(self, visitor: str) -> bool:
        with self._lock:
            return visitor in self._held


def _uploaded(file: Mapping[str, Any] | None, uploads: Container[str]) -> tuple[str, Path] | None:
    """The visitor's name of a file, and where it lies."""
    if file is None or file["path"] not in uploads:
        return None
    path = Path(file["path"])
    return file["orig_name"] or path.name, path


def _delete(path: Path) -> None:
    # Windows deletes no file that is open; Gradio, which deletes what is old, does so later.
    with suppress(OSError):
        path.unlink()
