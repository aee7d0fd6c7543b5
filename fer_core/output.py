"""What the command line says, and what becomes of it where nobody can read it."""

import os
import shlex
import subprocess
import sys
from pathlib import Path
from typing import TextIO


def spell_out_letters() -> None:
    """What the terminal or a file has no letters for is written as \\xNN, and ends no work."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def quoted(path: Path) -> str:
    """A path as one word of a command that this machine's shell takes."""
    return subprocess.list2cmdline([path]) if os.name == "nt" else shlex.quote(str(path))


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
