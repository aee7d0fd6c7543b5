"""Two processes over gloo train one model."""

import subprocess
import sys
from pathlib import Path

import pytest
import torch

from train.distributed import ALONE, Ranks

ROOT = Path(__file__).resolve().parent.parent.parent

# Batch statistics differ between half batches and whole ones, so the two runs are compared on
# a model without batch norm: then the averaged gradient is the whole batch's, to rounding.
SCRIPT = """
import sys
from pathlib import Path
sys.path[:0] = [{root!r}, {root!r} + "/tests/train"]
import torch
from torch import nn, distributed
torch.set_num_threads(1)
from conftest import RECIPE, drawn
import dataclasses, numpy as np
from fer_core.device import choose_device
from train import initial, loop
from train.data import Dataset
from train.distributed import join_ranks

def linear(name, **_):
    return nn.Sequential(nn.Flatten(), nn.Linear(48 * 48, 16), nn.ReLU(), nn.Linear(16, 7))

initial.create_model = linear
data = Dataset("drawn", drawn(70, 0), drawn(21, 1), drawn(21, 2), np.ones(21, bool), 0)
ranks = join_ranks()
recipe = dataclasses.replace(RECIPE, lr=0.01, epochs=2)
trainer = loop.Trainer(recipe, data, Path(sys.argv[1]), choose_device("cpu"), ranks)
for _ in trainer.epochs():
    pass
if ranks.world > 1:
    total = float(sum(p.double().sum() for p in trainer.model.parameters()))
    assert total == ranks.share(total, torch.device("cpu"))  # every process has the same weights
    distributed.destroy_process_group()
"""


def test_each_of_several_processes_has_its_own_gpu(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    second = Ranks(rank=1, world=2, local_rank=1)
    assert [second.device(name) for name in ("auto", "cuda", "cpu")] == ["cuda:1", "cuda:1", "cpu"]
    assert ALONE.device("auto") == "auto"


@pytest.mark.skipif(not torch.distributed.is_available(), reason="torch without distributed")
def test_two_processes_train_as_one(tmp_path):
    script = tmp_path / "script.py"
    script.write_text(SCRIPT.format(root=str(ROOT)))
    launch = ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2"]
    runs = [
        subprocess.Popen(
            [sys.executable, *words, str(script), str(tmp_path / name)],
            stderr=subprocess.PIPE,
            text=True,
        )
        for words, name in (([], "one"), (launch, "two"))
    ]
    for run in runs:
        _, err = run.communicate(timeout=120)
        assert run.returncode == 0, err
    one, two = (
        torch.load(tmp_path / name / "checkpoint.pt", weights_only=True) for name in ("one", "two")
    )
    for name, value in one["model"].items():
        assert torch.allclose(value, two["model"][name], atol=1e-5), name
    losses = [[epoch["valid_loss"] for epoch in state["history"]] for state in (one, two)]
    assert losses[0] == pytest.approx(losses[1], abs=1e-5)
