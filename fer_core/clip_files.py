"""One clip of the command line: its video, timeline and contact sheet as files."""

import shutil
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from fer_core.files import remove, write_whole
from fer_core.output import say
from fer_core.pipeline import FerPipeline
from fer_core.pixels import to_png
from fer_core.timeline import ANSWERS
from fer_core.video import VideoJob, VideoProgress, VideoResult
from fer_core.video_options import VideoOptions


def annotate_clip(
    pipeline: FerPipeline, source: Path, base: Path, options: VideoOptions, as_json: bool
) -> None:
    """Annotate a clip into `<base>.mp4`, `.csv`, `-moments.png`, and `.json` where asked for.

    Prints what came of it. Raises FerError, and KeyboardInterrupt after all that where Ctrl-C cut
    the clip short.
    """
    with VideoJob(pipeline, source, options) as job:
        with _ctrl_c_stops(job) as pressed, _progress_line(source.name) as show:
            for progress in job:
                show(progress)
        with closing(job.finish()) as result:
            _save(result, base, options.cover, as_json)
    say("\n".join([f"{source} -> {base}.mp4: {_in_words(result)}", *result.info.notes]))
    if pressed.is_set():
        raise KeyboardInterrupt


def _save(result: VideoResult, base: Path, cover: bool, as_json: bool) -> None:
    result.video.save(Path(f"{base}.mp4"))
    write_whole(Path(f"{base}.csv"), result.timeline.to_csv())
    if as_json:
        write_whole(Path(f"{base}.json"), result.timeline.to_json(result.info))
    sheet = Path(f"{base}-moments.png")
    if result.moments:
        write_whole(sheet, to_png(result.contact_sheet(cover)))
    else:
        remove(sheet)  # of an earlier run, where no face may have been covered


@contextmanager
def _ctrl_c_stops(job: VideoJob) -> Iterator[threading.Event]:
    """The first Ctrl-C ends the clip where it is; a second one ends the program as ever.

    The event tells whether there was a first.
    """
    pressed = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield pressed
        return
    before = signal.getsignal(signal.SIGINT)

    def stop(number: int, frame: Any) -> None:
        pressed.set()
        job.stop()
        signal.signal(signal.SIGINT, before)

    signal.signal(signal.SIGINT, stop)
    try:
        yield pressed
    finally:
        signal.signal(signal.SIGINT, before)


class _ProgressLine:
    def __init__(self, name: str) -> None:
        self._name, self._width = name, 0

    def __call__(self, progress: VideoProgress) -> None:
        share = "" if progress.share is None else f"{progress.share:.0%}, "
        left = progress.seconds_left
        rest = "" if left is None else f", {int(left // 60)}:{int(left % 60):02} left"
        done = f": {share}{progress.seconds:.1f} s done{rest}"
        self._put(self._name[: max(_room() - len(done), 0)] + done)

    def clear(self) -> None:
        self._put("")

    def _put(self, text: str) -> None:
        text = text[: _room()]
        before = " " * min(self._width, _room())
        say(f"\r{before}\r{text}", sys.stderr, end="")
        self._width = len(text)


def _room() -> int:
    """How many letters fit into one line of the window; of more, a line would stay each time."""
    return shutil.get_terminal_size().columns - 1


@contextmanager
def _progress_line(name: str) -> Iterator[Any]:
    """A line on the terminal that tells how far a clip is; nothing where there is no terminal."""
    if not sys.stderr.isatty():
        yield lambda progress: None
        return
    line = _ProgressLine(name)
    try:
        yield line
    finally:
        line.clear()


def _in_words(result: VideoResult) -> str:
    """How long the clip is, and what each person mostly showed."""
    people = [
        f"person {person.person} mostly {ANSWERS[int(person.shares.argmax())]}"
        for person in result.timeline.people[:5]
    ]
    more = len(result.timeline.people) - len(people)
    people += [f"and {more} more"] if more else []
    return f"{result.info.seconds:.1f} s, {', '.join(people) or 'no face found'}"
