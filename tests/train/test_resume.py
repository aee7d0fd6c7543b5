"""A run that was stopped goes on as if it had not been, or is told why it cannot."""

import dataclasses
import time

import pytest
import torch
from safetensors.torch import load_file
from trained import CPU, finish, trainer

from fer_core import FerError
from fer_core.device import choose_device
from fer_core.report import read_report
from train import loop
from train.config import Experiment
from train.files import BEST, CHECKPOINT, REPORT, claimed
from train.loop import Trainer
from train.machine import Machine
from train.run import run


class Killed(BaseException):
    """As a kill, it passes every except."""


@pytest.mark.parametrize("killed_in", ["epoch 1", "epoch 2", "checkpoint 2", "weights"])
def test_a_killed_run_ends_as_one_that_was_not(recipe, tiny_data, tmp_path, monkeypatch, killed_in):
    whole, resumed = tmp_path / "whole", tmp_path / "resumed"
    expected = finish(trainer(recipe, tiny_data, whole))

    made = trainer(recipe, tiny_data, resumed)
    steps_per_epoch = 70 // 14
    if killed_in == "weights":
        monkeypatch.setattr(loop, "save_tensors", _kill)
    elif killed_in == "checkpoint 2":
        save = loop.save_checkpoint
        monkeypatch.setattr(loop, "SAVE_SECONDS", 0.0)
        monkeypatch.setattr(
            loop, "save_checkpoint", lambda *a: save(*a) if len(made.history) < 2 else _kill()
        )
    else:
        left = iter(range(steps_per_epoch * int(killed_in[-1]) - 2))
        step = made._step
        monkeypatch.setattr(
            made, "_step", lambda *a: step(*a) if next(left, None) is not None else _kill()
        )
    with pytest.raises(Killed):
        finish(made)
    monkeypatch.undo()

    history = trainer(recipe, tiny_data, resumed, resume=True)
    finish(history)
    for ours, theirs in zip(history.history, expected, strict=True):
        assert dataclasses.replace(ours, seconds=0) == dataclasses.replace(theirs, seconds=0)
    one, two = load_file(whole / BEST), load_file(resumed / BEST)
    assert all(torch.equal(one[name], two[name]) for name in one)
    states = [torch.load(f / CHECKPOINT, weights_only=True) for f in (whole, resumed)]
    assert all(
        torch.equal(states[0]["model"][name], states[1]["model"][name])
        for name in states[0]["model"]
    )


def test_short_epochs_are_written_down_together(recipe, tiny_data, tmp_path, monkeypatch):
    written = []
    save = loop.save_checkpoint
    monkeypatch.setattr(
        loop, "save_checkpoint", lambda *a: (written.append(len(made.history)), save(*a))
    )
    made = trainer(recipe, tiny_data, tmp_path)
    finish(made)
    assert written == [1, recipe.epochs]
    written.clear()
    monkeypatch.setattr(loop, "SAVE_SECONDS", 0.0)
    made = trainer(recipe, tiny_data, tmp_path / "long epochs")
    finish(made)
    assert written == list(range(1, recipe.epochs + 1))


def test_the_best_weights_are_of_the_epoch_that_the_checkpoint_names(
    recipe, tiny_data, tmp_path, monkeypatch
):
    """A repeated epoch may come to something else, on a GPU: of a killed one nothing is left."""
    monkeypatch.setattr(loop, "SAVE_SECONDS", 0.0)
    shares = iter([0.2, 0.3, 0.1])
    monkeypatch.setattr(Trainer, "_validate", lambda self: (1.0, next(shares)))
    made = trainer(recipe, tiny_data, tmp_path)
    epochs = made.epochs()
    next(epochs)
    first = {name: value.clone() for name, value in made.averaged.state_dict().items()}
    with monkeypatch.context() as killing:
        killing.setattr(loop, "save_checkpoint", _kill)
        with pytest.raises(Killed):
            next(epochs)  # the best so far
    shares = iter([0.1, 0.1])
    again = trainer(recipe, tiny_data, tmp_path, resume=True)
    finish(again)
    assert again.best_epoch == 0
    kept = load_file(tmp_path / BEST)
    assert all(torch.equal(kept[name], value) for name, value in first.items())


