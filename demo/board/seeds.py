"""Recipes that were trained with several seeds: one run alone says less than their mean."""

import json
import statistics
from collections.abc import Iterable

import pandas as pd

from demo.board.judging import Judging, evaluation
from fer_core.report import EvalReport


def over_seeds(reports: Iterable[EvalReport]) -> pd.DataFrame:
    """A row for each recipe with several seeds on the same test faces: mean and deviation of its
    accuracies by the labels that it learned, on all of these faces and on the clean ones. Empty
    where there is none."""
    groups: dict[str, list[EvalReport]] = {}
    for report in reports:
        recipe = {name: value for name, value in report.recipe.items() if name != "seed"}
        key = json.dumps([report.main.judged_on, recipe], sort_keys=True)
        groups.setdefault(key, []).append(report)
    return pd.DataFrame([_row(group) for group in groups.values() if len(group) > 1])


def _row(group: list[EvalReport]) -> dict[str, object]:
    return {
        "experiments": f"{group[0].experiment} … {group[-1].experiment}",
        "parameters": group[0].params,
        "seeds": len(group),
        "all faces": _mean(group, "all"),
        "without repeated faces": _mean(group, "clean"),
        "seed by seed": ", ".join(f"{100 * report.main.accuracy:.1f}" for report in group),
    }


def _mean(group: list[EvalReport], subset: str) -> str:
    found = [evaluation(report, Judging(report.main.judged_on, subset)) for report in group]
    shares = [100 * judged.accuracy for judged in found if judged is not None]
    return f"{statistics.mean(shares):.2f} ± {statistics.stdev(shares):.2f}%"
