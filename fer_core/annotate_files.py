"""The command that annotates files: pictures and clips, each on its own."""

import argparse
import sys
from collections.abc import Iterable
from pathlib import Path

from PIL import Image

from fer_core.emoji import render
from fer_core.images import Picture, read_picture
from fer_core.pipeline import FerPipeline
from fer_core.results import to_json
from fer_core.types import ClipError, FerError, ImageError

CLIP_SUFFIXES = {
    *(".mp4", ".mov", ".mkv", ".webm", ".avi", ".m4v", ".mpg", ".mpeg", ".ts", ".3gp", ".wmv"),
    *(".flv", ".ogv"),
}
CLIP_ENDINGS = (".mp4", ".csv", ".json", "-moments.png")
INTERRUPTED = 130  # what shells expect of a program that Ctrl-C has stopped


def annotate(options: argparse.Namespace) -> int:
    """Each file on its own: one that fails is named, and the rest goes on.

    Returns the exit code: 0, 1 where something failed, INTERRUPTED after Ctrl-C.
    """
    pipeline = FerPipeline.from_weights(options.weights, options.detector, options.device)
    failed, kind = 0, "pictures"
    taken = {source.resolve() for source in options.inputs}
    for source in options.inputs:
        try:
            picture = _picture(source)
            if picture is None:
                kind = "files"
                base = _free_base(options.out, source.stem, CLIP_ENDINGS, taken)
                lines, interrupted = _annotate_clip(pipeline, source, base, options)
            else:
                endings = [".png", *([".json"] if options.json else [])]
                base = _free_base(options.out, source.stem, endings, taken)
                lines, interrupted = _annotate_picture(pipeline, source, picture, base, options)
        except FerError as error:
            failed += 1
            print(f"error: {source}: {error}", file=sys.stderr)
            continue
        except KeyboardInterrupt:
            print("Stopped. What is finished stays.", file=sys.stderr)
            return INTERRUPTED
        print("\n".join(lines))
        if interrupted:
            return INTERRUPTED
    if failed:
        print(f"{failed} of {len(options.inputs)} {kind} failed.", file=sys.stderr)
    return 1 if failed else 0


def _picture(source: Path) -> Picture | None:
    """The picture in a file, or None for a clip. Raises ImageError where it is neither."""
    if source.suffix.lower() in CLIP_SUFFIXES:
        return None
    try:
        return read_picture(source)
    except ImageError:
        if not _opens_as_clip(source):
            raise
        return None


def _opens_as_clip(source: Path) -> bool:
    try:
        from fer_core.clip import Clip

        Clip(source).close()
    except (FerError, ImportError):
        return False
    return True


def _annotate_clip(
    pipeline: FerPipeline, source: Path, base: Path, options: argparse.Namespace
) -> tuple[list[str], bool]:
    try:
        from fer_core.clip_files import annotate_clip  # PyAV, only where there is a clip
    except ImportError as error:
        raise ClipError("Clips are read with PyAV. Install it: pip install av.") from error
    return annotate_clip(pipeline, source, base, options)


def _annotate_picture(
    pipeline: FerPipeline, source: Path, picture: Picture, base: Path, options: argparse.Namespace
) -> tuple[list[str], bool]:
    analysis = pipeline.analyze(picture, options.min_score)
    target = Path(f"{base}.png")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        drawn = render(picture, analysis, options.style, options.cover)
        Image.fromarray(drawn).save(target)
        if options.json:
            target.with_suffix(".json").write_text(to_json(analysis, source.name), encoding="utf-8")
    except OSError as error:
        raise FerError(f"{target} cannot be written: {error.strerror or error}.") from error
    faces = ", ".join(
        f"{label} {probs.max():.0%}"
        for label, probs in zip(analysis.labels, analysis.probs, strict=True)
    )
    return [f"{source} -> {target}: {faces or 'no face found'}", *analysis.notes], False


def _free_base(folder: Path, stem: str, endings: Iterable[str], taken: set[Path]) -> Path:
    """The folder's path for results called after `stem`, to which the endings are added.

    The stem alone may be the name of an original that is no input. The path is numbered where one
    of the results would be an input, or this run's result for another input.
    """
    endings, free, number = list(endings), f"{stem}-faces", 2
    while any((folder / f"{free}{ending}").resolve() in taken for ending in endings):
        free, number = f"{stem}-faces-{number}", number + 1
    taken.update((folder / f"{free}{ending}").resolve() for ending in endings)
    return folder / free
