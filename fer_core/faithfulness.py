"""Whether a map shows what a model looked at: deletion and insertion curves."""

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np

from fer_core.attention_maps import enlarge
from fer_core.types import Float32Array, UInt8Array

STEPS = 12
SHIFTS = 19  # at a random place, one map in 20 is better than all of them
# The blur's deviation as a share of the crop's shorter side.
BLUR = 1 / 8

CAPTION = (
    "Deletion and insertion: the expression's probability as the crop's pixels are replaced by "
    "their blurred version, or put back, the map's brightest first. With a faithful map it falls "
    f"fast and rises fast. By chance: the mean of the same map at {SHIFTS} random places. A map at "
    f"a random place beats all of those once in {SHIFTS + 1} times on each measure, one in the "
    "middle of the face more often. This measures the map against this model, not the model "
    "against the truth. Source: Petsiuk et al., BMVC 2018."
)


@dataclass(frozen=True, eq=False)
class Curve:
    """A class's probability against the share of a crop's pixels that have been exchanged.

    shares: float32 (S,), 0 to 1 in equal steps. probs: float32 (S,), in the map's order.
    moved: float32 (SHIFTS, S), the same for the same map in random places.
    """

    shares: Float32Array
    probs: Float32Array
    moved: Float32Array

    @property
    def area(self) -> float:
        """The area under `probs`, 0 to 1."""
        return float(np.trapezoid(self.probs, self.shares))

    @property
    def moved_areas(self) -> Float32Array:
        """The area under each of `moved`, float32 (SHIFTS,)."""
        return np.asarray(np.trapezoid(self.moved, self.shares), np.float32)

    @property
    def chance(self) -> Float32Array:
        """The mean of `moved`, float32 (S,)."""
        return self.moved.mean(0)

    @property
    def chance_area(self) -> float:
        """The area under `chance`, 0 to 1."""
        return float(self.moved_areas.mean())


@dataclass(frozen=True, eq=False)
class Faithfulness:
    """How well a map tells what a model needs.

    deletion: blurring the map's highest pixels first; the smaller the area, the better.
    insertion: showing them first in the blurred crop; the greater the area, the better.
    """

    deletion: Curve
    insertion: Curve

    @property
    def deletion_beats(self) -> int:
        """Of how many random places it is better on deletion."""
        return int((self.deletion.moved_areas > self.deletion.area).sum())

    @property
    def insertion_beats(self) -> int:
        """Of how many random places it is better on insertion."""
        return int((self.insertion.moved_areas < self.insertion.area).sum())


def faithfulness(
    classify: Callable[[UInt8Array], Float32Array],
    crop: UInt8Array,
    values: Float32Array,
    class_index: int,
    seed: int = 0,
) -> Faithfulness:
    """Deletion and insertion curves of a map, beside those of the same map in random places.

    classify: a Classifier, or crops (N, ...) -> float32 (N, 7); called once with
    2 * (1 + SHIFTS) * (STEPS + 1) crops. crop: uint8 grey (H, W) or RGB (H, W, 3). values: the map,
    float32 (h, w) of any size; it is stretched over the crop. seed: for the random places and for
    the order of pixels of equal value.
    Pixels are exchanged for the crop's blurred version: flat grey would draw edges into the face
    that are in no training image, and the model would answer those.
    Source: Petsiuk et al., "RISE", BMVC 2018. The random places are ours: a shifted map is as
    coarse as the map itself, so that only where it lies makes the difference. A map that lies at
    random itself is the best of all with p = 1 / (1 + SHIFTS), on each measure.
    """
    rng = np.random.default_rng(seed)
    height, width = crop.shape[:2]
    (stretched,) = enlarge(values[None], (height, width))
    shifts = rng.integers((height, width), size=(SHIFTS, 2))
    moved = [np.roll(stretched, shift, (0, 1)) for shift in shifts]
    ranks = np.stack([_ranks(one, rng) for one in (stretched, *moved)])
    shares = np.linspace(0, 1, STEPS + 1, dtype=np.float32)
    # (map, step, H, W), and an axis for the colours where the crop has them.
    exchanged = ranks[:, None] < np.rint(shares * ranks[0].size)[:, None, None]
    exchanged = exchanged.reshape(*exchanged.shape, *[1] * (crop.ndim - 2))
    blurred = cv2.GaussianBlur(crop, (0, 0), BLUR * min(height, width))
    crops = np.stack([np.where(exchanged, blurred, crop), np.where(exchanged, crop, blurred)])
    probs = classify(crops.reshape(-1, *crop.shape))[:, class_index]
    deletion, insertion = probs.reshape(2, 1 + SHIFTS, len(shares))
    return Faithfulness(
        Curve(shares, deletion[0], deletion[1:]),
        Curve(shares, insertion[0], insertion[1:]),
    )


def _ranks(values: Float32Array, rng: np.random.Generator) -> np.ndarray:
    """Each pixel's place (H, W), 0 the highest, equal values in random order."""
    order = np.lexsort((rng.random(values.size), -values.ravel()))
    return np.argsort(order).reshape(values.shape)  # the inverse of a permutation
