"""The Photo and About tabs in a real browser, with the real pipeline."""

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from gradio import Blocks
from picture_files import cases, encoded, photo
from PIL import Image
from playwright.sync_api import BrowserContext, Download, Page, expect

from demo.gradio_app import UPLOAD_LIMIT
from demo.tabs.photo_tab import EXAMPLES
from demo.tabs.photos import PHOTO_BYTES
from fer_core import EMOTIONS
from fer_core.emoji import STYLES
from tests.browser.accessibility import serious_faults
from tests.browser.conftest import watched_page
from tests.browser.hand_over import hand_over
from tests.browser.photo_page import ASTRONAUT, GROUP, GROUP_FACES, choose, show_group, tab

UPLOAD = "/upload"  # in the address that files are sent to
# Of the kinds in `cases`, all of which the app's handlers are given elsewhere: what differs in the
# browser. At the first, nothing is shown yet; at the next that are refused, what was shown stays.
KINDS = ["text.jpg", "rotated.jpg", "truncated.jpg", "empty.jpg", "animation.gif", "one-pixel.png"]
NOT_TAKEN = "The file was not accepted. Choose it again, or another one."


def save(page: Page, kind: str) -> Download:
    with page.expect_download() as download:
        page.get_by_role("button", name=f"Save {kind.upper()}").click()
    return download.value


@pytest.fixture(scope="module")
def group(context: BrowserContext, app: Blocks) -> Iterator[Page]:
    """A page with a photo of several faces, for the tests that leave it there."""
    with watched_page(context, app) as page:
        show_group(page)
        yield page


def test_a_phones_photos_are_asked_for_as_jpeg(page: Page) -> None:
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Choose a photo").click()
    kinds = str(chooser.value.element.get_attribute("accept")).split(",")
    assert kinds[0] == "image/jpeg" and "image/*" not in kinds
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Choose a photo").press("Enter")
    assert str(chooser.value.element.get_attribute("accept")).split(",") == kinds


def test_a_group_comes_back_with_a_card_for_each_face(group: Page) -> None:
    expect(group.get_by_role("status").first).to_have_text(f"{GROUP_FACES} faces found.")
    expect(group.locator(".pin")).to_have_text(["1", "2", "3", "4"])
    first = group.locator(".face").first
    expect(first.get_by_role("img", name="Face 1")).to_be_visible()
    bars = first.get_by_role("list", name="Face 1: probability of each expression")
    expect(bars.get_by_role("listitem")).to_have_count(len(EMOTIONS))
    expect(group.get_by_role("img", name="Your picture with its faces marked")).to_be_visible()


def test_a_face_and_its_card_point_to_each_other(group: Page) -> None:
    group.locator(".face").nth(2).hover()
    expect(group.locator(".spot.lit")).to_have_text("3")
    group.locator(".spot").nth(1).click()
    expect(group.locator(".face.lit")).to_have_attribute("data-face", "2")
    expect(group.locator(".face.lit")).to_be_in_viewport()


def test_downloads_are_the_whole_picture_and_its_results(group: Page) -> None:
    picture = save(group, "png")
    assert picture.suggested_filename == "side-by-side-faces.png"
    with Image.open(picture.path()) as saved, Image.open(GROUP) as original:
        assert (saved.format, saved.size) == ("PNG", original.size)
        assert not saved.getexif()
    results = json.loads(Path(save(group, "json").path()).read_text())
    assert [face["face"] for face in results["faces"]] == [1, 2, 3, 4]
    rows = list(csv.DictReader(io.StringIO(Path(save(group, "csv").path()).read_text())))
    assert [row["label"] for row in rows] == [face["label"] for face in results["faces"]]


def test_the_style_changes_the_picture_and_not_the_cards(page: Page) -> None:
    show_group(page)
    picture = page.locator("#picture img")
    cards = page.locator(".faces").inner_html()
    seen = {picture.get_attribute("src")}
    for style in STYLES[1:]:
        before = str(picture.get_attribute("src"))
        page.get_by_role("radio", name=style).check()
        expect(page.get_by_role("status").first).to_have_text(f"Style changed to {style}.")
        expect(picture).not_to_have_attribute("src", before)
        seen.add(picture.get_attribute("src"))
    assert len(seen) == len(STYLES)
    assert page.locator(".faces").inner_html() == cards


