"""How much is unpacked at once: who waits for whom, and what of a photo counts."""

import io
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Barrier

import pytest
from fakes import fake_pipeline
from picture_files import SIDE, bomb, encoded, photo
from PIL import Image

from demo.serving.memory import Room
from demo.tabs import photos
from demo.tabs.photos import PIXEL_BYTES, ROOM_BYTES, make_file, take
from fer_core import ImageError
from fer_core.images import MAX_PIXELS
from tests.waiting import PATIENCE_SECONDS, wait_until


def test_what_fits_goes_on_at_once_and_what_does_not_waits() -> None:
    room, both = Room(100), Barrier(2, timeout=PATIENCE_SECONDS)
    ended: list[str] = []

    def work(name: str, pixels: int) -> None:
        with room.holding(pixels):
            if name.startswith("small"):
                both.wait()
            ended.append(name)

    with ThreadPoolExecutor() as pool:
        for future in [pool.submit(work, name, 50) for name in ("small", "small too")]:
            future.result()
        with room.holding(30):
            large = pool.submit(work, "large", 100)
            wait_until(room._door.locked)
            after = pool.submit(work, "after", 1)  # it would fit, but keep the large one waiting
            ended.append("first")
        large.result()
        after.result()
    assert ended[2:] == ["first", "large", "after"]


def test_one_that_is_larger_than_the_room_goes_alone_and_a_failure_leaves_no_trace() -> None:
    room = Room(100)
    for _ in range(2):
        with pytest.raises(ValueError), room.holding(1000):
            raise ValueError
    assert room._in_hand == 0


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """The bytes that there was to be room for, each time; nothing is read without."""
    asked: list[int] = []
    inside: list[int] = []
    read = photos.read_picture

    class Room:
        @contextmanager
        def holding(self, size_bytes: int) -> Iterator[None]:
            asked.append(size_bytes)
            inside.append(size_bytes)
            yield
            inside.pop()

    def read_inside(*args: object) -> object:
        assert inside
        return read(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(photos, "ROOM", Room())
    monkeypatch.setattr(photos, "read_picture", read_inside)
    yield asked


def test_photos_and_their_downloads_are_unpacked_where_there_is_room(held: list[int]) -> None:
    shot = take("a.jpg", encoded(photo(), "JPEG"), fake_pipeline(), 0.5)
    make_file(shot, "box", "json")
    make_file(shot, "box", "png")
    assert held == [SIDE[0] * SIDE[1] * PIXEL_BYTES] * 2


@pytest.mark.parametrize("data", [b"no picture", b"", bomb()], ids=["text", "empty", "bomb"])
def test_what_is_not_unpacked_takes_no_room(held: list[int], data: bytes) -> None:
    with pytest.raises(ImageError):
        take("a.jpg", data, fake_pipeline(), 0.5)
    assert held == [0]


@pytest.mark.parametrize(
    ("kind", "mode", "pixel_bytes"),
    [
        ("JPEG", "CMYK", 14),
        ("PNG", "RGBA", 14),
        ("WEBP", "RGBA", 22),
        ("AVIF", "RGBA", 20),
        ("TIFF", "I", 22),
    ],
)
def test_a_pixel_counts_with_what_its_kind_of_file_takes(
    held: list[int], kind: str, mode: str, pixel_bytes: int
) -> None:
    take("a", encoded(Image.new(mode, SIDE), kind), fake_pipeline(), 0.5)
    assert held == [SIDE[0] * SIDE[1] * pixel_bytes]


def test_what_no_room_would_do_for_is_refused_with_a_sentence(
    held: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert MAX_PIXELS * PIXEL_BYTES <= ROOM_BYTES  # of most kinds, all that can be read are taken
    monkeypatch.setattr(photos, "ROOM_BYTES", 3_000_000 * 22)
    large = io.BytesIO()
    Image.new("RGB", (2000, 1600)).save(large, "WEBP", method=0)
    with pytest.raises(
        ImageError, match=r"too many pixels: a WEBP file may have at most 3 million"
    ):
        take("a.webp", large.getvalue(), fake_pipeline(), 0.5)
    assert not held
