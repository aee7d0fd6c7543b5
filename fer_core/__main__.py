"""The command line: annotate pictures and clips, and list weights, models and detectors."""

import argparse
import errno
import json
import sys
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from fer_core.annotate_files import annotate
from fer_core.detection import DEFAULT_DETECTOR, MIN_SCORE, detector_summary, list_detectors
from fer_core.emoji import STYLES
from fer_core.files import reason
from fer_core.live import SMOOTHING_SECONDS
from fer_core.models import list_models, model_summary
from fer_core.output import say, silence, spell_out_letters
from fer_core.types import FerError, WeightsError
from fer_core.weights import DEFAULT, CardFigures, list_weights, read_card


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code: 0, 1 where something failed, 130 after Ctrl-C."""
    # Of a picture that is read all the same, or for which there is a sentence of our own.
    warnings.filterwarnings("ignore", module=r"PIL\.")
    spell_out_letters()
    options = _parser().parse_args(arguments)
    try:
        return int(options.command(options))
    except FerError as error:
        say(f"error: {error}", sys.stderr)
        return 1
    except KeyboardInterrupt:
        say("Stopped.", sys.stderr)
        return 130


def _weights(options: argparse.Namespace) -> int:
    cards, failed = [], 0
    for name in list_weights():
        try:
            cards.append(read_card(name))
        except WeightsError as error:
            say(f"error: {error}", sys.stderr)
            failed = 1
    _print_table(
        [
            {
                "name": card.name,
                "default": card.name == DEFAULT,
                "arch": card.arch,
                "params": card.params,
                **{_column(name, each): each.accuracy for name, each in card.metrics.items()},
                "trained_on": card.trained_on,
            }
            for card in cards
        ],
        options.json,
    )
    return failed


def _column(label_set: str, figures: CardFigures) -> str:
    """Where an accuracy stands: one on other faces than FER2013's has a column of its own."""
    of_fer2013 = figures.dataset.startswith("FER2013 ")
    return f"{label_set}_accuracy" if of_fer2013 else f"accuracy, {figures.dataset}"


def _models(options: argparse.Namespace) -> int:
    _print_table([{"name": n, "what": model_summary(n)} for n in list_models()], options.json)
    return 0


def _detectors(options: argparse.Namespace) -> int:
    names = list_detectors()
    _print_table([{"name": n, "what": detector_summary(n)} for n in names], options.json)
    return 0


def _print_table(rows: list[dict[str, Any]], as_json: bool) -> None:
    """Raises FerError where it cannot be written; a reader who left has seen enough."""
    try:
        print(json.dumps(rows, indent=2) if as_json else _table(rows), flush=True)
    except OSError as error:
        silence(sys.stdout)
        if error.errno not in (errno.EPIPE, errno.EINVAL):  # Windows says EINVAL of such a pipe
            raise FerError(f"The list cannot be written: {reason(error)}.") from error


def _table(rows: list[dict[str, Any]]) -> str:
    columns = list(dict.fromkeys(key for row in rows for key in row))
    lines = [columns, *([str(row.get(column, "")) for column in columns] for row in rows)]
    widths = [max(len(line[i]) for line in lines) for i in range(len(columns))]
    return "\n".join("  ".join(map(str.ljust, line, widths)).rstrip() for line in lines)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m fer_core", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _add_annotate(commands.add_parser("annotate", help="put an emoji over every face in files"))
    lists = {"weights": _weights, "models": _models, "detectors": _detectors}
    for name, command in lists.items():
        listing = commands.add_parser(name, help=f"list the {name}")
        listing.add_argument("--json", action="store_true", help="print it as JSON")
        listing.set_defaults(command=command)
    return parser


def _add_annotate(parser: argparse.ArgumentParser) -> None:
    parser.description = "Put an emoji over every face in pictures and clips."
    parser.add_argument("inputs", nargs="+", type=Path, metavar="INPUT", help="pictures and clips")
    parser.add_argument(
        "--out",
        type=Path,
        required=True,
        help="folder for the results; earlier ones of the same name and kind are replaced",
    )
    parser.add_argument("--json", action="store_true", help="also write the results as JSON")
    parser.add_argument(
        "--style",
        choices=STYLES,
        default="emoji",
        help="emoji covers a face, badge sits beside it, word names it, box frames it "
        "(default: emoji)",
    )
    parser.add_argument(
        "--cover",
        action="store_true",
        help="hide every face that is found, whatever the style; one that is missed stays visible",
    )
    parser.add_argument(
        "--weights",
        default="default",
        help="name of the weights; to list them: python -m fer_core weights",
    )
    parser.add_argument("--detector", choices=list_detectors(), default=DEFAULT_DETECTOR)
    parser.add_argument(
        "--min-score",
        type=float,
        default=MIN_SCORE,
        help="minimum detection score, 0 to 1 (default: %(default)s); MTCNN gives no score below "
        "0.7",
    )
    parser.add_argument("--device", default="auto", help="auto, cpu or cuda")
    clips = parser.add_argument_group("clips only")
    clips.add_argument(
        "--every", type=int, default=1, metavar="N", help="analyse every Nth frame (default: 1)"
    )
    clips.add_argument(
        "--smoothing",
        type=float,
        default=SMOOTHING_SECONDS,
        metavar="SECONDS",
        help="time constant for smoothing the probabilities, 0 for none (default: %(default)s)",
    )
    clips.add_argument(
        "--max-minutes",
        type=float,
        default=30.0,
        metavar="N",
        help="how many minutes of a clip are used (default: %(default)g)",
    )
    parser.set_defaults(command=annotate)


if __name__ == "__main__":
    sys.exit(main())
