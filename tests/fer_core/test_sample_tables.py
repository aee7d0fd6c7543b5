"""MP4s of a few bytes that claim billions of samples: told from real ones, and refused."""

import io

import pytest
from clip_files import make_clip, read_clip
from mp4_boxes import box, mp4, rows, sound_entry, table, track, video_entry

from fer_core.clips.clip import Clip
from fer_core.clips.sample_tables import claims_more_than_it_has
from fer_core.types import ClipError

MANY = 100_000_000


def frames(count):
    tables = [rows(b"stts", (count, 1)), rows(b"stsc", (1, count, 1)), rows(b"stco", (28,))]
    tables.append(table(b"stsz", 1, count))
    return track(1, b"vide", video_entry(b"mp4v"), 1000, *tables)


def pcm(count):
    """Uncompressed sound, whose samples no table lists one by one."""
    tables = [rows(b"stts", (count, 1)), rows(b"stsc", (1, count, 1)), rows(b"stco", (28,))]
    return track(2, b"soun", sound_entry(b"ulaw"), 8000, *tables, table(b"stsz", 1, count))


FRAGMENT = box(b"moof", table(b"mfhd", 1), box(b"traf", table(b"tfhd", 1), table(b"trun", MANY)))
ENDLESS = {
    "samples": mp4(b"x", frames(MANY)),
    "fragments": mp4(b"x", frames(0)) + FRAGMENT,
    "sound": mp4(b"x", pcm(MANY)),
}


@pytest.mark.parametrize("endless", ENDLESS.values(), ids=ENDLESS)
def test_a_clip_of_endless_samples_is_refused_unopened(endless, monkeypatch):
    monkeypatch.setattr("av.open", lambda *_, **__: pytest.fail("opened"))
    with pytest.raises(ClipError, match=r"me\.mp4 claims to have more frames or sounds than bytes"):
        Clip(endless, name="me.mp4")


REAL = {
    "phone": make_clip(frames=12, sound="aac"),
    "fragments": make_clip(container_options={"movflags": "frag_keyframe+empty_moov"}),
    "hours of uncompressed sound": mp4(bytes(8000 * 3600), pcm(8000 * 3600)),
    "uncompressed sound": make_clip("mov", sound="pcm_s16le", sound_seconds=100),
    "uncompressed sound, cut short": mp4(b"x", pcm(48_000 * 80)),
    "other containers": make_clip("matroska"),
    "cut short": mp4(b"x", frames(10))[:-30],
    "nothing": b"moov",
    "the largest box": box(b"ftyp", b"isom") + b"\0\0\0\1free" + b"\xff" * 8,
    "boxes in boxes": b"\0\0\0\0moov" * 10_000,
}


@pytest.mark.parametrize("real", REAL.values(), ids=REAL)
def test_what_real_clips_claim_is_taken(real):
    file = io.BytesIO(real)
    assert not claims_more_than_it_has(file) and file.tell() == 0


def test_an_index_is_read_alone(monkeypatch):
    clip = make_clip(frames=50)
    read = []

    class Counting(io.BytesIO):
        def read(self, size=-1):
            read.append(size)
            return super().read(size)

    assert not claims_more_than_it_has(Counting(clip)) and sum(read) < len(clip) // 2
    assert len(read_clip(clip)[0]) == 50
