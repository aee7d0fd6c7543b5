import dataclasses
import sqlite3

import pytest
import torch
from optuna.exceptions import StorageInternalError

from fer_core import FerError
from fer_core.device import choose_device
from fer_core.models import create_model
from fer_core.report import read_report
from train import sweep as sweeping
from train.config import Experiment, Sweep
from train.experiments import EXPERIMENTS
from train.export import export_report
from train.files import CHECKPOINT, REPORT
from train.finished import SHIPPED
from train.loop import Trainer
from train.machine import Machine
from train.run import run
from train.studies import leeds
from train.sweep import SWEEPS, table, work

CPU = Machine(choose_device("cpu"))


@pytest.fixture
def sweep(recipe, monkeypatch):
    """Two learning rates."""
    base = dataclasses.replace(recipe, epochs=2)
    declared = Sweep("try-lr", base, "lr", (1e-9, 0.05))
    for name, point, _ in declared.points():
        monkeypatch.setitem(EXPERIMENTS, name, Experiment(name, point))
    return declared


@pytest.fixture
def trained(monkeypatch):
    """The learning rate of each epoch that is trained, in order."""
    rates = []
    train_epoch = Trainer._train_epoch

    def counted(trainer, epoch):
        rates.append(trainer.recipe.lr)
        return train_epoch(trainer, epoch)

    monkeypatch.setattr(Trainer, "_train_epoch", counted)
    return rates


def test_each_value_is_tried_once_and_the_best_by_validation_named(
    sweep, tiny_data, tmp_path, trained, monkeypatch
):
    shares = {1e-9: iter((0.2, 0.4)), 0.05: iter((0.5, 0.3))}
    monkeypatch.setattr(Trainer, "_validate", lambda t: (1.0, next(shares[t.recipe.lr])))
    study = work(sweep, tiny_data, tmp_path, CPU)
    assert sorted(trained) == [1e-9, 1e-9, 0.05, 0.05]
    assert {trial.params["lr"]: trial.value for trial in study.trials} == {1e-9: 0.4, 0.05: 0.5}
    lines = [line.split() for line in table(sweep, study).splitlines()]
    assert lines[1:3] == [["1e-09", "40.00%", "2"], ["0.05", "50.00%", "2"]]
    assert lines[3:] == [["best:", "lr", "=", "0.05"]]
    for name, _, _ in sweep.points():
        assert read_report(tmp_path / name / REPORT).experiment == name
    work(sweep, tiny_data, tmp_path, CPU)
    assert len(trained) == 4
    trials = {trial.params["lr"]: trial for trial in study.trials}
    trials[0.05].value = trials[1e-9].value
    for order in (sweep.values, sweep.values[::-1]):
        monkeypatch.setattr(
            study,
            "get_trials",
            lambda _, states, order=order: [
                trials[lr] for lr in order if trials[lr].state in states
            ],
        )
        assert table(sweep, study).endswith("best: lr = 1e-09")


def test_a_study_that_cannot_be_kept_is_a_sentence(monkeypatch, capsys, tiny_data, tmp_path):
    def full(*_):
        raise StorageInternalError("no room") from OSError(28, "No space left on device")

    monkeypatch.setattr(sweeping, "work", full)
    monkeypatch.setattr(sweeping, "machine_of", lambda _: CPU)
    monkeypatch.setattr(sweeping, "read_data", lambda _: tiny_data)
    words = ("sweep", "leeds-sweep-lr", "--data", "x", "--out", str(tmp_path))
    monkeypatch.setattr("sys.argv", list(words))
    assert sweeping.main() == 1
    assert "No space left on device. Is the disk full?" in capsys.readouterr().err


def test_a_killed_sweep_goes_on_with_the_trial_it_was_in(
    sweep, tiny_data, tmp_path, trained, monkeypatch
):
    work(sweep, tiny_data, tmp_path, CPU, trials=1)
    first = trained.copy()
    counted = Trainer._train_epoch

    def killed(trainer, epoch):
        if epoch:
            raise KeyboardInterrupt
        return counted(trainer, epoch)

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(Trainer, "_train_epoch", killed)
        work(sweep, tiny_data, tmp_path, CPU)
    study = work(sweep, tiny_data, tmp_path, CPU)
    (second,) = set(sweep.values) - set(first)
    assert trained == [*first, second, second]
    assert [trial.params["lr"] for trial in study.trials] == [first[0], second]
    assert all(trial.state.is_finished() for trial in study.trials)


def test_a_kill_before_the_value_was_kept_costs_none(sweep, tiny_data, tmp_path, monkeypatch):
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(sweeping._Grid, "before_trial", _interrupt)
        work(sweep, tiny_data, tmp_path, CPU)
    study = work(sweep, tiny_data, tmp_path, CPU, trials=0)
    assert table(sweep, study).count("not finished") == 2
    study = work(sweep, tiny_data, tmp_path, CPU)
    assert sorted(trial.params["lr"] for trial in study.trials) == [1e-9, 0.05]


def _interrupt(*args):
    raise KeyboardInterrupt


