"""Ship a finished run's weights: python -m train.export runs/NAME --name WEIGHTS_NAME."""

import argparse
import hashlib
import re
import sys
from dataclasses import replace
from pathlib import Path

from safetensors.torch import save

from fer_core.emotions import LABELS
from fer_core.files import write_whole
from fer_core.report import EvalReport, read_report
from fer_core.weights import FOLDER, CardFigures, WeightsCard, list_weights, read_card
from train.config import Recipe
from train.cuts import read_cuts
from train.errors import RunError
from train.evaluate import data_name, in_words
from train.experiments import EXPERIMENTS
from train.files import BEST, PREDICTIONS, REPORT, read_tensors
from train.options import exit_code

MAX_BYTES = 14_000_000
_IMAGES_LICENCES = {"FER2013": "FER2013's images: Database Contents License 1.0, votes: MIT"}

_BEGINNINGS = {
    "imagenet": "published ImageNet weights (NOTICE)",
    "vggface2": "weights learned from VGGFace2, whose faces are for research only",
}


def export_report(run: Path, folder: Path = FOLDER) -> EvalReport:
    """Copy a finished run's report and predictions into `folder`/reports, the report last.

    Raises RunError where the run is not finished, or the report of another data set or of weights
    has that place.
    """
    report = _finished_report(run)
    if weights := _weights_of(report, folder):
        raise RunError(
            f"{folder / _place(report)} is the report of the weights {', '.join(weights)}, which "
            f"are of another run. Give another folder: --to, or export the weights, too: --name."
        )
    _write_report(report, run, folder)
    return report


def _write_report(report: EvalReport, run: Path, folder: Path) -> None:
    target = folder / _place(report)
    _refuse_to_replace(target, report)
    write_whole(target.with_suffix(".npz"), (run / PREDICTIONS).read_bytes())
    write_whole(target, report.to_json())


def _refuse_to_replace(target: Path, report: EvalReport) -> None:
    if not target.is_file():
        return
    there, ours = data_name(read_report(target).main), data_name(report.main)
    if there != ours:
        raise RunError(
            f"{target} is a report on {there}, which one on {ours} would replace. Give another "
            "folder: --to."
        )


def _finished_report(run: Path) -> EvalReport:
    if not all((run / name).is_file() for name in (REPORT, PREDICTIONS)):
        raise RunError(f"{run} has no {REPORT}: finish the run with train.run … --resume first.")
    return read_report(run / REPORT)


def _called(report: EvalReport, name: str, folder: Path) -> EvalReport:
    """The report, named after its weights if it is on another data set than its experiment's, or
    would overwrite a report that other weights cite."""
    declared = EXPERIMENTS.get(report.experiment)
    elsewhere = declared is not None and declared.data != data_name(report.main)
    others = set(_weights_of(report, folder)) - {name}
    return replace(report, experiment=name) if elsewhere or others else report


def _weights_of(report: EvalReport, folder: Path) -> list[str]:
    """The weights in the folder whose card has its figures from the report at this one's place."""
    return [
        name for name in list_weights(folder) if read_card(name, folder).report == _place(report)
    ]


def _place(report: EvalReport) -> str:
    return f"reports/{report.experiment}.json"


def has_weights_to_ship(run: Path) -> bool:
    """Whether a finished run has weights, and they are not too large."""
    return (run / BEST).is_file() and len(_as_shipped(run)) <= MAX_BYTES


def _as_shipped(run: Path) -> bytes:
    """The run's best weights as the bytes of a .safetensors file, in float16."""
    tensors = read_tensors(run / BEST)
    return save({k: v.half() if v.is_floating_point() else v for k, v in tensors.items()})


