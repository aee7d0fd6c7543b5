"""Visitors' files end with their server, and with time."""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest
from fakes import fake_pipeline

from demo.gradio_app import build_app
from demo.serving.gradio_internals import forget_deleted
from demo.serving.visitor_files import KEEP_SECONDS, VisitorFiles, sweep
from tests.waiting import wait_until

KILLED_OR_ENDED = """
import os, sys
from demo.serving.visitor_files import VisitorFiles
files = VisitorFiles()
for folder in (files.videos, files.uploads):
    (folder / "deep").mkdir()
    (folder / "deep" / "film.mp4").touch()
print(files.videos, flush=True)
if sys.argv[1] == "killed":
    os.kill(os.getpid(), 9)
if sys.argv[1] == "interrupted":
    raise KeyboardInterrupt
"""


@pytest.mark.parametrize("how", ["killed", "interrupted", "ended"])
def test_no_file_outlives_its_server(
    how: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", KILLED_OR_ENDED, how],
        env={**os.environ, "TMPDIR": str(tmp_path)},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
    )
    folder = Path(ended.stdout.strip())
    assert folder.is_relative_to(tmp_path)
    assert folder.exists() == (how == "killed")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    running = VisitorFiles()
    VisitorFiles()
    assert not folder.parent.exists()
    assert running.videos.exists() and running.uploads.exists()


def test_what_lies_for_long_is_deleted_and_nothing_else(tmp_path: Path) -> None:
    broken_off, kept = tmp_path / "tmp1234", tmp_path / "a" / "photo.jpg"
    empty, filled = tmp_path / "b", tmp_path / "c"
    for folder in (kept.parent, empty, filled):
        folder.mkdir()
    for file in (broken_off, kept, filled / "old.png", filled / "new.png"):
        file.touch()
    long_ago = time.time() - KEEP_SECONDS - 1
    for path in (broken_off, filled / "old.png", empty, filled, kept.parent):
        os.utime(path, (long_ago, long_ago))
    sweep(tmp_path)
    left = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*")}
    assert left == {"a", "a/photo.jpg", "c", "c/new.png"}


def test_of_what_is_deleted_gradio_keeps_no_name(tmp_path: Path) -> None:
    there = tmp_path / "there.png"
    there.touch()
    uploads, saved = {str(there), str(tmp_path / "gone.jpg")}, {str(tmp_path / "gone.png")}
    assert forget_deleted([uploads, saved], tmp_path)
    assert uploads == {str(there)} and not saved
    assert not forget_deleted([uploads], tmp_path / "gone")


def test_an_app_looks_for_names_to_forget(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("demo.gradio_app.SWEEP_SECONDS", 0.05)
    app = build_app(fake_pipeline(), VisitorFiles())
    app.upload_file_set.add("/gone.jpg")
    wait_until(lambda: not app.upload_file_set)
    assert app.delete_cache is None  # it would end with the first name that comes meanwhile
