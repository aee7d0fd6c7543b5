"""The browser in which the apps are measured."""

import shutil
from importlib.util import find_spec

FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
NOT_RUN = {"not run": "it needs Playwright and Chromium (requirements-dev.txt, apt)"}


def chromium() -> str:
    """The path of Debian's Chromium, or "" where it or Playwright is missing."""
    return (shutil.which("chromium") or "") if find_spec("playwright") else ""
