"""The Photo tab's handlers as Gradio calls them, where one begins before another has ended."""

from pathlib import Path
from typing import Any

import pytest
from fakes import FakeDetector
from picture_files import encoded, photo

from demo.tabs import photo_screen
from demo.tabs.page_html import messages
from demo.tabs.photo_screen import EXPIRED, GONE, OUR_FAULT, Choices
from tests.demo.photo_handlers import BOX, EMOJI, FIRST, SECOND, SURE, Page, settled_page


@pytest.fixture
def page() -> Page:
    return settled_page()


@pytest.mark.parametrize("choices", [BOX, SURE], ids=["style", "least score"])
def test_a_change_while_another_photo_is_analysed_acts_on_that_one(
    page: Page, choices: Choices
) -> None:
    second = page.open(1)
    next(second)
    list(page.change(choices))
    assert page.kept is not None and page.kept.shot.name == FIRST
    list(second)
    assert page.is_settled(EMOJI, SECOND)
    list(page.settle(choices))  # Gradio calls it after each answer
    assert page.is_settled(choices, SECOND)


def test_of_photos_that_wait_only_the_last_is_analysed(
    page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    page.wait(0)
    page.wait(1)
    assert "Waiting for its turn" in page.shown[1]
    list(page.take_turn())
    assert page.is_settled(EMOJI, SECOND)
    monkeypatch.setattr(FakeDetector, "__call__", None)
    list(page.take_turn())
    assert page.is_settled(EMOJI, SECOND)


def test_a_photo_that_waits_is_not_overtaken_by_the_one_before(page: Page) -> None:
    slow = page.open(1)
    next(slow)
    page.wait(0)
    list(slow)
    assert "Waiting for its turn" in page.shown[1]
    list(page.take_turn())
    assert page.is_settled(EMOJI, FIRST)


def test_a_photo_that_arrives_late_is_dropped_and_deleted(page: Page, tmp_path: Path) -> None:
    path = tmp_path / "late.jpg"
    path.write_bytes(encoded(photo(), "JPEG"))
    page.wait(1)
    page.upload(path, late=True)
    assert "Waiting for its turn" in page.shown[1] and not path.exists()
    list(page.take_turn())
    assert page.is_settled(EMOJI, SECOND)
    list(page.take_turn())  # the late one's
    assert page.is_settled(EMOJI, SECOND)


def test_a_broken_photo_leaves_the_last_one_as_it_was(page: Page, tmp_path: Path) -> None:
    before = dict(page.shown)
    path = tmp_path / "broken.jpg"
    path.write_bytes(b"no picture")
    page.upload(path)
    list(page.take_turn())
    assert "broken.jpg is not a picture" in page.shown[1]
    assert (page.shown[2], page.shown[3]) == (before[2], before[3])
    list(page.settle(EMOJI))  # Gradio calls it after each answer
    assert "broken.jpg is not a picture" in page.shown[1]
    list(page.change(BOX))
    assert page.is_settled(BOX, FIRST) and page.shown[2] != before[2]


def test_an_upload_that_is_gone_leaves_the_last_one_as_it_was(page: Page, tmp_path: Path) -> None:
    page.upload(tmp_path / "gone.jpg")
    assert messages(error=GONE) in page.shown[1]
    list(page.take_turn())
    list(page.change(BOX))
    assert page.is_settled(BOX, FIRST)


def test_choices_that_fail_are_not_tried_again(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    before = page.shown[2]
    with monkeypatch.context() as patch:
        patch.setattr(FakeDetector, "__call__", None)
        list(page.change(SURE))
        assert OUR_FAULT in page.shown[1] and page.shown[2] == before
        said = page.shown[1] = "what was said"
        list(page.settle(SURE))
        assert page.shown[1] == said
    list(page.change(EMOJI))
    assert page.is_settled(EMOJI, FIRST)


def test_a_change_that_ends_after_the_next_photo_came_is_dropped(page: Page) -> None:
    slow = page.change(SURE)
    next(slow)
    list(page.open(1, SURE))
    list(slow)
    assert page.is_settled(SURE, SECOND)


def test_a_style_that_is_drawn_while_the_next_photo_comes_is_dropped(
    page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    draw = photo_screen.preview

    def overtaken(*args: Any) -> str:
        monkeypatch.setattr(photo_screen, "preview", draw)
        list(page.open(1, BOX))
        return draw(*args)

    monkeypatch.setattr(photo_screen, "preview", overtaken)
    list(page.change(BOX))
    assert page.is_settled(BOX, SECOND)


def test_a_style_that_is_chosen_while_others_are_looked_for_is_shown_afterwards(
    page: Page,
) -> None:
    slow = page.change(SURE)
    next(slow)
    both = SURE._replace(style="box")
    list(page.change(both))
    list(slow)
    list(page.settle(both))
    assert page.is_settled(both, FIRST)


def test_nothing_is_done_where_nothing_changed(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = page.kept
    monkeypatch.setattr(FakeDetector, "__call__", None)
    list(page.settle(EMOJI))
    assert page.kept is kept


def test_a_forgotten_photo_is_asked_for_again(page: Page) -> None:
    page.shown[0] = None
    list(page.settle(BOX))  # says nothing of its own: an error may be on the page
    assert page.shown[1] != EXPIRED.messages
    list(page.change(BOX))
    assert page.shown[1] == EXPIRED.messages


def test_what_is_alike_shares_one_limit_and_changes_need_not_wait_for_photos(page: Page) -> None:
    groups = {(name, fn.concurrency_id, fn.concurrency_limit) for name, fn in page.events}
    photos = {(name, "photos", 2) for name in ("open_photo", "annotate")}
    changes = {(name, "changes", 2) for name in ("change", "settle")}
    named = {group for group in groups if group[0] in {name for name, *_ in photos | changes}}
    assert named == photos | changes
