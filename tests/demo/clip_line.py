"""A line of made-up clips whose frames and ends come when a test says so."""

import queue
import threading
from contextlib import suppress
from types import SimpleNamespace

import numpy as np

from demo.serving.uploads import OpenUpload
from demo.serving.video_jobs import VideoJobs
from demo.serving.video_states import ClipChoices
from demo.serving.visitor_files import VisitorFiles
from fer_core.clips.source import ClipError
from fer_core.timeline import ClipInfo
from fer_core.video import VideoProgress
from tests.waiting import wait_until

CHOICES = ClipChoices("emoji", False, 1, "default")
PROGRESS = VideoProgress(100, 12.0, 0.5, 1.0, np.zeros((2, 2, 3), np.uint8))


class FakeJob:
    """A clip whose frames and end come when a test says so; one called "broken" does not open, and
    one called "endless" is opened until it is given up."""

    def __init__(self, name, give_up):
        if name == "broken":
            raise ClipError("broken cannot be read.")
        while name == "endless":
            if give_up():
                raise ClipError("endless was stopped.")
        self.name, self._give_up, self._frames = name, give_up, queue.Queue()

    @property
    def stopped(self):
        return self._give_up()

    def frame(self):
        self._frames.put(PROGRESS)

    def end(self):
        self._frames.put(None)

    def __enter__(self):
        return self

    def __exit__(self, *error):
        pass

    def __iter__(self):
        frame = PROGRESS
        while frame is not None and not self._give_up():
            with suppress(queue.Empty):
                frame = self._frames.get(timeout=0.01)
                if frame is not None:
                    yield frame

    def finish(self):
        def save(path):
            path.parent.mkdir()
            path.write_bytes(b"video")

        info = ClipInfo(self.name, (2, 2), 10.0, 4.0, 40, 40, ())
        video = SimpleNamespace(save=save)
        return SimpleNamespace(
            info=info, timeline=None, moments=(), video=video, close=lambda: None
        )


class Line:
    """The visitors' jobs, and the clips that are open, by name."""

    def __init__(self, folder):
        self.folder, self.open = folder, {}
        self.opens = threading.Event()  # cleared, no clip is opened
        self.opens.set()
        self.asked = {}  # with what weights and detector, and with what options, by clip
        self.jobs = VideoJobs(VisitorFiles(), SimpleNamespace(get=self._get))

    def _get(self, weights, detector):
        assert self.opens.wait(60)
        return weights, detector

    def make(self, pipeline, source, options, name, give_up):
        self.asked[name] = *pipeline, options
        self.open[name] = FakeJob(name, give_up)
        return self.open[name]

    def put(self, visitor, name="mine", choices=CHOICES):
        """The visitor's clip at the line's end, and whether it was taken."""
        clip = OpenUpload(name, (self.folder / f"{visitor}-{name}").open("wb+"))
        return clip, self.jobs.put(visitor, clip, choices)

    def begin(self, visitor, name="mine"):
        """The visitor's clip, when it is being worked on."""
        self.put(visitor, name)
        wait_until(lambda: name in self.open)
        return self.open[name]

    def finish(self, visitor, name="mine"):
        """Where the video of the visitor's clip lies."""
        self.begin(visitor, name).end()
        wait_until(lambda: self.jobs.made(visitor) is not None)
        return self.jobs.made(visitor).path
