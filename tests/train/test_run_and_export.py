"""A run's files, and the way from a run to weights that the pipeline takes."""

import dataclasses
import json
import shutil

import numpy as np
import pytest

from fer_core import FerError
from fer_core.device import choose_device
from fer_core.judged import Judged
from fer_core.progress import PROGRESS, Progress, read_progress
from fer_core.report import EvalReport, ReportError, read_predictions, read_report
from fer_core.weights import list_weights, load_classifier, read_card
from train.config import ClassicalRecipe, Experiment, Recipe
from train.data import Split
from train.errors import RunError
from train.evaluate import data_name, evaluate, judge
from train.experiments import EXPERIMENTS
from train.export import export, export_report, has_weights_to_ship
from train.files import BEST, CHECKPOINT, LOCK, PREDICTIONS, REPORT
from train.finished import is_of
from train.machine import Machine
from train.run import run
from train.splits import restratified

CPU = Machine(choose_device("cpu"))
NAMES = {"dataset": "drawn labels", "label_set": "fer2013", "split": "test", "subset": "all"}


@pytest.fixture(scope="module", params=["float32", "bfloat16"])
def finished(request, tiny_data, tmp_path_factory):
    """A run trained in either format; it is judged as it ships, in float32."""
    folder = tmp_path_factory.mktemp("run")
    recipe = Recipe(
        "compact_se", {"widths": [8, 16], "depths": [1, 1]}, epochs=2, batch_size=14, lr=0.05
    )
    run(Experiment("tiny", recipe), tiny_data, folder, Machine(choose_device("cpu", request.param)))
    return folder


def test_a_run_leaves_its_files(finished):
    names = {path.name for path in finished.iterdir()}
    assert names == {BEST, CHECKPOINT, LOCK, PREDICTIONS, PROGRESS, REPORT, "tensorboard"}
    assert list((finished / "tensorboard").glob("events*"))


def test_the_report_agrees_with_itself_and_survives_json(finished):
    report = read_report(finished / REPORT)
    assert EvalReport.from_json(report.to_json(), "here") == report
    for evaluation in report.evaluations:
        matrix = np.array(evaluation.confusion)
        assert matrix.sum() == evaluation.n
        assert np.trace(matrix) / evaluation.n == pytest.approx(evaluation.accuracy)
        assert evaluation.interval[0] <= evaluation.accuracy <= evaluation.interval[1]
    found = {(e.label_set, e.subset, e.n) for e in report.evaluations}
    assert found == {
        *{(labels, "all", 21) for labels in ("fer2013", "ferplus")},
        *{(labels, "clean", 14) for labels in ("fer2013", "ferplus")},
        *{("ferplus-clear", "all", 14), ("ferplus-clear", "clean", 7)},
    }
    assert len(report.curves["train_loss"]) == report.epochs == 2
    progress = read_progress(finished / PROGRESS)
    assert progress == Progress(report.experiment, report.recipe, report.curves)


def test_exported_weights_give_the_reported_predictions(finished, tiny_data, tmp_path):
    export(finished, "tiny", tmp_path)
    card = read_card("tiny", tmp_path)
    probs = load_classifier(card, CPU.choice, tmp_path)(tiny_data.test.images)
    kept = np.load(tmp_path / "reports" / "tiny.npz")
    assert np.array_equal(probs.astype(np.float16), kept["probs"])
    assert kept["row"].tolist() == tiny_data.test.rows.tolist()
    again = evaluate(probs, tiny_data, "PrivateTest")
    assert card.metrics["fer2013"].accuracy == round(again[0].accuracy, 6)
    assert {"mtcnn", "haar"} <= set(card.crop)


