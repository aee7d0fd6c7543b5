"""From a clip to its results: what is in them, stopping, damage, limits, and nothing left over."""

import io
import os
import signal
import subprocess
import sys
import tempfile
import threading
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from clip_fakes import BRIGHT, DARK, FACE_PX, RedDetector, left_px, moving, red_pipeline
from clip_files import codecs, frame_times, make_clip, noise, pictures, tone_starts_seconds
from fakes import HAPPY, NEUTRAL

from fer_core import EMOTIONS, Faces, video
from fer_core.boxes import join_faces
from fer_core.clips.source import ClipLimits
from fer_core.interpolation import between
from fer_core.live import LiveAnalysis
from fer_core.types import ClipError, OptionError
from fer_core.video import VideoJob
from fer_core.video_options import VideoOptions

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def red():
    return red_pipeline()


@pytest.fixture
def drawn(monkeypatch):
    """What was drawn over each frame, in order."""
    analyses = []

    def render(picture, analysis, style, cover):
        analyses.append(analysis)
        return picture

    monkeypatch.setattr(video, "render", render)
    return analyses


@pytest.fixture
def annotate():
    """Annotate a clip: its result, closed after the test, and the progress."""
    results = []

    def call(pipeline, source, **options):
        with VideoJob(pipeline, source, VideoOptions(**options)) as job:
            progress = list(job)
            results.append(job.finish())
        return results[-1], progress

    yield call
    for result in results:
        result.close()


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
    assert max(red.classifier.batches) <= video.CHUNK_FRAMES


@pytest.mark.parametrize("limit", [{"CHUNK_FRAMES": 4}, {"CHUNK_BYTES": 4 * 160 * 120 * 3}])
@pytest.mark.parametrize("every", [1, 3, 30])
def test_only_so_many_frames_are_held_at_once(annotate, red, monkeypatch, limit, every):
    for name, value in limit.items():
        monkeypatch.setattr(video, name, value)
    data = make_clip(frames=23, draw=moving)
    result, progress = annotate(red, data, every_nth=every)
    steps = np.diff([0, *(step.frames for step in progress)])
    assert steps.max() <= 4 and steps.sum() == 23
    assert frame_times(result.video.read()) == frame_times(data)


@pytest.mark.parametrize("every", [2, 5, 7])
def test_between_analyzed_frames_the_boxes_move_along(annotate, red, drawn, every):
    result, _ = annotate(red, make_clip(frames=24, draw=moving), every_nth=every)
    analyzed = [*range(0, 24, every)]
    analyzed += [23] if analyzed[-1] != 23 else []
    assert result.timeline.frame.tolist() == analyzed
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


def one_frame(seconds, people):
    """People at x = 10 times their number at 0 s, and 20 px further each second."""
    boxes = [[10 * p + 20 * seconds, 0, 10 * p + 20 * seconds + 8, 10] for p in people]
    probs = np.zeros((len(people), 7), np.float32)
    probs[:, HAPPY], probs[:, NEUTRAL] = 1 - seconds, seconds
    return LiveAnalysis(
        Faces(
            np.array(boxes, np.float32).reshape(-1, 4),
            np.zeros((len(people), 0, 2), np.float32),
            np.ones(len(people), np.float32),
        ),
        probs,
        (50, 50),
        seconds=seconds,
        people=tuple(people),
        seen=np.ones(len(people), bool),
        answers=(EMOTIONS[HAPPY],) * len(people),
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
    ("seconds", "hold", "people"),
    [
        (0.25, False, (1, 2)),
        (0.75, False, (2, 3)),
        (0.25, True, (1, 2, 3)),
        (0.75, True, (1, 2, 3)),
    ],
)
def test_who_comes_or_goes_between_two_frames(seconds, hold, people):
    """Without cover in the nearer half of the time; with it always, lest a face be seen."""
    found = between(one_frame(0.0, [1, 2]), one_frame(1.0, [2, 3]), seconds, hold)
    assert found.people == people and found.seconds == seconds
    both = people.index(2)
    assert found.faces.xyxy[both, 0] == pytest.approx(20 + 20 * seconds)
    assert found.probs[both, NEUTRAL] == pytest.approx(seconds)
    if 1 in people:
        assert found.faces.xyxy[people.index(1), 0] == 10
    if 3 in people:
        assert found.faces.xyxy[people.index(3), 0] == 50


