import pytest
import torch

from fer_core import FerError, create_model, list_models


@pytest.mark.parametrize("name", list_models())
def test_shape_and_gradient(name):
    model = create_model(name)
    inputs = torch.randn(4, 1, 48, 48)
    logits = model(inputs)
    assert logits.shape == (4, 7) and logits.dtype == torch.float32
    logits.sum().backward()
    assert all(p.grad is not None and p.grad.isfinite().all() for p in model.parameters())


@pytest.mark.parametrize("name", list_models())
def test_number_of_classes(name):
    assert create_model(name, num_classes=3).eval()(torch.zeros(1, 1, 48, 48)).shape == (1, 3)


def parameters(name):
    return sum(p.numel() for p in create_model(name).parameters())


def test_parameter_counts():
    # START's table: convolutions 1-64-128, 128x2, 256, 512, 512x2, each with batch norm, linear 7.
    wide = [(1, 64), (64, 128), (128, 128), (128, 128), (128, 256), (256, 512), (512, 512)]
    expected = sum(9 * i * o + o + 2 * o for i, o in [*wide, (512, 512)]) + 512 * 7 + 7
    assert parameters("resnet9") == expected
    assert 1.5e6 <= parameters("compact_se") <= 3e6


def test_an_unknown_model_names_the_known_ones():
    with pytest.raises(FerError, match="resnet9"):
        create_model("resnet10")


def test_a_wrong_argument_is_named():
    with pytest.raises(FerError, match="colour"):
        create_model("resnet9", colour="red")
