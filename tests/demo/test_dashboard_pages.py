"""The dashboard's other pages, on made-up reports, without a browser."""

import base64
import dataclasses
import json

import made_up_reports as made_up
import numpy as np
import pandas as pd
import pytest
from dashboard_page import checked, face_cards, figure, opened, text

from demo.board.face_cards import Card, cards
from demo.board.reports_store import shelf
from demo.charts.matrices import row_per_cent
from fer_core.emotions import LABELS
from fer_core.fer2013 import SIDE, VOTE_NAMES
from fer_core.weights import FOLDER
from train.data import Split
from train.sources import load_dataset


def test_a_cell_shows_its_faces_the_most_confident_first(names):
    at = opened("inside", model=names[0], labelled="fear", answer="sad")
    matrix = np.array(shelf().reports[names[0]].main.confusion)
    n = matrix[LABELS.index("fear"), LABELS.index("sad")]
    assert f"**{n} of {matrix[LABELS.index('fear')].sum()}**" in text(at)
    shown = face_cards(at)
    assert shown.count("<li ") == min(n, 12)
    assert "add your own FER2013" in text(at)
    at.selectbox(key="answer").set_value("angry")
    assert face_cards(checked(at.run())) != shown


def test_a_face_that_is_nearly_certain_is_not_called_certain():
    probs = np.full(len(LABELS), 0.001)
    probs[3] = 0.996
    shown = cards([Card("a face", probs)])
    assert "&gt;99%" in shown and "&lt;1%" in shown
    assert ">100%<" not in shown and ">0%<" not in shown


@pytest.fixture
def fer2013(tmp_path):
    """A small fer2013.csv whose rows are those of the made-up predictions, and its votes."""
    found = made_up.predictions()
    n = len(found.rows)
    rng = np.random.default_rng(0)
    table = pd.DataFrame({"emotion": found.truth["fer2013"], "Usage": "PrivateTest"})
    table["pixels"] = [" ".join(map(str, rng.integers(0, 256, SIDE * SIDE))) for _ in range(n)]
    table.to_csv(tmp_path / "fer2013.csv", index=False)
    votes = pd.DataFrame(rng.integers(0, 5, (n, len(VOTE_NAMES))), columns=list(VOTE_NAMES))
    votes.assign(Usage="PrivateTest").to_csv(tmp_path / "fer2013new.csv", index=False)
    return tmp_path


def test_with_fer2013_the_faces_and_votes_are_shown(names, fer2013):
    at = opened("inside", model=names[0])
    at.text_input(key="fer2013_path").set_value(str(fer2013))
    body = face_cards(checked(at.run()))
    assert "data:image/png;base64," in body and "FER+ votes:" in body
    for path, said in (("/nowhere", "expected fer2013.csv or"), ("~no-one/f", "cannot be read")):
        at.text_input(key="fer2013_path").set_value(path)
        assert said in checked(at.run()).error[0].value


def test_an_uploaded_fer2013_goes_with_its_file(names, fer2013):
    at = opened("data")
    files = [(name, (fer2013 / name).read_bytes(), "text/csv") for name in ("fer2013.csv",)]
    at.file_uploader(key="fer2013_files").set_value(files)
    assert figure(checked(at.run()), "Labels of each split")
    at.switch_page("views/inside.py")
    assert "data:image/png;base64," in face_cards(checked(at.run()))  # it stays between the pages
    at.switch_page("views/data.py")
    assert figure(checked(at.run()), "Labels of each split")


def test_after_a_removal_or_a_broken_file_nothing_is_left_of_an_upload(names, fer2013):
    at = opened("data")
    data = (fer2013 / "fer2013.csv").read_bytes()
    for name, content in (("fer2013.csv", data), ("fer2013.csv", b"no table")):
        at.file_uploader(key="fer2013_files").set_value([(name, content, "text/csv")])
        assert bool(checked(at.run()).error) is (content != data)
        at.file_uploader(key="fer2013_files").set_value([])
        assert not checked(at.run()).error
        assert "add your own FER2013" in text(at)


