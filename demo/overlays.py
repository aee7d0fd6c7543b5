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


def sheet(maps: Float32Array, columns: int) -> UInt8Array:
    """Maps (K, h, w), each stretched from its least to its greatest value -> one RGB picture."""
    side = 96
    rows = -(-len(maps) // columns)
    out = np.full((rows * (side + GAP) - GAP, columns * (side + GAP) - GAP, 3), 128, np.uint8)
    for index, values in enumerate(maps):
        low, high = float(values.min()), float(values.max())
        shown = cv2.resize(
            (values - low) / max(high - low, 1e-9), (side, side), interpolation=cv2.INTER_NEAREST
        )
        top, left = (index // columns) * (side + GAP), (index % columns) * (side + GAP)
        out[top : top + side, left : left + side] = _coloured(shown)
    return out


def faces_sheet(faces: UInt8Array, columns: int, side: int = 64) -> UInt8Array:
    """Grey faces (K, H, W) -> one grey picture, in rows."""
    rows = -(-len(faces) // columns)
    out = np.full((rows * (side + GAP) - GAP, columns * (side + GAP) - GAP), 128, np.uint8)
    for index, face in enumerate(faces):
        top, left = (index // columns) * (side + GAP), (index % columns) * (side + GAP)
        shown = cv2.resize(face, (side, side), interpolation=cv2.INTER_CUBIC)
        out[top : top + side, left : left + side] = shown
    return out


def _coloured(values: Float32Array) -> UInt8Array:
    """Values 0 to 1 -> RGB of the inferno scale, whose lightness rises evenly."""
    scaled = np.rint(255 * values).astype(np.uint8)
    colours = cv2.applyColorMap(scaled, cv2.COLORMAP_INFERNO)
    return np.asarray(cv2.cvtColor(colours, cv2.COLOR_BGR2RGB), np.uint8)
