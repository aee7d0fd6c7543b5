"""A visitor's photo: what was found in it, and the pictures and files made of it. Knows no UI."""

import base64
import io
from dataclasses import dataclass
from functools import lru_cache
from pathlib import PurePath

import cv2
from PIL import Image

from fer_core import FerPipeline, render
from fer_core.artwork import FOLDER
from fer_core.crops import FaceCut, cut_square
from fer_core.images import read_picture
from fer_core.pixels import fit, resize, to_png
from fer_core.results import to_csv, to_json
from fer_core.types import Analysis, ImageError, UInt8Array

PREVIEW_SIDE = 1400  # the longest side of the picture on the page; downloads keep every pixel
THUMBNAIL_SIDE = 112
EMOJI_SIDE = 64
THUMBNAIL_CUT = FaceCut(side=1.3)  # wider than the classifier's cut: hair and chin make a face
FILE_KINDS = ("png", "json", "csv")
PHOTO_BYTES, PHOTO_LIMIT = 25_000_000, "25 MB"


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


def take(name: str, data: bytes, pipeline: FerPipeline, min_score: float) -> Shot:
    """Read and analyse a file's bytes. Raises FerError with a sentence for the visitor."""
    if len(data) > PHOTO_BYTES:
        raise ImageError(
            f"{name} has {len(data) / 1e6:.0f} MB; a photo may have {PHOTO_LIMIT}. Make it "
            "smaller, or save it as a JPEG. Clips go to the Video tab."
        )
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


def preview(shot: Shot, style: str) -> str:
    """The reduced picture in a style, as a data URI, which the server need not store."""
    return jpeg_uri(render(shot.small, scaled(shot.analysis, shot.small.shape[:2]), style=style))


def scaled(analysis: Analysis, size_hw: tuple[int, ...]) -> Analysis:
    """The same faces in the same picture at another size."""
    height, width = size_hw
    x, y = width / analysis.size_hw[1], height / analysis.size_hw[0]
    faces = analysis.faces.mapped(0, (x, y))
    return Analysis(faces, analysis.probs, (height, width), analysis.notes)


def jpeg_uri(pixels: UInt8Array, quality: int = 95) -> str:
    """RGB (H, W, 3) -> a data URI that an <img> can show. quality: 0 to 100."""
    bgr = cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR)
    _, encoded = cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return _data_uri("jpeg", encoded.tobytes())


@lru_cache
def emoji_uri(name: str) -> str:
    """The emoji of an expression, small, as a data URI: the same artwork as on the picture, where
    a visitor's own fonts may have another or none."""
    out = io.BytesIO()
    with Image.open(FOLDER / f"{name}.webp") as image:
        image.convert("RGBA").resize((EMOJI_SIDE, EMOJI_SIDE)).save(out, "PNG")
    return _data_uri("png", out.getvalue())


def _data_uri(kind: str, content: bytes) -> str:
    return f"data:image/{kind};base64,{base64.b64encode(content).decode('ascii')}"


def make_file(shot: Shot, style: str, kind: str) -> tuple[str, bytes]:
    """The name and the bytes of a download: the full-size picture, or the results."""
    name = f"{PurePath(shot.name).stem or 'photo'}-faces.{kind}"
    if kind == "png":
        return name, to_png(render(read_picture(shot.data).pixels, shot.analysis, style=style))
    text = to_json(shot.analysis, shot.name) if kind == "json" else to_csv(shot.analysis)
    return name, text.encode("utf-8")
