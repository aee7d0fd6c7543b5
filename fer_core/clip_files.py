"""One clip of the command line: its video, timeline and contact sheet as files."""

import argparse
import io
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from PIL import Image

from fer_core.clip_source import ClipLimits
from fer_core.clip_writer import plain_errors
from fer_core.pipeline import FerPipeline
from fer_core.timeline import ANSWERS
from fer_core.unnamed_file import publish, unnamed_file
from fer_core.video import VideoJob, VideoProgress, VideoResult
from fer_core.video_options import VideoOptions


def annotate_clip(
    pipeline: FerPipeline, source: Path, base: Path, options: argparse.Namespace
) -> tuple[list[str], bool]:
    """Annotate a clip into `<base>.mp4`, `.csv`, `-moments.png`, and `.json` where asked for.

    Returns what to tell the user, and whether Ctrl-C cut it short. Raises FerError.
    """
    chosen = VideoOptions(
        options.style,
        options.cover,
        options.every,
        options.smoothing,
        options.min_score,
        limits=ClipLimits(max_seconds=options.max_minutes * 60),
    )
    with VideoJob(pipeline, source, chosen) as job:
        with _ctrl_c_stops(job) as pressed, _progress_line(source.name) as show:
            for progress in job:
                show(progress)
        result = job.finish()
    try:
        _save(result, base, options)
    finally:
        result.close()
    target = Path(f"{base}.mp4")
    return [f"{source} -> {target}: {_in_words(result)}", *result.info.notes], bool(pressed)


def _save(result: VideoResult, base: Path, options: argparse.Namespace) -> None:
    result.video.save(Path(f"{base}.mp4"))
    with _new_file(Path(f"{base}.csv")) as file, _as_text(file) as text:
        result.timeline.write_csv(text)
    if options.json:
        with _new_file(Path(f"{base}.json")) as file, _as_text(file) as text:
            result.timeline.write_json(text, result.info)
    if result.moments:
        with _new_file(Path(f"{base}-moments.png")) as file:
            Image.fromarray(result.contact_sheet(options.cover)).save(file, "PNG")


@contextmanager
def _new_file(path: Path) -> Iterator[IO[bytes]]:
    """A file to write that gets its name when it is whole."""
    with plain_errors(str(path)), unnamed_file() as file:
        yield file
        publish(file, path)


@contextmanager
def _as_text(file: IO[bytes]) -> Iterator[io.TextIOWrapper]:
    text = io.TextIOWrapper(file, encoding="utf-8", newline="")
    try:
        yield text
    finally:
        text.detach()  # writes what is left, and leaves the file open


@contextmanager
def _ctrl_c_stops(job: VideoJob) -> Iterator[list[int]]:
    """The first Ctrl-C ends the clip where it is; a second one ends the program as ever."""
    pressed: list[int] = []
    if threading.current_thread() is not threading.main_thread():
        yield pressed
        return
    before = signal.getsignal(signal.SIGINT)

    def stop(number: int, frame: Any) -> None:
        pressed.append(number)
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
        self._put(f"{self._name}: {share}{progress.seconds:.1f} s done{rest}")

    def clear(self) -> None:
        self._put("")

    def _put(self, text: str) -> None:
        print(f"\r{text.ljust(self._width)}\r{text}", end="", file=sys.stderr, flush=True)
        self._width = len(text)


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
