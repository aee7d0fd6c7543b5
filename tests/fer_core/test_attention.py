import pytest
import torch

from fer_core import FerError, create_model, list_models
from fer_core.models.attention import (
    CBAM,
    ECBAM,
    ChannelGate,
    EfficientChannelAttention,
    SpatialGate,
    SqueezeExcite,
    adaptive_kernel,
)

MODULES = (SqueezeExcite, EfficientChannelAttention, CBAM, ECBAM)


@pytest.fixture
def features():
    return torch.randn(2, 64, 5, 6, generator=torch.Generator().manual_seed(0))


def gate_outputs(module, inputs):
    """What each gate gives, in the order of computation."""
    outputs = []
    for part in module.modules():
        if isinstance(part, ChannelGate | SpatialGate):
            part.register_forward_hook(lambda gate, _, out: outputs.append((type(gate), out)))
    return module(inputs), outputs


@pytest.mark.parametrize("module", MODULES)
def test_the_gates_give_the_weights(module, features):
    result, gates = gate_outputs(module(64), features)
    expected = features
    for _, weights in gates:
        expected = expected * weights
    assert torch.equal(result, expected)
    spatial = [(SpatialGate, (2, 1, 5, 6))] if module in (CBAM, ECBAM) else []
    assert [(kind, tuple(w.shape)) for kind, w in gates] == [
        (ChannelGate, (2, 64, 1, 1)),
        *spatial,
    ]
    assert all(w.std() > 0 for _, w in gates)


def test_squeeze_excite_follows_the_formula(features):
    module = SqueezeExcite(64, ratio=8)
    hidden = torch.relu(features.mean((2, 3)) @ module.squeeze.weight.T + module.squeeze.bias)
    weights = torch.sigmoid(hidden @ module.excite.weight.T + module.excite.bias)
    assert hidden.shape == (2, 8)
    assert torch.allclose(module(features), features * weights[:, :, None, None], atol=1e-6)


def test_cbam_sees_maxima_and_squeeze_excite_does_not(features):
    peaked = features - features.mean((2, 3), keepdim=True)
    peaked[:, :, 0, 0] += 5
    peaked[:, :, 0, 1] -= 5  # the means stay, the maxima do not
    for module, differs in ((SqueezeExcite(64), False), (CBAM(64), True)):
        before = gate_outputs(module, features - features.mean((2, 3), keepdim=True))[1][0][1]
        after = gate_outputs(module, peaked)[1][0][1]
        assert (not torch.allclose(before, after, atol=1e-5)) == differs


# Wang et al. 2020: |log2(C) / 2 + 1 / 2|, odd.
@pytest.mark.parametrize(
    ("channels", "kernel"), [(16, 3), (64, 3), (128, 5), (256, 5), (512, 5), (2048, 7)]
)
def test_adaptive_kernel(channels, kernel):
    assert adaptive_kernel(channels) == kernel
    assert sum(p.numel() for p in EfficientChannelAttention(channels).parameters()) == kernel


