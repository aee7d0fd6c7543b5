"""Colours of clips: those of HD where nothing is said, HDR brought to what screens show."""

import io
from fractions import Fraction

import av
import numpy as np
import pytest
from av.video.reformatter import ColorPrimaries, ColorRange, Colorspace, ColorTrc
from clip_files import read_clip

from fer_core.clips.source import ClipLimits
from fer_core.clips.upright import UprightFrames

SKIN, GREY, WHITE = (220, 170, 140), (128, 128, 128), (255, 255, 255)
TO_BT2020 = np.array([[0.6274, 0.3293, 0.0433], [0.0691, 0.9195, 0.0114], [0.0164, 0.0880, 0.8956]])
PQ_M1, PQ_M2, PQ_C1, PQ_C2, PQ_C3 = 0.15930176, 78.84375, 0.8359375, 18.8515625, 18.6875


@pytest.mark.parametrize("size_wh", [(1280, 720), (1280, 544), (608, 1080)])
def test_unsaid_colours_of_large_clips_are_those_of_hd(size_wh):
    """What is written as HD colours, but not marked so, comes back in the same colours."""
    green = (30, 200, 60)
    file = io.BytesIO()
    with av.open(file, "w", format="matroska") as output:
        stream = output.add_stream("libx264", rate=25, options={"preset": "ultrafast"})
        stream.width, stream.height, stream.pix_fmt = *size_wh, "yuv420p"
        pixels = np.full((size_wh[1], size_wh[0], 3), green, np.uint8)
        frame = av.VideoFrame.from_ndarray(pixels, format="rgb24")
        frame = frame.reformat(format="yuv420p", dst_colorspace="itu709", dst_color_range="MPEG")
        frame.colorspace = frame.color_range = frame.color_trc = frame.color_primaries = 2
        frame.color_range = 0
        output.mux([*stream.encode(frame), *stream.encode(None)])
    (frame,), _ = read_clip(file.getvalue())
    assert np.abs(frame.pixels[360, 400].astype(int) - green).max() <= 4


def hlg(light):
    """The signal of light from 0 to 1, where the white of a page is 0.2645."""
    high = 0.17883277 * np.log(np.maximum(12 * light - 0.28466892, 1e-9)) + 0.55991073
    return np.where(light <= 1 / 12, np.sqrt(3 * light), high)


def pq(light):
    """The signal of the same light, where that white has 203 candela a square metre."""
    power = (light / 0.2645 * 203 / 10000) ** PQ_M1
    return ((PQ_C1 + PQ_C2 * power) / (1 + PQ_C3 * power)) ** PQ_M2


def phone_clip(colours, signal, curve):
    """A clip as phones record HDR: ProRes of 10 bits, its colours those of BT.2020."""
    rgb = np.array(colours) / 255
    light = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4) @ TO_BT2020.T
    row = (signal(light * 0.2645) * 65535).round().astype(np.uint16)
    pixels = np.ascontiguousarray(np.repeat(np.repeat(row[None], 240, 0), 120, 1))
    file = io.BytesIO()
    with av.open(file, "w", format="mov") as output:
        stream = output.add_stream("prores_ks", rate=25)
        stream.height, stream.width, stream.pix_fmt = *pixels.shape[:2], "yuv422p10le"
        frame = av.VideoFrame.from_ndarray(pixels, "rgb48le").reformat(
            format="yuv422p10le",
            dst_colorspace=Colorspace.BT2020,
            dst_color_range=ColorRange.MPEG,
        )
        for marked in (stream.codec_context, frame):
            marked.colorspace, marked.color_range = Colorspace.BT2020, ColorRange.MPEG
            marked.color_trc, marked.color_primaries = curve, ColorPrimaries.BT2020
        frame.pts, frame.time_base = 0, Fraction(1, 25)
        output.mux([*stream.encode(frame), *stream.encode(None)])
    return file.getvalue()


@pytest.mark.parametrize(
    "signal, curve, limits",
    [
        (hlg, ColorTrc.ARIB_STD_B67, ClipLimits()),
        (pq, ColorTrc.SMPTE2084, ClipLimits(max_side_px=180)),
    ],
    ids=["", "reduced"],
)
def test_hdr_comes_out_as_bright_and_colourful_as_it_was(signal, curve, limits):
    (frame,), clip = read_clip(phone_clip([SKIN, GREY, WHITE], signal, curve), limits=limits)
    height, width = clip.size_hw
    read = frame.pixels[height // 2, width // 6 :: width // 3].astype(int)
    assert np.abs(read - [SKIN, GREY, WHITE]).max() <= 12


@pytest.mark.parametrize(
    "matrix, curve, primaries",
    [
        (8, ColorTrc.BT709, ColorPrimaries.BT709),  # YCgCo, of screen recordings
        (15, ColorTrc.SMPTE2084, ColorPrimaries.BT2020),  # of some Dolby films
        (Colorspace.BT2020, ColorTrc.ARIB_STD_B67, 3),  # a number that means nothing
    ],
)
def test_colours_that_cannot_be_converted_do_not_cost_the_clip(matrix, curve, primaries):
    pixels = np.full((48, 64, 3), 128, np.uint8)
    frame = av.VideoFrame.from_ndarray(pixels, format="rgb24").reformat(format="yuv420p")
    frame.colorspace, frame.color_trc, frame.color_primaries = matrix, curve, primaries
    upright = UprightFrames(frame, None, 1920)
    assert np.abs(upright.pixels(frame).astype(int) - 128).max() <= 2
