"""The training commands, as a person calls them, on drawn faces."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent


def call(*words):
    return subprocess.run(
        [sys.executable, "-m", *map(str, words)], capture_output=True, text=True, cwd=ROOT
    )


@pytest.fixture(scope="module")
def quick_run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("quick")
    result = call("train.run", "quick", "--data", "synthetic", "--out", folder)
    assert result.returncode == 0, result.stderr
    return folder, result


def test_the_whole_path_on_drawn_faces(quick_run, tmp_path):
    folder, result = quick_run
    report = json.loads((folder / "report.json").read_text())
    assert report["accuracy"] > 0.9  # drawn faces are easy; one seventh would be chance
    assert "img/s" in result.stderr and "valid accuracy" in result.stdout
    exported = call("train.export", folder, "--name", "drawn", "--to", tmp_path)
    assert exported.returncode == 0, exported.stderr
    assert (tmp_path / "drawn.json").is_file()


def test_resuming_a_finished_run_only_writes_its_report_again(quick_run):
    folder, _ = quick_run
    before = (folder / "report.json").read_bytes()
    result = call("train.run", "quick", "--data", "synthetic", "--out", folder, "--resume")
    assert result.returncode == 0 and (folder / "report.json").read_bytes() == before


@pytest.mark.parametrize(
    "words",
    [
        ("train.run", "quick", "--data", "no/such", "--out", "x"),
        ("train.evaluate", "--weights", "none", "--data", "synthetic"),
        ("train.evaluate", "--data", "synthetic", "--split", "PrivateTest"),
        ("train.export", "no/such", "--name", "x"),
        ("train.cut", "--data", "no/such"),
    ],
    ids=lambda words: words[0],
)
def test_mistakes_get_a_sentence(words):
    result = call(*words)
    assert result.returncode == 1
    assert result.stderr.startswith("error: ") and "Traceback" not in result.stderr


def test_evaluate_writes_its_figures(tmp_path):
    out = tmp_path / "figures.json"
    result = call("train.evaluate", "--data", "synthetic", "--split", "test", "--json", out)
    assert result.returncode == 0, result.stderr
    figures = json.loads(out.read_text())
    assert figures["evaluations"][0]["n"] == 350 and "accuracy" in result.stdout
