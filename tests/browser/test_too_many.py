"""Where more visitors wait than the server takes: each is told, and may try again."""

import pytest
from gradio import Blocks
from playwright.sync_api import BrowserContext, Page, expect

from demo.serving.uploads import HeldUploads
from demo.serving.video_jobs import VideoJobs
from demo.tabs import photo_tab, video_tab
from tests.browser.photo_page import GROUP_FACES, choose, show_group, tab

CLIP = {"name": "a.mp4", "mimeType": "video/mp4", "buffer": b"a clip"}


def choose_clip(page: Page) -> None:
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Choose a clip").click()
    chooser.value.set_files(CLIP)


def test_who_is_not_taken_is_told_and_may_try_again(
    context: BrowserContext, app: Blocks, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = context.new_page()  # not the fixture's: the browser reports the refusals
    page.goto(str(app.local_url))
    monkeypatch.setattr(app._queue, "max_size", 0)
    page.get_by_role("button", name="Side by side").click()
    expect(page.locator("#message [role=alert]")).to_have_text(photo_tab.FULL)
    expect(page.locator("#message .busy")).to_have_count(0)
    tab(page, "Video")
    choose_clip(page)
    expect(page.locator("#video-message [role=alert]")).to_have_text(video_tab.FULL)
    expect(page.get_by_role("button", name="Choose a clip")).to_be_enabled()
    expect(page.get_by_role("button", name="Stop")).to_be_hidden()
    monkeypatch.undo()
    tab(page, "Photo")
    show_group(page)
    expect(page.locator(".face")).to_have_count(GROUP_FACES)
    page.close()


def test_who_is_refused_twice_is_told_twice(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(HeldUploads, "hold", lambda *_: False)
    monkeypatch.setattr(VideoJobs, "put", lambda *_: False)
    for _ in range(2):
        choose(page, "a.jpg", b"a photo")
        expect(page.locator("#message [role=alert]")).to_have_text(photo_tab.FULL)
        expect(page.locator("#message [role=status]")).to_have_text("")
    tab(page, "Video")
    for _ in range(2):
        choose_clip(page)
        expect(page.locator("#video-message [role=alert]")).to_have_text(video_tab.FULL)
        expect(page.locator("#video-message [role=status]")).to_have_text("")
