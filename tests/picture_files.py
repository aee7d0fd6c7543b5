"""Picture files of every awkward kind, and what a visitor should get for each."""

import io
import struct
import zlib
from typing import NamedTuple

import numpy as np
from PIL import Image

SIDE = (320, 240)
ORIENTATION = 0x0112
QUARTER_TURN = 6


class Case(NamedTuple):
    """One upload. size: of the picture shown, upright; None where a sentence is due instead.

    says: a part of the message to the visitor.
    """

    name: str
    data: bytes
    size: tuple[int, int] | None
    says: str


def photo(size: tuple[int, int] = SIDE) -> Image.Image:
    """A colourful picture without a face, the same each time."""
    values = np.random.default_rng(0).integers(0, 255, (6, 8, 3), np.uint8)
    return Image.fromarray(values).resize(size)


def encoded(image: Image.Image, kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def rotated() -> bytes:
    """A JPEG whose EXIF asks for a quarter turn."""
    exif = Image.Exif()
    exif[ORIENTATION] = QUARTER_TURN
    return encoded(photo(), "JPEG", exif=exif)


def sixteen_bit() -> bytes:
    return encoded(Image.fromarray(np.asarray(photo().convert("L")).astype(np.uint16) * 257), "PNG")


def animation(kind: str) -> bytes:
    frames = [photo(), photo().rotate(180)]
    return encoded(frames[0], kind, save_all=True, append_images=frames[1:], duration=100)


def truncated() -> bytes:
    whole = encoded(photo((640, 480)), "JPEG", quality=95)
    return whole[: len(whole) // 3]


def bomb() -> bytes:
    """The head of a PNG that claims 30,000 x 30,000 pixels."""
    head = b"IHDR" + struct.pack(">IIBBBBB", 30_000, 30_000, 8, 2, 0, 0, 0)
    chunks = [head, b"IDAT" + zlib.compress(b"\0" * 100), b"IEND"]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(chunk) - 4) + chunk + struct.pack(">I", zlib.crc32(chunk))
        for chunk in chunks
    )


def cases() -> list[Case]:
    """Every kind the app must answer with a result or with one clear sentence."""
    return [
        Case("text.jpg", b"This is no picture.", None, "not a picture"),
        Case("empty.jpg", b"", None, "empty"),
        Case("truncated.jpg", truncated(), None, "damaged or cut short"),
        Case("bomb.png", bomb(), None, "million pixels"),
        Case("cmyk.jpg", encoded(photo().convert("CMYK"), "JPEG"), SIDE, ""),
        Case("grey.png", encoded(photo().convert("L"), "PNG"), SIDE, ""),
        Case("sixteen-bit.png", sixteen_bit(), SIDE, ""),
        Case("palette.png", encoded(photo().convert("P"), "PNG"), SIDE, ""),
        Case("transparent.png", encoded(photo().convert("RGBA"), "PNG"), SIDE, ""),
        Case("animation.gif", animation("GIF"), SIDE, "first frame"),
        Case("animation.webp", animation("WEBP"), SIDE, "first frame"),
        Case("rotated.jpg", rotated(), SIDE[::-1], ""),
        Case("one-pixel.png", encoded(photo((1, 1)), "PNG"), (1, 1), "No face"),
        Case("tiny.png", encoded(photo((19, 19)), "PNG"), (19, 19), "No face"),
    ]


LEFT_RED = np.zeros((20, 30, 3), np.uint8)
LEFT_RED[:, :15, 0] = 255


def is_left_red(pixels, tolerance=12):
    left, right = pixels[:, :14].reshape(-1, 3).mean(0), pixels[:, 16:].reshape(-1, 3).mean(0)
    return abs(left - [255, 0, 0]).max() < tolerance and right.max() < tolerance