@pytest.mark.parametrize("hosted", [True, False])
def test_a_public_host_takes_no_path_of_its_own(names, monkeypatch, hosted):
    if hosted:
        monkeypatch.setenv("SPACE_ID", "someone/fer-studio")
    at = opened("data")
    assert len(at.text_input) == (0 if hosted else 1)
    assert ("the machine that runs this page" in text(at)) is not hosted
    assert len(at.get("file_uploader")) == 1


def test_another_fer2013_is_not_taken_for_the_judged_one(names, fer2013):
    table = pd.read_csv(fer2013 / "fer2013.csv")
    table.assign(emotion=(table["emotion"] + 1) % 7).to_csv(fer2013 / "fer2013.csv", index=False)
    at = opened("inside", model=names[0])
    at.text_input(key="fer2013_path").set_value(str(fer2013))
    assert "other faces" in checked(at.run()).warning[0].value


def test_the_data_page_counts_and_maps_labels(names, fer2013):
    at = opened("data")
    shown = figure(at, "Test faces by label")["data"][0]
    matrix = np.array(shelf().reports[names[0]].main.confusion)
    assert shown["marker"]["color"][0].lower() == "#d55e00"
    maps = dict(at.table[-1].value.to_numpy())
    assert "NE (JAFFE)" in maps["neutral"].split("; ")
    assert {"unknown (FER+)", "NF (FER+)"} <= set(maps["left out"].split("; "))
    at.text_input(key="fer2013_path").set_value(str(fer2013))
    checked(at.run())
    own = figure(at, "Labels of each split")["data"][2]
    of_class = matrix.sum(1)
    assert values(own["customdata"]) == of_class.tolist() == values(shown["y"])
    assert values(own["y"]) == pytest.approx((100 * of_class / of_class.sum()).tolist())
    assert figure(at, "FER+ majority, % of row")


EDGES = (
    {},  # nobody answered
    {"happiness": 4, "sadness": 4, "NF": 2},  # the first of the two
    {"happiness": 5, "contempt": 5},  # the expression
    {"happiness": 4, "contempt": 6},
    {"happiness": 4, "sadness": 4, "unknown": 5},
    {"happiness": 3, "sadness": 3, "contempt": 2, "unknown": 2},
    {"neutral": 1, "NF": 1},
    {"NF": 10},
    {"fear": 10},
)


def test_the_data_page_and_training_take_the_same_for_the_ferplus_majority(names, tmp_path):
    rng = np.random.default_rng(0)
    votes = pd.DataFrame(3 * EDGES, columns=list(VOTE_NAMES)).fillna(0).astype(int)
    usage = np.repeat(["Training", "PublicTest", "PrivateTest"], len(EDGES))
    votes.assign(Usage=usage).to_csv(tmp_path / "fer2013new.csv", index=False)
    pixels = [" ".join(map(str, rng.integers(0, 256, SIDE * SIDE))) for _ in usage]
    table = pd.DataFrame({"emotion": np.arange(len(usage)) % 7, "pixels": pixels, "Usage": usage})
    table.to_csv(tmp_path / "fer2013.csv", index=False)
    data = load_dataset(str(tmp_path))
    faces = Split.joined([data.train, data.valid, data.test])
    assert len(faces) == len(usage)  # random pictures repeat nothing
    have = faces.vote_labels >= 0
    expected = np.zeros((7, 7))
    np.add.at(expected, (faces.labels[have], faces.vote_labels[have]), 1)
    at = opened("data")
    at.text_input(key="fer2013_path").set_value(str(tmp_path))
    shown = figure(checked(at.run()), "FER+ majority, % of row")
    cells = [float(each["text"]) for each in shown["layout"]["annotations"]]
    assert cells == pytest.approx(row_per_cent(expected).ravel(), abs=0.51)
    assert f"For {(~have).sum()} others, the votes have no majority" in text(at)


def values(column):
    """A figure's numbers, which Plotly may have packed."""
    if isinstance(column, dict):
        return np.frombuffer(base64.b64decode(column["bdata"]), column["dtype"]).tolist()
    return column


