"""What each network computes, and not only its shapes: two logits for weights that are made up in
the same way each time, and for the shipped weights the probabilities of one made-up face.

The expected values are those of the networks as they were read against their sources and trained:
`python -m tests.fer_core.test_graphs` writes them anew after a change that is meant.
"""

import json
import math
from pathlib import Path

import numpy as np
import pytest
import torch

from fer_core import create_model, list_weights
from fer_core.device import choose_device
from fer_core.weights import load_classifier, read_card

EXPECTED = Path(__file__).with_name("graphs.json")
NETWORKS = (
    *("unt_cnn3", "usth_cnn", "vgg16_transfer", "resnet9", "vgg16", "vgg16_cbam", "vgg16_ecbam"),
    *("resnet50", "resnet50_se", "resnet50_eca", "resnetv2_50", "resnetv2_50_cbam"),
    *("vgg_bn", "cifar_resnet18", "mini_xception", "mobilenet_v1"),
    *("efficientnet_lite0", "efficientnet_lite2"),
    *("compact", "compact_se", "compact_eca", "compact_cbam", "compact_ecbam"),
)


def wave(shape: torch.Size, number: int) -> torch.Tensor:
    """Values from -1 to 1 that follow no axis of the tensor: their period is a prime number."""
    places, length = torch.arange(9973, dtype=torch.float64), math.prod(shape)
    period = torch.sin(places * places * 0.37 + places * 1.3 + number)
    return period.repeat(-(-length // len(period)))[:length].reshape(shape)


@torch.no_grad()
def logits(name: str) -> list[float]:
    with torch.device("meta"):  # without the time for usual beginnings
        model = create_model(name)
    model = model.to_empty(device="cpu").eval()
    for number, (path, value) in enumerate(model.state_dict().items()):
        if not value.is_floating_point():
            continue
        made = wave(value.shape, number)
        if value.ndim > 1:
            made *= math.sqrt(3 / math.prod(value.shape[1:]))
        elif path.endswith(("weight", "running_var")):
            made = 1 + made / 4
        else:
            made /= 4
        value.copy_(made)
    found: list[float] = model(wave(torch.Size([1, 1, 48, 48]), 0).float())[0, :2].tolist()
    return [float(f"{logit:.4g}") for logit in found]  # the rest depends on the machine


def probs(name: str) -> list[float]:
    rows, columns = np.mgrid[:48, :48]
    face = (128 + 60 * np.sin(rows / 5) * np.cos(columns / 7) + columns).astype(np.uint8)
    classifier = load_classifier(read_card(name), choose_device("cpu"))
    found: list[float] = classifier(face[None])[0].tolist()
    return found


def kept(kind: str, name: str) -> list[float]:
    """What the network or the weights computed when the file was written."""
    values: dict[str, list[float]] = json.loads(EXPECTED.read_text())[kind]
    assert name in values, f"{name} is new: run python -m tests.fer_core.test_graphs"
    return values[name]


@pytest.mark.parametrize("name", NETWORKS)
def test_a_network_computes_what_it_did(name: str) -> None:
    assert logits(name) == pytest.approx(kept("logits", name), rel=0.01, abs=1e-3)


@pytest.mark.parametrize("name", list_weights())
def test_shipped_weights_answer_as_they_did(name: str) -> None:
    assert probs(name) == pytest.approx(kept("probs", name), abs=1e-3)


if __name__ == "__main__":
    values = {
        "logits": {name: logits(name) for name in NETWORKS},
        "probs": {name: [round(prob, 4) for prob in probs(name)] for name in list_weights()},
    }
    EXPECTED.write_text(json.dumps(values, indent=1) + "\n")
