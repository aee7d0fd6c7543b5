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
in this folder. Accuracy on the test split, by the labels named; our 95% interval in brackets.
Figures by FER2013's labels and by the FER+ votes cannot be compared. Published figures are the
sources' own; where their training faces repeat test faces, or where they chose the checkpoint on
the test split, theirs look better than they are; so may ours where not all repeated faces were left
out, see the first table. Where a source does not say how it trained, or we do not know it, the
settings are ours: all of Leeds's (its published code trains on CK+, with Adam at .0001; ours is the
same on every data set), START's epochs, UNT's momentum, batch and rate, USTH's rate and patience,
and what `train/studies/records.py` names. A difference is then one of recipes, too. It is given
where both figures are of the same test faces. Leeds's on FER2013 and UNT's are not of PrivateTest's
3,589: no number of these is 64.07% or 60.20%. The data set that Leeds's repository names has
PublicTest and PrivateTest together as its test faces. Khaireddin & Chen's is of PublicTest, which
their published code tests on. USTH's is of a tenth of all faces that it drew itself, with their
repeats in training; ours are of another tenth. A dash is a figure that the source does not give,
that is not known to us, or that is not of faces by which ours could be judged. A sweep's value has
no row of its own where another row has that recipe already. Of what is still to train, the hours
are those of all its epochs at the pace of `usth-cnn`, which computed most in a second on one core;
deep ResNets take six times as long and more. Leeds divides CK+ and JAFFE by pictures, a fifth for
the test; we divide them by people, a tenth: those figures are of different tasks.
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
            reason="which of the rows it is, is not known to us",
        )
        for study, (published, published_on) in BEST_PRINTED.items()
    ]
    photo = StudyRow(
        experiment="",
        study="START",
        table="one photo",
        changes="a photo of 13 faces",
        data="a photo",
        reason="the photo is the report's own, not ours",
    )
    return [*best, photo]


def study_tables(rows: Iterable[StudyRow], weights: Path) -> str:
    """Markdown: a table for each study, and the comparison of the attention modules."""
    rows = list(rows)
    parts = [INTRODUCTION, *trained(rows, weights)]
    for study, group in groupby(rows, key=lambda row: row.study):
        parts += [
            f"## {study[0].upper()}{study[1:]}",
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
        "| module | parameters | accuracy, mean ± deviation | seed by seed | McNemar's p |",
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
        "One recipe, three seeds; McNemar's exact test compares each module with the plain network "
        "of the same seed on the same faces.",
        "\n".join(lines),
        f"These are {len(ps)} tests: with Holm's correction for so many, the least p is "
        f"{min(holm(ps)):.3f}.",
    ]


def _p_against(plain: Path, other: Path, report: EvalReport) -> float:
    one, two = (
        Judged.of(read_predictions(path.with_suffix(".npz")), report.main.label_set, "all")
        for path in (plain, other)
    )
    return agreement(one, two).p
