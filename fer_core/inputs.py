"""What a classifier takes: uint8 crops to its input tensor, the same in training and serving."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from fer_core.pixels import resize, to_grey
from fer_core.types import ImageError, UInt8Array


@dataclass(frozen=True)
class InputSpec:
    """A classifier's input: size in px, channels, mean and deviation of values scaled to 0-1.

    mirror_average: whether the answer is the mean of those for the crop and its mirror image.
    Raises ValueError for a size that is not one.
    """

    size_hw: tuple[int, int] = (48, 48)
    channels: int = 1
    mean: tuple[float, ...] = (0.5,)
    std: tuple[float, ...] = (0.5,)
    mirror_average: bool = False

    def __post_init__(self) -> None:
        if not (isinstance(self.size_hw, tuple) and len(self.size_hw) == 2):
            raise ValueError(f"size_hw is {self.size_hw!r}, expected height and width")

    def normalise(self, pixels: Tensor) -> Tensor:
        """(N, channels, H, W) with values 0 to 255, of any type -> float32, normalised."""
        mean, std = (_by_channel(values, pixels.device) for values in (self.mean, self.std))
        return (pixels.float() / 255 - mean) / std

    def to_tensor(self, crops: UInt8Array) -> Tensor:
        """uint8 crops, grey (N, H, W) or RGB (N, H, W, 3) -> float32 (N, channels, *size_hw).

        Raises ImageError for another type or shape.
        """
        if not isinstance(crops, np.ndarray):
            raise ImageError(f"The crops are a {type(crops).__name__}; give one uint8 array.")
        rgb = crops.ndim == 4 and crops.shape[3] == 3
        # One RGB crop is no row of grey ones that are three pixels wide.
        grey = crops.ndim == 3 and crops.shape[2] not in (3, 4)
        if crops.dtype != np.uint8 or not (grey or rgb) or 0 in crops.shape[1:]:
            raise ImageError(
                f"The crops are {crops.dtype} {crops.shape}; "
                "give uint8 of shape (N, H, W) or (N, H, W, 3)."
            )
        ready = np.empty((len(crops), self.channels, *self.size_hw), np.uint8)
        for target, crop in zip(ready, crops, strict=True):
            target[:] = np.atleast_3d(self._fit(crop)).transpose(2, 0, 1)
        return self.normalise(torch.from_numpy(ready))

    def _fit(self, crop: UInt8Array) -> UInt8Array:
        if self.channels == 1 and crop.ndim == 3:
            crop = to_grey(crop)
        elif self.channels == 3 and crop.ndim == 2:
            crop = np.repeat(crop[:, :, None], 3, axis=2)
        return resize(crop, self.size_hw)


def _by_channel(values: tuple[float, ...], device: torch.device) -> Tensor:
    """float32 (1, C, 1, 1). Filled in on the device: a copy would make a GPU wait each time."""
    return torch.cat([torch.full((1, 1, 1, 1), value, device=device) for value in values], 1)
