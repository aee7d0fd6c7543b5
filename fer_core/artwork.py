"""The emoji pictures and text labels, as tiles with clean edges at any size and angle.

A tile is uint8 (H, W, 4): RGB premultiplied by its alpha, so that resampling leaves no fringe.
"""

from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageColor, ImageDraw, ImageFont

from fer_core.types import UInt8Array

FOLDER = Path(__file__).resolve().parent / "assets"
SMALLEST_LEVEL = 16
BAND_PIXELS = 1_000_000
SMOOTHED_PX = 800  # a label's edge is drawn four times as fine up to a quarter of this font size


def emoji_tile(
    name: str,
    side: float,
    roll_degrees: float,
    offset_xy: tuple[float, float],
    size_hw: tuple[int, int],
) -> UInt8Array:
    """The emoji of an expression on a transparent tile of size_hw.

    side: its diameter, px. roll_degrees: its clockwise turn. offset_xy: its centre in the tile.
    """
    # Resample from the smallest stored size that is no smaller: neither blur nor aliasing.
    level = 0
    while _artwork_side(level + 1) >= max(side, SMALLEST_LEVEL):
        level += 1
    source = _artwork(name, level)
    middle = (source.shape[0] - 1) / 2
    matrix = cv2.getRotationMatrix2D((middle, middle), -roll_degrees, side / _artwork_side(level))
    matrix[:, 2] += np.array(offset_xy) - 0.5 - middle
    height, width = size_hw
    return np.asarray(cv2.warpAffine(source, matrix, (width, height)), np.uint8)


def _artwork_side(level: int) -> int:
    return 1868 >> level  # the stored pictures are 1868 px wide, filled by the disc


@lru_cache(maxsize=64)
def _artwork(name: str, level: int) -> UInt8Array:
    """A stored emoji, halved `level` times: uint8 (S, S, 4), premultiplied."""
    with Image.open(FOLDER / f"{name}.webp") as image:
        premultiplied = np.array(image.convert("RGBA").convert("RGBa"))
    side = _artwork_side(level)
    # A transparent rim lets the resampling end softly at the edge.
    small = cv2.resize(premultiplied, (side, side), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.copyMakeBorder(small, 1, 1, 1, 1, cv2.BORDER_CONSTANT), np.uint8)


def label_tile(text: str, font_px: int, colour: str) -> UInt8Array:
    """A rounded label in a hex colour, with black or white text, whichever reads better."""
    font = ImageFont.load_default(font_px)
    left, _, right, _ = font.getbbox(text)
    # One height for every word, whether it has descenders or not.
    _, ascender, _, descender = font.getbbox("Ag")
    pad_x, pad_y = font_px * 0.45, font_px * 0.22
    width = round(right - left + 2 * pad_x)
    height = round(descender - ascender + 2 * pad_y)
    # Pillow draws shapes without smoothing their edge: draw larger, then average.
    finer = min(max(SMOOTHED_PX // font_px, 1), 4)
    mask = Image.new("L", (width * finer, height * finer))
    ImageDraw.Draw(mask).rounded_rectangle(
        (0, 0, mask.width - 1, mask.height - 1),
        radius=min(font_px * 0.3, height / 2) * finer,
        fill=255,
    )
    plate = Image.new("RGBA", (width, height), colour)
    ImageDraw.Draw(plate).text(
        (pad_x - left, pad_y - ascender), text, font=font, fill=readable_on(colour)
    )
    plate.putalpha(mask.resize((width, height), Image.Resampling.BOX))
    return np.asarray(plate.convert("RGBa"))


def readable_on(colour: str) -> str:
    """ "black" or "white", whichever has more contrast on a hex colour (WCAG luminance)."""
    shares = np.array(ImageColor.getrgb(colour)) / 255
    linear = np.where(shares <= 0.04045, shares / 12.92, ((shares + 0.055) / 1.055) ** 2.4)
    luminance = float(linear @ np.array([0.2126, 0.7152, 0.0722]))
    return "black" if (luminance + 0.05) ** 2 > 0.05 * 1.05 else "white"


def blend(picture: UInt8Array, tile: UInt8Array, left: int, top: int) -> None:
    """Lay a tile over `picture` in place; parts outside the picture are cut off.

    It goes by bands of rows: on a close portrait, 16 bits for the whole tile at once would take
    many times the picture's memory.
    """
    height, width = picture.shape[:2]
    y0, y1 = max(top, 0), min(top + tile.shape[0], height)
    x0, x1 = max(left, 0), min(left + tile.shape[1], width)
    if y0 >= y1 or x0 >= x1:
        return
    rows = max(BAND_PIXELS // (x1 - x0), 1)
    for y in range(y0, y1, rows):
        end = min(y + rows, y1)
        part = tile[y - top : end - top, x0 - left : x1 - left].astype(np.uint16)
        below = picture[y:end, x0:x1]
        below[:] = part[:, :, :3] + (below * (255 - part[:, :, 3:]) + 127) // 255
