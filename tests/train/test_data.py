"""Each form of data set, on a small made-up copy of its real layout."""

import dataclasses
import shutil

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from fer_core import FerError, FerPipeline
from fer_core.crops import cut_faces
from fer_core.emotions import LABELS
from fer_core.fer2013 import SPLITS
from train.errors import DataError
from train.sources import load_dataset, synthetic

VOTE_COLUMNS = [
    *("neutral", "happiness", "surprise", "sadness", "anger", "disgust", "fear"),
    *("contempt", "unknown", "NF"),
]


def faces(n, seed=0):
    return np.random.default_rng(seed).integers(0, 256, (n, 48, 48)).astype(np.uint8)


def table(images, labels, usage):
    pixels = [" ".join(map(str, image.ravel())) for image in images]
    return pd.DataFrame({"emotion": labels, "pixels": pixels, "Usage": usage})


@pytest.fixture
def fer2013(tmp_path):
    """9 training, 3 validation and 3 test faces, with votes; the last training face is a test face,
    slightly changed, and the first test face stands in the validation split too.
    """
    images = faces(15)
    images[8] = (images[14].astype(int) + 3).clip(0, 255)
    images[12] = images[9]
    usage = ["Training"] * 9 + ["PublicTest"] * 3 + ["PrivateTest"] * 3
    labels = np.arange(15) % 7
    table(images, labels, usage).to_csv(tmp_path / "fer2013.csv", index=False)
    votes = pd.DataFrame(0, index=range(15), columns=VOTE_COLUMNS)
    votes["happiness"], votes["neutral"] = 6, 3
    votes.loc[1, ["happiness", "contempt"]] = 1, 8
    votes.loc[2, VOTE_COLUMNS] = 0
    votes.insert(0, "Usage", usage)
    votes.insert(1, "Image name", "x.png")
    votes.to_csv(tmp_path / "fer2013new.csv", index=False)
    return tmp_path, images, labels


@pytest.mark.parametrize("as_file", [True, False])
def test_fer2013_csv(fer2013, as_file):
    folder, images, labels = fer2013
    data = load_dataset(str(folder / "fer2013.csv" if as_file else folder))
    assert [len(s) for s in (data.train, data.valid, data.test)] == [8, 3, 3]
    assert np.array_equal(data.train.images, images[:8])
    assert np.array_equal(data.test.labels, labels[12:])
    assert data.test.rows.tolist() == [12, 13, 14]


def test_leaks_are_left_out_of_training_and_marked_in_the_test(fer2013):
    data = load_dataset(str(fer2013[0]))
    assert 8 not in data.train.rows and data.left_out.rows.tolist() == [8]
    assert data.clean_test.tolist() == [False, True, False]


def test_votes_become_shares_of_the_seven(fer2013):
    train = load_dataset(str(fer2013[0])).train
    assert train.votes[0].tolist() == pytest.approx([0, 0, 0, 2 / 3, 0, 0, 1 / 3])
    assert train.vote_labels[:4].tolist() == [3, -1, -1, 3]  # contempt wins, nobody voted
    assert len(train.with_labels("ferplus")) == 6
    assert np.array_equal(train.targets("fer2013").argmax(1), train.labels)


def test_contempt_counts_against_a_majority_and_in_no_share(fer2013):
    folder = fer2013[0]
    table = pd.read_csv(folder / "fer2013new.csv")
    table.loc[:1, VOTE_COLUMNS] = 0
    table.loc[0, ["happiness", "contempt", "neutral"]] = 4, 4, 2
    table.loc[1, ["happiness", "contempt", "neutral"]] = 6, 2, 2
    table.to_csv(folder / "fer2013new.csv", index=False)
    train = load_dataset(str(folder)).train
    assert train.vote_labels[:2].tolist() == [3, 3]  # a tie goes to the expression
    assert train.votes[:2, 3].tolist() == pytest.approx([4 / 6, 6 / 8])
    assert train.votes[:2].sum(1).tolist() == pytest.approx([1, 1])


def test_a_majority_is_clear_by_ferplus_own_rule(fer2013):
    folder = fer2013[0]
    table = pd.read_csv(folder / "fer2013new.csv")
    other = [name for name in VOTE_COLUMNS if name not in ("happiness", "sadness")]
    for row, (happy, sad, alone) in enumerate([(5, 5, 0), (5, 4, 1), (4, 4, 2), (4, 3, 3)]):
        table.loc[row, VOTE_COLUMNS] = 0
        table.loc[row, ["happiness", "sadness"]] = happy, sad
        table.loc[row, other[:alone]] = 1
    table.loc[4, VOTE_COLUMNS] = 0
    table.loc[4, "unknown"] = 9
    table.to_csv(folder / "fer2013new.csv", index=False)
    train = load_dataset(str(folder)).train
    # Five of ten are not more than half; single votes aside, five of nine are, four of eight not.
    assert train.clear[:6].tolist() == [False, True, False, True, False, True]
    assert train.truth("ferplus-clear")[:6].tolist() == [-1, 3, -1, 3, -1, 3]


def test_without_votes_only_the_labels_count(fer2013):
    folder = fer2013[0]
    (folder / "fer2013new.csv").unlink()
    data = load_dataset(str(folder))
    assert data.label_sets() == data.judged_by() == ("fer2013",)


