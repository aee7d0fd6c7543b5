"""Picture files that would keep a decoder busy for hours, known before it opens them."""

import re
import struct
from typing import IO

MOST_SCANS = 100  # as libtiff allows; a progressive JPEG has about ten, each of the whole picture
MOST_SEGMENTS = 1000  # of a JPEG: Pillow copies what it has of EXIF for each that follows
MOST_COMMENT_BLOCKS = 4000  # of a GIF, of up to 255 bytes each: Pillow copies as above
MOST_STRIPS = 100_000  # of a TIFF, or tiles: Pillow makes a list of them
MOST_TILE_PIXELS = 1 << 24  # beyond the picture's: libtiff unpacks a tile as a whole
CHUNK_BYTES = 1 << 16
# What begins a segment or ends a picture. Zeros and restarts (D0 to D7) belong to a scan's data.
MARKER = re.compile(rb"\xff[\xc0-\xc7\xc9-\xcf\xd9-\xef\xfe]")
SCAN, END = 0xDA, 0xD9
TIFF_STARTS = (b"II*\0", b"MM\0*", b"II+\0")  # the last has longer numbers
STRIP_OFFSETS, TILE_WIDTH, TILE_LENGTH, TILE_OFFSETS = 273, 322, 323, 324
WIDTH, LENGTH = 256, 257
SHORT, LONG = 3, 4


def is_endless(file: IO[bytes]) -> bool:
    """Whether a file, read from its start, is a JPEG, GIF or TIFF of absurdly many parts, or a TIFF
    of absurdly large ones.

    Reads little at a time, and leaves the file at its start.
    """
    start = file.read(6)
    file.seek(0)
    if start.startswith(b"\xff\xd8\xff"):
        endless = _is_endless_jpeg(file)
    elif start.startswith(TIFF_STARTS):
        endless = _is_endless_tiff(file)
    else:
        endless = start in (b"GIF87a", b"GIF89a") and _is_endless_gif(file)
    file.seek(0)
    return endless


def _is_endless_jpeg(file: IO[bytes]) -> bool:
    scans = segments = 0
    # Step by step: a thumbnail inside, or the video behind a phone's photo, may hold any bytes.
    while marker := _next_marker(file):
        if marker == END and scans:  # without a scan, Pillow goes on
            return False
        segments += 1
        scans += marker == SCAN
        if scans > MOST_SCANS or segments > MOST_SEGMENTS:
            return True
        if marker != END:
            file.seek(max(int.from_bytes(file.read(2)) - 2, 0), 1)
    return False


def _next_marker(file: IO[bytes]) -> int:
    """The next marker of a JPEG, behind which the file is left; 0 where there is none."""
    while len(chunk := file.read(CHUNK_BYTES)) > 1:
        if found := MARKER.search(chunk):
            file.seek(found.end() - len(chunk), 1)
            return chunk[found.end() - 1]
        if chunk.endswith(b"\xff"):
            file.seek(-1, 1)
    return 0


def _is_endless_gif(file: IO[bytes]) -> bool:
    """Goes the way that Pillow does: up to the second picture, for whether there is one."""
    _skip_colours(file, file.read(13)[10:11])
    blocks = pictures = 0
    while pictures < 2 and (kind := file.read(1)) not in (b"", b";"):
        if kind == b"!":
            comment = file.read(1) == b"\xfe"
            # Of an extension without any block, Pillow overlooks the end, unless it is a comment.
            more = _skip_block(file) or not comment
            while more:
                blocks += comment
                if blocks > MOST_COMMENT_BLOCKS:
                    return True
                more = _skip_block(file)
        elif kind == b",":
            pictures += 1
            _skip_colours(file, file.read(9)[8:])
            file.read(1)
            while _skip_block(file):
                pass
    return False


def _skip_colours(file: IO[bytes], flags: bytes) -> None:
    if flags and flags[0] & 128:
        file.seek(3 << ((flags[0] & 7) + 1), 1)


def _skip_block(file: IO[bytes]) -> bool:
    """Whether there was one."""
    size = file.read(1)
    return bool(size and size[0] and file.read(size[0]))


def _is_endless_tiff(file: IO[bytes]) -> bool:
    """By the tags of the first picture, the only one that is unpacked."""
    head = file.read(16)
    order, big = "<" if head.startswith(b"II") else ">", head[2] == ord("+")
    tag_bytes, number, entry = (20, "Q", "HHQ8s") if big else (12, "L", "HHL4s")
    sides: dict[int, list[int]] = {WIDTH: [], LENGTH: [], TILE_WIDTH: [], TILE_LENGTH: []}
    try:
        file.seek(struct.unpack_from(order + number, head, 8 if big else 4)[0])
        (count,) = struct.unpack(f"{order}{number if big else 'H'}", file.read(8 if big else 2))
        if count > 0xFFFF:  # there are no more tags than that
            return True
        entries = struct.iter_unpack(order + entry, file.read(count * tag_bytes))
        for tag, kind, values, data in entries:
            if tag in (STRIP_OFFSETS, TILE_OFFSETS) and values > MOST_STRIPS:
                return True
            if tag in sides:
                if kind not in (SHORT, LONG) or values != 1:
                    return True
                (side,) = struct.unpack_from(order + ("H" if kind == SHORT else "L"), data)
                sides[tag].append(side)
    except (struct.error, OverflowError):  # cut short, as Pillow will say
        return False
    # Of two that differ, libtiff takes the one, Pillow the other.
    size = min(sides[WIDTH], default=0) * min(sides[LENGTH], default=0)
    tile = max(sides[TILE_WIDTH], default=0) * max(sides[TILE_LENGTH], default=0)
    return tile > MOST_TILE_PIXELS + 2 * size
