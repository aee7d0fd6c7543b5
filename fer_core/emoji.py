"""Drawing an analysis over its picture."""

import math
from collections.abc import Callable, Sequence
from types import MappingProxyType
from typing import NamedTuple

import cv2
from PIL import ImageColor

from fer_core.artwork import blend, emoji_tile, label_tile
from fer_core.emotions import Emotion
from fer_core.images import PictureSource, read_picture
from fer_core.results import in_words
from fer_core.types import Analysis, Float32Array, OptionError, UInt8Array

# Diameter of the covering emoji in heights of the face box: the box ends at chin and brow, the
# emoji reaches from under the chin to the hairline and over both ears.
COVER = 1.3
BADGE = 0.45
SMALLEST_BADGE_PX, SMALLEST_FONT_PX = 16, 12
PAD, PAD_RGB = 1.5, (41, 37, 36)  # the pad's height in heights of the face box, and its colour
SLIM = 0.85  # the least width of the pad in its own heights


def check_style(style: str) -> None:
    """Raises OptionError where there is no such style."""
    if style not in STYLES:
        raise OptionError(f"There is no style {style!r}. Choose one of: {', '.join(STYLES)}.")


def render(
    image: PictureSource, analysis: Analysis, style: str = "emoji", cover: bool = False
) -> UInt8Array:
    """The picture with what is shown of each face drawn in: new RGB uint8 (H, W, 3).

    That is its most probable expression, or that none is clear (`Analysis.shown`).
    style: "emoji" covers the face, "badge" puts a small emoji beside it, "word" writes the
    expression under it, "box" draws the detector's box with the word and its probability
    ("unsure" has none).
    cover: whether an opaque pad hides every face of the analysis, whatever the style.
    Raises ImageError for an unreadable picture, OptionError for another style, or where the
    analysis is of a picture of another size.
    """
    check_style(style)
    picture = read_picture(image).pixels.copy()
    if picture.shape[:2] != analysis.size_hw:
        (height, width), (h, w) = picture.shape[:2], analysis.size_hw
        raise OptionError(
            f"The picture is {width}x{height}, but the analysis is of one of {w}x{h}. "
            "Analyze this picture first."
        )
    marks = [
        _Mark(*face)
        for face in zip(
            analysis.faces.xyxy.tolist(),
            map(head_roll_degrees, analysis.faces.landmarks),
            analysis.shown,
            analysis.probs,
            strict=True,
        )
    ]
    if cover:  # all of them first, or a pad would hide the mark of a face beside it
        for mark in marks:
            _draw_pad(picture, mark)
    for mark in sorted(marks, key=lambda mark: -mark.height):  # small ones last, not to be hidden
        _DRAWERS[style](picture, mark)
    return picture


class _Mark(NamedTuple):
    """What is drawn of a face: its box in px, its head's turn, and what is shown of it.

    probs: float32 (7,).
    """

    xyxy: Sequence[float]
    roll_degrees: float
    shown: Emotion
    probs: Float32Array

    @property
    def height(self) -> float:
        return self.xyxy[3] - self.xyxy[1]


def head_roll_degrees(landmarks: Float32Array) -> float:
    """The clockwise turn of a head from its landmarks (5, 2); 0 without landmarks (0, 2)."""
    if not len(landmarks):
        return 0.0
    x, y = landmarks[1] - landmarks[0]
    return math.degrees(math.atan2(y, x))


def _draw_pad(picture: UInt8Array, mark: _Mark) -> None:
    x0, y0, x1, y1 = mark.xyxy
    centre = round((x0 + x1) / 2), round((y0 + y1) / 2)
    # An ellipse 1.42 times as wide and high as the box would go through its corners.
    across, down = PAD * max(x1 - x0, SLIM * (y1 - y0)), PAD * (y1 - y0)
    axes = math.ceil(across / 2) + 1, math.ceil(down / 2) + 1  # a soft rim outside the box
    cv2.ellipse(picture, centre, axes, 0, 0, 360, PAD_RGB, cv2.FILLED, cv2.LINE_AA)


