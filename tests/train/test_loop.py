import dataclasses
import time

import numpy as np
import pytest
import torch
from safetensors.torch import load_file
from trained import CPU, finish, trainer

from fer_core import FerError
from fer_core.classifier import Classifier
from fer_core.inputs import InputSpec
from fer_core.models import create_model
from fer_core.report import read_report
from fer_core.weights import FOLDER, load_model, read_card
from train.class_weights import balanced
from train.config import Experiment, Recipe
from train.distil import Teachers
from train.files import BEST, CHECKPOINT, REPORT, claimed, read_tensors
from train.initial import initial_model
from train.loop import Trainer
from train.machine import Machine
from train.run import run
from train.step import Step


def test_a_loss_that_is_no_number_ends_the_run(recipe, tiny_data, tmp_path):
    wild = dataclasses.replace(recipe, lr=1e30, warmup_epochs=0.0)
    with pytest.raises(FerError, match="in epoch 1 the loss is nan"):
        finish(trainer(wild, tiny_data, tmp_path))
    assert not (tmp_path / CHECKPOINT).exists()


def test_a_run_that_diverges_later_comes_to_its_best_epoch(
    recipe, tiny_data, tmp_path, monkeypatch, capsys
):
    good, best = 2, {}
    train_epoch = Trainer._train_epoch

    def diverging(self, epoch):
        if epoch == good:
            best.update({k: v.clone() for k, v in self._best.items()})
            return np.nan, 0.1
        return train_epoch(self, epoch)

    monkeypatch.setattr(Trainer, "_train_epoch", diverging)
    accuracies = iter([0.1, 0.2, 0.3])
    monkeypatch.setattr(Trainer, "_validate", lambda self: (1.0, next(accuracies)))
    assert run(Experiment("tiny", recipe), tiny_data, tmp_path, CPU)
    report = read_report(tmp_path / REPORT)
    assert report.epochs == report.best_epoch == good
    assert f"in epoch {good + 1} the loss is nan: the run ends here" in capsys.readouterr().err
    kept = load_file(tmp_path / BEST)
    assert all(torch.equal(kept[name], value) for name, value in best.items())
    monkeypatch.setattr(Trainer, "_train_epoch", train_epoch)  # on another machine it may go on
    assert run(Experiment("tiny", recipe), tiny_data, tmp_path, CPU, resume=True)
    assert read_report(tmp_path / REPORT) == report


def test_weights_that_became_no_number_in_an_epochs_last_step_are_not_its_outcome(
    recipe, tiny_data, tmp_path, monkeypatch
):
    train_epoch = Trainer._train_epoch

    def spoiled(self, epoch):
        result = train_epoch(self, epoch)
        if epoch:
            next(self.model.parameters()).data.fill_(np.nan)
        return result

    monkeypatch.setattr(Trainer, "_train_epoch", spoiled)
    plain = dataclasses.replace(recipe, ema_decay=0.0)
    assert run(Experiment("tiny", plain), tiny_data, tmp_path, CPU)
    assert read_report(tmp_path / REPORT).epochs == 1


def test_weights_that_float16_cannot_hold_are_not_reported(
    recipe, tiny_data, tmp_path, monkeypatch
):
    monkeypatch.setattr(
        "train.run.read_tensors",
        lambda path: {name: value * 1e9 for name, value in read_tensors(path).items()},
    )
    with pytest.raises(FerError, match="rounded to float16"):
        run(Experiment("tiny", recipe), tiny_data, tmp_path, CPU)
    assert not (tmp_path / REPORT).exists()


@pytest.mark.parametrize(
    "error",
    [
        torch.OutOfMemoryError("CUDA out of memory"),
        RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 9 bytes"),
    ],
)
def test_too_little_memory_is_a_sentence(recipe, tiny_data, tmp_path, monkeypatch, error):
    def step(*_):
        raise error

    monkeypatch.setattr(Step, "__call__", step)
    with pytest.raises(FerError, match="tiny needs more memory"):
        run(Experiment("tiny", recipe), tiny_data, tmp_path / "tiny", CPU)


def test_two_processes_do_not_train_in_one_folder(recipe, tiny_data, tmp_path):
    with claimed(tmp_path), pytest.raises(FerError, match="Another process is training in"):
        run(Experiment("tiny", recipe), tiny_data, tmp_path, CPU)


def test_compiled_steps_train_the_same_network(recipe, tiny_data, tmp_path, monkeypatch):
    """By a backend that needs no C++ compiler; what a real one changes is its own affair."""
    compiled = []

    def compile_traced(forward):
        compiled.append(forward.__self__)
        return real(forward, backend="aot_eager")

    real = torch.compile
    monkeypatch.setattr(torch, "compile", compile_traced)
    shorter = dataclasses.replace(recipe, epochs=1)
    plain = trainer(shorter, tiny_data, tmp_path / "plain")
    expected = finish(plain)
    made = Trainer(shorter, tiny_data, tmp_path / "compiled", Machine(CPU.choice, compiled=True))
    history = finish(made)
    assert compiled == [made.model]
    assert history[0].train_loss == pytest.approx(expected[0].train_loss, abs=1e-5)
    for name, value in made.model.state_dict().items():
        assert torch.allclose(value, plain.model.state_dict()[name], atol=1e-5), name


