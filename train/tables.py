"""Write every table of figures from the reports: python -m train.tables."""

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from statistics import mode

from fer_core.fer2013 import SPLITS
from fer_core.files import write_whole
from fer_core.report import EvalReport, Evaluation, read_report
from fer_core.study import rows_to_json
from fer_core.types import FerError
from fer_core.weights import DEFAULT, FOLDER, list_weights, read_card
from train.config import Recipe
from train.data import CLEAR
from train.evaluate import data_name
from train.experiments import EXPERIMENTS
from train.options import exit_code
from train.study_tables import rows_without_experiment, study_row, study_tables

README = Path(__file__).resolve().parent.parent / "README.md"
START = (
    "<!-- figures: written by `python -m train.tables`; tests/train/test_tables.py compares -->\n"
)
END = "<!-- end of figures -->\n"

STUDIES = ("ours", "START", "UNT", "Leeds", "USTH", "records")

# What is judged by: label set and subset of an evaluation, and the column's heading.
KINDS = {
    ("ferplus", "all"): "FER+ majority, all",
    ("ferplus", "clean"): "FER+ majority, clean",
    (CLEAR, "all"): "FER+ clear majority, all",
    (CLEAR, "clean"): "FER+ clear majority, clean",
    ("fer2013", "all"): "FER2013 labels, all",
    ("fer2013", "clean"): "FER2013 labels, clean",
}


def figures_table() -> str:
    """Markdown: a row for each of the shipped weights, with both label sets on the test split."""
    reports = {name: read_report(FOLDER / read_card(name).report) for name in list_weights()}
    reports = {name: report for name, report in reports.items() if _is_listed(report)}
    left_out = " or ".join(f"{n:,}" for n in sorted({each.left_out for each in reports.values()}))
    lines = [
        *_in_short(reports),
        "The table shows accuracy on FER2013's PrivateTest with its 95% interval:",
        "",
        "- **FER+ majority**: ten people voted on each face; the majority is the expression with",
        "  most votes. Ties go to the first in FER2013's order, in which neutral is last. Faces on",
        "  which contempt, unknown or not a face has more votes are left out.",
        "- **FER+ clear majority**: only the faces on which it has more than half of the votes,",
        "  single votes set aside (Barsoum et al. 2016).",
        "- **all**: every face. **clean**: without those whose photo is, or may be, in another",
        "  split, identical, moved, mirrored or changed, as far as our search finds",
        "  (`train/leaks.py`). Clean faces are more often labelled happy and less often surprise",
        "  than repeated ones, which are easier in themselves: *all* and *clean* differ even where",
        "  little was memorised.",
        "- **passes**: with two, the answers for the face and its mirror image are averaged.",
        "- **macro-F1** and **ECE** (calibration error): on the labels that the weights learned.",
        "",
        f"The {left_out} training faces whose photo our search found in PublicTest or PrivateTest",
        "were left out of training (`train/leaks.py` says what it misses). The",
        "[full results](weights/reports/README.md) say more about repeated faces, and compare",
        "three seeds of `attention-*`, of which one is here.",
        "",
        *_rows(reports),
        "",
        "<details><summary>The commands that trained and judged them</summary>",
        "",
        "Add `--format bfloat16` where the",
        "[device](weights/reports/README.md#what-was-trained) is named with bfloat16.",
        "",
        "```",
        *dict.fromkeys(
            line for report in reports.values() for line in _commands(report.experiment)
        ),
        "```",
        "",
        "</details>",
    ]
    return "\n".join(lines) + "\n"


def _is_listed(report: EvalReport) -> bool:
    """Whether it has the table's figures: those of other data sets have not."""
    return data_name(report.main) == "FER2013" and report.main.split == SPLITS[2]


