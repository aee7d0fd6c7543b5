"""The Webcam tab in a real browser, before whose camera a smiling face moves."""

import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from gradio import Blocks
from playwright.sync_api import BrowserContext, Page, Request, expect

from demo.serving.viewers import Viewers
from fer_core import FerPipeline
from fer_core.emoji import PAD_RGB
from fer_core.images import read_picture
from tests.browser.accessibility import COLOUR_RULES, serious_faults
from tests.browser.conftest import FLAGS
from tests.browser.film import fake_camera, film, read_counter
from tests.browser.webcam_page import next_picture, open_webcam, start
from tests.waiting import wait_until


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
() => {
  const media = navigator.mediaDevices, real = media.getUserMedia.bind(media);
  window.cameras = [
    { kind: "videoinput", deviceId: "1", label: "Front camera" },
    { kind: "audioinput", deviceId: "2", label: "Microphone" },
    { kind: "videoinput", deviceId: "3", label: "Back camera" },
  ];
  window.tracks = [];
  media.enumerateDevices = async () => cameras;
  media.getUserMedia = async ({ video, audio }) => {
    const { deviceId, ...rest } = video;
    const which = deviceId?.exact ?? "1";
    if (!cameras.some((camera) => camera.deviceId === which))
      throw new DOMException("", "OverconstrainedError");
    const stream = await real({ video: rest, audio });
    const [track] = stream.getVideoTracks();
    track.getSettings = () =>
      ({ deviceId: which, facingMode: which === "1" ? "user" : "environment" });
    tracks.push(track);
    return stream;
  };
}"""


def test_of_several_cameras_one_can_be_chosen(page: Page) -> None:
    page.evaluate(TWO_CAMERAS)
    open_webcam(page)
    start(page)
    cameras = page.get_by_label("Camera")
    expect(cameras.locator("option")).to_have_text(["Front camera", "Back camera"])
    expect(cameras.locator("option:checked")).to_have_text("Front camera")
    page.get_by_label("Mirror").check()
    cameras.select_option("Back camera")
    expect(page.get_by_label("Mirror")).not_to_be_checked()  # as what is before one is seen
    next_picture(page)
    expect(page.locator(".person")).to_have_count(1)
    assert cameras.input_value() == "3"
    page.get_by_role("button", name="Stop", exact=True).click()
    page.get_by_role("button", name="Start the camera").click()  # the front one again
    expect(page.get_by_label("Mirror")).to_be_checked()
    next_picture(page)
    # Two choices before the first camera is there: the last one counts, and one light is on.
    cameras.evaluate(
        "(select) => ['3', '1'].forEach((id) => {"
        " select.value = id; select.dispatchEvent(new Event('change')); })"
    )
    page.wait_for_function("tracks.length === 5")
    next_picture(page)
    assert cameras.input_value() == "1"
    assert page.evaluate("tracks.filter((track) => track.readyState === 'live').length") == 1
    # One that is taken away is no longer offered; who still chooses it is told.
    page.evaluate("cameras.pop()")
    cameras.select_option("Back camera")
    expect(page.get_by_role("alert").filter(has_text="No camera was found")).to_be_visible()
    page.get_by_role("button", name="Start the camera").click()
    next_picture(page)
    expect(page.locator(".cameras")).to_be_hidden()
    page.evaluate(
        "cameras.push({ kind: 'videoinput', deviceId: '4', label: 'New camera' });"
        "navigator.mediaDevices.dispatchEvent(new Event('devicechange'))"
    )
    expect(cameras.locator("option")).to_have_text(["Front camera", "New camera"])
    page.get_by_role("button", name="Stop", exact=True).click()
    assert page.evaluate("tracks.every((track) => track.readyState === 'ended')")


def face_of(pipeline: FerPipeline, picture: np.ndarray) -> tuple[slice, slice]:
    """Where the film's face is in the frame that this picture was made of."""
    box = pipeline.analyze(film()[read_counter(picture)]).faces.xyxy[0].round().astype(int)
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
    expect(live.locator(".cameras")).to_be_hidden()  # there is one
    expect(live.locator(".person").filter(has_text=": happy")).to_have_count(1)
    expect(live.locator(".figures")).to_have_text(re.compile(r"^[\d.]+ frames a second;.* \d+ ms$"))


