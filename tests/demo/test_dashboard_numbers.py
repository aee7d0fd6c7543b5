"""What the dashboard works out itself: time per face, several seeds, what a link passes on."""

import dataclasses

import made_up_reports as made_up
import numpy as np
import pytest
from dashboard_page import charts, figure, opened, text

from demo.board.judging import Judging, in_address
from demo.board.seeds import over_seeds
from demo.board.timing import ms_per_face

TINY = {"arch": "compact_se", "arch_args": {"widths": [8, 8, 8, 8]}}


def test_alike_networks_are_timed_once_and_what_is_none_not_at_all():
    found = made_up.predictions()
    reports = [
        made_up.report("one", found, recipe=TINY),
        made_up.report("twin", found, recipe={**TINY, "lr": 0.5}),
        made_up.report("mirrored", found, recipe={**TINY, "mirror_average": True}),
        made_up.report("tree", found, arch="hog + tree"),
    ]
    told: list[float] = []
    times = ms_per_face(reports, told.append)
    assert set(times) == {"one", "twin", "mirrored"}
    assert times["one"] == times["twin"] != times["mirrored"] and min(times.values()) > 0
    assert told == sorted(told) and told[-1] == 1


def test_seeds_of_one_recipe_have_a_mean_and_single_runs_and_those_on_other_data_none():
    found = made_up.predictions()

    def run(name, accuracy, **recipe):
        made = made_up.report(name, found, recipe={**TINY, **recipe})
        main = dataclasses.replace(made.main, accuracy=accuracy)
        return dataclasses.replace(made, main=main)

    reports = [run("a-0", 0.60, seed=0), run("a-1", 0.62, seed=1), run("b-0", 0.7, seed=0, lr=9)]
    (row,) = over_seeds(reports).to_dict("records")
    assert row["experiments"] == "a-0 … a-1" and row["seeds"] == 2
    assert row["all faces"] == f"61.00 ± {np.std([60, 62], ddof=1):.2f}%"
    assert row["seed by seed"] == "60.0, 62.0" and row["without repeated faces"].endswith("± 0.00%")
    assert over_seeds(reports[1:]).empty
    elsewhere = dataclasses.replace(reports[1].main, dataset="JAFFE")
    assert over_seeds([reports[0], dataclasses.replace(reports[1], main=elsewhere)]).empty


def test_a_link_says_only_what_its_page_would_not_do_by_itself(names):
    report = made_up.report("one", made_up.predictions())
    votes = next(e.judged_on for e in report.others if e.label_set == "ferplus")
    assert in_address("compare", report, Judging(report.main.judged_on, "all")) == {}
    assert in_address("inside", report, Judging(votes, "clean")) == {
        "inside_labels": "FER2013 FER+ majority",
        "inside_faces": "without repeated faces",
    }
    at = opened("overview", labels=votes, faces="without repeated faces", pick=[names[0], names[2]])
    link = at.get("page_link")[0].proto.query_string
    assert "compare_labels=FER2013+FER" in link and "compare_faces=without" in link


def test_what_is_no_network_is_not_drawn_against_parameters(names, folder):
    found = made_up.predictions()
    made_up.write(folder, made_up.report("tree", found, arch="hog + tree", params=127), found)
    at = opened("overview")
    drawn = [t for t in figure(at, "Accuracy against parameters")["data"] if t["mode"] == "markers"]
    assert sum(len(marks["x"]) for marks in drawn) == len(names)
    assert "1 that are not networks" in text(at)


@pytest.mark.parametrize(
    "page, asked, says",
    [
        ("overview", {"labels": "zz"}, "labels that is not here: zz"),
        ("overview", {"faces": "clean"}, "a choice of test faces that is not here: clean"),
        ("overview", {"pick": ["nope"]}, "an experiment that is not here: nope"),
        ("compare", {"compare_labels": "qqq"}, "labels that is not here: qqq"),
        ("compare", {"pair": "qqq"}, "a pair that is not here: qqq"),
        ("studies", {"report": "zz"}, "a report that is not here: zz"),
    ],
)
def test_what_a_link_asks_for_in_vain_is_said(names, folder, page, asked, says):
    assert any(says in each.value for each in opened(page, **asked).warning)


def test_a_model_without_errors_is_not_said_to_confuse_anything(folder):
    found = made_up.predictions(skill=100.0)
    made_up.write(folder, made_up.report("perfect", found), found)
    at = opened("compare", models=["perfect"])
    assert charts(at)[0].proto.alt == "Confusion matrix of perfect. Nothing is confused."
