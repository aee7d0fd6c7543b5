"""The table of what was trained: what each run took and gave, and what repeated faces add."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import numpy as np

from fer_core.emotions import LABELS
from fer_core.fer2013 import BY_ITS_LABELS
from fer_core.report import EvalReport, Evaluation, read_report
from fer_core.study import StudyRow
from fer_core.weights import list_weights, read_card
from train.metrics import accuracy_at_mix

COLUMNS = (
    *("experiment", "parameters", "left out", "device", "epochs (best)", "minutes", "faces/s"),
    *("accuracy", "clean", "clean, same mix", "macro-F1", "ECE", "ECE, clean", "judged on", "file"),
)
ABOUT = """A row for each run that has a report, judged at its best epoch by the validation split.

- **left out**: the training faces whose photo the validation or test split has too, as far as was
  known then: of FER2013's own splits 775 at first, 2,385 today. USTH's runs and clean faces rest
  on that first search, and their *stratified 10%* was drawn from the faces that it had kept. A run
  started today is judged on a tenth of all faces, so its figure is on other faces than theirs.
- **device**: a CPU with bfloat16 beside it was used with `--format bfloat16`.
- **epochs**: the best one is in brackets. Methods without epochs were fitted once.
- **minutes**: the run's own training, on a machine that did other work too. On the H200 up to
  fourteen ran at once, some behind others, so their minutes say nothing about speed. The training
  of what a run started from is not included, except that a run of 200 epochs includes its first
  100.
- **ECE**: networks are calibrated on the validation split, methods without epochs are not.
- **file**: where there is none, only the report is shipped."""


def trained(rows: Iterable[StudyRow], weights: Path) -> list[str]:
    """The table with what it means; the figures are by the labels that were learned."""
    files = {
        card.report: weights / f"{card.name}.safetensors"
        for card in (read_card(name, weights) for name in list_weights(weights))
    }
    lines = [f"| {' | '.join(COLUMNS)} |", "|---" * len(COLUMNS) + "|"]
    reports = {row.experiment: read_report(weights / row.report) for row in rows if row.report}
    for name, report in reports.items():
        faces = report.training_faces * max(report.epochs, 1)
        low, high = (100 * end for end in report.main.interval)
        clean = clean_of(report)
        file = files.get(f"reports/{name}.json")
        cells = [
            f"`{name}`",
            f"{report.params:,}",
            f"{report.left_out:,}",
            report.device,
            f"{report.epochs} ({report.best_epoch})" if report.epochs else "—",
            f"{report.seconds / 60:.1f}",
            f"{faces / report.seconds:,.0f}",
            f"{report.main.accuracy:.2%} [{low:.1f}, {high:.1f}]",
            in_cell(clean.accuracy if clean else 0.0),
            in_cell(_at_same_mix(report)),
            f"{report.main.macro_f1:.3f}",
            f"{report.main.ece:.3f}",
            f"{clean.ece:.3f}" if clean else "—",
            report.main.judged_on,
            f"{file.stat().st_size / 1e6:.1f} MB" if file else "—",
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return [
        "## What was trained",
        ABOUT,
        *_repeated(reports.values()),
        "\n".join(lines),
        *_apart(reports),
    ]


def clean_of(report: EvalReport) -> Evaluation | None:
    """Without repeated faces, by the labels that were learned; None where there are none."""
    return report.by.get((report.main.label_set, "clean"))


def in_cell(accuracy: float) -> str:
    return f"{accuracy:.2%}" if accuracy else "—"


def _at_same_mix(report: EvalReport) -> float:
    """The clean faces' accuracy, had they the labels' shares of all test faces; 0: not known."""
    clean = clean_of(report)
    mix = np.array(report.main.confusion).sum(1)
    return accuracy_at_mix(np.array(clean.confusion), mix) if clean else 0.0


def _repeated(reports: Iterable[EvalReport]) -> Iterator[str]:
    """What the clean faces are, and how much easier the repeated ones are by themselves: of the
    runs by FER2013's labels on its own test split that left out most."""
    own = [r for r in reports if r.main.judged_on == BY_ITS_LABELS]
    most = max((r.left_out for r in own), default=0)
    unseen = [r for r in own if r.left_out == most and clean_of(r)]
    first = clean_of(unseen[0]) if unseen else None
    if not first:
        return
    clean = np.array(first.confusion).sum(1)
    repeated = np.array(unseen[0].main.confusion).sum(1) - clean
    happy, surprise, disgust = (LABELS.index(each) for each in ("happy", "surprise", "disgust"))
    gaps = [100 * (r.main.accuracy - _at_same_mix(r)) for r in unseen]
    yield (
        "*Clean* leaves out the test faces whose photo is, or may be, in another split too "
        "(`train/leaks.py`).\nThe rest have another mix of expressions: by FER2013's labels, "
        f"{_share(clean, happy)} are happy and {_share(clean, surprise)} surprise,\nof the "
        f"repeated ones {_share(repeated, happy)} and {_share(repeated, surprise)}. *Clean, same "
        "mix* weighs the recalls on clean faces by the\nlabels' shares of all test faces. It says "
        f"little about rare labels: only {clean[disgust]} clean faces are\nlabelled disgust.\n\n"
        "Repeated faces are easier even where hardly any was learned from: the "
        f"{len(unseen)} runs on these labels that\nleft out {most:,} are {min(gaps):.1f} to "
        f"{max(gaps):.1f} points better on all faces than on clean ones at the same mix. Only a\n"
        "difference well beyond that points to memorisation."
    )


def _share(faces: np.ndarray, label: int) -> str:
    return f"{faces[label] / faces.sum():.0%}"


def _apart(reports: Mapping[str, EvalReport]) -> Iterator[str]:
    """A note on each run that was to continue a shorter one, and by its curves did not."""
    for name, report in reports.items():
        shorter = reports.get(report.recipe.get("continues", ""))
        if (
            shorter
            and report.curves["train_loss"][: shorter.epochs] != shorter.curves["train_loss"]
        ):
            yield (
                f"`{name}` and `{shorter.experiment}` are two separate trainings, in another "
                "number format or on other\nfaces, although the longer is declared to continue the "
                "shorter: they differ in more than epochs."
            )
