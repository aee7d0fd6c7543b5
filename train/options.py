"""What the training commands' options have in common."""

import argparse
import sys
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from typing import TypeVar

from fer_core.device import FORMATS
from fer_core.output import spell_out_letters
from fer_core.types import FerError
from train.data import Dataset
from train.distributed import leave_ranks
from train.machine import Machine, use_machine
from train.sources import READERS, load_dataset

DATA_HELP = (
    f"the path of {'; or of '.join(reader.FORM for reader in READERS)}; several paths joined by +; "
    "or 'synthetic'"
)
T = TypeVar("T")


def one_of(known: Mapping[str, T], kind: str) -> Callable[[str], T]:
    """From a name on the command line to what it names; a wrong one is answered with near ones."""

    def find(name: str) -> T:
        if name not in known:
            near = ", ".join(get_close_matches(name, known, 4)) or "none"
            raise argparse.ArgumentTypeError(f"there is no {kind} {name!r}; similar names: {near}")
        return known[name]

    return find


def add_data_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", required=True, help=DATA_HELP)


def add_device_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--device", default="auto", help="auto, cpu or cuda (default: %(default)s)")


def add_machine_options(parser: argparse.ArgumentParser) -> None:
    """For commands that train: --device, --format and --compile."""
    add_device_option(parser)
    parser.add_argument(
        "--format",
        choices=("auto", *FORMATS),
        default="auto",
        help="number format of matrix operations; auto: bfloat16 on GPUs that have it, float32 on "
        "the CPU, where bfloat16 is up to twice as fast on processors with units for it",
    )
    parser.add_argument(
        "--compile",
        action="store_true",
        help="compile the steps first, which takes a minute or more; for long runs on one GPU, or "
        "for Leeds's ResNets on a CPU",
    )


def machine_of(options: argparse.Namespace) -> Machine:
    """What `add_machine_options` were answered with, which is told on standard error.

    Raises OptionError for what is not there.
    """
    machine = use_machine(options.device, options.format, options.compile)
    if machine.ranks.leads:
        print(f"On {machine.in_words}: {machine.choice.reason}.", file=sys.stderr)
    return machine


def read_data(source: str) -> Dataset:
    """The data set, with what there is to know of how it was read told on standard error.

    Raises DataError naming what is missing or wrong.
    """
    data = load_dataset(source)
    for note in data.notes:
        print(note, file=sys.stderr)
    return data


def exit_code(work: Callable[[], None], stopped: str = "") -> int:
    """Do a command's work: 0, 1 where the caller was wrong, which is told, 130 after Ctrl-C.

    stopped: what there is to say after Ctrl-C.
    """
    spell_out_letters()
    try:
        work()
        leave_ranks()
    except FerError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print(f"Stopped. {stopped}".strip(), file=sys.stderr)
        return 130
    return 0
