"""A page of the dashboard as Streamlit's AppTest runs it, and what the tests look at on it."""

import json
from pathlib import Path

from streamlit.testing.v1 import AppTest

DASHBOARD = Path(__file__).resolve().parents[1] / "demo" / "dashboard.py"
PAGES = ("overview", "compare", "inside", "attention", "training", "studies", "data")
PATIENCE_SECONDS = 60


def opened(view, **query):
    """The page as its address opens it, without an exception; each chart has a description."""
    at = AppTest.from_file(str(DASHBOARD), default_timeout=PATIENCE_SECONDS)
    for key, value in query.items():
        at.query_params[key] = value
    if view != "overview":
        at.run()
        at.switch_page(f"views/{view}.py")
    return checked(at.run())


def checked(at):
    assert not at.exception, at.exception
    assert all(len(chart.proto.alt) > 20 for chart in charts(at))
    return at


def charts(at):
    return at.get("plotly_chart")


def figure(at, title):
    found = [json.loads(chart.proto.spec) for chart in charts(at)]
    (chosen,) = [each for each in found if each["layout"]["title"]["text"] == title]
    return chosen


def face_cards(at):
    (shown,) = [each.proto.body for each in at.get("html") if "<li " in each.proto.body]
    return shown


def text(at):
    parts = [*at.markdown, *at.caption, *at.info, *at.warning, *at.error, *at.code]
    return "\n".join(part.value for part in parts)
