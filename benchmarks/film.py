"""A film for Chromium's fake camera: moving faces, and a counter that tells its frames apart."""

import io
from pathlib import Path

import numpy as np
from PIL import Image

from fer_core.images import read_picture
from fer_core.pixels import resize
from fer_core.types import UInt8Array

EXAMPLES = Path(__file__).resolve().parent.parent / "demo" / "examples"
SIZE_HW = (480, 640)
FRAMES = 250  # the film then begins again, without a jump
SWAY_PX = (56, 20)  # how far the picture moves to either side, and up and down
YUV_420 = 2  # Pillow's name for it; Chromium shows other kinds as plain green
BITS, BLOCK_PX = 8, 16  # the counter: blocks in the lower left corner, the lowest bit first
ONE = (("astronaut.jpg", (75, 0, 437, 272)),)
# The part of each photo around its one face: left, top, right, bottom.
FOUR = (
    *ONE,
    ("president.jpg", (40, -20, 760, 520)),
    ("vice-president.jpg", (20, 0, 500, 360)),
    ("speech.jpg", (-150, 60, 670, 675)),
)

# Reads the counter of a picture element (an img, a video or a canvas), in the page.
READ_COUNTER = f"""(source) => {{
  const canvas = document.createElement("canvas");
  const width = source.naturalWidth || source.videoWidth || source.width;
  const height = source.naturalHeight || source.videoHeight || source.height;
  canvas.width = {BITS * BLOCK_PX};
  canvas.height = {BLOCK_PX};
  const pen = canvas.getContext("2d", {{ willReadFrequently: true }});
  pen.drawImage(source, 0, height - {BLOCK_PX}, canvas.width, {BLOCK_PX},
    0, 0, canvas.width, {BLOCK_PX});
  let number = 0;
  for (let bit = 0; bit < {BITS}; bit++) {{
    const middle = bit * {BLOCK_PX} + {BLOCK_PX // 2};
    if (pen.getImageData(middle, {BLOCK_PX // 2}, 1, 1).data[0] > 127) number += 1 << bit;
  }}
  return number;
}}"""


def frames(faces: int = 1, count: int = FRAMES) -> list[UInt8Array]:
    """`count` frames, RGB uint8 (*SIZE_HW, 3), of one face or four, swaying through one round."""
    parts = ONE if faces == 1 else FOUR
    photos = [(read_picture(EXAMPLES / name).pixels, box) for name, box in parts]
    return [_frame(photos, number, count) for number in range(count)]


def mjpeg(pictures: list[UInt8Array]) -> bytes:
    """The pictures as JPEG files one after the other, which is what Chromium takes."""
    out = io.BytesIO()
    for picture in pictures:
        Image.fromarray(picture).save(out, "JPEG", quality=85, subsampling=YUV_420)
    return out.getvalue()


def camera_flags(clip: Path) -> list[str]:
    """The flags that make Chromium show this file, MJPEG or Y4M, where it is asked for a camera."""
    return [
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-video-capture={clip}",
    ]


def _frame(
    photos: list[tuple[UInt8Array, tuple[int, int, int, int]]], number: int, count: int
) -> UInt8Array:
    turn = 2 * np.pi * number / count
    across = 1 if len(photos) == 1 else 2
    size_hw = (SIZE_HW[0] // across, SIZE_HW[1] // across)
    tiles = [_view(photo, box, size_hw, turn + index) for index, (photo, box) in enumerate(photos)]
    rows = [np.concatenate(tiles[at : at + across], 1) for at in range(0, len(tiles), across)]
    picture = np.concatenate(rows)
    for bit in range(BITS):
        level = 255 if number >> bit & 1 else 0
        picture[-BLOCK_PX:, bit * BLOCK_PX : (bit + 1) * BLOCK_PX] = level
    return picture


def _view(
    photo: UInt8Array, box: tuple[int, int, int, int], size_hw: tuple[int, int], turn: float
) -> UInt8Array:
    """The part of the photo that the camera sees when it has turned this far, enlarged."""
    left, top, right, bottom = box
    scale = (right - left) / SIZE_HW[1]
    x = left + round(SWAY_PX[0] * scale * float(np.sin(turn)))
    y = top + round(SWAY_PX[1] * scale * float(1 - np.cos(turn)))
    rows = np.arange(y, y + bottom - top).clip(0, photo.shape[0] - 1)
    columns = np.arange(x, x + right - left).clip(0, photo.shape[1] - 1)
    return resize(photo[rows[:, None], columns], size_hw).copy()
