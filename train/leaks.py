"""Finding the faces that stand in more than one split.

FER2013 was collected by a web search and repeats pictures across its splits; a model that has
seen a test face scores too well. Two faces count as the same when the root mean square of their
pixel differences is at most `MAX_RMS_DISTANCE` grey levels (of 255): that covers exact copies and
copies saved again, but not two photos of one person.
"""

import numpy as np

MAX_RMS_DISTANCE = 8.0
CHUNK = 2048  # faces or pairs at a time, for memory
BLOCK = 6  # px; divides the side of a face of 48


def repeated(images: np.ndarray, others: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Which uint8 `images` (N, H, W) stand, or nearly so, among `others` (M, H, W), and conversely.

    Two masks, bool (N,) and bool (M,).
    """
    found, found_others = np.zeros(len(images), bool), np.zeros(len(others), bool)
    coarse, coarse_others = _block_means(images), _block_means(others)
    for start in range(0, len(images) if len(others) else 0, CHUNK):
        rows, columns = _maybe_near(coarse[start : start + CHUNK], coarse_others)
        rows += start
        for pairs in np.array_split(np.arange(len(rows)), 1 + len(rows) // CHUNK):
            near = _near(images[rows[pairs]], others[columns[pairs]])
            found[rows[pairs][near]] = True
            found_others[columns[pairs][near]] = True
    return found, found_others


def _block_means(images: np.ndarray) -> np.ndarray:
    """uint8 (N, H, W) -> float32 (N, blocks)."""
    n, height, width = images.shape
    blocks = images.reshape(n, height // BLOCK, BLOCK, width // BLOCK, BLOCK)
    count = (height // BLOCK) * (width // BLOCK)
    return blocks.mean((2, 4), dtype=np.float32).reshape(n, count)


def _maybe_near(coarse: np.ndarray, others: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The index pairs that block means cannot tell apart.

    The differences of means are never larger (in RMS) than those of the pixels, so no near pair is
    missed; and they are 36 times fewer.
    """
    # |a - b|^2 = |a|^2 + |b|^2 - 2ab: one matrix product instead of N*M differences.
    squares = (coarse**2).sum(1)[:, None] + (others**2).sum(1) - 2 * coarse @ others.T
    slack = 1.0  # for rounding
    rows, columns = np.nonzero(squares <= (MAX_RMS_DISTANCE + slack) ** 2 * coarse.shape[1])
    return rows, columns


def _near(images: np.ndarray, others: np.ndarray) -> np.ndarray:
    difference = images.astype(np.float32) - others
    return np.asarray((difference**2).mean((1, 2)) <= MAX_RMS_DISTANCE**2)
