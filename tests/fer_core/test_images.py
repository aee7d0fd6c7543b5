"""Every kind of picture a user may bring: read right, or refused in a sentence."""

import gzip
import io
import struct
import zlib
from itertools import chain, groupby
from tempfile import NamedTemporaryFile

import numpy as np
import pytest
from picture_files import LEFT_RED, encoded, is_left_red
from PIL import Image

from fer_core import ImageError
from fer_core.images import read_picture

COLOUR_FORMS = [
    *[(mode, "PNG") for mode in ("RGB", "RGBA", "P")],
    *[(mode, "JPEG") for mode in ("RGB", "CMYK")],
    *[(mode, "TIFF") for mode in ("RGB", "RGBA", "CMYK")],
    *[(mode, "WEBP") for mode in ("RGB", "RGBA")],
    *[(mode, "GIF") for mode in ("RGB", "P")],
]


@pytest.mark.parametrize("mode, kind", COLOUR_FORMS)
def test_colour_modes(mode, kind):
    options = {"quality": 95} if kind in ("JPEG", "WEBP") else {}
    raw = encoded(Image.fromarray(LEFT_RED).convert(mode), kind, **options)
    picture = read_picture(raw)
    assert picture.pixels.shape == LEFT_RED.shape
    assert is_left_red(picture.pixels, tolerance=30)


def test_grey_becomes_rgb():
    grey = np.arange(0, 200, dtype=np.uint8).reshape(10, 20)
    pixels = read_picture(encoded(Image.fromarray(grey), "PNG")).pixels
    assert np.array_equal(pixels, np.repeat(grey[:, :, None], 3, 2))


