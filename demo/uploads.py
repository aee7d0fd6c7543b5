"""From an upload as Gradio describes it to the file's very bytes.

Gradio's own Image would decode the file first: it changes CMYK and 16-bit pictures on the way, and
fails on a broken one before our reader can say what is wrong.
"""

from collections.abc import Container, Mapping
from pathlib import Path
from typing import Any, NamedTuple


class Upload(NamedTuple):
    """A file as the visitor has it."""

    name: str
    data: bytes


def read_upload(file: Mapping[str, Any] | None, uploads: Container[str]) -> Upload | None:
    """Read an uploaded file and delete it from the server's disk.

    file: the fields of Gradio's FileData. uploads: the paths of all uploads; Gradio lets a caller
    name its other temporary files too, which are not the caller's to delete.
    None where nothing was uploaded, or where it is gone: Gradio stores two visitors' uploads of one
    and the same file in one place, so the other may have been read, and deleted, first.
    """
    if file is None or file["path"] not in uploads:
        return None
    path = Path(file["path"])
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return None
    path.unlink(missing_ok=True)
    return Upload(file["orig_name"] or path.name, data)
