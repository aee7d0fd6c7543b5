"""Stopping, breaking off, being killed: what was done is kept or dropped; nothing is left."""

import io
import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
from fractions import Fraction
from pathlib import Path

import av
import pytest
from clip_fakes import moving
from clip_files import frame_times, make_clip

from fer_core import clip_analysis
from fer_core.clips.clip import Clip
from fer_core.clips.file_view import FileView
from fer_core.types import ClipError
from fer_core.video import VideoJob
from fer_core.video_options import VideoOptions

ROOT = Path(__file__).resolve().parents[2]


class TestStopping:
    data = make_clip(frames=50, draw=moving, sound="aac", sound_seconds=2)

    @pytest.fixture(autouse=True)
    def small_chunks(self, monkeypatch):
        monkeypatch.setattr(clip_analysis, "CHUNK_FRAMES", 5)

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

    def test_a_video_that_comes_to_too_much_ends_there(self, red):
        with VideoJob(red, self.data, VideoOptions(max_bytes=5000)) as job:
            list(job)
            result = job.finish()
        assert 0 < result.info.frames < 50 and not result.complete
        assert len(result.video.read()) < 15_000
        result.close()
        assert re.match(
            r"A video may have at most 0\.005 MB\. Stopped after ", result.info.notes[-1]
        )

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

    def test_before_the_first_frame_there_is_nothing_to_keep(self, red, monkeypatch):
        def give_up(clip):
            clip.given_up = True
            return iter(())

        monkeypatch.setattr(Clip, "frames", give_up)
        says = pytest.raises(ClipError, match=r"me.mp4 was stopped before its first frame")
        with VideoJob(red, self.data, name="me.mp4") as job, says:
            list(job)
            job.finish()

    def test_a_job_that_nobody_began_says_so(self, red):
        says = pytest.raises(ClipError, match=r"me.mp4 was not begun: loop over the job")
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


def hiding(data, shown):
    """A clip of VP8 in an IVF file, of which only so many frames are to be shown."""
    data, at = bytearray(data), 32
    for number in range(50):
        if number >= shown:
            data[at + 12] &= ~16
        at += 12 + int.from_bytes(data[at : at + 4], "little")
    return bytes(data)


class TestGivingUp:
    """Frames that are not to be shown take their time, and none comes out."""

    data = make_clip("ivf", "libvpx", 50, draw=moving, time_base=Fraction(1, 25))

    def given_up(self, red, shown, most):
        """The job of a clip that is given up when it asks more often than `most`."""
        asked = iter(range(100))
        return VideoJob(red, hiding(self.data, shown), give_up=lambda: next(asked) >= most)

    def test_between_frames_what_was_done_is_kept(self, red):
        with self.given_up(red, shown=20, most=30) as job:
            list(job)
            result = job.finish()
        result.close()
        assert 10 <= result.info.frames <= 20 and not result.complete
        (note,) = result.info.notes
        assert note.startswith("Stopped after 0.")

    def test_while_a_clip_is_opened_it_is_an_error(self, red):
        says = r"^The clip was stopped before its first frame was read\.$"
        with pytest.raises(ClipError, match=says):
            self.given_up(red, shown=0, most=30)

    def test_what_is_given_up_is_not_read_to_its_end(self, red):
        view = FileView(io.BytesIO(b"a clip"), give_up=lambda: view.tell() > 1)
        assert view.read(2) == b"a " and view.read() == b"" and view.given_up
        says = r"^me\.mp4 was stopped before its first frame was read\.$"
        with pytest.raises(ClipError, match=says):
            VideoJob(red, make_clip(frames=2), name="me.mp4", give_up=lambda: True)

    def test_a_stop_is_heard_between_frames_too(self, red):
        asked = iter(range(100))

        def stopping():
            if next(asked) == 30:
                job.stop()
            return False

        with VideoJob(red, hiding(self.data, 20), give_up=stopping) as job:
            list(job)
            result = job.finish()
        result.close()
        assert 10 <= result.info.frames <= 20 and not result.complete and next(asked) == 31


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
