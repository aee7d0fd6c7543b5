"""What is kept of a visitor whose page is closed, or whose connection ends: in a browser."""

import time

from gradio import Blocks
from playwright.sync_api import BrowserContext, Page, expect

from fer_core.emoji import STYLES
from tests.browser.connections import cut_heartbeat, visitor
from tests.browser.photo_page import ASTRONAUT, choose, show_group, uploads
from tests.waiting import wait_until


def keeps(app: Blocks, session: str) -> bool:
    """Whether a photo is in memory. A wish of a page that is closing begins an empty session."""
    state = app.state_holder.session_data.get(session)
    return state is not None and any(value is not None for value in state.state_data.values())


def close(page: Page) -> None:
    """Close the page as a visitor does. A busy browser may give it no time for its last words."""
    page.evaluate("dispatchEvent(new PageTransitionEvent('pagehide'))")
    page.close()


def test_behind_a_proxy_the_page_calls_its_own_origin(page: Page) -> None:
    address = page.evaluate(
        "() => { const { root } = gradio_config; gradio_config.root = 'http://elsewhere/faces/';"
        " try { return ferStudioAddress('/run/goodbye'); } finally { gradio_config.root = root; } }"
    )
    assert address == "/faces/gradio_api/run/goodbye"


def test_a_closed_page_leaves_nothing_on_the_server(page: Page, app: Blocks) -> None:
    choose(page, "mine.jpg", ASTRONAUT.read_bytes())
    expect(page.locator(".face")).to_have_count(1)
    session = visitor(page)
    assert keeps(app, session)
    assert not uploads(app)
    assert not any(path.endswith("mine.jpg") for path in app.upload_file_set)
    # Not by going elsewhere: Gradio then aborts its own streams, which the page left behind may
    # still report as an error.
    close(page)
    wait_until(lambda: not keeps(app, session))


def test_a_photo_outlives_a_lost_connection_but_not_the_page(
    context: BrowserContext, app: Blocks
) -> None:
    page = context.new_page()  # not the fixture's: the browser reports the connection that is cut
    page.goto(str(app.local_url))
    show_group(page)
    session = visitor(page)
    cut_heartbeat(app, session)
    wait_until(lambda: app.state_holder.session_data[session].is_closed)
    time.sleep(1)  # for what the server does about it
    page.get_by_text(STYLES[1].capitalize(), exact=True).first.click()
    expect(page.get_by_role("status").first).to_have_text(f"Style changed to {STYLES[1]}.")
    close(page)
    wait_until(lambda: not keeps(app, session))


def test_a_photo_that_was_under_way_when_the_page_was_loaded_anew_is_said_to_be_lost(
    page: Page,
) -> None:
    page.add_init_script(
        "sessionStorage.setItem('fer-studio-goes-on', JSON.stringify(['photo', 'nobody']))"
    )
    page.reload()
    expect(page.locator("#message [role=alert]")).to_contain_text("choose the photo again")
