"""Writing videos: a full disk, no encoder, sound that cannot be written."""

import errno
import io
from fractions import Fraction

import av
import numpy as np
import pytest
from clip_files import (
    SIZE_WH,
    codecs,
    copy_clip,
    frame_times,
    make_clip,
    noise,
    square,
    tone_starts_seconds,
    whole,
)

from fer_core.clips import writer as clip_writer
from fer_core.clips.clip import Clip
from fer_core.clips.writer import ClipWriter
from fer_core.types import ClipError


@pytest.fixture
def small_video():
    """A function that makes a video of one frame, closed after the test."""
    videos = []

    def make():
        writer = ClipWriter((8, 8), Fraction(1, 25), Fraction(25))
        writer.write(np.zeros((8, 8, 3), np.uint8), 0, 1)
        videos.append(writer.finish(all_sound=True))
        return videos[-1]

    yield make
    for video in videos:
        video.close()


class TestWhatGoesWrong:
    def test_a_full_disk(self, monkeypatch):
        class Full(io.BytesIO):
            def write(self, data):
                if self.tell() + len(data) > 20_000:
                    raise OSError(errno.ENOSPC, "No space left on device")
                return super().write(data)

        monkeypatch.setattr("tempfile.TemporaryFile", Full)
        with pytest.raises(ClipError, match=r"^The video cannot be written: the disk is full\."):
            copy_clip(make_clip(frames=50, draw=noise))

    def test_a_full_disk_where_the_result_goes(self, small_video, monkeypatch, tmp_path):
        def fail(*_):
            raise OSError(errno.ENOSPC, "No space left on device")

        video = small_video()
        monkeypatch.setattr("shutil.copyfileobj", fail)
        with pytest.raises(ClipError, match=r"me.mp4 cannot be written: the disk is full"):
            video.save(tmp_path / "me.mp4")
        assert list(tmp_path.iterdir()) == []

    def test_a_folder_of_that_name_is_left_alone(self, small_video, tmp_path):
        (tmp_path / "me.mp4").mkdir()
        with pytest.raises(ClipError, match="Is a directory"):
            small_video().save(tmp_path / "me.mp4")
        assert list(tmp_path.iterdir()) == [tmp_path / "me.mp4"]

    def test_a_folder_that_cannot_be_made(self, small_video, tmp_path):
        (tmp_path / "file").write_text("")
        with pytest.raises(ClipError, match="cannot be written"):
            small_video().save(tmp_path / "file" / "me.mp4")

    def test_no_encoder(self, monkeypatch):
        monkeypatch.setattr(clip_writer, "ENCODERS", ("none", "neither"))
        with pytest.raises(ClipError, match=r"cannot write H\.264"):
            ClipWriter((8, 8), Fraction(1, 25), Fraction(25))

    def test_another_encoder(self, small_video, monkeypatch):
        monkeypatch.setattr(clip_writer, "ENCODERS", ("none", "h264", "libx264"))
        assert len(frame_times(small_video().read())) == 1

    def test_sound_that_the_container_refuses_is_encoded_or_left_out(self, monkeypatch):
        class Refused(clip_writer.SoundWriter):
            def __init__(self, container, source, copied):
                tried.append(copied)
                raise ValueError("no such sound")

        tried = []
        monkeypatch.setattr(clip_writer, "SoundWriter", Refused)
        with Clip(make_clip(sound="aac")) as clip:
            writer = ClipWriter(clip.size_hw, clip.time_base, clip.rate, clip.sound)
            for frame in clip.frames():
                writer.write(frame.pixels, frame.ticks, frame.duration_ticks)
            video = writer.finish(all_sound=True)
        assert tried == [True, False] and not video.sound
        assert writer.notes == ("The sound could not be written, and was left out.",)
        assert codecs(whole(video)) == ["h264"]

    def test_damaged_sound(self):
        data = make_clip("matroska", frames=30, sound="flac")
        with Clip(data) as clip:
            writer = ClipWriter(clip.size_hw, clip.time_base, clip.rate, clip.sound)
            for frame in clip.frames():
                writer.write(frame.pixels, frame.ticks, frame.duration_ticks)
            packets = clip.take_sound()
            packets[3].update(bytes(packets[3].size))
            writer.add_sound(packets)
            video = writer.finish(all_sound=True)
        assert writer.notes == ("Parts of the sound could not be read, and are silent.",)
        assert tone_starts_seconds(whole(video)) == pytest.approx(0.5, abs=0.03)

    def test_of_sound_that_waits_for_frames_in_masses_parts_are_left_out(self, monkeypatch):
        with Clip(make_clip(frames=2, sound="aac")) as clip:
            writer = ClipWriter(clip.size_hw, clip.time_base, clip.rate, clip.sound)
            for frame in clip.frames():
                writer.write(frame.pixels, frame.ticks, frame.duration_ticks)
            monkeypatch.setattr("fer_core.clips.sound.MOST_WAITING", 5)
            writer.add_sound(clip.take_sound())
            video = writer.finish(all_sound=True)
        assert writer.notes == ("Parts of the sound could not be read, and are silent.",)
        assert codecs(whole(video)) == ["h264", "aac"]

    def test_sound_of_channels_that_nothing_can_place(self):
        with Clip(with_channels(9)) as clip:
            writer = ClipWriter(clip.size_hw, clip.time_base, clip.rate, clip.sound)
            for frame in clip.frames():
                writer.write(frame.pixels, frame.ticks, frame.duration_ticks)
            writer.add_sound(clip.take_sound())
            video = writer.finish(all_sound=True)
        assert writer.notes == ("Parts of the sound could not be read, and are silent.",)
        assert len(frame_times(whole(video))) == 3

    def test_a_frame_of_another_size(self):
        writer = ClipWriter((8, 8), Fraction(1, 25), Fraction(25))
        with pytest.raises(ValueError, match="the frame is"):
            writer.write(square(0), 0, 1)
        writer.close()


def with_channels(channels: int) -> bytes:
    """Three frames, and a tenth of a second of silence in so many channels."""
    file = io.BytesIO()
    with av.open(file, "w", format="matroska") as output:
        stream = output.add_stream("libx264", rate=25)
        stream.width, stream.height, stream.pix_fmt = *SIZE_WH, "yuv420p"
        silence = output.add_stream("pcm_s16le", rate=48000, layout=f"{channels} channels")
        for number in range(3):
            frame = av.VideoFrame.from_ndarray(square(number), format="rgb24")
            output.mux(stream.encode(frame))
        output.mux(stream.encode(None))
        part = av.AudioFrame(format="s16", layout=f"{channels} channels", samples=4800)
        part.sample_rate, part.pts = 48000, 0
        output.mux(silence.encode(part))
        output.mux(silence.encode(None))
    return file.getvalue()
