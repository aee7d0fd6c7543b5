"""The dashboard as its command starts it, on any free port."""

import contextlib
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DASHBOARD = ROOT / "demo" / "dashboard.py"
PAGES = {
    "Overview": "Which model?",
    "Compare": "Compare",
    "Inside a class": "Inside a class",
    "Attention": "Attention",
    "Training": "Training",
    "Reports against ours": "Reports against ours",
    "Data": "Data",
}  # each page's name in the sidebar, and its title
OPTIONS = ("--server.headless=true", "--server.address=127.0.0.1")
PATIENCE_SECONDS = 60


@dataclass(frozen=True)
class Server:
    address: str
    pid: int


@contextlib.contextmanager
def serve(script: Path, weights: Path, runs: Path = ROOT / "runs") -> Iterator[Server]:
    """A script of Streamlit's while it runs, with these folders of weights and training runs.

    Raises RuntimeError where it does not answer.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", str(script), f"--server.port={port}"]
    process = subprocess.Popen(
        [*command, *OPTIONS],
        cwd=ROOT,
        env={**os.environ, "FER_STUDIO_WEIGHTS": str(weights), "FER_STUDIO_RUNS": str(runs)},
    )
    try:
        address = f"http://127.0.0.1:{port}"
        _wait_for(f"{address}/_stcore/health", process)
        yield Server(address, process.pid)
    finally:
        process.terminate()
        process.wait(PATIENCE_SECONDS)


def _wait_for(url: str, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError("Streamlit did not start")
        try:
            urllib.request.urlopen(url)
            return
        except OSError:
            time.sleep(0.2)
    raise RuntimeError("Streamlit did not answer")
