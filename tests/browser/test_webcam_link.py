"""The Webcam tab where the link to the server is slow, or nothing comes back."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import FLAGS
from tests.browser.film import fake_camera
from tests.browser.webcam_page import LOGGED, next_picture, open_webcam, start

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
    silent = live.get_by_role("alert").filter(has_text="No picture is coming back")
    expect(silent).to_be_visible()
    expect(live.locator(".figures")).to_have_text(re.compile(r"^0 frames a second; the last came"))
    expect(live.locator(".person figcaption").first).to_have_text(re.compile(": no picture$"))
    live.unroute(FRAMES)  # lets go what was held
    expect(silent).to_have_count(0)
    expect(live.locator(".person").filter(has_text=": happy").first).to_be_visible()
    expect(live.locator(".figures")).not_to_have_text(re.compile("^0 frames a second"))


def test_a_slow_link_gets_smaller_pictures_until_it_is_quick_again(live: Page) -> None:
    live.wait_for_function("document.querySelector('.picture').naturalWidth === 640")
    asked: list[str] = []
    live.on("request", lambda request: asked.append(request.post_data or ""))
    shown = live.locator(".picture").bounding_box()
    live.evaluate("window.late = 700")
    live.wait_for_function("document.querySelector('.picture').naturalWidth <= 320")
    expect(live.locator(".person").filter(has_text=": happy").first).to_be_visible()
    assert live.locator(".picture").bounding_box() == shown  # it is as large on the page
    live.evaluate("window.late = 0")
    live.wait_for_function("document.querySelector('.picture').naturalWidth === 640")
    next_picture(live)
    views = set(re.findall(r'"view":(\d+)', "".join(asked)))
    assert len(views) >= 5  # at each size people are counted anew


def test_a_link_that_is_always_slow_is_no_alarm_at_each_picture(live: Page) -> None:
    live.evaluate("window.late = 3500")
    alarm = live.locator("#camera [role=alert]")
    expect(alarm).to_have_text(re.compile("No picture is coming back"))
    expect(alarm).to_have_text("")  # from now on it is known how long they take
    live.evaluate(
        "() => { window.said = []; new MutationObserver(([{ target }]) => said.push("
        "target.textContent)).observe(document.querySelector('#camera [role=alert]'),"
        " { childList: true }); }"
    )
    next_picture(live)
    assert live.evaluate("said.filter(Boolean)") == []
    expect(live.locator(".figures")).not_to_have_text(re.compile(r"^0(\.0)? frames a second"))
