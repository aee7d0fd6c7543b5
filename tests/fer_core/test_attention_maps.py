from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch
from torch import nn

from fer_core import FerError, create_model
from fer_core.attention_maps import CAPTIONS, enlarge, grad_cam, own_maps
from fer_core.classifier import Classifier
from fer_core.device import DeviceChoice, choose_device
from fer_core.faithfulness import faithfulness
from fer_core.inputs import InputSpec
from fer_core.models.variants import SUFFIXES

CPU = choose_device("cpu")
KINDS = sorted(suffix[1:] for suffix in SUFFIXES if suffix)


def small(arch="compact_cbam", **spec):
    """Two blocks, of 8 channels on 24x24 positions and of 16 on 12x12, with fixed weights."""
    torch.manual_seed(0)
    return Classifier(create_model(arch, widths=[8, 16], depths=[1, 1]), InputSpec(**spec), CPU)


def faces(n):
    return np.random.default_rng(0).integers(0, 255, (n, 48, 48), np.uint8)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_attention_gives_its_maps(kind):
    first, second = own_maps(small(f"compact_{kind}"), faces(1)[0], strongest=3)
    assert (first.block, second.block) == ("blocks.0.attention", "blocks.1.attention")
    assert first.kind == kind and kind in CAPTIONS
    assert first.channel.shape == (8,) and second.channel.shape == (16,)
    assert first.features.shape == (3, 24, 24) and second.features.shape == (3, 12, 12)
    assert first.spatial.shape == ((24, 24) if kind.endswith("cbam") else (0, 0))


def test_own_maps_are_the_networks_own_values():
    classifier = small()
    crop = faces(1)[0]
    second = own_maps(classifier, crop, strongest=4)[1]
    model = classifier.model
    with torch.inference_mode():
        entering = model.blocks[0](model.stem(classifier.spec.to_tensor(crop[None])))
        block = model.blocks[1]
        normed = block.norm2(block.conv2(torch.relu(block.norm1(block.conv1(entering)))))
        leaving = block.attention(normed)[0].numpy()
    weights = second.channel[:, None, None] * second.spatial
    assert np.allclose(normed[0].numpy() * weights, leaving, atol=1e-5)
    assert second.strongest.tolist() == np.argsort(-second.channel)[:4].tolist()
    assert np.allclose(second.features, leaving[second.strongest], atol=1e-5)


def test_a_model_without_attention_has_no_maps_of_its_own():
    assert own_maps(small("compact"), faces(1)[0]) == ()