def test_early_stopping_keeps_the_best(recipe, tiny_data, tmp_path):
    still = dataclasses.replace(recipe, lr=0.0, ema_decay=0.0, epochs=40, patience=2)
    made = trainer(still, tiny_data, tmp_path)
    history = finish(made)
    best = max(epoch.valid_accuracy for epoch in history)
    assert history[made.best_epoch].valid_accuracy == best
    assert len(history) == made.best_epoch + 1 + 2 < 40
    assert trainer(still, tiny_data, tmp_path, resume=True).finished


def test_a_run_starts_from_the_run_beside_it(recipe, tiny_data, tmp_path):
    second = dataclasses.replace(recipe, start_from="first", epochs=1)
    with pytest.raises(FerError, match=r"train\.run first"):
        trainer(second, tiny_data, tmp_path / "second")
    first = Experiment("first", dataclasses.replace(recipe, epochs=1))
    run(first, tiny_data, tmp_path / "first", CPU)
    started = trainer(second, tiny_data, tmp_path / "second").model.state_dict()
    best = load_file(tmp_path / "first" / BEST)
    assert all(torch.equal(started[name], best[name]) for name in best)
    other = dataclasses.replace(second, arch_args={"widths": [4, 8], "depths": [1, 1]})
    with pytest.raises(FerError, match="does not fit"):
        trainer(other, tiny_data, tmp_path / "second")


def test_without_their_run_the_shipped_weights_are_built_on(tiny_data, tmp_path):
    card = read_card("mini-xception")
    left_out = read_report(FOLDER / card.report).left_out
    data = dataclasses.replace(
        tiny_data, name="FER2013", left_out=tiny_data.train[np.zeros(left_out, int)]
    )
    shipped, name = load_model(card), card.recipe["experiment"]
    recipe = Recipe(card.arch, dict(card.arch_args), start_from=name)
    started = initial_model(recipe, tmp_path, data).state_dict()
    assert all(torch.equal(started[key], value) for key, value in shipped.state_dict().items())
    faces = np.random.default_rng(0).integers(0, 256, (3, 48, 48), np.uint8)
    expected = Classifier(shipped, InputSpec(), CPU.choice)(faces)
    teachers = Teachers(tmp_path, [name], data, CPU.choice)
    assert np.array_equal(teachers.on_faces(faces), expected)


def test_votes_are_soft_targets(recipe, tiny_data, partly_voted, tmp_path):
    made = trainer(dataclasses.replace(recipe, label_set="ferplus"), partly_voted, tmp_path)
    assert (len(made.images), len(made.targets), len(made.valid)) == (47, 47, 14)  # two in three
    assert torch.allclose(made.targets.max(1).values, torch.tensor(0.9))
    smooth = dataclasses.replace(recipe, label_smoothing=0.14)
    assert trainer(smooth, tiny_data, tmp_path).targets.min() == pytest.approx(0.02)


def test_teachers_answers_are_half_of_the_targets(recipe, tiny_data, tmp_path):
    teacher = dataclasses.replace(recipe, epochs=1)
    taught = dataclasses.replace(recipe, teachers=("first", "second"))
    with pytest.raises(FerError, match=r"train\.run first .*--resume"):
        trainer(taught, tiny_data, tmp_path / "taught")
    answers = []
    for seed, name in enumerate(taught.teachers):
        seeded = dataclasses.replace(teacher, seed=seed)
        run(Experiment(name, seeded), tiny_data, tmp_path / name, CPU)
        model = create_model(recipe.arch, **recipe.arch_args)
        model.load_state_dict(load_file(tmp_path / name / BEST))
        answers.append(Classifier(model, InputSpec(), CPU.choice)(tiny_data.train.images))
    assert not np.allclose(*answers)
    targets = trainer(taught, tiny_data, tmp_path / "taught").targets.numpy()
    labels = np.eye(7)[tiny_data.train.labels]
    assert np.allclose(targets, labels / 2 + sum(answers) / 4, atol=1e-6)