@pytest.mark.parametrize("kernel", [1, 3, 5, 7, 9])
def test_eca_mixes_as_many_neighbours_as_its_kernel(kernel, features):
    module = EfficientChannelAttention(64, kernel)
    changed = features.clone()
    changed[:, 30] += 1
    weights, new_weights = (gate_outputs(module, x)[1][0][1] for x in (features, changed))
    differing = (weights != new_weights).any(0).flatten().nonzero().flatten().tolist()
    assert differing == list(range(30 - kernel // 2, 30 + kernel // 2 + 1))


@pytest.mark.parametrize(
    ("name", "args", "says"),
    [
        ("vgg16_eca", {"kernel": 4}, "kernel"),
        ("resnet50_ecbam", {"kernel": "large"}, "kernel"),
        ("compact_se", {"ratio": 0}, "ratio"),
        ("compact_cbam", {"ratio": -2}, "ratio"),
        ("compact", {"ratio": 8}, "ratio"),
        ("vgg16_se", {"kernel": 3}, "kernel"),
        ("vgg16_se", {"placement": "before"}, "after_last_added"),
        ("vgg16", {"activation": "tanh"}, "elu, relu, selu"),
        ("resnetv2_50", {"pooling": "min"}, "max, average"),
    ],
)
def test_a_wrong_option_is_named(name, args, says):
    with torch.device("meta"), pytest.raises(FerError, match=says):
        create_model(name, **args)


def gates_of(name):
    args = {} if name.startswith("compact") else {"width": 8}
    return gate_outputs(create_model(name, **args).eval(), torch.zeros(1, 1, 48, 48))[1]


@pytest.mark.parametrize(
    ("family", "places"),
    [("compact", 7), ("vgg19", 1), ("resnet101", 33), ("resnetv2_50", 16)],
)
def test_every_variant_has_its_gates_in_every_place(family, places):
    assert gates_of(family) == []
    for suffix, per_place in (("_se", 1), ("_eca", 1), ("_cbam", 2), ("_ecbam", 2)):
        assert len(gates_of(family + suffix)) == places * per_place
    assert [kind for kind, _ in gates_of(f"{family}_cbam")[:2]] == ([ChannelGate, SpatialGate])


def test_options_reach_the_attention():
    with torch.device("meta"):
        sizes = {
            name: [sum(p.numel() for p in create_model(name, **args).parameters()) for args in both]
            for name, both in {
                "vgg16_se": ({"ratio": 4}, {"ratio": 32}),
                "resnet50_cbam": ({"ratio": 4}, {"ratio": 32}),
                "vgg16_eca": ({"kernel": 9}, {"kernel": "adaptive"}),
            }.items()
        }
    assert sizes["vgg16_se"][0] - sizes["vgg16_se"][1] == (128 - 16) * (2 * 512 + 1)
    assert sizes["resnet50_cbam"][0] > sizes["resnet50_cbam"][1] + 5e6
    assert sizes["vgg16_eca"][0] - sizes["vgg16_eca"][1] == 9 - 5


@pytest.mark.parametrize(
    ("placement", "factor"), [("after_last_added", 1.5), ("after_last", 0.5), ("after_each", None)]
)
def test_placement_in_vgg(placement, factor):
    """Gates at one half multiply what enters the dense layers by a known factor."""
    plain = create_model("vgg16", width=8).eval()
    model = create_model("vgg16_se", width=8, placement=placement).eval()
    gates = [m for m in model.modules() if isinstance(m, SqueezeExcite)]
    assert [g.squeeze.in_features for g in gates] == (
        [8, 16, 32, 64, 64] if placement == "after_each" else [64]
    )
    if factor is None:
        return
    attention = {id(p) for gate in gates for p in gate.parameters()}
    own = [p for p in model.parameters() if id(p) not in attention]
    with torch.no_grad():
        for gate in gates:
            gate.excite.weight.zero_()
            gate.excite.bias.zero_()
        for mine, theirs in zip(own, plain.parameters(), strict=True):
            mine.copy_(theirs)
    entering = []
    for network in (plain, model):
        flatten = next(m for m in network.modules() if isinstance(m, torch.nn.Flatten))
        flatten.register_forward_hook(lambda *call: entering.append(call[2]))
        network(torch.randn(1, 1, 48, 48, generator=torch.Generator().manual_seed(1)))
    assert torch.allclose(entering[1], factor * entering[0], rtol=1e-4)


@pytest.mark.parametrize("name", ["resnet50_se", "resnetv2_50_se"])
def test_attention_in_resnets_stands_before_the_addition(name):
    """Where every gate is shut, only the shortcuts are left: the body's weights do not matter."""
    model = create_model(name, width=8).eval()
    inputs = torch.randn(1, 1, 48, 48)
    with torch.no_grad():
        for gate in (m for m in model.modules() if isinstance(m, SqueezeExcite)):
            gate.excite.weight.zero_()
            gate.excite.bias.fill_(-1000)
        before = model(inputs)
        for key, parameter in model.named_parameters():
            if "body" in key:
                parameter.mul_(2)
        assert torch.equal(model(inputs), before)
        for key, parameter in model.named_parameters():
            if "shortcut" in key:
                parameter.mul_(2)
        assert not torch.equal(model(inputs), before)


def test_every_family_has_every_variant():
    names = set(list_models())
    families = {n.removesuffix("_ecbam") for n in names if n.endswith("_ecbam")}
    assert len(families) == 9
    assert {f + s for f in families for s in ("", "_se", "_eca", "_cbam")} <= names
