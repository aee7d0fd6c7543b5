"""The dashboard in a real browser: the time to its pages with few reports, with many, and of an
almost empty Streamlit page beside them; and the server's memory as models are opened in turn.

The many are the shipped reports, with their predictions, once more under other names; so are the
models. Browser and server share this machine.
"""

import argparse
import json
import tempfile
import time
from contextlib import ExitStack
from itertools import cycle
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.browser import FLAGS, NOT_RUN, chromium
from benchmarks.dashboard_server import DASHBOARD, PAGES, Server, serve
from benchmarks.memory import memory_mb
from fer_core.weights import FOLDER, list_weights

OPTIONS = ("reports", "models")
ROUNDS, WARM_UP, PATIENCE_MS = 7, 2, 60_000
# What a page of Streamlit's with a table and a chart costs by itself.
BARE = """\
import streamlit as st
st.title("Bare")
st.dataframe({"a": [1, 2]})
st.plotly_chart({"data": [{"x": [1, 2], "y": [1, 2]}]})
"""
# The run is over, nothing is still to come in, and every chart and table has been drawn.
DRAWN = """(title) => document.querySelector("h1")?.textContent === title
  && document.querySelector("[data-testid=stApp][data-test-script-state=notRunning]")
  && !document.querySelector("[data-testid=stSkeleton]")
  && document.querySelector("[data-testid=stPlotlyChart], [data-testid=stImage]")
  && [...document.querySelectorAll("[data-testid=stPlotlyChart]")]
    .every((chart) => chart.querySelector(".main-svg"))
  && [...document.querySelectorAll("[data-testid=stDataFrame]")]
    .every((table) => table.querySelector("canvas"))
  && [...document.images].every((image) => image.complete)"""


def measure(options: argparse.Namespace) -> dict[str, Any]:
    """Median seconds to a first page, in turn, and from page to page, a server after the other;
    memory in MB.
    """
    executable = chromium()
    if not executable:
        return NOT_RUN
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        folder, bare = Path(name) / "weights", Path(name) / "bare.py"
        models = filled(folder, options.reports, options.models)
        bare.write_text(BARE)
        # With a profile, as a browser that keeps compiled scripts.
        context = playwright.chromium.launch_persistent_context(
            Path(name) / "profile", executable_path=executable, args=FLAGS
        )
        context.set_default_timeout(PATIENCE_MS)
        shipped = len(list((FOLDER / "reports").glob("*.json")))
        with ExitStack() as stack:
            servers = {
                "bare page": stack.enter_context(serve(bare, FOLDER)),
                f"{shipped} reports": stack.enter_context(serve(DASHBOARD, FOLDER)),
                f"{options.reports} reports": stack.enter_context(serve(DASHBOARD, folder)),
            }
            tab = new_tab(context, servers)
            servers.pop("bare page")
            clicks = {of: page_by_page(context, server) for of, server in servers.items()}
        with serve(DASHBOARD, folder) as server:
            memory = memory_after(context, server, models)
        context.close()
    return {"seconds_to_first_page": tab, "seconds_to_page": clicks, "server_resident_mb": memory}


def new_tab(context: Any, servers: dict[str, Server]) -> dict[str, float]:
    """Seconds from entering the address in a new tab until the first page is drawn."""
    taken: dict[str, list[float]] = {of: [] for of in servers}
    for _ in range(WARM_UP + ROUNDS):
        for of, server in servers.items():
            page = context.new_page()
            started = time.perf_counter()
            page.goto(server.address)
            page.wait_for_function(
                DRAWN, arg="Bare" if of == "bare page" else next(iter(PAGES.values()))
            )
            taken[of].append(time.perf_counter() - started)
            page.close()
    return {of: _median(seconds) for of, seconds in taken.items()}


def page_by_page(context: Any, server: Server) -> dict[str, float]:
    """Seconds from a click in the sidebar until that page is drawn."""
    page = context.new_page()
    page.goto(server.address)
    links = page.get_by_test_id("stSidebarNav")
    taken: dict[str, list[float]] = {name: [] for name in PAGES}
    for _ in range(WARM_UP + ROUNDS):
        for name in [*list(PAGES)[1:], next(iter(PAGES))]:
            link = links.get_by_role("link", name=name)
            link.wait_for()
            started = time.perf_counter()
            link.click()
            page.wait_for_function(DRAWN, arg=PAGES[name])
            taken[name].append(time.perf_counter() - started)
    page.close()
    return {name: _median(seconds) for name, seconds in taken.items()}


def memory_after(context: Any, server: Server, models: list[str]) -> dict[str, Any]:
    """The server's resident memory on the first page, and after each model's maps."""
    page = context.new_page()
    after = {}
    for address in ["", *(f"attention?weights={model}" for model in models)]:
        page.goto(f"{server.address}/{address}")
        page.wait_for_function(DRAWN, arg=PAGES["Attention" if address else "Overview"])
        after[address.partition("=")[2]] = round(memory_mb("VmRSS", server.pid))
    page.close()
    return {"first_page": after.pop(""), "after_model": after}


def filled(folder: Path, reports: int, models: int) -> list[str]:
    """Make a weights folder with as many reports and weights; the names of the weights."""
    (folder / "reports").mkdir(parents=True)
    (folder / "studies").symlink_to(FOLDER / "studies")
    originals = cycle(sorted((FOLDER / "reports").glob("*.json")))
    for number, path in zip(range(reports), originals, strict=False):
        name = f"{path.stem}-{number:03d}"
        report = {**json.loads(path.read_text(encoding="utf-8")), "experiment": name}
        (folder / "reports" / f"{name}.json").write_text(json.dumps(report), encoding="utf-8")
        (folder / "reports" / f"{name}.npz").symlink_to(path.with_suffix(".npz"))
    names = []
    for number, original in zip(range(models), cycle(list_weights()), strict=False):
        names.append(f"{original}-{number:02d}")
        card = json.loads((FOLDER / f"{original}.json").read_text(encoding="utf-8"))
        (folder / f"{names[-1]}.json").write_text(json.dumps({**card, "name": names[-1]}))
        (folder / f"{names[-1]}.safetensors").symlink_to(FOLDER / f"{original}.safetensors")
    return names


def _median(seconds: list[float]) -> float:
    return round(float(np.median(seconds[WARM_UP:])), 2)