def test_a_hidden_face_is_hidden_in_every_frame(annotate):
    data = make_clip(frames=20, draw=moving)
    for style, cover, every in (("emoji", False, 1), ("badge", True, 1), ("word", True, 6)):
        result, _ = annotate(red_pipeline(), data, style=style, cover=cover, every_nth=every)
        for number, picture in enumerate(pictures(result.video.read())):
            left = left_px(number)
            middle = picture[45:65, left + 8 : left + FACE_PX - 8].astype(int)
            assert (np.abs(middle - BRIGHT).sum(2) < 60).mean() < 0.05


class LateDetector(RedDetector):
    """Looks again at known boxes too, so that the whole frame is searched only now and then."""

    def refine(self, picture, xyxy):
        faces = join_faces([self(picture)] * len(xyxy))
        lost = not len(faces)
        return Faces(
            xyxy if lost else faces.xyxy,
            np.zeros((len(xyxy), 0, 2), np.float32),
            np.full(len(xyxy), 0.0 if lost else 1.0, np.float32),
        )


@pytest.mark.parametrize("every", [1, 4])
@pytest.mark.parametrize(
    "came, left, room",
    [(13, 30, 32), (27, 30, 32), (22, 25, 32), (14, 30, 3)],
    ids=["in the middle", "before the end", "before a cut", "before all that is held is written"],
)
def test_a_face_that_is_found_late_is_hidden_from_its_first_frame(
    annotate, monkeypatch, every, came, left, room
):
    def coming(number, size_wh):
        if came <= number < left:
            return moving(number, size_wh)
        return np.full((*size_wh[::-1], 3), 120 if number < came else 10)

    monkeypatch.setattr(video, "CHUNK_FRAMES", room)
    data = make_clip(frames=30, draw=lambda n, wh: coming(n, wh).astype(np.uint8))
    late = replace(red_pipeline(), detector=LateDetector())
    result, _ = annotate(late, data, cover=True, every_nth=every)
    bare = []
    for number, picture in enumerate(pictures(result.video.read())):
        x = left_px(number)
        middle = picture[45:65, x + 8 : x + FACE_PX - 8].astype(int)
        bare.append((np.abs(middle - BRIGHT).sum(2) < 60).mean())
    assert len(bare) == 30 and max(bare) < 0.05
    # Where it only was carried back to, it is no row of the timeline.
    assert came < min(result.timeline.frame) < left


def test_nobody_in_the_clip(annotate, red):
    data = make_clip(frames=5, draw=lambda n, wh: np.full((wh[1], wh[0], 3), 90, np.uint8))
    result, _ = annotate(red, data)
    assert len(result.timeline) == 0 and result.moments == () and result.info.frames == 5
    assert result.contact_sheet().size and len(frame_times(result.video.read())) == 5


@pytest.mark.parametrize("every", [1, 5])
def test_a_clip_of_one_frame(annotate, red, every):
    result, progress = annotate(red, make_clip(frames=1, draw=moving), every_nth=every)
    assert result.info.frames == len(result.timeline) == len(progress) == 1 and result.complete


