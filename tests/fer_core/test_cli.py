"""The command line, as a person calls it."""

import errno
import io
import json
import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from picture_files import cases
from PIL import Image

from fer_core import annotate_files
from fer_core.__main__ import main


def run(capsys, *words):
    code = main([str(word) for word in words])
    return code, *capsys.readouterr()


@pytest.fixture
def photo(tmp_path, astronaut):
    path = tmp_path / "me.jpg"
    exif = Image.Exif()
    exif[0x0112] = 6  # stored turned, as phones do
    exif.get_ifd(0x8825)[2] = (52.0, 31.0, 12.0)  # GPS latitude
    Image.fromarray(np.rot90(astronaut).copy()).save(path, exif=exif, quality=95)
    return path


@pytest.mark.parametrize("style", ["emoji", "badge", "word", "box"])
def test_annotate_writes_an_upright_picture_without_exif(capsys, tmp_path, photo, style):
    code, out, _ = run(capsys, "annotate", photo, "--out", tmp_path / "o", "--style", style)
    assert code == 0 and "happy" in out
    with Image.open(tmp_path / "o" / "me-faces.png") as result:
        assert result.size == (512, 512)
        assert not result.getexif() and "exif" not in result.info


def test_json_lies_beside_the_picture(capsys, tmp_path, photo):
    run(capsys, "annotate", photo, "--out", tmp_path / "o", "--json")
    found = json.loads((tmp_path / "o" / "me-faces.json").read_text())
    assert found["source"] == "me.jpg" and found["faces"][0]["label"] == "happy"


@contextmanager
def piped(content):
    """The path of a pipe as a shell's <(...) names it, in which some bytes wait."""
    reader, writer = os.pipe()

    def write():
        with os.fdopen(writer, "wb") as file:
            file.write(content)

    with ThreadPoolExecutor() as other, os.fdopen(reader):  # what nobody reads ends with it
        other.submit(write)
        yield Path(f"/dev/fd/{reader}")


pipes = pytest.mark.skipif(not Path("/dev/fd").is_dir(), reason="a system without such paths")


@pipes
def test_a_picture_from_a_pipe(capsys, tmp_path, photo):
    with piped(photo.read_bytes()) as path:
        code, out, _ = run(capsys, "annotate", path, "--out", tmp_path / "o")
    assert code == 0 and "happy" in out
    assert [p.name for p in (tmp_path / "o").iterdir()] == [f"pipe-{path.name}-faces.png"]


@pipes
@pytest.mark.parametrize("content, says", [(b"", "is empty"), (b"text" * 9, "is not a picture")])
def test_a_pipe_without_a_picture_is_not_opened_again(capsys, tmp_path, monkeypatch, content, says):
    monkeypatch.setattr(annotate_files, "_opens_as_clip", lambda _: pytest.fail("opened"))
    with piped(content) as path:
        code, _, err = run(capsys, "annotate", path, "--out", tmp_path / "o")
    assert code == 1 and says in err and "Only pictures may come through a pipe." in err


def test_a_batch_goes_on_and_names_what_failed(capsys, tmp_path, photo):
    text = tmp_path / "text.jpg"
    text.write_text("no picture")
    missing = tmp_path / "missing.png"
    code, out, err = run(capsys, "annotate", text, photo, missing, "--out", tmp_path / "o")
    assert code == 1
    assert (tmp_path / "o" / "me-faces.png").is_file() and "happy" in out
    assert "text.jpg" in err and "missing.png" in err and "2 of 3" in err
    assert "Traceback" not in err


def test_a_link_to_itself_is_named_and_the_rest_goes_on(capsys, tmp_path, photo):
    loop = tmp_path / "loop.jpg"
    loop.symlink_to(loop)
    code, _, errors = run(capsys, "annotate", str(loop), str(photo), "--out", str(tmp_path / "o"))
    assert code == 1 and "loop.jpg" in errors and "1 of 2 files failed" in errors
    assert len(list((tmp_path / "o").iterdir())) == 1


def test_a_name_as_long_as_the_disk_takes(capsys, tmp_path, photo):
    for index, letters in enumerate(("n" * 250, "長" * 83)):
        long = tmp_path / f"{letters}.jpg"
        shutil.copy(photo, long)
        code, *_ = run(capsys, "annotate", long, "--out", tmp_path / "o", "--json")
        assert code == 0 and len(list((tmp_path / "o").iterdir())) == 2 * (index + 1)


