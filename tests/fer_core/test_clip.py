"""Reading clips: times, orientation, sizes, sound, and every way in which a file can be wrong."""

import ast
import io
import re
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import pytest
from clip_files import RED, make_clip, noise, sound_only, square

from fer_core import FerError
from fer_core.clips.clip import Clip
from fer_core.clips.source import ClipLimits
from fer_core.types import ClipError, OptionError

ROOT = Path(__file__).resolve().parents[2]


def read(data, **more):
    """The frames of a clip, and the clip after it was read."""
    with Clip(data, **more) as clip:
        return list(clip.frames()), clip


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
    frames, clip = read(make_clip())
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
    frames, clip = read(
        make_clip(container, codec, time_base=time_base, sound=sound, pixel_format=pixel_format)
    )
    steps = np.diff([frame.seconds for frame in frames])
    assert len(frames) >= 11 and clip.notes == ()
    assert np.median(steps) == pytest.approx(0.04, abs=0.001)
    assert red_corner(frames[0].pixels) == "top left"
    assert bool(clip.take_sound()) == bool(sound)


def test_a_variable_frame_rate_is_kept_exactly():
    ticks = [0, 7, 31, 32, 100, 101, 390, 400, 650, 1300]
    frames, clip = read(make_clip(frames=10, ticks=ticks))
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
    (frame, *_), clip = read(make_clip(frames=1, rotation=rotation))
    assert clip.size_hw == ((160, 120) if rotation[0] % 180 else (120, 160))
    assert frame.pixels.shape == (*clip.size_hw, 3)
    assert red_corner(frame.pixels) == corner


def test_odd_sizes_and_long_pixels():
    frames, clip = read(make_clip(codec="mpeg4", size_wh=(161, 121), time_base=Fraction(1, 25)))
    assert clip.size_hw == frames[0].pixels.shape[:2] == (121, 161)
    frames, clip = read(make_clip(frames=1, pixel_aspect=Fraction(4, 3)))
    assert clip.size_hw == frames[0].pixels.shape[:2] == (120, 213)


def test_a_clip_whose_frames_change_their_size_keeps_the_first():
    file = io.BytesIO(
        make_clip("mpegts", frames=3) + make_clip("mpegts", frames=3, size_wh=(320, 240))
    )
    frames, _ = read(file)
    assert {frame.pixels.shape for frame in frames} == {(120, 160, 3)} and len(frames) > 3
    assert red_corner(frames[-1].pixels) == "top left"
    assert all(a.ticks < b.ticks for a, b in pairwise(frames))


JUMP = (
    "The clip's times jump after {} s, as where clips are joined; "
    "what follows was put right behind."
)
JOINABLE = pytest.mark.parametrize(
    "container, codec, sound",
    [("mpegts", "libx264", "aac"), ("mpegts", "mpeg2video", "mp2"), ("mpeg", "mpeg2video", "mp2")],
)


def part(container, codec, frames, sound, sound_seconds):
    """A clip of a kind that may be joined, its frames 1/25 s apart."""
    rate = {"time_base": Fraction(1, 25)} if codec == "mpeg2video" else {}
    return make_clip(container, codec, frames, sound=sound, sound_seconds=sound_seconds, **rate)


def sound_starts(clip):
    """When each packet of the sound begins, which was read."""
    return np.array([float(packet.pts * packet.time_base) for packet in clip.take_sound()])


@JOINABLE
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


@JOINABLE
@pytest.mark.parametrize("seconds, sound_seconds", [(2, 1), (1, 2)])
def test_sound_and_picture_of_joined_clips_stay_together(
    container, codec, sound, seconds, sound_seconds
):
    frames, clip = read(part(container, codec, 25 * seconds, sound, sound_seconds) * 3)
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
    frames, clip = read(without_sound(data, 4, 16))  # the first sound stands at 2 s
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
    frames, clip = read(joined)
    assert len(frames) == 40 and frames[-1].seconds == pytest.approx(1.56, abs=0.05)
    assert clip.notes == (JUMP.format("0.8"),)
    still = [0, 600, 60 * 600, 61 * 600]
    frames, clip = read(make_clip("mov", "mjpeg", 4, ticks=still, pixel_format="yuvj420p"))
    assert [frame.seconds for frame in frames] == [0, 1, 60, 61] and not clip.notes


def test_large_frames_are_reduced_and_too_large_ones_refused():
    clip_8k = make_clip("mov", "mjpeg", 1, size_wh=(7680, 4320), pixel_format="yuvj420p")
    frames, clip = read(clip_8k)
    assert frames[0].pixels.shape == (1080, 1920, 3)
    assert clip.notes == ("The frames were reduced from 7680x4320 to 1920x1080 pixels.",)
    assert red_corner(frames[0].pixels) == "top left"
    with pytest.raises(ClipError, match=r"me.mov has 7680x4320 pixels.*up to 4096"):
        Clip(clip_8k, ClipLimits(max_source_side_px=4096), "me.mov")


