"""Files that have no name until they are whole."""

import errno
import os
from tempfile import TemporaryFile

import pytest

from fer_core.clips import unnamed_file as unnamed_file_module
from fer_core.clips.unnamed_file import publish


def failing(number):
    """A function of the system that fails with this error."""

    def fail(*_, **__):
        raise OSError(number, os.strerror(number))

    return fail


@pytest.mark.parametrize("system", [True, False])
def test_publishing_without_unnamed_files(tmp_path, monkeypatch, system):
    if not system:
        monkeypatch.setattr(unnamed_file_module, "_publish_unnamed", lambda *_: False)
    with TemporaryFile() as file:
        file.write(b"whole")
        publish(file, tmp_path / "me.txt")
    assert [(p.name, p.read_bytes()) for p in tmp_path.iterdir()] == [("me.txt", b"whole")]


@pytest.mark.parametrize("number", [errno.ENOENT, errno.EPERM, errno.EOPNOTSUPP])
def test_publishing_where_files_get_no_links(tmp_path, monkeypatch, number):
    monkeypatch.setattr("os.link", failing(number))
    with TemporaryFile() as file:
        file.write(b"whole")
        publish(file, tmp_path / "me.txt")
    assert [(p.name, p.read_bytes()) for p in tmp_path.iterdir()] == [("me.txt", b"whole")]


def test_a_disk_that_is_full_when_the_file_gets_its_name(tmp_path, monkeypatch):
    monkeypatch.setattr("os.link", failing(errno.ENOSPC))
    with TemporaryFile() as file, pytest.raises(OSError, match="No space"):
        publish(file, tmp_path / "me.txt")
    assert list(tmp_path.iterdir()) == []


def test_other_programs_files_stay(tmp_path):
    others = tmp_path / "me.txt.part"
    others.write_text("a download under way")
    with TemporaryFile() as file:
        publish(file, tmp_path / "me.txt")
    assert others.read_text() == "a download under way"


@pytest.mark.parametrize("system", [True, False])
def test_a_folder_of_that_name_is_left_alone(tmp_path, monkeypatch, system):
    if not system:
        monkeypatch.setattr(unnamed_file_module, "_publish_unnamed", lambda *_: False)
    (tmp_path / "me.txt").mkdir()
    with TemporaryFile() as file, pytest.raises(IsADirectoryError):
        publish(file, tmp_path / "me.txt")
    assert list(tmp_path.iterdir()) == [tmp_path / "me.txt"]


@pytest.mark.parametrize("system", [True, False])
def test_what_cannot_be_published_leaves_nothing(tmp_path, monkeypatch, system):
    if not system:
        monkeypatch.setattr(unnamed_file_module, "_publish_unnamed", lambda *_: False)
    monkeypatch.setattr("shutil.copyfileobj", failing(errno.ENOSPC))
    with TemporaryFile() as file, pytest.raises(OSError, match="No space"):
        publish(file, tmp_path / "me.txt")
    assert list(tmp_path.iterdir()) == []
