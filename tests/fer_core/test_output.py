"""What is printed for the user to copy."""

import os
from pathlib import Path, PureWindowsPath

from fer_core.output import quoted


def test_a_path_is_one_word_of_a_command(monkeypatch):
    assert quoted(Path("runs/first")) == "runs/first"
    assert quoted(Path("my runs/first")) == "'my runs/first'"
    with monkeypatch.context() as windows:
        windows.setattr(os, "name", "nt")
        words = quoted(PureWindowsPath("C:\\my runs")), quoted(PureWindowsPath("C:\\runs"))
    assert words == ('"C:\\my runs"', "C:\\runs")
