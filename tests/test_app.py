"""`python app.py`, as a process of its own."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import suppress
from pathlib import Path

import pytest

from demo.tabs.visitor_files import PREFIX

ROOT = Path(__file__).resolve().parent.parent
PATIENCE_SECONDS = 120  # for a busy machine; an idle one needs a tenth


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signal")
def test_it_serves_its_page_and_deletes_its_folder_when_a_container_is_stopped(
    tmp_path: Path,
) -> None:
    port = _free_port()
    places = {"TMPDIR": str(tmp_path)}
    process = subprocess.Popen(
        [sys.executable, "app.py"],
        cwd=ROOT,
        env={**os.environ, **places, "GRADIO_SERVER_PORT": str(port)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        page = b""
        ends = time.monotonic() + PATIENCE_SECONDS
        while not page and process.poll() is None and time.monotonic() < ends:
            with suppress(OSError):
                page = urllib.request.urlopen(f"http://127.0.0.1:{port}/").read()
            time.sleep(0.1)
        assert b"fer-studio: an emoji for every face" in page
        assert list(tmp_path.glob(f"{PREFIX}*"))
        process.send_signal(signal.SIGTERM)
        process.wait(PATIENCE_SECONDS)
    finally:
        process.kill()
    assert not list(tmp_path.glob(f"{PREFIX}*"))
