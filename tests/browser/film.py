"""A fake camera for Chromium: a short film of a smiling face."""

import io
from pathlib import Path

from PIL import Image

from demo.gradio_app import EXAMPLES, EXAMPLES_FOLDER

SIZE = (640, 480)
FRAMES = 20
SHIFT_PX = 2  # from one frame to the next, so that the picture moves
YUV_420 = 2  # Pillow's name for it; Chromium shows other kinds as plain green


def film() -> bytes:
    """An MJPEG of the astronaut swaying: JPEG pictures one after the other."""
    out = io.BytesIO()
    with Image.open(EXAMPLES_FOLDER / EXAMPLES["Astronaut"]) as photo:
        width = photo.width - FRAMES * SHIFT_PX
        height = width * SIZE[1] // SIZE[0]
        for step in range(FRAMES):
            left = SHIFT_PX * step
            frame = photo.crop((left, 0, left + width, height)).resize(SIZE)
            frame.save(out, "JPEG", subsampling=YUV_420)
    return out.getvalue()


def camera_flags(folder: Path) -> list[str]:
    """The flags that make Chromium show the film where it is asked for a camera."""
    clip = folder / "clip.mjpeg"
    clip.write_bytes(film())
    return [
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-video-capture={clip}",
    ]
