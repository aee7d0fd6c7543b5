"""The figures of each shipped report, computed again from its file of predictions."""

from pathlib import Path

import pytest

from fer_core.judged import Judged
from fer_core.report import read_predictions, read_report
from fer_core.weights import FOLDER, list_weights, read_card
from train.evaluate import judge
from train.export import _metrics

REPORTS = sorted((FOLDER / "reports").glob("*.json"))


@pytest.mark.parametrize("path", REPORTS, ids=[path.stem for path in REPORTS])
def test_every_figure_is_that_of_the_predictions(path: Path) -> None:
    report, found = read_report(path), read_predictions(path.with_suffix(".npz"))
    for stated in report.evaluations:
        faces = Judged.of(found, stated.label_set, stated.subset)
        names = ("dataset", "label_set", "split", "subset")
        again = judge(faces, **{name: getattr(stated, name) for name in names})
        assert again.confusion == stated.confusion
        assert again.interval == pytest.approx(stated.interval)
        for label, figures in stated.per_class.items():
            assert again.per_class[label] == pytest.approx(figures)
        assert again.ece == pytest.approx(stated.ece)
        assert again.macro_f1 == pytest.approx(stated.macro_f1)
        assert (again.n, again.accuracy) == (stated.n, pytest.approx(stated.accuracy))


@pytest.mark.parametrize("name", list_weights())
def test_a_card_states_its_report_s_figures(name: str) -> None:
    card = read_card(name)
    assert card.metrics == _metrics(read_report(FOLDER / card.report))
