from itertools import pairwise

import pytest
import torch
from torch import nn

from fer_core import FerError, create_model, list_models
from fer_core.models import model_summary
from fer_core.models.layers import ELU
from fer_core.models.registry import register

# Parameters in millions, from the table in the Leeds authors' repository: plain, SE, ECA, CBAM.
# Its plain VGG19 (42.87) lacks one convolution of the others, so it stands here at its 45.23.
LEEDS = {
    "vgg16": (39.92, 39.95, 39.92, 39.95),
    "vgg19": (45.23, 45.26, 45.23, 45.26),
    "resnet50": (23.49, 26.02, 23.65, 26.02),
    "resnet101": (42.46, 47.24, 42.81, 47.24),
    "resnet152": (58.08, 64.71, 58.60, 64.71),
    "resnetv2_50": (23.48, 26.01, 23.64, 26.01),
    "resnetv2_101": (42.44, 47.22, 42.79, 47.22),
    "resnetv2_152": (58.05, 64.68, 58.57, 64.69),
}
DEEP = ("vgg19", "resnet101", "resnet152", "resnetv2_101", "resnetv2_152")


def on_meta(name, **args):
    """The network without memory for its weights: enough to count them."""
    with torch.device("meta"):
        return create_model(name, **args)


def narrow(name, **args):
    """The network, with few channels where it has an argument for that."""
    leeds = name.startswith(tuple(LEEDS)) and name != "vgg16_transfer"
    small = {"width": 8} if leeds else {}
    return create_model(name, **small, **args)


def parameters(name):
    return sum(p.numel() for p in on_meta(name).parameters())


@pytest.mark.parametrize("name", list_models())
def test_shape(name):
    logits = narrow(name, num_classes=3).eval()(torch.randn(2, 1, 48, 48))
    assert logits.shape == (2, 3) and logits.dtype == torch.float32
    assert logits.isfinite().all()


@pytest.mark.parametrize("name", ["vgg19_cbam", "resnet50", "resnetv2_50_se"])
def test_shape_at_full_width(name):
    assert create_model(name).eval()(torch.randn(1, 1, 48, 48)).shape == (1, 7)


@pytest.mark.parametrize("name", [n for n in list_models() if not n.startswith(DEEP)])
def test_gradient(name):
    model = narrow(name)
    model(torch.randn(2, 1, 48, 48)).square().sum().backward()
    assert all(p.grad is not None and p.grad.isfinite().all() for p in model.parameters())


@pytest.mark.parametrize("pooling", ["max", "average"])
@pytest.mark.parametrize("activation", ["elu", "relu", "selu"])
@pytest.mark.parametrize("name", ["vgg16", "resnet50", "resnetv2_50"])
def test_activation_and_pooling(name, activation, pooling):
    model = create_model(name, width=8, activation=activation, pooling=pooling)
    kinds = {type(module) for module in model.modules()}
    layers = {"elu": ELU, "relu": nn.ReLU, "selu": nn.SELU}
    assert kinds & set(layers.values()) == {layers[activation]}
    assert (nn.AvgPool2d in kinds) == (pooling == "average")
    assert model.eval()(torch.randn(1, 1, 48, 48)).isfinite().all()


@pytest.mark.parametrize("activation", ["elu", "relu", "selu"])
def test_the_signal_reaches_the_end_of_vgg_without_batch_norm(activation):
    """PyTorch's own initial weights leave less than 0.001 of it here, and do not train."""
    torch.manual_seed(0)
    model = create_model("vgg16", width=16, activation=activation).eval()
    logits = model(torch.randn(8, 1, 48, 48) * 0.5)
    assert logits.std(0).mean() > 0.002


@pytest.mark.parametrize("family", LEEDS)
def test_the_leeds_networks_have_the_published_size(family):
    for suffix, millions in zip(("", "_se", "_eca", "_cbam"), LEEDS[family], strict=True):
        assert parameters(family + suffix) == pytest.approx(millions * 1e6, rel=0.01)


def convs(widths, depths, norm=False):
    """Parameters of blocks of 3x3 convolutions with bias."""
    layers = [
        (c if i else previous, c)
        for (previous, c), depth in zip(pairwise((1, *widths)), depths, strict=True)
        for i in range(depth)
    ]
    return sum(9 * i * o + o + 2 * o * norm for i, o in layers)