def test_names_that_the_terminal_cannot_show_do_not_end_a_batch(tmp_path, photo, monkeypatch):
    named = photo.rename(tmp_path / "zoë.jpg")
    for name in ("stdout", "stderr"):
        monkeypatch.setattr(sys, name, io.TextIOWrapper(io.BytesIO(), "ascii", "strict"))
    code = main(["annotate", str(named), str(tmp_path / "né.jpg"), "--out", str(tmp_path / "o")])
    sys.stdout.flush()
    sys.stderr.flush()
    assert code == 1 and (tmp_path / "o" / "zoë-faces.png").is_file()
    assert b"zo\\xeb.jpg -> " in sys.stdout.buffer.getvalue()
    assert b"n\\xe9.jpg" in sys.stderr.buffer.getvalue()


@pytest.mark.parametrize("names", [("IMG", "img"), ("zo\u00eb", "zoe\u0308")], ids=["case", "form"])
def test_results_whose_names_some_disks_take_for_one_are_numbered(
    capsys, tmp_path, astronaut, names
):
    folder = tmp_path / "o"
    paths = [tmp_path / f"{name}.png" for name in names]
    for path in paths:
        Image.fromarray(astronaut[:64, :64]).save(path)
    run(capsys, "annotate", *paths, "--out", folder)
    assert {path.name for path in folder.iterdir()} == {
        f"{names[0]}-faces.png",
        f"{names[1]}-faces-2.png",
    }


def test_a_result_does_not_overwrite_an_input_in_another_case(capsys, tmp_path, photo):
    other = photo.with_name("Me-faces.PNG")
    other.write_bytes(b"no picture")
    run(capsys, "annotate", photo, other, "--out", tmp_path)
    assert (tmp_path / "me-faces-2.png").is_file() and not (tmp_path / "me-faces.png").exists()


def test_results_overwrite_no_input_and_not_each_other(capsys, tmp_path, astronaut):
    paths = []
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        paths.append(tmp_path / folder / "me.png")
        Image.fromarray(astronaut).save(paths[-1])
    for _ in range(2):  # a run may be repeated
        run(capsys, "annotate", *paths, "--out", tmp_path / "a")
        results = {"me-faces.png", "me-faces-2.png"}
        assert {p.name for p in (tmp_path / "a").iterdir()} == {"me.png", *results}
    first = (tmp_path / "a" / "me-faces.png").read_bytes()
    again = (tmp_path / "a" / "me-faces.png", paths[1])
    run(capsys, "annotate", *again, "--out", tmp_path / "a")
    assert (tmp_path / "a" / "me-faces.png").read_bytes() == first
    assert (tmp_path / "a" / "me-faces-faces.png").is_file()


def test_an_original_of_another_kind_is_not_overwritten(capsys, tmp_path, photo, astronaut):
    original = photo.with_suffix(".png")
    Image.fromarray(astronaut).save(original)
    before = original.read_bytes()
    code, _, _ = run(capsys, "annotate", photo, "--out", photo.parent)
    assert code == 0 and original.read_bytes() == before


def test_ctrl_c_ends_it_between_pictures_with_a_sentence(capsys, tmp_path, photo, monkeypatch):
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(annotate_files, "render", interrupted)
    code, _, err = run(capsys, "annotate", photo, photo, "--out", tmp_path / "o")
    assert code == 130 and err == "Stopped. Finished files are kept.\n"


def test_ctrl_c_before_the_first_file(capsys, monkeypatch):
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("fer_core.__main__.annotate", interrupted)
    code, _, err = run(capsys, "annotate", "a.jpg", "--out", "o")
    assert code == 130 and err == "Stopped.\n"


def test_a_reader_who_leaves_early():
    root = Path(__file__).resolve().parents[2]
    reads_nothing, writes = os.pipe()
    os.close(reads_nothing)
    models = [sys.executable, "-m", "fer_core", "models"]
    done = subprocess.run(models, cwd=root, stdout=writes, stderr=subprocess.PIPE)
    os.close(writes)
    assert done.returncode == 0 and not done.stderr


