"""The webcam's server side: frames in, pictures and figures out, and viewers who come and go."""

import base64
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from threading import Event
from types import SimpleNamespace

import cv2
import numpy as np
import pytest
from fakes import FakeClassifier, FakeDetector, fake_pipeline
from picture_files import encoded
from PIL import Image

from demo.serving.pipelines import PipelineStore
from demo.serving.viewers import (
    BROKEN_FRAME,
    BUSY,
    FULL,
    IDLE_SECONDS,
    LATE,
    OUR_FAULT,
    VIEWERS,
    Viewers,
)
from fer_core import Faces, FerPipeline
from fer_core.emoji import PAD_RGB
from fer_core.types import OptionError
from tests.waiting import wait_until


def jpeg(picture):
    return base64.b64encode(cv2.imencode(".jpg", picture)[1].tobytes()).decode()


GROUND = jpeg(np.full((120, 200, 3), 200, np.uint8))


def message(**changes):
    given = {
        "viewer": "somebody",
        "view": 1,
        "jpeg": GROUND,
        "style": "emoji",
        "weights": "fake-net",
        "smoothing": 0.4,
        "cover": False,
    }
    return given | changes


class Clock:
    def __init__(self):
        self.seconds = 100.0

    def __call__(self):
        return self.seconds


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def viewers(clock):
    return Viewers(PipelineStore(fake_pipeline()), clock)


def picture_of(reply):
    data = base64.b64decode(reply["picture"].split(",")[1])
    return cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)[:, :, ::-1]


def test_a_frame_comes_back_with_its_faces(viewers):
    reply = viewers.frame(message())
    assert picture_of(reply).shape == (120, 200, 3)
    (face,) = reply["faces"]  # the other of the two scores less than it takes
    assert face["person"] == 1 and face["shown"] == "happy"
    assert sum(face["probs"]) == pytest.approx(1, abs=0.01)
    left, top, right, bottom = np.array(face["box"]) * (200, 120, 200, 120)
    assert 20 <= left < right <= 80 and 0 <= top < bottom <= 72
    drawn = np.abs(picture_of(reply).astype(int) - 200).max(2) > 60
    assert drawn[12:60, 20:80].mean() > 0.5 and not drawn[:, 120:].any()
    assert reply["milliseconds"] > 0


def test_people_keep_their_numbers(viewers, clock):
    viewers.frame(message())
    clock.seconds += 0.1
    covered = viewers.frame(message(cover=True))["faces"]
    assert [face["person"] for face in covered] == [1]
    assert [face["person"] for face in viewers.frame(message(viewer="other"))["faces"]] == [1]


def test_in_another_view_people_are_looked_for_anew_and_the_place_is_kept(viewers):
    for number in range(VIEWERS):
        viewers.frame(message(viewer=str(number)))
    wide = jpeg(np.full((120, 400, 3), 200, np.uint8))
    turned = viewers.frame(message(viewer="0", jpeg=wide, view=2))
    assert [face["person"] for face in turned["faces"]] == [1]
    assert viewers.frame(message(viewer="late")) == {"error": FULL}


def test_a_session_has_a_name_until_people_are_counted_anew(viewers, clock):
    names = []
    for view, seconds in [(1, 0.0), (1, 0.1), (2, 0.1), (2, IDLE_SECONDS + 1)]:
        clock.seconds += seconds
        names.append(viewers.frame(message(view=view))["session"])
    assert names[0] == names[1]
    assert len(set(names)) == 3


def test_a_frame_of_an_earlier_view_changes_nothing(viewers):
    name = viewers.frame(message(view=2))["session"]
    assert viewers.frame(message(view=1)) == {"error": LATE}
    assert viewers.frame(message(view=2))["session"] == name


def test_a_lost_face_stays_covered_for_a_frame_however_slow_the_frames_come(clock):
    class Blinking(FakeDetector):
        def __call__(self, picture):
            faces = super().__call__(picture)
            return Faces.empty() if self.calls == 2 else faces

    viewers = Viewers(PipelineStore(replace(fake_pipeline(), detector=Blinking())), clock)
    faces = []
    for _ in range(4):
        faces.append(len(viewers.frame(message(cover=True))["faces"]))
        clock.seconds += 2
    assert faces == [1, 1, 1, 1]


def test_a_camera_goes_on_while_anothers_choice_is_loaded(viewers, monkeypatch):
    go_on, loading = Event(), Event()

    def slow(weights, detector):
        loading.set()
        assert go_on.wait(60)
        raise OptionError("There is none.")

    monkeypatch.setattr(FerPipeline, "from_weights", slow)
    with ThreadPoolExecutor(1) as others:
        waiting = others.submit(viewers.frame, message(viewer="other", weights="slow-net"))
        assert loading.wait(60)
        try:
            assert "picture" in viewers.frame(message())
        finally:
            go_on.set()
        assert waiting.result() == {"error": "There is none."}


def test_the_time_in_the_line_is_the_servers_own(viewers, monkeypatch):
    now = [0.0]

    class Line:
        def submit(self, work, *arguments):
            now[0] += 0.5  # others' frames
            future = Future()
            future.set_result(work(*arguments))
            return future

    monkeypatch.setattr(viewers, "_worker", Line())
    monkeypatch.setattr("demo.serving.viewers.time", SimpleNamespace(perf_counter=lambda: now[0]))
    assert viewers.frame(message())["milliseconds"] == 500


