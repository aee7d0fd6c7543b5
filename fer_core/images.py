"""Any picture a user may have -> RGB uint8 (H, W, 3), upright."""

import io
import os
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

import numpy as np
from PIL import Image

from fer_core.endless_pictures import is_endless
from fer_core.files import reason
from fer_core.picture_tags import bounded_tags
from fer_core.pil_pixels import to_8_bit, to_rgb, upright
from fer_core.types import ImageError, UInt8Array

MAX_PIXELS = 120_000_000
MAX_PIPED_BYTES = 4 * MAX_PIXELS  # such a picture, with transparency, uncompressed
# Pillow knows many more; some of them start other programs, as PostScript does.
FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "AVIF")
HEIC_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx")
MAX_RLE_PIXELS = 16_000_000
READABLE = "JPEG, PNG, WebP, GIF, BMP, TIFF or AVIF"


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
    | IO[bytes]
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
    An open file is read from its start, wherever it stands.
    name: what errors call bytes and PIL images, which have no path.
    max_pixels: of a file or a PIL image, judged before any is unpacked.
    Raises ImageError where there is no usable picture.
    """
    try:
        with bounded_tags():
            return _read(source, name, max_pixels)
    except MemoryError as error:
        raise ImageError(f"{name} takes more memory than is free. Make it smaller.") from error


def _read(source: PictureSource, name: str, max_pixels: int) -> Picture:
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


def _read_open(file: IO[bytes], name: str, max_pixels: int) -> Picture:
    if hasattr(file, "encoding"):
        raise ImageError(f"{name} was opened as text. Open it with mode 'rb'.")
    try:
        return _decode(_from_start(file), name, max_pixels)
    except (OSError, ValueError) as error:
        raise ImageError(f"{name} cannot be read: {error}.") from error


def _from_start(file: IO[bytes]) -> IO[bytes]:
    try:
        file.seek(0)
    except (OSError, AttributeError):  # a pipe, or what only reads
        return io.BytesIO(file.read(MAX_PIPED_BYTES))
    return cast(IO[bytes], _View(file))


class _View:
    """A file without a number, by which Pillow would read what lies under one that unpacks it."""

    def __init__(self, file: IO[bytes]) -> None:
        self.read, self.seek, self.tell = file.read, file.seek, file.tell


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
            "long. Save it again with a picture editor, then try again."
        )
    try:
        # The size is in the header: it is judged before any pixel is unpacked.
        image = Image.open(file, formats=FORMATS)
    except Image.DecompressionBombError as error:
        raise ImageError(_too_large(name, max_pixels)) from error
    except MemoryError:
        raise
    except Exception as error:  # decoders raise whatever a broken header leads them to
        file.seek(0)
        head = file.read(12)
        if head[8:] == b"WEBP" or head[4:] in (b"ftypavif", b"ftypavis"):  # known by all of them
            raise ImageError(_damaged(name)) from error
        if head[4:8] == b"ftyp" and head[8:] in HEIC_BRANDS:
            raise ImageError(
                f"{name} is a HEIC photo, which cannot be read here. Save it as a JPEG, then try "
                "again."
            ) from error
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
    # One jump may go down 255 lines, of which Pillow makes all the pixels.
    rle = any(tile[0] == "bmp_rle" for tile in getattr(image, "tile", ()))
    if rle and image.width * (image.height + 255) > MAX_RLE_PIXELS:
        raise ImageError(
            f"{name} is a run-length-encoded BMP too large to be read. Save it as a PNG, then try "
            "again."
        )
    at, profile = image.tell(), image.info.get("icc_profile")
    try:
        image.load()
    except MemoryError:
        raise
    except Exception as error:  # as above: each decoder has its own ways to fail
        raise ImageError(_damaged(name)) from error
    pixels = to_rgb(upright(image), name, profile)
    one = "page" if image.format == "TIFF" else "frame of the animation"
    notes = (f"Only the first {one} was used.",) if not at and _has_more(image) else ()
    return Picture(pixels, notes)


def _has_more(image: Image.Image) -> bool:
    """Whether it is animated, or has pages: of a GIF, Pillow reads the second frame to tell."""
    try:
        # A multi-picture JPEG (MPO) holds one photo and its previews.
        return bool(getattr(image, "is_animated", False)) and image.format != "MPO"
    except Exception:  # what is cut short after the first frame is used as well as any
        return False


def _from_array(array: np.ndarray) -> UInt8Array:
    if array.dtype.kind == "u" and array.dtype.itemsize == 2:
        if array.shape[2:] == (4,):  # colours of 12 bits may have an alpha of 16
            array = np.dstack([to_8_bit(array[..., :3]), to_8_bit(array[..., 3])])
        else:
            array = to_8_bit(array)
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
    return to_rgb(Image.fromarray(array), "The array") if shape[2] == 4 else array


def _damaged(name: str) -> str:
    return f"{name} is damaged or cut short. Download or save it again, then try once more."


def _too_large(name: str, max_pixels: int) -> str:
    return (
        f"{name} has more than {max_pixels // 1_000_000} million pixels. "
        "Make it smaller, then try again."
    )