def test_taught_wholly_on_views_nothing_is_learned_from_labels(recipe, tiny_data, tmp_path):
    other_labels = dataclasses.replace(
        tiny_data,
        train=dataclasses.replace(tiny_data.train, labels=(tiny_data.train.labels + 1) % 7),
    )
    taught = dataclasses.replace(
        recipe, teachers=("first",), teacher_share=1.0, teach_on="views", epochs=1
    )
    run(Experiment("first", recipe), tiny_data, tmp_path / "first", CPU)

    def trained(recipe, data, name):
        made = trainer(recipe, data, tmp_path / name)
        finish(made)
        return torch.cat([value.flatten() for value in made.model.state_dict().values()])

    one, two = trained(taught, tiny_data, "one"), trained(taught, other_labels, "two")
    assert torch.equal(one, two)
    on_faces = dataclasses.replace(taught, teach_on="faces")
    assert not torch.allclose(one, trained(on_faces, tiny_data, "faces"))
    halved = dataclasses.replace(taught, teacher_share=0.5)
    assert not torch.allclose(
        trained(halved, tiny_data, "three"), trained(halved, other_labels, "four")
    )


def test_learning_rate_warms_up_and_decays(recipe):
    schedule = dataclasses.replace(recipe, epochs=10, lr=1.0, warmup_epochs=2)
    rates = [schedule.lr_at(epoch) for epoch in np.linspace(0, 10, 101)]
    assert rates[0] < 0.02 and max(rates) == pytest.approx(1.0)
    assert np.argmax(rates) == 20 and rates[-1] < 1e-9
    assert dataclasses.replace(schedule, schedule="constant").lr_at(9) == 1.0


@pytest.mark.parametrize(
    "wrong",
    [
        *({"augment": "sepia"}, {"epochs": 0}, {"batch_size": 1}, {"continues": "shorter"}),
        *({"optimizer": "rmsprop"}, {"schedule": "step"}, {"plateau_on": "acc"}),
        *({"teach_on": "face"}, {"label_set": "mine"}),
    ],
)
def test_a_recipe_that_cannot_run(recipe, wrong):
    with pytest.raises(ValueError, match=r"one of|at least|knows its end"):
        dataclasses.replace(recipe, **wrong)


def test_an_epoch_that_would_pass_the_deadline_is_not_begun(recipe, tiny_data, tmp_path):
    trainer = Trainer(dataclasses.replace(recipe, epochs=3), tiny_data, tmp_path, CPU)
    next(trainer.epochs())
    took = trainer.history[0].seconds
    assert not list(trainer.epochs(time.monotonic() + took / 2))
    assert len(list(trainer.epochs(time.monotonic() + 600 * took))) == 2


def test_how_long_another_machine_took_says_nothing(recipe, tiny_data, tmp_path):
    short = dataclasses.replace(recipe, epochs=2)
    next(Trainer(short, tiny_data, tmp_path, CPU).epochs())
    state = torch.load(tmp_path / CHECKPOINT, weights_only=True)
    state["history"][-1]["seconds"] = 1e6
    torch.save(state, tmp_path / CHECKPOINT)
    resumed = Trainer(short, tiny_data, tmp_path, CPU)
    resumed.resume()
    assert len(list(resumed.epochs(time.monotonic() + 600))) == 1


def test_the_compilers_minutes_are_no_epochs(recipe, tiny_data, tmp_path, monkeypatch):
    monkeypatch.setattr(torch.nn.Module, "compile", lambda model: None)
    compiled = dataclasses.replace(CPU, compiled=True)
    trainer = Trainer(dataclasses.replace(recipe, epochs=3), tiny_data, tmp_path, compiled)
    next(trainer.epochs())
    soon = 1e-3  # an epoch takes longer
    assert len(list(trainer.epochs(time.monotonic() + soon))) == 1


def test_the_plateau_schedule_waits_and_then_lowers_the_rate():
    recipe = Recipe("compact", schedule="plateau", plateau=(0.5, 2), lr=0.8, warmup_epochs=0)
    losses = [1.0, 0.9, 0.9, 0.95, 0.8, 0.85, 0.85, 0.81, 0.82]
    rates = [recipe.lr_at(epoch, losses[:epoch]) for epoch in range(len(losses) + 1)]
    assert rates == [0.8] * 4 + [0.4] * 3 + [0.2] * 2 + [0.1]


def test_the_plateau_schedule_may_watch_the_accuracy():
    epochs = [(1.0, 0.5), (0.9, 0.7), (0.8, 0.7), (0.7, 0.6)]  # the loss falls all the time
    by_loss = Recipe("compact", schedule="plateau", plateau=(0.5, 2), lr=0.8, warmup_epochs=0)
    by_accuracy = dataclasses.replace(by_loss, plateau_on="accuracy")
    rates = [
        recipe.lr_at(len(epochs), [recipe.watched(*epoch) for epoch in epochs])
        for recipe in (by_loss, by_accuracy)
    ]
    assert rates == [0.8, 0.4]


def test_class_weights_give_each_class_the_same_weight_together():
    targets = torch.eye(7)[torch.tensor([0] * 6 + [1] * 3 + [6])]
    weights = balanced(targets)
    together = (weights * targets).sum(0)
    assert torch.allclose(together[[0, 1, 6]], torch.full((3,), 10 / 3))
    assert (weights * targets).sum() == pytest.approx(10)
