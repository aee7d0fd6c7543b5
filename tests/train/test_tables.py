import pytest

from fer_core import FerError
from train.tables import README, with_table


def test_the_readme_has_the_reports_figures():
    text = README.read_text(encoding="utf-8")
    assert with_table(text) == text, "run: python -m train.tables"


def test_a_readme_without_marks_is_refused():
    with pytest.raises(FerError, match="marks"):
        with_table("# nothing")