def _draw_cover(picture: UInt8Array, mark: _Mark) -> None:
    x0, y0, x1, y1 = mark.xyxy
    centre = ((x0 + x1) / 2, (y0 + y1) / 2)
    _draw_emoji(picture, mark.shown.name, centre, COVER * mark.height, mark.roll_degrees)


def _draw_badge(picture: UInt8Array, mark: _Mark) -> None:
    height, width = picture.shape[:2]
    x0, y0, x1, y1 = mark.xyxy
    side = min(max(BADGE * (y1 - y0), SMALLEST_BADGE_PX), width, height)
    # To the right of the face at brow height; to its left where the picture ends.
    x = x1 + side * 0.6
    if x + side / 2 > width and x0 - side * 0.6 >= side / 2:
        x = x0 - side * 0.6
    centre = (_within(x, side, width), _within(y0 + side / 2, side, height))
    _draw_emoji(picture, mark.shown.name, centre, side, 0.0)


def _draw_word(picture: UInt8Array, mark: _Mark) -> None:
    x0, _, x1, y1 = mark.xyxy
    font_px = round(max((x1 - x0) * 0.28, SMALLEST_FONT_PX))
    _draw_label(picture, mark, mark.shown.name, font_px, y1 - 0.3 * font_px)


def _draw_box(picture: UInt8Array, mark: _Mark) -> None:
    x0, y0, x1, y1 = (round(v) for v in mark.xyxy)
    line = max(round((y1 - y0) / 50), 2)
    # A dark line under the coloured one keeps it visible on any background.
    cv2.rectangle(picture, (x0, y0), (x1, y1), (20, 20, 20), line + max(line // 2, 2))
    cv2.rectangle(picture, (x0, y0), (x1, y1), ImageColor.getrgb(mark.shown.colour), line)
    font_px = round(max((x1 - x0) * 0.16, SMALLEST_FONT_PX))
    text = in_words(mark.shown, mark.probs)
    above, below = y0 - 1.6 * font_px, y1 + 0.2 * font_px
    off = above < 0 and below + 1.6 * font_px <= len(picture)
    _draw_label(picture, mark, text, font_px, below if off else above)


def _draw_label(picture: UInt8Array, mark: _Mark, text: str, font_px: int, top: float) -> None:
    """A label centred on the face, moved and made smaller where it would leave the picture."""
    height, width = picture.shape[:2]
    tile = label_tile(text, font_px, mark.shown.colour)
    room = min(width / tile.shape[1], height / tile.shape[0])
    if room < 1:
        tile = label_tile(text, max(int(font_px * room), 1), mark.shown.colour)
    x0, _, x1, _ = mark.xyxy
    left = _within((x0 + x1) / 2, tile.shape[1], width) - tile.shape[1] / 2
    middle = _within(top + tile.shape[0] / 2, tile.shape[0], height)
    blend(picture, tile, round(left), round(middle - tile.shape[0] / 2))


def _draw_emoji(
    picture: UInt8Array, name: str, centre_xy: tuple[float, float], side: float, roll: float
) -> None:
    height, width = picture.shape[:2]
    # Only the part inside the picture is computed, however large the emoji.
    reach = side * 0.75 + 1
    left, top = (max(math.floor(centre - reach), 0) for centre in centre_xy)
    right = min(math.ceil(centre_xy[0] + reach), width)
    bottom = min(math.ceil(centre_xy[1] + reach), height)
    if left >= right or top >= bottom:
        return
    offset = (centre_xy[0] - left, centre_xy[1] - top)
    tile = emoji_tile(name, side, roll, offset, (bottom - top, right - left))
    blend(picture, tile, left, top)


def _within(centre: float, size: float, limit: float) -> float:
    """The nearest centre at which something of this size lies inside 0 to limit."""
    return max(min(centre, limit - size / 2), size / 2)


_DRAWERS = MappingProxyType[str, Callable[[UInt8Array, _Mark], None]](
    {"emoji": _draw_cover, "badge": _draw_badge, "word": _draw_word, "box": _draw_box}
)
STYLES: tuple[str, ...] = tuple(_DRAWERS)
