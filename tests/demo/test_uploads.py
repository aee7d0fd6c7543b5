"""Uploads as Gradio describes them: read, and gone from the disk."""

from pathlib import Path

import pytest

from demo.uploads import HeldUploads, OpenUpload, open_upload, read_upload


def test_an_upload_is_the_file_itself_and_leaves_the_disk(tmp_path: Path) -> None:
    raw = b"not even a picture"
    path = tmp_path / "cached"
    path.write_bytes(raw)
    file = {"path": str(path), "orig_name": "mine.jpg"}
    assert read_upload(file, uploads=()) is None
    assert path.exists()  # no upload: not the caller's to read or to delete
    assert read_upload(file, {str(path)}) == ("mine.jpg", raw)
    assert not path.exists()
    assert read_upload(file, {str(path)}) is None
    assert read_upload(None, ()) is None


def test_an_upload_that_cannot_be_deleted_is_read_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(self: Path, missing_ok: bool = False) -> None:
        raise PermissionError("as of an open file on Windows")

    path = tmp_path / "cached"
    path.write_bytes(b"a clip")
    monkeypatch.setattr(Path, "unlink", refused)
    file = {"path": str(path), "orig_name": "mine.mp4"}
    assert read_upload(file, {str(path)}) == ("mine.mp4", b"a clip")
    opened = open_upload(file, {str(path)})
    assert opened is not None
    with opened.file:
        assert opened.file.read() == b"a clip"


def test_the_next_upload_takes_the_place_of_one_that_waits(tmp_path: Path) -> None:
    files = [OpenUpload(f"{n}", (tmp_path / f"{n}").open("wb+")) for n in range(3)]
    held = HeldUploads()
    held.hold("me", files[0])
    held.hold("other", files[2])
    held.hold("me", files[1])
    assert files[0].file.closed
    assert held.take("me") is files[1] and not files[1].file.closed
    assert held.take("me") is None
    held.hold("other", None)
    assert files[2].file.closed and held.take("other") is None
    files[1].file.close()
