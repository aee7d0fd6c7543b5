"""What axe finds on a page."""

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

COLOUR_RULES = ["color-contrast", "link-in-text-block"]  # the other rules see no colours

RUN = "options => axe.run(document, options).then(found => found.violations)"


def serious_faults(page: Page, **options: object) -> set[str]:
    """The rules broken seriously, with where. options: axe's own."""
    page.wait_for_timeout(300)  # colours fade in
    options = {"resultTypes": ["violations"], **options}  # it need not list all that is right
    if not page.evaluate("'axe' in window"):  # it is half a megabyte
        page.evaluate(AXE_SCRIPT)
    violations = page.evaluate(RUN, options)
    return {
        f"{each['id']}: {node['html'][:120]}"
        for each in violations
        if each["impact"] in ("serious", "critical")
        for node in each["nodes"]
    }
