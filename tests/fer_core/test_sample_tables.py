"""MP4s of a few bytes that claim millions of samples: told from real ones, and refused."""

import io

import pytest
from clip_files import make_clip, read_clip
from mp4_boxes import box, mp4, rows, sound_entry, table, track, video_entry

from fer_core.clips.clip import Clip
from fer_core.clips.sample_tables import has_endless_index
from fer_core.types import ClipError

MANY, CODEC = 5_000_000, video_entry(b"mp4v")


def frames(count, *more):
    tables = [rows(b"stts", (count, 1)), rows(b"stsc", (1, count, 1)), rows(b"stco", (28,))]
    return track(1, b"vide", CODEC, 1000, *tables, table(b"stsz", 1, count), *more)


def pcm(count, in_a_chunk, duration=1, kind=b"soun"):
    """Uncompressed sound, whose samples no table lists one by one."""
    tables = [rows(b"stts", (count, duration)), rows(b"stsc", (1, in_a_chunk, 1))]
    chunks = rows(b"stco", *[(28,)] * (count // in_a_chunk))
    return track(2, kind, sound_entry(b"ulaw"), 8000, *tables, chunks, table(b"stsz", 1, count))


def fragments(count):
    traf = box(b"traf", table(b"tfhd", 1), *[table(b"trun", count // 5)] * 5)
    return box(b"moof", table(b"mfhd", 1), traf)


EDITS = box(b"edts", rows(b"elst", *[(1000, 0, 1 << 16)] * 50))
ENDLESS = {
    "samples": mp4(b"x", frames(MANY)),
    "tracks": mp4(b"x", *[frames(MANY // 10)] * 10),
    "edits": mp4(b"x", frames(MANY // 50, EDITS)),
    "fragments": mp4(b"x", frames(0)) + fragments(MANY),
    "in a sample entry": mp4(b"x", track(1, b"vide", CODEC + table(b"stsz", 1, MANY), 1000)),
    "in a hidden index": mp4(b"x", frames(MANY)).replace(b"moov", b"free"),
    "tracks without anything": mp4(b"x", *[box(b"trak")] * 200_000),
    "packed": mp4(b"x", box(b"cmov", b"of zlib")),
    "sound one by one": mp4(b"x", pcm(MANY, MANY // 10, duration=2)),
    "not sound": mp4(b"x", pcm(MANY, MANY // 10, kind=b"meta")),
    "chunks of sound": mp4(b"x", pcm(MANY * 800, MANY * 80)),
}


@pytest.mark.parametrize("endless", ENDLESS.values(), ids=ENDLESS)
def test_a_clip_of_endless_samples_is_refused_unopened(endless, monkeypatch):
    monkeypatch.setattr("av.open", lambda *_, **__: pytest.fail("opened"))
    with pytest.raises(ClipError, match=r"me\.mp4 claims to have millions of frames or sounds"):
        Clip(endless, name="me.mp4")


REAL = {
    "phone": make_clip(frames=12, sound="aac"),
    "fragments": make_clip(container_options={"movflags": "frag_keyframe+empty_moov"}),
    "uncompressed sound": mp4(b"x", frames(10), pcm(48_000 * 1800, 24_000)),
    "other containers": make_clip("matroska"),
    "cut short": mp4(b"x", frames(10))[:-30],
    "nothing": b"moov",
    "the largest box": box(b"ftyp", b"isom") + b"\0\0\0\1free" + b"\xff" * 8,
    "boxes in boxes": b"\0\0\0\0moov" * 10_000,
}


@pytest.mark.parametrize("real", REAL.values(), ids=REAL)
def test_what_real_clips_claim_is_taken(real):
    file = io.BytesIO(real)
    assert not has_endless_index(file) and file.tell() == 0


def test_an_index_is_read_alone(monkeypatch):
    clip = make_clip(frames=50)
    read = []

    class Counting(io.BytesIO):
        def read(self, size=-1):
            read.append(size)
            return super().read(size)

    assert not has_endless_index(Counting(clip)) and sum(read) < len(clip) // 2
    assert len(read_clip(clip)[0]) == 50
