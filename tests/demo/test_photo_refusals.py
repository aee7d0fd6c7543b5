"""What a visitor of the Photo tab sees where a photo is not taken, and what stays."""

from pathlib import Path

import pytest

from demo.serving.uploads import HeldUploads, OpenUpload
from demo.tabs.page_html import messages
from demo.tabs.photo_screen import Choices
from demo.tabs.photo_tab import FULL
from demo.tabs.photos import PHOTO_BYTES
from tests.demo.photo_handlers import BOX, EMOJI, FIRST, SECOND, SURE, Page, settled_page


@pytest.fixture
def page() -> Page:
    return settled_page()


def test_where_too_many_wait_the_photo_stays_and_the_visitor_is_told(
    page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("demo.serving.uploads.HeldUploads.hold", lambda *_: False)
    page.wait(1)
    said = page.shown[1]
    assert messages(error=FULL) in said
    list(page.take_turn())
    assert page.kept is not None and page.kept.shot.name == FIRST
    assert page.shown[1] == said
    page.wait(1)
    assert messages(error=FULL) in page.shown[1] != said  # or Gradio would not draw it again


def test_a_file_that_is_too_large_is_refused_before_it_waits_or_is_read(
    page: Page, tmp_path: Path
) -> None:
    path = tmp_path / "large.jpg"
    with path.open("wb") as file:
        file.truncate(PHOTO_BYTES + 5_000_000)
    page.upload(path)
    said = page.shown[1]
    assert "large.jpg is 30 MB; the limit for photos is 25 MB." in said and not path.exists()
    list(page.take_turn())
    assert page.kept is not None and page.kept.shot.name == FIRST and page.shown[1] == said


@pytest.mark.parametrize("choices", [BOX, SURE], ids=["style", "least score"])
def test_a_photo_whose_turn_is_not_taken_leaves_the_last_one_as_it_was(
    page: Page, choices: Choices
) -> None:
    before = page.shown[2]
    page.wait(1)
    page.not_taken()
    assert page.shown[1] == messages(error=FULL) and page.shown[2] == before
    list(page.settle(EMOJI))  # Gradio calls it after each answer
    assert page.shown[1] == messages(error=FULL)
    list(page.change(choices))
    assert page.is_settled(choices, FIRST) and page.shown[2] != before


def test_a_first_photo_whose_turn_is_not_taken_leaves_nothing() -> None:
    page = Page()
    page.wait()
    page.not_taken()
    assert page.kept is None and page.shown[1] == messages(error=FULL)


def test_where_too_many_wait_what_was_asked_for_before_is_still_answered(
    page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    second = page.open(1)
    next(second)
    monkeypatch.setattr("demo.serving.uploads.HeldUploads.hold", lambda *_: False)
    page.wait(0)
    assert messages(error=FULL) in page.shown[1]
    list(second)
    assert page.is_settled(EMOJI, SECOND)


def test_a_visitor_whose_photo_lost_its_place_while_it_waited_is_told(
    page: Page, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("demo.serving.uploads.PATIENCE_SECONDS", -1.0)
    (held,) = [
        cell.cell_contents
        for cell in page._open.__closure__ or ()
        if isinstance(cell.cell_contents, HeldUploads)
    ]
    page.wait(1)
    for other in range(held._most):
        held.hold(f"other {other}", OpenUpload("a.jpg", (tmp_path / f"{other}").open("wb+")))
    list(page.take_turn())
    assert page.shown[1] == messages(error=FULL)
    list(page.change(BOX))
    assert page.is_settled(BOX, FIRST)
