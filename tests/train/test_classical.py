"""A classical method's run: what it fits, chooses and reports."""

import dataclasses
import json

import numpy as np
import pytest

from fer_core import FerError
from fer_core.device import choose_device
from fer_core.report import EvalReport, read_report
from fer_core.weights import read_card
from train.config import ClassicalRecipe, Experiment
from train.files import CHECKPOINT, PREDICTIONS, REPORT
from train.machine import Machine
from train.metrics import accuracy
from train.run import run

CPU = Machine(choose_device("cpu"))


def finish(recipe, data, folder):
    mine = Experiment("tiny", recipe, changes="a test", data="drawn", published=0.5)
    run(mine, data, folder, CPU)
    return read_report(folder / REPORT), np.load(folder / PREDICTIONS)


def test_a_run_chooses_on_validation_and_reports_the_test(tiny_data, tmp_path):
    recipe = ClassicalRecipe("knn", {"metric": "cosine", "max_k": 9})
    report, kept = finish(recipe, tiny_data, tmp_path)
    assert EvalReport.from_json(report.to_json(), "here") == report
    assert (report.experiment, report.published) == ("tiny", 0.5)
    assert report.source.endswith("a test")
    assert (report.epochs, report.best_epoch, report.params) == (0, 0, 0)
    assert report.curves["k"] == tuple(range(1, 10))
    best = report.curves["k"][int(np.argmax(report.curves["valid_accuracy"]))]
    assert report.recipe == {**json.loads(recipe.to_json()), "chosen": {"k": best}}
    votes = kept["probs"].astype(float) * best
    assert np.allclose(votes, votes.round(), atol=0.01)  # shares of just so many voters
    assert kept["row"].tolist() == tiny_data.test.rows.tolist()
    assert report.main.accuracy == pytest.approx(accuracy(kept["probs"], tiny_data.test.labels))
    found = {(e.label_set, e.subset, e.n) for e in report.evaluations}
    both = {(s, *n) for s in ("fer2013", "ferplus") for n in (("all", 21), ("clean", 14))}
    assert found == both | {("ferplus-clear", "all", 14), ("ferplus-clear", "clean", 7)}


def test_it_learns_and_chooses_from_those_faces_that_have_an_answer(partly_voted, tmp_path):
    data = dataclasses.replace(partly_voted, valid=partly_voted.train)
    recipe = ClassicalRecipe("knn", {"max_k": 9}, label_set="ferplus")
    report, _ = finish(recipe, data, tmp_path)
    assert report.training_faces == data.train.clear.sum() < 70
    # Each face that is chosen by is its own nearest neighbour.
    assert report.curves["valid_accuracy"][0] == 1
    assert report.recipe["chosen"] == {"k": 1} and report.main.accuracy < 1


@pytest.mark.parametrize(
    ("recipe", "lowest"),
    [
        (ClassicalRecipe("naive-net", {"hidden": [64], "batch_size": 10, "epochs": 40}), 0.25),
        (ClassicalRecipe("tree", {"max_depth": 6}, "hog"), 0.25),
        (ClassicalRecipe("forest", {"trees": 20}, "hog", "ferplus", seed=3), 0.4),
    ],
)
def test_each_method_beats_chance_on_drawn_faces(tiny_data, tmp_path, recipe, lowest):
    report, _ = finish(recipe, tiny_data, tmp_path)
    assert report.main.accuracy > lowest and report.main.label_set == recipe.label_set
    assert report.arch == f"{recipe.features_from} + {recipe.method}"
    assert report.params > 0 and report.seeds == (recipe.seed,) and report.training_faces == 70


def test_features_of_shipped_weights(tiny_data, tmp_path):
    report, kept = finish(
        ClassicalRecipe("tree", {"max_depth": 3}, "compact-fer2013"), tiny_data, tmp_path
    )
    network = read_card("compact-fer2013").params
    assert network < report.params <= network + 15  # with the nodes of a tree that deep
    assert report.recipe["chosen"]["depth"] in report.curves["depth"] == (1, 2, 3)
    assert len(np.unique(kept["probs"], axis=0)) <= 8  # the leaves of a tree that deep
    with pytest.raises(FerError, match="no-such"):
        finish(ClassicalRecipe("tree", {}, "no-such"), tiny_data, tmp_path / "other")
    kin = dataclasses.replace(tiny_data, name="FER2013")  # of which the network left out others
    with pytest.raises(FerError, match="network of the features, compact-fer2013, was trained on"):
        finish(ClassicalRecipe("tree", {}, "compact-fer2013"), kin, tmp_path / "other")


def test_a_second_run_does_not_overwrite_the_first(tiny_data, tmp_path):
    recipe = ClassicalRecipe("knn", {"max_k": 1})
    finish(recipe, tiny_data, tmp_path)
    with pytest.raises(FerError, match="--out"):
        finish(recipe, tiny_data, tmp_path)


def test_another_run_is_not_taken_for_its_own(tiny_data, tmp_path):
    finish(ClassicalRecipe("knn", {"max_k": 1}), tiny_data, tmp_path)
    again = Experiment("mine", ClassicalRecipe("knn", {"max_k": 1}))
    assert run(again, tiny_data, tmp_path, CPU, resume=True)
    for folder, experiment in (
        (tmp_path, Experiment("mine", ClassicalRecipe("knn", {"max_k": 2}))),
        (tmp_path / "network", again),
    ):
        folder.mkdir(exist_ok=True)
        if experiment is again:
            (folder / CHECKPOINT).write_text("")
        with pytest.raises(FerError, match="another recipe or data set"):
            run(experiment, tiny_data, folder, CPU, resume=True)


def test_an_unknown_method_names_the_known_ones(tiny_data, tmp_path):
    with pytest.raises(FerError, match="naive-net"):
        finish(ClassicalRecipe("svm"), tiny_data, tmp_path)
