"""What to do with several boxes, or several sets of faces, at once."""

from collections.abc import Sequence

import numpy as np

from fer_core.types import Faces, Float32Array


def overlap(first: Float32Array, second: Float32Array) -> Float32Array:
    """Intersection over union of each box of (N, 4) with each of (M, 4): float32 (N, M)."""
    low = np.maximum(first[:, None, :2], second[None, :, :2])
    high = np.minimum(first[:, None, 2:], second[None, :, 2:])
    shared = (high - low).clip(0).prod(2)
    areas = [(boxes[:, 2:] - boxes[:, :2]).clip(0).prod(1) for boxes in (first, second)]
    together = areas[0][:, None] + areas[1][None, :] - shared
    return np.asarray(shared / np.maximum(together, 1e-6), np.float32)


def join_faces(parts: Sequence[Faces]) -> Faces:
    """The parts as one; of those that hold faces, all have landmarks or none has."""
    parts = [part for part in parts if len(part)]
    if not parts:
        return Faces.empty()
    return Faces(
        np.concatenate([part.xyxy for part in parts]),
        np.concatenate([part.landmarks for part in parts]),
        np.concatenate([part.scores for part in parts]),
    )


def stack_boxes(boxes: Sequence[Float32Array]) -> Float32Array:
    """Boxes (4,), or none, as one float32 (N, 4)."""
    return np.array(boxes, np.float32).reshape(-1, 4)


def in_reading_order(faces: Faces) -> Faces:
    """Rows from top to bottom, each from left to right, as one reads a group photo.

    A face starts a new row when its centre lies below the row's first face by more than half
    that face's height.
    """
    centres = (faces.xyxy[:, :2] + faces.xyxy[:, 2:]) / 2
    heights = faces.xyxy[:, 3] - faces.xyxy[:, 1]
    rows: list[list[int]] = []
    for index in np.argsort(centres[:, 1], kind="stable"):
        first = rows[-1][0] if rows else index
        if rows and centres[index, 1] - centres[first, 1] <= heights[first] / 2:
            rows[-1].append(int(index))
        else:
            rows.append([int(index)])
    order = [face for row in rows for face in sorted(row, key=lambda face: centres[face, 0])]
    return faces[np.array(order, np.intp)]
