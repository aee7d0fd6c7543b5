"""A page's connections to the app, which a test cuts."""

from collections.abc import Callable

from gradio import Blocks
from playwright.sync_api import Page


def visitor(page: Page) -> str:
    """The name under which the server knows the page."""
    name = page.locator("[data-visitor]").get_attribute("data-visitor")
    assert name
    return name


def cut_heartbeat(app: Blocks, visitor: str) -> None:
    """As when a phone is locked or its network changes: the connection that says that the page is
    there. Not the answers to wishes: where one of those breaks, Gradio loads the page anew."""
    _cut(app, lambda path, query: path.endswith(f"/heartbeat/{visitor}"))


def cut_connections(app: Blocks, visitor: str) -> None:
    """That one, and those of answers that are on their way."""
    _cut(app, lambda path, query: path.endswith(f"/heartbeat/{visitor}") or visitor in query)


def _cut(app: Blocks, chosen: Callable[[str, str], bool]) -> None:
    for each in list(app.server.server_state.connections):
        if each.scope and chosen(each.scope["path"], each.scope["query_string"].decode()):
            each.loop.call_soon_threadsafe(each.transport.abort)
