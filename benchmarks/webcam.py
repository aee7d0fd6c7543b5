"""The Webcam tab in a real browser with a fake camera: frames a second, delay, memory.

Browser and server share this machine. The film counts its frames in its corner; the delay is how
far the camera was ahead, by that counter, when a picture came up on the page.
"""

import argparse
import os
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.browser import FLAGS, NOT_RUN, chromium
from benchmarks.film import FRAMES, READ_COUNTER, camera_flags, frames, mjpeg
from benchmarks.memory import memory_mb

OPTIONS = ("seconds", "minutes")
SETTLE_SECONDS = 3

# Notes, at each picture that comes up, the time and the counters of picture and camera.
WATCH = f"""() => {{
  const read = {READ_COUNTER};
  const picture = document.querySelector(".camera .picture");
  const video = document.querySelector(".camera video");
  window.noted = [];
  picture.addEventListener("load", () => requestAnimationFrame(() => {{
    window.noted.push([performance.now(), read(picture), read(video)]);
  }}));
}}"""


def measure(options: argparse.Namespace) -> dict[str, Any]:
    """Rates and delays of one viewer with one face and four, of two viewers, and memory."""
    executable = chromium()
    if not executable:
        return NOT_RUN
    from playwright.sync_api import sync_playwright

    from demo.gradio_app import build_app, launch_options
    from demo.serving.visitor_files import VisitorFiles
    from fer_core import FerPipeline

    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        os.environ["GRADIO_TEMP_DIR"] = folder
        files = VisitorFiles()
        app = build_app(FerPipeline.from_weights("default", device="cpu"), files)
        app.launch(prevent_thread_lock=True, quiet=True, **launch_options(files))

        def run(faces: int, viewers: int, seconds: float) -> list[dict[str, float]]:
            clip = Path(folder) / f"{faces}.mjpeg"
            clip.write_bytes(mjpeg(frames(faces)))
            windows = [
                playwright.chromium.launch(executable_path=executable, args=_flags(clip))
                for _ in range(viewers)
            ]
            try:
                pages = [_watch(window, str(app.local_url)) for window in windows]
                time.sleep(seconds)
                return [_figures(page.evaluate("window.noted")) for page in pages]
            finally:
                for window in windows:
                    window.close()

        figures: dict[str, Any] = {
            "one viewer, one face": run(1, 1, options.seconds),
            "one viewer, four faces": run(4, 1, options.seconds),
            "two viewers, one face": run(1, 2, options.seconds),
        }
        if options.minutes:
            before = memory_mb("VmRSS")
            minute = []
            # In one run of the camera, so that what grows with it would show.
            clip = Path(folder) / "1.mjpeg"
            window = playwright.chromium.launch(executable_path=executable, args=_flags(clip))
            page = _watch(window, str(app.local_url))
            for _ in range(options.minutes):
                time.sleep(60)
                minute.append(memory_mb("VmRSS"))
                page.evaluate("window.noted = []")
            window.close()
            figures["server_resident_mb"] = {"before": before, "after_each_minute": minute}
        app.close()
    return figures


def _flags(clip: Path) -> list[str]:
    return [*FLAGS, *camera_flags(clip)]


def _watch(window: Any, address: str) -> Any:
    page = window.new_page()
    page.goto(address)
    page.get_by_role("tab", name="Webcam").click()
    page.get_by_role("button", name="Start the camera").click()
    page.get_by_label("Mirror").uncheck()
    page.locator(".person").first.wait_for()
    time.sleep(SETTLE_SECONDS)
    page.evaluate(WATCH)
    return page


def _figures(noted: list[list[float]]) -> dict[str, float]:
    """Of (milliseconds, picture's counter, camera's counter) at each picture that came up."""
    at, shown, camera = np.array(noted).T
    seconds = (at[-1] - at[0]) / 1000
    # The camera's own rate, by its counter; steps across the film's end count as steps.
    camera_rate = float((np.diff(camera) % FRAMES).sum() / seconds)
    delays = (camera - shown) % FRAMES / camera_rate * 1000
    return {
        "pictures": len(at),
        "frames_per_second": round((len(at) - 1) / seconds, 1),
        "delay_median_ms": round(float(np.median(delays))),
        "delay_p95_ms": round(float(np.quantile(delays, 0.95))),
        "longest_wait_ms": round(float(np.diff(at).max())),
        "camera_frames_per_second": round(camera_rate, 1),
    }
