"""The dashboard as its command starts it, on made-up reports and shipped weights."""

import contextlib
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import made_up_reports as made_up

from fer_core.weights import FOLDER

ROOT = Path(__file__).resolve().parents[2]
COMMAND = "-m streamlit run demo/dashboard.py --server.headless=true --server.address=127.0.0.1"
PATIENCE_SECONDS = 60


@contextlib.contextmanager
def dashboard(folder: Path) -> Iterator[str]:
    """Its address while it runs. folder: an empty one, for what it shows."""
    made_up.fill(folder, 4)
    for name in ("compact-ferplus.json", "compact-ferplus.safetensors", "studies"):
        (folder / name).symlink_to(FOLDER / name)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, *COMMAND.split(), f"--server.port={port}"],
        cwd=ROOT,
        env={**os.environ, "FER_STUDIO_WEIGHTS": str(folder), "FER_STUDIO_RUNS": str(folder)},
    )
    try:
        address = f"http://127.0.0.1:{port}"
        _wait_for(f"{address}/_stcore/health", server)
        yield address
    finally:
        server.terminate()
        server.wait(PATIENCE_SECONDS)


def _wait_for(url: str, server: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        assert server.poll() is None, "the dashboard did not start"
        try:
            urllib.request.urlopen(url)
            return
        except OSError:
            time.sleep(0.2)
    raise AssertionError("the dashboard did not answer")
