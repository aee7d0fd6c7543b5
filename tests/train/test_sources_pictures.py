"""Data sets of picture files (RAF-DB, CK+, JAFFE), on small made-up copies of their layouts."""

import numpy as np
import pytest
from fakes import FakeDetector
from PIL import Image

from fer_core import Faces, FerError
from fer_core.emotions import LABELS
from train.cuts import read_cuts
from train.sources import ckplus, jaffe, load_dataset, rafdb
from train.sources.pictures import read_faces

RAFDB = ("surprise", "fear", "disgust", "happy", "sad", "angry", "neutral")
CKPLUS = ("neutral", "angry", None, "disgust", "fear", "happy", "sad", "surprise")
CKPLUS_FOLDERS = {
    **{"anger": "angry", "contempt": None, "disgust": "disgust", "fear": "fear"},
    **{"happy": "happy", "sadness": "sad", "surprise": "surprise"},
}
JAFFE = {
    **{"AN": "angry", "DI": "disgust", "FE": "fear", "HA": "happy"},
    **{"NE": "neutral", "SA": "sad", "SU": "surprise"},
}
RNG = np.random.default_rng(0)


def draw(path, side=48, channels=(), lightest=255):
    path.parent.mkdir(parents=True, exist_ok=True)
    pixels = RNG.integers(0, lightest + 1, (side, side, *channels))
    Image.fromarray(pixels.astype(np.uint8)).save(path)


def whole(data):
    """Every face's row -> the name of its label and the split that it is in."""
    return {
        row: (LABELS[label], name)
        for name in data.split_names
        for split in [data.split(name)]
        for row, label in zip(split.rows.tolist(), split.labels, strict=True)
    }


class TwoFaces:
    """A small face and a large one, and a yet larger one that is too doubtful."""

    name = "mtcnn"
    boxes = np.array([[2, 2, 12, 12], [20, 10, 60, 60], [0, 0, 90, 90]], np.float32)

    def __call__(self, picture):
        scores = np.array([0.999, 0.96, 0.9], np.float32)
        return Faces(self.boxes, np.zeros((3, 0, 2), np.float32), scores)


def test_the_largest_sure_face_is_cut_as_in_serving(tmp_path):
    picture = np.zeros((100, 100, 3), np.uint8)
    square = read_cuts()["mtcnn"].squares(TwoFaces.boxes[1:2])[0]
    left, top, right, bottom = square.round().astype(int)
    picture[top:bottom, left:right] = 255
    Image.fromarray(picture).save(tmp_path / "one.png")
    images, notes = read_faces([tmp_path / "one.png"], TwoFaces())
    assert images[0].mean() > 250
    assert notes == ("mtcnn found no face in 0 of 1 pictures: taken whole.",)


@pytest.fixture(params=["as unpacked", "as published"])
def raf_folder(tmp_path, request):
    """70 training and 14 test pictures, the classes in turn; the second is too small to detect."""
    published = request.param == "as published"
    names = [f"train_{k:05d}" for k in range(1, 71)] + [f"test_{k:04d}" for k in range(1, 15)]
    listing = tmp_path / ("EmoLabel" if published else "") / "list_patition_label.txt"
    listing.parent.mkdir(exist_ok=True)
    listing.write_text("".join(f"{name}.jpg {k % 7 + 1}\n" for k, name in enumerate(names)))
    aligned = tmp_path / ("Image/aligned" if published else "aligned")
    for k, name in enumerate(names):
        draw(aligned / f"{name}_aligned.jpg", 50 if k == 1 else 100, (3,))
    return tmp_path, listing, aligned


def test_rafdb(raf_folder):
    data = rafdb.load(raf_folder[0], FakeDetector())
    assert [len(s) for s in (data.train, data.valid, data.test)] == [63, 7, 14]
    found = whole(data)
    assert {row: label for row, (label, _) in found.items()} == {
        row: RAFDB[row % 7] for row in range(84)
    }
    assert sorted(data.test.rows) == list(range(70, 84))
    assert np.bincount(data.valid.labels).tolist() == [1] * 7
    assert found == whole(rafdb.load(raf_folder[0], FakeDetector()))
    assert "no face in 1 of 84" in data.notes[0]