def test_sixteen_bits_keep_their_range():
    values = np.linspace(0, 65535, 200).astype(np.uint16).reshape(10, 20)
    pixels = read_picture(encoded(Image.fromarray(values), "PNG")).pixels
    assert np.abs(pixels[:, :, 0].astype(int) - values // 257).max() <= 1


def test_transparency_lies_on_white():
    clear = np.dstack([LEFT_RED, np.zeros((20, 30), np.uint8)])
    assert (read_picture(clear).pixels == 255).all()


@pytest.mark.parametrize("kind", ["GIF", "WEBP"])
def test_an_animation_gives_its_first_frame_and_says_so(kind):
    frames = [Image.fromarray(LEFT_RED), Image.new("RGB", (30, 20), "blue")]
    options = {"lossless": True} if kind == "WEBP" else {}
    raw = encoded(frames[0], kind, save_all=True, append_images=frames[1:], **options)
    picture = read_picture(raw)
    assert is_left_red(picture.pixels)
    assert any("first frame" in note for note in picture.notes)


def test_an_animation_cut_short_is_read_or_refused_in_a_sentence():
    noise = np.random.default_rng(0).integers(0, 255, (2, 20, 30, 3), np.uint8)
    first, second = (Image.fromarray(frame) for frame in noise)
    raw = encoded(first, "GIF", save_all=True, append_images=[second])
    shapes, refused = set(), 0
    for length in range(len(raw)):
        try:
            shapes.add(read_picture(raw[:length]).pixels.shape)
        except ImageError:
            refused += 1
    assert shapes == {(20, 30, 3)} and 0 < refused < len(raw)


def test_a_gif_whose_first_frame_is_whole_is_read():
    red, blue = (Image.new("RGB", (30, 20), colour) for colour in ("red", "blue"))
    raw = encoded(red, "GIF", save_all=True, append_images=[blue])
    assert read_picture(raw[:-20]).pixels[0, 0].tolist() == [255, 0, 0]
    with Image.open(io.BytesIO(raw)) as image:
        image.load()
    assert read_picture(image).pixels[0, 0].tolist() == [255, 0, 0]  # its file is closed


@pytest.mark.parametrize("kind", ["WEBP", "AVIF", "JPEG", "PNG"])
def test_a_file_that_is_cut_short_is_called_so(kind):
    noise = np.random.default_rng(0).integers(0, 255, (200, 200, 3), np.uint8)
    raw = encoded(Image.fromarray(noise), kind)
    with pytest.raises(ImageError, match="damaged or cut short"):
        read_picture(raw[: len(raw) // 2])


@pytest.mark.parametrize("where", ["open", "load"])
def test_too_little_memory_is_said(monkeypatch, where):
    def none_left(*_, **__):
        raise MemoryError

    monkeypatch.setattr(Image if where == "open" else Image.Image, where, none_left)
    source = b"any" if where == "open" else Image.fromarray(LEFT_RED)
    with pytest.raises(ImageError, match="takes more memory than is free"):
        read_picture(source)


def test_a_still_picture_has_no_notes():
    assert read_picture(encoded(Image.fromarray(LEFT_RED), "GIF")).notes == ()


def truncated_jpeg():
    noise = np.random.default_rng(0).integers(0, 255, (200, 200, 3), np.uint8)
    raw = encoded(Image.fromarray(noise), "JPEG")
    return raw[: len(raw) // 2]


def bomb():
    """A PNG of 40,000 x 40,000 pixels by its header, in a few hundred bytes."""

    def chunk(kind, data):
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    header = struct.pack(">IIBBBBB", 40_000, 40_000, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0" * 1000))
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    "source, says",
    [
        (b"", "empty"),
        (b"just some text, no picture", "not a picture"),
        (truncated_jpeg(), "damaged or cut short"),
        (bomb(), "million pixels"),
        (None, "picture was expected"),
        (3, "picture was expected"),
        ("no/such/file.jpg", "no file"),
        ("\0", "cannot be read"),
        (np.zeros((0, 0, 3), np.uint8), "shape"),
        (np.zeros((5, 5, 2), np.uint8), "shape"),
        (np.zeros(5, np.uint8), "shape"),
        (np.zeros((5, 5, 3)), "float64"),
        (np.full((5, 5, 3), np.nan), "NaN"),
        (np.zeros((5, 5), "U1"), "uint8"),
        (Image.new("F", (5, 5)), "floating-point"),
    ],
)
def test_what_is_no_picture_is_refused_in_a_sentence(source, says):
    with pytest.raises(ImageError) as caught:
        read_picture(source)
    assert says in str(caught.value)
    assert str(caught.value).endswith(".")


def test_a_bmp_that_unpacks_to_gigabytes_is_refused():
    raw = bytearray(encoded(Image.fromarray(LEFT_RED).convert("P"), "BMP"))
    raw[30] = 1  # run-length encoding, of 8 bits
    raw[18:22] = (60_000).to_bytes(4, "little")  # the width
    with pytest.raises(ImageError, match=r"run-length-encoded BMP .* Save it as a PNG"):
        read_picture(bytes(raw))


def test_another_run_length_encoded_bmp_is_read():
    picture = Image.fromarray(LEFT_RED).convert("P")
    plain = encoded(picture, "BMP")
    start = int.from_bytes(plain[10:14], "little")
    runs = [(len(list(run)), colour) for colour, run in groupby(np.asarray(picture)[0].tolist())]
    raw = bytearray(plain[:start] + bytes([*chain(*runs), 0, 0]) * 20 + b"\0\1")
    raw[30] = 1
    assert np.array_equal(read_picture(bytes(raw)).pixels, read_picture(plain).pixels)


def test_what_can_only_be_read_is_read():
    class Body:
        read = io.BytesIO(encoded(Image.fromarray(LEFT_RED), "PNG")).read

    assert np.array_equal(read_picture(Body()).pixels, LEFT_RED)


def test_a_file_that_unpacks_another_is_read(tmp_path):
    path = tmp_path / "me.tif.gz"
    path.write_bytes(
        gzip.compress(encoded(Image.fromarray(LEFT_RED), "TIFF", compression="tiff_lzw"))
    )
    with gzip.open(path) as file:
        assert np.array_equal(read_picture(file).pixels, LEFT_RED)


def test_a_refused_file_is_named(tmp_path):
    path = tmp_path / "holiday.jpg"
    path.write_text("hello")
    with pytest.raises(ImageError, match=r"holiday\.jpg"):
        read_picture(path)
    with pytest.raises(ImageError, match="cannot be read as a file"):
        read_picture(tmp_path)
    for source in (b"hello", Image.new("F", (5, 5))):
        with pytest.raises(ImageError, match=r"^upload\.jpg "):
            read_picture(source, "upload.jpg")


def test_an_array_is_used_as_it_is():
    assert read_picture(LEFT_RED).pixels is LEFT_RED


def test_sixteen_bits_are_scaled_and_eight_in_32_stay():
    sixteen = np.array([[0, 200, 257, 65535]], np.uint16)
    assert read_picture(sixteen).pixels[0, :, 0].tolist() == [0, 0, 1, 255]
    every = np.arange(256, dtype=np.uint16)[None]
    for stretched in (every * 257, every << 8):
        assert read_picture(stretched).pixels[0, :, 0].tolist() == list(range(256))
    for bits in (10, 12, 14):  # as cameras have them
        assert read_picture(every << bits - 8).pixels[0, :, 0].tolist() == list(range(256))
    for top, half in ((255, 128), (65535, 128), (2**30, 127)):
        image = Image.fromarray(np.array([[-9, top // 2 + 1, top]], np.int32))
        assert read_picture(image).pixels[0, :, 0].tolist() == [0, half, 255]


def test_colours_of_twelve_bits_may_have_an_alpha_of_sixteen():
    array = np.full((2, 2, 4), 4095, np.uint16)
    array[..., 3] = 65535
    assert (read_picture(array).pixels == 255).all()


@pytest.mark.parametrize("kind", ["<u2", ">u2"])
def test_eight_bits_in_sixteen_stay_too(kind):
    assert read_picture(np.array([[0, 100, 255]], kind)).pixels[0, :, 0].tolist() == [0, 100, 255]


def test_a_pil_image_is_taken_at_its_frame_and_left_there():
    raw = io.BytesIO()
    frames = [Image.new("RGB", (8, 8), (80 * n, 0, 0)) for n in range(3)]
    frames[0].save(raw, "GIF", save_all=True, append_images=frames[1:])
    with Image.open(raw) as image:
        image.seek(2)
        picture = read_picture(image)
        assert picture.pixels[0, 0, 0] == 160 and not picture.notes
        assert image.tell() == 2


def test_of_a_file_that_is_no_picture_little_is_read(tmp_path):
    path = tmp_path / "camcorder.mts"
    with path.open("wb") as file:
        file.truncate(2**40)  # sparse: a tebibyte that takes no room
    with pytest.raises(ImageError, match="not a picture"):
        read_picture(path)


def test_pages_are_not_called_an_animation():
    raw = io.BytesIO()
    page = Image.new("L", (8, 8))
    page.save(raw, "TIFF", save_all=True, append_images=[page])
    assert read_picture(raw.getvalue()).notes == ("Only the first page was used.",)


def test_other_programs_formats_are_not_tried(monkeypatch, tmp_path):
    """PostScript would be handed to Ghostscript."""
    started = tmp_path / "started"
    program = tmp_path / "gs"
    program.write_text(f"#!/bin/sh\ntouch {started}\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    monkeypatch.setattr("PIL.EpsImagePlugin.gs_binary", None)
    postscript = encoded(Image.new("RGB", (20, 20)), "EPS")
    with pytest.raises(ImageError, match="not a picture that can be read here"):
        read_picture(postscript)
    assert not started.exists()


def test_a_phones_heic_is_named():
    heic = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(100)
    with pytest.raises(ImageError, match=r"IMG_1\.HEIC is a HEIC photo"):
        read_picture(heic, "IMG_1.HEIC")


def test_open_files_are_read(tmp_path):
    path = tmp_path / "me.png"
    Image.fromarray(LEFT_RED).save(path)
    raw = path.read_bytes()
    with path.open("rb") as file:
        for source in (file, io.BytesIO(raw), bytearray(raw), memoryview(raw)):
            assert np.array_equal(read_picture(source).pixels, LEFT_RED)
    with NamedTemporaryFile() as temporary:  # of no type that tells
        temporary.write(raw)
        temporary.seek(0)
        assert np.array_equal(read_picture(temporary).pixels, LEFT_RED)
        assert np.array_equal(read_picture(temporary).pixels, LEFT_RED)  # from the start again
    for encoding in ("latin-1", "utf-8"):
        with path.open(encoding=encoding) as text, pytest.raises(ImageError, match="mode 'rb'"):
            read_picture(text)
    with pytest.raises(ImageError, match=r"cannot be read: .* closed file"):
        read_picture(file)
