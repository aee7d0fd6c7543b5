"""The command line with clips, as a person calls it."""

import csv
import json
import os
import signal
import sys

import numpy as np
import pytest
from clip_fakes import moving, red_pipeline
from clip_files import frame_times, make_clip, noise, sound_only
from PIL import Image

from fer_core import FerPipeline
from fer_core.__main__ import main
from fer_core.annotate_files import CLIP_SUFFIXES

RESULTS = {"me-faces.mp4", "me-faces.csv", "me-faces-moments.png"}


@pytest.fixture(autouse=True)
def pipeline(monkeypatch):
    pipeline = red_pipeline()
    monkeypatch.setattr(FerPipeline, "from_weights", lambda *names: pipeline)
    return pipeline


@pytest.fixture
def clip(tmp_path):
    path = tmp_path / "me.mov"
    path.write_bytes(make_clip("mov", frames=12, draw=moving, sound="aac"))
    return path


def run(capsys, *words):
    code = main([str(word) for word in words])
    return code, *capsys.readouterr()


def test_a_clip_gives_video_table_sheet_and_json(capsys, tmp_path, clip):
    out = tmp_path / "o"
    code, said, err = run(capsys, "annotate", clip, "--out", out, "--json", "--every", 4)
    assert (code, err) == (0, "")
    assert said == f"{clip} -> {out / 'me-faces.mp4'}: 0.5 s, person 1 mostly happy\n"
    assert {p.name for p in out.iterdir()} == {
        f"me-faces{end}" for end in (".mp4", ".csv", "-moments.png", ".json")
    }
    assert len(frame_times((out / "me-faces.mp4").read_bytes())) == 12
    with (out / "me-faces.csv").open(newline="") as file:
        assert [int(row["frame"]) for row in csv.DictReader(file)] == [0, 4, 8, 11]
    found = json.loads((out / "me-faces.json").read_text())
    assert found["source"] == "me.mov" and len(found["faces"]) == 4
    with Image.open(out / "me-faces-moments.png") as sheet:
        assert sheet.width > 200


def test_pictures_and_clips_go_together_and_names_do_not_clash(capsys, tmp_path, clip):
    Image.fromarray(moving(0, (160, 120))).save(tmp_path / "me.png")
    (tmp_path / "b").mkdir()
    second = tmp_path / "b" / "me.mp4"
    second.write_bytes(clip.read_bytes())
    words = ("annotate", tmp_path / "me.png", clip, second, "--out", tmp_path / "b", "--json")
    code, _, _ = run(capsys, *words)
    assert code == 0 and second.read_bytes() == clip.read_bytes()  # an input is kept
    names = {path.name for path in (tmp_path / "b").iterdir()} - {"me.mp4"}
    clips = {
        f"me-faces-{n}{end}" for n in (2, 3) for end in (".mp4", ".csv", ".json", "-moments.png")
    }
    assert names == {"me-faces.png", "me-faces.json"} | clips
    assert "width" in json.loads((tmp_path / "b" / "me-faces.json").read_text())


def test_a_clip_is_known_by_its_content_too(capsys, tmp_path, clip):
    plain = clip.rename(tmp_path / "holiday")
    code, _, _ = run(capsys, "annotate", plain, "--out", tmp_path / "o")
    assert code == 0 and (tmp_path / "o" / "holiday-faces.mp4").is_file()
    assert ".gif" not in CLIP_SUFFIXES


def test_a_batch_goes_on_and_names_what_failed(capsys, tmp_path, clip):
    bad = {
        "text.mp4": b"no clip at all",
        "empty.mkv": b"",
        "song.mp4": sound_only(),
        "cut.mp4": make_clip(frames=20, draw=noise)[:5000],
        "text": b"neither picture nor clip",
    }
    for name, data in bad.items():
        (tmp_path / name).write_bytes(data)
    paths = [tmp_path / name for name in [*bad, "missing.mp4"]]
    code, out, err = run(capsys, "annotate", *paths, clip, "--out", tmp_path / "o")
    assert code == 1 and "me.mov" in out
    lines = err.splitlines()
    assert len(lines) == 7 and "6 of 7 files failed." in lines[-1]
    for name, says in (
        ("text.mp4", "is not a video"),
        ("empty.mkv", "is empty"),
        ("song.mp4", "only sound"),
        ("cut.mp4", "cut short"),
        ("text", "is not a picture"),
        ("missing.mp4", "There is no file"),
    ):
        assert any(line.startswith(f"error: {tmp_path / name}:") and says in line for line in lines)
    assert {p.name for p in (tmp_path / "o").iterdir()} == {
        f"me-faces{end}" for end in (".mp4", ".csv", "-moments.png")
    }


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--every", 0), "give 1 to 30"),
        (("--smoothing", 99), "give 0 to 10"),
        (("--max-minutes", 0), "more than 0"),
    ],
)
def test_wrong_choices_get_a_sentence(capsys, tmp_path, clip, words, says):
    code, _, err = run(capsys, "annotate", clip, "--out", tmp_path / "o", *words)
    assert code == 1 and says in err and "Traceback" not in err


