"""What axe finds on a page."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page


def serious_faults(page: Page) -> set[str]:
    """The rules broken seriously, with where."""
    page.wait_for_timeout(300)  # colours fade in
    violations = Axe().run(page).response["violations"]
    return {
        f"{each['id']}: {node['html'][:120]}"
        for each in violations
        if each["impact"] in ("serious", "critical")
        for node in each["nodes"]
    }
