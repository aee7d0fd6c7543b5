"""The real app on a free port, and pages of a real browser that may talk to nothing else."""

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

pytest.importorskip("playwright", reason="the browser tests need Playwright")

from gradio import Blocks
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    expect,
    sync_playwright,
)

from demo.gradio_app import build_app, launch_options
from demo.serving.visitor_files import VisitorFiles
from fer_core import FerPipeline

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
HOST = "127.0.0.1"
PATIENCE_MS = 60_000  # for a busy machine; an idle one needs a tenth

expect.set_options(timeout=PATIENCE_MS)


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of Debian's Chromium, which apt-get install chromium brings."""
    path = shutil.which("chromium") or "/usr/bin/chromium"
    if not Path(path).exists():
        pytest.skip("no Chromium here; on Debian: apt-get install chromium")
    return path


@pytest.fixture(scope="session")
def app(chromium: str, pipeline: FerPipeline) -> Iterator[Blocks]:
    """The app with its real pipeline, launched as app.py launches it."""
    files = VisitorFiles()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GRADIO_TEMP_DIR", str(files.uploads))
        app = build_app(pipeline, files)
        app.launch(prevent_thread_lock=True, quiet=True, **launch_options(files))
        yield app
        app.close()


@pytest.fixture(scope="module")
def flags() -> list[str]:
    """The browser's command line; a module may override this with further flags."""
    return FLAGS


@pytest.fixture(scope="module")
def window(chromium: str, flags: list[str]) -> Iterator[Browser]:
    # One a module, not one a session: Playwright's event loop would stand in the way of others.
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=flags)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def context(window: Browser) -> Iterator[BrowserContext]:
    # One a module, too: what a page is made of is then fetched and compiled once.
    context = window.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(PATIENCE_MS)
    yield context
    context.close()


@contextlib.contextmanager
def watched_page(context: BrowserContext, app: Blocks) -> Iterator[Page]:
    """The app's page. In the end: no errors in the console, no request to anywhere else."""
    page = context.new_page()
    errors: list[str] = []
    elsewhere: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if message.type == "error":
            errors.append(message.text)

    def check(url: str) -> None:
        if urlsplit(url).hostname not in (HOST, None):  # None: data: and blob: addresses
            elsewhere.append(url)

    page.on("console", note)
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("request", lambda request: check(request.url))
    page.goto(str(app.local_url))
    page.get_by_role("button", name="Choose a photo").wait_for()
    yield page
    page.close()
    assert not errors
    assert not elsewhere


@pytest.fixture
def temporary_files(
    app: Blocks, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Lie where app.py has them, while the app works: from there alone Gradio shows what it may."""
    tmp_path_factory.getbasetemp()  # pytest's own stay where they are
    monkeypatch.setattr(tempfile, "tempdir", os.environ["GRADIO_TEMP_DIR"])


@pytest.fixture
def page(context: BrowserContext, app: Blocks, temporary_files: None) -> Iterator[Page]:
    with watched_page(context, app) as page:
        yield page
