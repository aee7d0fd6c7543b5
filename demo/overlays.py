"""A map laid over the face it is about, and strips of maps, as pictures."""

import cv2
import numpy as np

from fer_core.types import Float32Array, UInt8Array

SIDE = 288
GAP = 4


def overlay(crop: UInt8Array, values: Float32Array, opacity: float) -> UInt8Array:
    """Grey (H, W) and a map (h, w) of values 0 to 1 -> RGB (SIDE, SIDE, 3).

    The map colours the face the more, the higher it is, up to the opacity, so that the face stays
    visible where the map is low.
    """
    face = cv2.resize(crop, (SIDE, SIDE), interpolation=cv2.INTER_CUBIC)
    high = cv2.resize(values, (SIDE, SIDE), interpolation=cv2.INTER_LINEAR).clip(0, 1)
    share = (opacity * high)[:, :, None]
    return np.rint(face[:, :, None] * (1 - share) + _coloured(high) * share).astype(np.uint8)


def sheet(maps: Float32Array, columns: int, side: int = 96) -> UInt8Array:
    """Maps (K, h, w), each stretched from its least to its greatest value -> one RGB picture."""
    low, high = maps.min((1, 2), keepdims=True), maps.max((1, 2), keepdims=True)
    stretched = (maps - low) / np.maximum(high - low, 1e-9)
    tiles = [
        _coloured(cv2.resize(values, (side, side), interpolation=cv2.INTER_NEAREST))
        for values in stretched
    ]
    return _in_rows(np.stack(tiles), columns)


def faces_sheet(faces: UInt8Array, columns: int, side: int = 64) -> UInt8Array:
    """Grey faces (K, H, W) -> one grey picture, in rows."""
    tiles = [cv2.resize(face, (side, side), interpolation=cv2.INTER_CUBIC) for face in faces]
    return _in_rows(np.stack(tiles).astype(np.uint8), columns)


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
