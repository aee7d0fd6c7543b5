"""Any picture a user may have -> RGB uint8 (H, W, 3), upright."""

import io
import os
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import numpy as np
from PIL import ExifTags, Image, ImageCms, ImageOps

from fer_core.endless_pictures import is_endless
from fer_core.files import reason
from fer_core.picture_tags import bound_tags
from fer_core.types import ImageError, UInt8Array

MAX_PIXELS = 120_000_000
MAX_PIPED_BYTES = 4 * MAX_PIXELS  # such a picture, with transparency, uncompressed
# Pillow knows many more; some of them start other programs, as PostScript does.
FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "AVIF")
READABLE = "JPEG, PNG, WebP, GIF, BMP, TIFF or AVIF"

bound_tags()


@dataclass(frozen=True, eq=False)
class Picture:
    """pixels: sRGB uint8 (H, W, 3), upright. notes: sentences on how the source was read."""

    pixels: UInt8Array
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        shape = self.pixels.shape
        if self.pixels.dtype != np.uint8 or len(shape) != 3 or shape[2] != 3 or 0 in shape:
            raise ValueError(f"pixels are {self.pixels.dtype} {shape}, expected uint8 (H, W, 3)")


PictureSource = (
    str
    | os.PathLike[str]
    | bytes
    | bytearray
    | memoryview
    | io.IOBase
    | Image.Image
    | np.ndarray
    | Picture
)


def read_picture(
    source: PictureSource, name: str = "The picture", max_pixels: int = MAX_PIXELS
) -> Picture:
    """Read a path, a file's bytes, an open file, a PIL image, or an array (RGB, RGBA, grey uint8).

    Turns the picture by its EXIF orientation, its colours to sRGB by its profile, takes the first
    frame of an animation, or that at which a PIL image stands, and puts transparent parts on white.
    Grey of 16 bits, which an array may have too, is scaled to 8 from the least of 8, 10, 12, 14 and
    16 bits that hold its values.
    name: what errors call bytes and PIL images, which have no path.
    max_pixels: of a file or a PIL image, judged before any is unpacked.
    Raises ImageError where there is no usable picture.
    """
    if isinstance(source, Picture):
        return source
    if isinstance(source, np.ndarray):
        return Picture(_from_array(source))
    if isinstance(source, Image.Image):
        return _from_pil(source, name, max_pixels)
    if isinstance(source, bytes | bytearray | memoryview):
        return _decode(io.BytesIO(source), name, max_pixels)
    if isinstance(source, str | os.PathLike):
        return _read_file(Path(source), max_pixels)
    if hasattr(source, "read"):  # temporary files are of no type that tells
        return _read_open(source, name, max_pixels)
    raise ImageError(
        "A picture was expected (path, bytes, open file, PIL image or array), not "
        f"{type(source).__name__}."
    )


def _read_open(file: io.IOBase | IO[bytes], name: str, max_pixels: int) -> Picture:
    try:
        data = file.read(MAX_PIPED_BYTES)
    except (OSError, ValueError) as error:
        raise ImageError(f"{name} cannot be read: {error}.") from error
    if not isinstance(data, bytes):
        raise ImageError(f"{name} was opened as text. Open it with mode 'rb'.")
    return _decode(io.BytesIO(data), name, max_pixels)


def _read_file(path: Path, max_pixels: int) -> Picture:
    try:
        # Not read as a whole: it may be gigabytes of something else.
        with path.open("rb") as file:
            seekable = file if file.seekable() else io.BytesIO(file.read(MAX_PIPED_BYTES))
            return _decode(seekable, path.name, max_pixels)
    except FileNotFoundError as error:
        raise ImageError(f"There is no file at {path}. Check the path.") from error
    except (OSError, ValueError) as error:
        why = reason(error) if isinstance(error, OSError) else error
        raise ImageError(f"{path} cannot be read as a file: {why}.") from error


def _decode(file: IO[bytes], name: str, max_pixels: int) -> Picture:
    if not file.read(1):  # some files have no size, but a content
        raise ImageError(f"{name} is empty (0 bytes). Choose another file, or save it again.")
    file.seek(0)
    if is_endless(file):
        raise ImageError(
            f"{name} is made of so many parts, or such large ones, that reading it would take too "
            "long. Save it anew with a picture editor, then try again."
        )
    try:
        # The size is in the header: it is judged before any pixel is unpacked.
        image = Image.open(file, formats=FORMATS)
    except Image.DecompressionBombError as error:
        raise ImageError(_too_large(name, max_pixels)) from error
    except Exception as error:  # decoders raise whatever a broken header leads them to
        raise ImageError(
            f"{name} is not a picture that can be read here. Give a {READABLE} file."
        ) from error
    with image:
        return _from_pil(image, name, max_pixels)


