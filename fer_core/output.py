"""What the command line says, and what becomes of it where nobody can read it."""

import os
import sys
from typing import TextIO


def say(text: str, stream: TextIO | None = None, end: str = "\n") -> None:
    """Print to the stream, standard output unless given; where that fails, work goes on unheard."""
    stream = stream or sys.stdout
    try:
        print(text, end=end, file=stream, flush=True)
    except OSError:  # whoever reads has left, or the disk is full
        silence(stream)


def silence(stream: TextIO) -> None:
    """Let everything go nowhere that a stream holds and is still to get."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)
