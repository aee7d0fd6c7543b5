"""Uploads as Gradio describes them: read, and gone from the disk."""

import os
from pathlib import Path

import pytest

from demo.serving.uploads import (
    HOLD_SECONDS,
    PATIENCE_SECONDS,
    HeldUploads,
    OpenUpload,
    open_upload,
)


def read_upload(file: dict[str, str] | None, uploads: set[str]) -> tuple[str, int, bytes] | None:
    """Name, size and bytes of what is opened, or None."""
    upload = open_upload(file, uploads)
    if upload is None:
        return None
    with upload.file as opened:
        return upload.name, upload.size_bytes, opened.read()


def test_an_upload_is_the_file_itself_and_leaves_the_disk(tmp_path: Path) -> None:
    raw = b"not even a picture"
    path = tmp_path / "cached"
    path.write_bytes(raw)
    file = {"path": str(path), "orig_name": "mine.jpg"}
    assert read_upload(file, uploads=set()) is None
    assert path.exists()  # no upload: not the caller's to read or to delete
    uploads = {str(path), "other"}
    assert read_upload(file, uploads) == ("mine.jpg", len(raw), raw)
    assert not path.exists() and uploads == {"other"}
    assert read_upload(file, {str(path)}) is None
    assert read_upload(None, set()) is None


def test_an_upload_that_cannot_be_deleted_is_read_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(self: Path, missing_ok: bool = False) -> None:
        raise PermissionError("as of an open file on Windows")

    path = tmp_path / "cached"
    path.write_bytes(b"a clip")
    monkeypatch.setattr(Path, "unlink", refused)
    file = {"path": str(path), "orig_name": "mine.mp4"}
    assert read_upload(file, {str(path)}) == ("mine.mp4", 6, b"a clip")


def test_windows_is_asked_to_delete_the_file_when_it_is_closed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, asked = tmp_path / "cached", []
    path.write_bytes(b"a clip")
    really_open, temporary = os.open, 1 << 30  # a flag that there is not here

    def recorded(path: str, flags: int) -> int:
        asked.append(flags & temporary)
        return really_open(path, flags & ~temporary)

    monkeypatch.setattr(os, "O_TEMPORARY", temporary, raising=False)
    monkeypatch.setattr(os, "open", recorded)
    file = {"path": str(path), "orig_name": "mine.mp4"}
    assert read_upload(file, {str(path)}) == ("mine.mp4", 6, b"a clip")
    assert asked == [temporary]


def test_an_upload_that_windows_is_about_to_delete_is_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(path: str, flags: int) -> int:
        raise PermissionError("as of a file whose deletion is pending")

    monkeypatch.setattr(os, "open", refused)
    path = tmp_path / "cached"
    path.write_bytes(b"a clip")
    file = {"path": str(path), "orig_name": "mine.mp4"}
    assert read_upload(file, {str(path)}) is None


def test_the_next_upload_takes_the_place_of_one_that_waits(tmp_path: Path) -> None:
    files = [OpenUpload(f"{n}", (tmp_path / f"{n}").open("wb+")) for n in range(3)]
    held = HeldUploads(2)
    held.hold("me", files[0])
    held.hold("other", files[2])
    held.hold("me", files[1])
    assert files[0].file.closed
    assert held.take("me") is files[1] and not files[1].file.closed
    assert held.take("me") is None
    held.forget("other")
    assert files[2].file.closed and held.take("other") is None
    files[1].file.close()


def test_what_is_one_too_many_is_closed_and_so_is_what_nobody_asks_for(tmp_path: Path) -> None:
    seconds = 0.0
    held = HeldUploads(2, clock=lambda: seconds)
    files = [OpenUpload(f"{n}", (tmp_path / f"{n}").open("wb+")) for n in range(4)]
    assert held.hold("first", files[0]) and held.hold("second", files[1])
    assert not held.hold("third", files[2]) and files[2].file.closed
    assert held.take("third") is None and not files[0].file.closed
    seconds = HOLD_SECONDS + 1
    assert held.hold("third", files[3])
    assert files[0].file.closed and files[1].file.closed
    assert held.take("third") is files[3]
    files[3].file.close()


def test_where_all_places_are_taken_who_holds_one_for_too_long_loses_it(tmp_path: Path) -> None:
    seconds = 0.0
    held = HeldUploads(2, clock=lambda: seconds)
    files = [OpenUpload(f"{n}", (tmp_path / f"{n}").open("wb+")) for n in range(5)]
    assert held.hold("first", files[0]) and held.hold("second", files[1])
    seconds = PATIENCE_SECONDS + 1
    assert held.hold("third", files[2]) and files[0].file.closed and not files[1].file.closed
    assert held.take("first") is None and held.is_lost("first") and not held.is_lost("second")
    assert held.hold("first", files[3]) and files[1].file.closed  # come back
    assert not held.is_lost("first") and held.is_lost("second")
    assert not held.hold("second", files[4])  # the others have come just now
    for file in files:
        file.file.close()
