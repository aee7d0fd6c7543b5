"""Pictures of the dashboard's pages for the README: python -m docs.dashboard_screenshots.

They show the shipped reports and the demo's own example photos, and no face of FER2013. Needs
Playwright and Debian's Chromium.
"""

import io
import shutil
import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from benchmarks.dashboard_server import DASHBOARD, serve
from fer_core.weights import FOLDER

DOCS = Path(__file__).resolve().parent
PAGES = {
    "overview": "",
    "compare": "compare",
    "inside": "inside?labelled=fear&answer=surprise",
    "attention": "attention?example=President"
    + "".join(f"&weights=attention-{kind}" for kind in ("plain", "se", "eca", "cbam")),
    "training": "training",
    "studies": "studies?report=Leeds",
    "data": "data",
}
SIZE = {"width": 1280, "height": 960}
PATIENCE_MS = 120_000


def main() -> int:
    with (
        tempfile.TemporaryDirectory() as no_runs,
        serve(DASHBOARD, FOLDER, Path(no_runs)) as server,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page(viewport=SIZE)
        page.set_default_timeout(PATIENCE_MS)
        for name, path in PAGES.items():
            page.goto(f"{server.address}/{path}")
            target = DOCS / f"dashboard-{name}.webp"
            target.write_bytes(small_webp(_shot(page)))
            print(f"{target}: {target.stat().st_size:,} bytes")
        browser.close()
    return 0


def _shot(page: Page) -> bytes:
    page.get_by_role("heading", level=1).wait_for()
    page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]")
    page.wait_for_function("!document.querySelector('[data-testid=stSkeleton]')")
    page.wait_for_timeout(2500)  # charts and pictures come in
    maps = page.get_by_role("heading", name="Grad-CAM")
    if maps.count():
        maps.scroll_into_view_if_needed()
        page.mouse.move(SIZE["width"] / 2, SIZE["height"] / 2)
        page.mouse.wheel(0, SIZE["height"] / 2)
        page.wait_for_timeout(500)
    return page.screenshot()


def small_webp(picture: bytes) -> bytes:
    """Text and charts are smallest in few colours, without loss; photos, with a little loss."""
    shot = Image.open(io.BytesIO(picture)).convert("RGB")
    few, lossy = io.BytesIO(), io.BytesIO()
    shot.quantize(256).convert("RGB").save(few, "WEBP", lossless=True, quality=100, method=6)
    shot.save(lossy, "WEBP", quality=85, method=6)
    return min(few.getvalue(), lossy.getvalue(), key=len)


if __name__ == "__main__":
    sys.exit(main())
