"""The command that annotates files: pictures and clips, each on its own."""

import argparse
import os
import sys
import unicodedata
from collections.abc import Sequence
from pathlib import Path

from fer_core.clip_files import annotate_clip
from fer_core.clips.clip import Clip
from fer_core.clips.source import ClipLimits
from fer_core.emoji import render
from fer_core.files import check_folder, write_whole
from fer_core.images import Picture, read_picture
from fer_core.output import say
from fer_core.pipeline import FerPipeline
from fer_core.pixels import to_png
from fer_core.results import in_words, to_json
from fer_core.types import FerError, ImageError
from fer_core.video_options import VideoOptions

CLIP_SUFFIXES = {
    *(".mp4", ".mov", ".mkv", ".webm", ".avi", ".m4v", ".mpg", ".mpeg", ".ts", ".3gp", ".wmv"),
    *(".flv", ".ogv"),
}
PICTURE_ENDINGS = (".png", ".json")
CLIP_ENDINGS = (".mp4", ".csv", ".json", "-moments.png")
MOST_STEM_BYTES = 200  # of the 255 that most disks allow, with "-faces-999-moments.png"
PIPES = {Path("/dev/fd"), Path("/proc/self/fd")}  # where a shell's <(...) is a number
INTERRUPTED = 130  # what shells expect of a program that Ctrl-C has stopped


def annotate(arguments: argparse.Namespace) -> int:
    """Each file on its own: one that fails is named, and the rest goes on.

    Returns the exit code: 0, 1 where something failed, INTERRUPTED after Ctrl-C. Raises FerError
    for choices that no file could be annotated with.
    """
    options = VideoOptions(
        arguments.style,
        arguments.cover,
        arguments.every,
        arguments.smoothing,
        arguments.min_score,
        limits=ClipLimits(max_seconds=arguments.max_minutes * 60),
    )
    check_folder(arguments.out)
    pipeline = FerPipeline.from_weights(arguments.weights, arguments.detector, arguments.device)
    failed = 0
    taken = {_place(source) for source in arguments.inputs}
    for source in arguments.inputs:
        try:
            picture = _picture(source)
            if picture is None:
                base = _free_base(arguments.out, _stem(source), CLIP_ENDINGS, taken)
                annotate_clip(pipeline, source, base, options, arguments.json)
            else:
                base = _free_base(arguments.out, _stem(source), PICTURE_ENDINGS, taken)
                _annotate_picture(pipeline, source, picture, base, options, arguments.json)
        except FerError as error:
            failed += 1
            say(f"error: {source}: {error}", sys.stderr)
        except KeyboardInterrupt:
            say("Stopped. Finished files are kept.", sys.stderr)
            return INTERRUPTED
    if failed:
        say(f"{failed} of {len(arguments.inputs)} files failed.", sys.stderr)
    return 1 if failed else 0


def _picture(source: Path) -> Picture | None:
    """The picture in a file, or None for a clip, or for what is called like one.

    Raises ImageError for what is neither.
    """
    try:
        return read_picture(source)
    except ImageError as error:
        # What came through a pipe is gone, and to open one again may take for ever.
        if os.path.exists(source) and source.is_fifo():
            raise ImageError(f"{error} Only pictures may come through a pipe.") from error
        called_clip = source.suffix.lower() in CLIP_SUFFIXES  # and what is wrong with it as such
        if os.path.isfile(source) and (called_clip or _opens_as_clip(source)):
            return None
        raise


def _opens_as_clip(source: Path) -> bool:
    try:
        Clip(source).close()
    except FerError:
        return False
    return True


def _annotate_picture(
    pipeline: FerPipeline,
    source: Path,
    picture: Picture,
    base: Path,
    options: VideoOptions,
    as_json: bool,
) -> None:
    """Annotate a picture into `<base>.png`, and `.json` where asked for. Raises FerError."""
    analysis = pipeline.analyze(picture, options.min_score)
    write_whole(
        Path(f"{base}.png"), to_png(render(picture, analysis, options.style, options.cover))
    )
    if as_json:
        write_whole(Path(f"{base}.json"), to_json(analysis, source.name))
    faces = ", ".join(
        in_words(shown, probs) for shown, probs in zip(analysis.shown, analysis.probs, strict=True)
    )
    say("\n".join([f"{source} -> {base}.png: {faces or 'no face found'}", *analysis.notes]))


def _stem(source: Path) -> str:
    """What to call the results of an input: its own name, as far as it leaves room for more."""
    stem = f"pipe-{source.stem}" if source.parent in PIPES else source.stem
    return os.fsencode(stem)[:MOST_STEM_BYTES].decode("utf-8", "ignore")


def _free_base(folder: Path, stem: str, endings: Sequence[str], taken: set[str]) -> Path:
    """The folder's path for results called after `stem`, to which the endings are added.

    The stem alone may be the name of an original that is no input. The path is numbered where one
    of the results would be an input, or this run's result for another input.
    """
    free, number = f"{stem}-faces", 2
    while any(_place(folder / f"{free}{ending}") in taken for ending in endings):
        free, number = f"{stem}-faces-{number}", number + 1
    taken.update(_place(folder / f"{free}{ending}") for ending in endings)
    return folder / free


def _place(path: Path) -> str:
    """A path as some disks compare it: whatever its letters' case, and the form of an ë."""
    return unicodedata.normalize("NFC", os.path.realpath(path)).casefold()