def _from_pil(image: Image.Image, name: str, max_pixels: int) -> Picture:
    if image.width * image.height > max_pixels:
        raise ImageError(_too_large(name, max_pixels))
    if 0 in image.size:
        raise ImageError(f"{name} has no pixels ({image.width}x{image.height}).")
    if any(tile[0] == "bmp_rle" for tile in getattr(image, "tile", ())):
        raise ImageError(  # of a few bytes, Pillow may make gigabytes
            f"{name} is a run-length-encoded BMP, which cannot be read here. Save it as a PNG, "
            "then try again."
        )
    at = image.tell()
    try:
        # To tell whether it is animated, Pillow reads the second frame of a GIF.
        # A multi-picture JPEG (MPO) holds one photo and its previews: no animation.
        several = getattr(image, "is_animated", False) and image.format != "MPO"
        image.seek(at)
        image.load()
    except Exception as error:  # as above: each decoder has its own ways to fail
        raise ImageError(
            f"{name} is damaged or cut short. Download or save it again, then try once more."
        ) from error
    one = "page" if image.format == "TIFF" else "frame of the animation"
    notes = (f"Only the first {one} was used.",) if several and not at else ()
    return Picture(_to_rgb(_in_srgb(_upright(image)), name), notes)


def _upright(image: Image.Image) -> Image.Image:
    try:
        turned = image.getexif().get(ExifTags.Base.Orientation, 1) != 1
        return ImageOps.exif_transpose(image) if turned else image
    except Exception:  # a broken EXIF block must not cost the photo
        return image


def _in_srgb(image: Image.Image) -> Image.Image:
    """Phones' photos have colours of a wider space, which would look pale if taken for sRGB."""
    data = image.info.get("icc_profile")
    if not data or image.mode not in ("RGB", "RGBA", "CMYK"):
        return image
    try:
        profile = ImageCms.ImageCmsProfile(io.BytesIO(data))
        name = ImageCms.getProfileDescription(profile)
        # Most are sRGB. Chrome and Android name others "Display P3 Gamut with sRGB Transfer".
        if "sRGB" in name and "Gamut" not in name:
            return image
        mode = "RGBA" if image.mode == "RGBA" else "RGB"
        srgb = ImageCms.createProfile("sRGB")
        return ImageCms.profileToProfile(image, profile, srgb, outputMode=mode) or image
    except Exception:  # a broken profile must not cost the photo
        return image


def _to_rgb(image: Image.Image, name: str) -> UInt8Array:
    if image.mode == "F":
        raise ImageError(f"{name} has floating-point pixels. Save it with 8 bits per channel.")
    if image.mode.startswith("I"):
        return _from_array(_to_8_bit(np.asarray(image)))
    try:
        if image.has_transparency_data:
            image = image if image.mode == "RGBA" else image.convert("RGBA")
            ground = Image.new("RGB", image.size, "white")
            ground.paste(image, mask=image.getchannel("A"))
            image = ground
        # No copy where none is needed: a large photo takes hundreds of megabytes.
        return np.asarray(image if image.mode == "RGB" else image.convert("RGB"))
    except ValueError as error:  # Pillow knows no way from there, as from "La"
        raise ImageError(
            f"{name} has pixels of the kind {image.mode!r}. Convert it to RGB first."
        ) from error


def _to_8_bit(values: np.ndarray) -> UInt8Array:
    """Integers -> uint8, from the fewest bits that cameras have and that hold them; above 65535 by
    the largest."""
    top = int(values.max(initial=0))
    if top > 65535:
        values = values.astype(np.int64) * 255 // top
    else:
        # Of 16 bits, right for v * 257, as 8 are stretched to 16, and for v * 256, as some shift.
        values = values // 2 ** next(more for more in (0, 2, 4, 6, 8) if top < 2 ** (8 + more))
    return values.clip(0, 255).astype(np.uint8)


def _from_array(array: np.ndarray) -> UInt8Array:
    if array.dtype.kind == "u" and array.dtype.itemsize == 2:
        array = _to_8_bit(array)
    if array.dtype != np.uint8:
        hint = "It holds NaN. " if array.dtype.kind == "f" and np.isnan(array).any() else ""
        raise ImageError(
            f"The array is {array.dtype}. {hint}Give uint8 values from 0 to 255, for example "
            f"{'(array * 255)' if array.dtype.kind in 'fb' else 'array'}.astype('uint8')"
            f"{' for values from 0 to 1' if array.dtype.kind == 'f' else ''}."
        )
    shape = array.shape
    if 0 in shape or len(shape) not in (2, 3) or (len(shape) == 3 and shape[2] not in (1, 3, 4)):
        raise ImageError(f"The array has the shape {shape}. Give (H, W), (H, W, 3) or (H, W, 4).")
    if shape[0] * shape[1] > MAX_PIXELS:
        raise ImageError(_too_large("The array", MAX_PIXELS))
    if len(shape) == 2 or shape[2] == 1:
        return np.repeat(array.reshape(*shape[:2], 1), 3, axis=2)
    return _to_rgb(Image.fromarray(array), "The array") if shape[2] == 4 else array


def _too_large(name: str, max_pixels: int) -> str:
    return (
        f"{name} has more than {max_pixels // 1_000_000} million pixels. "
        "Make it smaller, then try again."
    )
