"""How much memory a process has."""

import re
from pathlib import Path


def memory_mb(what: str, pid: int | str = "self") -> float:
    """What Linux says of a process, in MB: "VmRSS" is now, "VmHWM" the most there ever was."""
    found = re.search(rf"{what}:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    return int(found[1]) / 1024 if found else float("nan")
