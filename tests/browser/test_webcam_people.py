"""The Webcam tab with four people before the camera."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import FLAGS
from tests.browser.film import fake_camera
from tests.browser.webcam_page import open_webcam

PEOPLE = ["1", "2", "3", "4"]


@pytest.fixture(scope="module")
def flags(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    return [*FLAGS, *fake_camera(tmp_path_factory.mktemp("camera"), faces=len(PEOPLE))]


def test_each_person_has_a_number_in_the_picture_and_a_chart(page: Page) -> None:
    open_webcam(page)
    page.get_by_role("button", name="Start the camera").click()
    pins, charts = page.locator("#camera .pin"), page.locator(".person")
    expect(pins).to_have_text(PEOPLE)
    expect(charts).to_have_count(len(PEOPLE))
    frame = page.locator("#camera .picture").bounding_box()
    places = [pin.bounding_box() for pin in pins.all()]
    assert frame
    # Each face is in a quarter of the picture of its own.
    quarters = {
        (box["x"] > frame["x"] + frame["width"] / 2, box["y"] > frame["y"] + frame["height"] / 2)
        for box in places
        if box
    }
    assert len(quarters) == len(PEOPLE)
    # Mirrored, the same people are in other places: nobody is counted twice.
    page.get_by_label("Mirror").uncheck()
    page.wait_for_timeout(3000)
    expect(pins).to_have_text(PEOPLE)
    expect(charts).to_have_count(len(PEOPLE))
    expect(page.locator(".person.away")).to_have_count(0)
    page.get_by_role("button", name="Stop", exact=True).click()
