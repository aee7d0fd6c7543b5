"""The Webcam tab with four people before the camera."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import FLAGS
from tests.browser.film import fake_camera
from tests.browser.webcam_page import open_webcam

PEOPLE = ["1", "2", "3", "4"]

# In how many quarters of the picture a numbered face stands; each of the film's is in its own.
QUARTERS = """() => {
  const middle = (each) => {
    const box = each.getBoundingClientRect();
    return [box.x + box.width / 2, box.y + box.height / 2];
  };
  const [x, y] = middle(document.querySelector("#camera .picture"));
  const faces = [...document.querySelectorAll("#camera .spot")].map(middle);
  return new Set(faces.map((face) => `${face[0] > x} ${face[1] > y}`)).size;
}"""


@pytest.fixture(scope="module")
def flags(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    return [*FLAGS, *fake_camera(tmp_path_factory.mktemp("camera"), faces=len(PEOPLE))]


def test_each_person_has_a_number_in_the_picture_and_a_chart(page: Page) -> None:
    open_webcam(page)
    page.get_by_role("button", name="Start the camera").click()
    pins, charts = page.locator("#camera .pin"), page.locator(".person")
    expect(pins).to_have_text(PEOPLE)
    expect(charts).to_have_count(len(PEOPLE))
    page.wait_for_function(f"({QUARTERS})() === {len(PEOPLE)}")
    # Mirrored, the same people are in other places: nobody is counted twice.
    page.get_by_label("Mirror").uncheck()
    page.wait_for_timeout(2000)
    expect(pins).to_have_text(PEOPLE)
    expect(charts).to_have_count(len(PEOPLE))
    expect(page.locator(".person.away")).to_have_count(0)
    page.get_by_role("button", name="Stop", exact=True).click()
