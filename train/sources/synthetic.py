"""Drawn faces: enough to see training work in a minute, with nothing to download.

Each expression moves the brows, eyes and mouth as it does in a face; size, place, tilt, tone and
noise vary. Real faces are far harder: accuracy here says nothing of accuracy there.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from fer_core.emotions import LABELS
from train.data import PLAIN_SPLITS, Dataset, Split

SIDE, DRAWN = 48, 192  # drawn four times larger, then averaged down
FACES = {"train": 2100, "valid": 350, "test": 350}


@dataclass(frozen=True)
class Features:
    """brow_raise: px up. brow_slant: px that the inner ends are lower. eye: opening in px.
    mouth_open: px. mouth_curve: px that the corners are higher than the middle (smile > 0).
    """

    brow_raise: float
    brow_slant: float
    eye: float
    mouth_open: float
    mouth_curve: float
    wrinkled_nose: bool = False


FEATURES = {
    "angry": Features(-4, 10, 6, 2, -8),
    "disgust": Features(-2, 5, 4, 5, -10, wrinkled_nose=True),
    "fear": Features(9, -8, 12, 9, -5),
    "happy": Features(2, 0, 6, 8, 14),
    "sad": Features(2, -10, 5, 1, -12),
    "surprise": Features(12, 0, 13, 22, 0),
    "neutral": Features(0, 0, 8, 1, 0),
}


def load() -> Dataset:
    """The same faces each time."""
    rng = np.random.default_rng(2013)
    labels = np.concatenate([np.arange(n) % len(LABELS) for n in FACES.values()])
    faces = Split.labelled(np.stack([draw_face(LABELS[label], rng) for label in labels]), labels)
    of_split = np.repeat(PLAIN_SPLITS, list(FACES.values()))
    train, valid, test = (faces[of_split == name] for name in PLAIN_SPLITS)
    clean = np.ones(len(test), bool)
    return Dataset("synthetic", train, valid, test, clean, train[:0], PLAIN_SPLITS)


def draw_face(expression: str, rng: np.random.Generator) -> np.ndarray:
    """One face of an expression: uint8 (48, 48)."""
    features = FEATURES[expression]
    skin, ground = rng.uniform(110, 220), rng.uniform(20, 240)
    dark = skin * rng.uniform(0.15, 0.45)
    canvas = np.full((DRAWN, DRAWN), ground, np.float32)
    cv2.ellipse(canvas, (96, 98), (72, 92), 0, 0, 360, skin, -1, cv2.LINE_AA)
    wobble = rng.normal(0, 1.5, 5)
    for side in (-1, 1):
        eye_x = 96 + side * 32
        opening = max(features.eye + wobble[0], 2)
        cv2.ellipse(canvas, (eye_x, 82), (14, round(opening)), 0, 0, 360, dark, -1, cv2.LINE_AA)
        height = 60 - features.brow_raise - wobble[1]
        slant = features.brow_slant + wobble[2]
        inner = (96 + side * 16, round(height + slant / 2))
        outer = (96 + side * 48, round(height - slant / 2))
        cv2.line(canvas, inner, outer, dark, 6, cv2.LINE_AA)
    nose = 108 if features.wrinkled_nose else 118
    cv2.line(canvas, (96, nose - 14), (90, nose), dark, 3, cv2.LINE_AA)
    if features.wrinkled_nose:
        for offset in (-8, 0, 8):
            cv2.line(canvas, (96 + offset, 86), (96 + offset, 96), dark, 2, cv2.LINE_AA)
    _draw_mouth(canvas, features, wobble, dark)
    return _photograph(canvas, rng)


def _draw_mouth(canvas: np.ndarray, features: Features, wobble: np.ndarray, dark: float) -> None:
    x = np.linspace(-1, 1, 15)
    curve = (features.mouth_curve + wobble[3]) * x**2
    opening = max(features.mouth_open + wobble[4], 1) * (1 - x**2)
    upper = np.stack([96 + 30 * x, 142 - curve - opening / 2], axis=1)
    lower = np.stack([96 + 30 * x, 142 - curve + opening / 2 + 2], axis=1)
    outline = np.concatenate([upper, lower[::-1]]).round().astype(np.int32)
    cv2.fillPoly(canvas, [outline], dark, cv2.LINE_AA)


def _photograph(canvas: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Tilt, move, zoom, light and noise, at 48x48."""
    matrix: np.ndarray = cv2.getRotationMatrix2D(
        (96, 96), rng.uniform(-12, 12), rng.uniform(0.85, 1.1)
    )
    matrix[:, 2] += rng.uniform(-12, 12, 2)
    turned = cv2.warpAffine(canvas, matrix, (DRAWN, DRAWN), borderMode=cv2.BORDER_REPLICATE)
    small = cv2.resize(turned, (SIDE, SIDE), interpolation=cv2.INTER_AREA)
    left, right = rng.uniform(-25, 25, 2)
    shade = np.linspace(left, right, SIDE)[None]
    return (small + shade + rng.normal(0, 8, small.shape)).clip(0, 255).astype(np.uint8)
