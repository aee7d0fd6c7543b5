"""Visitors' clips: annotated one after another in a thread of its own, which goes on where the page
is not there at the moment, and what was made of them. Knows no UI library."""

import logging
import math
import secrets
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from threading import Condition, Thread

from demo.serving.periodic import Periodic
from demo.serving.pipelines import PipelineStore
from demo.serving.uploads import OpenUpload
from demo.serving.video_states import (
    ClipChoices,
    ClipResult,
    Dropped,
    Failed,
    Made,
    Opening,
    State,
    Waiting,
    Working,
)
from demo.serving.visitor_files import VisitorFiles
from fer_core import FerError
from fer_core.clips.source import ClipLimits
from fer_core.detection import DEFAULT_DETECTOR
from fer_core.video import VideoJob
from fer_core.video_options import VideoOptions

log = logging.getLogger(__name__)

LIMITS = ClipLimits(max_seconds=600, max_side_px=1280)
WORK_SECONDS = 1200.0  # on one clip at most: the others wait meanwhile
MADE_BYTES = 1e9  # of a video at most
KEEP_SECONDS = 3600.0  # what was made, or why nothing was
LOOK_SECONDS = 2.0  # for what is as old
PULSE_SECONDS = 2.0  # so that who follows sees in time that nobody looks any more
WAITING = 6  # clips at most: a longer line would be one of hours
OUR_FAULT = "Something went wrong on our side. Please try again, or try another clip."


@dataclass(eq=False)
class _Task:
    """A visitor's clip from its place in the line to what was made of it.

    state: None while it waits. until: when it is forgotten, once it has ended. follower: who hears
    of it. stopped: it is to end with what is done. late: it is, as its time is over. told: the
    visitor heard of its end. left: nobody wants it any more.
    """

    upload: OpenUpload
    choices: ClipChoices
    state: State | None = None
    until: float = math.inf
    follower: object = None
    stopped: bool = False
    late: bool = False
    told: bool = False
    left: bool = False

    @property
    def ended(self) -> bool:
        return isinstance(self.state, (Made, Failed))


