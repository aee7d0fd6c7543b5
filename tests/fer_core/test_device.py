"""How many cores PyTorch uses where."""

import torch

from fer_core.device import one_core_worker


def test_a_one_core_worker_leaves_other_threads_alone():
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        worker, other = one_core_worker("test"), one_core_worker("other")
        assert worker.submit(torch.get_num_threads).result() == 1
        assert torch.get_num_threads() == 2
        assert other.submit(torch.get_num_threads).result() == 1
    finally:
        torch.set_num_threads(before)
