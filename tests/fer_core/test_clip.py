"""Reading clips: times, orientation, sizes, sound, and limits."""

import ast
import io
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import pytest
from clip_files import RED, make_clip, read_clip, sound_starts, square

from fer_core.clips.clip import Clip
from fer_core.clips.source import ClipLimits
from fer_core.types import ClipError, OptionError

ROOT = Path(__file__).resolve().parents[2]


def red_corner(pixels):
    """Where in the picture the red quarter lies: "top left" and so on."""
    height, width = pixels.shape[:2]
    corners = {
        f"{row} {column}": pixels[y, x]
        for row, y in (("top", height // 8), ("bottom", -height // 8))
        for column, x in (("left", width // 8), ("right", -width // 8))
    }
    found = [name for name, colour in corners.items() if np.abs(colour - np.array(RED)).max() < 12]
    assert len(found) == 1
    return found[0]


def test_frames_come_in_order_with_their_times_and_colours():
    frames, clip = read_clip(make_clip())
    assert [frame.index for frame in frames] == list(range(12))
    assert [frame.seconds for frame in frames] == pytest.approx(np.arange(12) / 25)
    assert [frame.ticks * clip.time_base for frame in frames] == [
        Fraction(n, 25) for n in range(12)
    ]
    assert clip.size_hw == (120, 160) and clip.notes == () and clip.complete
    assert clip.seconds == pytest.approx(0.48) and clip.share_read == 1
    for number in (0, 11):
        assert (
            np.abs(frames[number].pixels.astype(int)[::8, ::8] - square(number)[::8, ::8]).mean()
            < 4
        )


@pytest.mark.parametrize(
    ("container", "codec", "time_base", "sound"),
    [
        ("mov", "prores_ks", Fraction(1, 600), "pcm_s16le"),
        ("matroska", "libx264", Fraction(1, 1000), "flac"),
        ("webm", "libvpx", Fraction(1, 1000), "libopus"),
        ("avi", "mpeg4", Fraction(1, 25), "mp3"),
        ("mpegts", "mpeg2video", Fraction(1, 25), "mp2"),
        ("flv", "libx264", Fraction(1, 1000), "aac"),
        ("asf", "wmv2", Fraction(1, 25), None),
    ],
)
def test_what_people_have(container, codec, time_base, sound):
    pixel_format = "yuv422p10le" if codec == "prores_ks" else "yuv420p"
    frames, clip = read_clip(
        make_clip(container, codec, time_base=time_base, sound=sound, pixel_format=pixel_format)
    )
    steps = np.diff([frame.seconds for frame in frames])
    assert len(frames) >= 11 and clip.notes == ()
    assert np.median(steps) == pytest.approx(0.04, abs=0.001)
    assert red_corner(frames[0].pixels) == "top left"
    assert bool(clip.take_sound()) == bool(sound)


def test_a_variable_frame_rate_is_kept_exactly():
    ticks = [0, 7, 31, 32, 100, 101, 390, 400, 650, 1300]
    frames, clip = read_clip(make_clip(frames=10, ticks=ticks))
    assert [frame.ticks * clip.time_base for frame in frames] == [Fraction(t, 600) for t in ticks]


@pytest.mark.skipif(not hasattr(av.VideoStream, "set_display_rotation"), reason="an older PyAV")
@pytest.mark.parametrize(
    ("rotation", "corner"),
    [
        ((0, False, False), "top left"),
        ((90, False, False), "bottom left"),  # counter-clockwise
        ((180, False, False), "bottom right"),
        ((270, False, False), "top right"),
        ((0, True, False), "top right"),
        ((0, False, True), "bottom left"),
        ((90, True, False), "bottom right"),
        ((270, True, False), "top left"),
    ],
)
def test_phones_turn_and_mirror(rotation, corner):
    (frame, *_), clip = read_clip(make_clip(frames=1, rotation=rotation))
    assert clip.size_hw == ((160, 120) if rotation[0] % 180 else (120, 160))
    assert frame.pixels.shape == (*clip.size_hw, 3)
    assert red_corner(frame.pixels) == corner


def test_odd_sizes_and_long_pixels():
    frames, clip = read_clip(
        make_clip(codec="mpeg4", size_wh=(161, 121), time_base=Fraction(1, 25))
    )
    assert clip.size_hw == frames[0].pixels.shape[:2] == (121, 161)
    frames, clip = read_clip(make_clip(frames=1, pixel_aspect=Fraction(4, 3)))
    assert clip.size_hw == frames[0].pixels.shape[:2] == (120, 213)


def test_a_clip_whose_frames_change_their_size_keeps_the_first():
    file = io.BytesIO(
        make_clip("mpegts", frames=3) + make_clip("mpegts", frames=3, size_wh=(320, 240))
    )
    frames, _ = read_clip(file)
    assert {frame.pixels.shape for frame in frames} == {(120, 160, 3)} and len(frames) > 3
    assert red_corner(frames[-1].pixels) == "top left"
    assert all(a.ticks < b.ticks for a, b in pairwise(frames))


def test_large_frames_are_reduced_and_too_large_ones_refused():
    clip_8k = make_clip("mov", "mjpeg", 1, size_wh=(7680, 4320), pixel_format="yuvj420p")
    frames, clip = read_clip(clip_8k, limits=ClipLimits(max_source_side_px=8192))
    assert frames[0].pixels.shape == (1080, 1920, 3)
    assert clip.notes == ("The frames were scaled down from 7680x4320 to 1920x1080 pixels.",)
    assert red_corner(frames[0].pixels) == "top left"
    with pytest.raises(ClipError, match=r"No frame of me\.mov .* larger than 4096x4096 pixels"):
        Clip(clip_8k, name="me.mov")  # such a decoder tells no size that it must not take
    with pytest.raises(ClipError, match=r"me\.mp4 has 160x120 pixels.*up to 100x100"):
        Clip(make_clip(frames=1), ClipLimits(50, 100, 100), "me.mp4")


def test_a_clip_whose_frames_take_much_room_may_have_fewer_pixels():
    limits = ClipLimits(max_side_px=100, max_source_side_px=200)
    for size_wh in ((200, 200), (300, 120)):
        Clip(make_clip(frames=1, size_wh=size_wh), limits).close()
    for size_wh, pixel_format in (((300, 140), "yuv420p"), ((200, 200), "yuv444p10le")):
        with pytest.raises(ClipError, match=r"pixels of (24|48) bits\. .* 200x200 pixels of 24"):
            Clip(make_clip(frames=1, size_wh=size_wh, pixel_format=pixel_format), limits)
    with pytest.raises(ClipError, match="has 402x20 pixels"):
        Clip(make_clip(frames=1, size_wh=(402, 20)), limits)


def test_two_hours_are_used_up_to_the_limit():
    ticks = [0, 600, 1000 * 600, 1801 * 600, 7199 * 600]
    frames, clip = read_clip(make_clip("mov", "mjpeg", 5, ticks=ticks, pixel_format="yuvj420p"))
    assert [frame.seconds for frame in frames] == [0, 1, 1000]
    assert clip.notes == ("Only the first 30 min of the clip were used; it is 2 h 0 min long.",)
    assert clip.seconds == 1800 and not clip.complete


LAGGING = {"max_interleave_delta": "1"}  # the sound may lie behind its frames


@pytest.mark.parametrize(
    "frames, container, options", [(2, "matroska", {}), (50, "matroska", {}), (150, "mp4", LAGGING)]
)
def test_sound_is_used_up_to_the_limit_and_no_further(frames, container, options):
    data = make_clip(
        container, frames=frames, sound="aac", sound_seconds=6, container_options=options
    )
    with Clip(data, ClipLimits(max_seconds=1)) as clip:
        shown, starts = list(clip.frames()), sound_starts(clip)
    assert len(shown) == min(frames, 25) and 0.9 < starts.max() < 1
    (note,) = clip.notes
    assert note.startswith("Only the first 1 s of the clip were used; it is 6")


@pytest.mark.parametrize(
    "wrong",
    [
        {"max_seconds": 0},
        {"max_side_px": 8},
        {"max_source_side_px": 100},
        {"max_seconds": "3"},
        {"max_side_px": "100"},
        {"max_source_side_px": None},
    ],
)
def test_limits_that_make_no_sense(wrong):
    with pytest.raises(OptionError):
        ClipLimits(**wrong)


def test_times_that_are_missing_are_those_of_the_usual_rate():
    data = make_clip("h264", frames=5)  # the bare stream: no container, no times
    frames, clip = read_clip(data)
    assert [frame.seconds for frame in frames] == pytest.approx(np.arange(5) / 25)
    assert clip.seconds is None and 0 < clip.share_read <= 1


def test_times_that_stand_still_are_spread():
    class Frame:
        def __init__(self, pts):
            self.pts, self.duration = pts, 0

    for given, expected in (
        ([0, 0, 0, 0], [0, 24, 48, 72]),
        ([0, 24, 24, 48], [0, 24, 25, 48]),
        ([0, 0, 20, 44], [0, 24, 25, 44]),
        ([None, None, 48], [0, 24, 48]),
        ([-10, 24, 20], [0, 24, 25]),
    ):
        with Clip(make_clip("avi", "mpeg4", 1, time_base=Fraction(1, 25))) as clip:
            clip.time_base = Fraction(1, 600)
            clip._first, *rest = [Frame(pts) for pts in given]
            clip._decoded = (frame for frame in rest)
            clip._upright.pixels = lambda frame: None
            assert [frame.ticks for frame in clip.frames()] == expected


def test_one_frame_is_a_clip():
    frames, clip = read_clip(make_clip(frames=1))
    assert len(frames) == 1 and clip.complete and frames[0].duration_ticks > 0


def test_a_path_a_file_and_bytes_are_the_same(tmp_path):
    data = make_clip(frames=2)
    path = tmp_path / "me.mp4"
    path.write_bytes(data)
    with path.open("rb") as file:
        for source in (path, str(path), file, data):
            frames, clip = read_clip(source)
            assert len(frames) == 2
            assert clip.name == ("me.mp4" if isinstance(source, str | type(path)) else "The clip")
        assert not file.closed  # whoever opened it closes it


def test_a_clip_is_read_once():
    with Clip(make_clip(frames=2)) as clip:
        list(clip.frames())
        with pytest.raises(RuntimeError):
            list(clip.frames())


def test_sound_that_no_decoder_knows_is_left_out_with_a_note():
    data = make_clip("matroska", frames=25, sound="flac").replace(b"A_FLAC", b"A_XYZ9")
    frames, clip = read_clip(data)
    assert len(frames) == 25 and clip.sound is None and clip.complete
    assert clip.notes == ("The sound has an encoding that is not known here, and was left out.",)


@pytest.mark.parametrize("limit, most", [("MOST_WAITING", 5), ("MOST_WAITING_BYTES", 300)])
def test_of_too_much_sound_at_one_time_parts_are_left_out_with_a_note(limit, most, monkeypatch):
    monkeypatch.setattr(f"fer_core.clips.sound.{limit}", most)
    frames, clip = read_clip(make_clip(frames=25, sound="aac"))
    sound = clip.take_sound()
    held = len(sound) if limit == "MOST_WAITING" else sum(packet.size for packet in sound)
    assert len(frames) == 25 and clip.complete and sound and held <= most
    assert clip.notes == ("Parts of the sound were left out: there is too much of it at one time.",)


def test_pictures_and_training_need_no_pyav():
    """What `import fer_core` loads at once does not import PyAV."""
    waiting, seen = ["__init__", "live", "pipeline"], set()
    while waiting:
        name = waiting.pop()
        file = ROOT / "fer_core" / f"{name.replace('.', '/')}.py"
        if name in seen or not file.exists():
            continue
        seen.add(name)
        for node in ast.parse(file.read_text(encoding="utf-8")).body:
            modules = (
                [alias.name for alias in node.names]
                if isinstance(node, ast.Import)
                else [str(node.module)]
                if isinstance(node, ast.ImportFrom)
                else []
            )
            assert not {module.split(".")[0] for module in modules} & {"av"}, file
            waiting += [m.removeprefix("fer_core.") for m in modules if m.startswith("fer_core.")]
    assert "tracking" in seen and "clips.source" not in seen
