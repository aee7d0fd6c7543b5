"""Pictures of the attention page: maps over a face, strips of maps, a photo's numbered faces."""

import cv2
import numpy as np

from fer_core.artwork import blend, label_tile
from fer_core.pixels import fit
from fer_core.types import Faces, Float32Array, UInt8Array

SIDE, MAP_SIDE = 288, 96
GAP = 4
PHOTO_SIDE = 800  # the longer one of a photo with numbered faces
CHOSEN, OTHERS = (251, 191, 36), (255, 255, 255)
WHITE, LARGEST_CAPTION_PX, CAPTION_HEIGHT = "#ffffff", 16, 28
SMALLEST_NUMBER_PX, LARGEST_NUMBER_PX = 22, 32  # to be read on a phone, too


def overlay(crop: UInt8Array, values: Float32Array, opacity: float) -> UInt8Array:
    """Grey (H, W) and a map (h, w) of values 0 to 1 -> RGB (SIDE, SIDE, 3).

    The map colours the face the more, the higher it is, up to the opacity, so that the face stays
    visible where the map is low.
    """
    face = cv2.resize(crop, (SIDE, SIDE), interpolation=cv2.INTER_CUBIC)
    high = cv2.resize(values, (SIDE, SIDE), interpolation=cv2.INTER_LINEAR).clip(0, 1)
    share = (opacity * high)[:, :, None]
    return np.rint(face[:, :, None] * (1 - share) + _coloured(high) * share).astype(np.uint8)


def with_caption(picture: UInt8Array, text: str) -> UInt8Array:
    """RGB (H, W, 3) -> the same under a line of text, which is smaller where it is too long."""
    font_px = LARGEST_CAPTION_PX
    while font_px > 1 and label_tile(text, font_px, WHITE).shape[1] > picture.shape[1]:
        font_px -= 1
    line = np.full((CAPTION_HEIGHT, *picture.shape[1:]), 255, np.uint8)
    tile = label_tile(text, font_px, WHITE)
    blend(line, tile, 0, (CAPTION_HEIGHT - len(tile)) // 2)
    return np.concatenate([line, picture])


def sheet(maps: Float32Array, columns: int) -> UInt8Array:
    """Maps (K, h, w), each stretched from its least to its greatest value -> one RGB picture."""
    low, high = maps.min((1, 2), keepdims=True), maps.max((1, 2), keepdims=True)
    stretched = (maps - low) / np.maximum(high - low, 1e-9)
    tiles = [
        _coloured(cv2.resize(values, (MAP_SIDE, MAP_SIDE), interpolation=cv2.INTER_NEAREST))
        for values in stretched
    ]
    return _in_rows(np.stack(tiles), columns)


def faces_sheet(faces: UInt8Array, columns: int, side: int) -> UInt8Array:
    """Grey faces (K, H, W) -> one grey picture, in rows."""
    tiles = [cv2.resize(face, (side, side), interpolation=cv2.INTER_CUBIC) for face in faces]
    return _in_rows(np.stack(tiles).astype(np.uint8), columns)


def numbered(photo: UInt8Array, faces: Faces, chosen: int) -> UInt8Array:
    """RGB (H, W, 3) -> the same, made smaller where it is large, with a box and a number from 1
    on each face; those of the chosen index in colour."""
    scale = min(1.0, PHOTO_SIDE / max(photo.shape[:2]))
    picture = fit(photo, PHOTO_SIDE).copy()
    # The chosen one last, so that nothing covers it.
    for index in sorted(range(len(faces)), key=lambda each: each == chosen):
        colour = CHOSEN if index == chosen else OTHERS
        x0, y0, x1, y1 = (round(v * scale) for v in faces.xyxy[index].tolist())
        line = 3 if index == chosen else 2
        # A dark line under the bright one keeps it visible on any ground.
        cv2.rectangle(picture, (x0, y0), (x1, y1), (20, 20, 20), line + 2)
        cv2.rectangle(picture, (x0, y0), (x1, y1), colour, line)
        font_px = int(np.clip((x1 - x0) / 4, SMALLEST_NUMBER_PX, LARGEST_NUMBER_PX))
        number = label_tile(str(index + 1), font_px, "#{:02x}{:02x}{:02x}".format(*colour))
        height, width = number.shape[:2]
        # Above the face, which it would hide; moved into the picture at its edges.
        left = min(max(x0, 0), picture.shape[1] - width)
        blend(picture, number, left, max(y0 - height, 0))
    return picture


def _in_rows(tiles: UInt8Array, columns: int) -> UInt8Array:
    """Square tiles (K, S, S, ...) -> one picture (H, W, ...), with gaps between them."""
    step = tiles.shape[1] + GAP
    rows = -(-len(tiles) // columns)
    out = np.full((rows * step - GAP, columns * step - GAP, *tiles.shape[3:]), 128, np.uint8)
    for index, tile in enumerate(tiles):
        top, left = (index // columns) * step, (index % columns) * step
        out[top : top + len(tile), left : left + len(tile)] = tile
    return out


def _coloured(values: Float32Array) -> UInt8Array:
    """Values 0 to 1 -> RGB of the inferno scale, whose lightness rises evenly."""
    scaled = np.rint(255 * values).astype(np.uint8)
    colours = cv2.applyColorMap(scaled, cv2.COLORMAP_INFERNO)
    return np.asarray(cv2.cvtColor(colours, cv2.COLOR_BGR2RGB), np.uint8)
