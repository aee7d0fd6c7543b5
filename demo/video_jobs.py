"""Clips being annotated, by visitor, and the videos made for them. Knows no UI library."""

import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Lock, Timer
from typing import NamedTuple

from demo.uploads import HeldUploads, OpenUpload
from demo.visitor_files import VisitorFiles
from fer_core.video import VideoJob

KEEP_SECONDS = 3600.0
WAITING = 6  # clips at most: a longer line would be one of hours


class _Video(NamedTuple):
    """A visitor's video, and what deletes it in time."""

    path: Path
    timer: Timer


@dataclass
class _Turn:
    """A visitor's clip whose turn it is. job: None while it is being opened."""

    job: VideoJob | None = None
    stopped: bool = False
    left: bool = False  # the visitor has, though this still runs


class VideoJobs:
    """Holds each visitor's clip while it waits, stops it at their word, and deletes what was made
    for them when they leave or choose another."""

    def __init__(self, files: VisitorFiles) -> None:
        self._files = files  # which go with the last who holds them
        self._lock = Lock()
        self._turns: dict[str, _Turn] = {}
        self._videos: dict[str, _Video] = {}
        self._held = HeldUploads(WAITING)

    @contextmanager
    def turn(self, visitor: str) -> Iterator[OpenUpload | None]:
        """While it is the turn of a visitor's clip, until its video is in its place. None where
        no clip waits any more; what is given is the caller's from now on."""
        turn = _Turn()
        with self._lock:
            upload = self._held.take(visitor)
            if upload is not None:
                self._turns[visitor] = turn
        try:
            yield upload
        finally:
            with self._lock:
                if self._turns.get(visitor) is turn:
                    del self._turns[visitor]
            if turn.left:
                self._delete(visitor)

    def begin(self, visitor: str, job: VideoJob) -> None:
        """Within their turn: the clip is open, and this is what annotates it."""
        with self._lock:
            turn = self._turns[visitor]
            turn.job = job
        if turn.stopped:
            job.stop()

    def place(self, visitor: str, name: str) -> Path:
        """Where this visitor's video goes, for KEEP_SECONDS at most; their last one is deleted."""
        self._delete(visitor)
        # Whoever knows the address sees the video: it must not be guessed.
        path = self._files.videos / secrets.token_hex(16) / name
        timer = Timer(KEEP_SECONDS, shutil.rmtree, [path.parent], {"ignore_errors": True})
        timer.daemon = True
        timer.start()
        with self._lock:
            self._videos[visitor] = _Video(path, timer)
        return path

    def hold(self, visitor: str, upload: OpenUpload | None) -> bool:
        """Keep a visitor's opened clip until it is its turn; what was made of the one before is
        deleted. False where too many wait already: it is closed."""
        held = self._held.hold(visitor, upload)
        if held:
            self._delete(visitor)
        return held

    def drop(self, visitor: str) -> bool:
        """Forget the clip that waits for its turn. False where none waits."""
        with self._lock:
            upload = self._held.take(visitor)
        if upload is None:
            return False
        upload.file.close()
        return True

    def stop(self, visitor: str) -> bool:
        """End the visitor's clip after the frames in hand; what was done is kept. False where it
        is not its turn."""
        with self._lock:
            turn = self._turns.get(visitor)
            if turn is None:
                return False
            turn.stopped = True
        if turn.job is not None:
            turn.job.stop()
        return True

    def is_stopped(self, visitor: str) -> bool:
        """Whether the clip whose turn it is was told to end."""
        with self._lock:
            turn = self._turns.get(visitor)
        return turn is not None and turn.stopped

    def is_busy(self, visitor: str) -> bool:
        """Whether a clip of theirs waits or is being annotated."""
        with self._lock:
            return visitor in self._turns or self._held.holds(visitor)

    def video(self, visitor: str) -> Path | None:
        """The annotated clip that was made for a visitor last, while it is kept."""
        with self._lock:
            video = self._videos.get(visitor)
        return video.path if video is not None and video.path.exists() else None

    def forget(self, visitor: str) -> None:
        """The visitor has left. What is made for them at this moment is deleted when it is done."""
        with self._lock:
            if turn := self._turns.get(visitor):
                turn.left = True
        self.stop(visitor)
        self.hold(visitor, None)

    def _delete(self, visitor: str) -> None:
        with self._lock:
            video = self._videos.pop(visitor, None)
        if video is not None:
            video.timer.cancel()
            shutil.rmtree(video.path.parent, ignore_errors=True)
