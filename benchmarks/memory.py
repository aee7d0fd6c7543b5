"""How much memory this process has."""

import re
from pathlib import Path


def memory_mb(what: str) -> float:
    """What Linux says of this process, in MB: "VmRSS" is now, "VmHWM" the most there ever was."""
    found = re.search(rf"{what}:\s+(\d+) kB", Path("/proc/self/status").read_text())
    return int(found[1]) / 1024 if found else float("nan")
