"""The Photo tab where a visitor does not wait for the answer, with the real pipeline."""

from pathlib import Path

from gradio import Blocks
from playwright.sync_api import Page, expect

from tests.browser.photo_page import ASTRONAUT, GROUP_FACES, choose, show_group


def test_the_last_of_quick_choices_is_what_is_shown(page: Page, app: Blocks) -> None:
    choose(page, "first.jpg", ASTRONAUT.read_bytes())
    show_group(page)  # at once
    for style in ("badge", "word", "box"):
        page.get_by_role("radio", name=style).check(force=True)
    status = page.locator("#message [role=status]")
    expect(status).to_have_text("Style changed to box.")
    page.wait_for_timeout(1000)
    expect(page.locator(".face")).to_have_count(GROUP_FACES)
    expect(status).to_have_text("Style changed to box.")
    assert not any(Path(path).exists() for path in app.upload_file_set)


def test_options_changed_while_a_photo_is_analysed_act_on_it(page: Page) -> None:
    show_group(page)
    page.get_by_role("button", name="More options").click()
    picture = page.locator("#picture img")
    before = str(picture.get_attribute("src"))
    choose(page, "second.jpg", ASTRONAUT.read_bytes())
    page.get_by_role("radio", name="box").check(force=True)  # at once
    page.get_by_role("combobox", name="Face detector").click()
    page.get_by_role("option", name="haar").click()
    page.wait_for_timeout(3000)
    expect(page.locator("#message .busy")).to_have_count(0)
    expect(page.locator(".face")).to_have_count(1)
    shown = str(picture.get_attribute("src"))
    assert shown != before
    # What is shown is what one choice after the other gives.
    page.get_by_role("radio", name="word").check(force=True)
    expect(picture).not_to_have_attribute("src", shown)
    page.get_by_role("radio", name="box").check(force=True)
    expect(picture).to_have_attribute("src", shown)
