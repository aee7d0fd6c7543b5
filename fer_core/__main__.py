"""The command line: annotate pictures, and list weights, models and detectors."""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from PIL import Image

from fer_core.detection import detector_summary, list_detectors
from fer_core.emoji import STYLES, render
from fer_core.images import read_picture
from fer_core.models import list_models, model_summary
from fer_core.pipeline import MIN_SCORE, FerPipeline
from fer_core.results import to_json
from fer_core.types import FerError
from fer_core.weights import list_weights, read_card


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code (0, or 1 where something failed)."""
    options = _parser().parse_args(arguments)
    try:
        return int(options.command(options))
    except FerError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1


def _annotate(options: argparse.Namespace) -> int:
    """Each picture on its own: one that fails is named, and the rest goes on."""
    pipeline = FerPipeline.from_weights(options.weights, options.detector, options.device)
    failed = 0
    taken = {source.resolve() for source in options.inputs}
    for source in options.inputs:
        target = _free_name(options.out / f"{source.stem}.png", taken)
        try:
            lines = _annotate_one(pipeline, source, target, options)
        except FerError as error:
            failed += 1
            print(f"error: {source}: {error}", file=sys.stderr)
        else:
            print("\n".join(lines))
    if failed:
        print(f"{failed} of {len(options.inputs)} pictures failed.", file=sys.stderr)
    return 1 if failed else 0


def _annotate_one(
    pipeline: FerPipeline, source: Path, target: Path, options: argparse.Namespace
) -> list[str]:
    picture = read_picture(source)
    analysis = pipeline.analyze(picture, options.min_score)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(render(picture, analysis, options.style)).save(target)
        if options.json:
            target.with_suffix(".json").write_text(to_json(analysis, source.name), encoding="utf-8")
    except OSError as error:
        raise FerError(f"{target} cannot be written: {error.strerror or error}.") from error
    faces = ", ".join(
        f"{label} {probs.max():.0%}"
        for label, probs in zip(analysis.labels, analysis.probs, strict=True)
    )
    return [f"{source} -> {target}: {faces or 'no face found'}", *analysis.notes]


def _free_name(path: Path, taken: set[Path]) -> Path:
    """The path, numbered where it is an input or this run's result for another input."""
    free, number = path, 2
    while free.resolve() in taken:
        free, number = path.with_stem(f"{path.stem}-{number}"), number + 1
    taken.add(free.resolve())
    return free


def _weights(options: argparse.Namespace) -> int:
    cards = [read_card(name) for name in list_weights()]
    _print_table(
        [
            {
                "name": card.name,
                "arch": card.arch,
                "params": card.params,
                "trained_on": card.trained_on,
                **{f"accuracy_{key}": value["accuracy"] for key, value in card.metrics.items()},
            }
            for card in cards
        ],
        options.json,
    )
    return 0


def _models(options: argparse.Namespace) -> int:
    _print_table([{"name": n, "what": model_summary(n)} for n in list_models()], options.json)
    return 0


def _detectors(options: argparse.Namespace) -> int:
    names = list_detectors()
    _print_table([{"name": n, "what": detector_summary(n)} for n in names], options.json)
    return 0


def _print_table(rows: list[dict[str, Any]], as_json: bool) -> None:
    if as_json:
        print(json.dumps(rows, indent=2))
        return
    columns = list(dict.fromkeys(key for row in rows for key in row))
    lines = [columns, *([str(row.get(column, "")) for column in columns] for row in rows)]
    widths = [max(len(line[i]) for line in lines) for i in range(len(columns))]
    for line in lines:
        cells = (cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        print("  ".join(cells).rstrip())


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m fer_core", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    annotate = commands.add_parser("annotate", help="put an emoji over every face of pictures")
    annotate.add_argument("inputs", nargs="+", type=Path, metavar="INPUT")
    annotate.add_argument("--out", type=Path, required=True, help="folder for the results")
    annotate.add_argument("--style", choices=STYLES, default="emoji")
    annotate.add_argument("--weights", default="default", help="see: python -m fer_core weights")
    annotate.add_argument("--detector", choices=list_detectors(), default="mtcnn")
    annotate.add_argument(
        "--min-score", type=float, default=MIN_SCORE, help="least detection score, 0 to 1"
    )
    annotate.add_argument("--device", default="auto", help="auto, cpu or cuda")
    annotate.set_defaults(command=_annotate)
    lists = {"weights": _weights, "models": _models, "detectors": _detectors}
    for name, command in lists.items():
        listing = commands.add_parser(name, help=f"list the {name}")
        listing.set_defaults(command=command)
    for command_parser in commands.choices.values():
        command_parser.add_argument("--json", action="store_true", help="(also) as JSON")
    return parser


if __name__ == "__main__":
    sys.exit(main())
