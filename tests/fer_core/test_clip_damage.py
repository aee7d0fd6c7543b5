"""Files that are damaged, cut short, or no clips: a sentence for what cannot be read."""

import io
import os
import re
import tempfile
from fractions import Fraction
from itertools import pairwise

import av
import numpy as np
import pytest
from clip_files import make_clip, noise, read_clip, sound_only

from fer_core import FerError
from fer_core.clips.clip import Clip
from fer_core.clips.damage import too_long
from fer_core.clips.source import ClipLimits
from fer_core.types import ClipError


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
        frames, clip = read_clip(data[: len(data) * 6 // 10])
        assert 15 <= len(frames) <= 35 and not clip.complete
        says = re.match(
            r"The clip is damaged after (.*) s; what came before was used.", *clip.notes
        )
        assert float(says[1]) == pytest.approx(frames[-1].seconds + 0.04, abs=0.07)

    def test_an_index_at_the_end_that_is_gone(self):
        data = make_clip(frames=50)
        with pytest.raises(ClipError, match=r"me.mp4 is damaged or cut short: its index"):
            Clip(data[: len(data) // 2], name="me.mp4")

    def test_more_frames_a_second_than_are_usual_are_no_damage(self):
        data = make_clip(
            "avi", "mpeg4", 100, size_wh=(32, 32), time_base=Fraction(1, 480), ticks=range(100)
        )
        frames, clip = read_clip(data)
        assert len(frames) == 100 and clip.complete and clip.notes == ()

    def test_a_hole_in_the_middle_costs_only_the_frames_in_it(self):
        data = bytearray(make_clip(frames=50, draw=noise))
        middle, hole = len(data) // 2, len(data) // 10
        data[middle : middle + hole] = bytes(hole)
        frames, clip = read_clip(bytes(data))
        assert 20 < len(frames) < 50 and frames[-1].seconds == pytest.approx(1.96)
        assert clip.complete and "is damaged at" in clip.notes[0]

    @pytest.mark.parametrize("how", ["used", "given up"])
    def test_damage_is_told_also_where_the_clip_is_not_read_to_its_end(self, how):
        data = bytearray(make_clip(frames=100, draw=noise))
        quarter, hole = len(data) // 4, len(data) // 20
        data[quarter : quarter + hole] = bytes(hole)
        limits = ClipLimits(max_seconds=2.5 if how == "used" else 1000)
        seconds = 0.0
        with Clip(bytes(data), limits, give_up=lambda: how != "used" and seconds > 2.5) as clip:
            for frame in clip.frames():
                seconds = frame.seconds
            assert 2.4 < seconds < 3.5 and not clip.complete
            assert any(re.match(r"The clip is damaged at [01]\.", note) for note in clip.notes)

    def test_packets_that_a_broadcast_lost_are_no_join(self):
        data = make_clip("mpegts", frames=50, draw=noise)
        lost = len(data) // 2 // 188 * 188
        _, clip = read_clip(data[:lost] + data[lost + 188 :])
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
            frames, clip = read_clip(bytes(data))
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
        (sound_only(), "contains only sound"),
        (sound_only(cover_picture=True), "contains only sound"),
        (make_clip(frames=0), "contains nothing to see"),
        (make_clip("flv", frames=0), "contains no frame"),
        (make_clip(frames=3).replace(b"avc1", b"xyz1"), "in an encoding that is not known here"),
        (make_clip(frames=3).replace(b"isom", b"heic"), "is a picture"),
        (7, "A clip was expected"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_no_clip_gets_a_sentence(data, says):
    with pytest.raises(ClipError, match=says) as error:
        Clip(data)
    assert str(error.value).endswith(".") and "\n" not in str(error.value)


def closed(file):
    file.close()
    return file


@pytest.mark.parametrize("kind", [open, tempfile.NamedTemporaryFile, tempfile.SpooledTemporaryFile])
def test_files_that_were_opened_as_text_get_a_sentence(kind, tmp_path):
    place = [tmp_path / "me.mp4"] if kind is open else []
    with kind(*place, mode="w+") as file, pytest.raises(ClipError, match=r"me.mp4 .* 'rb'"):
        Clip(file, name="me.mp4")
    with pytest.raises(ClipError, match="opened as text"):
        Clip(io.StringIO("no clip"))


def test_files_that_are_closed_get_a_sentence(tmp_path):
    (tmp_path / "me.mp4").write_bytes(make_clip(frames=1))
    for file in (io.BytesIO(make_clip(frames=1)), (tmp_path / "me.mp4").open("rb")):
        with pytest.raises(ClipError, match="was closed before"):
            Clip(closed(file))


def test_clips_from_a_pipe_get_a_sentence():
    reader, writer = os.pipe()
    os.write(writer, make_clip(frames=1))
    os.close(writer)
    with os.fdopen(reader, "rb") as file, pytest.raises(ClipError, match="Save it to a file first"):
        Clip(file)


def test_a_reason_that_is_a_sentence_gets_no_second_full_stop():
    class Share:
        def read(self, size=-1):
            raise AssertionError("read without going there")

        def seek(self, offset, whence=0):
            raise OSError("The server is gone.")

    with pytest.raises(ClipError, match=r"^The clip cannot be read: The server is gone\.$"):
        Clip(Share())


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
    with pytest.raises(ClipError, match=r"in an encoding that is not known here"):
        Clip(data.replace(b"FMP4", b"XYZ9").replace(b"mp4v", b"XYZ9"))


@pytest.mark.parametrize(
    ("stated", "says"),
    [
        (615, "Only the first 10 min of the clip were used."),  # 10 min, in words
        (700, "Only the first 10 min of the clip were used; it is 12 min long."),
        (None, "Only the first 10 min of the clip were used."),
    ],
)
def test_a_length_that_says_the_same_is_not_said(stated, says):
    assert too_long(600, stated) == says
