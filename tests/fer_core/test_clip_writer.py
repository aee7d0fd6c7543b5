"""Writing videos: exact times, sound in its place, a full disk, and no file left behind."""

import errno
import io
import os
from fractions import Fraction

import av
import numpy as np
import pytest
from clip_files import (
    SIZE_WH,
    codecs,
    frame_times,
    make_clip,
    noise,
    pictures,
    square,
    tone_starts_seconds,
)

from fer_core.clips import unnamed_file as unnamed_file_module
from fer_core.clips import writer as clip_writer
from fer_core.clips.clip import Clip
from fer_core.clips.unnamed_file import publish, unnamed_file
from fer_core.clips.writer import ClipWriter
from fer_core.types import ClipError

TICKS = [0, 7, 31, 32, 100, 101, 390, 400, 650, 1300]


def copy(data, keep_frames=None):
    """A clip read and written again; the times of its frames, the new file, the writer's notes."""
    with Clip(data) as clip:
        writer = ClipWriter(clip.size_hw, clip.time_base, clip.rate, clip.sound)
        times = []
        for frame in clip.frames():
            writer.add_sound(clip.take_sound())
            writer.write(frame.pixels, frame.ticks, frame.duration_ticks)
            times.append(frame.ticks * clip.time_base)
            if len(times) == keep_frames:
                break
        writer.add_sound(clip.take_sound())
        video = writer.finish(all_sound=clip.complete)
        assert (video.frames, video.sound) == (len(times), clip.sound is not None)
    return times, whole(video), writer.notes


def whole(video):
    """The bytes of a video, which is then closed."""
    data = video.read()
    video.close()
    return data


@pytest.mark.parametrize(
    ("container", "codec", "time_base", "sound"),
    [
        ("mp4", "libx264", Fraction(1, 600), "aac"),
        ("mp4", "libx264", Fraction(1, 90000), "mp3"),
        ("mp4", "libx264", Fraction(1001, 30000), None),
        ("mov", "mjpeg", Fraction(1, 1000), "pcm_s16le"),
        ("matroska", "libx264", Fraction(1, 1000), "flac"),
        ("webm", "libvpx", Fraction(1, 1000), "libopus"),
        ("avi", "mpeg4", Fraction(1, 25), "mp3"),
        ("mpegts", "libx264", Fraction(1, 90000), "aac"),
        ("mpegts", "mpeg2video", Fraction(1, 25), "mp2"),
        ("flv", "libx264", Fraction(1, 1000), "aac"),
        ("nut", "ffv1", Fraction(1, 1000000), None),
    ],
)
@pytest.mark.parametrize("variable", [False, True])
def test_every_frame_keeps_its_time_and_the_sound_its_place(
    container, codec, time_base, sound, variable
):
    steady = codec in ("mpeg4", "mpeg2video")  # these know no variable rate
    ticks = [t * max(round(1 / time_base / 600), 1) for t in TICKS] if variable else None
    data = make_clip(
        container,
        codec,
        10,
        time_base=time_base,
        ticks=None if steady else ticks,
        sound=sound,
        pixel_format="yuvj420p" if codec == "mjpeg" else "yuv420p",
    )
    times, video, notes = copy(data)
    assert frame_times(video) == times and len(times) >= 9 and notes == ()
    assert codecs(video) == [
        "h264",
        *([sound if sound in ("aac", "mp3") else "aac"] if sound else []),
    ]
    if sound:
        assert tone_starts_seconds(video) == pytest.approx(tone_starts_seconds(data), abs=0.002)


@pytest.mark.parametrize("sound", ["aac", "flac"])
@pytest.mark.parametrize("start_seconds", [0.0, 0.25])
def test_sound_that_begins_late_and_ends_late(sound, start_seconds):
    data = make_clip(
        "matroska", frames=5, sound=sound, sound_seconds=3, sound_start_seconds=start_seconds
    )
    _, video, _ = copy(data)
    assert tone_starts_seconds(video) == pytest.approx(0.5 + start_seconds, abs=0.03)
    with av.open(io.BytesIO(video)) as container:
        assert container.duration / av.time_base == pytest.approx(3 + start_seconds, abs=0.1)


@pytest.mark.parametrize("sound", ["aac", "libopus"])
def test_what_is_cut_off_takes_its_sound_along(sound):
    data = make_clip("matroska", frames=50, sound=sound, sound_seconds=2)
    times, video, _ = copy(data, keep_frames=20)
    assert len(times) == 20
    with av.open(io.BytesIO(video)) as container:
        assert container.duration / av.time_base == pytest.approx(0.8, abs=0.05)


def test_silence_where_sound_is_missing():
    """Sound that pauses does not slide forward when it is encoded anew."""
    early = make_clip("matroska", frames=50, sound="flac", sound_seconds=2)
    with Clip(early) as clip:
        writer = ClipWriter(clip.size_hw, clip.time_base, clip.rate, clip.sound)
        for frame in clip.frames():
            writer.write(frame.pixels, frame.ticks, frame.duration_ticks)
        packets = clip.take_sound()
        silent = [p for p in packets if p.pts * p.time_base < 0.1]
        loud = [p for p in packets if p.pts * p.time_base > 0.6]
        writer.add_sound([*silent, *loud])
        video = whole(writer.finish(all_sound=True))
    assert tone_starts_seconds(video) == pytest.approx(0.64, abs=0.06)