def test_limits_are_told(capsys, tmp_path, clip):
    words = ("annotate", clip, "--out", tmp_path / "o", "--max-minutes", 0.2 / 60)
    code, out, _ = run(capsys, *words)
    assert code == 0 and "Only the first 0.2 s of the clip were used" in out


def test_ctrl_c_keeps_what_was_done(capsys, tmp_path, clip, pipeline, monkeypatch):
    monkeypatch.setattr("fer_core.clip_analysis.CHUNK_FRAMES", 4)
    detect = pipeline.detector.__call__

    class Interrupting:
        name = "mtcnn"
        calls = 0

        def __call__(self, picture):
            self.calls += 1
            if self.calls == 6:
                os.kill(os.getpid(), signal.SIGINT)
            return detect(picture)

    object.__setattr__(pipeline, "detector", Interrupting())
    before = signal.getsignal(signal.SIGINT)
    words = ("annotate", clip, tmp_path / "next.mp4", "--out", tmp_path / "o")
    code, out, err = run(capsys, *words)
    assert code == 130 and err == "Stopped. Finished files are kept.\n"
    assert signal.getsignal(signal.SIGINT) is before
    assert "Stopped after 0.2 s; what was done until then was kept." in out
    frames = len(frame_times((tmp_path / "o" / "me-faces.mp4").read_bytes()))
    assert 4 <= frames <= 8
    assert {p.name for p in (tmp_path / "o").iterdir()} == {
        f"me-faces{end}" for end in (".mp4", ".csv", "-moments.png")
    }


def test_a_terminal_is_told_how_far_it_is(capsys, tmp_path, clip, monkeypatch):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    _, _, err = run(capsys, "annotate", clip, "--out", tmp_path / "o")
    assert "me.mov: 100%, 0.5 s done, 0:00 left" in err
    assert err.endswith("\r") and not err.rsplit("\r", 2)[1].strip()  # and then it is gone


@pytest.mark.parametrize(
    ("columns", "says"), [(34, "\rme.m: 100%, "), (20, "\r: 100%, 0.5 s done")]
)
def test_a_narrow_terminal_gets_one_line(capsys, tmp_path, clip, monkeypatch, columns, says):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    monkeypatch.setenv("COLUMNS", str(columns))
    _, _, err = run(capsys, "annotate", clip, "--out", tmp_path / "o")
    assert says in err and max(map(len, err.split("\r"))) == columns - 1


def test_the_sheet_of_an_earlier_run_does_not_stay_beside_another_video(capsys, tmp_path, clip):
    words = ("annotate", clip, "--out", tmp_path / "o")
    run(capsys, *words)
    clip.write_bytes(make_clip(draw=lambda number, size_wh: np.full((120, 160, 3), 90, np.uint8)))
    code, said, _ = run(capsys, *words, "--cover")
    assert code == 0 and "no face found" in said
    assert {p.name for p in (tmp_path / "o").iterdir()} == {"me-faces.mp4", "me-faces.csv"}


def test_cover_hides_faces_in_pictures_and_on_the_sheet(capsys, tmp_path, clip):
    Image.fromarray(moving(0, (160, 120))).save(tmp_path / "photo.png")
    words = ("annotate", clip, tmp_path / "photo.png", "--out", tmp_path / "o")
    run(capsys, *words, "--style", "word", "--cover")
    for name in ("me-faces-moments.png", "photo-faces.png"):
        with Image.open(tmp_path / "o" / name) as picture:
            red = (np.asarray(picture.convert("RGB")).astype(int) - (250, 10, 10)).__abs__().sum(2)
        assert (red < 40).sum() < 60, name


def test_an_output_folder_that_cannot_be_made(capsys, tmp_path, clip):
    (tmp_path / "file").write_text("")
    code, _, err = run(capsys, "annotate", clip, "--out", tmp_path / "file" / "o")
    assert code == 1 and "cannot be written" in err
