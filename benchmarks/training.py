"""How fast do networks train on this device, and how near is that to what it can do?

Steps of forward, backward and update on a batch that already lies on the device, in float32 and
bfloat16, each against a large matrix product in the same number format, in the same run. A share
above 1 says that the library's own product is slow there, as MKL's in float32 is on AMD.
"""

import argparse
import time
from typing import Any

import torch

from fer_core.device import FORMATS, DeviceChoice, choose_device
from train.config import Recipe
from train.machine import Machine, exact_float32
from train.memory import keep_freed_memory
from train.speed import PASSES, forward_flops, step_seconds

OPTIONS = ("device", "batch")
ARCHITECTURES = ("resnet9", "vgg19", "resnet50", "unt_cnn3", "compact_se", "efficientnet_lite0")
PRODUCTS = 10  # one after the other, before the clock is read


def measure(options: argparse.Namespace) -> dict[str, Any]:
    """Images/s and TFLOP/s of each network, and the share of the matrix product's rate.

    In each number format, and how many times as fast bfloat16 is.
    """
    keep_freed_memory()  # both as the training commands do
    exact_float32()
    choices = {name: choose_device(options.device, name) for name in FORMATS}
    device = choose_device(options.device)
    on_gpu = device.device.type == "cuda"
    batch = options.batch or (512 if on_gpu else 32)
    products = {n: product_rate(c, 8192 if on_gpu else 1024) for n, c in choices.items()}
    networks = {}
    for arch in ARCHITECTURES:
        recipe = Recipe(arch)
        figures: dict[str, Any] = {}
        for name, choice in choices.items():
            images = batch / step_seconds(recipe, Machine(choice), batch)
            rate = PASSES * forward_flops(recipe) * images
            figures[name] = {
                "images_per_second": round(images, 1),
                "tflop_per_second": round(rate / 1e12, 3),
                "share_of_matrix_product": round(rate / products[name], 3),
            }
        one, other = (figures[name]["images_per_second"] for name in ("bfloat16", "float32"))
        networks[arch] = {**figures, "bfloat16_times_as_fast": round(one / other, 2)}
    return {
        "device": device.in_words,
        "batch": batch,
        "matrix_product_tflop_per_second": {n: round(p / 1e12, 3) for n, p in products.items()},
        "networks": networks,
    }


def product_rate(choice: DeviceChoice, side: int) -> float:
    """Floating point operations per second of a product of two square matrices, at its best."""
    a, b = torch.randn(2, side, side, device=choice.device, dtype=choice.dtype)
    rounds = []
    for _ in range(3):
        started = time.perf_counter()
        for _ in range(PRODUCTS):
            product = a @ b
        product[0, 0].item()  # waits for the device
        rounds.append(time.perf_counter() - started)
    return PRODUCTS * 2.0 * side**3 / min(rounds)
