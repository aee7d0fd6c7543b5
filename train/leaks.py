"""Finding the photos that stand in more than one split.

FER2013 was collected by a web search, and shows many photos in several splits: the same picture, or
one that was saved again, cut a little otherwise, mirrored, or lit and marked differently. A model
that has seen a test face scores too well. Two faces count as the same photo where one of them,
mirrored or not and moved by up to 7 pixels each way, some by 8, correlates with the other by at
least `SAME` over the part that both show. Of FER2013's pairs, nearly all at .92 and more show one
photo, and three in four between .90 and .92; two photos of one person hardly ever come to that.
Photos that are cut at another size, or turned, may be missed.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from joblib import Memory
from torch import Tensor
from torch.nn.functional import avg_pool2d

SAME = 0.9  # correlation
# Coarse pass on 16x16 (5x5 means, stride 3): a pair that reaches SAME at full size reaches
# MAYBE_SAME at its nearest coarse offset.
STEP, MEAN_OF, COARSE_SIDE, COARSE_MOVES = 3, 5, 16, 2
MAYBE_SAME = 0.88
FINE_MOVES = 2  # px, around each step
FLAT = 1e-3  # grey levels: pictures that vary by less show nothing
CHUNK = 512  # faces at a time, for memory


@dataclass(frozen=True)
class _Move:
    """How a face lies beside another: mirrored or not, then its pixels so many down and right."""

    mirrored: bool
    down: int
    right: int


def repeated(images: np.ndarray, others: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Which uint8 `images` (N, 48, 48) show a photo that `others` (M, 48, 48) show, and conversely.

    Two masks, bool (N,) and bool (M,). What takes a minute, as with all of FER2013, is kept in the
    user's folder for caches, and read from there the next time.
    """
    as_searched = Path(__file__).read_text(encoding="utf-8")  # another search, another answer
    return _memory().cache(_repeated)(images, others, as_searched)


def _memory() -> Memory:
    try:
        caches = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
        return Memory(caches / "fer-studio", verbose=0)
    except (OSError, RuntimeError):  # there is no place for it, or no home
        return Memory(None)


def _repeated(
    images: np.ndarray, others: np.ndarray, as_searched: str
) -> tuple[np.ndarray, np.ndarray]:
    found, found_others = np.zeros(len(images), bool), np.zeros(len(others), bool)
    if not (len(images) and len(others)):
        return found, found_others
    for move, rows, columns in _maybe_same(images, others):
        for pairs in np.array_split(np.arange(len(rows)), 1 + len(rows) // CHUNK):
            row, column = rows[pairs], columns[pairs]
            same = _same(images[row], others[column], move)
            found[row[same]] = True
            found_others[column[same]] = True
    return found, found_others


def _maybe_same(
    images: np.ndarray, others: np.ndarray
) -> Iterator[tuple[_Move, np.ndarray, np.ndarray]]:
    """The index pairs that coarse pictures cannot tell apart, move by move."""
    coarse, theirs = _coarse(images), _coarse(others)
    inside = COARSE_SIDE - 2 * COARSE_MOVES
    middle = _normalised(theirs.narrow(1, COARSE_MOVES, inside).narrow(2, COARSE_MOVES, inside)).T
    for mirrored in (False, True):
        turned = coarse.flip(2) if mirrored else coarse
        for top in range(2 * COARSE_MOVES + 1):
            for left in range(2 * COARSE_MOVES + 1):
                part = _normalised(turned.narrow(1, top, inside).narrow(2, left, inside))
                move = _Move(mirrored, (COARSE_MOVES - top) * STEP, (COARSE_MOVES - left) * STEP)
                for start in range(0, len(part), CHUNK):
                    near = part[start : start + CHUNK] @ middle > MAYBE_SAME
                    if near.any():
                        rows, columns = near.numpy().nonzero()
                        yield move, rows + start, columns


def _coarse(images: np.ndarray) -> Tensor:
    """uint8 (N, 48, 48) -> float32 (N, 16, 16)."""
    whole = torch.from_numpy(images)[:, None].float()
    edge = (MEAN_OF - STEP) // 2
    return avg_pool2d(whole, MEAN_OF, STEP, edge, count_include_pad=False)[:, 0]


def _normalised(images: Tensor) -> Tensor:
    """(N, H, W) -> (N, H * W), whose products are correlations; those of flat pictures are 0."""
    flat = images.flatten(1)
    flat = flat - flat.mean(1, keepdim=True)
    length = flat.norm(dim=1, keepdim=True)
    return flat / length.clamp(min=FLAT * flat.shape[1] ** 0.5)


def _same(images: np.ndarray, others: np.ndarray, move: _Move) -> np.ndarray:
    """Which of the pairs correlate, at the best of the moves around this one: bool (N,)."""
    ours, theirs = torch.from_numpy(images).float(), torch.from_numpy(others).float()
    ours = ours.flip(2) if move.mirrored else ours
    same = torch.zeros(len(ours), dtype=torch.bool)
    around = range(-FINE_MOVES, FINE_MOVES + 1)
    for down in (move.down + more for more in around):
        for right in (move.right + more for more in around):
            pair = _shared(ours, -down, -right), _shared(theirs, down, right)
            one, other = map(_normalised, pair)
            same |= (one * other).sum(1) >= SAME
    return same.numpy()


def _shared(images: Tensor, down: int, right: int) -> Tensor:
    """The part that is left without the first rows and columns, or where negative, the last."""
    _, height, width = images.shape
    return images[:, max(down, 0) : height + min(down, 0), max(right, 0) : width + min(right, 0)]
