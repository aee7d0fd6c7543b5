"""Files of a run: written whole or not at all, and refused in words where they are damaged."""

import contextlib
import dataclasses
import os
import pickle
import resource
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
import torch

from fer_core import FerError
from fer_core.device import choose_device
from fer_core.files import draft_of, write_whole
from fer_core.report import read_report
from fer_core.weights import FOLDER, read_card
from train.checkpoints import Checkpoint, read_checkpoint, save_checkpoint
from train.config import Experiment
from train.experiments import EXPERIMENTS
from train.files import BEST, CHECKPOINT, REPORT, claimed, read_tensors, save_tensors
from train.finished import finished_model
from train.machine import Machine
from train.run import run

CPU = Machine(choose_device("cpu"))
LARGE = {"weight": torch.zeros(100_000)}


@contextmanager
def small_disk(size=10_000):
    """The system refuses to write longer files, as it does where the disk is full."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize(
    "write",
    [
        lambda path: write_whole(path, "x" * 100_000),
        lambda path: save_tensors(LARGE, path),
        lambda path: save_checkpoint(Checkpoint("{}", "", [], LARGE, {}, {}, {}, []), path),
    ],
    ids=["text", "tensors", "checkpoint"],
)
def test_a_full_disk_leaves_the_old_file(tmp_path, write):
    path = tmp_path / "file"
    path.write_text("old")
    with pytest.raises(FerError, match="file cannot be written: the disk is full"), small_disk():
        write(path)
    assert path.read_text() == "old" and list(tmp_path.iterdir()) == [path]


def test_a_file_in_the_folders_place_is_named(tmp_path):
    (tmp_path / "runs").write_text("not a folder")
    with pytest.raises(FerError, match="cannot be written"):
        write_whole(tmp_path / "runs" / "first" / "report.json", "{}")


def test_a_folder_in_the_files_place_is_named(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for path in (tmp_path, Path(), Path("/")):
        with pytest.raises(FerError, match="cannot be written"):
            write_whole(path, "{}")


def test_a_run_in_a_files_place_is_named(tiny_experiment, tiny_data, tmp_path):
    (tmp_path / "run").write_text("not a folder")
    with pytest.raises(FerError, match="run could not be written to: File exists"):
        run(tiny_experiment, tiny_data, tmp_path / "run", CPU)


def test_what_a_killed_run_was_writing_goes_when_the_next_begins(tmp_path):
    with contextlib.suppress(StopIteration), draft_of(tmp_path / CHECKPOINT) as draft:
        draft.write_bytes(b"half")
        left = tmp_path / draft.name.replace(".", ".another", 1)
        left.write_bytes(b"half")
        raise StopIteration
    assert list(tmp_path.iterdir()) == [left]
    with claimed(tmp_path):
        assert not left.exists()


def test_a_networks_run_does_not_replace_another_ones_report(finished, recipe, tiny_data):
    before = (finished / REPORT).read_bytes()
    (finished / CHECKPOINT).unlink()
    other = Experiment("other", dataclasses.replace(recipe, lr=0.001))
    with pytest.raises(FerError, match="another recipe or data set"):
        run(other, tiny_data, finished, CPU, resume=True)
    assert (finished / REPORT).read_bytes() == before


@pytest.fixture
def finished(tiny_experiment, tiny_data, tmp_path):
    folder = tmp_path / "tiny"
    run(tiny_experiment, tiny_data, folder, CPU)
    return folder


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"garbage",
        pickle.dumps({"recipe": os.getcwd}),
        pickle.dumps({"model": {}}),
    ],
    ids=["empty", "garbage", "code", "another program's"],
)
def test_a_damaged_checkpoint_is_named(finished, tiny_experiment, tiny_data, content):
    path = finished / CHECKPOINT
    path.write_bytes(content)
    with pytest.raises(FerError, match=r"checkpoint\.pt is damaged, or not a checkpoint of ours"):
        run(tiny_experiment, tiny_data, finished, CPU, resume=True)
    assert path.read_bytes() == content


def test_another_programs_checkpoint_is_named(tmp_path):
    torch.save({"state_dict": {}}, tmp_path / CHECKPOINT)
    with pytest.raises(FerError, match="not a checkpoint of ours"):
        read_checkpoint(tmp_path / CHECKPOINT, CPU.choice.device)


def test_truncated_weights_are_named(finished, tiny_data):
    path = finished / BEST
    whole = finished_model(finished, tiny_data)
    assert read_tensors(path).keys() == whole.state_dict().keys()
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(FerError, match=r"best\.safetensors cannot be read"):
        finished_model(finished, tiny_data)


def test_a_run_on_other_faces_is_not_built_on(finished, tiny_data):
    for change in (
        {"name": "other"},
        {"left_out": tiny_data.train[:5]},
        {"split_names": ("a", "b", "c")},
    ):
        told = r"trained on other faces \(drawn, judged on PrivateTest, 0"
        with pytest.raises(FerError, match=told):
            finished_model(finished, dataclasses.replace(tiny_data, **change))


def test_a_run_of_another_recipe_than_is_declared_is_not_built_on(
    finished, tiny_experiment, tiny_data, monkeypatch
):
    name = finished.name
    monkeypatch.setitem(EXPERIMENTS, name, tiny_experiment)
    assert finished_model(finished, tiny_data)
    changed = dataclasses.replace(tiny_experiment.recipe, lr=0.01)
    monkeypatch.setitem(EXPERIMENTS, name, dataclasses.replace(tiny_experiment, recipe=changed))
    with pytest.raises(FerError, match=f"another recipe than {name} is now"):
        finished_model(finished, tiny_data)


@pytest.fixture
def as_fer2013(tiny_data):
    """What passes for the faces that the shipped weights learned from."""
    left_out = read_report(FOLDER / read_card("mini-xception").report).left_out
    return dataclasses.replace(
        tiny_data, name="FER2013", left_out=tiny_data.train[np.zeros(left_out, int)]
    )


def test_shipped_weights_do_not_stand_in_for_a_run_that_is_under_way(tmp_path, as_fer2013):
    run = tmp_path / "my runs" / "mini-xception"
    run.mkdir(parents=True)
    (run / CHECKPOINT).touch()
    with pytest.raises(
        FerError, match=r"mini-xception, which is not finished\. First run: python"
    ) as e:
        finished_model(run, as_fer2013)
    assert f"--out '{run}' --resume" in str(e.value)  # as one word of the command


def test_shipped_weights_stand_in_for_a_run_that_is_not_here_and_that_is_said(
    tmp_path, as_fer2013, tiny_data, capsys
):
    with pytest.raises(FerError, match=r"the shipped mini-xception was trained on other faces"):
        finished_model(tmp_path / "mini-xception", tiny_data)
    model = finished_model(tmp_path / "mini-xception", as_fer2013)
    assert sum(p.numel() for p in model.parameters()) == read_card("mini-xception").params
    said = capsys.readouterr().err
    assert "mini-xception is not here: the shipped weights" in said and "training faces" in said
