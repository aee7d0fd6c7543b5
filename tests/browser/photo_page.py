"""The Photo tab as a visitor uses it, and the way to the others."""

from pathlib import Path

from gradio import Blocks
from playwright.sync_api import Page, expect

from demo.tabs.photo_tab import EXAMPLES, EXAMPLES_FOLDER

ASTRONAUT = EXAMPLES_FOLDER / EXAMPLES["Astronaut"]
GROUP = EXAMPLES_FOLDER / EXAMPLES["Side by side"]
GROUP_FACES = 4


def choose(page: Page, name: str, data: bytes) -> None:
    """Upload as a visitor does, through the button's file dialogue."""
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Choose a photo").click()
    chooser.value.set_files({"name": name, "mimeType": "image/jpeg", "buffer": data})


def uploads(app: Blocks) -> list[str]:
    """Visitors' photos that are on the server's disk, by name."""
    return [path.name for path in Path(app.GRADIO_CACHE).rglob("*.jpg")]


def show_group(page: Page) -> None:
    page.get_by_role("button", name="Side by side").click()
    expect(page.locator(".face")).to_have_count(GROUP_FACES)


def tab(page: Page, name: str) -> None:
    page.get_by_role("tab", name=name).click()
    expect(page.get_by_role("tab", name=name)).to_have_attribute("aria-selected", "true")
