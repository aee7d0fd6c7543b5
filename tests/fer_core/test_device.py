from contextlib import nullcontext

import pytest
import torch

from fer_core import FerError
from fer_core.device import choose_device


@pytest.mark.parametrize(("threads", "words"), [(1, "CPU, 1 thread"), (3, "CPU, 3 threads")])
def test_the_cpu_in_words(threads, words, monkeypatch):
    monkeypatch.setattr(torch, "get_num_threads", lambda: threads)
    assert choose_device("cpu").in_words == words


def test_a_format_that_is_asked_for():
    choice = choose_device("cpu", "bfloat16")
    assert choice.dtype is torch.bfloat16
    assert choice.in_words.endswith(", bfloat16")
    with choice.autocast():
        assert (torch.ones(2, 2) @ torch.ones(2, 2)).dtype is torch.bfloat16


def test_a_format_that_there_is_not():
    with pytest.raises(FerError, match=r"'float8'\. Choose auto, float32 or bfloat16"):
        choose_device("cpu", "float8")


@pytest.mark.parametrize("name", ["abacus", None])
def test_a_device_that_there_is_not(name):
    with pytest.raises(FerError, match="There is no device"):
        choose_device(name)


@pytest.mark.parametrize("in_hardware", [True, False])
def test_bfloat16_only_on_gpus_that_have_it(in_hardware, monkeypatch):
    asked = []
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    monkeypatch.setattr(torch.cuda, "device", lambda device: asked.append(device) or nullcontext())
    monkeypatch.setattr(
        torch.cuda,
        "is_bf16_supported",
        lambda including_emulation=True: including_emulation or in_hardware,
    )
    dtype = choose_device("cuda:1").dtype
    assert dtype is (torch.bfloat16 if in_hardware else torch.float32)
    assert asked == [torch.device("cuda:1")]
