"""The README's examples in Python."""

import re
from pathlib import Path

README = Path(__file__).resolve().parent.parent / "README.md"


def readme_examples() -> list[str]:
    return re.findall(r"```python\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
