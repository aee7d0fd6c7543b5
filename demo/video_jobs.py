"""Clips being annotated, by visitor, and the videos made for them. Knows no UI library."""

import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock, Timer

from demo.uploads import OpenUpload
from fer_core.video import VideoJob

PREFIX = "fer-studio-videos-"
KEEP_SECONDS = 3600.0


class VideoJobs:
    """Holds each visitor's clip while it waits, stops it at their word, and deletes what was made
    for them when they leave."""

    def __init__(self) -> None:
        """Make a folder for the videos; one that a killed server left is deleted."""
        _delete_left_behind()
        self.folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-"))
        self._lock = Lock()
        self._jobs: dict[str, VideoJob] = {}
        self._videos: dict[str, Path] = {}
        self._waiting: dict[str, OpenUpload] = {}

    @contextmanager
    def running(self, visitor: str, job: VideoJob) -> Iterator[None]:
        """While a visitor's clip is being annotated."""
        with self._lock:
            self._jobs[visitor] = job
        try:
            yield
        finally:
            with self._lock:
                if self._jobs.get(visitor) is job:
                    del self._jobs[visitor]

    def place(self, visitor: str, name: str) -> Path:
        """Where this visitor's video goes, for KEEP_SECONDS at most; their last one is deleted."""
        self._delete(visitor)
        # Whoever knows the address sees the video: it must not be guessed.
        path = self.folder / secrets.token_hex(16) / name
        with self._lock:
            self._videos[visitor] = path
        timer = Timer(KEEP_SECONDS, shutil.rmtree, [path.parent], {"ignore_errors": True})
        timer.daemon = True
        timer.start()
        return path

    def hold(self, visitor: str, upload: OpenUpload | None) -> None:
        """Keep a visitor's opened clip until it is its turn; one that waits already is closed."""
        with self._lock:
            waiting = self._waiting.pop(visitor, None)
            if upload is not None:
                self._waiting[visitor] = upload
        if waiting is not None:
            waiting.file.close()

    def take(self, visitor: str) -> OpenUpload | None:
        """The clip that waits for its turn, which is the caller's from now on."""
        with self._lock:
            return self._waiting.pop(visitor, None)

    def stop(self, visitor: str) -> None:
        """End the visitor's clip after the frames in hand; what was done is kept."""
        with self._lock:
            job = self._jobs.get(visitor)
        if job is not None:
            job.stop()

    def forget(self, visitor: str) -> None:
        """The visitor has left."""
        self.hold(visitor, None)
        self.stop(visitor)
        self._delete(visitor)

    def _delete(self, visitor: str) -> None:
        with self._lock:
            video = self._videos.pop(visitor, None)
        if video is not None:
            shutil.rmtree(video.parent, ignore_errors=True)


def _delete_left_behind() -> None:
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        pid = folder.name.removeprefix(PREFIX).split("-")[0]
        if pid.isdigit() and not Path(f"/proc/{pid}").exists() and Path("/proc").exists():
            shutil.rmtree(folder, ignore_errors=True)
