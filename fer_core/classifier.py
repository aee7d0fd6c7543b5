"""Crops to probabilities."""

from copy import copy
from dataclasses import replace

import numpy as np
import torch
from torch import Tensor, nn

from fer_core.device import DeviceChoice
from fer_core.emotions import LABELS
from fer_core.inputs import InputSpec
from fer_core.types import Float32Array, UInt8Array

BATCH = 256


class Classifier:
    """A model with the input it was trained on; training, evaluation and serving all call this.

    model: the caller's own, which is moved to the device, and put into evaluation mode.
    temperature: softens (above 1) or sharpens the probabilities, so that they say how often the
    answer is right (see `at_temperature`).
    """

    def __init__(
        self,
        model: nn.Module,
        spec: InputSpec,
        choice: DeviceChoice,
        temperature: float = 1.0,
    ) -> None:
        # Convolutions run fastest with the channels of a pixel side by side.
        self.model = model.to(choice.device).to(memory_format=torch.channels_last).eval()
        self.spec = spec
        self.choice = choice
        self.temperature = temperature

    @torch.inference_mode()
    def __call__(self, crops: UInt8Array) -> Float32Array:
        """uint8 crops, grey (N, H, W) or RGB (N, H, W, 3), any size -> float32 (N, 7).

        Each row sums to 1. Raises ImageError for crops of another type or shape.
        """
        inputs = self.spec.to_tensor(crops)
        probs = [np.zeros((0, len(LABELS)), np.float32)]
        for start in range(0, len(inputs), BATCH):
            probs.append(self._probs(inputs[start : start + BATCH]).cpu().numpy())
        return at_temperature(np.concatenate(probs), self.temperature)

    def one_pass(self) -> "Classifier":
        """The same classifier without the second pass over mirror images: twice as fast."""
        other = copy(self)
        other.spec = replace(self.spec, mirror_average=False)
        return other

    def _probs(self, inputs: Tensor) -> Tensor:
        if self.spec.mirror_average:
            inputs = torch.cat([inputs, inputs.flip(3)])
        inputs = inputs.to(self.choice.device).contiguous(memory_format=torch.channels_last)
        with self.choice.autocast():
            probs: Tensor = self.model(inputs).float().softmax(1)
        if self.spec.mirror_average:
            straight, mirrored = probs.chunk(2)
            return (straight + mirrored) / 2
        return probs


def at_temperature(probs: Float32Array, temperature: float) -> Float32Array:
    """Probabilities (N, K) -> the same with their logits divided by the temperature.

    Of answers averaged over passes, it is the average that is divided, which calibrates better
    than averaging what was calibrated (Rahaman & Thiery 2021).
    Source: Guo et al., "On Calibration of Modern Neural Networks", ICML 2017.
    """
    if temperature == 1.0:
        return probs
    powers = (probs / probs.max(1, keepdims=True)) ** np.float32(1 / temperature)
    return np.asarray(powers / powers.sum(1, keepdims=True), np.float32)
