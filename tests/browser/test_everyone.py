"""Whether everyone can use the pages: on a phone, by touch, by ear, with weak eyes."""

import re

from playwright.sync_api import Page, expect

from demo.tabs.photo_tab import EXAMPLES
from tests.browser.accessibility import COLOUR_RULES, serious_faults
from tests.browser.photo_page import show_group, tab

PHONE = {"width": 375, "height": 812}

# Buttons and labelled boxes with less than 24 pixels for a finger.
SMALL_TARGETS = """() =>
  [...document.querySelectorAll("button, label:has([type=checkbox]), label:has([type=radio])")]
    .filter((each) => each.tabIndex >= 0 || each.tagName === "LABEL") // not Gradio's rulers
    .filter((each) => each.checkVisibility({visibilityProperty: true}))
    .filter((each) => each.getBoundingClientRect().height < 24)
    .map((each) => each.outerHTML.slice(0, 120))"""


def test_axe_finds_nothing_serious(page: Page) -> None:
    found = faults_in_both_schemes(page)
    show_group(page)
    page.get_by_role("button", name="More options").click()
    expect(page.get_by_label("Face detector")).to_be_visible()
    found |= faults_in_both_schemes(page)
    for name in ("Webcam", "Video", "About"):
        tab(page, name)
        found |= faults_in_both_schemes(page)
    assert not found


def faults_in_both_schemes(page: Page) -> set[str]:
    page.emulate_media(color_scheme="light")
    expect(page.locator("body")).not_to_contain_class("dark")
    found = serious_faults(page)
    page.emulate_media(color_scheme="dark")
    expect(page.locator("body")).to_contain_class("dark")
    return found | {f"dark: {each}" for each in serious_faults(page, runOnly=COLOUR_RULES)}


def test_a_phone_needs_no_sideways_scrolling_and_what_is_touched_is_large_enough(
    page: Page,
) -> None:
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    show_group(page)
    for name in ("Photo", "Webcam", "Video", "About"):
        tab(page, name)
        assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    tab(page, "Photo")
    page.get_by_role("button", name="More options").click()
    expect(page.get_by_label("Face detector")).to_be_visible()
    assert page.evaluate(SMALL_TARGETS) == []
    tab(page, "Video")
    assert page.evaluate(SMALL_TARGETS) == []
    page.set_viewport_size({"width": 1280, "height": 900})


def test_the_figures_of_about_can_be_read_on_a_small_phone(page: Page) -> None:
    for width in (320, 360):
        page.set_viewport_size({"width": width, "height": 640})
        for name in ("Photo", "Webcam", "Video", "About"):
            tab(page, name)  # none hides in a menu
        figures = page.get_by_role("region", name="Figures of this model")
        assert page.evaluate("document.documentElement.scrollWidth") == width
        figures.get_by_role("columnheader").last.scroll_into_view_if_needed()
        figures.evaluate("box => { box.scrollLeft = box.scrollWidth; }")
        expect(figures.get_by_role("columnheader").last).to_be_in_viewport(ratio=0.9)
    page.set_viewport_size({"width": 1280, "height": 900})


def test_each_example_is_called_by_its_name_once_and_the_styles_are_called_so(page: Page) -> None:
    for name in EXAMPLES:
        expect(page.get_by_role("button", name=name, exact=True)).to_be_visible()
    show_group(page)
    for name in ("Photo", "Video"):
        tab(page, name)
        expect(page.get_by_role("group", name="Style")).to_be_visible()


def test_an_empty_checkbox_can_be_seen(page: Page) -> None:
    tab(page, "Video")
    box = page.get_by_label("Cover all faces")
    expect(box).to_be_visible()
    grounds = set()
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        page.wait_for_timeout(300)  # colours fade in
        border = luminance(box.evaluate("box => getComputedStyle(box).borderTopColor"))
        back = luminance(page.evaluate("getComputedStyle(document.body).backgroundColor"))
        assert (max(border, back) + 0.05) / (min(border, back) + 0.05) >= 3
        grounds.add(back)
    assert len(grounds) == 2


def luminance(colour: str) -> float:
    """Of a colour such as "rgb(1, 2, 3)", as WCAG counts it."""
    parts = [int(part) / 255 for part in re.findall(r"\d+", colour)[:3]]
    linear = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
