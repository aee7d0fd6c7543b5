"""The dashboard in a real browser, on made-up reports and the shipped weights."""

import contextlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, expect
from playwright.sync_api import TimeoutError as Timeout

from benchmarks.dashboard_server import PAGES
from demo.gradio_app import EXAMPLES_FOLDER
from tests.browser.accessibility import COLOUR_RULES, serious_faults
from tests.browser.conftest import FLAGS
from tests.browser.dashboard_server import made_up_dashboard
from tests.browser.film import fake_camera

CLICKS, CLICK_MS = 5, 10_000
# Streamlit starts the camera twice: at once, and again for the width that it then measured. In
# between there is no picture, and the first one after it is black.
CAMERA_READY = """() => {
  const video = document.querySelector("[data-testid=stCameraInput] video");
  const [track] = video?.srcObject?.getVideoTracks() ?? [];
  return track?.getConstraints().width > 0 && video.videoWidth > 0 && video.currentTime > 0;
}"""
DARK_GROUND = "rgb(23, 20, 18)"  # .streamlit/config.toml
TITLES_UNDER_BUTTONS = """() => [...document.querySelectorAll(".js-plotly-plot")]
    .map(plot => [plot.querySelector(".gtitle"), plot.querySelector(".modebar-btn")])
    .filter(([title, button]) => title && button
        && title.getBoundingClientRect().right > button.getBoundingClientRect().left)
    .map(([title]) => title.textContent)"""
DESKTOP, PHONE = {"width": 1280, "height": 900}, {"width": 375, "height": 812}