def test_what_the_recipe_says_of_split_and_input_comes_through(recipe, tiny_data, tmp_path):
    unusual = dataclasses.replace(recipe, epochs=1, resplit=True, mirror_average=True)
    run(Experiment("tiny", unusual), tiny_data, tmp_path / "run", CPU)
    expected = restratified(tiny_data)
    report = read_report(tmp_path / "run" / REPORT)
    assert report.main.split == expected.split_names[2] != tiny_data.split_names[2]
    assert report.main.n == len(expected.test) != len(tiny_data.test)
    card = export(tmp_path / "run", "tiny", tmp_path)
    assert card.input.mirror_average and read_card("tiny", tmp_path).input.mirror_average


def test_a_card_names_the_teachers(finished, tmp_path):
    report = read_report(finished / REPORT)
    taught = {**report.recipe, "teachers": ["one", "two"], "teacher_share": 0.75}
    (tmp_path / "run").mkdir()
    for name in (BEST, PREDICTIONS):
        (tmp_path / "run" / name).write_bytes((finished / name).read_bytes())
    text = dataclasses.replace(report, recipe=taught).to_json()
    (tmp_path / "run" / REPORT).write_text(text)
    card = export(tmp_path / "run", "tiny", tmp_path)
    assert "and, 75% of each target, what one and two answered, " in card.trained_on


def test_a_run_on_other_faces_takes_no_other_reports_place(finished, tiny_experiment, tmp_path):
    (tmp_path / "run").mkdir()
    for name in (BEST, PREDICTIONS):
        (tmp_path / "run" / name).write_bytes((finished / name).read_bytes())
    report = read_report(finished / REPORT)
    main = dataclasses.replace(report.main, dataset="my faces labels")
    mine = dataclasses.replace(report, main=main, others=())
    (tmp_path / "run" / REPORT).write_text(mine.to_json())
    export_report(finished, tmp_path)
    with pytest.raises(RunError, match=r"tiny\.json is a report on drawn, which one on my faces"):
        export_report(tmp_path / "run", tmp_path)
    with pytest.raises(RunError, match="would replace"):
        export(tmp_path / "run", "mine", tmp_path)
    with pytest.MonkeyPatch.context() as patch:
        declared = dataclasses.replace(tiny_experiment, data="drawn")
        patch.setitem(EXPERIMENTS, "tiny", declared)
        card = export(tmp_path / "run", "mine", tmp_path)
    assert read_report(tmp_path / card.report).experiment == "mine"
    assert data_name(read_report(tmp_path / "reports" / "tiny.json").main) == "drawn"
    assert list_weights(tmp_path) == ["mine"]


def test_weights_keep_the_report_that_their_figures_are_from(finished, tmp_path):
    export(finished, "shipped", tmp_path)
    there = (tmp_path / "reports" / "tiny.json").read_bytes()
    with pytest.raises(RunError, match="is the report of the weights shipped"):
        export_report(finished, tmp_path)
    card = export(finished, "mine", tmp_path)
    assert (tmp_path / "reports" / "tiny.json").read_bytes() == there
    assert read_report(tmp_path / card.report).experiment == "mine"
    assert export(finished, "shipped", tmp_path).report == "reports/tiny.json"


def test_a_recipe_of_too_few_steps_is_told(recipe, tiny_data, tmp_path, capsys):
    one = Experiment("tiny", dataclasses.replace(recipe, epochs=1, batch_size=35))
    run(one, tiny_data, tmp_path / "run", CPU)
    assert "70 faces in batches of 35 make 2 steps in all" in capsys.readouterr().err


def test_a_run_of_a_recipe_that_is_no_more_is_not_exported(finished, tmp_path):
    (tmp_path / "run").mkdir()
    for name in (BEST, PREDICTIONS):
        (tmp_path / "run" / name).write_bytes((finished / name).read_bytes())
    report = read_report(finished / REPORT)
    old = dataclasses.replace(report, recipe={**report.recipe, "colour": "blue"})
    (tmp_path / "run" / REPORT).write_text(old.to_json())
    with pytest.raises(RunError, match=r"recipe that cannot be declared any more: .*colour"):
        export(tmp_path / "run", "tiny", tmp_path)


