"""A fake camera for Chromium, and what the pictures that come back from it show."""

from functools import cache
from pathlib import Path

import cv2
import numpy as np

from benchmarks.film import BITS, BLOCK_PX, SIZE_HW, camera_flags, frames
from fer_core.types import UInt8Array

COUNT, FPS = 100, 12  # fewer a second than a real camera's: each costs the tests' machine time


@cache
def film(faces: int = 1) -> list[UInt8Array]:
    """The film's frames, RGB uint8 (*SIZE_HW, 3)."""
    return frames(faces, COUNT)


def fake_camera(folder: Path, faces: int = 1) -> list[str]:
    """The flags that give Chromium a camera before which faces move."""
    clip = folder / "clip.y4m"  # which needs no decoding
    height, width = SIZE_HW
    with clip.open("wb") as file:
        file.write(f"YUV4MPEG2 W{width} H{height} F{FPS}:1 Ip A1:1 C420jpeg\n".encode())
        for picture in film(faces):
            file.write(b"FRAME\n" + cv2.cvtColor(picture, cv2.COLOR_RGB2YUV_I420).tobytes())
    return camera_flags(clip)


def read_counter(picture: np.ndarray) -> int:
    """The number of the film's frame in RGB (H, W, 3)."""
    row = picture[-BLOCK_PX // 2, BLOCK_PX // 2 : BITS * BLOCK_PX : BLOCK_PX, 0] > 127
    return int((row << np.arange(BITS)).sum())
