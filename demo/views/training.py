"""Training curves of any runs over each other, and those of the runs that go on now."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from demo.board.panels import chart, heading, reports_here, say_what_is_missing, switch
from demo.board.reports_store import shelf, weights_folder
from demo.board.runs_store import Run, runs
from demo.board.shipped import app_first
from demo.charts.training import training
from fer_core.report import EvalReport

AT_MOST = 8
REFRESH_SECONDS = 10
QUANTITIES = {"accuracy": "accuracy", "loss": "loss", "lr": "learning rate"}
AGAIN = "in the runs folder"  # a run that is not the one whose report is shipped
LABEL_SETS = {"fer2013": "the data set's own labels", "ferplus": "the FER+ votes"}
PLAIN = "none"  # the recipe's word for no augmentation
# What makes a training curve another than one of the faces and labels as they are, by setting.
APART = {
    "augment": "on augmented faces",
    "teachers": "against teachers' answers too",
    "label_smoothing": "against smoothed labels",
    "class_weights": "weighted by class",
}
LOSS_ALONE = ("label_smoothing", "class_weights")  # which answer is right stays the same


@dataclass(frozen=True)
class Shown:
    """A run that can be drawn: one whose report is shipped, or one in the runs folder."""

    curves: Mapping[str, Sequence[float]]
    recipe: Mapping[str, Any]
    source: EvalReport | Run


def everything(reports: Mapping[str, EvalReport], found: Mapping[str, Run]) -> dict[str, Shown]:
    """Every run by name. One whose report is shipped stands under its report alone; where the runs
    folder has another run of that name, that is one more."""
    shown: dict[str, Shown] = {}
    for name, run in found.items():
        report = reports.get(name)
        if report is None or not report.epochs:
            shown[name] = Shown(run.progress.curves, run.progress.recipe, run)
        elif not _same(run, report):
            shown[f"{name} ({AGAIN})"] = Shown(run.progress.curves, run.progress.recipe, run)
    shipped = {name: Shown(r.curves, r.recipe, r) for name, r in reports.items() if r.epochs}
    return {**shown, **shipped}


def _same(run: Run, report: EvalReport) -> bool:
    """Whether the report came of this very run: its curves are rounded."""
    own, its = run.progress.curves["valid_accuracy"], report.curves["valid_accuracy"]
    return len(own) == len(its) and bool(np.allclose(own, its, atol=1e-4, rtol=0))


def going(shown: Mapping[str, Shown]) -> list[str]:
    """The names of those that train now."""
    now = time.time()
    return [
        name
        for name, each in shown.items()
        if isinstance(each.source, Run) and each.source.going(now)
    ]


def show_curves(names: list[str], quantity: str) -> None:
    """Drawn by the fragment below, so it reads the files itself."""
    known = everything(shelf().reports, runs())
    shown = {name: known[name] for name in names if name in known}
    if not shown:  # the fragment runs alone, and a folder may go between two of its runs
        st.info("The chosen runs are no longer in the runs folder.")
        return
    for name in going(shown):
        source, recipe = shown[name].source, shown[name].recipe
        if isinstance(source, Run):
            minutes = (time.time() - source.changed) / 60
            st.success(  # no badge: on a phone it would cut the sentence off
                f"{name} is training: epoch {len(shown[name].curves['seconds'])} of "
                f"{recipe.get('epochs', '?')} ended {minutes:.0f} min ago",
                icon=":material/play_circle:",
            )
    curves = {name: each.curves for name, each in shown.items()}
    ends = "; ".join(
        f"{name} ends at {100 * each['valid_accuracy'][-1]:.1f} per cent after "
        f"{len(each['valid_accuracy'])} epochs"
        for name, each in curves.items()
    )
    title = QUANTITIES[quantity].capitalize()
    judged = {name: validated_by(each.recipe) for name, each in shown.items()}
    alike = len(set(judged.values())) == 1
    if not alike and quantity != "lr":
        each_by = "; ".join(f"{name} by {words}" for name, words in judged.items())
        st.warning(
            f"Validated by different labels or faces, so the curves cannot be compared: {each_by}."
        )
    chart(
        training(curves, quantity, title),
        f"{title} by epoch. On validation, {ends}.",
        f"training-{quantity}",
        pd.concat(
            pd.DataFrame(each).assign(run=name, epoch=range(1, 1 + len(each["seconds"])))
            for name, each in curves.items()
        ),
        f"validated by {next(iter(judged.values()))}" if alike and quantity != "lr" else "",
    )
    if quantity != "lr":
        recipes = {name: each.recipe for name, each in shown.items()}
        st.caption(f"Strong lines: validation. Faint lines: training{apart(recipes, quantity)}.")


def validated_by(recipe: Mapping[str, Any]) -> str:
    """The labels and faces that a run is validated by, in words."""
    labels = LABEL_SETS.get(recipe.get("label_set", ""), "unknown labels")
    return f"{labels}, on a split of its own" if recipe.get("resplit") else labels


def apart(recipes: Mapping[str, Mapping[str, Any]], quantity: str) -> str:
    """Which of the training curves are not of the faces and labels as they are; empty for none."""
    said = ""
    for setting, words in APART.items():
        names = [
            name for name, its in recipes.items() if its.get(setting) and its[setting] != PLAIN
        ]
        if names and not (quantity == "accuracy" and setting in LOSS_ALONE):
            whose = "" if len(names) == len(recipes) else f"that of {' and '.join(names)} "
            said += f", {whose}{words}"
    return said


def show_recipe(name: str, shown: Shown) -> None:
    with st.expander(f"Recipe of {name}", icon=":material/receipt_long:"):
        report = shown.source
        if isinstance(report, EvalReport):
            st.markdown(
                f"Epoch {report.best_epoch} of {report.epochs} was the best. "
                f"{report.training_faces:,} training faces, {report.left_out:,} left out because a "
                f"validation or test face repeats them. {report.seconds / 60:.0f} minutes on "
                f"{report.device}."
            )
        st.code(shown.source.command, language="bash")
        settings = shown.recipe
        st.table(
            pd.DataFrame({"setting": list(settings), "value": [str(v) for v in settings.values()]}),
            hide_index=True,
            border="horizontal",
        )


def page() -> None:
    heading("Training", "How the runs went, epoch by epoch.")
    shown = everything(reports_here(), runs())
    if not shown:
        st.info("No report here has training epochs, and the runs folder is empty.")
        return
    training_now = going(shown)
    reports = {n: each.source for n, each in shown.items() if isinstance(each.source, EvalReport)}
    best_first = dict.fromkeys([*app_first(reports, weights_folder()), *shown])
    say_what_is_missing("runs", shown, "a run", AT_MOST)
    # The names as they are: the address keeps what was chosen, also when a run has ended.
    names = st.multiselect(
        "Runs",
        list(shown),
        default=[*training_now, *(name for name in best_first if name not in training_now)][:3],
        key="runs",
        max_selections=AT_MOST,
        bind="query-params",
    )
    if others := [name for name in training_now if name not in names]:
        st.caption(f"Training now: {', '.join(others)}.")
    name_of = QUANTITIES.__getitem__
    quantity = switch("Curve", QUANTITIES, "curve", "a curve", format_func=name_of)
    if not names:
        st.info("Choose one or more runs above.")
        return
    every = REFRESH_SECONDS if set(training_now) & set(names) else None
    st.fragment(show_curves, run_every=every)(names, quantity)
    st.subheader("Recipes", anchor=False)
    for name in names:
        show_recipe(name, shown[name])


page()
