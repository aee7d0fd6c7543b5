"""The app as a process of its own, which calls nobody."""

import os
import platform
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import gradio as gr
import pytest

from demo.serving.visitor_files import PREFIX

ROOT = Path(__file__).resolve().parent.parent
PATIENCE_SECONDS = 120  # for a busy machine; an idle one needs a tenth


# Whatever else is asked for is noted, and not given. First the package alone, with a face in the
# picture: where none is found, no classifier runs.
OFFLINE = """
import socket, sys
def refuse(self, address, *rest):
    if isinstance(address, tuple) and address[0] not in ("127.0.0.1", "::1", "localhost"):
        print("NETWORK", address, file=sys.stderr); raise OSError("no network")
    return connect(self, address, *rest)
connect = socket.socket.connect
socket.socket.connect = refuse
lookup = socket.getaddrinfo
def refuse_lookup(host, *rest, **more):
    if host not in ("127.0.0.1", "::1", "localhost", None, "0.0.0.0"):
        print("NETWORK", host, file=sys.stderr); raise OSError("no network")
    return lookup(host, *rest, **more)
socket.getaddrinfo = refuse_lookup
import fer_core
assert "sklearn" not in sys.modules  # which only the training needs
from fer_core.images import read_picture
pipeline = fer_core.FerPipeline.from_weights("default", device="cpu")
assert len(pipeline.analyze(read_picture("demo/examples/astronaut.jpg")).faces)
import runpy
runpy.run_path("app.py", run_name="__main__")
"""


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signal")
def test_it_serves_its_page_calls_nobody_and_deletes_its_folder_when_a_container_is_stopped(
    tmp_path: Path,
) -> None:
    port, said = _free_port(), tmp_path / "said.txt"
    # What an import of the app has set in this process, it is to set by itself.
    own = {k: v for k, v in os.environ.items() if not k.startswith(("GRADIO_", "HF_"))}
    with said.open("wb") as errors:
        process = subprocess.Popen(
            [sys.executable, "-c", OFFLINE],
            cwd=ROOT,
            env={**own, "TMPDIR": str(tmp_path), "GRADIO_SERVER_PORT": str(port)},
            stdout=subprocess.DEVNULL,
            stderr=errors,
        )
    try:
        page = b""
        ends = time.monotonic() + PATIENCE_SECONDS
        while not page and process.poll() is None and time.monotonic() < ends:
            with suppress(OSError):
                page = urllib.request.urlopen(f"http://127.0.0.1:{port}/").read()
            time.sleep(0.1)
        assert b"fer-studio: an emoji for every face" in page, said.read_text()
        assert list(tmp_path.glob(f"{PREFIX}*"))
        process.send_signal(signal.SIGTERM)
        process.wait(PATIENCE_SECONDS)
    finally:
        process.kill()
    assert not list(tmp_path.glob(f"{PREFIX}*"))
    assert "NETWORK" not in said.read_text()


def test_whatever_is_written_while_it_serves_lies_where_visitors_files_lie(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import app

    written: list[Path] = []

    def launch(**_: Any) -> None:
        with tempfile.NamedTemporaryFile() as file:  # as of Gradio's own
            written.append(Path(file.name))

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setenv("GRADIO_TEMP_DIR", "")
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    monkeypatch.setattr(app.FerPipeline, "from_weights", lambda _: None)
    monkeypatch.setattr(app, "build_app", lambda *_: SimpleNamespace(launch=launch))
    app.main()
    assert [path.parent for path in written] == [Path(os.environ["GRADIO_TEMP_DIR"])]
    assert written[0].is_relative_to(tmp_path)


def test_no_table_of_many_wishes_is_made_after_each() -> None:
    import app

    assert os.environ["GRADIO_ANALYTICS_MAX_EVENTS"] == "1" and app.main
    queue = gr.Blocks(analytics_enabled=False).queue()._queue
    assert queue.ANALYTICS_MAX_EVENTS == 1
    # The one that is kept may not be done yet.
    waits = {"time": 0.0, "status": "queued", "process_time": None, "function": "annotate"}
    queue.events_recorded = 1
    assert list(queue.compute_analytics_summary([waits])["functions"]) == ["annotate"]


KEEPS_OR_GIVES_BACK = """
import sys
from pathlib import Path
from demo.serving.memory import give_back_memory
if sys.argv[1] == "gives back":
    give_back_memory()
del (block := [b"x" * 20_000_000])[0]  # from now on, glibc would keep such
blocks, small = [b"x" * 20_000_000 for _ in range(5)], b"x" * 100_000
del blocks
print(int(Path("/proc/self/statm").read_text().split()[1]) * 4096)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="other C libraries are left alone")
def test_what_large_photos_took_is_given_back() -> None:
    kept, given_back = (
        int(subprocess.check_output([sys.executable, "-c", KEEPS_OR_GIVES_BACK, how], cwd=ROOT))
        for how in ("keeps", "gives back")
    )
    assert kept > 100_000_000 > 2 * given_back
