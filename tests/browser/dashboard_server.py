"""The dashboard as its command starts it, on made-up reports and shipped weights."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

import made_up_reports as made_up

from benchmarks.dashboard_server import DASHBOARD, serve
from fer_core.weights import FOLDER


@contextlib.contextmanager
def made_up_dashboard(folder: Path) -> Iterator[str]:
    """Its address while it runs. folder: an empty one, for what it shows."""
    made_up.fill(folder, 4)
    for name in ("compact-ferplus.json", "compact-ferplus.safetensors", "studies"):
        (folder / name).symlink_to(FOLDER / name)
    with serve(DASHBOARD, folder, folder) as server:
        yield server.address
