"""The dashboard's page of training curves: reports, runs that go on, and runs that vanish."""

import itertools
import os
import time
from dataclasses import replace

import made_up_reports as made_up
import pytest
from dashboard_page import checked, figure, opened, text

from demo.board import runs_store
from demo.board.runs_store import runs
from fer_core.progress import PROGRESS, Progress, read_progress


def make_run(folder, name, epochs, age_seconds=0.0):
    curves = {
        "train_loss": (1.0,) * epochs,
        "train_accuracy": (0.5,) * epochs,
        "valid_loss": (1.1,) * epochs,
        "valid_accuracy": tuple(0.4 + 0.1 * epoch for epoch in range(epochs)),
        "lr": (*[0.1] * (epochs - 1), 1e-7),
        "seconds": (30.0,) * epochs,
    }
    path = folder.parent / "runs" / name / PROGRESS
    path.parent.mkdir(parents=True)
    path.write_text(Progress("its-experiment", {"epochs": 9}, curves).to_json())
    if age_seconds:
        os.utime(path, (time.time() - age_seconds,) * 2)
    return path


def test_training_draws_reports_and_the_run_that_goes_on(names, folder):
    make_run(folder, "still going", 3)
    at = opened("training")
    assert at.multiselect(key="runs").value[0] == "still going"
    found = figure(at, "Accuracy")["data"]
    (line,) = [trace for trace in found if trace["name"] == "still going"]
    assert line["y"] == pytest.approx([40, 50, 60])
    out = folder.parent / "runs" / "still going"
    assert f"python -m train.run its-experiment --data PATH --out '{out}' --resume" in text(at)
    at.button_group(key="curve").set_value("lr")
    axis = figure(checked(at.run()), "Learning rate")["layout"]["yaxis"]
    assert axis["type"] == "log" and axis["range"] == pytest.approx([-4.1, -0.9])


def test_runs_are_shown_before_there_is_a_report(folder):
    make_run(folder, "going", 3)
    at = opened("training")
    assert figure(at, "Accuracy") and "No reports yet" in text(at)


def test_a_broken_report_is_named_and_the_curves_are_there(names, folder):
    (folder / "reports" / "broken.json").write_text("{")
    at = opened("training")
    assert figure(at, "Accuracy") and "broken.json" in at.warning[0].value


def test_a_run_that_is_silent_or_finished_is_not_going(names, folder):
    make_run(folder, "silent", 2, age_seconds=3600)
    finished = make_run(folder, "finished", 2)
    (finished.parent / "report.json").write_text("{}")
    make_run(folder, "going", 2)
    make_run(folder, "broken", 1).write_text('{"experiment": "broken", "recipe": {}, "curves": {}}')
    other = make_run(folder, "another-programs", 1)
    other.write_text('{"experiment": "", "recipe": {}, "curves": {"seconds": [1, 2]}}')
    make_run(folder, "no-text", 1).write_bytes(b"\xff")
    found = runs()
    assert set(found) == {"silent", "finished", "going"}
    now = time.time()
    assert [name for name, run in found.items() if run.going(now)] == ["going"]


def test_a_run_whose_report_is_shipped_is_one_and_another_of_its_name_one_more(folder):
    found = made_up.predictions()
    shipped = made_up.report("twice", found)
    made_up.write(folder, shipped, found)
    path = make_run(folder, "twice", shipped.epochs)
    both = {"twice", "twice (in the runs folder)"}
    assert set(opened("training").multiselect(key="runs").options) == both
    read = read_progress(path)
    # The curves of older reports were rounded otherwise.
    own = tuple(accuracy + 2e-6 for accuracy in shipped.curves["valid_accuracy"])
    alike = replace(read, curves={**read.curves, "valid_accuracy": own})
    path.write_text(alike.to_json())
    assert opened("training").multiselect(key="runs").options == ["twice"]


def test_a_run_that_vanishes_while_it_is_shown_gets_a_sentence(names, folder, monkeypatch):
    make_run(folder, "going", 3)
    # As if the folder went after each of the page's readings, before the fragment's.
    read = itertools.cycle([runs(), {}])
    monkeypatch.setattr(runs_store, "runs", lambda: next(read))
    at = opened("training", runs=["going"])
    assert "no longer in the runs folder" in text(at)


def test_the_address_of_a_run_that_goes_on_keeps_its_name(names, folder):
    make_run(folder, "going", 3)
    at = opened("training", runs=["going"])
    assert at.multiselect(key="runs").value == ["going"]
    assert "going is training: epoch 3 of 9" in at.success[0].value
    assert "Training now: going." in text(opened("training", runs=names[:1]))


def test_only_runs_on_augmented_faces_are_said_to_be(names, folder):
    found = made_up.predictions()
    for name, augment in (("plain", "none"), ("turned", "mild")):
        made = made_up.report(name, found, recipe={"arch": "compact_se", "augment": augment})
        made_up.write(folder, made, found)
    for shown, said in (
        (["plain"], "Faint lines: training."),
        (["turned"], "Faint lines: training, on augmented faces."),
        (["plain", "turned"], "Faint lines: training, that of turned on augmented faces."),
    ):
        assert said in text(opened("training", runs=shown))


@pytest.mark.parametrize(
    ("curve", "said"),
    [
        ("accuracy", "training, that of taught against teachers' answers too."),
        (
            "loss",
            "training, that of taught against teachers' answers too, that of smooth and weighed "
            "against smoothed labels, that of weighed weighted by class.",
        ),
    ],
)
def test_runs_that_learn_from_other_targets_are_named(folder, curve, said):
    recipes = {
        "taught": {"teachers": ["another"], "label_smoothing": 0.0},
        "smooth": {"teachers": [], "label_smoothing": 0.1},
        "weighed": {"label_smoothing": 0.1, "class_weights": True},
    }
    found = made_up.predictions()
    for name, recipe in recipes.items():
        made_up.write(folder, made_up.report(name, found, recipe=recipe), found)
    assert f"Faint lines: {said}" in text(opened("training", runs=list(recipes), curve=curve))


def test_a_recipe_says_which_epoch_was_kept_and_why_faces_were_left_out(names, folder):
    said = text(opened("training", runs=names[:1]))
    assert "Epoch 5 of 5 was the best." in said
    assert "10 left out because a validation or test face repeats them" in said


def test_runs_that_are_validated_otherwise_are_said_to_be(folder):
    found = made_up.predictions()
    recipes = {
        "labels": {"label_set": "fer2013"},
        "votes": {"label_set": "ferplus"},
        "apart": {"label_set": "fer2013", "resplit": True},
    }
    for name, recipe in recipes.items():
        made_up.write(folder, made_up.report(name, found, recipe=recipe), found)
    (said,) = [each.value for each in opened("training", runs=list(recipes)).warning]
    assert "labels by the data set's own labels; votes by the FER+ votes; apart by" in said
    alone = opened("training", runs=["votes"])
    assert not alone.warning
    subtitle = figure(alone, "Accuracy")["layout"]["title"]["subtitle"]["text"]
    assert subtitle == "validated by the FER+ votes"