def test_the_deadline_ends_it_after_whole_epochs(sweep, tiny_data, tmp_path, trained, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(Trainer, "_fits", lambda trainer, deadline: not trainer.history)
        study = work(sweep, tiny_data, tmp_path, CPU)
    assert len(trained) == 1 and table(sweep, study).count("not finished") == 2
    assert "best" not in table(sweep, study)
    study = work(sweep, tiny_data, tmp_path, CPU, deadline=0.0)
    assert len(trained) == 1 and len(study.trials) == 1


def test_a_run_that_the_queue_made_counts(sweep, tiny_data, tmp_path, trained):
    name, recipe, _ = sweep.points()[1]
    run(EXPERIMENTS[name], tiny_data, tmp_path / name, CPU)
    written = (tmp_path / name / CHECKPOINT).stat().st_mtime_ns
    work(sweep, tiny_data, tmp_path, CPU)
    assert trained.count(recipe.lr) == recipe.epochs
    assert (tmp_path / name / CHECKPOINT).stat().st_mtime_ns == written


def test_a_report_that_has_come_out_counts(sweep, tiny_data, tmp_path, trained):
    name, recipe, _ = sweep.points()[0]
    experiment = dataclasses.replace(EXPERIMENTS[name], data=tiny_data.name)
    run(experiment, tiny_data, tmp_path / "elsewhere", CPU)
    export_report(tmp_path / "elsewhere", tmp_path / SHIPPED)
    study = work(sweep, tiny_data, tmp_path, CPU)
    assert trained.count(recipe.lr) == recipe.epochs
    assert len(study.trials) == 2 and not (tmp_path / name).exists()


def test_a_value_that_does_not_train_is_an_answer(sweep, tiny_data, tmp_path, trained, capsys):
    base = dataclasses.replace(sweep.base, warmup_epochs=0.0)
    wild = dataclasses.replace(sweep, base=base, values=(0.05, 1e30))
    with pytest.MonkeyPatch.context() as patch:
        for name, point, _ in wild.points():
            patch.setitem(EXPERIMENTS, name, Experiment(name, point))
        study = work(wild, tiny_data, tmp_path, CPU)
        lines = [line.split() for line in table(wild, study).splitlines()]
        assert lines[2] == ["1e+30", "diverged"] and lines[3] == ["best:", "lr", "=", "0.05"]
        assert "the loss is" in capsys.readouterr().err
        work(wild, tiny_data, tmp_path, CPU)
    assert trained.count(1e30) == 1


def test_what_belongs_to_another_declaration_is_refused(
    sweep, tiny_data, tmp_path, recipe, monkeypatch
):
    work(sweep, tiny_data, tmp_path, CPU, trials=1)
    changed = dataclasses.replace(sweep, base=dataclasses.replace(recipe, seed=1))
    with pytest.raises(FerError, match="as it was declared before"):
        work(changed, tiny_data, tmp_path, CPU)
    with pytest.raises(FerError, match="another data set"):
        work(sweep, dataclasses.replace(tiny_data, name="RAF-DB"), tmp_path, CPU)
    (tmp_path / "try-lr.sqlite3").unlink()
    for name, point, _ in changed.points():
        monkeypatch.setitem(EXPERIMENTS, name, Experiment(name, point))
    with pytest.raises(FerError, match="another recipe"):
        work(changed, tiny_data, tmp_path, CPU)


def test_values_without_an_experiment_of_their_own_are_tried_too(
    sweep, tiny_data, tmp_path, monkeypatch
):
    for name, _, _ in sweep.points():
        monkeypatch.delitem(EXPERIMENTS, name)
    work(sweep, tiny_data, tmp_path, CPU, trials=1)
    (folder,) = (path.parent for path in tmp_path.glob(f"*/{REPORT}"))
    assert folder.name in {name for name, _, _ in sweep.points()}


def test_a_file_that_is_no_study_is_named(sweep, tiny_data, tmp_path):
    (tmp_path / "try-lr.sqlite3").write_text("not a database at all")
    with pytest.raises(FerError, match=r"try-lr\.sqlite3 cannot be used"):
        work(sweep, tiny_data, tmp_path, CPU)


def test_the_study_is_a_sqlite_file(sweep, tiny_data, tmp_path):
    work(sweep, tiny_data, tmp_path / "new", CPU, trials=0)
    with sqlite3.connect(tmp_path / "new" / "try-lr.sqlite3") as database:
        assert database.execute("SELECT study_name FROM studies").fetchall() == [("try-lr",)]


def test_each_point_is_an_experiment_and_none_is_trained_twice():
    recipes = [e.recipe.to_json() for e in EXPERIMENTS.values() if e.data == "FER2013"]
    assert len(recipes) == len(set(recipes))
    for sweep in leeds.SWEEPS:
        assert {recipe.to_json() for _, recipe, _ in sweep.points()} <= set(recipes)


@pytest.mark.parametrize("sweep", [s for s in SWEEPS.values() if s.as_it_is], ids=lambda s: s.name)
def test_values_that_change_nothing(sweep):
    """They are trained once, as the base: their networks have to be the base's."""
    argument = sweep.field.removeprefix("arch_args.")
    faces = torch.rand(2, 1, 48, 48)

    def answer(**args):
        torch.manual_seed(0)
        with torch.inference_mode():
            return create_model(sweep.base.arch, **args).eval()(faces)

    expected = answer()
    for value in sweep.as_it_is:
        assert torch.equal(answer(**{argument: value}), expected)


def test_on_another_data_set_a_row_has_no_published_figure(sweep, tiny_data, tmp_path, monkeypatch):
    for name, point, _ in sweep.points():
        of_fer2013 = Experiment(name, point, data="FER2013", published=0.6)
        monkeypatch.setitem(EXPERIMENTS, name, of_fer2013)
    work(sweep, tiny_data, tmp_path, CPU)
    reports = [read_report(path) for path in tmp_path.glob(f"*/{REPORT}")]
    assert len(reports) == 2 and not any(report.published for report in reports)
