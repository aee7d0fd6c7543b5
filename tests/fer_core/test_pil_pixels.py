"""What a loaded picture shows: turned, in sRGB, on white."""

import io
import struct

import numpy as np
import pytest
from picture_files import LEFT_RED, encoded, is_left_red
from PIL import Image, ImageCms, ImageOps

from fer_core.images import read_picture

SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
CURVE = SRGB.index(b"para")
LINEAR = SRGB[:CURVE] + b"para".ljust(13, b"\0") + b"\1".ljust(19, b"\0") + SRGB[CURVE + 32 :]
GREY = LINEAR.replace(b"RGB ", b"GRAY", 1).replace(b"rTRC", b"kTRC")
SWAPPED = SRGB.replace(b"rXYZ", b"?").replace(b"gXYZ", b"rXYZ").replace(b"?", b"gXYZ")


def called(name, profile):
    """The profile under another name of 13 letters."""
    return profile.replace("sRGB built-in".encode("utf-16-be"), name.encode("utf-16-be"))


def shown(image, **options):
    return read_picture(encoded(image, "PNG", **options)).pixels[0, 0].tolist()


@pytest.mark.parametrize("tag", [282, 296, 531])
def test_a_tag_of_another_kind_leaves_the_turn_as_it_is(tag):
    """A number as text: Pillow cannot write it again, which it would when it turns a picture."""
    tags = struct.pack("<HHHIHHHHI4sI", 2, 0x0112, 3, 1, 6, 0, tag, 2, 4, b"72\0\0", 0)
    raw = io.BytesIO()
    Image.new("RGB", (40, 20)).save(raw, "JPEG", exif=b"Exif\0\0II*\0\x08\0\0\0" + tags)
    with pytest.raises((TypeError, struct.error)):
        ImageOps.exif_transpose(Image.open(raw))
    assert read_picture(raw.getvalue()).pixels.shape == (40, 20, 3)


def test_a_profile_is_srgb_by_its_whole_name_only():
    grey = Image.new("RGB", (4, 4), (64, 64, 64))
    assert shown(grey, icc_profile=LINEAR) == [64, 64, 64]  # and not by what is in it
    assert 130 < shown(grey, icc_profile=called("sRGB (linear)", LINEAR))[0] < 145


def test_the_profile_of_a_grey_picture_counts():
    profile = called("linear grey!!", GREY)
    assert 130 < shown(Image.new("L", (4, 4), 64), icc_profile=profile)[0] < 145


def test_what_is_transparent_is_white_and_what_has_a_palette_has_a_profile_too():
    swapped = called("test built-in", SWAPPED)
    red = Image.new("RGB", (4, 4), "red")
    assert shown(red, icc_profile=swapped, transparency=(255, 0, 0)) == [255, 255, 255]
    assert shown(red.quantize(2), icc_profile=swapped) == shown(red, icc_profile=swapped)


def test_premultiplied_grey_is_read():
    assert read_picture(Image.new("La", (4, 4))).pixels.tolist() == np.full((4, 4, 3), 255).tolist()


@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_orientation_is_undone(orientation):
    undo = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    stored = Image.fromarray(LEFT_RED)
    if orientation > 1:
        stored = stored.transpose(undo[orientation])
    exif = Image.Exif()
    exif[0x0112] = orientation
    assert is_left_red(read_picture(encoded(stored, "JPEG", exif=exif, quality=95)).pixels)


def test_broken_exif_does_not_cost_the_photo():
    exif = b"Exif\0\0" + b"MM\0*\0\0\0\x08" + b"\xff" * 40
    raw = encoded(Image.fromarray(LEFT_RED), "JPEG", exif=exif, quality=95)
    assert is_left_red(read_picture(raw).pixels)


@pytest.mark.parametrize("mode, kind", [("RGB", "JPEG"), ("RGB", "PNG"), ("RGBA", "PNG")])
def test_colours_follow_the_pictures_profile(mode, kind):
    options = {"quality": 95} if kind == "JPEG" else {}
    picture = Image.new(mode, (30, 20), "red")
    raw = encoded(picture, kind, icc_profile=called("test built-in", SWAPPED), **options)
    assert abs(read_picture(raw).pixels.mean((0, 1)) - [0, 255, 0]).max() < 15


def test_a_wide_profile_whose_name_has_srgb_in_it_counts():
    """Chrome and Android write "Display P3 Gamut with sRGB Transfer"."""
    raw = encoded(
        Image.new("RGB", (30, 20), "red"), "PNG", icc_profile=called("Gamut of sRGB", SWAPPED)
    )
    assert abs(read_picture(raw).pixels.mean((0, 1)) - [0, 255, 0]).max() < 15


@pytest.mark.parametrize("profile", [b"no profile", SWAPPED[:300]])
def test_a_broken_profile_does_not_cost_the_photo(profile):
    assert is_left_red(
        read_picture(encoded(Image.fromarray(LEFT_RED), "PNG", icc_profile=profile)).pixels
    )
