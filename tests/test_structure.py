"""The rules of the architecture, checked on the code's own imports."""

import ast
import re
from pathlib import Path

import pytest

import fer_core

ROOT = Path(__file__).resolve().parent.parent
UI = {"gradio", "streamlit", "plotly"}
FORBIDDEN = {
    "fer_core": {"demo", "train", *UI},
    "train": {"demo", *UI},
    "demo": {"train"},
    # Two applications: whoever changes the one need not know the other's library.
    "demo/serving": {"streamlit"},
    "demo/tabs": {"streamlit"},
    "demo/board": {"gradio"},
    "demo/views": {"gradio"},
    "demo/charts": {"gradio", "streamlit"},
}


def imports(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.split(".")[0]


@pytest.mark.parametrize("package", FORBIDDEN)
def test_packages_know_only_what_they_may(package):
    files = list((ROOT / package).rglob("*.py"))
    assert files
    for path in files:
        crossing = FORBIDDEN[package] & set(imports(path))
        assert not crossing, f"{path.relative_to(ROOT)} imports {crossing}"


@pytest.mark.parametrize("page", ["README.md", "MODEL_CARD.md", "weights/reports/README.md"])
def test_what_a_page_links_to_is_there(page):
    path = ROOT / page
    links = re.findall(r"\]\(([^)#]+)", path.read_text(encoding="utf-8"))
    files = {link for link in links if "://" not in link}
    assert files
    assert not [file for file in files if not (path.parent / file).is_file()]


def test_the_public_names():
    assert fer_core.__all__ == [
        "Analysis",
        "EMOTIONS",
        "Emotion",
        "Faces",
        "FerError",
        "FerPipeline",
        "ImageError",
        "create_model",
        "list_models",
        "list_weights",
        "render",
    ]
    assert all(hasattr(fer_core, name) for name in fer_core.__all__)