@pytest.mark.parametrize("size_wh", [(161, 121), (160, 121), (2, 2), (1, 1), (17, 400)])
def test_sides_become_even(size_wh):
    width, height = size_wh
    writer = ClipWriter((height, width), Fraction(1, 25), Fraction(25))
    writer.write(square(0, size_wh), 0, 1)
    video = writer.finish(all_sound=True)
    (picture,) = pictures(whole(video))
    assert picture.shape[:2] == video.size_hw == (height + height % 2, width + width % 2)


def test_colours_come_back_and_are_marked():
    writer = ClipWriter((48, 96), Fraction(1, 25), Fraction(25))
    pixels = np.zeros((48, 96, 3), np.uint8)
    pixels[:, 32:64] = (30, 200, 60)
    pixels[:, 64:] = 255
    writer.write(pixels, 0, 1)
    data = whole(writer.finish(all_sound=True))
    with Clip(data) as clip:
        (frame,) = clip.frames()
    for column in (16, 48, 80):
        assert np.abs(frame.pixels[24, column].astype(int) - pixels[24, column]).max() <= 4
    with av.open(io.BytesIO(data)) as container:
        context = container.streams.video[0].codec_context
        assert (context.colorspace, context.color_range) == (1, 1)  # BT.709, not the full range
        assert context.pix_fmt == "yuv420p"


def test_the_index_lies_in_front():
    _, video, _ = copy(make_clip(frames=20, draw=noise, sound="aac"))
    assert video.index(b"moov") < video.index(b"mdat")


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

        monkeypatch.setattr(clip_writer, "unnamed_file", Full)
        with pytest.raises(ClipError, match=r"^The video cannot be written: the disk is full\."):
            copy(make_clip(frames=50, draw=noise))

    def test_a_full_disk_where_the_result_goes(self, small_video, monkeypatch, tmp_path):
        video = small_video()
        monkeypatch.setattr(
            clip_writer, "publish", lambda *_: os.write(os.open("/dev/full", os.O_WRONLY), b"x")
        )
        with pytest.raises(ClipError, match=r"me.mp4 cannot be written: the disk is full"):
            video.save(tmp_path / "me.mp4")

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


class TestFiles:
    def test_a_saved_video_replaces_what_was_there(self, small_video, tmp_path):
        video = small_video()
        for _ in range(2):
            video.save(tmp_path / "new" / "me.mp4")
            assert [path.name for path in (tmp_path / "new").iterdir()] == ["me.mp4"]
        assert (tmp_path / "new" / "me.mp4").read_bytes() == video.read()
        assert (tmp_path / "new" / "me.mp4").stat().st_mode & 0o777 == 0o666 & ~umask()

    @pytest.mark.parametrize("system", [True, False])
    def test_publishing_without_unnamed_files(self, tmp_path, monkeypatch, system):
        if not system:
            monkeypatch.setattr(unnamed_file_module, "_publish_unnamed", lambda *_: False)
        with unnamed_file() as file:
            file.write(b"whole")
            publish(file, tmp_path / "me.txt")
        assert [(p.name, p.read_bytes()) for p in tmp_path.iterdir()] == [("me.txt", b"whole")]

    @pytest.mark.parametrize("number", [errno.ENOENT, errno.EPERM, errno.EOPNOTSUPP])
    def test_publishing_where_files_get_no_links(self, tmp_path, monkeypatch, number):
        monkeypatch.setattr("os.link", failing(number))
        with unnamed_file() as file:
            file.write(b"whole")
            publish(file, tmp_path / "me.txt")
        assert [(p.name, p.read_bytes()) for p in tmp_path.iterdir()] == [("me.txt", b"whole")]

    def test_a_disk_that_is_full_when_the_file_gets_its_name(self, tmp_path, monkeypatch):
        monkeypatch.setattr("os.link", failing(errno.ENOSPC))
        with unnamed_file() as file, pytest.raises(OSError, match="No space"):
            publish(file, tmp_path / "me.txt")
        assert list(tmp_path.iterdir()) == []

    def test_other_programs_files_stay(self, tmp_path):
        others = tmp_path / "me.txt.part"
        others.write_text("a download under way")
        with unnamed_file() as file:
            publish(file, tmp_path / "me.txt")
        assert others.read_text() == "a download under way"

    @pytest.mark.parametrize("system", [True, False])
    def test_a_folder_of_that_name_is_left_alone(self, tmp_path, monkeypatch, system):
        if not system:
            monkeypatch.setattr(unnamed_file_module, "_publish_unnamed", lambda *_: False)
        (tmp_path / "me.txt").mkdir()
        with unnamed_file() as file, pytest.raises(IsADirectoryError):
            publish(file, tmp_path / "me.txt")
        assert list(tmp_path.iterdir()) == [tmp_path / "me.txt"]

    @pytest.mark.parametrize("system", [True, False])
    def test_what_cannot_be_published_leaves_nothing(self, tmp_path, monkeypatch, system):
        if not system:
            monkeypatch.setattr(unnamed_file_module, "_publish_unnamed", lambda *_: False)
        monkeypatch.setattr("shutil.copyfileobj", failing(errno.ENOSPC))
        with unnamed_file() as file, pytest.raises(OSError, match="No space"):
            publish(file, tmp_path / "me.txt")
        assert list(tmp_path.iterdir()) == []


def failing(number):
    """A function of the system that fails with this error."""

    def fail(*_, **__):
        raise OSError(number, os.strerror(number))

    return fail


def umask():
    mask = os.umask(0)
    os.umask(mask)
    return mask
