"""The size a detector works at: bounded time and memory on large pictures, small ones enlarged."""

import cv2
import numpy as np

from fer_core.pixels import resize
from fer_core.types import UInt8Array

MAX_SIDE = 1280
# Of panoramas, whose faces would be too small at MAX_SIDE: as many pixels as of 16:9.
MAX_STRIP_SIDE, MAX_STRIP_PIXELS = 5120, 1280 * 720
COMFORTABLE_SIDE = 256  # smaller pictures are mostly one face, which detectors miss unenlarged
MAX_ENLARGEMENT = 4.0
MIN_SIDE = 24  # MTCNN's first stage needs 20 pixels either way


def working_picture(picture: UInt8Array) -> tuple[UInt8Array, tuple[float, float]]:
    """Bring the long side to at most MAX_SIDE, and enlarge small pictures up to 4 times.

    Of pictures longer than 16:9 the long side may be more, up to MAX_STRIP_SIDE.
    Returns RGB uint8, padded at the right and bottom where it is narrow, and how many original
    pixels make up one of these, across and down.
    """
    height, width = picture.shape[:2]
    longest = max(height, width)
    strip = min(MAX_STRIP_SIDE / longest, (MAX_STRIP_PIXELS / (height * width)) ** 0.5)
    largest = max(MAX_SIDE / longest, strip)
    factor = min(largest, max(1.0, min(MAX_ENLARGEMENT, COMFORTABLE_SIDE / longest)))
    size_hw = max(round(height * factor), 1), max(round(width * factor), 1)
    pixels = resize(picture, size_hw)
    bottom, right = (max(MIN_SIDE - side, 0) for side in size_hw)
    if bottom or right:
        pixels = np.asarray(
            cv2.copyMakeBorder(pixels, 0, bottom, 0, right, cv2.BORDER_REPLICATE), np.uint8
        )
    return pixels, (width / size_hw[1], height / size_hw[0])