@pytest.fixture(scope="module")
def flags(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    return [*FLAGS, *fake_camera(tmp_path_factory.mktemp("camera"))]


@pytest.fixture(scope="module")
def address(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with made_up_dashboard(tmp_path_factory.mktemp("weights")) as url:
        yield url


@pytest.fixture
def board(context: BrowserContext, address: str) -> Iterator[Page]:
    """An empty page. After each test: no console error, and no request to anywhere else."""
    page = context.new_page()
    errors: list[str] = []
    elsewhere: list[str] = []

    def note(message: ConsoleMessage) -> None:
        # Below a page's own address Streamlit looks for its server first, and then at the root.
        if message.type == "error" and "/_stcore/" not in message.location["url"]:
            errors.append(message.text)

    def check(url: str) -> None:
        if not url.startswith((address, "data:", "blob:")):
            elsewhere.append(url)

    page.on("console", note)
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("request", lambda request: check(request.url))
    yield page
    page.close()
    assert not errors
    assert not elsewhere


def settled(page: Page, title: str = "") -> None:
    """Wait until the page has been drawn, and see that nothing failed."""
    if title:
        expect(page.get_by_role("heading", level=1)).to_have_text(title)
    page.wait_for_timeout(150)  # a change takes a moment to start a run
    expect(page.locator("[data-testid=stApp]")).to_have_attribute(
        "data-test-script-state", "notRunning"
    )
    expect(page.get_by_test_id("stException")).to_have_count(0)


def visit(page: Page, address: str, title: str) -> None:
    page.goto(address)
    settled(page, title)


def open_page(page: Page, name: str) -> None:
    page.get_by_test_id("stSidebarNav").get_by_role("link", name=name).click()
    settled(page, PAGES[name])


def test_each_page_is_accessible_fits_a_phone_and_is_left_by_one_back(
    board: Page, address: str
) -> None:
    visit(board, address, "Which model?")
    found: set[str] = set()
    for name in PAGES:
        open_page(board, name)
        found |= {f"{name}: {each}" for each in serious_faults(board)}
        board.emulate_media(color_scheme="dark")
        expect(board.get_by_test_id("stApp")).to_have_css("background-color", DARK_GROUND)
        found |= {f"{name}, dark: {each}" for each in serious_faults(board, runOnly=COLOUR_RULES)}
        board.set_viewport_size(PHONE)  # type: ignore[arg-type]
        board.wait_for_timeout(300)  # for the charts to be drawn anew
        if board.evaluate("document.documentElement.scrollWidth") > PHONE["width"]:
            found.add(f"{name}: has to be scrolled sideways")
        hidden = board.evaluate(TITLES_UNDER_BUTTONS)
        found |= {f"{name}: the title “{each}” runs under its chart's buttons" for each in hidden}
        board.emulate_media(color_scheme="light")
        board.set_viewport_size(DESKTOP)  # type: ignore[arg-type]
        if name != "Overview":
            board.go_back()  # nothing was chosen on the page
            settled(board, "Which model?")
    expect(board).to_have_url(f"{address}/")
    assert not found


def test_a_click_on_the_matrix_opens_the_cell_and_the_address_keeps_it(
    board: Page, address: str
) -> None:
    visit(board, f"{address}/inside", "Inside a class")
    plot = board.get_by_test_id("stPlotlyChart").first.locator(".nsewdrag").first
    plot.hover()  # waits until it no longer moves
    box = plot.bounding_box()
    assert box
    # Plotly chooses the point whose tip it shows, and takes a moment to show another.
    board.mouse.move(box["x"] + box["width"] * 5.5 / 7, box["y"] + box["height"] * 4.5 / 7)
    expect(board.locator(".hoverlayer")).to_contain_text("labelled sad, taken for surprise")
    board.mouse.down()
    board.mouse.up()
    expect(board.get_by_role("heading", name="Labelled sad, answered surprise")).to_be_visible()
    expect(board).to_have_url(re.compile("labelled=sad.*answer=surprise"))
    settled(board)
    board.reload()
    expect(board.get_by_role("heading", name="Labelled sad, answered surprise")).to_be_visible()


def test_two_ticks_in_quick_succession_both_count_and_lead_to_their_comparison(
    board: Page, address: str
) -> None:
    visit(board, address, "Which model?")
    table = board.get_by_test_id("stDataFrame").first
    table.locator("canvas [role=gridcell]").first.wait_for(state="attached")  # it has been drawn
    for row in (1, 3):  # not the two that the page compares by itself
        table.click(position={"x": 16, "y": 35 * row + 18})
    expect(board).to_have_url(re.compile("pick=made-up.*" * 2))
    settled(board)
    expect(board).to_have_url(re.compile("pick=made-up.*" * 2))
    board.get_by_role("link", name="Compare the 2 ticked").click()
    settled(board, "Compare")
    expect(board).to_have_url(re.compile("models=made-up.*" * 2))
    expect(board.get_by_text("McNemar's exact test")).to_be_visible()


def test_controls_change_the_view_and_its_address(board: Page, address: str) -> None:
    visit(board, address, "Which model?")
    find = board.get_by_label("Filter")
    find.fill("made-up-001")
    find.press("Enter")
    expect(board).to_have_url(re.compile("find=made-up-001"))
    settled(board)
    open_page(board, "Compare")
    board.get_by_role("radio", name="FER2013 FER+ majority").click()
    settled(board)
    board.get_by_role("radio", name="F1").click()
    settled(board)
    expect(board.get_by_role("figure", name="F1 of each expression")).to_be_visible()
    settled(board)
    slider = board.get_by_role("slider", name="Unsure below")
    slider.press("End")
    expect(board.get_by_text("answers none")).to_be_visible()
    slider.press("Home")
    expect(board.get_by_text("answers 100%").first).to_be_visible()


def test_charts_are_saved_as_csv_and_svg(board: Page, address: str) -> None:
    board.emulate_media(color_scheme="dark")
    visit(board, address, "Which model?")
    board.get_by_role("radio", name="SVG").click()
    chart = board.get_by_test_id("stPlotlyChart").first
    save = chart.locator(".modebar-btn").first
    expect(save).to_have_attribute("data-title", "Download plot")  # no longer "as a PNG"
    settled(board)
    with board.expect_download() as csv:
        board.get_by_test_id("stDownloadButton").first.click()
    rows = Path(csv.value.path()).read_text().splitlines()
    assert rows[0].startswith("experiment,") and len(rows) == 5
    chart.hover()
    with board.expect_download() as picture:
        save.click()
    of = "fer2013-labels-privatetest-all-faces"
    assert picture.value.suggested_filename == f"accuracy-against-parameters-{of}.svg"
    # The page's own ground, on which its light text can be read.
    assert DARK_GROUND in Path(picture.value.path()).read_text()


def test_an_uploaded_photo_gets_its_maps_and_a_broken_one_a_sentence(
    board: Page, address: str
) -> None:
    visit(board, f"{address}/attention", "Attention")
    expect(board.get_by_role("img", name="Feature maps").last).to_be_visible()
    # What the page no longer shows is gone from the server, too, also if it was still on its way.
    board.wait_for_function("[...document.images].every(image => image.complete)")
    board.get_by_role("radio", name="upload").click()
    settled(board)
    upload = board.locator("input[type=file]")
    broken = {"name": "broken.jpg", "mimeType": "image/jpeg", "buffer": b"no picture"}
    upload.set_input_files(broken)  # type: ignore[arg-type]
    expect(board.get_by_text("is not a picture that can be read here")).to_be_visible()
    upload.set_input_files(EXAMPLES_FOLDER / "president.jpg")
    expect(board.get_by_role("img", name="Grad-CAM of compact-ferplus").first).to_be_visible()
    settled(board)
    board.get_by_text("How faithful is the map").click()
    expect(board.get_by_text("Area under insertion")).to_be_visible()
    settled(board)


def take_photo(page: Page) -> None:
    """Click until the photo is there: a click while the button is drawn anew is lost."""
    page.wait_for_function(CAMERA_READY)
    camera = page.get_by_test_id("stCameraInput")
    taken = camera.get_by_role("button", name="Clear photo")
    for _ in range(CLICKS):
        with contextlib.suppress(AssertionError, Timeout):
            camera.get_by_role("button", name="Take Photo").click(timeout=CLICK_MS)
            expect(taken).to_be_visible(timeout=CLICK_MS)
            return
    expect(taken).to_be_visible()


def test_a_snapshot_of_the_camera_gets_its_maps(board: Page, address: str) -> None:
    visit(board, f"{address}/attention?source=camera", "Attention")
    expect(board.get_by_text("goes to the machine that runs this page")).to_be_visible()
    take_photo(board)
    expect(board.get_by_text("happy", exact=True).first).to_be_visible()
    expect(board.get_by_role("img", name="Grad-CAM of compact-ferplus").first).to_be_visible()
    settled(board)