def test_other_files_are_refused_by_their_paths(tmp_path, fer2013):
    change = pd.read_csv(fer2013[0] / "fer2013.csv").assign(emotion=7)
    change.to_csv(fer2013[0] / "fer2013.csv", index=False)
    with pytest.raises(DataError, match=f"{fer2013[0]}/fer2013.csv, line 2: emotion 7"):
        load_dataset(str(fer2013[0]))
    with pytest.raises(FerError, match="nothing at"):
        load_dataset(str(tmp_path / "none"))
    (tmp_path / "empty").mkdir()
    with pytest.raises(FerError, match=r"empty holds no data set .*fer2013\.csv.*JAFFE"):
        load_dataset(str(tmp_path / "empty"))
    (tmp_path / "other.csv").write_text("a,b\n1,2\n")
    with pytest.raises(FerError, match="lacks the columns"):
        load_dataset(str(tmp_path / "other.csv"))
    part = tmp_path / "empty" / "fer2013.csv"
    table(faces(2), [0, 1], SPLITS[:2]).to_csv(part, index=False)
    with pytest.raises(FerError, match="no face for PrivateTest"):
        load_dataset(str(part))


@pytest.fixture
def folders(tmp_path):
    for split, count in (("train", 12), ("test", 2)):
        for index, name in enumerate(("happy", "Sad", "surprised")):
            child = tmp_path / split / name
            child.mkdir(parents=True)
            for i, image in enumerate(faces(count, seed=index + 10 * count)):
                Image.fromarray(image).save(child / f"{i}.png")
    return tmp_path


def test_of_larger_pictures_in_folders_the_face_is_cut_out(folders, astronaut):
    Image.fromarray(astronaut).save(folders / "test" / "happy" / "0.png")
    data = load_dataset(str(folders))
    assert data.notes == ("mtcnn found no face in 0 of 1 pictures: taken whole.",)
    pipeline = FerPipeline.from_weights()
    found = pipeline.analyze(astronaut).faces
    cut = cut_faces(astronaut, found, pipeline.cut, (48, 48))[0]
    assert np.array_equal(data.test.images[2], cut)  # after the two of Sad


def test_what_is_no_picture_in_folders_is_told(folders):
    (folders / "test" / "Sad" / "me.heic").write_text("an iPhone's")
    (folders / "train" / "happy" / "more").mkdir()
    (note,) = load_dataset(str(folders)).notes
    assert note.startswith("2 entries of the class folders are not one of .avif, ")


def test_image_folders(folders):
    data = load_dataset(str(folders))
    assert [len(s) for s in (data.train, data.valid, data.test)] == [33, 3, 6]
    assert data.train.images.shape[1:] == (48, 48)
    assert {LABELS[label] for label in data.test.labels} == {"happy", "sad", "surprise"}
    assert {LABELS[label] for label in data.valid.labels} == {"happy", "sad", "surprise"}
    assert data.test.rows.tolist() == list(range(36, 42))


@pytest.mark.parametrize("name", ["valid", "val", "validation"])
def test_image_folders_with_validation_faces_of_their_own(folders, name):
    shutil.copytree(folders / "test", folders / name)
    for index, path in enumerate(sorted((folders / name).glob("*/*.png"))):
        Image.fromarray(faces(1, seed=200 + index)[0]).save(path.with_suffix(".gif"))
        path.unlink()
    data = load_dataset(str(folders))
    assert [len(s) for s in (data.train, data.valid, data.test)] == [36, 6, 6]
    assert data.valid.rows.tolist() == list(range(42, 48))


def test_image_folders_are_called_alike_however_they_are_named(folders, monkeypatch):
    name = load_dataset(str(folders)).name
    monkeypatch.chdir(folders)
    assert load_dataset(".").name == load_dataset("train/..").name == name != "pictures in "


def test_contempt_is_left_out_of_image_folders(folders):
    (folders / "train" / "happy").rename(folders / "train" / "contempt")
    data = load_dataset(str(folders))
    assert [len(s) for s in (data.train, data.valid, data.test)] == [22, 2, 6]
    assert data.notes == ("12 of 42 pictures show none of the seven expressions: left out.",)


def test_image_folders_that_are_wrong(folders):
    broken = folders / "test" / "happy" / "0.png"
    broken.write_text("no picture")
    with pytest.raises(FerError, match=r"0\.png"):
        load_dataset(str(folders))
    for path in (folders / "test" / "happy").iterdir():
        path.unlink()
    with pytest.raises(FerError, match="holds no picture"):
        load_dataset(str(folders))
    (folders / "train" / "bored").mkdir()
    with pytest.raises(FerError, match="not named after an expression"):
        load_dataset(str(folders))


def test_drawn_faces_are_the_same_each_time(monkeypatch):
    monkeypatch.setattr(synthetic, "FACES", {"train": 21, "valid": 7, "test": 14})
    one, two = load_dataset("synthetic"), load_dataset("synthetic")
    assert np.array_equal(one.train.images, two.train.images)
    assert np.bincount(one.test.labels).tolist() == [2] * 7
    assert one.test.rows.tolist() == list(range(28, 42))


@pytest.mark.parametrize("split", ["train", "valid"])
@pytest.mark.parametrize("field", ["rows", "labels", "votes"])
def test_other_faces_or_answers_have_another_fingerprint(tiny_data, split, field):
    faces = getattr(tiny_data, split)
    changed = dataclasses.replace(faces, **{field: getattr(faces, field)[::-1]})
    other = dataclasses.replace(tiny_data, **{split: changed})
    assert other.fingerprint != tiny_data.fingerprint


def test_an_unknown_split_is_named(tiny_data):
    with pytest.raises(FerError, match=r"drawn has no split 'test'.*Training, PublicTest"):
        tiny_data.split("test")


def test_a_path_that_cannot_be_read_is_named():
    with pytest.raises(DataError, match=r"^a{300} cannot be read: File name too long\.$"):
        load_dataset("a" * 300)
