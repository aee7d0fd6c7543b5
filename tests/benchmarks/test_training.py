from argparse import Namespace
from types import SimpleNamespace

import torch

from benchmarks import training
from fer_core.device import choose_device
from fer_core.models import list_models


def test_rates_and_shares_follow_from_the_step_time(monkeypatch):
    monkeypatch.setattr(training, "forward_flops", lambda recipe: 1e9)
    seconds = {torch.float32: 0.5, torch.bfloat16: 0.25}
    monkeypatch.setattr(
        training, "step_seconds", lambda recipe, machine, batch: seconds[machine.choice.dtype]
    )
    monkeypatch.setattr(training, "product_rate", lambda choice, side: 1e11)
    figures = training.measure(Namespace(device="cpu", batch=4))
    assert figures["batch"] == 4
    assert {"resnet9", "vgg19", "resnet50", "compact_se"} <= figures["networks"].keys()
    assert figures["networks"].keys() <= set(list_models())
    # Eight images a second, each a forward and a backward pass, which is twice as much.
    for network in figures["networks"].values():
        assert network["float32"] == {
            "images_per_second": 8,
            "tflop_per_second": 0.024,
            "share_of_matrix_product": 0.24,
        }
        assert network["bfloat16"]["share_of_matrix_product"] == 0.48
        assert network["bfloat16_times_as_fast"] == 2


def test_the_best_round_of_matrix_products_counts(monkeypatch):
    clock = iter((0.0, 7.0, 7.0, 9.0, 9.0, 12.0))
    monkeypatch.setattr(training, "time", SimpleNamespace(perf_counter=lambda: next(clock)))
    # Two operations a multiplication, 100³ of them a product, and the best round took 2 s.
    rate = training.product_rate(choose_device("cpu"), 100)
    assert rate == training.PRODUCTS * 2 * 100**3 / 2


def test_the_device_is_measured(monkeypatch):
    monkeypatch.setattr(training, "ARCHITECTURES", ("compact_se",))
    monkeypatch.setattr(training, "PRODUCTS", 1)
    figures = training.measure(Namespace(device="cpu", batch=2))
    for number_format, rate in figures["matrix_product_tflop_per_second"].items():
        assert rate > 0
        assert figures["networks"]["compact_se"][number_format]["images_per_second"] > 0
