import dataclasses
import math
import time
from types import SimpleNamespace

import pytest

from fer_core import FerError
from fer_core.device import choose_device
from fer_core.files import write_whole
from fer_core.report import read_report
from fer_core.types import ModelError
from train import queue
from train.config import ClassicalRecipe, Experiment
from train.distributed import Ranks
from train.experiments import EXPERIMENTS
from train.files import CHECKPOINT, REPORT, claimed
from train.initial import initial_model
from train.loop import Trainer
from train.machine import Machine
from train.run import run
from train.speed import PASSES, StepCost, forward_flops, measure_step_cost
from train.study_tables import study_row

CPU = Machine(choose_device("cpu"))
FREE = StepCost(0.0, math.inf)


@pytest.fixture
def experiments(recipe):
    short = dataclasses.replace(recipe, epochs=2)
    return [
        Experiment("waits", dataclasses.replace(short, start_from="nowhere"), data="drawn"),
        Experiment("first", short, data="drawn"),
        Experiment("elsewhere", short, data="RAF-DB"),
        Experiment("second", dataclasses.replace(short, seed=1), data="drawn"),
    ]


@pytest.fixture(autouse=True)
def no_measuring(monkeypatch):
    monkeypatch.setattr(queue, "measure_step_cost", lambda choice: FREE)


def work(experiments, data, out, seconds):
    queue.work(experiments, data, out, CPU, time.monotonic() + seconds)


def test_what_is_missing_is_trained_once_and_exported(experiments, tiny_data, tmp_path, capsys):
    work(experiments, tiny_data, tmp_path, 600)
    for name in ("first", "second"):
        assert read_report(tmp_path / name / REPORT).epochs == 2
        assert (tmp_path / "weights" / f"{name}.safetensors").is_file()
        assert (tmp_path / "weights" / "reports" / f"{name}.npz").is_file()
    assert not (tmp_path / "elsewhere").exists()
    assert "waits: This run builds on" in capsys.readouterr().out
    written = (tmp_path / "first" / CHECKPOINT).stat().st_mtime_ns
    assert [e.name for e in queue.missing(experiments, tiny_data, tmp_path)] == ["waits"]
    work(experiments, tiny_data, tmp_path, 600)
    assert (tmp_path / "first" / CHECKPOINT).stat().st_mtime_ns == written


def test_a_failure_costs_only_its_own_experiment(
    experiments, tiny_data, tmp_path, capsys, monkeypatch
):
    def start(recipe, runs, data):
        if recipe == unfit.recipe:
            raise ModelError("the package with its weights is not installed")
        if recipe == wrong.recipe:
            raise ValueError("a mistake of ours")
        return initial_model(recipe, runs, data)

    monkeypatch.setattr("train.loop.initial_model", start)
    unfit = dataclasses.replace(experiments[0], name="unfit")
    wrong = Experiment("wrong", dataclasses.replace(unfit.recipe, seed=99), data="drawn")
    broken, works = experiments[1], experiments[3]
    (tmp_path / "first").mkdir()
    (tmp_path / "first" / CHECKPOINT).write_bytes(b"half a file")
    work([unfit, wrong, broken, works], tiny_data, tmp_path, 600)
    out, err = capsys.readouterr()
    assert "unfit: the package" in out and "checkpoint.pt is damaged" in out
    assert "wrong: a mistake of ours" in out and "Traceback" in err
    assert read_report(tmp_path / "weights" / "reports" / "second.json").epochs == 2


def test_what_another_process_trains_is_passed_over(experiments, tiny_data, tmp_path, capsys):
    first, second = experiments[1], experiments[3]
    with claimed(tmp_path / first.name):
        work([first, second], tiny_data, tmp_path, 600)
    assert "first: Another process is training in" in capsys.readouterr().out
    assert queue.missing([first, second], tiny_data, tmp_path) == [first]


def test_what_another_queue_has_finished_meanwhile_is_not_run_again(
    experiments, tiny_data, tmp_path, monkeypatch
):
    first, began = experiments[1], []
    monkeypatch.setattr(queue, "run", lambda *a, **k: began.append(a) or run(*a, **k))
    work([first, first], tiny_data, tmp_path, 600)  # the list is made before the first is done
    assert len(began) == 1


def test_among_several_processes_a_failure_ends_them_all(experiments, tiny_data, tmp_path):
    two = Machine(CPU.choice, Ranks(rank=0, world=2))
    with pytest.MonkeyPatch.context() as patch, pytest.raises(FerError, match="builds on"):
        patch.setattr(Ranks, "from_lead", lambda ranks, value: value)
        queue.work(experiments, tiny_data, tmp_path, two, time.monotonic() + 600)