def _in_short(reports: dict[str, EvalReport]) -> list[str]:
    """For whoever reads no table: what to expect of the default, and what to compare with."""
    default = reports[DEFAULT].by if DEFAULT in reports else {}
    if not {("ferplus", "all"), ("fer2013", "all")} <= default.keys():
        return []
    votes, labels = (f"{default[by, 'all'].accuracy:.1%}" for by in ("ferplus", "fer2013"))
    of_labels = [name for name, report in reports.items() if report.main.label_set == "fer2013"]
    # Not by the test split's own figures, which are to be of a choice made before.
    best = max(of_labels or [DEFAULT], key=lambda name: max(reports[name].curves["valid_accuracy"]))
    found = reports[best].by
    all_faces, clean = (found["fer2013", subset].accuracy for subset in ("all", "clean"))
    return [
        f"**In short:** the default, `{DEFAULT}`, agrees with the FER+ majority on {votes} of the",
        "test faces. It learned from the votes, and from networks that had learned them, not from",
        f"FER2013's own labels: with those it agrees on {labels}. To compare with figures",
        "published for those labels, use the best of ours on the validation split,",
        f"`{best}`: {all_faces:.1%} (clean: {clean:.1%}).",
        "",
    ]


def _commands(name: str) -> Iterator[str]:
    """The command of an experiment, after those of the runs that it builds on."""
    experiment = EXPERIMENTS.get(name)
    if experiment is None:  # not declared any more
        return
    if isinstance(experiment.recipe, Recipe):
        for earlier in experiment.recipe.builds_on:
            yield from _commands(earlier)
    yield experiment.command


def _rows(reports: dict[str, EvalReport]) -> Iterator[str]:
    kinds = [report.by for report in reports.values()]
    # How many faces it is, said once, and again only of figures on others.
    usual_n = {kind: mode(of[kind].n for of in kinds if kind in of) for kind in set().union(*kinds)}
    headings = [
        f"{heading}, n = {usual_n[kind]:,}" if kind in usual_n else heading
        for kind, heading in KINDS.items()
    ]
    columns = ["weights", "passes", *headings, "macro-F1", "ECE", "seed"]
    yield f"| {' | '.join(columns)} |"
    yield f"|{'---|' * len(columns)}"
    for (name, report), of in zip(reports.items(), kinds, strict=True):
        cells = [_cell(of[kind], usual_n[kind]) if kind in of else "—" for kind in KINDS]
        passes = 2 if report.recipe["mirror_average"] else 1
        learned, seeds = report.main, ", ".join(map(str, report.seeds))
        figures = [f"{learned.macro_f1:.3f}", f"{learned.ece:.3f}", seeds]
        yield f"| `{name}` | {' | '.join([str(passes), *cells, *figures])} |"


def _cell(e: Evaluation, usual_n: int) -> str:
    low, high = (100 * end for end in e.interval)
    n = "" if e.n == usual_n else f" n = {e.n:,}"
    return f"**{e.accuracy:.2%}** [{low:.1f}, {high:.1f}]{n}"


def with_table(readme: str) -> str:
    """The README's text with the table between its two marks. Raises FerError without marks."""
    before, mark, rest = readme.partition(START)
    _, end, after = rest.partition(END)
    if not (mark and end):
        raise FerError(f"{README} lacks the marks that the table of figures goes between.")
    return before + START + figures_table() + END + after


def tables() -> dict[Path, str]:
    """Each file that `train.tables` writes, with what belongs in it."""
    experiments = [e for e in EXPERIMENTS.values() if e.data != "synthetic"]
    rows = [*rows_without_experiment(), *(study_row(e, FOLDER) for e in experiments)]
    studies = list(dict.fromkeys((*STUDIES, *(row.study for row in rows))))
    rows.sort(key=lambda row: studies.index(row.study))  # keeps the order within a study
    return {
        README: with_table(README.read_text(encoding="utf-8")),
        FOLDER / "reports" / "README.md": study_tables(rows, FOLDER),
        FOLDER / "studies" / "rows.json": rows_to_json(rows),
    }


def main() -> int:
    argparse.ArgumentParser(prog="python -m train.tables", description=__doc__).parse_args()

    def work() -> None:
        for path, text in tables().items():
            write_whole(path, text)

    return exit_code(work)


if __name__ == "__main__":
    sys.exit(main())
