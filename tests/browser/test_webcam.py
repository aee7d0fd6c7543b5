"""The Webcam tab in a real browser, whose camera is a short film of a smiling face."""

import io

import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from demo.gradio_app import EXAMPLES, EXAMPLES_FOLDER
from tests.browser.conftest import FLAGS

SIZE = (640, 480)
FRAMES = 20
SHIFT_PX = 2  # from one frame to the next, so that the picture moves
YUV_420 = 2  # Pillow's name for it; Chromium shows other kinds as plain green


@pytest.fixture(scope="module")
def flags(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    clip = tmp_path_factory.mktemp("camera") / "clip.mjpeg"
    clip.write_bytes(film())
    return [
        *FLAGS,
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-video-capture={clip}",
    ]


def film() -> bytes:
    """An MJPEG of the astronaut swaying: JPEG pictures one after the other."""
    out = io.BytesIO()
    with Image.open(EXAMPLES_FOLDER / EXAMPLES["Astronaut"]) as photo:
        width = photo.width - FRAMES * SHIFT_PX
        height = width * SIZE[1] // SIZE[0]
        for step in range(FRAMES):
            left = SHIFT_PX * step
            frame = photo.crop((left, 0, left + width, height)).resize(SIZE)
            frame.save(out, "JPEG", subsampling=YUV_420)
    return out.getvalue()


def test_the_notice_comes_first_and_frames_come_back_under_emoji(page: Page) -> None:
    page.get_by_role("tab", name="Webcam").click()
    notice = page.get_by_role("heading", name="Before the camera starts")
    expect(notice).to_be_visible()
    start = page.get_by_role("button", name="Click to Access Webcam")
    assert _top(notice) < _top(start)
    start.click()
    record = page.get_by_role("button", name="capture photo")
    record.click()
    live = page.locator("#live img")
    expect(live).to_have_attribute("alt", "Your picture with its faces marked: 1 happy.")
    first = live.get_attribute("src")
    expect(live).not_to_have_attribute("src", str(first))
    record.click()
    expect(record).to_have_text("Record")


def _top(locator: Locator) -> float:
    box = locator.bounding_box()
    assert box
    return float(box["y"])
