"""Ship a finished run's weights: python -m train.export runs/NAME --name WEIGHTS_NAME."""

import argparse
import hashlib
import shutil
import sys
from pathlib import Path

from safetensors.torch import load_file, save

from fer_core.emotions import LABELS
from fer_core.report import EvalReport, read_report
from fer_core.types import FerError
from fer_core.weights import FOLDER, WeightsCard
from train.config import Recipe
from train.cut import read_cuts
from train.errors import RunError
from train.files import BEST, PREDICTIONS, REPORT, write_whole

MAX_BYTES = 14_000_000
LICENCE = "MIT for the weights; FER2013's images: Database Contents License 1.0, votes: MIT"


def export_report(run: Path, folder: Path = FOLDER) -> EvalReport:
    """Copy a finished run's report and predictions into `folder`/reports.

    Raises RunError where the run is not finished.
    """
    if not (run / REPORT).is_file():
        raise RunError(f"{run} has no {REPORT}: finish the run with train.run … --resume first.")
    report = read_report(run / REPORT)
    target = folder / _place(report)
    write_whole(target, lambda draft: shutil.copyfile(run / REPORT, draft))
    predictions = target.with_suffix(".npz")
    write_whole(predictions, lambda draft: shutil.copyfile(run / PREDICTIONS, draft))
    return report


def _place(report: EvalReport) -> str:
    return f"reports/{report.experiment}.json"


def export(run: Path, name: str, folder: Path = FOLDER) -> WeightsCard:
    """Write <name>.safetensors (float16), its card, and the run's report into `folder`.

    Raises RunError where the run is not finished, or its weights are too large to ship.
    """
    report = export_report(run, folder)
    raw = save(
        {k: v.half() if v.is_floating_point() else v for k, v in load_file(run / BEST).items()}
    )
    if len(raw) > MAX_BYTES:
        raise RunError(
            f"The weights of {run} take {len(raw) / 1e6:.1f} MB, more than the "
            f"{MAX_BYTES / 1e6:.0f} MB that are shipped. Their report is exported."
        )
    card = WeightsCard(
        name=name,
        arch=report.arch,
        arch_args=report.recipe["arch_args"],
        labels=LABELS,
        input=Recipe(**report.recipe).input_spec,
        crop=read_cuts(),
        temperature=report.temperature,
        params=report.params,
        sha256=hashlib.sha256(raw).hexdigest(),
        licence=LICENCE,
        trained_on=_trained_on(report),
        recipe={"experiment": report.experiment, "command": report.command, **report.recipe},
        metrics=_metrics(report),
        report=_place(report),
    )
    write_whole(folder / f"{name}.safetensors", lambda draft: draft.write_bytes(raw))
    # The card last: weights are listed by their cards, so a half-written export is not offered.
    text = card.to_json()
    write_whole(folder / f"{name}.json", lambda draft: draft.write_text(text, encoding="utf-8"))
    return card


def _trained_on(report: EvalReport) -> str:
    learned = "the shares of the FER+ votes" if report.main.label_set == "ferplus" else "its labels"
    data = report.main.dataset.removesuffix(" labels").removesuffix(" FER+ majority")
    return f"{data}, {learned}, {report.training_faces:,} training faces"


def _metrics(report: EvalReport) -> dict[str, dict[str, object]]:
    """By label set, on all faces of the test split; the report has the rest."""
    return {
        e.label_set: {
            "dataset": e.dataset,
            "split": e.split,
            "n": e.n,
            "accuracy": round(e.accuracy, 4),
            "interval": [round(end, 4) for end in e.interval],
            "recall": {
                label: round(figures["recall"], 4) for label, figures in e.per_class.items()
            },
        }
        for e in report.evaluations
        if e.subset == "all"
    }


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m train.export", description=__doc__)
    parser.add_argument("run", type=Path, help="run folder")
    chosen = parser.add_mutually_exclusive_group(required=True)
    chosen.add_argument("--name", help="name of the weights")
    chosen.add_argument("--report-only", action="store_true", help="ship the report alone")
    parser.add_argument("--to", type=Path, default=FOLDER, help="folder (default: weights/)")
    options = parser.parse_args()
    try:
        if options.report_only:
            print(options.to / _place(export_report(options.run, options.to)))
            return 0
        card = export(options.run, options.name, options.to)
    except FerError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    print(f"{options.to / card.name}.safetensors: {card.params:,} parameters, {card.metrics}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