def test_two_hours_are_used_up_to_the_limit():
    ticks = [0, 600, 1000 * 600, 1801 * 600, 7199 * 600]
    frames, clip = read(make_clip("mov", "mjpeg", 5, ticks=ticks, pixel_format="yuvj420p"))
    assert [frame.seconds for frame in frames] == [0, 1, 1000]
    assert clip.notes == ("Only the first 30 min of the clip were used; it is 2 h 0 min long.",)
    assert clip.seconds == 1800 and not clip.complete


@pytest.mark.parametrize("frames", [2, 50])
def test_sound_is_used_up_to_the_limit_and_no_further(frames):
    data = make_clip("matroska", frames=frames, sound="aac", sound_seconds=6)
    with Clip(data, ClipLimits(max_seconds=1)) as clip:
        shown, starts = list(clip.frames()), sound_starts(clip)
    assert len(shown) == min(frames, 25) and 0.9 < starts.max() < 1
    (note,) = clip.notes
    assert note.startswith("Only the first 1 s of the clip were used; it is 6.")


@pytest.mark.parametrize(
    "wrong", [{"max_seconds": 0}, {"max_side_px": 8}, {"max_source_side_px": 100}]
)
def test_limits_that_make_no_sense(wrong):
    with pytest.raises(OptionError):
        ClipLimits(**wrong)


def test_times_that_are_missing_are_those_of_the_usual_rate():
    data = make_clip("h264", frames=5)  # the bare stream: no container, no times
    frames, clip = read(data)
    assert [frame.seconds for frame in frames] == pytest.approx(np.arange(5) / 25)
    assert clip.seconds is None and 0 < clip.share_read <= 1


def test_times_that_stand_still_are_spread():
    class Frame:
        def __init__(self, pts):
            self.pts, self.duration = pts, 0

    for given, expected in (
        ([0, 0, 0, 0], [0, 24, 48, 72]),
        ([0, 24, 24, 48], [0, 24, 25, 48]),
        ([None, None, 48], [0, 24, 48]),
        ([-10, 24, 20], [0, 24, 25]),
    ):
        with Clip(make_clip("avi", "mpeg4", 1, time_base=Fraction(1, 25))) as clip:
            clip.time_base = Fraction(1, 600)
            clip._first, *rest = [Frame(pts) for pts in given]
            clip._decoded = (frame for frame in rest)
            clip._upright.pixels = lambda frame: None
            assert [frame.ticks for frame in clip.frames()] == expected


