"""Writing videos: exact times, sound in its place, even sides, colours."""

import io
import os
import re
import struct
from fractions import Fraction

import av
import numpy as np
import pytest
from clip_files import (
    codecs,
    copy_clip,
    frame_times,
    make_clip,
    noise,
    pictures,
    sound_starts,
    square,
    tone_starts_seconds,
    whole,
)

from fer_core.clips.clip import Clip
from fer_core.clips.writer import ClipWriter

TICKS = [0, 7, 31, 32, 100, 101, 390, 400, 650, 1300]


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
    times, video, notes = copy_clip(data)
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
    _, video, _ = copy_clip(data)
    assert tone_starts_seconds(video) == pytest.approx(0.5 + start_seconds, abs=0.03)
    with av.open(io.BytesIO(video)) as container:
        assert container.duration / av.time_base == pytest.approx(3 + start_seconds, abs=0.1)


@pytest.mark.parametrize("sound", ["aac", "libopus"])
def test_what_is_cut_off_takes_its_sound_along(sound):
    data = make_clip("matroska", frames=50, sound=sound, sound_seconds=2)
    times, video, _ = copy_clip(data, keep_frames=20)
    assert len(times) == 20
    with av.open(io.BytesIO(video)) as container:
        assert container.duration / av.time_base == pytest.approx(0.8, abs=0.05)


def starting_later(data, seconds):
    """A MOV whose edit lists leave out its first seconds, as phones cut; nothing is removed."""
    data = bytearray(data)
    scales = [at.start() + 16 for at in re.finditer(b"mdhd", data)]
    entries = [at.start() + 16 for at in re.finditer(b"elst", data)]  # where its one entry starts
    for scale, entry in zip(scales, entries, strict=True):
        (ticks,) = struct.unpack_from(">I", data, scale)
        (start,) = struct.unpack_from(">i", data, entry)
        struct.pack_into(">i", data, entry, start + round(seconds * ticks))
    return bytes(data)


@pytest.mark.parametrize("sound", ["aac", "libmp3lame", "pcm_s16le"])
def test_sound_that_was_cut_off_at_the_start_is_not_taken_along(sound):
    data = starting_later(make_clip("mov", frames=50, sound=sound, sound_seconds=2), 0.3)
    with Clip(data) as clip:
        assert list(clip.frames()) and -0.15 < sound_starts(clip).min() < 0
    times, video, _ = copy_clip(data)
    assert frame_times(video) == times
    assert tone_starts_seconds(data) == pytest.approx(0.2, abs=0.002)
    assert tone_starts_seconds(video) == pytest.approx(0.2, abs=0.002)


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


@pytest.mark.parametrize(("all_sound", "ends"), [(False, 1.0), (True, 3.0)])
def test_what_sounds_until_the_last_frame_ends_is_written(all_sound, ends):
    with Clip(make_clip(frames=25, sound="aac", sound_seconds=3)) as clip:
        writer = ClipWriter(clip.size_hw, clip.time_base, clip.rate, clip.sound)
        for frame in clip.frames():
            writer.write(frame.pixels, frame.ticks, frame.duration_ticks)
        writer.add_sound(clip.take_sound())  # as where it lies behind its frames in the file
        video = whole(writer.finish(all_sound))
    with Clip(video) as clip:
        assert len(list(clip.frames())) == 25
        assert sound_starts(clip).max() == pytest.approx(ends, abs=0.05)


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
    _, video, _ = copy_clip(make_clip(frames=20, draw=noise, sound="aac"))
    assert video.index(b"moov") < video.index(b"mdat")


def umask():
    mask = os.umask(0)
    os.umask(mask)
    return mask


def test_a_saved_video_replaces_what_was_there(tmp_path):
    writer = ClipWriter((8, 8), Fraction(1, 25), Fraction(25))
    writer.write(square(0, (8, 8)), 0, 1)
    video = writer.finish(all_sound=True)
    for _ in range(2):
        video.save(tmp_path / "new" / "me.mp4")
        assert [path.name for path in (tmp_path / "new").iterdir()] == ["me.mp4"]
    assert (tmp_path / "new" / "me.mp4").read_bytes() == video.read()
    assert (tmp_path / "new" / "me.mp4").stat().st_mode & 0o777 == 0o666 & ~umask()
    video.close()
