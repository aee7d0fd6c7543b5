"""Files whose parts would keep a decoder busy for hours: told from real ones, and refused."""

import io
import struct

import numpy as np
import pytest
from picture_files import LEFT_RED, encoded
from PIL import Image

from fer_core import ImageError
from fer_core.endless_pictures import is_endless
from fer_core.images import read_picture


def jpeg_of_scans(scans, segments=0, thumbnail=b""):
    """A JPEG whose last scan comes several times, with EXIF and comments before it."""
    raw = encoded(Image.fromarray(LEFT_RED), "JPEG", quality=95, progressive=True, exif=thumbnail)
    last = raw.rindex(b"\xff\xda")
    comments = b"\xff\xfe\x00\x03c" * segments
    return raw[:2] + comments + raw[2:last] + raw[last:-2] * scans + raw[-2:]


def gif_of_comments(blocks, extensions=1):
    """A GIF with comments, each of some blocks, between its colours and its picture."""
    comment = b"\x21\xfe" + b"\x01c" * blocks + b"\0"
    raw = encoded(Image.fromarray(LEFT_RED), "GIF")
    colours_end = 13 + (3 << ((raw[10] & 7) + 1))
    return raw[:colours_end] + comment * extensions + raw[colours_end:]


def tiff(order="<", big=False, **tags):
    """The tags of a TIFF; each a kind (3: 16 bits, 4: 32), how many values, and the value."""
    start = (b"II" if order == "<" else b"MM") + struct.pack(order + "H", 43 if big else 42)
    start += struct.pack(
        order + ("HHQQ" if big else "LH"), *((8, 0, 16) if big else (8,)), len(tags)
    )
    for tag, (kind, values, value) in tags.items():
        data = struct.pack(order + "HL"[kind - 3], value).ljust(8 if big else 4, b"\0")
        start += struct.pack(order + ("HHQ" if big else "HHL"), int(tag[1:]), kind, values) + data
    return start


def tiff_of_strips(count):
    """A TIFF in strips of one line each."""
    lines = Image.fromarray(np.full((count, 1, 3), [255, 0, 0], np.uint8))
    return encoded(lines, "TIFF", strip_size=1)


@pytest.mark.parametrize(
    "endless",
    [
        tiff(t273=(4, 200_000, 8)),
        tiff(">", t324=(4, 200_000, 8)),
        tiff(t322=(3, 1, 16_000), t323=(4, 1, 16_000)),
        tiff(">", t322=(3, 1, 16_000), t323=(3, 1, 16_000)),
        tiff("<", True, t322=(3, 1, 16_000), t323=(3, 1, 16_000)),
        tiff(t256=(4, 1, 262_144), t257=(3, 1, 1), t322=(4, 1, 262_144), t323=(3, 1, 256)),
        tiff(t322=(4, 2, 8)),
        jpeg_of_scans(200),
        jpeg_of_scans(1, segments=2000),
        gif_of_comments(9000),
        gif_of_comments(1, 9000),
    ],
)
def test_a_picture_of_endless_parts_is_refused_unopened(endless, monkeypatch, tmp_path):
    (tmp_path / "me").write_bytes(endless)
    monkeypatch.setattr(Image, "open", lambda *_, **__: pytest.fail("opened"))
    for source in (endless, tmp_path / "me"):
        with pytest.raises(ImageError, match=r"so many parts.* too long\. Save it again"):
            read_picture(source)


@pytest.mark.parametrize(
    "kept",
    [
        jpeg_of_scans(20, segments=300),
        jpeg_of_scans(1, thumbnail=b"Exif\0\0" + b"\xff\xda\xff\xd9" * 9000),
        jpeg_of_scans(1) + b"\xff\xda" * 9000,  # a phone's video behind it
        gif_of_comments(500),
        tiff_of_strips(1000),
        encoded(Image.fromarray(LEFT_RED), "TIFF", big_tiff=True),
        encoded(Image.fromarray(LEFT_RED), "GIF") + b"\x21\xfe\x01c\0" * 9000,
    ],
)
def test_what_real_files_hold_is_not_endless(kept):
    assert np.abs(read_picture(kept).pixels[:, :14].mean((0, 1)) - [255, 0, 0]).max() < 12


def test_one_tile_may_be_the_whole_picture():
    raw = tiff(t256=(3, 1, 5000), t257=(3, 1, 4000), t322=(3, 1, 5008), t323=(3, 1, 4000))
    assert not is_endless(io.BytesIO(raw))
