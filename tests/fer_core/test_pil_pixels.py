"""What a loaded picture shows: turned, in sRGB, on white."""

import io
import struct

import numpy as np
import pytest
from picture_files import encoded
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