def test_the_studies_rows_come_with_ours_or_the_reason(names, folder):
    path = folder / "studies" / "rows.json"
    rows = json.loads(path.read_text())
    on = "FER2013 labels, PrivateTest"
    for row in rows:
        if row["experiment"] in ("lethesec-resnet18", "leeds-vgg16"):
            row.update(ours=0.75, interval=[0.73, 0.77], judged_on=on, report="reports/x.json")
            row.update(n=3589, reason="")
    path.write_text(json.dumps(rows))
    at = opened("studies", report="records")
    table = at.dataframe[0].value.set_index("experiment")
    assert table.loc["lethesec-resnet18", "difference"] == "+1.3 [-0.7, +3.3]"
    assert "still to train" in table.loc["khaireddin-vgg", "not run because"]
    assert figure(at, "records: published and ours")
    at = opened("studies", report="Leeds")
    table = at.dataframe[0].value.set_index("experiment")
    assert table.loc["leeds-vgg16", "published"] == pytest.approx(60.66)
    assert "difference" not in table
    at.button_group(key="data").set_value("JAFFE")
    reasons = checked(at.run()).dataframe[0].value["not run because"]
    assert reasons.str.contains("may not be passed on").all()


def test_without_rows_it_is_said_for_which_folder_they_are_written(names, folder, monkeypatch):
    (folder / "studies" / "rows.json").unlink()
    said = opened("studies").warning[0].value
    assert f"only into its own folder, {FOLDER}." in said and "train.tables" not in said
    monkeypatch.setattr("fer_core.weights.FOLDER", folder)
    assert "Write them: python -m train.tables" in opened("studies").warning[0].value


def test_every_row_has_its_line_and_its_whole_name_in_the_chart(names, folder):
    path = folder / "studies" / "rows.json"
    rows = json.loads(path.read_text())
    ran = dict(ours=0.6, interval=[0.58, 0.62], report="reports/x.json", n=9, reason="")
    twins = [each for each in rows if each["experiment"] in ("start-cnn-tree", "start-cnn-forest")]
    for judged_on, row in zip(("these", "those"), twins, strict=True):
        row.update(ran, judged_on=judged_on, changes=f"{'a long beginning ' * 4}{judged_on}")
    path.write_text(json.dumps(twins))
    at = opened("studies")
    drawn = figure(at, "Our accuracy")  # nothing is published beside it
    assert [trace["name"] for trace in drawn["data"]] == [
        "ours by these, 95% interval",
        "ours by those, 95% interval",
    ]
    heights = [height for trace in drawn["data"] for height in trace["y"]]
    assert len(set(heights)) == 2 and heights == drawn["layout"]["yaxis"]["tickvals"]
    written = drawn["layout"]["annotations"]
    whole = [name["text"].replace("<br>", " ") for name in written]
    assert whole == [row["changes"] for row in twins]
    # Each name stands above its own marks and under those of the row before.
    first, second = (name["y"] for name in written)
    assert first < heights[0] < second < heights[1]
    assert not {"published", "difference", "not run because"} & set(at.dataframe[0].value.columns)


def test_the_neighbours_curves_and_the_detectors(names, folder):
    found = made_up.predictions()
    for index, metric in enumerate(("euclidean", "cosine")):
        shares = tuple(0.3 + 0.01 * index - 0.001 * abs(k - 5) for k in range(1, 11))
        curves = {"k": tuple(range(1, 11)), "valid_accuracy": shares}
        made = made_up.report(f"knn-{metric}", found, epochs=0, curves=curves, arch="pixels + knn")
        made_up.write(folder, made, found)
    at = opened("studies", report="START")
    curves = [trace["name"] for trace in figure(at, "Nearest neighbours")["data"]]
    assert curves == ["knn-cosine, best with k = 5", "knn-euclidean, best with k = 5"]
    assert figure(at, "Time per photo")["data"][0]["name"] == "mtcnn"
    assert "knn-cosine" not in opened("training").multiselect(key="runs").options
    assert opened("overview").dataframe[0].value["experiment"].str.contains("knn").sum() == 2


def test_a_report_on_another_data_set_compares_with_nothing(names, folder):
    found = made_up.predictions()
    made = made_up.report("elsewhere", found)
    main = dataclasses.replace(made.main, dataset="JAFFE labels")
    made_up.write(folder, dataclasses.replace(made, main=main, others=()), found)
    at = opened("compare", models=[names[0], "elsewhere"])
    assert "judged on different faces" in text(at)
    assert "elsewhere" not in list(opened("overview").dataframe[0].value["experiment"])
