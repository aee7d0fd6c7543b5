"""The Photo tab where a visitor does not wait for the answer, with the real pipeline."""

from clip_files import make_clip
from gradio import Blocks
from playwright.sync_api import Page, Route, expect

from tests.browser.photo_page import ASTRONAUT, GROUP, GROUP_FACES, choose, show_group, uploads
from tests.waiting import wait_until


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
    assert not uploads(app)


def test_options_changed_while_a_photo_is_analysed_act_on_it(page: Page, app: Blocks) -> None:
    picture, seen = page.locator("#picture img"), [""]

    def detect_with(name: str) -> None:
        page.get_by_role("combobox", name="Face detector").click()
        page.get_by_role("option", name=name).click()

    def use_box() -> None:
        page.get_by_role("radio", name="box").check(force=True)

    def note_another() -> None:
        expect(picture).not_to_have_attribute("src", seen[-1])
        seen.append(str(picture.get_attribute("src")))

    choose(page, "second.jpg", ASTRONAUT.read_bytes())
    note_another()
    page.get_by_role("button", name="More options").click()
    use_box()
    note_another()
    detect_with("haar")
    note_another()
    one_after_the_other = seen[-1]
    detect_with("mtcnn")
    note_another()
    page.get_by_role("radio", name="emoji").check(force=True)
    note_another()
    show_group(page)
    choose(page, "second.jpg", ASTRONAUT.read_bytes())
    use_box()  # at once
    detect_with("haar")
    expect(picture).to_have_attribute("src", one_after_the_other)
    wait_until(lambda: not any(app._queue.active_jobs))
    expect(page.locator("#message .busy")).to_have_count(0)
    expect(picture).to_have_attribute("src", one_after_the_other)
    expect(page.locator(".face")).to_have_count(1)


def test_a_clip_that_takes_long_to_arrive_does_not_replace_a_later_one(
    page: Page, app: Blocks
) -> None:
    page.get_by_role("tab", name="Video").click()
    held: list[Route] = []
    page.route("**/upload*", lambda route: held.append(route), times=1)
    files = page.locator("#video-drop input[type=file]")
    status = page.locator("#video-message [role=status]")
    for name, frames in (("slow.mp4", 20), ("quick.mp4", 10)):
        clip = make_clip(frames=frames, size_wh=(192, 108))
        files.set_input_files({"name": name, "mimeType": "video/mp4", "buffer": clip})
        expect(status).to_have_text("Uploading …")
    shown = page.locator("#video-message").get_by_text("in 10 frames")
    expect(shown).to_be_visible()
    wait_until(lambda: bool(held))
    with page.expect_response("**/run/predict*"):
        held[0].continue_()
    page.wait_for_timeout(1500)
    expect(shown).to_be_visible()
    expect(page.get_by_role("button", name="Choose a clip")).to_be_enabled()
    assert not uploads(app)


def test_a_photo_that_takes_long_to_arrive_does_not_replace_a_later_one(
    page: Page, app: Blocks
) -> None:
    held: list[Route] = []
    for later in ("an example", "another file"):
        page.route("**/upload*", lambda route: held.append(route), times=1)
        choose(page, "slow.jpg", ASTRONAUT.read_bytes())
        expect(page.locator("#message [role=status]")).to_have_text("Uploading …")
        if later == "an example":
            show_group(page)
        else:
            choose(page, "quick.jpg", GROUP.read_bytes())
            expect(page.locator(".face")).to_have_count(GROUP_FACES)
        wait_until(lambda: bool(held))
        with page.expect_response("**/run/predict*"):  # the slow one's arrival is told the server
            held.pop().continue_()
        page.wait_for_timeout(2000)
        expect(page.locator(".face")).to_have_count(GROUP_FACES)
        expect(page.locator("#message .busy")).to_have_count(0)
        assert not uploads(app)
        choose(page, "last.jpg", ASTRONAUT.read_bytes())
        expect(page.locator(".face")).to_have_count(1)
