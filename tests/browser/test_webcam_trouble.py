"""The Webcam tab where the camera gives no picture, is turned, or a reply is lost."""

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import FLAGS
from tests.browser.film import fake_camera
from tests.browser.webcam_page import LOGGED, next_picture, open_webcam, start

FRAMES = "**/component_server/"
ANSWER_MS = 20_000  # longer than the page waits for a reply
TRACK = "document.querySelector('.camera video').srcObject.getVideoTracks()[0]"
# A camera whose light is on and that has no picture yet.
BLIND_CAMERA = """() => {
  navigator.mediaDevices.getUserMedia = async () => {
    window.stream = document.createElement("canvas").captureStream(0);
    return window.stream;
  };
}"""
# The camera's pictures in a canvas, which `turn()` makes upright.
TURNING_CAMERA = """() => {
  const media = navigator.mediaDevices, ask = media.getUserMedia.bind(media);
  media.getUserMedia = async (wanted) => {
    const film = document.createElement("video");
    film.muted = true;
    film.srcObject = await ask(wanted);
    await film.play();
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [640, 480];
    window.turn = () => { [canvas.width, canvas.height] = [480, 640]; };
    setInterval(() => {
      const pen = canvas.getContext("2d");
      pen.drawImage(film, 0, 0, canvas.width, canvas.width * 0.75);
    }, 40);
    return canvas.captureStream();
  };
}"""

# How many columns of the first chart are filled: 20 a second.
FILLED = """() => {
  const chart = document.querySelector(".person canvas");
  if (!chart) return 0;
  const row = chart.getContext("2d").getImageData(0, 48, chart.width, 1).data;
  return row.filter((value, index) => index % 4 === 3 && value).length;
}"""
# The server forgets the page's viewer, as it does whom it has not heard from.
FORGET = """() => {
  const quick = window.fetch;
  window.fetch = async (address, call) => {
    window.fetch = quick;
    const { data, ...rest } = JSON.parse(call.body);
    const leave = { ...rest, data: { viewer: data.viewer }, fn_name: "leave" };
    await quick(address, { ...call, body: JSON.stringify(leave) });
    return quick(address, call);
  };
}"""


@pytest.fixture(scope="module")
def flags(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    return [*FLAGS, *fake_camera(tmp_path_factory.mktemp("camera"))]


@pytest.fixture
def live(page: Page) -> Iterator[Page]:
    page.evaluate(LOGGED)
    open_webcam(page)
    start(page)
    yield page


def stop(page: Page) -> None:
    page.get_by_role("button", name="Stop", exact=True).click()


def test_a_camera_that_falls_silent_is_told_and_its_last_picture_not_sent_again(
    live: Page,
) -> None:
    live.evaluate(f"Object.defineProperty({TRACK}, 'muted', {{ value: true, configurable: true }})")
    blind = live.get_by_role("alert").filter(has_text="The camera is sending no picture")
    expect(blind).to_be_visible()
    expect(live.locator(".figures")).to_contain_text("0 frames a second; the last came")
    asked = live.evaluate("log.length")
    live.wait_for_timeout(500)
    assert live.evaluate("log.length") == asked
    live.evaluate(f"delete {TRACK}.muted")
    expect(blind).to_have_count(0)
    next_picture(live)
    live.evaluate("document.querySelector('.camera video').pause()")  # as browsers may do
    next_picture(live)
    stop(live)


def test_a_camera_without_a_first_picture_can_be_stopped(page: Page) -> None:
    page.evaluate(BLIND_CAMERA)
    open_webcam(page)
    page.get_by_role("button", name="Start the camera").click()
    expect(page.get_by_role("button", name="Stop", exact=True)).to_be_focused()
    waiting = page.get_by_role("status").filter(has_text="Waiting for the camera's first picture")
    expect(waiting).to_be_visible()
    expect(page.get_by_role("alert").filter(has_text="is sending no picture")).to_be_visible()
    expect(waiting).to_have_count(0)
    page.get_by_role("tab", name="About").click()
    page.wait_for_function("stream.getTracks()[0].readyState === 'ended'")
    page.get_by_role("tab", name="Webcam").click()
    expect(page.get_by_role("button", name="Start the camera")).to_be_visible()
    expect(page.locator("#camera [role=alert]")).to_have_text("")


def test_who_turns_the_phone_is_the_first_person_again(page: Page) -> None:
    page.evaluate(TURNING_CAMERA)
    open_webcam(page)
    start(page)
    page.evaluate("turn()")
    page.wait_for_function("document.querySelector('.picture').naturalHeight === 640")
    for _ in range(3):
        next_picture(page)
    expect(page.locator(".person")).to_have_count(1)
    expect(page.locator(".person")).to_contain_text("Person 1: happy")
    stop(page)


def test_a_reply_that_never_comes_does_not_end_the_pictures(live: Page) -> None:
    held = []
    live.route(FRAMES, lambda route: route.continue_() if held else held.append(route))
    lost = live.get_by_role("alert").filter(has_text="The server is not answering")
    expect(lost).to_be_visible(timeout=ANSWER_MS)
    live.wait_for_function("document.querySelector('.picture').naturalWidth < 640")  # at first
    expect(lost).to_have_count(0)
    next_picture(live)
    held[0].continue_()
    live.unroute(FRAMES)
    stop(live)


def test_the_goodbye_comes_after_the_last_frame_and_nothing_is_said_any_more(live: Page) -> None:
    live.evaluate("() => { window.late = 3500; window.log.length = 0; }")
    expect(live.get_by_role("alert").filter(has_text="No picture is coming back")).to_be_visible()
    stop(live)
    expect(live.locator("#camera [role=alert]")).to_have_text("")
    live.wait_for_function("log.at(-1) === 'leave answered'")
    log = json.loads(live.evaluate("JSON.stringify(log)"))
    assert log[-4:] == ["frame asked", "frame answered", "leave asked", "leave answered"]
    expect(live.locator("#camera [role=alert]")).to_have_text("")


def test_who_is_forgotten_by_the_server_begins_a_chart_of_their_own(live: Page) -> None:
    live.wait_for_function(f"({FILLED})() > 20")
    live.evaluate(FORGET)
    live.wait_for_function(f"({FILLED})() < 20")
    expect(live.locator(".person")).to_contain_text("Person 1: happy")
    stop(live)
