"""From a clip to its results: what is in them, damage, and limits."""

from fractions import Fraction
from itertools import count
from types import SimpleNamespace

import numpy as np
import pytest
from clip_fakes import BRIGHT, DARK, FACE_PX, RedDetector, left_px, moving, red_pipeline
from clip_files import codecs, frame_times, make_clip, noise, pictures, tone_starts_seconds
from fakes import HAPPY, NEUTRAL

from fer_core import EMOTIONS, Faces, clip_analysis, video
from fer_core.clips.source import ClipLimits
from fer_core.frame_analysis import FrameAnalysis
from fer_core.interpolation import between
from fer_core.types import ClipError, OptionError
from fer_core.video import VideoJob
from fer_core.video_options import VideoOptions


def test_everything_that_comes_of_a_clip(annotate, red):
    ticks = [24 * n + n % 3 for n in range(40)]  # a variable rate
    data = make_clip(frames=40, ticks=ticks, draw=moving, sound="aac", sound_seconds=1.6)
    result, progress = annotate(red, data, style="box")
    video = result.video.read()
    assert frame_times(video) == [Fraction(tick, 600) for tick in ticks]
    assert codecs(video) == ["h264", "aac"]
    assert tone_starts_seconds(video) == pytest.approx(tone_starts_seconds(data), abs=0.002)
    assert result.complete and result.info.notes == ()
    assert result.info.frames == 40 and result.info.size_hw == (120, 160)
    assert result.info.seconds == pytest.approx(1.6, abs=0.05)

    timeline = result.timeline
    assert timeline.frame.tolist() == list(range(40)) and set(timeline.person) == {1}
    assert timeline.xyxy[:, 0] == pytest.approx([left_px(n) for n in range(40)], abs=2.5)
    assert (timeline.answer == HAPPY).all()
    (person,) = timeline.people
    assert person.shares[HAPPY] == 1 and person.mean_probs[HAPPY] == pytest.approx(0.88, abs=1e-4)
    (moment,) = result.moments
    assert moment.answer.name == "happy" and result.contact_sheet().ndim == 3

    frames, shares = zip(*((step.frames, step.share) for step in progress), strict=True)
    assert list(frames) == sorted(set(frames)) and frames[-1] == 40
    assert list(shares) == sorted(shares) and shares[-1] == pytest.approx(1, abs=0.03)
    assert progress[-1].preview.shape == (120, 160, 3)
    assert progress[-1].seconds_left == pytest.approx(0, abs=1)
    assert all(step.seconds_left is None or step.seconds_left >= 0 for step in progress)


