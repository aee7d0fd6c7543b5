"""What the attention modules add: the compact network over three seeds, Leeds's networks once."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from scipy.stats import t

from fer_core.judged import Agreement, Judged, agreement
from fer_core.report import read_predictions, read_report
from fer_core.significance import holm
from fer_core.study import StudyRow
from train.studies.attention import ATTENTION_KINDS, attention_name

SEEDS = range(3)
LEEDS_MODULES = ("se", "eca", "cbam")


def in_the_compact_network(rows: Mapping[str, StudyRow], weights: Path) -> list[str]:
    """Markdown: mean and deviation over the seeds, and each module against plain, paired by seed.

    rows: by experiment. Empty where not all of these networks have a report.
    """
    names = {kind: [attention_name(kind, seed) for seed in SEEDS] for kind in ATTENTION_KINDS}
    if not all(rows[name].report for of_kind in names.values() for name in of_kind):
        return []
    accuracies = {
        kind: 100 * np.array([rows[name].ours for name in of_kind])
        for kind, of_kind in names.items()
    }
    lines = [
        "| module | parameters | accuracy, mean ± standard deviation | by seed "
        "| points above plain [95%] | McNemar's p |",
        "|---|---|---|---|---|---|",
    ]
    ps: list[float] = []
    for kind, shares in accuracies.items():
        gain, by_seed = "—", []
        if kind != "plain":
            mean, low, high = _mean_and_interval(shares - accuracies["plain"])
            gain = f"{mean:+.2f} [{low:+.2f}, {high:+.2f}]"
            by_seed = [
                _against(rows[plain], rows[name], weights).p
                for plain, name in zip(names["plain"], names[kind], strict=True)
            ]
            ps += by_seed
        params = read_report(weights / rows[names[kind][0]].report).params
        lines.append(
            f"| {kind} | {params:,} | {shares.mean():.2f} ± {shares.std(ddof=1):.2f}% "
            f"| {', '.join(f'{share:.2f}' for share in shares)} | {gain} "
            f"| {', '.join(f'{p:.3f}' for p in by_seed) or '—'} |"
        )
    return [
        "### Attention in a compact network",
        "One recipe, three seeds. *Points above plain* is the mean over the seeds, its interval "
        "from\nStudent's t. McNemar's exact test compares each module with the plain network of "
        "the same\nseed on the same faces. SE and CBAM divide the channels by 16, but keep at "
        "least 4 of them.",
        "\n".join(lines),
        _least(ps),
    ]


def in_leeds_networks(rows: Mapping[str, StudyRow], weights: Path) -> list[str]:
    """Markdown: each module of Leeds's networks on FER2013 against the plain one, as published and
    as measured here. rows: by experiment. Empty where there is no such pair."""
    lines = [
        f"| network | {' | '.join(f'{m}, published | ours | p' for m in LEEDS_MODULES)} |",
        f"|---|{'---|' * (3 * len(LEEDS_MODULES))}",
    ]
    ps: list[float] = []
    for name, plain in rows.items():
        if (plain.study, plain.data, plain.table) != ("Leeds", "FER2013", "Table 3.1"):
            continue
        cells = []
        for module in LEEDS_MODULES:
            row = rows[f"{name}-{module}"]
            cells.append(f"{100 * (row.published - plain.published):+.2f}")
            if plain.report and row.report:
                ps.append(_against(plain, row, weights).p)
                cells += [f"{100 * (row.ours - plain.ours):+.2f}", f"{ps[-1]:.3f}"]
            else:
                cells += ["—", "—"]
        lines.append(f"| {name.removeprefix('leeds-')} | {' | '.join(cells)} |")
    if not ps:
        return []
    return [
        "### Leeds's attention modules on FER2013",
        "Points of accuracy above the same network without a module: as the report prints them, on "
        "its\ntest faces, and ours on all of PrivateTest, under one recipe for each family and "
        "with one seed.\n*p* is McNemar's exact test of the two networks on the same faces.",
        "\n".join(lines),
        f"{sum(p < 0.05 for p in ps)} of these {len(ps)} have p < 0.05. {_least(ps)}",
    ]


def _least(ps: Sequence[float]) -> str:
    return (
        f"With Holm's correction for these {len(ps)} tests, the smallest p is {min(holm(ps)):.3f}."
    )


def _mean_and_interval(values: np.ndarray) -> tuple[float, float, float]:
    """The mean of some values (N,) and its 95% interval, from Student's t."""
    half = t.ppf(0.975, len(values) - 1) * values.std(ddof=1) / len(values) ** 0.5
    return float(values.mean()), float(values.mean() - half), float(values.mean() + half)


def _against(plain: StudyRow, other: StudyRow, weights: Path) -> Agreement:
    """Two runs by the same labels on all test faces."""
    one, two = (
        Judged.of(
            read_predictions((weights / row.report).with_suffix(".npz")),
            read_report(weights / row.report).main.label_set,
            "all",
        )
        for row in (plain, other)
    )
    return agreement(one, two)
