"""Augmentation as batched tensor code: one call changes a whole batch on the device it lies on.

Every random number comes from one NumPy generator, drawn for the whole batch on the CPU, so that
a run gives the same pictures on any device and after a resume.
"""

from dataclasses import dataclass, replace

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor


@dataclass(frozen=True)
class Augmentation:
    """What may happen to a training face. The zero of each field leaves the face as it is."""

    flip: bool = False
    whole_pixel_shift: int = 0  # px: a crop of the same size from the reflect-padded face
    shift: float = 0.0  # largest shift, as a share of the side
    scale: float = 0.0  # zoom between 1 - scale and 1 + scale
    rotate_degrees: float = 0.0
    light: float = 0.0  # contrast and brightness change by up to this share
    blur: float = 0.0  # probability of losing fine detail, as a small or soft face has
    erase: float = 0.0  # probability of covering a rectangle with grey
    mixup: float = 0.0  # alpha of the Beta distribution of Zhang et al. 2018

    def __call__(
        self, images: Tensor, targets: Tensor, rng: np.random.Generator
    ) -> tuple[Tensor, Tensor]:
        """Float images (N, C, H, W) of values 0 to 255 and targets (N, K) -> the same, changed."""
        images = self._move(images, rng)
        if self.light:
            images = self._relight(images, rng)
        if self.blur:
            images = self._soften(images, rng)
        if self.erase:
            images = self._cover(images, rng)
        if self.mixup:
            images, targets = self._mix(images, targets, rng)
        return images, targets

    def _move(self, images: Tensor, rng: np.random.Generator) -> Tensor:
        """Flip, rotate, zoom and shift in one resampling, reflecting at the borders."""
        n, _, height, width = images.shape
        mirror = np.where(self.flip & (rng.random(n) < 0.5), -1.0, 1.0)
        angle = np.deg2rad(rng.uniform(-1, 1, n) * self.rotate_degrees)
        zoom = 1 + rng.uniform(-1, 1, n) * self.scale
        # Grid coordinates run from -1 to 1 over side - 1 pixels (corners aligned).
        shift = rng.uniform(-1, 1, (2, n)) * self.shift * 2
        if self.whole_pixel_shift:
            pixels = rng.integers(-self.whole_pixel_shift, self.whole_pixel_shift + 1, (2, n))
            shift = shift + pixels * 2 / np.array([[width - 1], [height - 1]])
        cos, sin = np.cos(angle) / zoom, np.sin(angle) / zoom
        matrix = np.stack([mirror * cos, -sin, shift[0], mirror * sin, cos, shift[1]], axis=1)
        theta = _beside(matrix.reshape(n, 2, 3), images).to(images.dtype)
        grid = F.affine_grid(theta, list(images.shape), align_corners=True)
        return F.grid_sample(images, grid, padding_mode="reflection", align_corners=True)

    def _relight(self, images: Tensor, rng: np.random.Generator) -> Tensor:
        n = len(images)
        contrast = _column(1 + rng.uniform(-1, 1, n) * self.light, images)
        offset = _column(rng.uniform(-1, 1, n) * self.light * 128, images)
        mean = images.mean((1, 2, 3), keepdim=True)
        return ((images - mean) * contrast + mean + offset).clamp(0, 255)

    def _soften(self, images: Tensor, rng: np.random.Generator) -> Tensor:
        chosen = _beside(rng.random(len(images)) < self.blur, images)
        height, width = images.shape[2:]
        share = rng.uniform(0.35, 0.8)
        small = (max(int(height * share), 1), max(int(width * share), 1))
        less = F.interpolate(images, small, mode="bilinear", antialias=True)
        soft = F.interpolate(less, (height, width), mode="bilinear")
        return torch.where(chosen[:, None, None, None], soft, images)

    def _cover(self, images: Tensor, rng: np.random.Generator) -> Tensor:
        n, _, height, width = images.shape
        chosen = rng.random(n) < self.erase
        size = rng.uniform(0.15, 0.45, (2, n)) * chosen
        centre = rng.random((2, n))
        inside = []
        for axis, length in enumerate((height, width)):
            place = (np.arange(length) + 0.5) / length
            inside.append(np.abs(place - centre[axis][:, None]) < size[axis][:, None] / 2)
        rows, columns = (_beside(line, images) for line in inside)
        covered = rows[:, None, :, None] & columns[:, None, None, :]
        return images.masked_fill(covered, 127.5)

    def _mix(
        self, images: Tensor, targets: Tensor, rng: np.random.Generator
    ) -> tuple[Tensor, Tensor]:
        share = float(rng.beta(self.mixup, self.mixup))
        other = _beside(rng.permutation(len(images)), images)
        return (
            torch.lerp(images[other], images, share),
            torch.lerp(targets[other], targets, share),
        )


def _column(values: np.ndarray, like: Tensor) -> Tensor:
    return _beside(values, like).to(like.dtype).view(-1, 1, 1, 1)


def _beside(values: np.ndarray, images: Tensor) -> Tensor:
    """The values on the images' device; a GPU does not wait for them, nor they for it."""
    tensor = torch.from_numpy(values)
    return tensor.pin_memory().to(images.device, non_blocking=True) if images.is_cuda else tensor


_PHOTO = Augmentation(
    flip=True, shift=0.08, scale=0.15, rotate_degrees=12, light=0.25, blur=0.15, erase=0.2
)
AUGMENTATIONS = {
    "none": Augmentation(),
    # The START report: random crop of the face padded by 4 px (reflected), horizontal flip.
    "start": Augmentation(flip=True, whole_pixel_shift=4),
    # Small movements, as the reports have them.
    "mild": Augmentation(flip=True, shift=0.1, scale=0.1, rotate_degrees=10),
    # Khaireddin & Chen 2021, of faces that keep their 48 px.
    "khaireddin": Augmentation(flip=True, shift=0.2, scale=0.2, rotate_degrees=10, erase=0.5),
    # Variation that real photos have, for networks small enough to be held back by mixup.
    "photo": _PHOTO,
    # The same for networks that are taught: their teachers know what a mixed face is.
    "photo-mixed": replace(_PHOTO, mixup=0.4),
    # After the strongest published FER2013 recipes (Khaireddin & Chen 2021; LetheSec's ResNet18).
    "strong": Augmentation(
        flip=True, shift=0.2, scale=0.2, rotate_degrees=10, light=0.3, erase=0.5, mixup=1.0
    ),
}