def test_the_report_names_every_device(tiny_experiment, tiny_data, tmp_path):
    half = Machine(choose_device("cpu", "bfloat16"))
    next(Trainer(tiny_experiment.recipe, tiny_data, tmp_path, half).epochs())
    run(tiny_experiment, tiny_data, tmp_path, CPU, resume=True)
    device = read_report(tmp_path / REPORT).device
    assert device == f"{half.in_words}, then {CPU.in_words}"


@pytest.mark.parametrize("why", ["diverges at once", "is patient no more"])
def test_a_longer_run_may_add_no_epoch(recipe, tiny_data, tmp_path, monkeypatch, why):
    shares = iter([0.3, 0.2, 0.1])
    monkeypatch.setattr(Trainer, "_validate", lambda self: (1.0, next(shares)))
    patience = 1 if "patient" in why else 9
    short = dataclasses.replace(recipe, epochs=2, schedule="constant", patience=patience)
    finish(trainer(short, tiny_data, tmp_path / "short"))
    monkeypatch.setattr(Trainer, "_train_epoch", lambda *_: (float("nan"), 0.0))
    long = Experiment("long", dataclasses.replace(short, epochs=4, continues="short"))
    assert run(long, tiny_data, tmp_path / "long", CPU, resume=True)
    report = read_report(tmp_path / "long" / REPORT)
    assert (report.epochs, report.best_epoch) == (2, 1)


def test_a_finished_run_that_came_without_its_checkpoint_is_not_begun_anew(
    tiny_experiment, tiny_data, tmp_path, monkeypatch
):
    run(tiny_experiment, tiny_data, tmp_path, CPU)
    (tmp_path / CHECKPOINT).unlink()
    monkeypatch.setattr("train.run.Trainer", None)
    assert run(tiny_experiment, tiny_data, tmp_path, CPU, resume=True)
    other = Experiment("tiny", dataclasses.replace(tiny_experiment.recipe, lr=0.01))
    with pytest.raises(FerError, match="another recipe"):
        run(other, tiny_data, tmp_path, CPU, resume=True)


def test_while_a_run_is_under_way_no_report_says_that_it_is_finished(
    tiny_experiment, tiny_data, tmp_path
):
    run(tiny_experiment, tiny_data, tmp_path, CPU)
    for name in (CHECKPOINT, BEST):  # as of a report that came alone
        (tmp_path / name).unlink()
    assert not run(tiny_experiment, tiny_data, tmp_path, CPU, resume=True, deadline=0.0)
    assert not (tmp_path / REPORT).exists()


def test_a_deadline_loses_no_epoch(recipe, tiny_data, tmp_path):
    made = trainer(recipe, tiny_data, tmp_path)
    epochs = made.epochs(time.monotonic() + 600)
    for _ in range(2):
        next(epochs)
    made._epoch_seconds = 1e6  # the next would take too long
    assert not list(epochs)
    assert len(trainer(recipe, tiny_data, tmp_path, resume=True).history) == 2


def _kill(*_):
    raise Killed


@pytest.mark.parametrize(
    "changes",
    [
        {"optimizer": "adam", "schedule": "plateau", "plateau": (0.5, 1)},
        {"optimizer": "adamw", "augment": "photo-mixed"},
        {"teachers": ("first",), "teach_on": "views"},
        {"ema_decay": 0.0},
    ],
    ids=["adam, plateau", "adamw, mixup", "taught", "not averaged"],
)
def test_a_resumed_run_ends_alike_whatever_the_recipe(recipe, tiny_data, tmp_path, changes):
    run(
        Experiment("first", dataclasses.replace(recipe, epochs=1)),
        tiny_data,
        tmp_path / "first",
        CPU,
    )
    changed = dataclasses.replace(recipe, **changes)
    finish(trainer(changed, tiny_data, tmp_path / "whole"))
    for _ in range(changed.epochs):
        next(trainer(changed, tiny_data, tmp_path / "resumed", resume=True).epochs())
    one, two = (
        torch.load(tmp_path / name / CHECKPOINT, weights_only=True) for name in ("whole", "resumed")
    )
    for key in ("model", "averaged"):
        assert one[key].keys() == two[key].keys()
        assert all(torch.equal(one[key][name], two[key][name]) for name in one[key])
    assert one["model"] and bool(one["averaged"]) == bool(changed.ema_decay)


