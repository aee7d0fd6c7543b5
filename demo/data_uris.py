"""Pictures as data URIs, which an <img> can show and no server need store."""

import base64
from functools import lru_cache

import cv2
import numpy as np
from PIL import Image

from fer_core.artwork import FOLDER
from fer_core.pixels import to_png
from fer_core.types import UInt8Array

EMOJI_SIDE = 64


def jpeg_uri(pixels: UInt8Array, quality: int = 95) -> str:
    """RGB (H, W, 3) as a JPEG. quality: 0 to 100."""
    bgr = cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR)
    _, encoded = cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return _data_uri("jpeg", encoded.tobytes())


def png_uri(pixels: UInt8Array) -> str:
    """Grey (H, W), RGB (H, W, 3) or RGBA (H, W, 4) as a PNG."""
    return _data_uri("png", to_png(pixels))


@lru_cache
def emoji_uri(name: str) -> str:
    """The emoji of an expression, small: the same artwork as on the picture, where a visitor's own
    fonts may have another or none."""
    with Image.open(FOLDER / f"{name}.webp") as image:
        return png_uri(np.asarray(image.convert("RGBA").resize((EMOJI_SIDE, EMOJI_SIDE))))


def _data_uri(kind: str, content: bytes) -> str:
    return f"data:image/{kind};base64,{base64.b64encode(content).decode('ascii')}"
