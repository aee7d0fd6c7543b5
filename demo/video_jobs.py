"""Clips being annotated, by visitor, and the videos made for them. Knows no UI library."""

import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock, Timer
from typing import NamedTuple

from filelock import FileLock, Timeout

from demo.uploads import HeldUploads, OpenUpload
from fer_core.video import VideoJob

PREFIX = "fer-studio-videos-"
VIDEOS, LOCK = "videos", "lock"  # in a server's folder
KEEP_SECONDS = 3600.0


class _Video(NamedTuple):
    """A visitor's video, and what deletes it in time."""

    path: Path
    timer: Timer


class VideoJobs:
    """Holds each visitor's clip while it waits, stops it at their word, and deletes what was made
    for them when they leave or choose another."""

    def __init__(self) -> None:
        """Make a folder for the videos, which goes with the process; one that a killed server
        left is deleted."""
        _delete_left_behind()
        self._home = tempfile.TemporaryDirectory(prefix=PREFIX, ignore_cleanup_errors=True)
        # Held as long as the server lives. Not its process id: in a container that is started
        # again, another has the same.
        self._alive = FileLock(Path(self._home.name, LOCK))
        self._alive.acquire()
        self.folder = Path(self._home.name, VIDEOS)
        self.folder.mkdir()
        self._lock = Lock()
        self._jobs: dict[str, VideoJob] = {}
        self._left: set[str] = set()  # whose job still runs, though they have left
        self._videos: dict[str, _Video] = {}
        self._held = HeldUploads()

    @contextmanager
    def running(self, visitor: str, job: VideoJob) -> Iterator[None]:
        """While a visitor's clip is being annotated and its video put in its place."""
        with self._lock:
            self._jobs[visitor] = job
        try:
            yield
        finally:
            with self._lock:
                if self._jobs.get(visitor) is job:
                    del self._jobs[visitor]
                left = visitor in self._left
                self._left.discard(visitor)
            if left:
                self._delete(visitor)

    def place(self, visitor: str, name: str) -> Path:
        """Where this visitor's video goes, for KEEP_SECONDS at most; their last one is deleted."""
        self._delete(visitor)
        # Whoever knows the address sees the video: it must not be guessed.
        path = self.folder / secrets.token_hex(16) / name
        timer = Timer(KEEP_SECONDS, shutil.rmtree, [path.parent], {"ignore_errors": True})
        timer.daemon = True
        timer.start()
        with self._lock:
            self._videos[visitor] = _Video(path, timer)
        return path

    def hold(self, visitor: str, upload: OpenUpload | None) -> None:
        """Keep a visitor's opened clip until it is its turn; what was made of the one before is
        deleted."""
        self._held.hold(visitor, upload)
        self._delete(visitor)

    def take(self, visitor: str) -> OpenUpload | None:
        """The clip that waits for its turn, which is the caller's from now on."""
        return self._held.take(visitor)

    def stop(self, visitor: str) -> None:
        """End the visitor's clip after the frames in hand; what was done is kept."""
        with self._lock:
            job = self._jobs.get(visitor)
        if job is not None:
            job.stop()

    def forget(self, visitor: str) -> None:
        """The visitor has left. What is made for them at this moment is deleted when it is done."""
        with self._lock:
            if visitor in self._jobs:
                self._left.add(visitor)
        self.stop(visitor)
        self.hold(visitor, None)

    def _delete(self, visitor: str) -> None:
        with self._lock:
            video = self._videos.pop(visitor, None)
        if video is not None:
            video.timer.cancel()
            shutil.rmtree(video.path.parent, ignore_errors=True)


def _delete_left_behind() -> None:
    # A server has taken its lock before it makes its folder of videos.
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*/{VIDEOS}"):
        try:
            with FileLock(folder.parent / LOCK, timeout=0):
                pass
        except Timeout:
            continue
        shutil.rmtree(folder.parent, ignore_errors=True)
