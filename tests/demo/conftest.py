import made_up_reports as made_up
import pytest

from fer_core.weights import FOLDER


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """An empty weights folder and an empty runs folder, which the dashboard is pointed at."""
    monkeypatch.setenv("FER_STUDIO_WEIGHTS", str(tmp_path / "weights"))
    monkeypatch.setenv("FER_STUDIO_RUNS", str(tmp_path / "runs"))
    return tmp_path / "weights"


@pytest.fixture
def names(folder):
    made = made_up.fill(folder, 4)
    studies = folder / "studies" / "rows.json"
    studies.parent.mkdir()
    studies.write_bytes((FOLDER / "studies" / "rows.json").read_bytes())
    return made
