"""What several tests share: the real pipeline, loaded once, and a photo that may be committed."""

import os
from pathlib import Path

import numpy as np
import pytest
import torch

from fer_core import FerPipeline
from fer_core.images import read_picture

ROOT = Path(__file__).resolve().parent.parent

# Several test processes share the cores: with a thread each, in what they start too, none waits.
torch.set_num_threads(1)
os.environ["OMP_NUM_THREADS"] = "1"


@pytest.fixture(scope="session")
def pipeline() -> FerPipeline:
    return FerPipeline.from_weights("default", detector="mtcnn", device="cpu")


@pytest.fixture(scope="session")
def astronaut() -> np.ndarray:
    """RGB uint8 (512, 512, 3): one smiling face, upright, about 90 px wide."""
    pixels = read_picture(ROOT / "demo" / "examples" / "astronaut.jpg").pixels
    pixels.flags.writeable = False
    return pixels
