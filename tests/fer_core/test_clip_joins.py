"""Clips that were joined: what follows is put right behind, picture and sound together."""

import io
from fractions import Fraction
from itertools import pairwise

import av
import numpy as np
import pytest
from clip_files import make_clip, read_clip, sound_starts

from fer_core.clips.clip import Clip

JUMP = (
    "The clip's times jump after {} s, as where clips are joined; "
    "what follows was placed directly after that."
)
BROADCASTS = [
    ("mpegts", "libx264", "aac"),
    ("mpegts", "mpeg2video", "mp2"),
    ("mpeg", "mpeg2video", "mp2"),
]


def part(container, codec, frames, sound, sound_seconds):
    """A clip of a kind that may be joined, its frames 1/25 s apart."""
    rate = {"time_base": Fraction(1, 25)} if codec == "mpeg2video" else {}
    return make_clip(container, codec, frames, sound=sound, sound_seconds=sound_seconds, **rate)


@pytest.mark.parametrize("container, codec, sound", [*BROADCASTS, ("webm", "libvpx", "libopus")])
def test_joined_clips_follow_one_another(container, codec, sound):
    half = part(container, codec, 50, sound, 2)
    with Clip(half + half) as clip:
        frames, starts = list(clip.frames()), sound_starts(clip)
        steps = [b.seconds - a.seconds for a, b in pairwise(frames)]
        assert len(frames) == 100 and steps == pytest.approx([0.04] * 99, abs=0.002)
        # Where the sound of the first half ends a little late, it overlaps the second.
        assert np.diff(starts).min() > -0.03 and starts[-1] == pytest.approx(4, abs=0.05)
        assert clip.notes == (JUMP.format("2.0"),)
        assert clip.share_read == 1


@pytest.mark.parametrize("container, codec, sound", BROADCASTS)
@pytest.mark.parametrize("seconds, sound_seconds", [(2, 1), (1, 2)])
def test_sound_and_picture_of_joined_clips_stay_together(
    container, codec, sound, seconds, sound_seconds
):
    frames, clip = read_clip(part(container, codec, 25 * seconds, sound, sound_seconds) * 3)
    starts = sound_starts(clip)
    shown = np.array([frame.seconds for frame in frames]).reshape(3, -1)
    assert shown[:, 0] == pytest.approx([0, 2, 4], abs=0.2)
    assert np.diff(shown) == pytest.approx(0.04, abs=0.002)
    for begins in shown[1:, 0]:
        part_starts = starts[(starts > begins - 0.03) & (starts < begins + sound_seconds - 0.1)]
        alone = starts[starts < sound_seconds - 0.1] - starts[0]
        assert part_starts[2] - begins == pytest.approx(alone[2], abs=0.08)
    assert len(clip.notes) == 1


def without_sound(data, from_seconds, to_seconds):
    """The same broadcast, its sound left out between two times."""
    file = io.BytesIO()
    with av.open(io.BytesIO(data)) as source, av.open(file, "w", format="mpegts") as target:
        streams = {s.index: target.add_stream_from_template(s) for s in source.streams}
        for packet in source.demux():
            seconds = float((packet.dts or 0) * packet.time_base)
            picture = packet.stream.type == "video"
            if packet.size and (picture or not from_seconds < seconds < to_seconds):
                packet.stream = streams[packet.stream.index]
                target.mux(packet)
    return file.getvalue()


def test_sound_that_pauses_for_long_goes_on_in_its_place():
    data = make_clip("mpegts", frames=15, ticks=range(0, 9000, 600), sound="aac", sound_seconds=15)
    frames, clip = read_clip(without_sound(data, 4, 16))  # the first sound stands at 2 s
    starts = sound_starts(clip)
    assert [frame.seconds for frame in frames] == pytest.approx(range(15), abs=0.1)
    assert np.diff(starts).max() == pytest.approx(12, abs=0.1)
    assert starts[-1] == pytest.approx(15, abs=0.1) and clip.notes == ()


def test_times_that_jump_ahead_follow_in_broadcasts_and_are_a_still_elsewhere():
    hours = [(7200 * 25 + n) * 3600 for n in range(20)]
    kind = {"time_base": Fraction(1, 90_000)}
    joined = make_clip("mpegts", frames=20, **kind) + make_clip(
        "mpegts", frames=20, ticks=hours, **kind
    )
    frames, clip = read_clip(joined)
    assert len(frames) == 40 and frames[-1].seconds == pytest.approx(1.56, abs=0.05)
    assert clip.notes == (JUMP.format("0.8"),)
    still = [0, 600, 60 * 600, 61 * 600]
    frames, clip = read_clip(make_clip("mov", "mjpeg", 4, ticks=still, pixel_format="yuvj420p"))
    assert [frame.seconds for frame in frames] == [0, 1, 60, 61] and not clip.notes
