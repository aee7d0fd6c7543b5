"""The Video tab in a real browser, with the real pipeline."""

import csv
import json
from collections.abc import Iterator
from pathlib import Path

import av
import pytest
from clip_files import make_clip
from gradio import Blocks
from playwright.sync_api import BrowserContext, Page, expect

from benchmarks.film import frames
from benchmarks.video import write_clip
from demo.tabs.video_tab import LOST
from fer_core.images import read_picture
from fer_core.pixels import resize
from tests.browser.accessibility import serious_faults
from tests.browser.connections import cut_connections, visitor
from tests.browser.hand_over import hand_over
from tests.browser.slow_clips import slow_clips
from tests.browser.timeline import a_click_on_the_timeline_seeks, timeline_contrast

FRAMES, RATE = 24, 12
PATIENCE_MS = 120_000


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two seconds of a smiling face that moves."""
    path = tmp_path_factory.mktemp("clips") / "holiday.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=RATE)
        stream.width, stream.height, stream.pix_fmt = 320, 240, "yuv420p"
        for picture in frames(count=FRAMES):
            frame = av.VideoFrame.from_ndarray(resize(picture, (240, 320)), format="rgb24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


@pytest.fixture
def tab(page: Page) -> Page:
    page.get_by_role("tab", name="Video").click()
    expect(page.get_by_role("button", name="Choose a clip")).to_be_visible()
    return page


def choose(page: Page, path: Path) -> None:
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Choose a clip").click()
    chooser.value.set_files(path)


def test_a_clip_comes_back_annotated_and_after_one_that_is_none_so_does_the_next(
    tab: Page, clip: Path, tmp_path: Path
) -> None:
    choose(tab, clip)
    done = tab.get_by_role("status").filter(has_text="One person found in 24 frames, 2.0 s.")
    expect(done).to_be_visible(timeout=PATIENCE_MS)
    tab.wait_for_function("document.querySelector('#annotated-clip video')?.readyState >= 2")
    seconds, width, height = tab.evaluate(
        "(() => { const video = document.querySelector('#annotated-clip video');"
        " return [video.duration, video.videoWidth, video.videoHeight]; })()"
    )
    assert (round(seconds, 2), width, height) == (2.0, 320, 240)
    expect(tab.locator("#annotated-clip video")).to_be_in_viewport(ratio=0.9)
    expect(tab.locator("#made-with")).to_contain_text("Made with: emoji, faces not covered,")
    row = tab.locator("#people tbody tr")
    expect(row).to_have_count(1)
    expect(row).to_contain_text("0.0 to 1.9 s")
    expect(row.locator("td").nth(4)).to_contain_text("100%")  # happy
    expect(tab.get_by_role("img", name="Each person's strongest moments")).to_be_visible()
    assert a_click_on_the_timeline_seeks(tab)
    assert min(timeline_contrast(tab, "light"), timeline_contrast(tab, "dark")) >= 4.5

    saved = {}
    for name in ("clip", "CSV", "JSON", "moments"):
        with tab.expect_download() as download:
            tab.get_by_role("button", name=f"Save {name}").click()
        saved[download.value.suggested_filename] = Path(download.value.path())
    assert set(saved) == {f"holiday-faces.{kind}" for kind in ("mp4", "csv", "json", "png")}
    with av.open(str(saved["holiday-faces.mp4"])) as film:
        assert sum(1 for _ in film.decode(video=0)) == FRAMES
    rows = list(csv.DictReader(saved["holiday-faces.csv"].open()))
    assert len(rows) == FRAMES and {row["label"] for row in rows} == {"happy"}
    assert len(json.loads(saved["holiday-faces.json"].read_text())["people"]) == 1
    open_sheet = read_picture(saved["holiday-faces.png"]).pixels
    tab.get_by_label("Cover the faces in the moments").check()
    with tab.expect_download() as download:
        tab.get_by_role("button", name="Save moments").click()
    assert (read_picture(Path(download.value.path())).pixels != open_sheet).any()
    assert not serious_faults(tab)
    tab.set_viewport_size({"width": 375, "height": 812})
    assert tab.evaluate("document.documentElement.scrollWidth") == 375
    tab.set_viewport_size({"width": 1280, "height": 900})

    broken = tmp_path / "broken.mp4"
    broken.write_bytes(b"no clip at all")
    choose(tab, broken)
    expect(tab.get_by_role("alert").filter(has_text="broken.mp4")).to_be_visible()
    expect(done).to_have_count(0)
    choose(tab, clip)
    expect(done).to_be_visible(timeout=PATIENCE_MS)
    assert a_click_on_the_timeline_seeks(tab)


@pytest.fixture(scope="module")
def long_clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One that takes two minutes where clips are `slow`."""
    path = tmp_path_factory.mktemp("clips") / "long.mp4"
    with path.open("wb") as file:
        write_clip(file, frames(count=25), 20)
    return path