class TestStopping:
    data = make_clip(frames=50, draw=moving, sound="aac", sound_seconds=2)

    @pytest.fixture(autouse=True)
    def small_chunks(self, monkeypatch):
        monkeypatch.setattr(video, "CHUNK_FRAMES", 5)

    def check(self, result):
        """What was done is whole: as many frames as rows, and the sound that goes with them."""
        video = result.video.read()
        result.close()
        frames = result.info.frames
        assert not result.complete and 0 < frames < 50
        seconds = frames / 25
        assert result.info.notes[-1] == (
            f"Stopped after {seconds:.1f} s; what was done until then was kept."
        )
        assert len(frame_times(video)) == len(result.timeline) == frames
        with av.open(io.BytesIO(video)) as container:
            assert container.duration / av.time_base == pytest.approx(seconds, abs=0.05)

    def test_breaking_off_the_loop_keeps_what_was_done(self, red):
        with VideoJob(red, self.data) as job:
            for progress in job:
                if progress.frames >= 20:
                    break
            self.check(job.finish())

    def test_stopped_at_its_last_frame_it_is_whole(self, red):
        with VideoJob(red, make_clip(frames=5, draw=moving)) as job:
            next(iter(job))
            job.stop()
            list(job)
            whole = job.finish()
            with pytest.raises(ClipError, match="finished already"):
                job.finish()
        whole.close()
        assert whole.info.frames == 5 and whole.complete and not whole.info.notes

    def test_another_thread_may_stop_it(self, red):
        with VideoJob(red, self.data) as job:
            for progress in job:
                if progress.frames == 20:
                    thread = threading.Thread(target=job.stop)
                    thread.start()
                    thread.join()
            assert progress.frames <= 25
            self.check(job.finish())

    def test_a_stop_inside_a_gap_leaves_no_frame_without_analysis(self, red, drawn):
        with VideoJob(red, self.data, VideoOptions(every_nth=4)) as job:
            frames = job._clip.frames()
            job._clip.frames = lambda: self.stopping_after(job, frames, 6)
            list(job)
            result = job.finish()
            result.close()
        assert result.info.frames == 7 == len(drawn)
        assert result.timeline.frame.tolist() == [0, 4, 6]

    def stopping_after(self, job, frames, number):
        for frame in frames:
            if frame.index == number:
                job.stop()
            yield frame

    def test_a_stop_after_the_end_changes_nothing(self, red):
        with VideoJob(red, self.data) as job:
            list(job)
            job.stop()
            result = job.finish()
            result.close()
        assert result.complete and result.info.notes == ()

    def test_before_the_first_frame_there_is_nothing_to_keep(self, red):
        says = pytest.raises(ClipError, match=r"me.mp4 was stopped before its first frame")
        with VideoJob(red, self.data, name="me.mp4") as job, says:
            job.finish()

    def test_leaving_without_finish_drops_everything(self, red, monkeypatch, tmp_path):
        monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
        before = set(os.listdir("/proc/self/fd"))
        with VideoJob(red, self.data) as job:
            next(iter(job))
            assert list(tmp_path.iterdir()) == []  # not even while it runs
        assert job._writer._file.closed
        assert set(os.listdir("/proc/self/fd")) <= before

    def test_what_was_dropped_cannot_be_finished_nor_what_was_closed_be_read(self, red):
        with VideoJob(red, self.data, name="me.mp4") as job:
            for _ in job:
                pass
        with pytest.raises(ClipError, match=r"me\.mp4 was dropped: call finish inside"):
            job.finish()
        with pytest.raises(ClipError, match="was dropped"):
            job._writer.finish(all_sound=True)
        with VideoJob(red, self.data) as job:
            next(iter(job))
            result = job.finish()
        result.close()
        with pytest.raises(ClipError, match="was closed"):
            result.video.read()

    def test_an_error_on_the_way_drops_everything(self, red):
        def fail(crops):
            raise RuntimeError("out of memory")

        object.__setattr__(red, "classifier", fail)
        with pytest.raises(RuntimeError, match="out of memory"), VideoJob(red, self.data) as job:
            list(job)
        assert job._writer._file.closed


KILLED = """
import sys
from clip_fakes import moving, red_pipeline
from clip_files import make_clip
from fer_core.video import VideoJob
with VideoJob(red_pipeline(), make_clip(frames=50, draw=moving)) as job:
    for progress in job:
        print(progress.frames, flush=True)
        if progress.frames > 5:
            sys.stdin.read()
"""


def test_a_killed_program_leaves_nothing(tmp_path):
    environment = {
        **os.environ,
        "TMPDIR": str(tmp_path),
        "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'tests'}",
    }
    with subprocess.Popen(
        [sys.executable, "-c", KILLED],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=environment,
        cwd=tmp_path,
    ) as process:
        assert process.stdout is not None and int(process.stdout.readline()) > 0
        os.kill(process.pid, signal.SIGKILL)
    assert list(tmp_path.iterdir()) == []


def test_a_program_killed_while_it_saves_leaves_nothing(tmp_path):
    child = os.fork()
    if not child:
        try:
            import shutil

            from fer_core.clips.unnamed_file import publish, unnamed_file

            def copy(source, target):
                target.write(b"half of it")
                target.flush()
                os.kill(os.getpid(), signal.SIGKILL)

            shutil.copyfileobj = copy
            with unnamed_file() as file:
                publish(file, tmp_path / "me.mp4")
        finally:
            os._exit(1)
    _, status = os.waitpid(child, 0)
    assert os.WTERMSIG(status) == signal.SIGKILL
    assert list(tmp_path.iterdir()) == []


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
        "The frames were reduced from 160x120 to 80x60 pixels.",
        "Only the first 1 s of the clip were used; it is 2 s long.",
    )
    assert progress[-1].share == 1


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"style": "none"}, "no style 'none'"),
        ({"every_nth": 0}, "give 1 to 30"),
        ({"every_nth": 31}, "give 1 to 30"),
        ({"smoothing_seconds": -1}, "give 0 to 10"),
        ({"min_score": 2}, "give 0 to 1"),
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
