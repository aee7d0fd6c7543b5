"""Which device and number format to compute with, and why."""

from dataclasses import dataclass

import torch

from fer_core.types import OptionError


@dataclass(frozen=True)
class DeviceChoice:
    """A device, the format for matrix work on it, and the reason for both in words."""

    device: torch.device
    dtype: torch.dtype
    reason: str

    @property
    def in_words(self) -> str:
        """The GPU's name, or how many threads of the CPU are in use, and a format unusual there."""
        if self.device.type == "cuda":
            unusual = ", float32" if self.dtype is torch.float32 else ""
            return torch.cuda.get_device_name(self.device) + unusual
        threads = torch.get_num_threads()
        unusual = ", bfloat16" if self.dtype is torch.bfloat16 else ""
        return f"CPU, {threads} thread{'s' if threads > 1 else ''}{unusual}"

    def autocast(self) -> torch.autocast:
        """A context in which matrix work runs in `dtype` (no effect for float32)."""
        return torch.autocast(self.device.type, self.dtype, enabled=self.dtype is not torch.float32)


FORMATS = {"float32": torch.float32, "bfloat16": torch.bfloat16}


def choose_device(name: str = "auto", number_format: str = "auto") -> DeviceChoice:
    """Resolve "auto", "cpu", "cuda" or "cuda:N", and "auto" or a format's name in FORMATS.

    Raises OptionError where either is not available here.
    """
    choice = _usual_choice(name)
    if number_format == "auto":
        return choice
    if number_format not in FORMATS:
        raise OptionError(
            f"There is no number format {number_format!r}. Choose auto, {' or '.join(FORMATS)}."
        )
    return DeviceChoice(choice.device, FORMATS[number_format], f"{number_format} was asked for")


def _usual_choice(name: str) -> DeviceChoice:
    try:
        device = torch.device(name if name != "auto" else "cuda" if _has_cuda() else "cpu")
    except (RuntimeError, TypeError) as error:
        raise OptionError(f"There is no device {name!r}. Choose auto, cpu or cuda.") from error
    if device.type == "cpu":
        return DeviceChoice(device, torch.float32, "on CPUs the usual format is float32")
    if device.type != "cuda":
        raise OptionError(f"Device {name!r} is not supported. Choose auto, cpu or cuda.")
    if not _has_cuda() or (device.index or 0) >= torch.cuda.device_count():
        raise OptionError(f"Device {name!r} is not on this machine. Choose auto or cpu.")
    with torch.cuda.device(device):
        in_hardware = torch.cuda.is_bf16_supported(including_emulation=False)
    if in_hardware:
        return DeviceChoice(device, torch.bfloat16, "this GPU computes fastest in bfloat16")
    return DeviceChoice(device, torch.float32, "this GPU has no bfloat16")


def _has_cuda() -> bool:
    return torch.cuda.is_available()
