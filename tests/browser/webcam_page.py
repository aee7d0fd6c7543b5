"""The Webcam tab as a visitor uses it."""

import base64

import numpy as np
from playwright.sync_api import Page, expect

from fer_core.images import read_picture

SHOWN = "Your camera with its faces marked: happy."
# What is asked of the server, and when it has answered; each frame is late by `late` ms.
LOGGED = """() => {
  const quick = window.fetch;
  window.late = 0;
  window.log = [];
  window.fetch = async (...call) => {
    if (!String(call[0]).includes("component_server")) return quick(...call);
    const name = String(call[1].body).includes('"fn_name":"leave"') ? "leave" : "frame";
    await new Promise((done) => setTimeout(done, name === "frame" ? window.late : 0));
    window.log.push(`${name} asked`);
    const answer = await quick(...call);
    window.log.push(`${name} answered`);
    return answer;
  };
}"""


def open_webcam(page: Page) -> None:
    page.get_by_role("tab", name="Webcam").click()
    expect(page.get_by_role("heading", name="Before the camera starts")).to_be_visible()


def start(page: Page) -> None:
    """Start the camera, unmirrored so that its counter can be read, and wait for a face."""
    page.get_by_role("button", name="Start the camera").click()
    page.get_by_label("Mirror").uncheck()
    expect(page.locator(".picture[src]")).to_have_attribute("alt", SHOWN)
    next_picture(page)  # the first may still be mirrored; then people are counted anew
    expect(page.locator(".person").first).to_be_visible()


def shown_picture(page: Page) -> np.ndarray:
    source = page.locator(".picture").get_attribute("src")
    assert source and source.startswith("data:image/jpeg;base64,")
    return read_picture(base64.b64decode(source.split(",")[1])).pixels


def next_picture(page: Page) -> np.ndarray:
    """The second picture from now: its frame was surely taken after this call."""
    expect(page.locator(".picture[src]")).to_be_visible()
    for _ in range(2):
        source = str(page.locator(".picture").get_attribute("src"))
        expect(page.locator(".picture")).not_to_have_attribute("src", source)
    return shown_picture(page)
