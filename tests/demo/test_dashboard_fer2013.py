"""Reading the user's own FER2013, in both forms, and what is said of files that are not it."""

import io

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from demo.fer2013 import SIDE, VOTE_NAMES, Fer2013Error, files_at, read

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


def encoded(image):
    out = io.BytesIO()
    Image.fromarray(image).save(out, "PNG")
    return out.getvalue()


def shards(folder, images):
    table = pd.DataFrame(
        {
            "row": np.arange(N),
            "usage": "PrivateTest",
            "emotion": np.arange(N) % 7,
            "image": [encoded(each) for each in images],
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


def test_the_shards_in_the_order_of_their_rows(tmp_path, images):
    shards(tmp_path, images)
    found = read(files_at(tmp_path))
    assert np.array_equal(found.images, images)
    assert found.votes is None


def test_uploads_are_read_by_their_names(folder, images):
    files = {
        name: io.BytesIO((folder / name).read_bytes()) for name in ("fer2013.csv", "fer2013new.csv")
    }
    assert np.array_equal(read(files).images, images)


def change(folder, name, **columns):
    pd.read_csv(folder / name).assign(**columns).to_csv(folder / name, index=False)


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda f: (f / "fer2013.csv").unlink(), "There is no FER2013 at"),
        (lambda f: (f / "fer2013.csv").write_text("a,b\n1,2\n"), "lacks the columns emotion"),
        (lambda f: (f / "fer2013.csv").write_text(""), "cannot be read as a table"),
        (lambda f: change(f, "fer2013.csv", pixels="1 2 3"), "line 2: expected 48x48"),
        (lambda f: change(f, "fer2013.csv", emotion=7), "a label that is not one of 0 to 6"),
        (lambda f: change(f, "fer2013new.csv", fear="x"), "a vote that is not a number"),
        (lambda f: (f / "fer2013new.csv").write_text("fear\n1\n"), "fer2013new.csv lacks"),
    ],
)
def test_other_files_get_a_sentence(folder, spoil, says):
    spoil(folder)
    with pytest.raises(Fer2013Error, match=says):
        read(files_at(folder))


def test_votes_of_other_faces_are_refused(folder):
    votes = pd.read_csv(folder / "fer2013new.csv")
    votes[:-1].to_csv(folder / "fer2013new.csv", index=False)
    with pytest.raises(Fer2013Error, match="20 rows, but there are 21 faces"):
        read(files_at(folder))


def test_a_missing_shard_is_noticed(tmp_path, images):
    shards(tmp_path, images)
    (tmp_path / "fer2013-1.parquet").unlink()
    with pytest.raises(Fer2013Error, match="Rows are missing"):
        read(files_at(tmp_path))