def test_a_doubtful_face_is_unsure(clock):
    def doubtful(crops):
        return np.tile(np.array([0.1] * 6 + [0.4], np.float32), (len(crops), 1))

    pipeline = replace(fake_pipeline(), classifier=FakeClassifier(doubtful))
    (face,) = Viewers(PipelineStore(pipeline), clock).frame(message())["faces"]
    assert face["shown"] == "unsure" and max(face["probs"]) == 0.4


def test_covering_hides_the_face_under_every_style(viewers):
    for style in ("badge", "word", "box"):
        picture = picture_of(viewers.frame(message(style=style, cover=True)))
        middle = picture[40:50, 40:60].reshape(-1, 3).astype(int)
        assert (np.abs(middle - PAD_RGB) < 12).all(1).mean() > 0.9, style


def test_large_frames_are_reduced(viewers):
    reply = viewers.frame(message(jpeg=jpeg(np.zeros((960, 1280, 3), np.uint8))))
    assert picture_of(reply).shape == (480, 640, 3)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"jpeg": "not base64!"}, BROKEN_FRAME),
        ({"jpeg": "A" * 4_000_000}, BROKEN_FRAME),
        ({"jpeg": None}, BROKEN_FRAME),
        ({"jpeg": base64.b64encode(b"no picture").decode()}, BROKEN_FRAME),
        (
            {"jpeg": base64.b64encode(encoded(Image.new("RGB", (8, 8)), "PNG")).decode()},
            BROKEN_FRAME,
        ),
        ({"jpeg": GROUND[:100]}, "not a picture"),
        ({"jpeg": ""}, BROKEN_FRAME),
        ({"smoothing": "much"}, BROKEN_FRAME),
        ({"view": float("inf")}, BROKEN_FRAME),
        ({"smoothing": float("nan")}, "give 0 to 10 seconds"),
        ({"smoothing": -1}, "give 0 to 10 seconds"),
        ({"style": "oil"}, "no style 'oil'"),
        ({"weights": "none-such"}, "none-such"),
    ],
)
def test_what_cannot_be_used_is_a_sentence_and_the_next_frame_works(viewers, changes, sentence):
    assert sentence in viewers.frame(message(**changes))["error"]
    assert "picture" in viewers.frame(message())


def test_a_missing_field_is_a_sentence(viewers):
    assert viewers.frame({})["error"] == BROKEN_FRAME


def test_our_own_faults_are_a_sentence_too(clock, caplog):
    def broken(crops):
        raise ZeroDivisionError

    viewers = Viewers(
        PipelineStore(replace(fake_pipeline(), classifier=FakeClassifier(broken))), clock
    )
    assert viewers.frame(message()) == {"error": OUR_FAULT}
    assert "ZeroDivisionError" in caplog.text


def test_who_leaves_is_forgotten_at_once(viewers):
    viewers.frame(message())
    assert len(viewers) == 1
    viewers.leave({"viewer": "somebody"})
    viewers.leave({"viewer": "nobody"})
    for anything in ({}, {"viewer": ["somebody"]}, "somebody", None, 5):
        viewers.leave(anything)
    assert len(viewers) == 0


def test_who_vanishes_is_forgotten_and_their_place_is_free(viewers, clock):
    for number in range(VIEWERS):
        viewers.frame(message(viewer=str(number)))
    assert viewers.frame(message(viewer="late")) == {"error": FULL}
    clock.seconds += IDLE_SECONDS * 0.9
    viewers.frame(message(viewer="0"))
    clock.seconds += IDLE_SECONDS * 0.2
    assert "picture" in viewers.frame(message(viewer="late"))
    assert len(viewers) == 2
    clock.seconds += IDLE_SECONDS * 2
    viewers.sweep()
    assert len(viewers) == 0


def test_who_closes_the_page_is_forgotten_though_nobody_comes(clock, monkeypatch):
    monkeypatch.setattr("demo.serving.viewers.SWEEP_SECONDS", 0.05)
    viewers = Viewers(PipelineStore(fake_pipeline()), clock)
    viewers.frame(message())
    assert len(viewers) == 1
    clock.seconds += IDLE_SECONDS + 1
    wait_until(lambda: not len(viewers))


def test_a_small_file_with_many_pixels_is_no_frame(viewers):
    wide = encoded(Image.new("RGB", (4000, 2000)), "JPEG")
    answer = viewers.frame(message(jpeg=base64.b64encode(wide).decode()))
    assert "more than 4 million pixels" in answer["error"]


def test_a_viewer_has_one_frame_in_hand(viewers, monkeypatch):
    go_on, in_hand = Event(), Event()

    def slow(*_):
        in_hand.set()
        assert go_on.wait(60)
        return {"picture": ""}

    monkeypatch.setattr(Viewers, "_answer", slow)
    with ThreadPoolExecutor(1) as others:
        first = others.submit(viewers.frame, message())
        assert in_hand.wait(60)
        assert viewers.frame(message()) == {"error": BUSY}
        go_on.set()
        assert first.result() == {"picture": ""}
    assert viewers.frame(message()) == {"picture": ""}