def test_of_a_network_that_is_too_large_the_report_comes_out(
    experiments, tiny_data, tmp_path, monkeypatch
):
    monkeypatch.setattr("train.export.MAX_BYTES", 1000)
    work([experiments[1]], tiny_data, tmp_path, 600)
    out = {path.name for path in (tmp_path / "weights").rglob("*.*")}
    assert out == {"first.json", "first.npz"}


def test_the_compilers_minutes_count(experiments, tiny_data, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(queue, "time", SimpleNamespace(monotonic=lambda: 1000.0))
    compiled = dataclasses.replace(CPU, compiled=True)
    deadline = 1000.0 + queue.COMPILE_SECONDS / 2
    queue.work([experiments[1]], tiny_data, tmp_path, compiled, deadline)
    assert "first: needs 120 s at once, 60 s are left" in capsys.readouterr().out


def test_what_diverges_at_once_is_tried_once(experiments, tiny_data, tmp_path, capsys, monkeypatch):
    first, second = experiments[1], experiments[3]
    began = []

    def diverge(self, epoch):
        began.append(self.folder)
        return math.nan, 0.0

    monkeypatch.setattr(Trainer, "_train_epoch", diverge)
    for told in ("in epoch 1 the loss is nan", "diverged before; to try it again, remove"):
        work([first], tiny_data, tmp_path, 600)
        assert told in capsys.readouterr().out
    assert began == [tmp_path / "first"]
    otherwise = dataclasses.replace(second, name="first")  # declared anew since
    work([otherwise], tiny_data, tmp_path, 600)
    assert len(began) == 2


def test_what_only_has_to_come_out_needs_no_epochs_time(
    experiments, tiny_data, tmp_path, monkeypatch
):
    first = experiments[1]
    assert run(first, tiny_data, tmp_path / "first", CPU)
    monkeypatch.setattr(queue, "measure_step_cost", lambda choice: StepCost(1e6, 1.0))
    work([first], tiny_data, tmp_path, 600)
    assert not queue.missing([first], tiny_data, tmp_path)


def test_batches_that_the_processes_cannot_divide_are_passed_over(
    experiments, tiny_data, tmp_path, capsys, monkeypatch
):
    monkeypatch.setattr(Ranks, "from_lead", lambda ranks, value: value)
    three = Machine(CPU.choice, Ranks(rank=0, world=3))
    queue.work([experiments[1]], tiny_data, tmp_path, three, time.monotonic() + 600)
    assert "first: 3 processes cannot divide its batches" in capsys.readouterr().out


@pytest.mark.parametrize("killed_at", [".safetensors", "/first.json", "reports/first.npz"])
def test_a_kill_during_the_export_costs_nothing(
    experiments, tiny_data, tmp_path, monkeypatch, killed_at
):
    def write(path, content):
        if str(path).endswith(killed_at) and queue.SHIPPED in path.parts:
            raise KeyboardInterrupt
        write_whole(path, content)

    only = [experiments[1]]
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr("train.export.write_whole", write)
        work(only, tiny_data, tmp_path, 600)
    assert (tmp_path / "first" / REPORT).is_file()
    work(only, tiny_data, tmp_path, 600)
    shipped = {path.name for path in (tmp_path / "weights").rglob("*.*")}
    assert shipped == {"first.safetensors", "first.json", "first.npz"}
    assert not queue.missing(only, tiny_data, tmp_path)


def test_a_report_of_another_recipe_is_not_the_experiments(experiments, tiny_data, tmp_path):
    first = experiments[1]
    work([first], tiny_data, tmp_path, 600)
    changed = dataclasses.replace(first, recipe=dataclasses.replace(first.recipe, lr=0.01))
    assert queue.missing([first, changed], tiny_data, tmp_path) == [changed]
    assert study_row(changed, tmp_path / "weights").reason
    assert study_row(first, tmp_path / "weights").n == 21


def test_a_slice_ends_after_whole_epochs_and_the_next_goes_on(
    experiments, tiny_data, tmp_path, monkeypatch
):
    only = [experiments[1]]
    with monkeypatch.context() as patch:
        patch.setattr(Trainer, "_fits", lambda trainer, deadline: not trainer.history)
        work(only, tiny_data, tmp_path, 600)
    assert not (tmp_path / "first" / REPORT).is_file()
    assert queue.remaining(only[0], tiny_data, tmp_path, FREE).epochs_done == 1
    work(only, tiny_data, tmp_path, 600)
    assert read_report(tmp_path / "first" / REPORT).epochs == 2


def test_an_epoch_that_cannot_fit_is_passed_over(experiments, tiny_data, tmp_path, monkeypatch):
    monkeypatch.setattr(queue, "measure_step_cost", lambda choice: StepCost(1000.0, 1.0))
    work(experiments, tiny_data, tmp_path, 60)
    assert not list(tmp_path.iterdir())


def test_the_plan_adds_up(experiments, tiny_data, tmp_path, monkeypatch):
    monkeypatch.setattr(queue, "measure_step_cost", lambda choice: StepCost(6.0, math.inf))
    lines = queue.plan(experiments, tiny_data, tmp_path, CPU.choice).splitlines()
    steps = 2 * (70 // experiments[1].recipe.batch_size)
    assert lines[2].split() == ["first", "0/2", f"{steps / 10:.1f}", f"{2 * steps / 10:.1f}"]
    assert [line.split()[0] for line in lines[1:]] == ["waits", "first", "second"]


def test_step_costs(recipe):
    # START's network: 3x3 convolutions at 48, 24 and 12 and 6 px, two operations a multiplication.
    wide = {48: [(1, 64), (64, 128)], 24: [(128, 128)] * 2 + [(128, 256)], 12: [(256, 512)]}
    wide[6] = [(512, 512)] * 2
    macs = sum(9 * i * o * side**2 for side, convs in wide.items() for i, o in convs) + 512 * 7
    resnet9 = dataclasses.replace(recipe, arch="resnet9", arch_args={})
    assert forward_flops(resnet9) == pytest.approx(2 * macs)
    cost = StepCost(0.5, PASSES * 2 * macs * recipe.batch_size)
    assert cost.epoch_seconds(resnet9, 4 * recipe.batch_size) == pytest.approx(1.5 * 4)


def test_what_teachers_answer_on_each_view_is_paid_for(recipe):
    alone = forward_flops(recipe)
    cost = StepCost(0.0, alone * recipe.batch_size)
    taught = dataclasses.replace(recipe, teachers=("one", "two"), teach_on="views", epochs=1)
    teachers = [recipe, recipe]
    assert cost.epoch_seconds(taught, recipe.batch_size, teachers) == pytest.approx(PASSES + 2)
    on_faces = dataclasses.replace(taught, teach_on="faces")
    assert cost.epoch_seconds(on_faces, recipe.batch_size, teachers) == pytest.approx(PASSES)


def test_what_remains_is_of_the_epochs_left_with_their_teachers_on_the_faces_with_labels(
    recipe, tiny_data, tmp_path, monkeypatch
):
    mine = dataclasses.replace(recipe, epochs=3, batch_size=14, label_set="ferplus")
    taught = dataclasses.replace(mine, teachers=("teacher",), teach_on="views")
    monkeypatch.setitem(EXPERIMENTS, "teacher", Experiment("teacher", recipe))
    unclear = tiny_data.train.vote_labels.copy()
    unclear[:20] = -1  # of 70 faces: three batches are left of five
    data = dataclasses.replace(
        tiny_data, train=dataclasses.replace(tiny_data.train, vote_labels=unclear)
    )
    trainer = Trainer(dataclasses.replace(mine, start_from=""), data, tmp_path / "mine", CPU)
    next(trainer.epochs())
    cost = StepCost(0.0, forward_flops(recipe) * 14)
    what = queue.remaining(Experiment("mine", mine, data="drawn"), data, tmp_path, cost)
    assert (what.epochs_done, what.epoch_seconds) == (1, pytest.approx(3 * PASSES))
    assert what.seconds_left == pytest.approx(2 * 3 * PASSES)
    what = queue.remaining(Experiment("taught", taught, data="drawn"), data, tmp_path, cost)
    assert (what.epochs_done, what.epoch_seconds) == (0, pytest.approx(3 * (PASSES + 1)))


def test_the_cost_is_the_line_through_two_networks(monkeypatch):
    def seconds(recipe, choice, batch):
        return 0.25 + PASSES * forward_flops(recipe) * batch / 8e9

    monkeypatch.setattr("train.speed.step_seconds", seconds)
    cost = measure_step_cost(CPU.choice)
    assert (cost.fixed_seconds, cost.flops_per_second) == pytest.approx((0.25, 8e9))
    assert PASSES == 3  # forward, and backward to the inputs and to the weights


def test_a_method_that_is_fitted_has_its_minutes_too(tiny_data, tmp_path):
    fitted = Experiment("fitted", ClassicalRecipe("knn"), data="drawn")
    what = queue.remaining(fitted, tiny_data, tmp_path, FREE)
    assert what.seconds_left == what.epoch_seconds == queue.CLASSICAL_SECONDS
    work([fitted], tiny_data, tmp_path, queue.CLASSICAL_SECONDS / 2)
    assert not list(tmp_path.iterdir())


def test_the_device_is_measured():
    cost = measure_step_cost(CPU.choice, batch=2)
    assert cost.flops_per_second > 1e8 and 0 <= cost.fixed_seconds < 10
