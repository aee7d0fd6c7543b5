import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from fractions import Fraction
from time import sleep

import cv2
import numpy as np
import pytest
from fakes import CARD, HAPPY, FakeClassifier, FakeDetector, fake_pipeline
from moving_faces import RefiningDetector, face_at, ground, times, uncovered

from fer_core import EMOTIONS, Faces, FerError, FerPipeline, ImageError, render
from fer_core.boxes import overlap
from fer_core.detection import create_detector
from fer_core.device import choose_device
from fer_core.emoji import STYLES
from fer_core.emotions import LABELS, UNSURE
from fer_core.frame_analysis import FrameAnalysis
from fer_core.live import LiveOptions, LiveSession
from fer_core.tracking_options import TrackingOptions
from fer_core.types import OptionError

RAW = LiveOptions(smoothing_seconds=0)


def level(name):
    """The grey level by which `read_levels` knows an expression."""
    return 30 + 30 * LABELS.index(name)


def read_levels(crops):
    """A classifier that reads the expression from the brightness in the middle of a crop."""
    middle = crops[:, 16:32, 16:32].mean((1, 2))
    probs = np.full((len(crops), 7), 0.02, np.float32)
    probs[np.arange(len(crops)), ((middle - 15) // 30).astype(int)] = 0.88
    return probs


class Player:
    """Plays a scene whose faces are painted as the expressions that they are called."""

    def __init__(self, scene, answer=read_levels):
        self.detector = RefiningDetector(scene)
        self.pipeline = FerPipeline(self.detector, FakeClassifier(answer), CARD, CARD.crop["mtcnn"])
        self.session = LiveSession(self.pipeline)

    def frame(self, now, options=None):
        self.detector.seconds = now
        picture = ground(128)
        for name, box in reversed(self.detector.scene(now).items()):  # the front one last
            x0, y0, x1, y1 = (round(side) for side in box)
            picture[y0:y1, x0:x1] = level(name)
        return picture, self.session.analyze(self.pipeline, picture, now, options)

    def play(self, fps, seconds, options=None):
        return [self.frame(now, options)[1] for now in times(fps, seconds)]


def crossing(seconds):
    """Two who walk past each other and pass in the middle after 1.5 seconds."""
    way = 60 * (seconds - 1.5)
    return uncovered({"happy": face_at(160 + way, 120), "sad": face_at(160 - way, 120)})


def names(analysis):
    return [emotion.name for emotion in analysis.answers]


@pytest.mark.parametrize("fps", [10, 30])
def test_each_person_keeps_their_own_expression_while_they_cross(fps):
    for analysis in Player(crossing).play(fps, 3):
        who = dict(zip(analysis.people, names(analysis), strict=True))
        assert who.items() <= {(1, "happy"), (2, "sad")}
        assert 1 in who and analysis.probs.sum(1) == pytest.approx(1, abs=1e-5)
    assert who == {1: "happy", 2: "sad"}
    assert analysis.size_hw == (240, 320) and analysis.seconds == pytest.approx(3, abs=0.11)


def test_the_faces_stand_in_the_order_in_which_people_appeared():
    def scene(seconds):
        first = {"angry": face_at(250, 120)}
        return {"fear": face_at(80, 120)} | first if seconds >= 0.5 else first

    assert names(Player(scene).play(10, 1.5)[-1]) == ["angry", "fear"]


def test_a_lost_face_keeps_its_answer_and_is_not_classified():
    counts = []

    def counting(crops):
        counts.append(len(crops))
        return read_levels(crops)

    player = Player(lambda now: {} if 0.95 < now < 1.25 else crossing(0), counting)
    analyses = player.play(10, 2)
    lost = analyses[10:13]
    assert counts[9:14] == [2, 0, 0, 0, 2]
    for analysis in lost:
        assert analysis.people == (1, 2) and not analysis.seen.any()
        assert names(analysis) == ["happy", "sad"]
        assert np.array_equal(analysis.probs, analyses[9].probs)


def test_after_a_frame_that_failed_the_session_goes_on():
    def failing_at_first(crops):
        if not answered:
            answered.append(len(crops))
            raise RuntimeError("out of memory")
        return read_levels(crops)

    answered = []
    player = Player(lambda now: {} if 0.05 < now < 0.15 else crossing(0), failing_at_first)
    with pytest.raises(RuntimeError, match="out of memory"):
        player.frame(0.0)
    hidden, back = (player.frame(now)[1] for now in (0.1, 0.2))
    assert hidden.people == () and back.people == (1, 2)


def surprised_at(*moments):
    """One face which is happy, but surprised within a twentieth of a second of some moments."""

    def scene(now):
        odd = any(abs(now - moment) < 0.05 for moment in moments)
        return {"surprise" if odd else "happy": face_at(100, 120)}

    return scene


def test_the_answers_are_steady_unless_smoothing_is_off():
    scene = surprised_at(1.0, 1.5)
    smooth = Player(scene).play(10, 2)
    assert all(names(analysis) == ["happy"] for analysis in smooth)
    raw = Player(scene).play(10, 2, RAW)
    assert [names(analysis) for analysis in raw] == [list(scene(now)) for now in times(10, 2)]


def test_what_is_shown_is_the_answer_and_not_the_likeliest_class():
    def torn(crops):
        probs = np.full((len(crops), 7), 0.05, np.float32)
        probs[:, [HAPPY, 0]] = 0.4, 0.35
        return probs

    picture, analysis = Player(crossing, torn).frame(0.0)
    assert analysis.labels == ["happy", "happy"]
    assert analysis.shown == analysis.answers == (UNSURE, UNSURE)
    for style in STYLES:
        drawn = render(picture, analysis, style, cover=True)
        assert not np.array_equal(drawn, render(picture, replaced(analysis, HAPPY), style, True))


def replaced(analysis, index):
    return replace(analysis, answers=(EMOTIONS[index],) * len(analysis))


def test_without_faces_the_analysis_is_empty():
    analysis = Player(lambda now: {}).play(10, 1)[-1]
    assert len(analysis) == 0 and analysis.probs.shape == (0, 7)
    assert analysis.people == analysis.answers == analysis.shown == ()


def test_a_detector_that_cannot_refine_will_do():
    session, pipeline = LiveSession(fake_pipeline()), fake_pipeline()
    for now in times(10, 1):
        analysis = session.analyze(pipeline, ground(), now)
        assert analysis.people == (1,) and names(analysis) == ["happy"]


def test_weights_may_change_from_frame_to_frame():
    player = Player(crossing)
    player.play(10, 0.5, RAW)
    backwards = FakeClassifier(lambda crops: read_levels(crops)[:, ::-1])
    player.pipeline = replace(player.pipeline, classifier=backwards)
    analysis = player.frame(0.5, RAW)[1]
    assert analysis.people == (1, 2)
    assert names(analysis) == [LABELS[6 - LABELS.index(name)] for name in ("happy", "sad")]


@pytest.mark.parametrize("later", [0.49, float("nan"), float("inf"), None])
def test_a_time_that_runs_back_is_refused_and_the_session_goes_on(later):
    player = Player(crossing)
    player.play(10, 0.6, RAW)
    with pytest.raises(OptionError, match=f"at {later} seconds came after one at 0.5"):
        player.session.analyze(player.pipeline, ground(), later, RAW)
    assert player.frame(0.5, RAW)[1].people == (1, 2)  # the same time is none that runs back


def test_times_may_be_fractions():
    player = Player(crossing)
    for frame in range(3):  # as PyAV's times are
        analysis = player.session.analyze(player.pipeline, ground(), Fraction(frame, 30), RAW)
    assert analysis.seconds == 2 / 30


def test_another_detector_is_refused():
    player = Player(crossing)
    pipeline = replace(player.pipeline, detector=create_detector("haar", choose_device("cpu")))
    with pytest.raises(OptionError, match=r"with mtcnn, not haar\. Begin another session"):
        player.session.analyze(pipeline, ground(), 0)


@pytest.mark.parametrize("frame", [np.zeros((0, 9, 3), np.uint8), ground() / 255, None])
def test_what_is_no_picture_is_refused(frame):
    player = Player(crossing)
    with pytest.raises(ImageError):
        player.session.analyze(player.pipeline, frame, 0)


@pytest.mark.parametrize("channels", [1, 4])
def test_grey_and_transparent_frames_are_read_as_other_pictures_are(channels):
    player = Player(crossing)
    frame = np.full((240, 320, channels), 200, np.uint8)
    assert player.session.analyze(player.pipeline, frame, 0).size_hw == (240, 320)


def test_options_of_the_tracking_reach_it():
    player = Player(lambda now: crossing(0))
    player.play(10, 1, LiveOptions(tracking=TrackingOptions(search_side=100)))
    assert set(player.detector.searched) == {(75, 100)}


@pytest.mark.parametrize("seconds", [-0.1, 11, float("nan"), None])
def test_a_smoothing_out_of_range_is_refused_in_words(seconds):
    with pytest.raises(FerError, match="give 0 to 10 seconds"):
        LiveOptions(smoothing_seconds=seconds)


def test_an_analysis_needs_an_entry_for_each_face():
    with pytest.raises(ValueError, match="one entry a face"):
        FrameAnalysis(
            Faces.empty(),
            np.zeros((0, 7), np.float32),
            (10, 10),
            seconds=0.0,
            people=(1,),
            seen=np.zeros(0, np.bool_),
            answers=(),
        )


def test_frames_from_several_threads_take_turns():
    class OneAtATime(FakeDetector):
        inside = threading.Lock()

        def __call__(self, picture):
            assert self.inside.acquire(blocking=False)
            sleep(0.002)
            self.inside.release()
            return super().__call__(picture)

    pipeline = replace(fake_pipeline(), detector=OneAtATime())
    session = LiveSession(pipeline)
    with ThreadPoolExecutor(4) as pool:
        frames = [pool.submit(session.analyze, pipeline, ground(), 1.0) for _ in range(20)]
        assert all(frame.result().people == (1,) for frame in frames)
    assert pipeline.detector.calls == 20


def shifted(picture, right, down):
    matrix = np.array([[1, 0, right], [0, 1, down]], np.float64)
    size = picture.shape[1::-1]
    return cv2.warpAffine(picture, matrix, size, borderMode=cv2.BORDER_REPLICATE)


def test_a_real_face_is_followed_and_happy_all_the_time(pipeline, astronaut):
    still = pipeline.analyze(astronaut).faces.xyxy
    session = LiveSession(pipeline)
    for now in times(10, 1.6):
        right, down = round(90 * np.sin(2 * now)), round(40 * np.sin(3 * now))
        analysis = session.analyze(pipeline, shifted(astronaut, right, down), now)
        assert analysis.people == (1,) and analysis.seen.all()
        assert names(analysis) == analysis.labels == ["happy"]
        truth = still + np.array([right, down, right, down], np.float32)
        assert overlap(analysis.faces.xyxy, truth)[0, 0] > 0.8


@pytest.mark.parametrize("fps", [0.1, 0.4, 2])
def test_a_face_that_is_missed_once_stays_for_a_frame_however_slowly_they_come(fps):
    def scene(seconds):
        return {} if seconds == 2 / fps else {"happy": face_at(160, 120)}

    options = LiveOptions(tracking=TrackingOptions(hold_seconds=0, hold_frames=1))
    analyses = Player(scene).play(fps, 4 / fps, options)
    assert [len(analysis) for analysis in analyses] == [1] * 4
    assert [bool(analysis.seen[0]) for analysis in analyses] == [True, True, False, True]
