"""Clips of a few bytes that would take much memory, or time in which nothing can be stopped."""

import pytest
from clip_files import read_clip
from mp4_boxes import DATA_PLACE, box, mp4, rows, table, track, video_entry
from picture_files import encoded
from PIL import Image

from fer_core.clips.clip import Clip
from fer_core.types import ClipError


def test_a_frame_larger_than_its_file_says_is_not_unpacked_while_the_clip_is_opened():
    frame = encoded(Image.new("L", (4800, 4800)), "PNG")
    tables = [rows(b"stts", (1, 1000)), rows(b"stsc", (1, 1, 1)), rows(b"stco", (DATA_PLACE,))]
    tables.append(table(b"stsz", len(frame), 1))
    small = track(1, b"vide", video_entry(b"png "), 1000, *tables)
    with pytest.raises(ClipError, match="larger than 4096x4096 pixels"):
        Clip(mp4(frame, small))


def test_streams_that_are_not_used_are_not_read():
    """A few bytes may be told of as hours of something else, between two frames."""
    frame = encoded(Image.new("RGB", (64, 64), "red"), "JPEG")
    place, many = (DATA_PLACE,), 2000
    one = [rows(b"stsc", (1, 1, 1)), rows(b"stts", (2, 5000))]
    frames = [*one, table(b"stsz", len(frame), 2), rows(b"stco", place, place)]
    other = box(b"mett", bytes(7), b"\1", b"\0a/b\0")
    others = [
        rows(b"stsc", (1, 1, 1)),
        rows(b"stts", (many, 20)),
        table(b"stsz", 50_000, many),
        rows(b"stco", *[(DATA_PLACE + len(frame),)] * many),
    ]
    asked = []
    data = mp4(
        frame + bytes(50_000),
        track(1, b"vide", video_entry(b"jpeg"), 1000, *frames),
        track(2, b"meta", other, 8000, *others),
    )
    read, clip = read_clip(data, give_up=lambda: asked.append(None))
    assert len(read) == 2 and clip.complete and len(asked) < 100
