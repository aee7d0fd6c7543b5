"""The browser's Back on the dashboard: it leaves a page, or undoes one choice of the user. That it
leaves each page on which nothing was chosen is seen where each is opened anyway."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from demo.board.panels import ONE_STEP
from tests.browser.dashboard_server import made_up_dashboard
from tests.browser.test_dashboard import open_page, settled, visit


@pytest.fixture(scope="module")
def address(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with made_up_dashboard(tmp_path_factory.mktemp("weights")) as url:
        yield url


@pytest.fixture
def board(context: BrowserContext) -> Iterator[Page]:
    page = context.new_page()
    yield page
    page.close()


@pytest.fixture
def stepping(board: Page) -> Page:
    """An empty page whose history the dashboard's script keeps."""
    board.route(
        "http://localhost/*", lambda route: route.fulfill(body=ONE_STEP, content_type="text/html")
    )
    board.goto("http://localhost/old?a=1")
    return board


def act(page: Page, *written: str) -> None:
    """A click, and what Streamlit writes into the history for it."""
    page.locator("html").click()
    for address in written:
        page.evaluate("address => history.pushState({}, '', address)", address)


def test_a_page_left_is_one_step_however_slow_the_server(stepping: Page) -> None:
    stepping.locator("html").click()
    stepping.evaluate("history.pushState({}, '', '/old')")
    stepping.wait_for_timeout(1000)  # a busy server's
    stepping.evaluate("history.pushState({}, '', '/new?b=2')")
    expect(stepping).to_have_url("http://localhost/new?b=2")
    stepping.go_back()
    expect(stepping).to_have_url("http://localhost/old?a=1")


def test_a_choice_stays_a_step_of_its_own(stepping: Page) -> None:
    act(stepping, "/old?a=2")
    act(stepping, "/old", "/new")
    act(stepping, "/other")
    for address in ("new", "old?a=2", "old?a=1"):
        stepping.go_back()
        expect(stepping).to_have_url(f"http://localhost/{address}")


def choose(page: Page, control: str, option: str) -> None:
    page.get_by_role("combobox", name=control, exact=True).click()
    page.get_by_role("option", name=option, exact=True).click()
    settled(page)


def test_one_back_undoes_one_choice_of_a_cell(board: Page, address: str) -> None:
    visit(board, address, "Which model?")
    open_page(board, "Inside a class")
    choose(board, "Model", "made-up-001")
    choose(board, "Labelled", "sad")
    choose(board, "The model's answer", "surprise")
    expect(board).to_have_url(re.compile("model=made-up-001.*labelled=sad.*answer=surprise"))
    for left in (r"labelled=sad&answer=(?!surprise)", r"/inside\?model=made-up-001$"):
        board.go_back()
        settled(board)
        expect(board).to_have_url(re.compile(left))
    board.go_back()
    settled(board, "Which model?")


def test_one_back_leaves_a_page_that_a_link_opened(board: Page, address: str) -> None:
    visit(board, f"{address}/compare", "Compare")
    for index, asked in enumerate(("", "?model=made-up-002")):  # of the first, and of another
        board.get_by_role("link", name="Look inside made-up").nth(index).click()
        settled(board, "Inside a class")
        expect(board).to_have_url(f"{address}/inside{asked}")
        board.go_back()
        settled(board, "Compare")


def test_what_is_judged_goes_along_with_a_link_and_one_back_returns(
    board: Page, address: str
) -> None:
    chosen = "pick=made-up-001&pick=made-up-002&faces=without+repeated+faces"
    visit(board, f"{address}/overview?{chosen}", "Which model?")
    board.get_by_role("link", name="Compare the 2 ticked").click()
    settled(board, "Compare")
    expect(board).to_have_url(re.compile("compare_faces=without"))
    clean = board.get_by_role("radio", name="without repeated faces")
    expect(clean).to_be_checked()
    board.get_by_role("link", name="Look inside made-up").last.click()
    settled(board, "Inside a class")
    expect(board).to_have_url(re.compile("model=made-up-002.*inside_faces=without"))
    expect(clean).to_be_checked()
    board.go_back()
    settled(board, "Compare")
    expect(board).to_have_url(re.compile("models=made-up-001.*compare_faces=without"))
    board.go_back()
    settled(board, "Which model?")
    expect(board).to_have_url(re.compile("pick=made-up-001.*pick=made-up-002"))


def test_back_undoes_a_tick(board: Page, address: str) -> None:
    visit(board, f"{address}/overview?sort=experiment", "Which model?")  # by name, too
    table = board.get_by_test_id("stDataFrame").first
    for row in (1, 2):
        table.locator("canvas [role=gridcell]").first.wait_for(state="attached")
        table.click(position={"x": 16, "y": 35 * row + 18})
        expect(board).to_have_url(re.compile("sort=experiment" + "&pick=made-up-[0-9]+" * row))
        settled(board)
    expect(board.get_by_role("link", name="Compare the 2 ticked")).to_be_visible()
    board.go_back()
    settled(board)
    expect(board.get_by_text("Tick 2 to 4 rows")).to_be_visible()
    expect(board).to_have_url(re.compile("sort=experiment&pick=made-up-000$"))


def test_what_a_link_asks_for_and_is_not_here_is_named(board: Page, address: str) -> None:
    visit(board, f"{address}/inside?model=nosuch&labelled=foo&answer=sad", "Inside a class")
    expect(board.get_by_text("a model that is not here: nosuch")).to_be_visible()
    expect(board.get_by_text("an expression that is not here: foo")).to_be_visible()
    expect(board.get_by_role("combobox", name="Model", exact=True)).to_have_value("made-up-003")
