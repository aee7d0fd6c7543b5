"""From a detector's box to the square picture that the classifier was trained on."""

from dataclasses import dataclass

import numpy as np

from fer_core.pixels import resize, to_grey
from fer_core.types import Faces, Float32Array, UInt8Array


@dataclass(frozen=True)
class FaceCut:
    """Where the training data's square frame lies, measured in heights of a detector's box.

    side: the square's side. right, down: how far its centre lies from the box's centre.
    `python -m train.cut` measures these on FER2013; `python -m benchmarks crop` checks them.
    """

    side: float
    right: float = 0.0
    down: float = 0.0

    def squares(self, xyxy: Float32Array) -> Float32Array:
        """float32 (N, 4) boxes -> float32 (N, 4) squares, left, top, right, bottom."""
        height = xyxy[:, 3] - xyxy[:, 1]
        centre_x = (xyxy[:, 0] + xyxy[:, 2]) / 2 + self.right * height
        centre_y = (xyxy[:, 1] + xyxy[:, 3]) / 2 + self.down * height
        half = self.side * height / 2
        return np.stack(
            [centre_x - half, centre_y - half, centre_x + half, centre_y + half], axis=1
        ).astype(np.float32)


def cut_faces(
    picture: UInt8Array, faces: Faces, cut: FaceCut, size_hw: tuple[int, int] = (48, 48)
) -> UInt8Array:
    """RGB uint8 (H, W, 3) and N faces -> grey uint8 (N, *size_hw), the border pixels repeated
    where a square reaches outside the picture.
    """
    crops = np.empty((len(faces), *size_hw), np.uint8)
    for crop, square in zip(crops, cut.squares(faces.xyxy), strict=True):
        crop[:] = resize(to_grey(cut_square(picture, square)), size_hw)
    return crops


def cut_square(picture: UInt8Array, square: Float32Array) -> UInt8Array:
    """The part of RGB (H, W, 3) under a square (4,), to the nearest pixel, at least 1x1."""
    height, width = picture.shape[:2]
    left, top = (int(v) for v in np.floor(square[:2] + 0.5))
    side = max(round(float(square[2] - square[0])), 1)
    if left >= 0 and top >= 0 and left + side <= width and top + side <= height:
        return picture[top : top + side, left : left + side]
    rows = np.arange(top, top + side).clip(0, height - 1)
    columns = np.arange(left, left + side).clip(0, width - 1)
    return picture[rows[:, None], columns]