@pytest.fixture
def slow(app: Blocks) -> Iterator[pytest.MonkeyPatch]:
    with slow_clips() as patch:
        yield patch


def test_stopping_keeps_what_is_done_and_until_then_no_other_clip_is_taken(
    tab: Page, clip: Path, long_clip: Path, slow: pytest.MonkeyPatch
) -> None:
    choose(tab, long_clip)
    expect(tab.get_by_role("img", name="The frame that was done last")).to_be_visible()
    hand_over(tab, ("dropped.mp4", clip.read_bytes()))
    refused = tab.get_by_role("alert").filter(has_text="Only one clip at a time")
    expect(refused).to_be_visible()
    tab.get_by_role("button", name="Stop and keep what is done").click()
    expect(tab.get_by_role("status").filter(has_text="Stopped after")).to_be_visible()
    expect(refused).to_have_count(0)
    tab.wait_for_function("document.querySelector('#annotated-clip video')?.readyState >= 1")
    assert tab.evaluate("document.querySelector('#annotated-clip video').duration") < 15
    expect(tab.get_by_role("button", name="Choose a clip")).to_be_enabled()
    slow.undo()
    hand_over(tab, ("dropped.mp4", clip.read_bytes()))
    done = tab.get_by_role("status").filter(has_text="One person found in 24 frames")
    expect(done).to_be_visible(timeout=PATIENCE_MS)


@pytest.fixture
def own_tab(context: BrowserContext, app: Blocks) -> Iterator[Page]:
    """A page that may report errors: of answers that it left, or whose connection is cut."""
    page = context.new_page()
    page.goto(str(app.local_url))
    page.get_by_role("tab", name="Video").click()
    yield page
    page.close()


def test_a_page_that_is_loaded_anew_goes_on_with_its_clip(
    own_tab: Page, app: Blocks, long_clip: Path, slow: pytest.MonkeyPatch
) -> None:
    options = own_tab.locator("#video-options")
    choices = [options.get_by_label("Word"), options.get_by_label("Cover all faces found")]
    for choice in choices:
        choice.check()
    choose(own_tab, long_clip)
    working = own_tab.get_by_role("img", name="The frame that was done last")
    expect(working).to_be_visible()
    for how in ("by its visitor", "twice in a row", "after its connection was cut"):
        lost = visitor(own_tab)
        with own_tab.expect_event("load", timeout=PATIENCE_MS):
            if how == "after its connection was cut":
                cut_connections(app, lost)  # then Gradio loads it
            else:
                own_tab.reload()
        if how == "twice in a row":
            own_tab.reload()
        expect(working).to_be_visible()
        expect(own_tab.get_by_role("button", name="Choose a clip")).to_be_disabled()
        for choice in choices:  # are still as the clip is made
            expect(choice).to_be_checked()
        assert visitor(own_tab) != lost
    own_tab.get_by_role("button", name="Stop and keep what is done").click()
    expect(own_tab.get_by_role("status").filter(has_text="Stopped after")).to_be_visible()
    own_tab.wait_for_function("document.querySelector('#annotated-clip video')?.readyState >= 1")
    expect(own_tab.get_by_role("button", name="Choose a clip")).to_be_enabled()


