"""Finding the photos that stand in more than one split.

FER2013 was collected by a web search, and shows many photos in several splits: the same picture, or
one that was saved again, cut a little otherwise, mirrored, or lit and marked differently. A model
that has seen a test face scores too well. Two faces are compared by their correlation over the part
that both show, the one mirrored or not and moved by up to 7 pixels each way, some by 8. Of
FER2013's pairs, nearly all at .92 and more show one photo, three in four between .90 and .92, two
in three between .88 and .90, one in four between .85 and .88, and one in fourteen between .80 and
.85. So there are two limits: from `SAME` on, a training face is left out; from `ALIKE` on, a test
face is not called clean.

Both searches compare coarse pictures first, and so miss some: the first, which looks at every pair
above `MAYBE_SAME`, 10 of PrivateTest's faces that have one at .90 and more in what remains of
Training. The second looks at each test face's likeliest partner in every position, down to
`MAYBE_ALIKE`, and finds those. Photos that are cut at another size, or turned, may be missed by
both.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from joblib import Memory
from torch import Tensor
from torch.nn.functional import avg_pool2d

SAME, ALIKE = 0.9, 0.85  # correlations
# Coarse pass on 16x16 (5x5 means, stride 3): nearly all pairs that reach SAME at full size reach
# MAYBE_SAME at their nearest coarse offset. What networks learned from was found so: to look
# further would make their training faces others than today's.
STEP, MEAN_OF, COARSE_SIDE, COARSE_MOVES = 3, 5, 16, 2
MAYBE_SAME, MAYBE_ALIKE = 0.88, 0.7
FINE_MOVES = 2  # px, around each step
FLAT = 1e-3  # grey levels: pictures that vary by less show nothing
CHUNK = 512  # faces at a time, for memory


@dataclass(frozen=True)
class _Move:
    """How a face lies beside another: mirrored or not, then its pixels so many down and right."""

    mirrored: bool
    down: int
    right: int


class _Pairs(NamedTuple):
    """Pairs of images and others that lie so beside one another: their indices int64 (P,), and how
    their coarse pictures correlate, float (P,)."""

    move: _Move
    images: np.ndarray
    others: np.ndarray
    coarse: np.ndarray

    def those(self, keep: np.ndarray) -> "_Pairs":
        return _Pairs(self.move, self.images[keep], self.others[keep], self.coarse[keep])


class Repeats(NamedTuple):
    """What a search found. same: bool (N,), which images show a photo that one of the others shows.
    alike: bool (M,), which of the others may show a photo that one of the images shows."""

    same: np.ndarray
    alike: np.ndarray


def repeats(images: np.ndarray, others: np.ndarray) -> Repeats:
    """Compare uint8 `images` (N, 48, 48) with `others` (M, 48, 48).

    What takes a minute or two, as with all of FER2013, is kept in the user's folder for caches, and
    read from there the next time.
    """
    as_searched = Path(__file__).read_text(encoding="utf-8")  # another search, another answer
    return _memory().cache(_repeats)(images, others, as_searched)


def _memory() -> Memory:
    try:
        caches = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
        return Memory(caches / "fer-studio", verbose=0)
    except (OSError, RuntimeError):  # there is no place for it, or no home
        return Memory(None)


def _repeats(images: np.ndarray, others: np.ndarray, as_searched: str) -> Repeats:
    found = Repeats(np.zeros(len(images), bool), np.zeros(len(others), bool))
    if not (len(images) and len(others)):
        return found
    for pairs in _likely_pairs(images, others):
        # Of who is known to be alike, only the same photos are still looked for.
        open_ones = (pairs.coarse > MAYBE_SAME) | ~found.alike[pairs.others]
        pairs = pairs.those(open_ones)
        for start in range(0, len(pairs.images), CHUNK):
            part = slice(start, start + CHUNK)
            image, other = pairs.images[part], pairs.others[part]
            correlation = _correlation(images[image], others[other], pairs.move)
            same = (correlation >= SAME) & (pairs.coarse[part] > MAYBE_SAME)
            found.same[image[same]] = True
            found.alike[other[correlation >= ALIKE]] = True
    return found


def _likely_pairs(images: np.ndarray, others: np.ndarray) -> Iterator[_Pairs]:
    """The pairs that coarse pictures cannot tell apart, and each of the others with the image that
    is most like it, move by move."""
    coarse, theirs = _coarse(images), _coarse(others)
    inside = COARSE_SIDE - 2 * COARSE_MOVES
    middle = _normalised(theirs.narrow(1, COARSE_MOVES, inside).narrow(2, COARSE_MOVES, inside)).T
    for mirrored in (False, True):
        turned = coarse.flip(2) if mirrored else coarse
        for top in range(2 * COARSE_MOVES + 1):
            for left in range(2 * COARSE_MOVES + 1):
                part = _normalised(turned.narrow(1, top, inside).narrow(2, left, inside))
                move = _Move(mirrored, (COARSE_MOVES - top) * STEP, (COARSE_MOVES - left) * STEP)
                nearest, likeness = np.zeros(len(others), int), np.full(len(others), -np.inf)
                for start in range(0, len(part), CHUNK):
                    near = part[start : start + CHUNK] @ middle
                    most, best = (found.numpy() for found in near.max(0))
                    if most.max() > MAYBE_SAME:
                        rows, columns = (near > MAYBE_SAME).numpy().nonzero()
                        yield _Pairs(move, rows + start, columns, near.numpy()[rows, columns])
                    nearer = most > likeness
                    nearest[nearer], likeness[nearer] = best[nearer] + start, most[nearer]
                all_nearest = _Pairs(move, nearest, np.arange(len(others)), likeness)
                yield all_nearest.those(likeness > MAYBE_ALIKE)


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


def _correlation(images: np.ndarray, others: np.ndarray, move: _Move) -> np.ndarray:
    """How the pairs correlate, at the best of the moves around this one: float32 (N,)."""
    ours, theirs = torch.from_numpy(images).float(), torch.from_numpy(others).float()
    ours = ours.flip(2) if move.mirrored else ours
    best = torch.full((len(ours),), -1.0)
    around = range(-FINE_MOVES, FINE_MOVES + 1)
    for down in (move.down + more for more in around):
        for right in (move.right + more for more in around):
            pair = _shared(ours, -down, -right), _shared(theirs, down, right)
            one, other = map(_normalised, pair)
            best = torch.maximum(best, (one * other).sum(1))
    return best.numpy()


def _shared(images: Tensor, down: int, right: int) -> Tensor:
    """The part that is left without the first rows and columns, or where negative, the last."""
    _, height, width = images.shape
    return images[:, max(down, 0) : height + min(down, 0), max(right, 0) : width + min(right, 0)]
