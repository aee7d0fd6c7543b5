"""Steps recorded once and replayed train the same network.

The recorder is CUDA's: on other machines a stand-in runs the work again where CUDA would replay it.
"""

import dataclasses
from contextlib import contextmanager, nullcontext

import pytest
import torch
from trained import CPU, finish, trainer

from fer_core.device import DeviceChoice
from train.captured import WARM_UP, Captured
from train.distributed import Ranks
from train.loop import Trainer
from train.machine import Machine, use_machine
from train.speed import step_seconds


def test_a_gpu_replays_its_steps_unless_others_wait_in_their_midst():
    gpu = Machine(DeviceChoice(torch.device("cuda"), torch.bfloat16, "as here"))
    assert gpu.captures
    assert not dataclasses.replace(gpu, ranks=Ranks(rank=0, world=2)).captures
    assert not CPU.captures


class _Stream:
    def __init__(self, *_):
        pass

    def wait_stream(self, _):
        pass


class _Graph:
    """What was recorded last is run again by `replay`, into the answer that was given then."""

    def __init__(self):
        self.captured = None

    def replay(self):
        made = self.captured
        made.answer.copy_(made.work(*made.given))


@pytest.fixture
def recorder(monkeypatch):
    """What was recorded, first to last."""
    made: list[Captured] = []

    @contextmanager
    def graph(recorded):
        yield
        recorded.captured = made[-1]

    class Recorded(Captured):
        def __init__(self, *given):
            super().__init__(*given)
            made.append(self)

    fork = torch.random.fork_rng
    monkeypatch.setattr(torch.cuda, "CUDAGraph", _Graph)
    monkeypatch.setattr(torch.cuda, "Stream", _Stream)
    monkeypatch.setattr(torch.cuda, "current_stream", _Stream)
    monkeypatch.setattr(torch.cuda, "stream", nullcontext)
    monkeypatch.setattr(torch.cuda, "graph", graph)
    monkeypatch.setattr(torch.random, "fork_rng", lambda devices: fork([]))
    for module in ("train.step", "train.speed"):
        monkeypatch.setattr(f"{module}.Captured", Recorded)
    monkeypatch.setattr(Machine, "captures", True)
    return made


def test_recording_moves_nothing_on(recipe, tiny_data, tmp_path, recorder, monkeypatch):
    dropping = dataclasses.replace(recipe, arch_args={**recipe.arch_args, "dropout": 0.5})
    replayed = trainer(dropping, tiny_data, tmp_path / "replayed")
    history = finish(replayed)
    assert len(recorder) == 1
    monkeypatch.setattr(Machine, "captures", False)
    plain = trainer(dropping, tiny_data, tmp_path / "plain")
    for ours, theirs in zip(history, finish(plain), strict=True):
        assert dataclasses.replace(ours, seconds=0) == dataclasses.replace(theirs, seconds=0)
    expected = plain.model.state_dict()
    for name, value in replayed.model.state_dict().items():
        assert torch.equal(value, expected[name]), name


def test_the_plan_times_replayed_steps(recipe, recorder):
    assert step_seconds(recipe, CPU, batch=4) > 0
    assert len(recorder) == 1


def test_the_work_is_recorded_once(recorder):
    asked = []
    model = torch.nn.Linear(2, 1)

    def work(images, targets):
        asked.append(images.clone())
        return images.sum() + targets.sum()

    made = Captured(work, model)
    recorder.append(made)
    answers = [float(made(torch.full((1, 2), x), torch.ones(1))) for x in (1.0, 2.0)]
    assert answers == [3.0, 5.0]
    assert len(asked) == WARM_UP + 1 + len(answers)  # once more for the recording itself


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
def test_on_a_gpu_replayed_steps_lose_as_much(recipe, tiny_data, tmp_path, monkeypatch):
    gpu = use_machine("cuda", "float32")
    replayed = finish(Trainer(recipe, tiny_data, tmp_path / "replayed", gpu))
    monkeypatch.setattr(Machine, "captures", False)
    plain = finish(Trainer(recipe, tiny_data, tmp_path / "plain", gpu))
    for ours, theirs in zip(replayed, plain, strict=True):
        assert ours.train_loss == pytest.approx(theirs.train_loss, abs=1e-4)
