"""The README's figures of speed are those of the last runs."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]


def result(name: str) -> Any:
    return json.loads((ROOT / "benchmarks" / "results" / f"{name}.json").read_text())


@pytest.mark.parametrize("faces", ["1", "4"])
def test_the_server(faces):
    figures = result("live")["faces"][faces]
    text = (ROOT / "README.md").read_text()
    for of in ("median", "mean"):
        ratio = figures[f"plain_to_followed_{of}"]
        assert f"{of} {figures['followed'][of]:.0f} ms, {ratio:.1f} times as fast" in text


def test_the_browser_and_the_clip():
    text = (ROOT / "README.md").read_text()
    (page,) = result("webcam")["one viewer, one face"]
    assert f"{page['frames_per_second']} frames a second, {page['delay_median_ms']} ms" in text
    clip = result("video")
    assert f"| {clip['frames_per_second']} frames a second |" in text
    saved = clip["each_frame_analyzed"]["pictures_to_followed"]
    assert f"{saved:.1f} times as fast as picture by picture" in text


def test_the_dashboard():
    text = " ".join((ROOT / "README.md").read_text().split())
    figures = result("dashboard")
    pages = figures["seconds_to_page"]["100 reports"].values()
    first = figures["seconds_to_first_page"]
    assert f"{min(pages):.1f} to {max(pages):.1f} seconds after the click" in text
    assert f"after {first['100 reports']:.1f}, where" in text
    assert f"takes {first['bare page']:.1f} (" in text


def test_the_format():
    text = " ".join((ROOT / "README.md").read_text().split())
    networks = result("training")["networks"]
    unt, resnet9 = (networks[n]["bfloat16_times_as_fast"] for n in ("unt_cnn3", "resnet9"))
    assert f"UNT's and ResNet9 {unt:.1f} and {resnet9:.1f} times" in text
    assert networks["efficientnet_lite0"]["bfloat16_times_as_fast"] < 1


def test_what_compiling_gains():
    text = " ".join((ROOT / "README.md").read_text().split())
    networks = result("compiled")["networks"]
    gain = networks["resnet50"]["times_as_fast"]
    assert f"With `--compile` too, Leeds's ResNet50 trains {gain:.1f} times as fast" in text
    assert networks["unt_cnn3"]["times_as_fast"] < 1


def test_the_crop_and_the_spoiled_faces():
    text = " ".join((ROOT / "README.md").read_text().split())
    crop = result("crop")
    assert f"| detector | faces found, of {crop['faces']} |" in text
    for name, title in (("mtcnn", "MTCNN"), ("haar", "Haar")):
        found = crop["detectors"][name]
        default = found["compact-ferplus"]
        shares = re.search(rf"\| {title} \| {found['found']} \| ([\d.]+)% \| ([\d.]+)% \|", text)
        assert shares is not None
        assert [float(share) for share in shares.groups()] == pytest.approx(
            [100 * default[f"accuracy_{way}"] for way in ("through_pipeline", "direct")], abs=0.051
        )
    found = crop["detectors"]["mtcnn"]
    losses = {
        name: 100 * (each["accuracy_direct"] - each["accuracy_through_pipeline"])
        for name, each in found.items()
        if isinstance(each, dict) and each["labels"] == "fer2013"
    }
    compact, lite0 = (f"{losses[name]:.1f}" for name in ("compact-fer2013", "lite0-fer2013"))
    assert (
        f"`compact-fer2013` loses {compact} points by MTCNN's cut and `lite0-fer2013` {lite0}"
        in text
    )
    worst = max(losses, key=lambda name: losses[name])
    assert f"lose up to {losses[worst]:.1f} (`{worst}`)" in text
    faces = result("degraded")
    assert f"the same with {faces['faces']} faces" in text
    assert f"| picture | faces found, of {faces['faces']} |" in text
    for kind, title in (("none", "as it is"), ("blur", "blurred"), ("low_light", "dark")):
        each = faces["conditions"][kind]
        share = each["accuracy"]["compact-ferplus"]["ferplus"]
        assert f"| {title} | {each['found']} | {share:.1%} |" in text