def test_what_is_wrong_with_a_photo_is_brought_into_view(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 664})
    choose(page, "text.jpg", b"no picture")
    error = page.locator("#message [role=alert]")
    expect(error).to_contain_text("text.jpg is not a picture")
    expect(error).to_be_in_viewport(ratio=0.9)
    page.set_viewport_size({"width": 1280, "height": 900})


def test_a_file_gives_a_result_or_a_sentence_and_the_app_lives_on(page: Page) -> None:
    kinds = {case.name: case for case in cases()}
    shown: list[str] = []
    for name in KINDS:
        case = kinds[name]
        choose(page, case.name, case.data)
        if case.size is None:
            expect(page.get_by_role("alert").first).to_contain_text(case.says)
            expect(page.locator("#picture figcaption")).to_have_text(shown)
        else:
            shown = ["{:,} x {:,} pixels".format(*case.size)]
            expect(page.locator("#picture figcaption")).to_have_text(shown)
            expect(page.get_by_role("status").first).to_contain_text(case.says or "face")
            expect(page.get_by_role("alert").first).to_be_empty()
        assert "Traceback" not in page.content()
    choose(page, "good.jpg", ASTRONAUT.read_bytes())
    expect(page.locator(".face")).to_have_count(1)


def test_no_face_is_a_kind_sentence_with_advice(page: Page) -> None:
    choose(page, "wall.png", encoded(photo(), "PNG"))
    expect(page.get_by_role("status").first).to_have_text("No face found.")
    expect(page.get_by_role("heading", name="What to try")).to_be_visible()


def test_a_photo_can_be_pasted_or_dropped_anywhere(page: Page) -> None:
    for kind, picture, faces in (("paste", ASTRONAUT, 1), ("drop", GROUP, GROUP_FACES)):
        hand_over(page, ("handed.jpg", picture.read_bytes()), kind=kind)
        expect(page.locator(".face")).to_have_count(faces)


def test_of_several_files_the_first_photo_is_taken_and_that_is_said(page: Page) -> None:
    hand_over(page, ("notes.txt", b"notes"), ("a.jpg", ASTRONAUT.read_bytes()))
    expect(page.locator(".face")).to_have_count(1)
    said = page.locator("#drop .left-out")
    expect(said).to_have_text("One at a time: of these 2 files, a.jpg was taken.")
    expect(said).to_be_visible()
    assert not serious_faults(page)
    show_group(page)
    expect(said).to_be_hidden()


def test_where_no_photo_is_taken_the_tab_opens_that_takes_it(page: Page) -> None:
    photos = ((ASTRONAUT, 1), (GROUP, GROUP_FACES), (ASTRONAUT, 1))
    for name, (picture, faces) in zip(("About", "Webcam", "Video"), photos, strict=True):
        tab(page, name)
        hand_over(page, ("handed.jpg", picture.read_bytes()))
        expect(page.locator(".face")).to_have_count(faces)
        expect(page.get_by_role("tab", name="Photo")).to_have_attribute("aria-selected", "true")


def test_a_photo_over_the_limit_is_refused_with_a_sentence(page: Page, tmp_path: Path) -> None:
    huge = tmp_path / "huge.jpg"
    huge.write_bytes(bytes(PHOTO_BYTES + 5_000_000))
    page.locator("#drop input[type=file]").set_input_files(huge)
    expect(page.get_by_role("alert").filter(has_text="huge.jpg is 30 MB")).to_be_visible()
    choose(page, "good.jpg", ASTRONAUT.read_bytes())
    expect(page.locator(".face")).to_have_count(1)


def test_what_is_over_the_limit_for_all_files_is_not_even_taken(page: Page, tmp_path: Path) -> None:
    huge = tmp_path / "huge.jpg"
    with huge.open("wb") as file:
        file.truncate(int(UPLOAD_LIMIT.split()[0]) * 1_100_000)
    page.locator("#drop input[type=file]").set_input_files(huge)
    expect(page.get_by_text("exceed the maximum allowed size")).to_be_visible()
    expect(page.locator("#message").get_by_role("alert")).to_have_text(NOT_TAKEN)


