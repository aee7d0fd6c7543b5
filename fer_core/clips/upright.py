"""Decoded frames of a clip -> upright RGB pixels of one size."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any, cast

import av
import numpy as np
from av.video.frame import VideoFrame
from av.video.reformatter import (
    ColorPrimaries,
    Colorspace,
    ColorTrc,
    Interpolation,
    VideoReformatter,
)

from fer_core.types import UInt8Array

HD_COLUMNS, HD_LINES = 1280, 720  # from one of them on, unsaid colours are those of HD television
UNSAID = 2  # FFmpeg's number for a colour space that the file does not tell
HDR = {ColorTrc.SMPTE2084, ColorTrc.ARIB_STD_B67}  # PQ and HLG: dark and dull if taken for others
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
        self._interpolation = Interpolation.AREA if scale < 1 else Interpolation.BILINEAR
        self._scaler, self._reformatter = VideoReformatter(), VideoReformatter()

    def pixels(self, frame: VideoFrame) -> UInt8Array:
        """RGB uint8 (*size_hw, 3), whatever the frame's own size, pixel format and colours are."""
        large = frame.width >= HD_COLUMNS or frame.height >= HD_LINES
        matrix = Colorspace.ITU709 if large and frame.colorspace == UNSAID else None
        try:
            rgb = self._rgb(frame, matrix, hdr=frame.color_trc in HDR)
        except av.FFmpegError:
            # FFmpeg knows some colours by name only; as the usual ones, what is light stays light.
            rgb = self._rgb(frame, Colorspace.ITU709, hdr=False)
        if self._transposed:
            rgb = rgb.transpose(1, 0, 2)
        if self._flips:
            rgb = np.flip(rgb, self._flips)
        return np.ascontiguousarray(rgb, np.uint8)

    def _rgb(self, frame: VideoFrame, matrix: Colorspace | None, hdr: bool) -> np.ndarray:
        """RGB as stored, not turned. matrix: that of the colours, None for what the frame says."""
        how = self._interpolation
        if hdr:  # done pixel by pixel, which takes its time: after the frame was reduced
            frame = self._scaler.reformat(frame, *self._stored_wh, interpolation=how)
        return self._reformatter.reformat(
            frame,
            *self._stored_wh,
            "rgb24",
            src_colorspace=matrix,
            interpolation=how,
            dst_color_trc=ColorTrc.BT709 if hdr else None,
            dst_color_primaries=ColorPrimaries.BT709 if hdr else None,
        ).to_ndarray()

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