def dense(*widths):
    return sum(i * o + o for i, o in pairwise(widths))


VGG = (64, 128, 256, 512, 512)
# A body for ImageNet has three input channels in its 7x7 stem; ours has one, and a head for seven.
GREY_7 = dense(2048, 7) - 2 * 49 * 64


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("unt_cnn3", convs((64, 128, 256), (1, 1, 1), norm=True) + dense(9216, 256, 7)),
        ("usth_cnn", convs(VGG[:4], (2, 2, 3, 3)) + dense(4608, 128, 7)),
        ("vgg16_transfer", convs(VGG, (2, 2, 3, 3, 3)) + dense(512, 128, 7)),
        ("vgg_bn", convs(VGG[:4], (2, 2, 2, 2), norm=True) + dense(4608, 4096, 4096, 7)),
        ("vgg16", convs(VGG, (2, 2, 3, 3, 3)) + dense(2048, 4096, 4096, 7)),
        ("vgg19", convs(VGG, (2, 2, 4, 4, 4)) + dense(2048, 4096, 4096, 7)),
        # START's table: the residual pairs are the second and third convolution of 128 and 512.
        ("resnet9", convs((64, 128, 256, 512), (1, 3, 1, 3), norm=True) + dense(512, 7)),
        # torchvision's bodies, and Keras's trainable parameters without the top.
        ("resnet50", 23_508_032 + GREY_7),
        ("resnet101", 42_500_160 + GREY_7),
        ("resnet152", 58_143_808 + GREY_7),
        ("resnetv2_50", 23_519_360 + GREY_7),
        ("resnetv2_101", 42_528_896 + GREY_7),
        ("resnetv2_152", 58_187_904 + GREY_7),
        # The usual CIFAR-10 network has three channels and ten classes.
        ("cifar_resnet18", 11_173_962 - 2 * 9 * 64 - 3 * 513),
        # Arriaga's 58,423 less the running averages of batch norm.
        ("mini_xception", 58_423 - 1_472),
        # Keras's trainable parameters without the top, with the scale of each of its 10,944
        # normalised channels folded in, one channel in the stem, and a head for seven.
        ("mobilenet_v1", 3_206_976 - 10_944 - 2 * 9 * 32 + 7 * 1025),
        # The published networks have three channels and a thousand classes.
        ("efficientnet_lite0", 4_652_008 - 2 * 9 * 32 - 993 * 1281),
        ("efficientnet_lite2", 6_092_072 - 2 * 9 * 32 - 993 * 1281),
    ],
)
def test_parameter_counts(name, expected):
    assert parameters(name) == expected


def test_the_default_stays_small():
    assert 1.5e6 <= parameters("compact_se") <= 3e6


def test_summaries_fit_a_table():
    for name in list_models():
        assert model_summary(name).endswith(".") and len(model_summary(name)) < 100


def test_a_name_is_not_given_twice():
    def resnet9():
        """Another one."""

    with pytest.raises(ValueError, match="'resnet9' already"):
        register(resnet9)


@pytest.mark.parametrize("name", ["resnet10", []])
def test_an_unknown_model_names_the_known_ones(name):
    with pytest.raises(FerError, match="resnet9"):
        create_model(name)


@pytest.mark.parametrize(
    "name, fixed", [("vgg16", {"depth": 19}), ("compact", {"attention": nn.Identity})]
)
def test_what_makes_a_variant_is_not_the_callers_to_change(name, fixed):
    with pytest.raises(FerError, match="multiple values"):
        create_model(name, **fixed)


@pytest.mark.parametrize("name", ["resnet9", "vgg16_eca", "resnet50", "compact"])
def test_a_wrong_argument_is_named(name):
    with pytest.raises(FerError, match="colour"):
        on_meta(name, colour="red")


@pytest.mark.parametrize(
    "name, wrong",
    [
        ("compact_se", {"dropout": 2.0}),
        ("compact_se", {"widths": (8, 16)}),
        ("compact", {"widths": (), "depths": ()}),
        ("vgg16", {"width": 0}),
        ("resnet50", {"width": -1}),
        ("resnet9", {"num_classes": -1}),
    ],
)
@pytest.mark.filterwarnings("ignore:Initializing zero-element")
def test_a_value_that_the_network_refuses_is_named(name, wrong):
    with pytest.raises(FerError, match=f"'{name}' cannot be built from"):
        create_model(name, **wrong)
