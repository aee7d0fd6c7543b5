"""The Gradio app without a browser: what each action puts on the screen, and the API."""

import base64
import dataclasses
import io
import os
import re
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from fakes import CARD, FakeClassifier, FakeDetector, fake_pipeline, first_is_happy
from picture_files import Case, cases, encoded, photo
from PIL import Image

from demo.gradio_app import build_app, launch_options
from demo.serving import turns as counted
from demo.serving import visitor_files
from demo.serving.departures import LOST_SECONDS
from demo.serving.file_names import results_stem
from demo.serving.pipelines import PipelineStore
from demo.serving.turns import Turn, Turns
from demo.serving.uploads import HeldUploads
from demo.serving.video_jobs import KEEP_SECONDS, VideoJobs
from demo.serving.visitor_files import VisitorFiles
from demo.tabs import page_html
from demo.tabs.about import about, figures
from demo.tabs.page_html import VIDEO_PROMISE
from demo.tabs.photo_screen import OUR_FAULT, Choices, Kept, PhotoScreen, adapted, analysed, attempt
from demo.tabs.photo_tab import EXAMPLES, EXAMPLES_FOLDER, FORGET_SHOT_SECONDS
from demo.tabs.photos import FILE_KINDS, PREVIEW_SIDE, make_file
from fer_core import EMOTIONS, FerError, FerPipeline
from fer_core.emoji import STYLES

CHOICES = Choices("emoji", CARD.name, "mtcnn", 0.5)
TURN = Turn("me", 1)
CASES = [pytest.param(case, id=case.name) for case in cases()]


@pytest.fixture
def store() -> PipelineStore:
    return PipelineStore(fake_pipeline())


def calls(store: PipelineStore) -> int:
    detector = store.first.detector
    assert isinstance(detector, FakeDetector)
    return detector.calls


def take_photo(store: PipelineStore, name: str = "party.jpg") -> Kept:
    kept = analysed(store, name, encoded(photo(), "JPEG"), CHOICES, TURN).kept
    assert kept is not None
    return kept


def shown_size(picture: str) -> tuple[int, int]:
    found = re.search(r'width="(\d+)" height="(\d+)"', picture)
    assert found
    return int(found[1]), int(found[2])


@pytest.mark.parametrize("case", CASES)
def test_every_file_gives_a_result_or_a_sentence(store: PipelineStore, case: Case) -> None:
    made = attempt(lambda: analysed(store, case.name, case.data, CHOICES, TURN))
    if case.size is None:
        assert isinstance(made, str) and case.says in made and made != OUR_FAULT
    else:
        assert isinstance(made, PhotoScreen) and case.says in made.messages
        assert shown_size(made.picture) == case.size


