"""How many times as fast does `--compile` train networks on this device?

Steps in bfloat16 on a batch that already lies on the device, as they are and compiled, by turns in
the same run; the fastest round of each counts.
"""

import argparse
import time
from typing import Any

import torch

from fer_core.device import choose_device
from train.config import Recipe
from train.machine import Machine, exact_float32
from train.memory import keep_freed_memory
from train.speed import step_seconds

OPTIONS = ("device", "batch")
ARCHITECTURES = ("resnet50", "resnetv2_50", "vgg19", "unt_cnn3")
ROUNDS = 4


def measure(options: argparse.Namespace) -> dict[str, Any]:
    """Images/s of each network, plain and compiled, and the ratio."""
    keep_freed_memory()  # both as the training commands do
    exact_float32()
    choice = choose_device(options.device, "bfloat16")
    batch = options.batch or (512 if choice.device.type == "cuda" else 128)
    networks = {}
    for arch in ARCHITECTURES:
        recipe, machines = Recipe(arch), (Machine(choice), Machine(choice, compiled=True))
        torch.compiler.reset()
        started = time.perf_counter()
        rounds = [[step_seconds(recipe, each, batch) for each in machines] for _ in range(ROUNDS)]
        plain, compiled = (batch / min(seconds) for seconds in zip(*rounds, strict=True))
        networks[arch] = {
            "images_per_second": round(plain, 1),
            "compiled_images_per_second": round(compiled, 1),
            "times_as_fast": round(compiled / plain, 2),
            "seconds_in_all": round(time.perf_counter() - started),
        }
    return {"device": choice.in_words, "batch": batch, "networks": networks}
