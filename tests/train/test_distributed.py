"""Two processes over gloo train one model."""

import dataclasses
import inspect
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
import torch.distributed as dist
from torch import nn

from fer_core import FerError
from fer_core.device import choose_device
from train.distributed import Ranks, join_ranks
from train.loop import Trainer
from train.machine import Machine, use_machine
from train.step import Step

ROOT = Path(__file__).resolve().parent.parent.parent


def linear(name, **_):
    """A model without batch norm, whose statistics differ between half batches and whole ones:
    without, the averaged gradient is the whole batch's, to rounding."""
    return nn.Sequential(nn.Flatten(), nn.Linear(48 * 48, 16), nn.ReLU(), nn.Linear(16, 7))


SCRIPT = """
import sys
from pathlib import Path
sys.path[:0] = [{root!r}, {root!r} + "/tests/train"]
import torch
from torch import nn
torch.set_num_threads(1)
from conftest import RECIPE, drawn
import dataclasses, numpy as np
from train import initial, loop
from train.data import Dataset
from train.machine import use_machine
from train.options import exit_code

{linear}
initial.create_model = linear

def train():
    shown, valid, test = drawn(70, 0), drawn(21, 1), drawn(21, 2)
    data = Dataset("drawn", shown, valid, test, np.ones(21, bool), shown[:0])
    machine = use_machine("cpu", "auto")
    recipe = dataclasses.replace(RECIPE, lr=0.01, epochs=2)
    trainer = loop.Trainer(recipe, data, Path(sys.argv[1]), machine)
    for _ in trainer.epochs():
        pass
    total = float(sum(p.detach().double().sum() for p in trainer.model.parameters()))
    # Every process has the same weights.
    assert total == machine.ranks.from_lead(total)
    assert machine.ranks.from_lead([f"of {{machine.ranks.rank}}"]) == ["of 0"]

# As the commands do it: what uses the process group is gone before the group is.
sys.exit(exit_code(train))
"""


@pytest.fixture
def started(monkeypatch):
    """As the second of two processes, on a machine with two GPUs; what torch was told is noted."""
    told = {}
    for name, value in {"WORLD_SIZE": "2", "RANK": "1", "LOCAL_RANK": "1"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    monkeypatch.setattr(torch.cuda, "set_device", lambda index: told.update(gpu=index))
    monkeypatch.setattr(dist, "is_nccl_available", lambda: True)
    monkeypatch.setattr(dist, "init_process_group", lambda kind, **_: told.update(kind=kind))
    monkeypatch.setattr(dist, "get_rank", lambda: 1)
    monkeypatch.setattr(dist, "get_world_size", lambda: 2)
    return told


@pytest.mark.parametrize("device", ["auto", "cuda"])
def test_each_of_several_processes_has_its_own_gpu(device, started):
    assert join_ranks(device) == Ranks(1, 2)
    assert started == {"gpu": 1, "kind": "nccl"}


def test_gpus_of_a_torch_without_nccl(started, monkeypatch):
    monkeypatch.setattr(dist, "is_nccl_available", lambda: False)  # as on Windows
    join_ranks("cuda")
    assert started == {"gpu": 1, "kind": "gloo"}


def test_one_of_torchruns_variables_makes_no_group(started, monkeypatch):
    monkeypatch.delenv("RANK")
    assert join_ranks("cpu") == Ranks(0, 1) and not started


def test_a_batch_is_as_large_as_the_data_at_most(recipe, tiny_data, tmp_path):
    two = Machine(choose_device("cpu"), Ranks(rank=0, world=2))
    few = dataclasses.replace(tiny_data, train=tiny_data.train[np.arange(5)])
    with pytest.raises(FerError, match="Batches of 5 faces cannot be divided"):
        Trainer(recipe, few, tmp_path, two)


def test_processes_that_stay_on_the_cpu(started):
    assert join_ranks("cpu") == Ranks(1, 2)
    assert started == {"kind": "gloo"}


def test_more_processes_than_gpus_are_refused(started, monkeypatch):
    monkeypatch.setenv("LOCAL_RANK", "2")
    with pytest.raises(FerError, match="start at most 2"):
        join_ranks("auto")


def test_several_processes_do_not_compile(started):
    with pytest.raises(FerError, match="single process"):
        use_machine("cpu", "auto", compiled=True)


def test_a_batch_that_cannot_be_divided_is_refused(recipe, tiny_data, tmp_path):
    three = Machine(choose_device("cpu"), Ranks(0, 3))
    with pytest.raises(FerError, match="Batches of 14 faces cannot be divided"):
        Trainer(recipe, tiny_data, tmp_path, three)


def test_a_process_that_does_not_see_the_checkpoint_is_told(
    recipe, tiny_data, tmp_path, monkeypatch
):
    monkeypatch.setattr(Ranks, "from_lead", lambda ranks, value: 3)  # rank 0 has begun
    two = Machine(choose_device("cpu"), Ranks(1, 2))
    monkeypatch.setattr(Ranks, "wrap", lambda ranks, model: model)
    with pytest.raises(FerError, match="that all machines share"):
        Trainer(recipe, tiny_data, tmp_path, two).resume()


def test_each_epoch_and_each_process_drops_out_otherwise(recipe, tiny_data, tmp_path, monkeypatch):
    monkeypatch.setattr(Ranks, "wrap", lambda ranks, model: model)
    monkeypatch.setattr(Ranks, "total", lambda ranks, values: values)
    monkeypatch.setattr(Step, "__call__", lambda *_: torch.rand(2, dtype=torch.float64))
    made = [
        Trainer(recipe, tiny_data, tmp_path, Machine(choose_device("cpu"), Ranks(rank, 2)))
        for rank in range(2)
    ]
    assert len({trainer._train_epoch(epoch) for trainer in made for epoch in range(2)}) == 4


def test_the_report_says_how_many_computed():
    assert Machine(choose_device("cpu"), Ranks(0, 3)).in_words.startswith("3 x CPU")


@pytest.mark.skipif(not torch.distributed.is_available(), reason="torch without distributed")
def test_two_processes_train_as_one(tiny_data, recipe, tmp_path, monkeypatch):
    script = tmp_path / "script.py"
    script.write_text(SCRIPT.format(root=str(ROOT), linear=inspect.getsource(linear)))
    launch = ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2"]
    both = subprocess.Popen(
        [sys.executable, *launch, str(script), str(tmp_path / "two")],
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        monkeypatch.setattr("train.initial.create_model", linear)
        recipe = dataclasses.replace(recipe, lr=0.01, epochs=2)
        for _ in Trainer(recipe, tiny_data, tmp_path / "one", use_machine("cpu", "auto")).epochs():
            pass
        _, err = both.communicate(timeout=120)
    finally:
        both.terminate()  # the two end with it
    assert both.returncode == 0, err
    one, two = (
        torch.load(tmp_path / name / "checkpoint.pt", weights_only=True) for name in ("one", "two")
    )
    for name, value in one["model"].items():
        assert torch.allclose(value, two["model"][name], atol=1e-5), name
    for name in ("train_loss", "train_accuracy", "valid_loss"):
        curves = [[epoch[name] for epoch in state["history"]] for state in (one, two)]
        assert curves[0] == pytest.approx(curves[1], abs=1e-5), name
