"""The training commands, as a person calls them, on drawn faces."""

import io
import json
import runpy
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from fer_core.device import choose_device
from fer_core.weights import load_classifier, read_card
from train import tables
from train.options import exit_code

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture
def call(monkeypatch, capsys):
    """Run a module as python -m does, without a new interpreter's seconds of importing torch."""

    def run(module, *words):
        monkeypatch.chdir(ROOT)
        monkeypatch.setattr(sys, "argv", [module, *map(str, words)])
        monkeypatch.delitem(sys.modules, module, raising=False)
        with pytest.raises(SystemExit) as end:
            runpy.run_module(module, run_name="__main__")
        return end.value.code, *capsys.readouterr()

    return run


@pytest.fixture(scope="module")
def quick_run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("quick")
    words = ("train.run", "quick", "--data", "synthetic", "--out", str(folder))
    result = subprocess.run(
        [sys.executable, "-m", *words], capture_output=True, text=True, cwd=ROOT
    )
    assert result.returncode == 0, result.stderr
    return folder, result


def test_letters_that_a_file_cannot_take_end_no_work(monkeypatch):
    """As where Windows sends to a file what is printed."""
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(io.BytesIO(), "ascii"))
    assert exit_code(lambda: print("zo\u00eb", flush=True)) == 0
    assert sys.stdout.buffer.getvalue() == b"zo\\xeb\n"


def test_stopped_with_the_words_that_go_on(call, monkeypatch):
    def stop(*words):
        raise KeyboardInterrupt

    monkeypatch.setattr("train.options.load_dataset", stop)
    code, _, err = call("train.run", "quick", "--data", "synthetic", "--out", "my runs/quick")
    assert code == 130 and "add --resume --out 'my runs/quick'." in err


def test_the_whole_path_on_drawn_faces(quick_run, call, tmp_path):
    folder, result = quick_run
    report = json.loads((folder / "report.json").read_text())
    assert report["accuracy"] > 0.8  # drawn faces are easy; one seventh would be chance
    assert "img/s" in result.stderr and "valid accuracy" in result.stdout
    code, _, err = call("train.export", folder, "--name", "drawn", "--to", tmp_path)
    assert code == 0, err
    assert (tmp_path / "drawn.json").is_file()


def test_resuming_a_finished_run_only_writes_its_report_again(quick_run, call):
    folder, _ = quick_run
    before = (folder / "report.json").read_bytes()
    code, _, err = call("train.run", "quick", "--data", "synthetic", "--out", folder, "--resume")
    assert code == 0, err
    assert (folder / "report.json").read_bytes() == before


@pytest.mark.parametrize(
    "words",
    [
        ("train.run", "quick", "--data", "no/such", "--out", "x"),
        ("train.evaluate", "--weights", "none", "--data", "synthetic"),
        ("train.evaluate", "--data", "synthetic", "--split", "PrivateTest"),
        ("train.export", "no/such", "--name", "x"),
        ("train.cut", "--data", "no/such"),
        ("train.queue", "--data", "no/such", "--plan"),
        ("train.sweep", "leeds-sweep-lr", "--data", "no/such", "--out", "x"),
    ],
    ids=lambda words: words[0],
)
def test_mistakes_get_a_sentence(words, call):
    code, _, err = call(*words)
    assert code == 1
    assert err.splitlines()[-1].startswith("error: ") and "Traceback" not in err


def test_a_wrong_name_is_answered_with_near_ones(call):
    code, _, err = call("train.run", "unt-sdg-100", "--data", "synthetic", "--out", "x")
    assert code == 2 and "no experiment 'unt-sdg-100'; similar names: unt-sgd-100" in err


def test_evaluate_writes_its_figures(call, tmp_path, monkeypatch, tiny_data):
    monkeypatch.setattr("train.options.read_data", lambda source: tiny_data)
    path = tmp_path / "figures.json"
    words = ("--data", "drawn", "--split", "PublicTest", "--device", "cpu", "--json", path)
    code, out, err = call("train.evaluate", *words)
    assert code == 0, err
    figures = json.loads(path.read_text())["evaluations"][0]
    probs = load_classifier(read_card(), choose_device("cpu"))(tiny_data.valid.images)
    right = (probs.argmax(1) == tiny_data.valid.labels).mean()
    assert (figures["n"], figures["accuracy"]) == (21, right) and f"accuracy {right:.2%}" in out


def test_weights_from_a_division_anew_are_judged_on_its_splits(call, monkeypatch, tiny_data):
    monkeypatch.setattr("train.options.read_data", lambda source: tiny_data)
    card = read_card()
    anew = replace(card, recipe={**card.recipe, "resplit": True})
    monkeypatch.setattr("fer_core.weights.read_card", lambda _: anew)
    code, out, err = call("train.evaluate", "--data", "drawn")  # other faces than it learned from
    assert code == 0 and "10% of all faces" not in out, err
    of_these = {name: replace(m, dataset="drawn labels") for name, m in card.metrics.items()}
    anew = replace(anew, metrics=of_these)
    code, _, err = call("train.evaluate", "--data", "drawn", "--split", "test")
    assert code == 1 and "10% of all faces (test)" in err
    code, out, err = call("train.evaluate", "--data", "drawn")
    assert code == 0 and "10% of all faces (test) (all, n = " in out, err


def test_the_queue_says_where_nothing_is_left(call, tmp_path, monkeypatch):
    words = ("--data", "synthetic", "--out", tmp_path, "--minutes", "1")
    monkeypatch.setattr("train.finished.report_of", lambda *_: "a report")
    code, out, err = call("train.queue", *words)
    assert (code, out) == (0, "On synthetic, nothing is left to train that has no report yet.\n"), (
        err
    )
    monkeypatch.setattr("train.experiments.EXPERIMENTS", {})
    code, out, err = call("train.queue", *words)
    assert code == 0 and out.startswith("No experiment is about synthetic."), err


def test_the_queues_plan(call, tmp_path, monkeypatch):
    monkeypatch.setattr(
        "train.speed.step_seconds", lambda recipe, *_: recipe.arch_args["widths"][0]
    )
    code, out, err = call("train.queue", "--data", "synthetic", "--out", tmp_path, "--plan")
    assert code == 0, err
    assert [line.split()[:2] for line in out.splitlines()[1:]] == [["quick", "0/5"]]


def test_a_sweeps_table_stands_before_its_first_trial(call, tmp_path):
    words = ("leeds-sweep-lr", "--data", "synthetic", "--out", tmp_path, "--trials", "0")
    code, out, err = call("train.sweep", *words)
    assert code == 0, err
    assert out.count("not finished") == 4


def test_the_tables_are_written_whole(call, tmp_path, monkeypatch):
    monkeypatch.setattr("train.tables.tables", lambda: {tmp_path / "table.md": "| a |\n"})
    monkeypatch.setattr(sys, "argv", ["train.tables"])
    assert tables.main() == 0
    assert (tmp_path / "table.md").read_text() == "| a |\n"
    monkeypatch.setattr("train.tables.tables", lambda: {tmp_path / "table.md" / "in": ""})
    assert tables.main() == 1
