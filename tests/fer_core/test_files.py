"""Files that are replaced while somebody reads them, which Windows refuses."""

import os

import pytest

from fer_core import FerError, files
from fer_core.files import write_whole


@pytest.fixture
def readers(monkeypatch):
    """One entry for each time that a file cannot be replaced yet."""
    left = []
    really_replace = os.replace

    def replace(source, target):
        if left:
            raise left.pop()
        really_replace(source, target)

    monkeypatch.setattr(os, "replace", replace)
    monkeypatch.setattr(files, "TRIES", 3)
    return left


def test_a_reader_is_waited_for(tmp_path, readers):
    readers += [PermissionError()] * 2
    write_whole(tmp_path / "report.json", "{}")
    assert [path.name for path in tmp_path.iterdir()] == ["report.json"]


def test_a_reader_who_stays_is_not_waited_for_for_ever(tmp_path, readers):
    readers += [PermissionError(13, "Permission denied")] * 3
    with pytest.raises(FerError, match=r"report\.json cannot be written: Permission denied"):
        write_whole(tmp_path / "report.json", "{}")
    assert not readers and not list(tmp_path.iterdir())