def test_an_expression_that_changes_is_followed_smoothly(annotate, red):
    def draw(number, size_wh):
        return moving(number // 4, size_wh, BRIGHT if number < 25 else DARK)

    result, _ = annotate(red, make_clip(frames=50, draw=draw), smoothing_seconds=0.2)
    rows = result.timeline
    assert rows.answer[0] == HAPPY and rows.answer[-1] == NEUTRAL
    assert (np.diff(rows.probs[24:, NEUTRAL]) > -1e-6).all() and rows.probs[26, NEUTRAL] < 0.5
    assert [moment.answer.name for moment in result.moments] == ["happy", "neutral"]
    sharp, _ = annotate(red, make_clip(frames=50, draw=draw), smoothing_seconds=0)
    assert sharp.timeline.answer[24:26].tolist() == [HAPPY, NEUTRAL]


def test_crops_of_many_frames_go_through_the_classifier_together(annotate, red):
    annotate(red, make_clip(frames=40, draw=moving))
    assert sum(red.classifier.batches) == 40 and max(red.classifier.batches) > 1
    assert max(red.classifier.batches) <= clip_analysis.CHUNK_FRAMES


@pytest.mark.parametrize("limit", [{"CHUNK_FRAMES": 4}, {"CHUNK_BYTES": 4 * 160 * 120 * 3}])
@pytest.mark.parametrize("every", [1, 3, 30])
def test_only_so_many_frames_are_held_at_once(annotate, red, monkeypatch, limit, every):
    for name, value in limit.items():
        monkeypatch.setattr(clip_analysis, name, value)
    data = make_clip(frames=23, draw=moving)
    result, progress = annotate(red, data, every_nth=every)
    steps = np.diff([0, *(step.frames for step in progress)])
    assert steps.max() <= 4 and steps.sum() == 23
    assert frame_times(result.video.read()) == frame_times(data)


def test_the_time_left_goes_by_the_time_and_the_share_so_far(annotate, red, monkeypatch):
    monkeypatch.setattr(clip_analysis, "CHUNK_FRAMES", 2)
    clock = SimpleNamespace(perf_counter=count(100, 10).__next__)  # 10 seconds to each chunk
    monkeypatch.setattr(video, "time", clock)
    _, progress = annotate(red, make_clip(frames=8, draw=moving))
    assert [step.share for step in progress] == pytest.approx([0.25, 0.5, 0.75, 1])
    assert [step.seconds_left for step in progress] == pytest.approx([30, 20, 10, 0])


@pytest.mark.parametrize("every", [2, 5, 7])
def test_between_analyzed_frames_the_boxes_move_along(annotate, red, drawn, every):
    result, _ = annotate(red, make_clip(frames=24, draw=moving), every_nth=every)
    analyzed = [*range(0, 24, every)]
    analyzed += [23] if analyzed[-1] != 23 else []
    assert result.timeline.frame.tolist() == analyzed
    assert result.info.analyzed_frames == len(analyzed)
    assert red.detector.calls <= len(analyzed) + 1 and len(drawn) == 24
    for number, analysis in enumerate(drawn):
        assert analysis.people == (1,)
        assert analysis.faces.xyxy[0, 0] == pytest.approx(left_px(number), abs=3)


def test_nothing_moves_across_a_cut(annotate, red, drawn):
    def draw(number, size_wh):
        if number < 8:
            return moving(0, size_wh)
        frame = 255 - moving(25, size_wh)  # bright, and the face elsewhere
        frame[40 : 40 + FACE_PX, left_px(25) : left_px(25) + FACE_PX] = BRIGHT
        frame[:, :50] = 255
        return frame

    result, _ = annotate(red, make_clip(frames=20, draw=draw), every_nth=10)
    lefts = [float(analysis.faces.xyxy[0, 0]) for analysis in drawn]
    assert lefts[:8] == pytest.approx([left_px(0)] * 8, abs=2)
    assert lefts[8:] == pytest.approx([left_px(25)] * 12, abs=2)
    assert all(len(analysis) == 1 for analysis in drawn)
    assert {7, 8} <= set(result.timeline.frame.tolist())


def one_frame(seconds, people, lost=()):
    """People at x = 10 times their number at 0 s, and 20 px further each second; happy at 0 s."""
    boxes = [[10 * p + 20 * seconds, 0, 10 * p + 20 * seconds + 8, 10] for p in people]
    probs = np.zeros((len(people), 7), np.float32)
    probs[:, HAPPY], probs[:, NEUTRAL] = 1 - seconds, seconds
    return FrameAnalysis(
        Faces(
            np.array(boxes, np.float32).reshape(-1, 4),
            np.zeros((len(people), 0, 2), np.float32),
            np.ones(len(people), np.float32),
        ),
        probs,
        (50, 50),
        seconds=seconds,
        people=tuple(people),
        seen=~np.isin(people, lost),
        answers=(EMOTIONS[NEUTRAL if seconds else HAPPY],) * len(people),
    )


def test_who_comes_in_is_shown_from_the_nearer_half_on(red, annotate, drawn):
    def enters(number, size_wh):
        picture = moving(0, size_wh)
        if number < 19:
            picture[:] = picture[0, 0]
        return picture

    annotate(red, make_clip(frames=31, draw=enters), every_nth=10)
    assert [index for index, analysis in enumerate(drawn) if len(analysis)] == list(range(16, 31))


@pytest.mark.parametrize(
    ("seconds", "alone", "people"),
    [
        (0.25, "nearer", (1, 2)),
        (0.75, "nearer", (2, 3)),
        (0.25, "held", (1, 2, 3)),
        (0.75, "held", (1, 2, 3)),
        (0.25, "left out", (2,)),
        (0.75, "left out", (2,)),
    ],
)
def test_who_comes_or_goes_between_two_frames(seconds, alone, people):
    found = between(one_frame(0.0, [1, 2]), one_frame(1.0, [2, 3]), seconds, alone)
    assert found.people == people and found.seconds == seconds
    both = people.index(2)
    assert found.faces.xyxy[both, 0] == pytest.approx(20 + 20 * seconds)
    assert found.probs[both, NEUTRAL] == pytest.approx(seconds)
    if 1 in people:
        assert found.faces.xyxy[people.index(1), 0] == 10
    if 3 in people:
        assert found.faces.xyxy[people.index(3), 0] == 50


def test_between_two_frames_the_answer_is_the_first_and_who_is_lost_in_either_is_not_seen():
    before, after = one_frame(0.0, [1, 2, 3], lost=[2]), one_frame(1.0, [1, 2, 3], lost=[3])
    found = between(before, after, 0.75)
    assert found.seen.tolist() == [True, False, False]
    assert found.answers == before.answers != after.answers


def test_nobody_in_the_clip(annotate, red):
    data = make_clip(frames=5, draw=lambda n, wh: np.full((wh[1], wh[0], 3), 90, np.uint8))
    result, _ = annotate(red, data)
    assert len(result.timeline) == 0 and result.moments == () and result.info.frames == 5
    assert result.contact_sheet().size and len(frame_times(result.video.read())) == 5


@pytest.mark.parametrize("every", [1, 5])
def test_a_clip_of_one_frame(annotate, red, every):
    result, progress = annotate(red, make_clip(frames=1, draw=moving), every_nth=every)
    assert result.info.frames == len(result.timeline) == len(progress) == 1 and result.complete


def test_the_rate_is_that_of_the_frames_where_sound_comes_before_them(annotate, red):
    ticks = [1200 + 24 * n for n in range(25)]
    data = make_clip("matroska", frames=25, ticks=ticks, draw=moving, sound="aac", sound_seconds=3)
    info = annotate(red, data)[0].info
    assert info.rate == pytest.approx(25, abs=0.1) and info.seconds == pytest.approx(3, abs=0.05)


def test_a_damaged_clip_gives_what_could_be_read(annotate, red):
    data = make_clip("matroska", frames=50, draw=noise)
    result, _ = annotate(red, data[: len(data) // 2])
    assert 10 < result.info.frames < 50 and not result.complete
    (note,) = result.info.notes
    assert note.startswith("The clip is damaged after")
    assert len(frame_times(result.video.read())) == result.info.frames


def test_limits_say_themselves(annotate, red):
    limits = ClipLimits(max_seconds=1.0, max_side_px=80)
    result, progress = annotate(red, make_clip(frames=50, draw=moving), limits=limits)
    assert result.info.frames == 25 and result.info.size_hw == result.video.size_hw == (60, 80)
    assert result.info.notes == (
        "The frames were scaled down from 160x120 to 80x60 pixels.",
        "Only the first 1 s of the clip were used; it is 2 s long.",
    )
    assert progress[-1].share == 1


def test_frames_that_come_behind_all_that_is_used_are_not_called_stopped(annotate, red):
    late = make_clip("matroska", frames=5, ticks=range(1200, 1320, 24), sound="aac")
    with pytest.raises(ClipError, match=r"that is used contains no frame\. Only the first 1 s"):
        annotate(red, late, limits=ClipLimits(max_seconds=1))


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"style": "none"}, "no style 'none'"),
        ({"every_nth": 0}, "give 1 to 30"),
        ({"every_nth": 31}, "give 1 to 30"),
        ({"max_bytes": None}, "give more than 0"),
        ({"max_bytes": 0}, "give more than 0"),
        ({"smoothing_seconds": -1}, "give 0 to 10"),
        ({"min_score": 2}, "give 0 to 1"),
        ({"every_nth": "2"}, "One frame in '2'"),
        ({"every_nth": 2.5}, r"One frame in 2\.5"),
        ({"min_score": None}, "give 0 to 1"),
    ],
)
def test_options_that_make_no_sense(wrong, says):
    with pytest.raises(OptionError, match=says):
        VideoOptions(**wrong)


