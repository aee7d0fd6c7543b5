"""MP4 files made box by box, with tables that no camera writes."""

import struct

MATRIX = struct.pack(">9L", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)


def box(kind: bytes, *parts: bytes) -> bytes:
    body = b"".join(parts)
    return struct.pack(">L4s", len(body) + 8, kind) + body


def table(kind: bytes, *numbers: int, flags: int = 0) -> bytes:
    """A box of numbers of 32 bits."""
    return box(kind, struct.pack(f">{len(numbers) + 1}L", flags, *numbers))


def rows(kind: bytes, *each: tuple[int, ...]) -> bytes:
    """A table that begins with how many rows it has."""
    return table(kind, len(each), *(number for row in each for number in row))


def video_entry(codec: bytes) -> bytes:
    shape = struct.pack(">HHLLLH", 64, 64, 0x480000, 0x480000, 0, 1)
    return box(codec, bytes(7), b"\1", bytes(16), shape, bytes(32), struct.pack(">Hh", 24, -1))


def track(number: int, kind: bytes, entry: bytes, rate: int, *tables: bytes) -> bytes:
    """kind: b"vide", b"soun" or b"meta". rate: ticks a second. tables: of its samples."""
    head = struct.pack(">5L", 0, 0, number, 0, 1000) + bytes(16) + MATRIX
    stsd = box(b"stsd", struct.pack(">LL", 0, 1), entry)
    there = box(b"dinf", box(b"dref", struct.pack(">LL", 0, 1), table(b"url ", flags=1)))
    return box(
        b"trak",
        box(b"tkhd", struct.pack(">L", 3), head, struct.pack(">LL", 64 << 16, 64 << 16)),
        box(
            b"mdia",
            table(b"mdhd", 0, 0, rate, 5 * rate, 0),
            box(b"hdlr", bytes(8), kind, bytes(13)),
            box(b"minf", there, box(b"stbl", stsd, *tables)),
        ),
    )


def mp4(data: bytes, *tracks: bytes) -> bytes:
    """data: what the samples may lie in, from DATA_PLACE on."""
    movie = struct.pack(">5L", 0, 0, 1000, 5000, 0x10000) + bytes(12) + MATRIX + bytes(28)
    index = box(b"moov", box(b"mvhd", bytes(4), movie), *tracks)
    return box(b"ftyp", b"isom", bytes(4), b"isom") + box(b"mdat", data) + index


DATA_PLACE = 28