class VideoJobs:
    """One clip a visitor; their next one takes its place. Safe to use from several threads."""

    def __init__(
        self,
        files: VisitorFiles,
        store: PipelineStore,
        forgotten: Callable[[str], object] = lambda visitor: None,
    ) -> None:
        """forgotten: is called with a visitor when what was made for them is deleted."""
        self._files = files  # which go with the last who holds them
        self._store = store
        self._forgotten = forgotten
        self._news = Condition()  # around everything below, and the tasks' fields
        self._tasks: dict[str, _Task] = {}
        self._line: list[_Task] = []  # those that wait
        self._works = False  # the thread is there
        self._in_hand = 0  # clips: one, or none
        self._watch = Periodic(self._forget_old, LOOK_SECONDS)

    def put(self, visitor: str, upload: OpenUpload, choices: ClipChoices) -> bool:
        """Put a visitor's opened clip at the line's end, and forget the one before. False where too
        many wait already: it is closed, and nothing else changes."""
        task = _Task(upload, choices)
        with self._news:
            own = self._tasks.get(visitor)
            if sum(other is not own for other in self._line) >= WAITING:
                upload.file.close()
                return False
            self._leave(visitor)
            self._tasks[visitor] = task
            self._line.append(task)
            if not self._works:
                self._works = True
                Thread(target=self._work, name="clips", daemon=True).start()
        return True

    def follow(self, visitor: str) -> Iterator[State]:
        """The state of a visitor's clip at once, at each change, and every PULSE_SECONDS, until it
        is made, fails or is dropped. Nothing where they have none, where its end was told before,
        as when the clip after it is refused, nor where another took its place.

        Who follows a clip that is followed already takes the other's place, who hears no more:
        each keeps one of the server's threads waiting.
        """
        me = object()
        with self._news:
            task = self._tasks.get(visitor)
            if task is None or task.told:
                return
            task.follower = me
            self._news.notify_all()
        said: State | None = None
        while not isinstance(said, (Made, Failed, Dropped)):
            with self._news:
                if task.follower is me and not task.left and self._state(task) == said:
                    self._news.wait(PULSE_SECONDS)
                if task.follower is not me or (task.left and visitor in self._tasks):
                    return
                said = Dropped() if task.left else self._state(task)
                task.told = task.ended
            yield said

    def adopt(self, lost: str, visitor: str) -> ClipChoices | None:
        """A page was loaded anew, as another visitor's: what the lost one had is theirs. How they
        wanted it; None where there is nothing."""
        with self._news:
            task = self._tasks.pop(lost, None)
            if task is None:
                return None
            self._leave(visitor)
            self._tasks[visitor] = task
            # What the lost page was told, or hears yet, this one does not show.
            task.told, task.follower = False, None
        return task.choices

    def drop(self, visitor: str) -> bool:
        """Forget the clip that waits for its turn. False where none waits."""
        with self._news:
            if self._tasks.get(visitor) not in self._line:
                return False
            self._leave(visitor)
        return True

    def stop(self, visitor: str) -> bool:
        """End the visitor's clip after the frames in hand; what was done is kept. False where it
        is not its turn."""
        with self._news:
            task = self._tasks.get(visitor)
            if task is None or task.state is None or task.ended:
                return False
            task.stopped = True
        return True

    def is_busy(self, visitor: str) -> bool:
        """Whether a clip of theirs waits or is being annotated."""
        with self._news:
            task = self._tasks.get(visitor)
        return task is not None and not task.ended

    def made(self, visitor: str) -> Made | None:
        """What was made of a visitor's last clip, while it is kept."""
        with self._news:
            task = self._tasks.get(visitor)
        return task.state if task is not None and isinstance(task.state, Made) else None

    def forget(self, visitor: str) -> None:
        """The visitor has left. What is made for them at this moment is deleted when it is done."""
        with self._news:
            self._leave(visitor)

    def _leave(self, visitor: str) -> None:
        task = self._tasks.pop(visitor, None)
        if task is None:
            return
        task.left = True
        if task in self._line:
            self._line.remove(task)
            task.upload.file.close()
        elif isinstance(task.state, Made):
            _delete(task.state.path)
            self._forgotten(visitor)
        else:
            task.stopped = True
        self._news.notify_all()

    def _state(self, task: _Task) -> State:
        if task.state is None:
            return Waiting(self._line.index(task) + self._in_hand)
        return task.state

    def _work(self) -> None:
        while (task := self._next()) is not None:
            end: Made | Failed
            try:
                end = self._annotate(task)
            except FerError as error:
                end = Failed(str(error))
            except Exception:  # a sentence for the visitor, the traceback for us
                log.exception("A clip could not be annotated")
                end = Failed(OUR_FAULT)
            with self._news:
                task.state = end
                self._in_hand = 0
                task.until = time.monotonic() + KEEP_SECONDS
                if isinstance(end, Made) and task.left:
                    _delete(end.path)
                self._news.notify_all()
            self._watch.begin()

    def _next(self) -> _Task | None:
        with self._news:
            if not self._line:
                self._works = False
                return None
            task = self._line.pop(0)
            task.state = Opening()
            self._in_hand = 1
            self._news.notify_all()
            return task

    def _annotate(self, task: _Task) -> Made:
        style, cover, every_nth, weights = task.choices
        until = time.monotonic() + WORK_SECONDS

        def give_up() -> bool:
            task.late = task.late or time.monotonic() > until
            return task.stopped or task.late

        with task.upload.file as source:
            options = VideoOptions(style, cover, every_nth, limits=LIMITS, max_bytes=MADE_BYTES)
            pipeline = self._store.get(weights, DEFAULT_DETECTOR)
            with VideoJob(pipeline, source, options, task.upload.name, give_up) as job:
                for progress in job:
                    with self._news:
                        task.state = Working(progress, task.stopped)
                        self._news.notify_all()
                with closing(job.finish()) as whole:
                    result = ClipResult.of(whole)
                    # Whoever knows the address sees the video: it must not be guessed.
                    path = self._files.videos / secrets.token_hex(16) / f"{result.stem}.mp4"
                    whole.video.save(path)
        return Made(result, path, task.choices, task.late)

    def _forget_old(self) -> bool:
        now = time.monotonic()
        with self._news:
            for visitor in [each for each, task in self._tasks.items() if task.until <= now]:
                self._leave(visitor)
            return any(task.ended for task in self._tasks.values())


def _delete(path: Path) -> None:
    shutil.rmtree(path.parent, ignore_errors=True)