def test_our_own_faults_are_a_sentence_and_a_log_entry(
    store: PipelineStore, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(self: FakeDetector, picture: np.ndarray) -> None:
        raise RuntimeError("out of luck")

    monkeypatch.setattr(FakeDetector, "__call__", broken)
    made = attempt(lambda: analysed(store, "a.jpg", encoded(photo(), "JPEG"), CHOICES, TURN))
    assert made == OUR_FAULT
    assert "out of luck" in caplog.text


def test_a_new_style_detects_nothing_again(store: PipelineStore) -> None:
    kept = take_photo(store)
    before = calls(store)
    pictures = {
        adapted(store, kept, CHOICES._replace(style=style), TURN).picture for style in STYLES
    }
    assert len(pictures) == len(STYLES)
    assert calls(store) == before


def test_a_higher_least_score_leaves_fewer_faces(store: PipelineStore) -> None:
    kept = take_photo(store)
    assert len(kept.shot.analysis) == 2
    again = adapted(store, kept, CHOICES._replace(min_score=0.9), TURN).kept
    assert again is not None and len(again.shot.analysis) == 1


def test_cards_number_the_faces_and_state_seven_probabilities(store: PipelineStore) -> None:
    screen = analysed(store, "a.jpg", encoded(photo(), "JPEG"), CHOICES, TURN)
    assert re.findall(r'class="pin"[^>]*>(\d)<', screen.picture) == ["1", "2"]
    cards = re.split(r'<li class="face" data-face="\d">', screen.faces)[1:]
    assert len(cards) == 2
    for number, card in enumerate(cards, 1):
        assert f'alt="Face {number}"' in card
        assert all(f"<span>{e.name}</span>" in card and e.colour in card for e in EMOTIONS)
        assert len(re.findall(r"<span>\d+%</span>", card)) == len(EMOTIONS)
    assert "happy</h3>" in cards[0] and "most likely" not in cards[0]
    assert re.search(r"unsure</h3><p>most likely \w+, \d+%</p>", cards[1])


def test_the_picture_is_described_and_reduced(store: PipelineStore) -> None:
    size = (2 * PREVIEW_SIDE, PREVIEW_SIDE)
    screen = analysed(store, "large.jpg", encoded(photo(size), "JPEG"), CHOICES, TURN)
    assert "1 happy, 1 unsure" in screen.picture
    assert shown_size(screen.picture) == size  # the figures are those of the whole picture
    preview = Image.open(io.BytesIO(_data_of(screen.picture)))
    assert preview.size == (PREVIEW_SIDE, PREVIEW_SIDE // 2)


def _data_of(picture: str) -> bytes:
    found = re.search(r"base64,([^\"]+)", picture)
    assert found
    return base64.b64decode(found[1])


def test_names_from_outside_are_escaped() -> None:
    assert "<script>" not in page_html.messages("<script>", "<script>")


@pytest.mark.parametrize("stem", ["n" * 246, "長" * 80], ids=["250 bytes", "CJK"])
def test_a_long_name_is_cut_for_the_disk(store: PipelineStore, stem: str, tmp_path: Path) -> None:
    name, content = make_file(take_photo(store, f"{stem}.jpg").shot, "emoji", "json")
    (tmp_path / name).write_bytes(content)
    assert name.startswith(stem[:50]) and name.endswith("-faces.json")
    assert results_stem("", "photo") == "photo-faces"


@pytest.mark.parametrize("kind", FILE_KINDS)
def test_downloads_carry_the_photo_s_name(store: PipelineStore, kind: str) -> None:
    assert make_file(take_photo(store).shot, "emoji", kind)[0] == f"party-faces.{kind}"


def test_the_picture_downloads_whole_and_without_metadata(store: PipelineStore) -> None:
    exif = Image.Exif()
    exif[0x8825] = {1: "N"}  # GPS
    size = (PREVIEW_SIDE + 100, 300)
    data = encoded(photo(size), "JPEG", exif=exif)
    kept = analysed(store, "a.jpg", data, CHOICES, TURN).kept
    assert kept is not None
    with Image.open(io.BytesIO(make_file(kept.shot, "box", "png")[1])) as saved:
        assert (saved.format, saved.size) == ("PNG", size)
        assert not saved.getexif() and not saved.info


def test_each_pipeline_loads_once_on_networks_that_are_shared(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made: list[tuple[str, str]] = []

    def make(weights: str, detector: str) -> FerPipeline:
        made.append((weights, detector))
        fresh = fake_pipeline()
        fresh.detector.name = detector
        classifier = FakeClassifier(lambda crops: first_is_happy(crops))
        card = dataclasses.replace(CARD, name=weights)
        return dataclasses.replace(fresh, classifier=classifier, card=card)

    monkeypatch.setattr(FerPipeline, "from_weights", make)
    store = PipelineStore(fake_pipeline())
    pairs = [(weights, detector) for weights in "abcd" for detector in ("mtcnn", "haar")]
    pipelines = {pair: store.get(*pair) for pair in [*pairs, *pairs]}
    assert made == pairs
    assert store.get(CARD.name, "mtcnn") is store.first
    assert len({id(pipeline.detector) for pipeline in pipelines.values()}) == 2
    assert len({id(pipeline.classifier) for pipeline in pipelines.values()}) == 4
    assert pipelines["a", "mtcnn"].detector is store.first.detector


def test_who_leaves_is_forgotten_everywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    forgotten: list[tuple[object, ...]] = []
    kinds = (
        (VideoJobs, "forget"),
        (Turns, "forget"),
        (HeldUploads, "forget"),
    )
    for kind, name in kinds:
        monkeypatch.setattr(
            kind, name, lambda self, *visitor: forgotten.append((type(self), *visitor))
        )
    app = build_app(fake_pipeline(), VisitorFiles())
    holder = SimpleNamespace(session_data={"me": 1, "other": 1}, time_last_used={"me": 1})
    monkeypatch.setattr(app, "state_holder", holder, raising=False)
    handlers = {fn.name: fn.fn for fn in app.fns.values()}
    handlers["lost"](SimpleNamespace(session_hash="me"))  # only the connection, it seems
    assert not forgotten
    handlers["goodbye"]("me", True)  # perhaps to come back
    assert not forgotten
    handlers["goodbye"]("me", False)
    assert set(forgotten) == {
        (VideoJobs, "me"),
        (Turns, "me"),
        (HeldUploads, "me"),
    }
    assert holder.session_data == {"other": 1} and not holder.time_last_used


def test_about_shows_the_figures_and_the_weak_expressions() -> None:
    page = about(CARD)
    assert "66.0%" in page and "64.4% to 67.6%" in page and "3,589" in page
    assert page.count("weak") == 2  # .3 and .4 of the fake recalls
    assert "not a determination of a person's\n  internal state" in page
    assert "not been measured" in figures({})


def test_the_promises_name_the_times_after_which_things_are_forgotten() -> None:
    about_page, clips = " ".join(about(CARD).split()), " ".join(VIDEO_PROMISE.split())
    for said, seconds in (
        ("ten idle minutes after its connection was lost", LOST_SECONDS),
        ("an hour after you last changed anything about it", FORGET_SHOT_SECONDS),
        ("deleted from there about ten minutes later", visitor_files.KEEP_SECONDS),
        ("minute after you close the page, for an hour at most", KEEP_SECONDS),
    ):
        assert said in about_page
        assert seconds == (3600 if "hour" in said else 600)
    assert "for an hour at most" in clips


def test_every_example_is_there_and_small() -> None:
    for file in EXAMPLES.values():
        assert (EXAMPLES_FOLDER / file).stat().st_size < 300_000


def test_nothing_on_the_page_comes_from_elsewhere() -> None:
    options = launch_options(VisitorFiles())
    theme = options["theme"]
    assert not theme._stylesheets and "http" not in options["head"]
    assert not options["share"] and not options["run_history"]


def test_an_unknown_pair_is_an_error_of_ours(store: PipelineStore) -> None:
    with pytest.raises(FerError):
        store.get("no-such-weights", "mtcnn")


def test_the_entry_turns_analytics_off() -> None:
    import app

    assert os.environ["GRADIO_ANALYTICS_ENABLED"] == "False"
    assert callable(app.main)


def test_only_the_newest_wish_of_a_visitor_is_the_last() -> None:
    turns = Turns()
    first, other = turns.next("me"), turns.next("other")
    again = turns.after(first)  # as a change of options: no new photo
    assert again is not None and turns.is_last(again) and not turns.is_last(first)
    assert turns.after(first) is None
    second = turns.next("me")
    assert turns.is_last(second) and turns.is_last(other)
    assert not turns.is_last(again) and turns.after(again) is None
    turns.forget("me")
    assert not turns.is_last(second) and turns.after(second) is None


def test_of_too_many_visitors_those_who_came_first_are_not_counted_any_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(counted, "MOST", 2)
    turns = Turns()
    first, second = turns.next("first"), turns.next("second")
    again, third = turns.next("first"), turns.next("third")
    assert turns.is_last(again) and turns.is_last(third) and not turns.is_last(second)
    assert again.number > first.number
    turns.forget("third")
    assert not turns.is_last(third)