@pytest.mark.parametrize(
    "line, says",
    [
        ("train_00003.jpg", "line 3: expected"),
        ("train_00003.png 1", "line 3: expected"),
        ("", "line 3: expected"),
        ("train_00003.jpg 8", "line 3: label 8"),
        ("train_00003.jpg 0", "line 3: label 0"),
        ("train_99999.jpg 1", "train_99999_aligned.jpg"),
    ],
)
def test_a_bad_line_of_rafdbs_list_is_named(raf_folder, line, says):
    folder, listing, _ = raf_folder
    lines = listing.read_text().splitlines()
    listing.write_text("\n".join([*lines[:2], line, *lines[3:]]))
    with pytest.raises(FerError, match=says):
        rafdb.load(folder, FakeDetector())


def test_rafdb_that_is_wrong(raf_folder, monkeypatch):
    folder, listing, aligned = raf_folder
    (aligned / "test_0002_aligned.jpg").write_text("no picture")
    monkeypatch.setattr("train.sources.pictures.create_detector", lambda *_: FakeDetector())
    with pytest.raises(FerError, match=r"test_0002_aligned\.jpg: .* not a picture"):
        load_dataset(str(folder))
    text = listing.read_text()
    listing.write_text(text[: text.index("test")])
    with pytest.raises(FerError, match="RAF-DB has no face for test"):
        load_dataset(str(folder))
    aligned.rename(aligned.with_name("original"))
    with pytest.raises(FerError, match="lacks the folder aligned"):
        load_dataset(str(folder))
    listing.write_bytes(b"\xff\xfe\x00")
    aligned.with_name("original").rename(aligned)
    with pytest.raises(FerError, match="cannot be read as text"):
        load_dataset(str(folder))


@pytest.fixture
def ck_folders(tmp_path):
    """20 people with every expression in two frames, as 48x48 faces."""
    for expression, name in enumerate(CKPLUS_FOLDERS):
        for person in range(20):
            for frame in (10, 11):
                draw(tmp_path / "CK+48" / name / f"S{person:03d}_00{expression}_000000{frame}.png")
    return tmp_path / "CK+48"


def test_ckplus_folders(ck_folders):
    data = load_dataset(str(ck_folders))
    files = [f for f in sorted(ck_folders.glob("*/*.png")) if f.parent.name != "contempt"]
    found = whole(data)
    assert [found[row][0] for row in range(240)] == [CKPLUS_FOLDERS[f.parent.name] for f in files]
    people = {n: {files[r].name[:4] for r in data.split(n).rows} for n in data.split_names}
    assert [len(people[name]) for name in data.split_names] == [16, 2, 2]
    assert len(set.union(*people.values())) == 20
    last = np.asarray(Image.open(files[data.test.rows[-1]]))
    assert np.array_equal(data.test.images[-1], last)
    assert data.notes == ("40 of 280 pictures show none of the seven expressions: left out.",)


def test_what_systems_hide_in_folders_is_passed_over(ck_folders):
    before = whole(ckplus.load(ck_folders))
    folder = next(path for path in ck_folders.iterdir() if path.is_dir())
    (folder / "._a.png").write_bytes(b"what a Mac notes about a.png")
    (folder.parent / ".ipynb_checkpoints").mkdir()
    assert whole(ckplus.load(ck_folders)) == before


def test_ckplus_folders_that_are_wrong(ck_folders):
    nameless = ck_folders / "anger" / "1.png"
    draw(nameless)
    with pytest.raises(FerError, match=r"anger/1\.png is not named like"):
        load_dataset(str(ck_folders))
    nameless.unlink()
    for file in ck_folders.glob("*/*.png"):
        if not file.name.startswith(("S000", "S001")):
            file.unlink()
    with pytest.raises(FerError, match=r"CK\+48 shows 2 people, and no"):
        load_dataset(str(ck_folders))
    for file in (ck_folders / "fear").iterdir():
        file.unlink()
    with pytest.raises(FerError, match="fear holds no picture"):
        load_dataset(str(ck_folders))