def test_a_clip_that_is_done_outlives_a_wish_that_finds_no_server(
    own_tab: Page, tmp_path: Path
) -> None:
    clip = tmp_path / "short.mp4"
    clip.write_bytes(make_clip(frames=10, size_wh=(192, 108)))
    choose(own_tab, clip)
    shown = "document.querySelector('#annotated-clip video')?.readyState >= 1"
    own_tab.wait_for_function(shown)
    expect(own_tab.get_by_role("button", name="Choose a clip")).to_be_enabled()
    with own_tab.expect_event("load", timeout=PATIENCE_MS):  # as Gradio does then
        own_tab.context.set_offline(True)
        own_tab.get_by_role("button", name="Save clip").click()
        own_tab.wait_for_timeout(2000)
        own_tab.context.set_offline(False)
    own_tab.wait_for_function(shown)
    expect(own_tab.get_by_role("tab", name="Video")).to_have_attribute("aria-selected", "true")


def test_a_tab_that_is_duplicated_leaves_the_clip_to_its_original(
    own_tab: Page,
    context: BrowserContext,
    app: Blocks,
    long_clip: Path,
    slow: pytest.MonkeyPatch,
) -> None:
    choose(own_tab, long_clip)
    expect(own_tab.get_by_role("img", name="The frame that was done last")).to_be_visible()
    memory = own_tab.evaluate("JSON.stringify(sessionStorage)")
    copy = context.new_page()
    copy.add_init_script(f"Object.assign(sessionStorage, {memory})")
    copy.goto(str(app.local_url))
    copy.wait_for_timeout(5000)  # longer than it waits whether its original leaves
    expect(copy.get_by_role("tab", name="Photo")).to_have_attribute("aria-selected", "true")
    expect(copy.get_by_role("alert")).to_have_text([""] * copy.get_by_role("alert").count())
    copy.close()
    stop = own_tab.get_by_role("button", name="Stop and keep what is done")
    stop.click()
    expect(own_tab.get_by_role("status").filter(has_text="Stopped after")).to_be_visible()


def test_a_clip_that_is_gone_is_said_to_be(tab: Page) -> None:
    tab.add_init_script(
        "sessionStorage.setItem('fer-studio-goes-on', JSON.stringify(['video', 'nobody']))"
    )
    tab.reload()
    expect(tab.locator("#video-message [role=alert]")).to_have_text(LOST)
    expect(tab.get_by_role("button", name="Choose a clip")).to_be_enabled()


def test_faces_that_are_covered_in_the_clip_are_so_in_its_moments(tab: Page, clip: Path) -> None:
    cover = tab.get_by_label("Cover all faces")
    cover.check()
    choose(tab, clip)
    expect(tab.get_by_role("button", name="Choose a clip")).to_be_disabled()
    expect(cover).to_be_disabled()
    expect(tab.locator("#video-options input:enabled")).to_have_count(0)
    done = tab.get_by_role("status").filter(has_text="One person found")
    expect(done).to_be_visible(timeout=PATIENCE_MS)
    expect(tab.get_by_label("Cover the faces in the moments")).to_be_checked()
    expect(tab.get_by_role("button", name="Choose a clip")).to_be_enabled()
    expect(tab.locator("#made-with")).to_contain_text("faces covered where found")
    cover.uncheck()  # for the next clip, as is said


def test_a_clip_that_waits_can_be_stopped(
    tab: Page, own_tab: Page, clip: Path, long_clip: Path, slow: pytest.MonkeyPatch
) -> None:
    choose(own_tab, long_clip)
    expect(own_tab.get_by_role("img", name="The frame that was done last")).to_be_visible()
    tab.bring_to_front()
    choose(tab, clip)
    expect(tab.get_by_role("status").filter(has_text="Waiting for its turn")).to_be_visible()
    tab.get_by_role("button", name="Stop", exact=True).click()
    expect(tab.get_by_role("status").filter(has_text="was not started")).to_be_visible()
    expect(tab.get_by_role("button", name="Stop", exact=True)).to_have_count(0)
    tab.get_by_label("Cover all faces").check()
    choose(tab, clip)  # the next is not held up by the one that was stopped
    expect(tab.get_by_role("status").filter(has_text="Waiting for its turn")).to_be_visible()
    own_tab.get_by_role("button", name="Stop and keep what is done").click()
    slow.undo()
    done = tab.get_by_role("status").filter(has_text="One person found in 24 frames")
    expect(done).to_be_visible(timeout=PATIENCE_MS)
    expect(tab.locator("#made-with")).to_contain_text("faces covered where found")
    expect(tab.get_by_role("button", name="Choose a clip")).to_be_enabled()
