"""From an upload as Gradio describes it to the file's very bytes.

Gradio's own Image would decode the file first: it changes CMYK and 16-bit pictures on the way, and
fails on a broken one before our reader can say what is wrong.
"""

from collections.abc import Container, Mapping
from pathlib import Path
from typing import IO, Any, NamedTuple


class Upload(NamedTuple):
    """A file as the visitor has it."""

    name: str
    data: bytes


class OpenUpload(NamedTuple):
    """A file as the visitor has it, open for reading."""

    name: str
    file: IO[bytes]


def read_upload(file: Mapping[str, Any] | None, uploads: Container[str]) -> Upload | None:
    """The bytes of an uploaded file, as `open_upload` finds it."""
    upload = open_upload(file, uploads)
    if upload is None:
        return None
    with upload.file:
        return Upload(upload.name, upload.file.read())


def open_upload(file: Mapping[str, Any] | None, uploads: Container[str]) -> OpenUpload | None:
    """Open an uploaded file and delete it from the server's disk: it ends with its last reader.

    file: the fields of Gradio's FileData. uploads: the paths of all uploads; Gradio lets a caller
    name its other temporary files too, which are not the caller's to delete.
    None where nothing was uploaded, or where it is gone: Gradio stores two visitors' uploads of one
    and the same file in one place, so the other may have been read, and deleted, first.
    """
    if file is None or file["path"] not in uploads:
        return None
    path = Path(file["path"])
    try:
        opened = path.open("rb")
    except FileNotFoundError:
        return None
    path.unlink(missing_ok=True)
    return OpenUpload(file["orig_name"] or path.name, opened)
