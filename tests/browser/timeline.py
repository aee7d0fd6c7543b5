"""The timeline of the Video tab, as a visitor points at it."""

from typing import Literal

from playwright.sync_api import Page, expect

from tests.demo.contrast import contrast, from_css


def a_click_on_the_timeline_seeks(page: Page) -> bool:
    """Click the middle of a timeline of two seconds until the film stands at its first second.

    The page may still move under the pointer (the film and the moments load beside it), and a
    plot knows the place only of a pointer that has moved over it: so a click may miss.
    """
    plot = page.locator("#timeline .nsewdrag").first
    for attempt in range(60):
        plot.scroll_into_view_if_needed()
        box = plot.bounding_box()
        assert box
        place = (box["x"] + box["width"] / 2 + attempt % 2, box["y"] + 30)
        page.mouse.move(*place)
        page.wait_for_timeout(500)
        page.mouse.click(*place)
        page.wait_for_timeout(500)
        seconds = page.evaluate("document.querySelector('#annotated-clip video').currentTime")
        if abs(seconds - 1) < 0.3:
            return True
    return False


def timeline_contrast(page: Page, scheme: Literal["light", "dark"]) -> float:
    """The least between what is written at the timeline, pointed at, and what is below it."""
    page.emulate_media(color_scheme=scheme)
    page.locator("#timeline .nsewdrag").first.hover(position={"x": 40, "y": 30})
    expect(page.locator("#timeline .hoverlayer .bg")).to_be_attached()
    page.wait_for_timeout(300)  # colours fade in
    written, box, ground = page.evaluate(
        """() => {
          const styles = (place) =>
            [...document.querySelectorAll(place)].map((each) => getComputedStyle(each));
          return [
            styles("#timeline text").map((style) => style.fill),
            styles("#timeline .hoverlayer .bg")[0].fill,
            styles("body")[0].backgroundColor,
          ];
        }"""
    )
    return min(
        contrast(from_css(text), from_css(below)) for text in written for below in (box, ground)
    )
