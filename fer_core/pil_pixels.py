"""A loaded PIL image -> RGB uint8 (H, W, 3): upright, its colours in sRGB, on white."""

import io

import numpy as np
from PIL import ExifTags, Image, ImageCms

from fer_core.types import ImageError, UInt8Array

SRGB = ("sRGB IEC61966-2.1", "sRGB built-in", "sRGB")  # others of the name are linear, or wider
# What makes a picture upright, by its EXIF orientation.
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def upright(image: Image.Image) -> Image.Image:
    """The image turned by its EXIF orientation."""
    try:
        turn = TURNS.get(image.getexif().get(ExifTags.Base.Orientation, 1))
    except Exception:  # a broken EXIF block must not cost the photo
        turn = None
    return image if turn is None else image.transpose(turn)


def to_rgb(image: Image.Image, name: str, profile: bytes | None = None) -> UInt8Array:
    """RGB uint8 (H, W, 3) of what the image shows on a white ground.

    name: what errors call it. profile: the ICC profile of its colours.
    Raises ImageError for floating-point pixels.
    """
    if image.mode == "F":
        raise ImageError(f"{name} has floating-point pixels. Save it with 8 bits per channel.")
    if image.mode.startswith("I"):
        return np.repeat(to_8_bit(np.asarray(image))[:, :, None], 3, axis=2)
    if image.mode == "La":
        image = image.convert("LA")  # the only way from there
    if image.has_transparency_data:
        image = image if image.mode == "RGBA" else image.convert("RGBA")
        ground = Image.new("RGB", image.size, "white")
        ground.paste(image, mask=image.getchannel("A"))
        image = ground
    if image.mode not in ("L", "RGB", "CMYK"):
        image = image.convert("RGB")
    image = _in_srgb(image, profile) if profile else image
    # No copy where none is needed: a large photo takes hundreds of megabytes.
    return np.asarray(image if image.mode == "RGB" else image.convert("RGB"))


def _in_srgb(image: Image.Image, data: bytes) -> Image.Image:
    """Phones' photos have colours of a wider space, which would look pale if taken for sRGB."""
    try:
        profile = ImageCms.ImageCmsProfile(io.BytesIO(data))
        if ImageCms.getProfileDescription(profile).strip() in SRGB:  # as most are
            return image
        srgb = ImageCms.createProfile("sRGB")
        return ImageCms.profileToProfile(image, profile, srgb, outputMode="RGB") or image
    except Exception:  # a broken profile must not cost the photo
        return image


def to_8_bit(values: np.ndarray) -> UInt8Array:
    """Integers -> uint8, from the fewest bits that cameras have and that hold them; above 65535 by
    the largest."""
    top = int(values.max(initial=0))
    if top > 65535:
        values = values.astype(np.int64) * 255 // top
    else:
        # Of 16 bits, right for v * 257, as 8 are stretched to 16, and for v * 256, as some shift.
        values = values // 2 ** next(more for more in (0, 2, 4, 6, 8) if top < 2 ** (8 + more))
    return values.clip(0, 255).astype(np.uint8)
