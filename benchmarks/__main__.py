"""Run benchmarks, print their figures, and keep them as JSON: python -m benchmarks [NAME ...]."""

import argparse
import json
import os
import shlex
import sys
from pathlib import Path

from benchmarks import compiled, crop, dashboard, degraded, detectors, live, training, video, webcam
from benchmarks.cpu import cpu_name
from fer_core.types import FerError
from fer_core.weights import list_weights

BENCHMARKS = {
    "compiled": compiled,
    "crop": crop,
    "dashboard": dashboard,
    "degraded": degraded,
    "detectors": detectors,
    "live": live,
    "training": training,
    "video": video,
    "webcam": webcam,
}
RESULTS = Path(__file__).parent / "results"


def command(name: str, options: argparse.Namespace) -> str:
    """The call that measures the same again, with its defaults; the data set's path is PATH."""
    words = ["python", "-m", "benchmarks", name]
    for option in BENCHMARKS[name].OPTIONS:
        value = getattr(options, option)
        if option == "data":
            value = "PATH"
        elif isinstance(value, Path):
            value = os.path.relpath(value)
        if value is not None:
            words += [f"--{option}", *map(str, value if isinstance(value, list) else [value])]
    return shlex.join(words)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(BENCHMARKS))
    parser.add_argument("--data", help="FER2013, for crop and degraded")
    parser.add_argument(
        "--faces",
        type=int,
        default=300,
        help="how many, for crop and degraded (default: %(default)s)",
    )
    parser.add_argument(
        "--weights",
        nargs="+",
        default=list_weights(),
        metavar="NAME",
        help="for crop and degraded (default: all)",
    )
    parser.add_argument(
        "--photos",
        type=Path,
        default=detectors.EXAMPLES,
        help="folder of .jpg photos, for detectors",
    )
    parser.add_argument(
        "--device", default="auto", help="auto, cpu or cuda, for training and video"
    )
    parser.add_argument("--batch", type=int, help="faces in a step, for training")
    parser.add_argument(
        "--frames", type=int, default=150, help="how many, for live (default: %(default)s)"
    )
    parser.add_argument(
        "--seconds", type=int, default=20, help="of each run, for webcam (default: %(default)s)"
    )
    parser.add_argument(
        "--minutes",
        type=int,
        default=10,
        help="over which memory is watched, for live and webcam; of the clip, for video",
    )
    parser.add_argument(
        "--reports", type=int, default=100, help="how many, for dashboard (default: %(default)s)"
    )
    parser.add_argument(
        "--models",
        type=int,
        default=10,
        help="opened in turn, for dashboard (default: %(default)s)",
    )
    parser.add_argument(
        "--every",
        type=int,
        default=1,
        help="analyze every n-th frame, for video (default: %(default)s)",
    )
    return parser


def main() -> int:
    parser = _parser()
    options = parser.parse_args()
    if unknown := set(options.names) - set(BENCHMARKS):
        parser.error(f"no benchmark {', '.join(unknown)}; there are: {', '.join(BENCHMARKS)}")
    for name in options.names or BENCHMARKS:
        try:
            figures = BENCHMARKS[name].measure(options)
        except FerError as error:
            print(f"error: {error}", file=sys.stderr)
            return 1
        figures = {
            "benchmark": name,
            "command": command(name, options),
            "cpu": cpu_name(),
            "cpus": os.cpu_count(),
            **figures,
        }
        text = json.dumps(figures, indent=1)
        print(text)
        if "not run" not in figures:
            RESULTS.mkdir(exist_ok=True)
            (RESULTS / f"{name}.json").write_text(text + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
