import re
from dataclasses import replace

import pytest

from fer_core import FerError
from fer_core.emotions import LABELS
from fer_core.fer2013 import BY_ITS_LABELS
from fer_core.report import read_report
from fer_core.study import read_rows
from fer_core.weights import FOLDER, list_weights, read_card
from train.config import Experiment, Recipe
from train.evaluate import data_name
from train.experiments import EXPERIMENTS
from train.finished import is_of
from train.study_tables import study_row
from train.tables import figures_table, tables, with_table
from train.trained_table import _apart, trained


def test_the_written_tables_are_those_of_the_reports():
    for path, text in tables().items():
        assert path.read_text(encoding="utf-8") == text, "run: python -m train.tables"


def test_a_study_of_ones_own_has_its_table_after_the_others(monkeypatch):
    recipe = Recipe("compact", epochs=9)
    monkeypatch.setitem(EXPERIMENTS, "mine", Experiment("mine", recipe, "Mine", "first", "a row"))
    page = tables()[FOLDER / "reports" / "README.md"]
    headings = [line for line in page.splitlines() if line.startswith("## ")]
    assert headings[-1] == "## Mine"


def test_a_readme_without_marks_is_refused():
    with pytest.raises(FerError, match="marks"):
        with_table("# nothing")


def test_every_experiment_has_its_row():
    rows = {row.experiment: row for row in read_rows(FOLDER / "studies" / "rows.json")}
    drawn = {name for name, e in EXPERIMENTS.items() if e.data == "synthetic"}
    assert rows.keys() - {""} == EXPERIMENTS.keys() - drawn
    for row in rows.values():
        assert bool(row.report) == bool(row.ours) == bool(row.clean) == bool(row.n)
        assert bool(row.report) != bool(row.reason)
    # Leeds prints this as its best result.
    assert max(
        r.published for r in rows.values() if r.study == "Leeds" and r.data == "FER2013"
    ) == (rows["leeds-vgg19-cbam"].published)


def test_every_shipped_report_is_of_its_experiment_as_it_is_declared():
    for path in (FOLDER / "reports").glob("*.json"):
        report = read_report(path)
        if data_name(report.main) == "FER2013":  # others are of whoever has trained on their own
            assert is_of(report, EXPERIMENTS[path.stem]), path.stem


def test_weights_from_another_data_set_are_not_in_fer2013s_table(monkeypatch):
    made = figures_table()
    report = read_report(FOLDER / read_card("mini-xception").report)
    elsewhere = replace(report, main=replace(report.main, dataset="RAF-DB labels"), others=())
    monkeypatch.setattr(
        "train.tables.read_report",
        lambda path: elsewhere if path.stem == "mini-xception" else read_report(path),
    )
    left = figures_table()
    assert "`mini-xception`" in made and "`mini-xception`" not in left
    assert "`compact-ferplus`" in left


def test_the_faces_are_counted_once_and_again_where_a_figure_is_on_others(monkeypatch):
    counted = [line for line in figures_table().splitlines() if "n = 3,589" in line]
    assert len(counted) == 1 and counted[0].startswith("| weights | passes |")
    report = read_report(FOLDER / read_card("mini-xception").report)
    happy = LABELS.index("happy")
    confusion = [list(row) for row in report.main.confusion]
    confusion[happy][happy] -= 589
    fewer = replace(report, main=replace(report.main, n=3000, confusion=confusion))
    monkeypatch.setattr(
        "train.tables.read_report",
        lambda path: fewer if path.stem == "mini-xception" else read_report(path),
    )
    (row,) = (line for line in figures_table().splitlines() if "n = 3,000" in line)
    assert row.startswith("| `mini-xception` |")


def test_without_votes_and_undeclared_a_row_has_what_there_is(monkeypatch):
    report = read_report(FOLDER / read_card("mini-xception").report)
    alone = replace(report, experiment="no-more", others=())
    monkeypatch.setattr(
        "train.tables.read_report",
        lambda path: alone if path.stem == "mini-xception" else read_report(path),
    )
    (row,) = (line for line in figures_table().splitlines() if line.startswith("| `mini-xc"))
    assert row.count("| —") == 5 and f"**{report.main.accuracy:.2%}**" in row


@pytest.mark.parametrize(
    ("data", "words"), [("RAF-DB", "RAF-DB may not"), ("FER2013", "9 epochs of compact")]
)
def test_a_row_that_is_not_run_says_why(data, words, tmp_path):
    experiment = Experiment("made-up", Recipe("compact", epochs=9), data=data)
    assert words in study_row(experiment, tmp_path).reason


def test_the_networks_to_compare_with_are_chosen_on_validation():
    reports = {name: read_report(FOLDER / read_card(name).report) for name in list_weights()}
    of_labels = {n: r for n, r in reports.items() if r.main.judged_on == BY_ITS_LABELS}
    best = max(of_labels, key=lambda name: max(of_labels[name].curves["valid_accuracy"]))
    assert f"\n`{best}`: {of_labels[best].main.accuracy:.1%} (clean:" in figures_table()


def test_what_repeated_faces_add_is_told_of_the_runs_that_left_all_out():
    rows = read_rows(FOLDER / "studies" / "rows.json")
    kept = [row for row in rows if row.experiment in ("attention-eca-0", "attention-plain-0")]
    page = "\n".join(trained(kept, FOLDER))
    # By hand from the confusion matrices of attention-eca-0 and attention-plain-0.
    assert "the 2 runs on these labels that\nleft out 2,385 are 2.6 to 3.5 points better" in page
    assert "29% are happy and 7% surprise,\nof the repeated ones 14% and 22%" in page
    (line,) = (line for line in page.splitlines() if line.startswith("| `attention-eca-0`"))
    assert "| 62.40% | 60.04% |" in line
    # Runs that left fewer out say nothing about it.
    more = [*kept, *(row for row in rows if row.experiment == "unt-sgd-200")]
    assert "the 2 runs on these labels that\nleft out 2,385 are" in "\n".join(trained(more, FOLDER))


def test_the_least_p_of_the_attention_modules_is_corrected_for_all_of_them():
    page = tables()[FOLDER / "reports" / "README.md"]
    _, _, part = page.partition("### Attention")
    ps = [float(p) for p in re.findall(r"\b[01]\.\d{3}\b", part.partition("## START")[0])]
    assert len(ps) == 10 and f"the smallest p is {ps[-1]:.3f}" in part
    assert ps[-1] == pytest.approx(9 * min(ps), abs=9 * 0.0005)


def test_a_longer_run_that_did_not_go_on_from_the_shorter_is_told_apart():
    reports = {
        name: read_report(FOLDER / "reports" / f"{name}.json")
        for name in ("unt-sgd-100", "unt-sgd-200")
    }
    assert not list(_apart(reports))
    short = reports["unt-sgd-100"]
    losses = (*short.curves["train_loss"][:-1], 9.0)
    reports["unt-sgd-100"] = replace(short, curves={**short.curves, "train_loss": losses})
    (sentence,) = _apart(reports)
    assert sentence.startswith("`unt-sgd-200` and `unt-sgd-100` are two separate trainings")


def test_without_networks_of_the_labels_the_default_is_compared_with(monkeypatch):
    monkeypatch.setattr("train.tables.list_weights", lambda *_: ["compact-ferplus"])
    assert "\n`compact-ferplus`: " in figures_table()
