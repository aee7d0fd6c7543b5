"""What a step frees serves the next one."""

import platform
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent

# What steps do: write four large arrays, free them, and again; prints how many pages Linux mapped
# for the last five.
SCRIPT = """
import resource
import numpy as np
from train.memory import keep_freed_memory

def step():
    [np.ones(5_000_000) for _ in range(4)]

{call}
for _ in range(5):
    step()
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range(5):
    step()
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


def pages_mapped(call: str) -> int:
    script = SCRIPT.format(call=call)
    return int(subprocess.check_output([sys.executable, "-c", script], text=True, cwd=ROOT))


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="other allocators do as they do")
def test_freed_memory_is_kept():
    assert pages_mapped("keep_freed_memory()") < pages_mapped("") / 10