def test_an_unfinished_run_is_not_exported(tmp_path):
    with pytest.raises(FerError, match="finish the run"):
        export(tmp_path, "x", tmp_path)


def test_a_second_run_does_not_overwrite_the_first(finished, tiny_data, tiny_experiment):
    with pytest.raises(FerError, match="--resume"):
        run(tiny_experiment, tiny_data, finished, CPU)


@pytest.mark.parametrize("spoil", [lambda d: d.pop("ece"), lambda d: d.update(confusion=3)])
def test_a_spoiled_report_is_refused(finished, spoil):
    values = json.loads((finished / REPORT).read_text())
    spoil(values)
    with pytest.raises(ReportError, match="here"):
        EvalReport.from_json(json.dumps(values), "here")
    with pytest.raises(ReportError):
        EvalReport.from_json("[]", "here")


def test_another_data_sets_licence_is_its_own(tiny_experiment, tiny_data, tmp_path):
    elsewhere = dataclasses.replace(tiny_data, name="RAF-DB")
    run(tiny_experiment, elsewhere, tmp_path / "run", CPU)
    card = export(tmp_path / "run", "tiny", tmp_path)
    assert card.licence == "MIT for the weights; images: by RAF-DB's own terms"
    assert card.trained_on.startswith("RAF-DB, its labels")


def test_weights_that_began_as_published_ones_say_so(finished, recipe, tmp_path, monkeypatch):
    first = Experiment("first", dataclasses.replace(recipe, start_from="imagenet"))
    monkeypatch.setitem(EXPERIMENTS, "first", first)
    report = read_report(finished / REPORT)
    begun = dataclasses.replace(report, recipe={**report.recipe, "start_from": "first"})
    monkeypatch.setattr("train.export.read_report", lambda path: begun)
    card = export(finished, "tiny", tmp_path)
    assert card.licence.startswith("MIT for the weights, which began as published ImageNet weights")


@pytest.mark.parametrize("name", ["default", "../evil", "a b/c", "", ".hidden"])
def test_names_that_no_weights_can_have(finished, tmp_path, name):
    with pytest.raises(FerError, match="cannot be called"):
        export(finished, name, tmp_path / "weights")
    assert not list(tmp_path.rglob("*.json"))


@pytest.mark.parametrize(("about", "published"), [("drawn", 0.7), ("FER2013", 0.0)])
def test_a_published_figure_is_of_the_data_that_it_was_published_for(
    recipe, tiny_data, tmp_path, about, published
):
    mine = Experiment("mine", dataclasses.replace(recipe, epochs=1), data=about, published=0.7)
    run(mine, tiny_data, tmp_path, CPU)
    assert read_report(tmp_path / REPORT).published == published


