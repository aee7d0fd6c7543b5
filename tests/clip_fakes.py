"""A film of red squares that move, a detector that finds them, and a pipeline on these."""

import numpy as np
from fakes import CARD, HAPPY, NEUTRAL

from fer_core import Faces, FerPipeline

FACE_PX = 30
BRIGHT, DARK = (250, 10, 10), (200, 0, 0)  # a happy face and a neutral one


def left_px(number: int) -> int:
    """Where the face of frame `number` begins."""
    return 8 + 2 * number


def moving(number: int, size_wh: tuple[int, int], colour: tuple[int, int, int] = BRIGHT):
    """RGB uint8 (H, W, 3): one face, further to the right in each frame."""
    pixels = np.full((size_wh[1], size_wh[0], 3), 120, np.uint8)
    pixels[40 : 40 + FACE_PX, left_px(number) : left_px(number) + FACE_PX] = colour
    return pixels


class RedDetector:
    """Finds one red square, as a detector that cannot refine boxes. Counts its calls."""

    name = "mtcnn"

    def __init__(self):
        self.calls = 0

    def __call__(self, picture):
        self.calls += 1
        red = (picture[:, :, 0] > 150) & (picture[:, :, 1] < 80)
        rows, columns = np.flatnonzero(red.any(1)), np.flatnonzero(red.any(0))
        if not len(rows):
            return Faces.empty()
        box = [columns[0], rows[0], columns[-1] + 1, rows[-1] + 1]
        return Faces(
            np.array([box], np.float32), np.zeros((1, 0, 2), np.float32), np.ones(1, np.float32)
        )


class BrightnessClassifier:
    """Bright faces are happy, dark ones neutral. Remembers how many crops each call had."""

    def __init__(self):
        self.batches = []

    def __call__(self, crops):
        self.batches.append(len(crops))
        probs = np.full((len(crops), 7), 0.02, np.float32)
        for row, crop in zip(probs, crops, strict=True):
            row[HAPPY if crop.mean() > 72 else NEUTRAL] = 0.88
        return probs

    def one_pass(self):
        return self


def red_pipeline() -> FerPipeline:
    return FerPipeline(RedDetector(), BrightnessClassifier(), CARD, CARD.crop["mtcnn"])