def test_a_run_does_not_go_on_from_one_in_hand(recipe, tiny_data, tmp_path):
    short = dataclasses.replace(recipe, epochs=1, schedule="constant")
    long = Experiment("long", dataclasses.replace(short, epochs=2, continues="short"))
    with claimed(tmp_path / "short"), pytest.raises(FerError, match=r"is training in .*short"):
        run(long, tiny_data, tmp_path / "long", CPU, resume=True)
    assert run(long, tiny_data, tmp_path / "long", CPU, resume=True)


def test_another_recipe_is_not_resumed(recipe, tiny_data, tmp_path):
    finish(trainer(dataclasses.replace(recipe, epochs=1), tiny_data, tmp_path))
    with pytest.raises(FerError, match="another recipe"):
        trainer(recipe, tiny_data, tmp_path, resume=True)


def test_a_run_on_other_faces_is_not_resumed(recipe, tiny_data, tmp_path):
    short = dataclasses.replace(recipe, epochs=1)
    finish(trainer(short, tiny_data, tmp_path))
    faces = dataclasses.replace(tiny_data.train, rows=tiny_data.train.rows + 1)
    with pytest.raises(FerError, match="other faces"):
        trainer(short, dataclasses.replace(tiny_data, train=faces), tmp_path, resume=True)


def test_a_network_that_has_changed_is_not_resumed(recipe, tiny_data, tmp_path):
    finish(trainer(dataclasses.replace(recipe, epochs=1), tiny_data, tmp_path))
    state = torch.load(tmp_path / CHECKPOINT, weights_only=True)
    state["model"].popitem()
    torch.save(state, tmp_path / CHECKPOINT)
    with pytest.raises(FerError, match="does not fit compact_se as it is now"):
        trainer(dataclasses.replace(recipe, epochs=1), tiny_data, tmp_path, resume=True)


def test_a_longer_run_goes_on_from_the_shorter_one(recipe, tiny_data, tmp_path):
    short = dataclasses.replace(recipe, epochs=2, schedule="constant")
    long = dataclasses.replace(short, epochs=4, continues="short")
    expected = finish(trainer(long, tiny_data, tmp_path / "alone", resume=True))
    finish(trainer(short, tiny_data, tmp_path / "short"))
    made = trainer(long, tiny_data, tmp_path / "long", resume=True)
    assert len(made.history) == 2
    assert len(finish(made)) == 2
    for ours, theirs in zip(made.history, expected, strict=True):
        assert dataclasses.replace(ours, seconds=0) == dataclasses.replace(theirs, seconds=0)
    for file in (BEST, CHECKPOINT):
        assert (tmp_path / "short" / file).is_file()
    alone, after = (load_file(tmp_path / folder / BEST) for folder in ("alone", "long"))
    assert all(torch.equal(alone[name], after[name]) for name in alone)

    other = dataclasses.replace(long, lr=2 * long.lr)
    with pytest.raises(FerError, match="belongs to another recipe"):
        trainer(other, tiny_data, tmp_path / "other", resume=True)


def test_a_recipe_that_knows_its_end_is_not_gone_on_from(recipe, tiny_data, tmp_path):
    cosine = dataclasses.replace(recipe, epochs=1)
    finish(trainer(cosine, tiny_data, tmp_path / "short"))
    long = dataclasses.replace(cosine, epochs=2, schedule="constant", continues="short")
    with pytest.raises(FerError, match="belongs to another recipe"):
        trainer(long, tiny_data, tmp_path / "long", resume=True)


def test_without_resume_nothing_of_a_shorter_run_is_used(recipe, tiny_data, tmp_path):
    short = dataclasses.replace(recipe, epochs=1, schedule="constant")
    long = dataclasses.replace(short, epochs=2, continues="short")
    run(Experiment("short", short), tiny_data, tmp_path / "short", CPU)
    began = []

    class Counted(Trainer):
        def epochs(self, deadline=0.0):
            began.append(len(self.history))
            return super().epochs()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("train.run.Trainer", Counted)
        run(Experiment("long", long), tiny_data, tmp_path / "long", CPU)
        run(Experiment("long", long), tiny_data, tmp_path / "other", CPU, resume=True)
    assert began == [0, 1]