@pytest.mark.parametrize("stdout", ["full disk", "reader who left"])
def test_lines_that_cannot_be_printed_stop_no_work(tmp_path, photo, monkeypatch, capsys, stdout):
    if stdout == "full disk":
        lost = os.open("/dev/full", os.O_WRONLY)
    else:
        reader, lost = os.pipe()
        os.close(reader)
    (tmp_path / "text.jpg").write_text("no picture")
    inputs = [str(path) for path in (photo, tmp_path / "text.jpg", photo)]
    with os.fdopen(lost, "w") as stream:
        monkeypatch.setattr(sys, "stdout", stream)
        assert main(["annotate", *inputs, "--out", str(tmp_path / "o")]) == 1
    assert len(list((tmp_path / "o").iterdir())) == 2
    assert "1 of 3 files failed" in capsys.readouterr().err


def test_a_list_that_cannot_be_printed_is_an_error(monkeypatch, capsys):
    with open("/dev/full", "w") as stream:
        monkeypatch.setattr(sys, "stdout", stream)
        assert main(["models"]) == 1
    assert capsys.readouterr().err == (
        "error: The list cannot be written: the disk is full. Make room first.\n"
    )


@pytest.mark.parametrize("code", [errno.EPIPE, errno.EINVAL])  # what Linux and Windows say
def test_a_reader_of_a_list_who_has_left_has_seen_enough(code, tmp_path, monkeypatch, capsys):
    def refuse(text):
        raise OSError(code, os.strerror(code))

    with open(tmp_path / "unread", "w") as stream:
        monkeypatch.setattr(stream, "write", refuse)
        monkeypatch.setattr(sys, "stdout", stream)
        assert main(["models"]) == 0
    assert not capsys.readouterr().err


def test_an_output_folder_that_cannot_be_made_is_told_before_the_work(
    capsys, tmp_path, photo, monkeypatch
):
    monkeypatch.setattr(annotate_files, "read_picture", lambda *_: pytest.fail("worked"))
    (tmp_path / "file").write_text("")
    for out in (tmp_path / "file", tmp_path / "file" / "o"):
        code, _, err = run(capsys, "annotate", photo, "--out", out)
        assert code == 1 and err == f"error: {out} cannot be written to: Not a directory.\n"


def test_a_photo_that_is_called_like_a_clip_and_a_folder(capsys, tmp_path, photo):
    named = photo.rename(tmp_path / "me.mp4")
    code, out, err = run(capsys, "annotate", named, tmp_path, "--out", tmp_path / "o")
    assert code == 1 and "me-faces.png: happy" in out
    assert f"error: {tmp_path}: {tmp_path} cannot be read as a file: Is a directory." in err


@pytest.mark.parametrize("listing", ["weights", "models", "detectors"])
def test_listings(capsys, listing):
    code, out, _ = run(capsys, listing, "--json")
    names = [row["name"] for row in json.loads(out)]
    assert code == 0 and names
    _, table, _ = run(capsys, listing)
    assert all(name in table for name in names)


def test_a_broken_card_does_not_hide_the_other_weights(capsys, monkeypatch):
    monkeypatch.setattr("fer_core.__main__.list_weights", lambda: ["no-more", "compact-ferplus"])
    code, out, err = run(capsys, "weights", "--json")
    assert code == 1 and "There are no weights 'no-more'" in err
    assert [row["name"] for row in json.loads(out)] == ["compact-ferplus"]


def test_as_a_program():
    result = subprocess.run(
        [sys.executable, "-m", "fer_core", "detectors", "--json"], capture_output=True, text=True
    )
    assert result.returncode == 0 and json.loads(result.stdout)[0]["name"] == "mtcnn"


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.name)
def test_every_kind_of_file_gives_a_result_or_a_sentence(capsys, tmp_path, case):
    path = tmp_path / case.name
    path.write_bytes(case.data)
    code, out, err = run(capsys, "annotate", path, "--out", tmp_path / "o")
    if case.size is None:
        assert code == 1 and case.says in err and not (tmp_path / "o").exists()
    else:
        assert code == 0 and err == ""
        assert case.says.lower() in out.lower()
        with Image.open(tmp_path / "o" / f"{path.stem}-faces.png") as result:
            assert result.size == case.size
