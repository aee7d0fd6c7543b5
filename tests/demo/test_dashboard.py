"""The dashboard's overview and comparison, on made-up reports, without a browser."""

import dataclasses
import json
import sys

import made_up_reports as made_up
import numpy as np
import pytest
from dashboard_page import DASHBOARD, PAGES, charts, checked, figure, opened, text
from streamlit.config import get_option

from demo.board.judging import SUBSETS
from demo.board.overview_table import published_best
from demo.board.reports_store import shelf
from demo.board.shipped import app_first, shipped_weights
from demo.charts.cost import Point, against_cost
from fer_core.emotions import LABELS
from fer_core.study import read_rows
from fer_core.weights import DEFAULT, FOLDER, list_weights, read_card


def test_no_module_stands_in_for_one_of_pythons():
    """`streamlit run` puts demo/ first on the path, for the whole server."""
    own = {path.stem for path in DASHBOARD.parent.iterdir() if not path.stem.startswith("_")}
    assert not own & sys.stdlib_module_names


def test_the_server_is_for_this_machine_alone():
    """The data page reads a path that its visitor names."""
    assert get_option("server.address") == "127.0.0.1"


@pytest.mark.parametrize("view", [view for view in PAGES if view != "attention"])
def test_without_reports_a_page_says_how_to_make_one_where_it_looks(folder, view):
    said = text(opened(view))
    assert "python -m train.run quick --data synthetic" in said
    assert f"python -m train.export runs/quick --name quick --to {folder}" in said


def test_without_reports_what_needs_none_is_shown(folder):
    assert dict(opened("data").table[-1].value.to_numpy())["neutral"] == "NE (JAFFE)"
    assert figure(opened("studies"), "Time per photo")


def test_the_overview_lists_every_experiment_the_best_first(names):
    at = opened("overview")
    table = at.dataframe[0].value
    assert list(table["experiment"]) == names[::-1]
    report = shelf().reports[names[-1]]
    assert table["accuracy"][0] == pytest.approx(100 * report.main.accuracy)


def test_weights_stand_beside_the_experiment_that_made_them():
    found = shipped_weights(FOLDER)
    assert sorted(each.name for each in found.values()) == sorted(list_weights())
    for experiment, each in found.items():
        card = read_card(each.name)
        assert card.recipe["experiment"] == experiment
        path = FOLDER / f"{each.name}.safetensors"
        assert each.megabytes == pytest.approx(path.stat().st_size / 1e6)


def test_the_apps_own_network_is_looked_at_first_then_others_at_hand():
    reports, at_hand = shelf().reports, shipped_weights(FOLDER)
    first, *others = app_first(reports, FOLDER)
    assert at_hand[first].name == DEFAULT
    assert sorted([first, *others]) == sorted(reports)
    for group in (others[: len(at_hand) - 1], others[len(at_hand) - 1 :]):
        assert len({name in at_hand for name in group}) == 1
        accuracies = [reports[name].main.accuracy for name in group]
        assert accuracies == sorted(accuracies, reverse=True)


def test_the_overview_filters_and_switches_the_labels(names):
    at = opened("overview")
    own = list(at.dataframe[0].value["accuracy"])
    at.text_input(key="find").set_value("up-003")
    checked(at.run())
    assert list(at.dataframe[0].value["experiment"]) == [names[3]]
    at.text_input(key="find").set_value("")
    at.selectbox(key="labels").set_value("FER2013 FER+ majority, PrivateTest")
    checked(at.run())
    assert list(at.dataframe[0].value["accuracy"]) != own
    at.text_input(key="find").set_value("nothing like it")
    assert "No experiment fits" in text(checked(at.run()))


def test_figures_of_other_test_faces_stand_apart(names, folder):
    found = made_up.predictions()
    made = made_up.report("divided-anew", found)
    main = dataclasses.replace(made.main, split="its own tenth")
    made_up.write(folder, dataclasses.replace(made, main=main, others=()), found)
    at = opened("overview")
    assert set(at.dataframe[0].value["experiment"]) == set(names)
    at.selectbox(key="labels").set_value("FER2013 labels, its own tenth")
    assert list(checked(at.run()).dataframe[0].value["experiment"]) == ["divided-anew"]
    at = opened("compare", models=[names[0], "divided-anew"])
    assert "judged on different faces" in text(at)


def test_published_figures_stand_beside_those_of_the_same_faces():
    rows = read_rows(FOLDER / "studies" / "rows.json")
    on_private_test = published_best(rows, "FER2013 labels, PrivateTest")
    assert on_private_test == {"records": 0.7370}  # UNT's, Leeds's and USTH's are of other faces
    assert published_best(rows, "FER2013 labels, PublicTest") == {"records": 0.7328}


