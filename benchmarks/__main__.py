"""Run benchmarks, print their figures, and keep them as JSON: python -m benchmarks [NAME ...]."""

import argparse
import json
import os
import sys
from pathlib import Path

from benchmarks import crop, detectors
from fer_core.types import FerError

BENCHMARKS = {"crop": crop, "detectors": detectors}
RESULTS = Path(__file__).parent / "results"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(BENCHMARKS))
    for module in BENCHMARKS.values():
        module.add_arguments(parser)
    options = parser.parse_args()
    if unknown := set(options.names) - set(BENCHMARKS):
        parser.error(f"no benchmark {', '.join(unknown)}; there are: {', '.join(BENCHMARKS)}")
    for name in options.names or BENCHMARKS:
        try:
            figures = BENCHMARKS[name].measure(options)
        except FerError as error:
            print(f"error: {error}", file=sys.stderr)
            return 1
        figures = {"benchmark": name, "cpus": os.cpu_count(), **figures}
        text = json.dumps(figures, indent=1)
        print(text)
        if "not run" not in figures:
            RESULTS.mkdir(exist_ok=True)
            (RESULTS / f"{name}.json").write_text(text + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
