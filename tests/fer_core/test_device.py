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
