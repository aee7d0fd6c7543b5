"""Finding the faces that stand in more than one split.

FER2013 was collected by a web search and repeats pictures across its splits; a model that has
seen a test face scores too well. Two faces count as the same when the root mean square of their
pixel differences is at most `MAX_RMS_DISTANCE` grey levels (of 255): that covers exact copies and
copies saved again, but not two photos of one person.
"""

import numpy as np

MAX_RMS_DISTANCE = 8.0


def repeated(images: np.ndarray, others: np.ndarray, chunk: int = 2048) -> np.ndarray:
    """bool (N,): which uint8 `images` (N, H, W) stand, or nearly so, among `others` (M, H, W)."""
    if not len(images) or not len(others):
        return np.zeros(len(images), bool)
    limit = MAX_RMS_DISTANCE**2 * images[0].size
    flat = others.reshape(len(others), -1).astype(np.float32)
    flat_squares = (flat**2).sum(1)
    found = []
    for start in range(0, len(images), chunk):
        part = images[start : start + chunk].reshape(-1, flat.shape[1]).astype(np.float32)
        # |a - b|^2 = |a|^2 + |b|^2 - 2ab: one matrix product instead of N*M differences.
        distances = (part**2).sum(1)[:, None] + flat_squares - 2 * part @ flat.T
        found.append(distances.min(1) <= limit)
    return np.concatenate(found)
