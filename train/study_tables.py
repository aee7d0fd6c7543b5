"""The studies' tables, published and ours, from the experiments and the shipped reports."""

from collections.abc import Iterable
from dataclasses import replace
from itertools import groupby
from pathlib import Path
from textwrap import fill

from fer_core.study import ABOUT, StudyRow
from train.attention_tables import in_leeds_networks, in_the_compact_network
from train.config import Experiment
from train.finished import report_of
from train.not_run import reason
from train.trained_table import clean_of, in_cell, trained

WIDTH = 100  # of a line of text
INTRODUCTION = """# Every experiment, published and ours

Written by `python -m train.tables` from the experiments in `train/experiments.py` and the reports
in this folder. Accuracy is on the test split, by the labels named; our 95% interval is in brackets.

- **Labels.** Figures on FER2013's labels cannot be compared with figures on the FER+ votes.
- **Published figures** are the sources' own. They look better than they are where the training
  faces repeat test faces, or where the checkpoint was chosen on the test split. So may ours where
  not all repeated faces were left out: see the first table.
- **Settings.** Where a source does not say how it trained, or we do not know, the settings are
  ours: all of Leeds's (its published code trains on CK+ alone, with Adam at .0001; ours uses SGD),
  START's epochs, UNT's momentum, batch size and learning rate, USTH's learning rate and patience,
  and those that `train/studies/records.py` names. SGD has Nesterov momentum. Runs warm up for their
  first epoch; UNT's and two of the records' do not, and our own that start from another run do so
  for less. A difference in accuracy is then also one of
  recipes. Leeds's VGGs on FER2013 have one recipe, its ResNets another, and the small data sets a
  third: compare within a family, not families.
- **Difference** is given only where both figures are on the same test faces. These are not:
  - Leeds on FER2013, and UNT: with PrivateTest's 3,589 faces, no count of right answers makes
    64.07% or 60.20%. The data set that Leeds's repository names tests on PublicTest and
    PrivateTest together.
  - Khaireddin & Chen, whose published code tests on PublicTest.
  - USTH, on a tenth of all faces that it drew itself, with repeats of them in training; ours are on
    another tenth.
  - Leeds on CK+ and JAFFE, split by picture with a fifth for the test; we split by person with a
    tenth, which is a different task.
- **A dash** marks a figure that the source does not give, that we do not know, or that is on faces
  on which ours could not be judged.
- **Sweeps.** A value has no row of its own where another row already has that recipe.
- **Hours** still to train are for all epochs, at the pace of `usth-cnn`, which computed most per
  second on one core. Deep ResNets take six times as long or more.
"""
# The best result that a report prints, where its single rows are not known to us.
BEST_PRINTED = {
    "UNT": (0.6020, ""),  # of 3,589 faces, no number is 60.20%
    "USTH": (0.6832, "FER2013 labels, a tenth of all faces that USTH drew"),
}


def study_row(experiment: Experiment, weights: Path) -> StudyRow:
    """The experiment's row, from its report in the weights folder where there is one."""
    row = StudyRow(
        experiment=experiment.name,
        study=experiment.study,
        table=experiment.table,
        changes=experiment.changes,
        data=experiment.data,
        published=experiment.published,
        published_on=experiment.published_on,
    )
    report = report_of(experiment, [weights])
    if not report:
        return replace(row, reason=reason(experiment))
    main, clean = report.main, clean_of(report)
    return replace(
        row,
        ours=main.accuracy,
        interval=main.interval,
        clean=clean.accuracy if clean else 0.0,
        judged_on=main.judged_on,
        n=main.n,
        report=f"reports/{experiment.name}.json",
    )


def rows_without_experiment() -> list[StudyRow]:
    """The published rows that match no experiment of ours, as far as is known."""
    best = [
        StudyRow(
            experiment="",
            study=study,
            table="best result",
            changes="the best that the report prints",
            data="FER2013",
            published=published,
            published_on=published_on,
            reason="we do not know which of the rows it is",
        )
        for study, (published, published_on) in BEST_PRINTED.items()
    ]
    photo = StudyRow(
        experiment="",
        study="START",
        table="one photo",
        changes="a photo of 13 faces",
        data="a photo",
        reason="the photo is the report's own",
    )
    return [*best, photo]


def study_tables(rows: Iterable[StudyRow], weights: Path) -> str:
    """Markdown: a table for each study, and the comparisons of the attention modules."""
    rows = list(rows)
    by_experiment = {row.experiment: row for row in rows}
    parts = [INTRODUCTION, *trained(rows, weights)]
    for study, group in groupby(rows, key=lambda row: row.study):
        parts += [
            f"## {study[0].upper()}{study[1:]}",
            *([fill(ABOUT[study], WIDTH)] if study in ABOUT else []),
            "\n".join(
                [
                    "| table | row | published | ours | clean | difference | judged on | n "
                    "| experiment |",
                    "|---|---|---|---|---|---|---|---|---|",
                    *(_line(row) for row in group),
                ]
            ),
        ]
        if study == "ours":
            parts += in_the_compact_network(by_experiment, weights)
        if study == "Leeds":
            parts += in_leeds_networks(by_experiment, weights)
    return "\n\n".join(part.strip() for part in parts) + "\n"


def _line(row: StudyRow) -> str:
    cells = [row.table, row.changes, in_cell(row.published)]
    if row.report:
        low, high = (100 * end for end in row.interval)
        difference = f"{100 * (row.ours - row.published):+.2f}" if row.comparable else "—"
        cells += [f"{row.ours:.2%} [{low:.1f}, {high:.1f}]", in_cell(row.clean), difference]
        cells += [row.judged_on, f"{row.n:,}"]
        cells.append(f"[`{row.experiment}`]({Path(row.report).name})")
    else:
        name = f"`{row.experiment}`" if row.experiment else ""
        cells += [f"not run: {row.reason}", "", "", "", "", name]
    return f"| {' | '.join(cells)} |"
