"""Pixel arrays to other sizes, to grey, and to a file's bytes."""

import io

import cv2
import numpy as np
from PIL import Image

from fer_core.types import UInt8Array


def to_grey(picture: UInt8Array) -> UInt8Array:
    """RGB uint8 (H, W, 3) -> luma uint8 (H, W), ITU-R 601 weights as in FER2013's own tools."""
    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), np.uint8)


def resize(picture: UInt8Array, size_hw: tuple[int, int]) -> UInt8Array:
    """Resample to size_hw: area averaging where it shrinks (no aliasing), cubic where it grows."""
    height, width = size_hw
    if picture.shape[:2] == size_hw:
        return picture
    shrinks = height * width < picture.shape[0] * picture.shape[1]
    method = cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(picture, (width, height), interpolation=method), np.uint8)


def fit(picture: UInt8Array, side: int) -> UInt8Array:
    """Reduce uint8 (H, W, ...) so that its longer side is at most `side` px, where it is longer."""
    height, width = picture.shape[:2]
    scale = side / max(height, width)
    if scale >= 1:
        return picture
    return resize(picture, (max(round(height * scale), 1), max(round(width * scale), 1)))


def to_png(pixels: UInt8Array) -> bytes:
    """uint8 (H, W), (H, W, 3) or (H, W, 4) -> a PNG file without metadata; the fastest
    compression, as photos hardly shrink further."""
    out = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(pixels)).save(out, "PNG", compress_level=1)
    return out.getvalue()
