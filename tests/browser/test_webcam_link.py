"""The Webcam tab where the link to the server is slow, or nothing comes back."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import FLAGS
from tests.browser.film import fake_camera
from tests.browser.webcam_page import LOGGED, next_picture, open_webcam, shown_picture, start

FRAMES = "**/component_server/"


@pytest.fixture(scope="module")
def flags(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    return [*FLAGS, *fake_camera(tmp_path_factory.mktemp("camera"))]


@pytest.fixture
def live(page: Page) -> Iterator[Page]:
    page.evaluate(LOGGED)
    open_webcam(page)
    start(page)
    yield page
    page.get_by_role("button", name="Stop", exact=True).click()


def test_it_is_said_that_no_picture_comes(live: Page) -> None:
    live.route(FRAMES, lambda route: None)
    silent = live.get_by_role("alert").filter(has_text="No picture comes back")
    expect(silent).to_be_visible()
    expect(live.locator(".figures")).to_have_text(re.compile(r"^0 frames a second; the last came"))
    expect(live.locator(".person figcaption").first).to_have_text(re.compile(": no picture$"))
    live.unroute(FRAMES)  # lets go what was held
    expect(silent).to_have_count(0)
    expect(live.locator(".person").filter(has_text=": happy").first).to_be_visible()
    expect(live.locator(".figures")).not_to_have_text(re.compile("^0 frames a second"))


def test_a_slow_link_gets_smaller_pictures_until_it_is_quick_again(live: Page) -> None:
    assert shown_picture(live).shape == (480, 640, 3)
    shown = live.locator(".picture").bounding_box()
    live.evaluate("window.late = 700")
    live.wait_for_function("document.querySelector('.picture').naturalWidth <= 320")
    expect(live.locator(".person").filter(has_text=": happy").first).to_be_visible()
    assert live.locator(".picture").bounding_box() == shown  # it is as large on the page
    live.evaluate("window.late = 0")
    live.wait_for_function("document.querySelector('.picture').naturalWidth == 640")
    next_picture(live)


def test_a_link_on_which_a_picture_takes_too_long_gets_smaller_ones(live: Page) -> None:
    live.evaluate("window.late = 11000")
    expect(live.get_by_role("alert").filter(has_text="does not answer")).to_be_visible(
        timeout=20_000
    )
    live.evaluate("window.late = 0")
    live.wait_for_function("document.querySelector('.picture').naturalWidth < 640")