def test_each_figure_of_a_judgement_by_hand():
    truth = np.array([0, 0, 0, 0, 1, 1])
    predicted = np.eye(7, dtype=np.float32)[[0, 1, 1, 1, 1, 0]]
    judged = judge(Judged(np.arange(6), predicted, truth), **NAMES)
    assert judged.confusion[:2] == ((1, 3, 0, 0, 0, 0, 0), (1, 1, 0, 0, 0, 0, 0))
    assert (judged.n, judged.accuracy) == (6, 2 / 6)
    assert judged.per_class["angry"] == {
        "precision": 0.5,
        "recall": 0.25,
        "f1": pytest.approx(1 / 3),
        "n": 4,
    }
    assert judged.per_class["disgust"] == {
        "precision": 0.25,
        "recall": 0.5,
        "f1": pytest.approx(1 / 3),
        "n": 2,
    }
    assert judged.per_class["fear"] == {"precision": 0, "recall": 0, "f1": 0, "n": 0}
    # Wilson's interval of 2 in 6, by his formula.
    z, n, p = 1.96, 6, 2 / 6
    middle = (p + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z / (1 + z**2 / n) * (p * (1 - p) / n + z**2 / (4 * n**2)) ** 0.5
    assert judged.interval == pytest.approx((middle - half, middle + half), abs=1e-3)


def test_classes_without_faces_are_not_in_the_mean():
    truth = np.array([0, 1, 1, 3, 4])
    faces = Judged(np.arange(5), np.eye(7, dtype=np.float32)[truth], truth)
    judged = judge(faces, **NAMES)
    assert judged.accuracy == judged.macro_f1 == 1


def test_a_method_without_weights_has_only_its_report_to_ship(finished, tmp_path):
    run = tmp_path / "run"
    shutil.copytree(finished, run, ignore=shutil.ignore_patterns(BEST))
    with pytest.raises(FerError, match=r"no weights to ship.*--report-only"):
        export(run, "tiny", tmp_path)


def test_large_weights_are_not_shipped(finished, tmp_path, monkeypatch):
    assert has_weights_to_ship(finished)
    monkeypatch.setattr("train.export.MAX_BYTES", 1000)
    assert not has_weights_to_ship(finished)
    with pytest.raises(FerError, match="--report-only"):
        export(finished, "tiny", tmp_path)
    assert not list(tmp_path.iterdir())


def test_a_subset_without_faces_is_not_judged(tiny_data):
    seen = dataclasses.replace(tiny_data, clean_test=np.zeros(21, bool))
    probs = np.full((21, 7), 1 / 7, np.float32)
    assert {e.subset for e in evaluate(probs, seen, "PrivateTest")} == {"all"}


def test_of_classes_that_are_alike_as_stored_the_first_is_the_answer(tiny_data):
    probs = np.zeros((21, 7), np.float32)
    probs[:, [2, 5]] = 0.49999, 0.50001
    judged, *_ = evaluate(probs, tiny_data, "PrivateTest")
    assert np.sum(judged.confusion, axis=0).tolist() == [0, 0, 21, 0, 0, 0, 0]


def test_votes_that_are_not_there_cannot_be_learned(recipe, tiny_data, tmp_path):
    train = Split.labelled(tiny_data.train.images, tiny_data.train.labels)
    unvoted = dataclasses.replace(tiny_data, train=train)
    experiment = Experiment("tiny", dataclasses.replace(recipe, label_set="ferplus"))
    with pytest.raises(FerError, match="drawn has no FER\\+ votes"):
        run(experiment, unvoted, tmp_path / "run", CPU)
    assert not (tmp_path / "run").exists()


def test_whose_report_it_is(finished, tiny_data):
    report = read_report(finished / REPORT)
    # As a report from before recipes had this field.
    old = dict(report.recipe)
    del old["plateau_on"]
    theirs = Experiment("tiny", Recipe(**old), data="drawn")
    assert is_of(dataclasses.replace(report, recipe=old), theirs)
    assert not is_of(report, dataclasses.replace(theirs, data="FER2013"))
    longer = dataclasses.replace(theirs.recipe, epochs=3)
    assert not is_of(report, dataclasses.replace(theirs, recipe=longer))
    assert not is_of(report, dataclasses.replace(theirs, recipe=ClassicalRecipe("forest")))
    renamed = {**report.recipe, "augment": "a name that there was"}
    assert not is_of(dataclasses.replace(report, recipe=renamed), theirs)


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"not a zip archive"], ids=repr)
def test_files_that_are_no_reports_are_named(tmp_path, content):
    (tmp_path / "report.json").write_bytes(content)
    (tmp_path / "report.npz").write_bytes(content)
    with pytest.raises(ReportError, match=r"report\.json"):
        read_report(tmp_path / "report.json")
    with pytest.raises(ReportError, match=r"report\.npz"):
        read_predictions(tmp_path / "report.npz")


def test_an_array_alone_is_no_predictions(tmp_path):
    with (tmp_path / "report.npz").open("wb") as file:
        np.save(file, np.zeros(3))
    with pytest.raises(ReportError, match="does not hold predictions"):
        read_predictions(tmp_path / "report.npz")