def test_choices_act_while_it_runs(live: Page, pipeline: FerPipeline) -> None:
    live.get_by_role("radio", name="Box").check(force=True)
    live.get_by_label("Model").select_option("compact-fer2013")
    slider = live.get_by_label("Smoothing")

    def chosen(request: Request) -> bool:
        asked = request.post_data or ""
        return '"weights":"compact-fer2013","smoothing":2,' in asked

    with live.expect_request(chosen):
        slider.press("End")
    expect(live.locator(".smoothing + output")).to_have_text("2.0 s")
    picture = next_picture(live)
    red, green, blue = picture[face_of(pipeline, picture)].reshape(-1, 3).astype(int).T
    assert ((red > 180) & (green > 110) & (blue < 140)).mean() < 0.5  # the face itself
    live.get_by_label("Cover all faces").check()
    picture = next_picture(live)
    face = picture[face_of(pipeline, picture)].reshape(-1, 3).astype(int)
    assert (np.abs(face - PAD_RGB) < 12).all(1).mean() > 0.6


def test_the_running_camera_is_accessible_and_fits_a_phone(live: Page) -> None:
    assert not serious_faults(live)
    live.emulate_media(color_scheme="dark")
    assert not serious_faults(live, runOnly=COLOUR_RULES)
    live.set_viewport_size({"width": 375, "height": 812})
    assert live.evaluate("document.documentElement.scrollWidth") == 375


def test_the_running_camera_is_in_view_and_nothing_sticks_out(page: Page) -> None:
    open_webcam(page)
    for width, height in [(721, 800), (320, 640), (812, 375)]:
        page.evaluate("scrollTo(0, 0)")
        page.set_viewport_size({"width": width, "height": height})
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


def test_leaving_the_tab_switches_the_camera_off_and_does_not_wait_for_the_server(
    page: Page,
) -> None:
    open_webcam(page)
    start(page)
    page.get_by_role("tab", name="About").click()
    page.wait_for_function("document.querySelector('.camera video').srcObject === null")
    page.get_by_role("tab", name="Webcam").click()
    start(page)  # and it can be started again
    page.get_by_role("button", name="Stop", exact=True).click()
    expect(page.get_by_role("button", name="Start the camera")).to_be_focused()
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
    gone = page.get_by_role("alert").filter(has_text="The server is not answering")
    expect(gone).to_be_visible()
    page.unroute("**/component_server/")
    expect(gone).to_have_count(0)
    next_picture(page)
    page.get_by_role("button", name="Stop", exact=True).click()


def test_two_viewers_are_served_and_one_may_leave(
    live: Page, context: BrowserContext, app: Blocks, monkeypatch: pytest.MonkeyPatch
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
    left: list[int] = []
    leave = Viewers.leave

    def counted(viewers: Viewers, message: object) -> None:
        before = len(viewers)
        leave(viewers, message)
        left.append(before - len(viewers))

    monkeypatch.setattr(Viewers, "leave", counted)
    other.goto("about:blank")
    wait_until(lambda: left == [1])
    other.close()
    live.bring_to_front()
    next_picture(live)


def test_a_camera_that_cannot_be_had_is_a_sentence(page: Page) -> None:
    open_webcam(page)
    for failure, sentence in [
        ("NotAllowedError", "camera was not allowed"),
        ("NotFoundError", "No camera was found"),
        ("NotReadableError", "in use by another program"),
        ("StrangeError", "could not be started: for a reason"),
        ("AbortError", "in use by another program"),
    ]:
        page.evaluate(
            "name => { navigator.mediaDevices.getUserMedia ="
            " () => Promise.reject(new DOMException('for a reason', name)); }",
            failure,
        )
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
    asks = page.get_by_role("status").filter(has_text="Your browser is asking for permission")
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
    expect(page.get_by_role("alert").filter(has_text="disconnected")).to_be_visible()
    expect(begin).to_be_focused()
