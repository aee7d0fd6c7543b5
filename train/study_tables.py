"""The studies' tables, published and ours, from the experiments and the shipped reports."""

from collections.abc import Iterable
from dataclasses import replace
from itertools import groupby
from pathlib import Path

import numpy as np

from fer_core.judged import Judged, agreement
from fer_core.report import EvalReport, read_predictions, read_report
from fer_core.significance import holm
from fer_core.study import StudyRow
from train.config import Experiment
from train.finished import report_of
from train.not_run import reason
from train.studies.attention import ATTENTION_KINDS, attention_name
from train.trained_table import clean_of, in_cell, trained

INTRODUCTION = """# Every experiment, published and ours

Written by `python -m train.tables` from the experiments in `train/experiments.py` and the reports
in this folder. Accuracy is on the test split, by the labels named; our 95% interval is in brackets.

- **Labels.** Figures on FER2013's labels cannot be compared with figures on the FER+ votes.
- **Published figures** are the sources' own. They look better than they are where the training
  faces repeat test faces, or where the checkpoint was chosen on the test split. So may ours where
  not all repeated faces were left out: see the first table.
- **Settings.** Where a source does not say how it trained, or we do not know, the settings are
  ours: all of Leeds's (its published code trains on CK+ alone, with Adam at .0001; ours uses SGD on
  all three data sets), START's epochs, UNT's momentum, batch size and learning rate, USTH's
  learning rate and patience, and those that `train/studies/records.py` names. A difference in
  accuracy is then also one of recipes.
- **Difference** is given only where both figures are on the same test faces. These are not:
  - Leeds on FER2013, and UNT: no number of PrivateTest's 3,589 faces is 64.07% or 60.20% of them.
    The data set that Leeds's repository names tests on PublicTest and PrivateTest together.
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
# What each study is, above its table.
ABOUT = {
    "ours": "The demo's weights, the runs that led to them or taught them, and the attention "
    "modules compared.",
    "START": "A student report from Toronto: ResNet9 on FER2013, RAF-DB and the Toronto faces, "
    "beside classical methods.",
    "UNT": "A student report of the University of North Texas: a small network trained with SGD "
    "and with Adam.",
    "Leeds": "Miskow & Altahhan, [arXiv 2410.17740](https://arxiv.org/abs/2410.17740):\nVGG, "
    "ResNet and ResNetV2, each plain and with SE, ECA and CBAM, on three data sets.",
    "USTH": "A student report of the University of Science and Technology of Hanoi: a network\n"
    "trained from scratch, and VGG16 from ImageNet.",
    "records": "Published results on FER2013 outside the four reports.",
}
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
    """Markdown: a table for each study, and the comparison of the attention modules."""
    rows = list(rows)
    parts = [INTRODUCTION, *trained(rows, weights)]
    for study, group in groupby(rows, key=lambda row: row.study):
        parts += [
            f"## {study[0].upper()}{study[1:]}",
            *([ABOUT[study]] if study in ABOUT else []),
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
            parts += _attention(rows, weights)
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


def _attention(rows: Iterable[StudyRow], weights: Path) -> list[str]:
    """Mean and deviation over the seeds, and McNemar's test against plain for each seed."""
    reports_of = {row.experiment: row.report for row in rows}
    paths = {
        (kind, seed): weights / reports_of[attention_name(kind, seed)]
        for kind in ATTENTION_KINDS
        for seed in range(3)
    }
    if not all(path.is_file() for path in paths.values()):  # of a row without report: the folder
        return []
    lines = [
        "| module | parameters | accuracy, mean ± standard deviation | by seed | McNemar's p |",
        "|---|---|---|---|---|",
    ]
    ps: list[float] = []
    for kind in ATTENTION_KINDS:
        reports = [read_report(paths[kind, seed]) for seed in range(3)]
        shares = np.array([report.main.accuracy for report in reports]) * 100
        against = [
            _p_against(paths["plain", seed], paths[kind, seed], reports[seed])
            for seed in range(3)
            if kind != "plain"
        ]
        ps += against
        lines.append(
            f"| {kind} | {reports[0].params:,} | {shares.mean():.2f} ± {shares.std(ddof=1):.2f}% "
            f"| {', '.join(f'{share:.2f}' for share in shares)} | "
            f"{', '.join(f'{p:.3f}' for p in against) or '—'} |"
        )
    return [
        "### Attention in a compact network",
        "One recipe, three seeds. McNemar's exact test compares each module with the plain "
        "network\nof the same seed on the same faces.",
        "\n".join(lines),
        f"With Holm's correction for these {len(ps)} tests, the smallest p is {min(holm(ps)):.3f}.",
    ]


def _p_against(plain: Path, other: Path, report: EvalReport) -> float:
    one, two = (
        Judged.of(read_predictions(path.with_suffix(".npz")), report.main.label_set, "all")
        for path in (plain, other)
    )
    return agreement(one, two).p