@pytest.fixture
def ck_published(tmp_path):
    """4 people with a sequence of three frames for each of the codes, and one without a code; the
    first frames are dark, and the middle ones are not to be read.
    """
    for person in ("S005", "S010", "S011", "S999"):
        for code in range(1, 9):
            sequence = f"{person}/{code:03d}"
            for frame in (1, 2, 13):
                name = f"{person}_{code:03d}_{frame:08d}"
                picture = tmp_path / "cohn-kanade-images" / sequence / f"{name}.png"
                draw(picture, 80, lightest=100 if frame == 1 else 255)
                if frame == 2:
                    picture.write_text("no picture")
            if code < 8:
                labels = tmp_path / "Emotion" / sequence
                labels.mkdir(parents=True)
                (labels / f"{name}_emotion.txt").write_text(f"   {code}.0000000e+00\n")
    return tmp_path


def test_ckplus_as_published(ck_published):
    data = ckplus.load(ck_published, FakeDetector())
    expected = []
    for _ in range(4):
        for label in CKPLUS[1:]:
            expected += ["neutral", label] if label else ["neutral"]
    found = whole(data)
    assert [found[row][0] for row in range(len(found))] == expected
    for row in found:  # 13 faces a person
        assert found[row][1] == found[row - row % 13][1]
    dark = data.train.images.mean((1, 2)) < 80
    assert [LABELS[label] == "neutral" for label in data.train.labels] == dark.tolist()
    assert data.notes == (
        "4 of 56 pictures show none of the seven expressions: left out.",
        "mtcnn found no face in 0 of 52 pictures: taken whole.",
    )


def test_ckplus_as_published_that_is_wrong(ck_published):
    label = ck_published / "Emotion/S010/002/S010_002_00000013_emotion.txt"
    for text, says in (("8.0", "label 8"), ("2.5", "label 2.5"), ("fear", "one number")):
        label.write_text(text)
        with pytest.raises(FerError, match=f"S010_002_00000013_emotion.txt .*{says}"):
            ckplus.load(ck_published, FakeDetector())
    label.write_text("2.0")
    for frame in (ck_published / "cohn-kanade-images/S010/002").iterdir():
        frame.unlink()
    with pytest.raises(FerError, match="S010/002 holds no frame"):
        ckplus.load(ck_published, FakeDetector())
    (ck_published / "Emotion").rename(ck_published / "Labels")
    with pytest.raises(FerError, match="Emotion holds no label"):
        ckplus.load(ck_published, FakeDetector())


@pytest.fixture
def jaffe_folder(tmp_path):
    for person in ("KA", "KL", "KM", "YM"):
        for serial, code in enumerate(JAFFE):
            draw(tmp_path / f"{person}.{code}1.{39 + serial}.tiff", 70)
    (tmp_path / "README_FIRST.txt").write_text("Read me")
    return tmp_path


def test_jaffe(jaffe_folder, monkeypatch):
    monkeypatch.setattr("train.sources.pictures.create_detector", lambda *_: FakeDetector())
    data = load_dataset(str(jaffe_folder))
    found = whole(data)
    assert data.name == "JAFFE"
    assert [found[row][0] for row in range(28)] == [
        JAFFE[f.name[3:5]] for f in sorted(jaffe_folder.glob("*.tiff"))
    ]
    assert [len(s) for s in (data.train, data.valid, data.test)] == [14, 7, 7]
    assert len(set(data.test.rows // 7)) == len(set(data.valid.rows // 7)) == 1


@pytest.mark.parametrize("name", ["KA.XX1.99.tiff", "portrait.tiff"])
def test_a_jaffe_picture_with_another_name_is_named(jaffe_folder, name):
    draw(jaffe_folder / name)
    with pytest.raises(FerError, match=f"{name} is not named like"):
        jaffe.load(jaffe_folder, FakeDetector())
