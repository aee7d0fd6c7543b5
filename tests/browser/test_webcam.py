"""The Webcam tab in a real browser, before whose camera a smiling face moves."""

import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from gradio import Blocks
from playwright.sync_api import BrowserContext, Page, expect

from benchmarks.film import frames
from fer_core import FerPipeline
from fer_core.emoji import PAD_RGB
from fer_core.images import read_picture
from tests.browser.accessibility import serious_faults
from tests.browser.conftest import FLAGS
from tests.browser.film import fake_camera, read_counter
from tests.browser.webcam_page import next_picture, open_webcam, start


@pytest.fixture(scope="module")
def flags(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    return [*FLAGS, *fake_camera(tmp_path_factory.mktemp("camera"))]


@pytest.fixture
def live(page: Page) -> Iterator[Page]:
    open_webcam(page)
    start(page)
    yield page
    page.get_by_role("button", name="Stop", exact=True).click()


# A phone's: what the browser gives is this machine's one camera, whichever is asked for.
TWO_CAMERAS = """
const real = MediaDevices.prototype.getUserMedia;
MediaDevices.prototype.getUserMedia = async function ({ video, audio }) {
  const { deviceId, ...rest } = video;
  const stream = await real.call(this, { video: rest, audio });
  const which = deviceId?.exact ?? "1";
  stream.getVideoTracks()[0].getSettings = () =>
    ({ deviceId: which, facingMode: which === "1" ? "user" : "environment" });
  return stream;
};
MediaDevices.prototype.enumerateDevices = async () => [
  { kind: "videoinput", deviceId: "1", label: "Front camera" },
  { kind: "audioinput", deviceId: "2", label: "Microphone" },
  { kind: "videoinput", deviceId: "3", label: "Back camera" },
];
"""


def test_of_several_cameras_one_can_be_chosen(page: Page) -> None:
    page.add_init_script(TWO_CAMERAS)
    page.reload()
    open_webcam(page)
    start(page)
    cameras = page.get_by_label("Camera")
    expect(cameras.locator("option")).to_have_text(["Front camera", "Back camera"])
    expect(cameras.locator("option:checked")).to_have_text("Front camera")
    page.get_by_label("Mirror").check()
    cameras.select_option("Back camera")
    expect(page.get_by_label("Mirror")).not_to_be_checked()  # as what is before one is seen
    read_counter(next_picture(page))
    expect(page.locator(".person")).to_have_count(1)
    assert cameras.input_value() == "3"
    page.get_by_role("button", name="Stop", exact=True).click()


def test_where_there_is_one_camera_there_is_nothing_to_choose(live: Page) -> None:
    expect(live.locator(".cameras")).to_be_hidden()


def face_of(pipeline: FerPipeline, picture: np.ndarray) -> tuple[slice, slice]:
    """Where the film's face is in the frame that this picture was made of."""
    box = pipeline.analyze(frames()[read_counter(picture)]).faces.xyxy[0].round().astype(int)
    return slice(max(box[1], 0), box[3]), slice(max(box[0], 0), box[2])


def test_the_emoji_stays_on_the_moving_face(live: Page, pipeline: FerPipeline) -> None:
    numbers = set()
    for _ in range(3):
        picture = next_picture(live)
        numbers.add(read_counter(picture))
        red, green, blue = picture[face_of(pipeline, picture)].reshape(-1, 3).astype(int).T
        yellow = (red > 180) & (green > 110) & (blue < 140)
        assert yellow.mean() > 0.6
    assert len(numbers) == 3
    expect(live.locator(".person").filter(has_text=": happy")).to_have_count(1)
    expect(live.locator(".figures")).to_have_text(re.compile(r"^[\d.]+ frames a second;.* \d+ ms$"))


def test_choices_act_while_it_runs(live: Page, pipeline: FerPipeline) -> None:
    live.get_by_role("radio", name="Box").check(force=True)
    live.get_by_label("Model").select_option("compact-fer2013")
    slider = live.get_by_label("Smoothing")
    slider.press("End")
    expect(live.locator(".smoothing + output")).to_have_text("2.0 s")
    picture = next_picture(live)
    red, green, blue = picture[face_of(pipeline, picture)].reshape(-1, 3).astype(int).T
    assert ((red > 180) & (green > 110) & (blue < 140)).mean() < 0.5  # the face itself
    live.get_by_label("Cover all faces").check()
    picture = next_picture(live)
    face = picture[face_of(pipeline, picture)].reshape(-1, 3).astype(int)
    assert (np.abs(face - PAD_RGB) < 12).all(1).mean() > 0.6


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_running_camera_is_accessible_and_fits_a_phone(live: Page, scheme: str) -> None:
    live.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    assert not serious_faults(live)
    live.set_viewport_size({"width": 375, "height": 812})
    assert live.evaluate("document.documentElement.scrollWidth") == 375


@pytest.mark.parametrize("size", [(721, 800), (320, 640), (812, 375)], ids=str)
def test_the_running_camera_is_in_view_and_nothing_sticks_out(
    page: Page, size: tuple[int, int]
) -> None:
    open_webcam(page)
    page.set_viewport_size({"width": size[0], "height": size[1]})
    start(page)
    expect(page.locator(".stage")).to_be_in_viewport(ratio=0.99)
    assert page.evaluate("document.querySelector('.live').scrollWidth") == page.evaluate(
        "document.querySelector('.live').clientWidth"
    )
    page.get_by_role("button", name="Stop", exact=True).click()
    page.set_viewport_size({"width": 1280, "height": 900})


def test_a_snapshot_is_what_is_shown(live: Page) -> None:
    with live.expect_download() as download:
        live.get_by_role("button", name="Save snapshot").click()
    assert re.fullmatch(r"fer-studio-[\dT-]+\.jpg", download.value.suggested_filename)
    assert read_picture(Path(download.value.path())).pixels.shape == (480, 640, 3)


def test_leaving_the_tab_switches_the_camera_off(page: Page) -> None:
    open_webcam(page)
    start(page)
    page.get_by_role("tab", name="About").click()
    page.wait_for_function("document.querySelector('.camera video').srcObject === null")
    page.get_by_role("tab", name="Webcam").click()
    start(page)  # and it can be started again
    page.get_by_role("button", name="Stop", exact=True).click()
    expect(page.get_by_role("button", name="Start the camera")).to_be_focused()


def test_leaving_the_tab_does_not_wait_for_the_server(page: Page) -> None:
    open_webcam(page)
    start(page)
    with page.expect_request("**/component_server/"):
        page.route("**/component_server/", lambda route: None)  # no reply from now on
    page.get_by_role("tab", name="About").click()
    page.wait_for_function("document.querySelector('.camera video').srcObject === null")
    page.unroute("**/component_server/")


def test_a_server_that_does_not_answer_is_a_sentence_and_it_goes_on_later(page: Page) -> None:
    open_webcam(page)
    start(page)
    # As of a proxy whose server is away; of an error's number, the browser's console would tell.
    page.route("**/component_server/", lambda route: route.fulfill(body="no JSON"))
    gone = page.get_by_role("alert").filter(has_text="The server does not answer")
    expect(gone).to_be_visible()
    page.unroute("**/component_server/")
    expect(gone).to_have_count(0)
    next_picture(page)
    page.get_by_role("button", name="Stop", exact=True).click()


def test_two_viewers_are_served_and_one_may_leave(
    live: Page, context: BrowserContext, app: Blocks
) -> None:
    other = context.new_page()
    other.goto(str(app.local_url))
    open_webcam(other)
    start(other)
    # One page of a window is in front; the other must not wait for it.
    live.bring_to_front()
    next_picture(live)
    other.bring_to_front()
    next_picture(other)
    other.close()
    live.bring_to_front()
    next_picture(live)


@pytest.mark.parametrize(
    ("failure", "sentence"),
    [
        ("NotAllowedError", "camera was not allowed"),
        ("NotFoundError", "No camera was found"),
        ("NotReadableError", "in use by another program"),
        ("AbortError", "in use by another program"),
        ("StrangeError", "could not be started: for a reason"),
    ],
)
def test_a_camera_that_cannot_be_had_is_a_sentence(page: Page, failure: str, sentence: str) -> None:
    page.evaluate(
        "name => { navigator.mediaDevices.getUserMedia ="
        " () => Promise.reject(new DOMException('for a reason', name)); }",
        failure,
    )
    open_webcam(page)
    page.get_by_role("button", name="Start the camera").click()
    expect(page.get_by_role("alert").filter(has_text=sentence)).to_be_visible()
    expect(page.get_by_role("button", name="Start the camera")).to_be_enabled()
    expect(page.get_by_role("button", name="Start the camera")).to_be_focused()


def test_the_focus_stays_on_the_page_and_it_says_that_the_browser_asks(page: Page) -> None:
    page.evaluate(
        "() => { const media = navigator.mediaDevices; const ask = media.getUserMedia.bind(media);"
        " media.getUserMedia = (wanted) =>"
        " new Promise((allow) => { window.allow = () => allow(ask(wanted)); }); }"
    )
    open_webcam(page)
    begin = page.get_by_role("button", name="Start the camera")
    begin.focus()
    page.keyboard.press("Enter")
    asks = page.get_by_role("status").filter(has_text="Your browser asks for permission")
    expect(asks).to_be_visible()
    expect(begin).to_be_focused()
    page.keyboard.press("Enter")  # once is enough
    page.evaluate("allow()")
    expect(page.get_by_role("button", name="Stop", exact=True)).to_be_focused()
    expect(asks).to_have_count(0)
    page.evaluate(
        "document.querySelector('.camera video').srcObject.getVideoTracks()[0]"
        ".dispatchEvent(new Event('ended'))"
    )
    expect(page.get_by_role("alert").filter(has_text="taken away")).to_be_visible()
    expect(begin).to_be_focused()
