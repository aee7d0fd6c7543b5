"""The README's examples run; that of the endpoint, where the endpoint's tests are."""

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from clip_files import frame_times, make_clip
from PIL import Image

from demo.gradio_app import EXAMPLES_FOLDER
from tests.readme_examples import readme_examples


def test_the_examples_of_the_package(
    tmp_path: Path,
    astronaut: np.ndarray,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    shutil.copy(EXAMPLES_FOLDER / "astronaut.jpg", "photo.jpg")
    clip = make_clip("mov", size_wh=(512, 512), draw=lambda number, size_wh: astronaut)
    Path("holiday.mov").write_bytes(clip)
    picture, film, _ = readme_examples()
    told: dict[str, Any] = {"camera": [(number / 25, astronaut) for number in range(2)]}

    exec(picture, told)
    assert capsys.readouterr().out.startswith("['happy'] [[")
    assert told["analysis"].probs.shape == (1, 7) and told["analysis"].probs.dtype == np.float32
    with Image.open("faces.png") as faces:
        assert (np.asarray(faces) != astronaut).any(2).mean() > 0.01

    exec(film, told)
    assert told["analysis"].people == (1,)
    assert (told["picture"] != astronaut).any(2).mean() > 0.01
    assert told["progress"].share == 1
    assert len(frame_times(Path("out.mp4").read_bytes())) == 12