def test_no_clip_no_job(red):
    with pytest.raises(ClipError, match="is not a video"):
        VideoJob(red, b"text " * 100)


def test_the_real_pipeline(annotate, pipeline, astronaut):
    def draw(number, size_wh):
        return np.ascontiguousarray(astronaut[10 : 10 + 240, 100 + 4 * number : 420 + 4 * number])

    data = make_clip(frames=12, size_wh=(320, 240), draw=draw)
    result, _ = annotate(pipeline, data, every_nth=4)
    (person,) = result.timeline.people
    assert person.shares[HAPPY] == 1 and result.timeline.frame.tolist() == [0, 4, 8, 11]
    drift = np.diff(result.timeline.xyxy[:, 0])
    assert drift == pytest.approx([-16, -16, -12], abs=5)
    assert frame_times(result.video.read()) == frame_times(data)
    # The emoji hides the face from the detector that had found it.
    hidden = pictures(result.video.read())
    assert all(len(pipeline.analyze(hidden[number])) == 0 for number in (0, 6))


def test_detector_calls_are_counted(annotate):
    """The fake is no refiner, as Haar is none: each analyzed frame is searched."""
    pipeline = red_pipeline()
    annotate(pipeline, make_clip(frames=10, draw=moving))
    assert isinstance(pipeline.detector, RedDetector) and pipeline.detector.calls >= 10
