"""Reading the user's own FER2013, in both forms, and what is said of files that are not it."""

import io

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from fer_core.fer2013 import SIDE, VOTE_NAMES, Fer2013Error, files_at, read

N = 21


@pytest.fixture
def images():
    return np.random.default_rng(0).integers(0, 256, (N, SIDE, SIDE)).astype(np.uint8)


@pytest.fixture
def folder(tmp_path, images):
    pixels = [" ".join(map(str, each.ravel())) for each in images]
    usage = ["Training"] * 7 + ["PublicTest"] * 7 + ["PrivateTest"] * 7
    table = pd.DataFrame({"emotion": np.arange(N) % 7, "pixels": pixels, "Usage": usage})
    table.to_csv(tmp_path / "fer2013.csv", index=False)
    votes = pd.DataFrame({name: np.arange(N) % 4 for name in VOTE_NAMES})
    votes.assign(Usage=usage).to_csv(tmp_path / "fer2013new.csv", index=False)
    return tmp_path


def encoded(image, kind="PNG"):
    out = io.BytesIO()
    Image.fromarray(image).save(out, kind, lossless=True)
    return out.getvalue()


def shards(folder, images, kind="PNG"):
    table = pd.DataFrame(
        {
            "row": np.arange(N),
            "usage": "PrivateTest",
            "emotion": np.arange(N) % 7,
            "image": [encoded(each, kind) for each in images],
        }
    )
    table[10:].to_parquet(folder / "fer2013-0.parquet")
    table[:10].to_parquet(folder / "fer2013-1.parquet")


def test_the_csv_and_its_votes(folder, images):
    found = read(files_at(folder))
    assert np.array_equal(found.images, images)
    assert found.labels.tolist() == [i % 7 for i in range(N)]
    assert found.votes.shape == (N, 10)
    assert found.splits[0] == "Training" and found.splits[-1] == "PrivateTest"
    assert np.array_equal(read(files_at(folder / "fer2013.csv")).images, images)


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_the_shards_in_the_order_of_their_rows(tmp_path, images, kind):
    shards(tmp_path, images, kind)
    found = read(files_at(tmp_path))
    assert np.array_equal(found.images, images)
    assert found.votes is None


def test_uploads_are_read_by_their_names(folder, images):
    files = {
        name: io.BytesIO((folder / name).read_bytes()) for name in ("fer2013.csv", "fer2013new.csv")
    }
    assert np.array_equal(read(files).images, images)


def change(folder, name, row=slice(None), **values):
    table = pd.read_csv(folder / name).astype(object)
    for column, value in values.items():
        table.loc[row, column] = value
    table.to_csv(folder / name, index=False)


FACES, VOTES = "fer2013.csv", "fer2013new.csv"


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda f: (f / FACES).unlink(), "There is no FER2013 at /"),
        (
            lambda f: (f / FACES).write_text("a,b\n1,2\n"),
            "lacks the columns emotion, pixels, Usage",
        ),
        (lambda f: (f / FACES).write_text(""), "cannot be read as a table"),
        (lambda f: (f / FACES).write_text("emotion,pixels,Usage\n"), "has no faces"),
        (lambda f: change(f, FACES, pixels="1 2 3"), "line 2: not 48x48 grey values"),
        (lambda f: change(f, FACES, 4, pixels="x " * SIDE**2), "line 6: not 48x48 grey values"),
        (lambda f: change(f, FACES, 1, pixels="256 " * SIDE**2), "line 3: not .* 0 to 255"),
        (lambda f: change(f, FACES, 2, emotion=7), "line 4: emotion 7 is not one of 0 to 6"),
        (lambda f: change(f, FACES, 2, emotion="sad"), "line 4: emotion sad is not"),
        (lambda f: change(f, FACES, 20, Usage="Test"), "line 22: Usage Test .* Training, PublicT"),
        (lambda f: change(f, VOTES, 1, fear="x"), "line 3: a number of votes is missing"),
        (lambda f: change(f, VOTES, 1, fear=-1), "line 3: a number of votes is missing"),
        (lambda f: change(f, VOTES, 1, Usage="PublicTest"), "give the FER\\+ file as it was"),
        (
            lambda f: pd.read_csv(f / VOTES)[:-1].to_csv(f / VOTES),
            "lists 20 rows that do not match the 21",
        ),
        (lambda f: (f / VOTES).write_text("fear\n1\n"), "fer2013new.csv lacks"),
        (lambda f: (f / VOTES).write_text(""), "fer2013new.csv cannot be read"),
    ],
)
def test_other_files_get_a_sentence(folder, spoil, says):
    spoil(folder)
    with pytest.raises(Fer2013Error, match=says):
        read(files_at(folder))


def test_a_missing_shard_is_noticed(tmp_path, images):
    shards(tmp_path, images)
    (tmp_path / "fer2013-1.parquet").unlink()
    with pytest.raises(Fer2013Error, match="Rows are missing"):
        read(files_at(tmp_path))


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda part: part.assign(image=[b"none"] * len(part)), "row 0: not a 48x48 picture"),
        (lambda part: part.assign(emotion=9), "row 0: emotion 9 is not one of"),
        (lambda part: part[["row"]], "fer2013-1.parquet lacks the columns usage, emotion, image"),
    ],
)
def test_other_shards_get_a_sentence(tmp_path, images, spoil, says):
    shards(tmp_path, images)
    file = tmp_path / "fer2013-1.parquet"
    spoil(pd.read_parquet(file)).to_parquet(file)
    with pytest.raises(Fer2013Error, match=says):
        read(files_at(tmp_path))
    file.write_text("no table")
    with pytest.raises(Fer2013Error, match=r"fer2013-1\.parquet cannot be read as parquet"):
        read(files_at(tmp_path))


@pytest.mark.parametrize("kind, size", [("PNG", (4000, 4000)), ("TIFF", (48, 48))])
def test_pictures_that_are_no_faces_of_fer2013_are_not_unpacked(
    tmp_path, images, kind, size, monkeypatch
):
    shards(tmp_path, images)
    other = io.BytesIO()
    Image.new("L", size).save(other, kind)
    file = tmp_path / "fer2013-1.parquet"
    part = pd.read_parquet(file)
    part.assign(image=[other.getvalue()] * len(part)).to_parquet(file)
    monkeypatch.setattr(Image.Image, "load", lambda self: pytest.fail("unpacked"))
    with pytest.raises(Fer2013Error, match="row 0: not a 48x48 picture"):
        read(files_at(tmp_path))


def test_files_of_two_kinds_are_refused(folder, images):
    both = {"one.csv": folder / FACES, "two.csv": folder / FACES}
    with pytest.raises(Fer2013Error, match=r"there was one\.csv, two\.csv"):
        read(both)
