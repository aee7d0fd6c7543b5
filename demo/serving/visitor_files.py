"""Where visitors' files lie: a folder of this server alone, which goes with it."""

import shutil
import tempfile
import time
from contextlib import suppress
from functools import partial
from pathlib import Path

from filelock import FileLock, Timeout

from demo.serving.periodic import Periodic

PREFIX = "fer-studio-"
UPLOADS, VIDEOS, LOCK = "uploads", "videos", "lock"  # in a server's folder
SWEEP_SECONDS, KEEP_SECONDS = 60.0, 600.0


class VisitorFiles:
    """uploads: for Gradio, from which everything older than KEEP_SECONDS is deleted, whatever
    became of who sent it; Gradio itself deletes nothing. videos: for the annotated clips, whose
    maker deletes them.

    Both go with the process; those that a killed server left are deleted when the next one starts.
    """

    def __init__(self) -> None:
        _delete_left_behind()
        self._home = tempfile.TemporaryDirectory(prefix=PREFIX, ignore_cleanup_errors=True)
        # Held as long as the server lives. Not its process id: in a container that is started
        # again, another has the same.
        self._alive = FileLock(Path(self._home.name, LOCK))
        self._alive.acquire()
        self.videos, self.uploads = Path(self._home.name, VIDEOS), Path(self._home.name, UPLOADS)
        self.uploads.mkdir()
        self.videos.mkdir()  # last: it says that the lock is taken
        Periodic(partial(sweep, self.uploads), SWEEP_SECONDS).begin()


def sweep(folder: Path) -> bool:
    """Delete what was last written KEEP_SECONDS ago: files, and then folders that are empty.

    Returns whether the folder itself is still there.
    """
    before = time.time() - KEEP_SECONDS
    # The deepest first: a folder comes after what is in it.
    for path in sorted(folder.rglob("*"), reverse=True):
        with suppress(OSError):  # gone meanwhile, or a folder that is not empty
            if path.lstat().st_mtime < before:
                path.rmdir() if path.is_dir() else path.unlink()
    return folder.exists()


def _delete_left_behind() -> None:
    # A server has taken its lock before it makes its folder of videos.
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*/{VIDEOS}"):
        try:
            with FileLock(folder.parent / LOCK, timeout=0):
                pass
        except Timeout:
            continue
        shutil.rmtree(folder.parent, ignore_errors=True)