class Halves(nn.Module):
    """Texture on the left speaks for class 0 and against class 1, on the right for class 1."""

    def __init__(self):
        super().__init__()
        self.edges = nn.Conv2d(1, 1, 3, padding=1, bias=False)
        self.edges.weight.data = torch.full((1, 1, 3, 3), -1.0)
        self.edges.weight.data[0, 0, 1, 1] = 8.0
        self.head = nn.Linear(2, 7, bias=False)
        self.head.weight.data = torch.eye(7, 2) * 3
        self.head.weight.data[1, 0] = -3

    def forward(self, x):
        texture = self.edges(x).relu()
        left = (torch.arange(x.shape[3]) < x.shape[3] // 2).float()
        return self.head(torch.cat([texture * left, texture * (1 - left)], 1).mean((2, 3)))


def halves(**spec):
    return Classifier(Halves(), InputSpec(**spec), CPU)


@pytest.mark.parametrize("class_index", [0, 1])
def test_grad_cam_lights_what_the_class_depends_on(class_index):
    cam = grad_cam(halves(), faces(2), class_index)
    lit, dark = cam.maps[:, :, :24], cam.maps[:, :, 24:]
    if class_index == 1:
        lit, dark = dark, lit
    assert lit.mean() > 0.1 and not dark.any()
    assert cam.grid_hw == (48, 48)
    assert cam.maps.dtype == np.float32 and np.allclose(cam.maps.max((1, 2)), 1)


def test_grad_cam_of_what_the_class_depends_on_is_faithful():
    classifier, crops = halves(), faces(1)
    right, wrong = (
        faithfulness(classifier, crops[0], grad_cam(classifier, crops, shown).maps[0], 0)
        for shown in (0, 1)
    )
    assert right.deletion.area < right.deletion.chance_area < wrong.deletion.area
    assert right.insertion.area > right.insertion.chance_area > wrong.insertion.area


def test_grad_cams_scale_is_the_logit():
    classifier, crops = halves(), faces(2)
    cam = grad_cam(classifier, crops, 0)
    with torch.inference_mode():
        logits = classifier.model(classifier.spec.to_tensor(crops))[:, 0].numpy()
    means = (cam.maps * cam.peaks[:, None, None]).mean((1, 2))
    assert np.allclose(means, logits, rtol=1e-4) and (logits > 0.1).all()


def test_grad_cam_of_a_class_that_nothing_speaks_for_is_dark():
    cam = grad_cam(halves(), faces(1), 5)
    assert not cam.maps.any() and cam.peaks.tolist() == [0]


def test_grad_cam_follows_a_mirror_averaged_answer():
    crops = faces(1)
    cam = grad_cam(halves(mirror_average=True), crops, 0)
    plain = grad_cam(halves(), np.concatenate([crops, crops[:, :, ::-1]]), 0)
    straight, mirrored = plain.maps * plain.peaks[:, None, None]
    expected = (straight + mirrored[:, ::-1]) / 2
    assert np.allclose(cam.maps[0] * cam.peaks[0], expected, atol=1e-5)
    assert cam.maps[0, :, 24:].any()


@pytest.mark.parametrize(
    ("arch", "grid"),
    [
        ("efficientnet_lite0", 3),
        ("mini_xception", 3),
        ("mobilenet_v1", 4),
        ("resnet50_se", 2),
        ("resnetv2_50", 2),
        ("unt_cnn3", 6),
        ("vgg16_cbam", 2),
        ("vgg16_transfer", 3),
    ],
)
def test_every_family_has_a_last_stage(arch, grid):
    args = {"width": 8} if arch.startswith(("vgg16_c", "resnet50", "resnetv2")) else {}
    classifier = Classifier(create_model(arch, **args), InputSpec(), CPU)
    crops = faces(2).repeat(2, 2)
    cam = grad_cam(classifier, crops, 0)
    assert cam.grid_hw == (grid, grid) and cam.maps.shape == (2, 48, 96)
    assert all(parameter.grad is None for parameter in classifier.model.parameters())


def test_the_last_stage_of_resnet9_is_its_sum():
    """The sum is no module's output; a hook would find the residual branch alone."""
    classifier, crops = Classifier(create_model("resnet9"), InputSpec(), CPU), faces(1)
    model = classifier.model
    model.head.weight.data.abs_()  # a random weight below 0 could make the whole map dark
    cam = grad_cam(classifier, crops, 2)
    with torch.inference_mode():
        early = model.conv2(model.conv1(classifier.spec.to_tensor(crops)))
        late = model.conv4(model.conv3(early + model.residual1(early)))
        stage = late + model.residual2(late)
        # Max pooling hands a channel's gradient to one position: their sum is the head's weight.
        expected = (model.head.weight[2][:, None, None] * stage).sum(1).relu().numpy()
    assert expected.max() > 0.01
    assert np.allclose(cam.maps * cam.peaks, enlarge(expected, (48, 48)), atol=1e-4)


def test_grad_cam_works_where_the_caller_has_no_gradients():
    classifier, crops = small(), faces(1)
    expected = grad_cam(classifier, crops, 0).maps
    classifier.model.requires_grad_(False)
    with torch.inference_mode():
        assert np.array_equal(grad_cam(classifier, crops, 0).maps, expected)


def test_two_users_of_one_model_get_their_own_maps():
    classifier, crops = small(), faces(40)

    def look(crop):
        blocks = own_maps(classifier, crop)
        arrays = [getattr(b, name) for b in blocks for name in ("channel", "spatial", "features")]
        return [*arrays, grad_cam(classifier, crop[None], 0).maps]

    serial = [look(crop) for crop in crops]
    with ThreadPoolExecutor(2) as pool:
        together = list(pool.map(look, crops))
    for expected, got in zip(serial, together, strict=True):
        assert len(got) == 7
        assert all(np.array_equal(a, b) for a, b in zip(expected, got, strict=True))
    assert not np.array_equal(serial[0][0], serial[1][0])


def test_maps_are_float32_whatever_the_network_computes_in():
    half = DeviceChoice(CPU.device, torch.bfloat16, "for the test")
    classifier, crops = small(), faces(1)
    other = Classifier(classifier.model, classifier.spec, half)
    for expected, got in zip(
        own_maps(classifier, crops[0]), own_maps(other, crops[0]), strict=True
    ):
        assert got.channel.dtype == got.spatial.dtype == got.features.dtype == np.float32
        assert np.allclose(got.channel, expected.channel, atol=0.02)
        assert not np.array_equal(got.channel, expected.channel)
    expected, got = (grad_cam(c, crops, 0) for c in (classifier, other))
    assert got.maps.dtype == np.float32 and np.allclose(got.maps, expected.maps, atol=0.05)


class Failing(nn.Module):
    def forward(self, x):
        raise RuntimeError("out of memory")


@pytest.mark.parametrize(
    "function", [lambda c: own_maps(c, faces(1)[0]), lambda c: grad_cam(c, faces(1), 0)]
)
def test_a_failure_leaves_the_model_as_it_was(function):
    classifier = small()
    head, expected = classifier.model.head, classifier(faces(1))
    classifier.model.head = Failing()
    with pytest.raises(RuntimeError, match="memory"):
        function(classifier)
    classifier.model.head = head
    assert not any(module._forward_hooks for module in classifier.model.modules())
    assert torch.overrides._get_current_function_mode() is None
    assert np.array_equal(classifier(faces(1)), expected)


def test_what_cannot_be_looked_at_is_refused():
    with pytest.raises(FerError, match="class 7"):
        grad_cam(small(), faces(1), 7)
    with pytest.raises(FerError, match="uint8"):
        own_maps(small(), faces(1)[0].astype(np.float32))
    flat = nn.Sequential(nn.Flatten(), nn.Linear(48 * 48, 7))
    with pytest.raises(FerError, match="convolution"):
        grad_cam(Classifier(flat, InputSpec(), CPU), faces(1), 0)
