"""A fake camera for Chromium, and what the pictures that come back from it show."""

from pathlib import Path

import numpy as np

from benchmarks.film import BITS, BLOCK_PX, camera_flags, frames, mjpeg


def fake_camera(folder: Path, faces: int = 1) -> list[str]:
    """The flags that give Chromium a camera before which faces move."""
    clip = folder / "clip.mjpeg"
    clip.write_bytes(mjpeg(frames(faces)))
    return camera_flags(clip)


def read_counter(picture: np.ndarray) -> int:
    """The number of the film's frame in RGB (H, W, 3)."""
    row = picture[-BLOCK_PX // 2, BLOCK_PX // 2 : BITS * BLOCK_PX : BLOCK_PX, 0] > 127
    return int((row << np.arange(BITS)).sum())