class TestDamage:
    """What can be read is used; a note tells the rest."""

    @pytest.mark.parametrize(
        ("container", "options"),
        [
            ("mp4", {"movflags": "+faststart"}),
            ("matroska", {}),
            ("avi", {}),
            ("flv", {}),
        ],
    )
    def test_a_file_that_breaks_off(self, container, options, tmp_path):
        # With its index in front, as cameras and shops write it: PyAV needs a real file for that.
        codec = "mpeg4" if container == "avi" else "libx264"
        base = Fraction(1, 25) if container == "avi" else Fraction(1, 600)
        data = make_clip(container, codec, 50, time_base=base, draw=noise)
        if options:
            data = index_in_front(data, tmp_path)
        frames, clip = read(data[: len(data) * 6 // 10])
        assert 15 <= len(frames) <= 35 and not clip.complete
        says = re.match(
            r"The clip is damaged after (.*) s; what came before was used.", *clip.notes
        )
        assert float(says[1]) == pytest.approx(frames[-1].seconds + 0.04, abs=0.07)

    def test_an_index_at_the_end_that_is_gone(self):
        data = make_clip(frames=50)
        with pytest.raises(ClipError, match=r"me.mp4 is damaged or cut short: its index"):
            Clip(data[: len(data) // 2], name="me.mp4")

    def test_a_hole_in_the_middle_costs_only_the_frames_in_it(self):
        data = bytearray(make_clip(frames=50, draw=noise))
        middle, hole = len(data) // 2, len(data) // 10
        data[middle : middle + hole] = bytes(hole)
        frames, clip = read(bytes(data))
        assert 20 < len(frames) < 50 and frames[-1].seconds == pytest.approx(1.96)
        assert clip.complete and "is damaged at" in clip.notes[0]

    def test_packets_that_a_broadcast_lost_are_no_join(self):
        data = make_clip("mpegts", frames=50, draw=noise)
        lost = len(data) // 2 // 188 * 188
        _, clip = read(data[:lost] + data[lost + 188 :])
        (note,) = clip.notes
        assert note.startswith("The clip is damaged at") and clip.complete

    def test_a_disk_that_stops_answering(self):
        class Failing(io.BytesIO):
            def read(self, size=-1):
                if self.tell() > len(self.getvalue()) // 2:
                    raise OSError(5, "Input/output error")
                return super().read(size)

        data = make_clip("matroska", frames=50, draw=noise)
        with Clip(Failing(data)) as clip:
            assert 0 < len(list(clip.frames())) < 50
        assert "is damaged after" in clip.notes[0]

    @pytest.mark.parametrize("seed", range(20))
    def test_noise_in_a_file_gives_frames_or_a_sentence(self, seed):
        rng = np.random.default_rng(seed)
        kinds = [("mp4", "libx264"), ("matroska", "libx264"), ("mpegts", "mpeg2video")]
        container, codec = kinds[seed % 3]
        base = Fraction(1, 25) if codec == "mpeg2video" else Fraction(1, 600)
        data = bytearray(make_clip(container, codec, 8, time_base=base, sound="aac"))
        for at in rng.integers(0, len(data), 1 + seed * 3):
            data[at] = rng.integers(256)
        try:
            frames, clip = read(bytes(data))
        except FerError as error:
            assert str(error).endswith(".")
        else:
            assert all(a.ticks < b.ticks for a, b in pairwise(frames))
            assert all(frame.pixels.shape == (*clip.size_hw, 3) for frame in frames)


def index_in_front(data, folder):
    """The same MP4 with its index before its frames."""
    path = folder / "front.mp4"
    with (
        av.open(io.BytesIO(data)) as source,
        av.open(str(path), "w", container_options={"movflags": "+faststart"}) as target,
    ):
        stream = target.add_stream_from_template(source.streams.video[0])
        for packet in source.demux(video=0):
            if packet.size:
                packet.stream = stream
                target.mux(packet)
    return path.read_bytes()


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "The clip is empty"),
        (b"no video at all, but text " * 40, "is not a video"),
        (bytes(range(256)) * 40, "is not a video"),
        (b"#EXTM3U\n#EXTINF:5,\nfile:///etc/hostname\n#EXT-X-ENDLIST\n", "is not a video"),
        (b"ffconcat version 1.0\nfile /etc/hostname\n", "is not a video"),
        (sound_only(), "holds only sound"),
        (sound_only(cover_picture=True), "holds only sound"),
        (make_clip(frames=0), "holds nothing to see"),
        (make_clip("flv", frames=0), "holds no frame"),
        (make_clip(frames=3).replace(b"avc1", b"xyz1"), "coded in a way not known here"),
        (make_clip(frames=3).replace(b"isom", b"heic"), "is a picture"),
        (7, "A clip was expected"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_no_clip_gets_a_sentence(data, says):
    with pytest.raises(ClipError, match=says) as error:
        Clip(data)
    assert str(error.value).endswith(".") and "\n" not in str(error.value)


def test_pictures_and_folders_are_no_clips(tmp_path, astronaut):
    from PIL import Image

    for name in ("a.png", "a.jpg", "a.gif", "a.avif", "a.webp"):
        Image.fromarray(astronaut[:64, :64]).save(tmp_path / name)
        with pytest.raises(ClipError, match=f"{name} is (not a video|a picture)"):
            Clip(tmp_path / name)
    with pytest.raises(ClipError, match="cannot be read as a file"):
        Clip(tmp_path)
    with pytest.raises(ClipError, match="There is no file at"):
        Clip(tmp_path / "missing.mp4")


def test_frames_that_no_decoder_knows_get_a_sentence():
    data = make_clip("avi", "mpeg4", 4, time_base=Fraction(1, 25))
    with pytest.raises(ClipError, match=r"coded in a way not known here"):
        Clip(data.replace(b"FMP4", b"XYZ9").replace(b"mp4v", b"XYZ9"))


def test_one_frame_is_a_clip():
    frames, clip = read(make_clip(frames=1))
    assert len(frames) == 1 and clip.complete and frames[0].duration_ticks > 0


def test_a_path_a_file_and_bytes_are_the_same(tmp_path):
    data = make_clip(frames=2)
    path = tmp_path / "me.mp4"
    path.write_bytes(data)
    with path.open("rb") as file:
        for source in (path, str(path), file, data):
            frames, clip = read(source)
            assert len(frames) == 2
            assert clip.name == ("me.mp4" if isinstance(source, str | type(path)) else "The clip")
        assert not file.closed  # whoever opened it closes it


def test_a_clip_is_read_once():
    with Clip(make_clip(frames=2)) as clip:
        list(clip.frames())
        with pytest.raises(RuntimeError):
            list(clip.frames())


def test_unsaid_colours_of_large_clips_are_those_of_hd(tmp_path):
    """What is written as HD colours, but not marked so, comes back in the same colours."""

    def green(number, size_wh):
        return np.full((size_wh[1], size_wh[0], 3), (30, 200, 60), np.uint8)

    file = io.BytesIO()
    with av.open(file, "w", format="matroska") as output:
        stream = output.add_stream("libx264", rate=25, options={"preset": "ultrafast"})
        stream.width, stream.height, stream.pix_fmt = 1280, 720, "yuv420p"
        frame = av.VideoFrame.from_ndarray(green(0, (1280, 720)), format="rgb24")
        frame = frame.reformat(format="yuv420p", dst_colorspace="itu709", dst_color_range="MPEG")
        frame.colorspace = frame.color_range = frame.color_trc = frame.color_primaries = 2
        frame.color_range = 0
        output.mux([*stream.encode(frame), *stream.encode(None)])
    frames, _ = read(file.getvalue())
    assert np.abs(frames[0].pixels[360, 640].astype(int) - (30, 200, 60)).max() <= 4


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