def test_the_address_brings_a_view_back(names):
    at = opened(
        "overview",
        find="made-up",
        sort="parameters",
        faces="without repeated faces",
        pick=[names[0], names[2]],
    )
    clean = shelf().reports[names[0]].others[0]
    assert at.dataframe[0].value["faces"][0] == clean.n
    assert at.selectbox(key="sort").value == "parameters"
    assert list(at.dataframe[0].value["experiment"]) == names
    assert at.get("page_link")[0].proto.query_string.count("models=") == 2
    traces = [t.get("name") for t in figure(at, "Accuracy against parameters")["data"]]
    assert traces[-2:] == [names[0], names[2]]


def test_time_per_face_is_measured_when_asked(names):
    at = opened("overview")
    assert at.dataframe[0].value["ms per face"].isna().all()
    at.button[0].click()
    checked(at.run())
    assert (at.dataframe[0].value["ms per face"] > 0).all()
    at.button_group(key="against").set_value("time per face")
    checked(at.run())
    assert figure(at, "Accuracy against time per face")


def test_the_front_is_on_the_chart(names):
    """Each made-up model is larger and better than the one before, so all are on the front."""
    data = figure(opened("overview"), "Accuracy against parameters")["data"]
    assert any("front" in trace.get("name", "") for trace in data)
    assert not any(trace.get("name") == "other experiments" for trace in data)


@pytest.mark.parametrize(
    ("labels", "faces", "studies", "says"),
    [
        ("labels", "all", True, "Dotted: the best figure that each source published, and how"),
        ("labels", "all", False, "Dotted: how often a person agrees with the labels ({}).\n"),
        ("labels", "clean", False, "({}); on all test faces, including the repeated ones."),
        ("FER+ majority", "all", True, ""),
    ],
)
def test_the_lines_that_are_drawn_are_explained(names, folder, labels, faces, studies, says):
    if not studies:
        (folder / "studies" / "rows.json").unlink()
    said = text(opened("overview", labels=f"FER2013 {labels}, PrivateTest", faces=SUBSETS[faces]))
    says = says.format("Goodfellow et al. 2013")
    assert says in said if says else "Dotted" not in said


def test_lines_close_together_share_a_place():
    points = [Point("a", 0.124446, 30.0, (29, 31), True, False)]
    lines = {"one": 60.2, "a person": 65.0, "another": 64.07}
    drawn = against_cost(points, lines, "", "")
    found = drawn.layout.annotations
    assert [each.text for each in found] == ["a person<br>another", "one"]
    assert found[0].y == 65.0  # above both
    assert drawn.data[0].customdata[0][-1] == "0.1244"  # no thousandths of a thousand


def test_each_of_many_ticked_experiments_has_a_mark_of_its_own():
    points = [Point(f"p{i}", 1 + i, 50.0, (49, 51), False, True) for i in range(9)]
    drawn = against_cost(points, {}, "", "").data
    assert len({(each.marker.color, each.marker.symbol) for each in drawn}) == len(points)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"macro_f1": None}, "lacks the field 'macro_f1'"),
        ({"confusion": [[1] * 7] * 7}, "adds up to 49"),
        ({"confusion": [[1] * 6] * 7}, "not 7x7"),
        ({"accuracy": "high"}, "not a number"),
        ({"params": "many"}, "not a number"),
        ({"params": 10**400}, "is not a report"),
        ({"n": "400"}, "not a number: '400'"),
        ({"labels": ["angry"]}, "labels are not"),
        ({"per_class": {}}, "lacks the field 'angry'"),
        ({"left_out": "some"}, "not a number"),
        ({"recipe": [1]}, "recipe is not a table of settings"),
        ({"experiment": "other"}, "of the experiment 'other'"),
        ({"curves": 3}, "is not a report"),
        ({"curves": {}}, "lacks the field 'train_loss'"),
        ({"epochs": 6}, "curves do not have 6 epochs"),
        ({"subset": 5}, "a name in it is not text"),
        ({"arch": 5}, "a name in it is not text"),
        ({"split": []}, "a name in it is not text"),
    ],
)
def test_a_bad_report_is_named_and_the_rest_works(names, folder, changes, says):
    made_up.spoil(folder / "reports" / f"{names[0]}.json", **changes)
    at = opened("overview")
    said = at.warning[0].value.replace("\\", "")
    assert says in said and names[0] in said
    assert list(at.dataframe[0].value["experiment"]) == names[:0:-1]


def test_a_file_that_is_no_json_is_named(names, folder):
    (folder / "reports" / "broken.json").write_text("{")
    assert "broken.json" in opened("overview").warning[0].value


