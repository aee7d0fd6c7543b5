"""START's .npz files: every form that their arrays come in, and what is wrong with a bad one."""

import numpy as np
import pytest

from fer_core import FerError
from fer_core.emotions import LABELS, label_indices
from train.sources import load_dataset

TORONTO = ("angry", "disgust", "fear", "happy", "sad", "surprise", "neutral")
RAFDB = ("surprise", "fear", "disgust", "happy", "sad", "angry", "neutral")
# START's conversion of the Toronto faces' numbers to RAF-DB's, both from 0.
START = {0: 5, 1: 2, 2: 1, 3: 3, 4: 4, 5: 0, 6: 6}


def arrays(test=True):
    """21 training, 14 validation and 7 test faces, the classes in turn."""
    rng = np.random.default_rng(0)
    made = {}
    for part, n in (("train", 21), ("valid", 14), *([("test", 7)] if test else [])):
        made[f"inputs_{part}"] = rng.integers(0, 256, (n, 2304)).astype(np.uint8)
        made[f"target_{part}"] = np.arange(n) % 7
    return made


def save(path, made):
    np.savez(path, **made)
    return str(path)


@pytest.mark.parametrize(
    "inputs",
    [
        lambda x: x,
        lambda x: x.reshape(-1, 48, 48),
        lambda x: x.astype(np.float64),
        lambda x: x / np.float32(255),
    ],
    ids=["flat", "square", "float", "fractions"],
)
@pytest.mark.parametrize(
    "targets", [lambda t: t, lambda t: np.eye(7)[t]], ids=["numbers", "one-hot"]
)
def test_toronto_in_its_forms(tmp_path, inputs, targets):
    made = arrays()
    changed = {k: (inputs if k.startswith("inputs") else targets)(v) for k, v in made.items()}
    data = load_dataset(save(tmp_path / "toronto_face.npz", changed))
    assert data.name == "Toronto faces"
    for part in ("train", "valid", "test"):
        split = data.split(part)
        assert np.array_equal(split.images.reshape(-1, 2304), made[f"inputs_{part}"])
        assert [LABELS[label] for label in split.labels] == [
            TORONTO[number] for number in made[f"target_{part}"]
        ]
    assert data.test.rows.tolist() == list(range(35, 42))


def test_without_a_test_part_half_of_the_validation_is_it(tmp_path):
    data = load_dataset(save(tmp_path / "toronto_face.npz", arrays(test=False)))
    assert [len(s) for s in (data.train, data.valid, data.test)] == [21, 7, 7]
    assert sorted([*data.valid.rows, *data.test.rows]) == list(range(21, 35))
    assert np.bincount(data.test.labels).tolist() == [1] * 7
    assert "no test part" in data.notes[1]


def test_starts_rafdb_has_its_own_numbers(tmp_path):
    data = load_dataset(save(tmp_path / "raf_db.npz", arrays()))
    assert data.name == "RAF-DB"
    assert [LABELS[label] for label in data.test.labels] == list(RAFDB)
    assert "0 surprise" in data.notes[0]


def test_starts_mix_of_both(tmp_path):
    rafdb = save(tmp_path / "raf_db.npz", arrays())
    made = {k: 255 - v if k.startswith("inputs") else v for k, v in arrays(test=False).items()}
    data = load_dataset(f"{rafdb}+{save(tmp_path / 'toronto_face.npz', made)}")
    assert data.name == "RAF-DB + Toronto faces"
    assert [len(s) for s in (data.train, data.valid, data.test)] == [42, 21, 14]
    assert [LABELS[label] for label in data.train.labels] == [*RAFDB * 3, *TORONTO * 3]


def test_the_label_tables_contain_starts_conversion():
    toronto, rafdb = (list(label_indices(name).values()) for name in ("Toronto faces", "RAF-DB"))
    assert {k: rafdb.index(index) for k, index in enumerate(toronto)} == START


def without(key):
    return lambda made: made.pop(key)


def put(key, row, value):
    def change(made):
        made[key] = made[key].astype(np.float64)
        made[key][row] = value

    return change


def replaced(key, array):
    return lambda made: made.update({key: array})


@pytest.mark.parametrize(
    "change, says",
    [
        (without("target_valid"), r"toronto\.npz lacks target_valid"),
        (without("target_test"), "lacks target_test"),
        (put("target_train", 4, 7), "target_train, row 4: the label"),
        (put("target_train", 4, 2.5), "target_train, row 4: the label"),
        (put("inputs_valid", (2, 5), 256), "inputs_valid, row 2: a grey value"),
        (put("inputs_valid", (2, 5), np.nan), "inputs_valid, row 2: a grey value"),
        (replaced("target_test", np.zeros((7, 7))), "target_test, row 0: not a single 1"),
        (replaced("target_test", np.arange(6)), "6 target_test for 7 inputs_test"),
        (replaced("target_test", np.array(["sad"] * 7)), "target_test is <U3"),
        (replaced("target_train", np.array(3)), r"target_train is int64 \(\)"),
        (replaced("inputs_test", np.zeros((7, 100))), r"inputs_test is float64 \(7, 100\)"),
        (replaced("inputs_test", np.array([None])), "cannot be read as .npz"),
        (replaced("inputs_test", np.zeros((0, 2304))), "0 inputs_test"),
    ],
)
def test_what_is_wrong_is_named(tmp_path, change, says):
    made = arrays()
    change(made)
    with pytest.raises(FerError, match=says):
        load_dataset(save(tmp_path / "toronto.npz", made))


@pytest.mark.parametrize("content", [b"", b"no archive", b"PK\x03\x04 cut short"])
def test_a_file_that_is_no_archive_is_named(tmp_path, content):
    (tmp_path / "toronto.npz").write_bytes(content)
    with pytest.raises(FerError, match=r"toronto\.npz cannot be read"):
        load_dataset(str(tmp_path / "toronto.npz"))
