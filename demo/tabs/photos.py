"""A visitor's photo: what was found in it, and the pictures and files made of it."""

import io
from dataclasses import dataclass

from PIL import Image

from demo.data_uris import jpeg_uri
from demo.serving.file_names import results_stem
from demo.serving.memory import Room
from demo.serving.uploads import OpenUpload
from fer_core import FerPipeline, render
from fer_core.crops import FaceCut, cut_square
from fer_core.endless_pictures import is_endless
from fer_core.images import FORMATS, MAX_PIXELS, read_picture
from fer_core.picture_tags import bounded_tags
from fer_core.pixels import fit, resize, to_png
from fer_core.results import to_csv, to_json
from fer_core.types import Analysis, ImageError, UInt8Array

PREVIEW_SIDE = 1400  # the longest side of the picture on the page; downloads keep every pixel
THUMBNAIL_SIDE = 112
THUMBNAIL_CUT = FaceCut(side=1.3)  # wider than the classifier's cut: hair and chin make a face
FILE_KINDS = ("png", "json", "csv")
PHOTO_BYTES, PHOTO_LIMIT = 25_000_000, "25 MB"
# Bytes of memory that a pixel takes while a photo is read: as measured, with the turning and the
# colours of phones' photos; many need less.
PIXEL_BYTES, PIXEL_BYTES_OF = 14, {"WEBP": 22, "AVIF": 20}
WIDE_BYTES = 22  # of TIFF's integers of 32 bits
ROOM_BYTES = 1_700_000_000  # just enough for MAX_PIXELS of most kinds
ROOM = Room(ROOM_BYTES)


@dataclass(frozen=True, eq=False)
class Shot:
    """A photo and what was found in it: all that is kept while a visitor tries other styles.

    name: the file's name. data: the file's own bytes, a tenth of the size of its pixels.
    small: RGB uint8 (H, W, 3), reduced to fit PREVIEW_SIDE. thumbnails: a data URI for each face.
    """

    name: str
    data: bytes
    analysis: Analysis
    small: UInt8Array
    thumbnails: tuple[str, ...]


def refuse_large(upload: OpenUpload) -> None:
    """Raises ImageError for a file that is too large for a photo. It is not read for that."""
    if upload.size_bytes > PHOTO_BYTES:
        raise ImageError(
            f"{upload.name} is {upload.size_bytes / 1e6:.0f} MB; the limit for photos is "
            f"{PHOTO_LIMIT}. "
            "Make it smaller, or save it as a JPEG. Clips go to the Video tab."
        )


def take(name: str, data: bytes, pipeline: FerPipeline, min_score: float) -> Shot:
    """Read and analyse a file's bytes. Raises FerError with a sentence for the visitor."""
    with ROOM.holding(_unpacked_bytes(name, data)):
        picture = read_picture(data, name)
        analysis = pipeline.analyze(picture, min_score=min_score)
        squares = THUMBNAIL_CUT.squares(analysis.faces.xyxy)
        faces = [cut_square(picture.pixels, square) for square in squares]
        size = (THUMBNAIL_SIDE, THUMBNAIL_SIDE)
        return Shot(
            name,
            data,
            analysis,
            fit(picture.pixels, PREVIEW_SIDE),
            tuple(jpeg_uri(resize(face, size)) for face in faces),
        )


def _unpacked_bytes(name: str, data: bytes) -> int:
    """How much memory a file takes by its header, where it will be unpacked.

    Raises ImageError where that is more than there is.
    """
    file = io.BytesIO(data)
    if is_endless(file):  # as read_picture will say
        return 0
    try:
        with bounded_tags(), Image.open(file, formats=FORMATS) as image:
            pixels, kind, mode = image.width * image.height, str(image.format), image.mode
    except Exception:  # it is no picture
        return 0
    if pixels > MAX_PIXELS:
        return 0
    each = WIDE_BYTES if mode == "I" else PIXEL_BYTES_OF.get(kind, PIXEL_BYTES)
    if pixels * each > ROOM_BYTES:
        raise ImageError(
            f"{name} has too many pixels: a {kind} file may have at most "
            f"{ROOM_BYTES // each // 1_000_000} million. Make it smaller, or save it as a JPEG."
        )
    return pixels * each


def preview(shot: Shot, style: str) -> str:
    """The reduced picture in a style, as a data URI, which the server need not store."""
    return jpeg_uri(render(shot.small, scaled(shot.analysis, shot.small.shape[:2]), style=style))


def scaled(analysis: Analysis, size_hw: tuple[int, ...]) -> Analysis:
    """The same faces in the same picture at another size."""
    height, width = size_hw
    x, y = width / analysis.size_hw[1], height / analysis.size_hw[0]
    faces = analysis.faces.mapped(0, (x, y))
    return Analysis(faces, analysis.probs, (height, width), analysis.notes)


def make_file(shot: Shot, style: str, kind: str) -> tuple[str, bytes]:
    """The name and the bytes of a download: the full-size picture, or the results."""
    name = f"{results_stem(shot.name, 'photo')}.{kind}"
    if kind == "png":
        with ROOM.holding(_unpacked_bytes(shot.name, shot.data)):
            picture = render(read_picture(shot.data).pixels, shot.analysis, style=style)
            return name, to_png(picture)
    text = to_json(shot.analysis, shot.name) if kind == "json" else to_csv(shot.analysis)
    return name, text.encode("utf-8")