@pytest.mark.parametrize("name", ["Photo", "Video"])
def test_files_that_are_refused_one_after_the_other_leave_no_message_of_work(
    page: Page, name: str
) -> None:
    tab(page, name)
    prefix = {"Photo": "", "Video": "video-"}[name]
    message = page.locator(f"#{prefix}message")
    broken, button = {
        "Photo": ("broken.jpg", "Choose a photo"),
        "Video": ("broken.mp4", "Choose a clip"),
    }[name]
    files = page.locator(f"#{prefix}drop input[type=file]")

    def give(name: str) -> None:
        files.set_input_files({"name": name, "mimeType": "", "buffer": name.encode()})

    give(broken)
    expect(message.get_by_role("alert")).to_contain_text(f"{broken} is not a")
    expect(page.get_by_role("button", name=button)).to_be_enabled()
    for count, refused in enumerate(("a.txt", "b.pdf"), 1):
        give(refused)
        expect(page.locator(".toast-body.error")).to_have_count(1)
        if count > 1:  # Gradio makes one of the two
            expect(page.locator(".toast-body.error")).to_contain_text(f"({count})")
        expect(message.get_by_role("status")).to_be_empty()
        expect(message.get_by_role("alert")).to_have_text(NOT_TAKEN)


def test_another_detector_and_a_higher_least_score_analyse_again(page: Page) -> None:
    show_group(page)
    page.get_by_role("button", name="More options").click()
    picture = page.locator("#picture img")
    before = str(picture.get_attribute("src"))
    page.get_by_role("combobox", name="Face detector").click()
    page.get_by_role("option", name="haar").click()
    expect(picture).not_to_have_attribute("src", before)
    # The number beside the slider only shows it: half a number would be taken as it is typed.
    number = page.get_by_role("spinbutton", name="Minimum detection score")
    expect(number).not_to_be_editable()
    page.get_by_role("slider", name="Minimum detection score").press("End")
    expect(number).to_have_value("1")
    expect(page.get_by_role("status").first).to_have_text("No face found.")


def test_everything_can_be_reached_and_used_by_keyboard(page: Page) -> None:
    page.get_by_role("button", name="Astronaut").wait_for()
    reached: list[str] = []
    for _ in range(12):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.innerText.trim()"))
    assert "Photo" in reached and "Choose a photo" in reached
    assert set(EXAMPLES) <= set(reached)
    while page.evaluate("document.activeElement.innerText.trim()") != "Astronaut":
        page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".face")).to_have_count(1)
    page.get_by_role("radio", name=STYLES[0]).focus()
    for style in STYLES[1:3]:
        page.keyboard.press("ArrowRight")
        expect(page.get_by_role("status").first).to_have_text(f"Style changed to {style}.")


def test_about_says_what_it_is_not_for(page: Page) -> None:
    tab(page, "About")
    expect(page.get_by_text("Article 5(1)(f)")).to_be_visible()
    expect(page.get_by_role("table")).to_contain_text("95% interval")


def test_the_pages_own_picture_is_no_file_that_is_dropped(page: Page) -> None:
    choose(page, "mine.jpg", ASTRONAUT.read_bytes())
    expect(page.locator(".face")).to_have_count(1)
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if UPLOAD in request.url else None)
    page.evaluate(
        """() => {
          const dataTransfer = new DataTransfer();
          dataTransfer.items.add(new File(["x"], "own.png", { type: "image/png" }));
          const say = (place, name) => {
            const event = new DragEvent(name, { bubbles: true, cancelable: true, dataTransfer });
            document.querySelector(place).dispatchEvent(event);
          };
          say("#picture img", "dragstart");
          say("#drop", "drop");
          say("#picture img", "dragend");
        }"""
    )
    hand_over(page, ("another.jpg", GROUP.read_bytes()))
    expect(page.locator(".face")).to_have_count(GROUP_FACES)
    assert len(sent) == 1  # that one
