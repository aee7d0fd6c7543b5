"""How fast do networks train on this device, and how near is that to what it can do?

Steps of forward, backward and update on a batch that already lies on the device, against a large
matrix product in the same number format, in the same run.
"""

import argparse
import time
from typing import Any

import torch

from fer_core.device import DeviceChoice, choose_device
from train.config import Recipe
from train.memory import keep_freed_memory
from train.speed import PASSES, forward_flops, step_seconds

OPTIONS = ("device", "batch")
ARCHITECTURES = ("resnet9", "vgg19", "resnet50", "compact_se")
PRODUCTS = 10  # one after the other, before the clock is read


def measure(options: argparse.Namespace) -> dict[str, Any]:
    """Images/s and TFLOP/s of each network, and the share of the matrix product's rate."""
    keep_freed_memory()  # as the training commands do
    choice = choose_device(options.device)
    on_gpu = choice.device.type == "cuda"
    batch = options.batch or (512 if on_gpu else 8)
    product = product_rate(choice, 8192 if on_gpu else 1024)
    networks = {}
    for arch in ARCHITECTURES:
        recipe = Recipe(arch)
        images = batch / step_seconds(recipe, choice, batch)
        rate = PASSES * forward_flops(recipe) * images
        networks[arch] = {
            "images_per_second": round(images, 1),
            "tflop_per_second": round(rate / 1e12, 3),
            "share_of_matrix_product": round(rate / product, 3),
        }
    return {
        "device": choice.in_words,
        "format": str(choice.dtype).removeprefix("torch."),
        "batch": batch,
        "matrix_product_tflop_per_second": round(product / 1e12, 3),
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