def test_compare_shows_both_models_as_their_reports_say(names):
    at = opened("compare", models=names[:2])
    for name in names[:2]:
        matrix = np.array(shelf().reports[name].main.confusion)
        shown = [
            float(each["text"]) for each in figure(at, f"{name}: % of row")["layout"]["annotations"]
        ]
        expected = 100 * matrix / matrix.sum(1, keepdims=True)
        assert np.array(shown) == pytest.approx(expected.ravel(), abs=0.51)
    bars = figure(at, "Recall by expression")["data"]
    assert [bar["name"] for bar in bars] == names[:2]
    ticks = figure(at, "Recall by expression")["layout"]["xaxis"]["ticktext"]
    assert ticks == [f"{label}<br>{n}" for label, n in zip(LABELS, matrix.sum(1), strict=True)]
    assert "McNemar's exact test" in text(at)


def test_compare_switches_labels_metric_threshold_and_unit(names):
    at = opened("compare", models=names)
    assert len(at.selectbox(key="pair").options) == 6
    before = figure(at, f"{names[0]}: % of row")["layout"]["annotations"]
    at.button_group(key="compare_labels").set_value("FER2013 FER+ majority")
    at.button_group(key="unit").set_value("faces")
    at.button_group(key="figure").set_value("f1")
    at.slider(key="unsure").set_value(90)
    checked(at.run())
    assert figure(at, f"{names[0]}: faces")["layout"]["annotations"] != before
    assert figure(at, "F1 by expression") and figure(at, "Difference in faces")
    assert "With unsure below 90 per cent" in charts(at)[6].proto.alt
    report = shelf().reports[names[0]]
    (judged,) = [e for e in report.others if (e.label_set, e.subset) == ("ferplus", "all")]
    annotations = figure(at, f"{names[0]}: faces")["layout"]["annotations"]
    shown = [int(each["text"]) for each in annotations]
    assert shown == list(np.array(judged.confusion).ravel())


def test_charts_and_their_files_say_of_which_labels_and_faces_they_are(names):
    at = opened("compare", models=names[:2], compare_faces="without repeated faces")
    drawn = figure(at, "Difference in points")["layout"]["title"]["subtitle"]["text"]
    of = "FER2013 labels, PrivateTest, without repeated faces"
    assert drawn.replace("<br>", " ") == f"{names[0]} minus {names[1]}; {of}"
    for chart in charts(at):
        name = json.loads(chart.proto.config)["toImageButtonOptions"]["filename"]
        assert name.endswith("fer2013-labels-privatetest-without-repeated-faces")
    at = opened("inside", model=names[0])
    shown = figure(at, "Per cent of the row")["layout"]["title"]["subtitle"]["text"]
    assert shown.replace("<br>", " ") == f"{names[0]}; FER2013 labels, PrivateTest, all faces"


@pytest.mark.parametrize(
    ("learned", "judged", "apart"),
    [("ferplus", "clear", False), ("ferplus", "labels", True), ("fer2013", "labels", False)],
)
def test_who_learned_from_other_labels_is_named(folder, learned, judged, apart):
    found = made_up.predictions()
    made = made_up.report("voter", found)
    every = dict(made.by)
    clear = dataclasses.replace(
        every["ferplus", "all"], label_set="ferplus-clear", dataset="FER2013 clear"
    )
    main = every.pop((learned, "all"))
    made_up.write(
        folder, dataclasses.replace(made, main=main, others=(*every.values(), clear)), found
    )
    said = text(opened("compare", models=["voter"], compare_labels=f"FER2013 {judged}"))
    assert ("voter learned from other labels than these" in said) is apart


@pytest.mark.parametrize("costs", [[9e6, 9e6], [2.2e6, 3e6], [31, 5e6]])
def test_the_axis_of_costs_has_a_tick_in_sight(costs):
    points = [Point(f"{cost}", cost, 60.0, (59, 61), True, False) for cost in costs]
    axis = against_cost(points, {}, "", "").layout.xaxis
    low, high = (10**end for end in axis.range)
    assert any(low < tick < high for tick in axis.tickvals)


def test_a_model_that_leads_nowhere_is_said_to_lead_for_no_expression(folder):
    found = made_up.predictions()
    for name in ("one", "twin"):
        made_up.write(folder, made_up.report(name, found), found)
    at = opened("compare", models=["one", "twin"])
    assert charts(at)[-1].proto.alt.endswith("one is ahead for no expression.")


def test_compare_goes_on_without_predictions_and_with_unequal_numbers_of_faces(names, folder):
    (folder / "reports" / f"{names[0]}.npz").unlink()
    fewer = made_up.report(names[1], made_up.predictions(faces=300))
    (folder / "reports" / f"{names[1]}.json").write_text(fewer.to_json())
    at = opened("compare", models=names[:3], unit="faces")
    assert "cannot be read" in at.warning[0].value
    assert "does not belong to its report" in at.warning[1].value
    assert figure(at, f"{names[0]}: faces") and figure(at, "Reliability")
    assert figure(at, "Difference in points")
