"""Decoded frames of a clip -> upright RGB pixels of one size."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any, cast

import numpy as np
from av.video.frame import VideoFrame
from av.video.reformatter import Colorspace, Interpolation, VideoReformatter

from fer_core.types import UInt8Array

HD_LINES = 720  # from so many lines on, colours of an unsaid kind are those of HD television
UNSAID = 2  # FFmpeg's number for a colour space that the file does not tell
STRANGEST_ASPECT = 4  # a pixel longer than this is a mistake in the file


class UprightFrames:
    """How the frames of one clip are turned, and to what size. size_hw: of what comes out, px.

    reduced_from_hw: the upright size before it was reduced, or None where it was not.
    """

    def __init__(self, first: VideoFrame, pixel_aspect: Fraction | None, max_side_px: int) -> None:
        """first: the clip's first frame, which speaks for all. pixel_aspect: width to height."""
        self._transposed, self._flips = _orientation(first)
        width, height = first.width, first.height
        if pixel_aspect and 1 / STRANGEST_ASPECT <= pixel_aspect <= STRANGEST_ASPECT:
            # The shorter side of a pixel grows: nothing of the picture is lost.
            width = round(width * max(float(pixel_aspect), 1.0))
            height = round(height / min(float(pixel_aspect), 1.0))
        scale = min(max_side_px / max(width, height), 1.0)
        self._stored_wh = max(round(width * scale), 1), max(round(height * scale), 1)
        self.reduced_from_hw = self._upright(width, height) if scale < 1 else None
        self.size_hw = self._upright(*self._stored_wh)
        self._reformatter = VideoReformatter()

    def pixels(self, frame: VideoFrame) -> UInt8Array:
        """RGB uint8 (*size_hw, 3), whatever the frame's own size and pixel format are."""
        width, height = self._stored_wh
        hd = frame.colorspace == UNSAID and frame.height >= HD_LINES
        rgb = self._reformatter.reformat(
            frame,
            width,
            height,
            "rgb24",
            src_colorspace=Colorspace.ITU709 if hd else None,
            interpolation=Interpolation.AREA if self.reduced_from_hw else Interpolation.BILINEAR,
        ).to_ndarray()
        if self._transposed:
            rgb = rgb.transpose(1, 0, 2)
        if self._flips:
            rgb = np.flip(rgb, self._flips)
        return np.ascontiguousarray(rgb, np.uint8)

    def _upright(self, width: int, height: int) -> tuple[int, int]:
        return (width, height) if self._transposed else (height, width)


def _orientation(frame: VideoFrame) -> tuple[bool, tuple[int, ...]]:
    """Whether rows and columns change places, and along which axes the result is flipped.

    The display matrix takes x, y of a stored pixel to where it is shown:
    x' = a x + c y and y' = b x + d y. Quarter turns and mirrors are all that phones write.
    """
    side_data = cast(Mapping[str, Any], frame.side_data)  # its own type names one kind only
    matrix = side_data.get("DISPLAYMATRIX")
    if matrix is None:
        return False, ()
    a, b, _, c, d = np.frombuffer(bytes(matrix), np.int32)[:5].tolist()
    transposed = abs(b) > abs(a)
    down, right = (b, c) if transposed else (d, a)
    return transposed, tuple(axis for axis, sign in ((0, down), (1, right)) if sign < 0)
