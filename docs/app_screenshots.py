"""Pictures of the app's tabs for the README: python -m docs.app_screenshots.

They show the demo's own example photos, moving. Needs Playwright and Debian's Chromium.
"""

import os
import shutil
import sys
import tempfile
from pathlib import Path

import av
from playwright.sync_api import Page, sync_playwright

from benchmarks.film import camera_flags, frames, mjpeg
from demo.gradio_app import build_app, launch_options
from demo.serving.visitor_files import VisitorFiles
from docs.dashboard_screenshots import DOCS, SIZE, small_webp
from fer_core import FerPipeline

CAMERA_MS, CLIP_FRAMES, PATIENCE_MS = 20_000, 120, 300_000


def main() -> int:
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        os.environ["GRADIO_TEMP_DIR"] = folder
        film = Path(folder) / "film.mjpeg"
        film.write_bytes(mjpeg(frames(4)))
        files = VisitorFiles()
        app = build_app(FerPipeline.from_weights("default"), files)
        app.launch(prevent_thread_lock=True, quiet=True, **launch_options(files))
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"),
            args=["--no-sandbox", "--disable-gpu", *camera_flags(film)],
        )
        page = browser.new_page(viewport=SIZE)
        page.set_default_timeout(PATIENCE_MS)
        page.goto(str(app.local_url))
        for name, shoot in (("app", _photo), ("webcam", _webcam), ("video", _video)):
            target = DOCS / f"{name}.webp"
            target.write_bytes(small_webp(shoot(page, Path(folder))))
            print(f"{target}: {target.stat().st_size:,} bytes")
        browser.close()
        app.close()
    return 0


def _photo(page: Page, folder: Path) -> bytes:
    page.get_by_role("button", name="Side by side").click()
    page.locator(".face").nth(3).wait_for()
    page.wait_for_timeout(1000)
    page.mouse.move(0, 0)
    return page.screenshot(full_page=True)


def _webcam(page: Page, folder: Path) -> bytes:
    page.get_by_role("tab", name="Webcam").click()
    page.get_by_role("button", name="Start the camera").click()
    page.wait_for_timeout(CAMERA_MS)
    return page.screenshot()


def _video(page: Page, folder: Path) -> bytes:
    clip = folder / "four.mp4"
    with av.open(str(clip), "w") as container:
        stream = container.add_stream("libx264", rate=30)
        stream.width, stream.height, stream.pix_fmt = 640, 480, "yuv420p"
        for picture in frames(4)[:CLIP_FRAMES]:
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(stream.encode())
    page.get_by_role("tab", name="Video").click()
    page.locator("#video-drop input[type=file]").set_input_files(clip)
    page.get_by_role("img", name="Each person's strongest moments").wait_for()
    page.locator("#annotated-clip").scroll_into_view_if_needed()
    page.wait_for_timeout(3000)
    page.mouse.move(SIZE["width"] / 2, SIZE["height"] / 2)
    page.mouse.wheel(0, SIZE["height"] / 3)
    page.wait_for_timeout(1000)
    return page.screenshot()


if __name__ == "__main__":
    sys.exit(main())
