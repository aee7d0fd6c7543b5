"""The Webcam tab in a real browser, whose camera is a short film of a smiling face."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import FLAGS
from tests.browser.film import camera_flags


@pytest.fixture(scope="module")
def flags(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    return [*FLAGS, *camera_flags(tmp_path_factory.mktemp("camera"))]


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