def export(run: Path, name: str, folder: Path = FOLDER) -> WeightsCard:
    """Write <name>.safetensors (float16), its card, and last the run's report into `folder`.

    The report has that name, too, where its own would replace the report of other weights, or of
    other data than the experiment is declared for.
    Raises RunError where the run is not finished or of an earlier kind of recipe, its weights are
    too large to ship, no weights can have that name, or another data set's report has that place.
    """
    if name == "default" or not re.fullmatch(r"\w[\w.-]*", name):
        raise RunError(
            f"Weights cannot be called {name!r}. Choose a name of letters, digits, '-', '_' and "
            "'.', but not 'default', which stands for the default weights."
        )
    report = _called(_finished_report(run), name, folder)
    recipe = _recipe(report, run)
    if not (run / BEST).is_file():
        raise RunError(f"{run} has no weights to ship. Ship its report alone: --report-only.")
    raw = _as_shipped(run)
    if len(raw) > MAX_BYTES:
        raise RunError(
            f"The weights of {run} take {len(raw) / 1e6:.1f} MB, more than the "
            f"{MAX_BYTES / 1e6:.0f} MB that are shipped. Ship its report alone: --report-only."
        )
    _refuse_to_replace(folder / _place(report), report)
    data = data_name(report.main)
    images = _IMAGES_LICENCES.get(data, f"images: by {data}'s own terms")
    card = WeightsCard(
        name=name,
        arch=report.arch,
        arch_args=report.recipe["arch_args"],
        labels=LABELS,
        input=recipe.input_spec,
        crop=read_cuts(),
        temperature=report.temperature,
        params=report.params,
        sha256=hashlib.sha256(raw).hexdigest(),
        licence=f"MIT for the weights{_beginning(recipe)}; {images}",
        trained_on=_trained_on(report, recipe, data),
        recipe={"experiment": report.experiment, "command": report.command, **report.recipe},
        metrics=_metrics(report),
        report=_place(report),
    )
    write_whole(folder / f"{name}.safetensors", raw)
    # Weights are listed by their cards: those of a half-written export are not offered.
    write_whole(folder / f"{name}.json", card.to_json())
    _write_report(report, run, folder)
    return card


def _recipe(report: EvalReport, run: Path) -> Recipe:
    try:
        return Recipe(**report.recipe)
    except (TypeError, ValueError) as error:
        raise RunError(
            f"{run} is of a recipe that cannot be declared any more: {error}. Train it again."
        ) from error


def _beginning(recipe: Recipe) -> str:
    """What the weights began as, in words, where that was not ours."""
    if recipe.start_from in _BEGINNINGS:
        return f", which began as {_BEGINNINGS[recipe.start_from]}"
    earlier = EXPERIMENTS.get(recipe.start_from)
    return _beginning(earlier.recipe) if earlier and isinstance(earlier.recipe, Recipe) else ""


def _trained_on(report: EvalReport, recipe: Recipe, data: str) -> str:
    learned = "the shares of the FER+ votes" if report.main.label_set == "ferplus" else "its labels"
    if recipe.teachers:
        learned += f" and, {recipe.teacher_share:.0%} of each target, what "
        learned += f"{' and '.join(recipe.teachers)} answered"
    return f"{data}, {learned}, {report.training_faces:,} training faces"


def _metrics(report: EvalReport) -> dict[str, CardFigures]:
    """By label set, on all faces of the test split; the report has the rest."""
    return {
        e.label_set: CardFigures(
            dataset=e.dataset,
            split=e.split,
            n=e.n,
            accuracy=round(e.accuracy, 6),
            interval=(round(e.interval[0], 6), round(e.interval[1], 6)),
            recall={label: round(figures["recall"], 6) for label, figures in e.per_class.items()},
        )
        for e in report.evaluations
        if e.subset == "all"
    }


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m train.export", description=__doc__)
    parser.add_argument("run", type=Path, help="run folder")
    chosen = parser.add_mutually_exclusive_group(required=True)
    chosen.add_argument("--name", help="what the weights will be called, also in the app")
    chosen.add_argument("--report-only", action="store_true", help="ship the report alone")
    parser.add_argument(
        "--to", type=Path, default=FOLDER, help="folder to write to (default: weights/)"
    )
    options = parser.parse_args()

    def work() -> None:
        if options.report_only:
            print(options.to / _place(export_report(options.run, options.to)))
        else:
            card = export(options.run, options.name, options.to)
            print(f"{options.to / card.name}.safetensors: {card.params:,} parameters")
            for evaluation in read_report(options.to / card.report).evaluations:
                print(in_words(evaluation))

    return exit_code(work)


if __name__ == "__main__":
    sys.exit(main())
