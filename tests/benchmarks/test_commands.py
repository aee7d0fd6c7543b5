import json
import sys
from types import SimpleNamespace

import pytest

from benchmarks import __main__ as command_line
from benchmarks.__main__ import BENCHMARKS


@pytest.fixture
def written(tmp_path, monkeypatch):
    """Call the command line with each benchmark's measuring left out; the files it wrote."""
    monkeypatch.setattr(command_line, "RESULTS", tmp_path)
    for name, module in BENCHMARKS.items():
        fake = SimpleNamespace(OPTIONS=module.OPTIONS, measure=lambda options: {"figure": 1})
        monkeypatch.setitem(BENCHMARKS, name, fake)

    def call(*words):
        monkeypatch.setattr(sys, "argv", ["benchmarks", *words])
        assert command_line.main() == 0
        return {path.stem: json.loads(path.read_text()) for path in tmp_path.glob("*.json")}

    return call


@pytest.mark.parametrize(
    ("words", "command"),
    [
        ("crop --data /home/me/fer --weights a", "crop --data PATH --faces 300 --weights a"),
        (
            "degraded --data /home/me/fer --faces 9 --weights a b",
            "degraded --data PATH --faces 9 --weights a b",
        ),
        ("dashboard --reports 30", "dashboard --reports 30 --models 10"),
        ("detectors", "detectors --photos demo/examples"),
        ("live --frames 9", "live --frames 9 --minutes 10"),
        ("webcam --seconds 5", "webcam --seconds 5 --minutes 10"),
        ("training --device cpu", "training --device cpu"),
        ("video --every 5", "video --minutes 10 --every 5 --device auto"),
        ("training --batch 4", "training --device auto --batch 4"),
    ],
)
def test_a_result_holds_its_whole_command(words, command, written, monkeypatch):
    monkeypatch.chdir(command_line.Path(command_line.__file__).parent.parent)
    (result,) = written(*words.split()).values()
    assert result["command"] == f"python -m benchmarks {command}"
    assert result["figure"] == 1


def test_without_names_all_run(written):
    assert written().keys() == BENCHMARKS.keys()


def test_what_was_not_run_leaves_no_file(written, monkeypatch):
    monkeypatch.setattr(BENCHMARKS["crop"], "measure", lambda options: {"not run": "no data"})
    assert not written("crop")


def test_an_unknown_name_is_refused(written, capsys):
    with pytest.raises(SystemExit):
        written("speed")
    assert "no benchmark speed" in capsys.readouterr().err
