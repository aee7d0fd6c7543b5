"""Tags that would take gigabytes of memory: read within bounds, and real ones as they are."""

import io
import struct
import tracemalloc
from contextlib import nullcontext

import numpy as np
import pytest
from picture_files import encoded
from PIL import Image

from fer_core.images import read_picture
from fer_core.picture_tags import bounded_tags

RED = Image.new("RGB", (30, 20), "red")
SHORT, LONG, RATIONAL, UNDEFINED = 3, 4, 5, 7
EXIF = 34665


def directory(entries, start=8):
    """A little-endian directory of (tag, kind, number of values, value), as it lies at start."""
    body = b"".join(struct.pack("<HHLL", *entry) for entry in entries)
    return struct.pack("<H", len(entries)) + body + bytes(4)


def tags(entries, more=b""):
    """A TIFF of one directory, as EXIF is, and what its values may lie in."""
    return b"II*\0" + struct.pack("<L", 8) + directory(entries) + more


def sharing(count, size):
    """Tags that all point at the same bytes."""
    return tags(
        [(1000 + tag, UNDEFINED, size, 14 + 12 * count) for tag in range(count)], bytes(size)
    )


def peak_bytes(read):
    tracemalloc.start()
    try:
        read()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.filterwarnings("ignore:The tags hold more than the file has")
def test_the_same_bytes_are_not_copied_for_each_tag(kind):
    raw = encoded(RED, kind, exif=b"Exif\0\0" + sharing(500, 50_000))
    assert peak_bytes(lambda: read_picture(raw)) < 2_000_000


def test_numbers_do_not_become_more_objects_than_pictures_have():
    # A picture of one pixel, and an EXIF directory of fractions behind it.
    ones, offset = np.ones(1_200_000, "<u4").tobytes(), 1000
    basics = [(256, SHORT, 1, 1), (257, SHORT, 1, 1), (258, SHORT, 1, 8), (262, SHORT, 1, 1)]
    more = [(273, LONG, 1, 8), (279, LONG, 1, 1), (EXIF, LONG, 1, offset)]
    exif = directory([(37000 + tag, RATIONAL, 50_000, offset + 100) for tag in range(3)])
    raw = tags([*basics, *more]).ljust(offset, b"\0") + exif.ljust(100, b"\0") + ones
    assert peak_bytes(lambda: read_picture(raw)) < 50_000_000
    for bounds, kept in ((bounded_tags(), 2), (nullcontext(), 3)):  # a whole megabyte, and no more
        with bounds, Image.open(io.BytesIO(raw)) as image:
            image.load()
            assert len(image.getexif().get_ifd(EXIF)) == kept


def test_real_tags_are_all_there():
    exif = Image.Exif()
    exif[0x010F], exif[0x011A] = "a camera", 72.0
    exif[700] = bytes(100_000)  # what an editor noted
    for kind in ("PNG", "TIFF"):
        with bounded_tags(), Image.open(io.BytesIO(encoded(RED, kind, exif=exif))) as image:
            found = image.getexif()
            assert (found[0x010F], found[0x011A]) == ("a camera", 72.0)
            assert len(found[700]) == 100_000
