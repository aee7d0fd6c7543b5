"""Training curves of any runs over each other, and those of the runs that go on now."""

import time
from collections.abc import Collection, Mapping

import pandas as pd
import streamlit as st

from demo.charts.curves import training
from demo.panels import chart, heading, reports_here, say_what_is_missing
from demo.reports_store import shelf
from demo.runs_store import Run, going_now, runs
from fer_core.report import EvalReport

AT_MOST = 8
REFRESH_SECONDS = 10
QUANTITIES = {"accuracy": "accuracy", "loss": "loss", "lr": "learning rate"}
PLAIN = "none"  # the recipe's word for no augmentation


def curves_of(reports: Mapping[str, EvalReport], found: Mapping[str, Run]) -> dict[str, Mapping]:
    """Every run's curves; a run whose report is shipped stands under its report alone."""
    shipped = {name: report.curves for name, report in reports.items() if report.epochs}
    return {**{name: run.curves for name, run in found.items() if name not in shipped}, **shipped}


def show_curves(names: list[str], quantity: str) -> None:
    """Drawn by the fragment below, so it reads the files itself."""
    reports = shelf().reports
    found = runs()
    curves = {name: each for name, each in curves_of(reports, found).items() if name in names}
    curves = {name: curves[name] for name in names if name in curves}
    if not curves:  # the fragment runs alone, and a folder may go between two of its runs
        st.info("The chosen runs are no longer in the runs folder.")
        return
    for name in going_now(found):
        if name in names:
            run = found[name]
            done, of = len(run.curves["seconds"]), run.recipe.get("epochs", "?")
            minutes = (time.time() - run.changed) / 60
            st.success(  # no badge: on a phone it would cut the sentence off
                f"{name} is training: epoch {done} of {of} ended {minutes:.0f} min ago",
                icon=":material/play_circle:",
            )
    ends = "; ".join(
        f"{name} ends at {100 * each['valid_accuracy'][-1]:.1f} per cent after "
        f"{len(each['valid_accuracy'])} epochs"
        for name, each in curves.items()
    )
    title = QUANTITIES[quantity].capitalize()
    chart(
        training(curves, quantity, title),
        f"{title} by epoch. On validation, {ends}.",
        f"training-{quantity}",
        pd.concat(
            pd.DataFrame(each).assign(run=name, epoch=range(1, 1 + len(each["seconds"])))
            for name, each in curves.items()
        ),
    )
    if quantity != "lr":
        recipes = {name: run.recipe for name, run in found.items()}
        recipes |= {name: report.recipe for name, report in reports.items()}
        st.caption(f"Strong lines: validation. Faint lines: training{augmented(recipes, curves)}.")


def augmented(recipes: Mapping[str, Mapping], names: Collection[str]) -> str:
    """Which of the curves over training faces are over augmented ones; empty for none."""
    changed = [name for name in names if recipes[name].get("augment", PLAIN) != PLAIN]
    if len(changed) < len(names):
        return f", that of {' and '.join(changed)} on augmented faces" if changed else ""
    return ", on augmented faces"


def recipe(name: str, report: EvalReport | None, run: Run | None) -> None:
    settings = report.recipe if report else run.recipe if run else {}
    with st.expander(f"Recipe of {name}", icon=":material/receipt_long:"):
        if report:
            st.markdown(
                f"Epoch {report.best_epoch} of {report.epochs} was the best. "
                f"{report.training_faces:,} training faces, {report.left_out:,} left out because a "
                f"validation or test face repeats them. {report.seconds / 60:.0f} minutes on "
                f"{report.device}."
            )
        st.code(report.command if report else run.command if run else "", language="bash")
        st.table(
            pd.DataFrame({"setting": list(settings), "value": [str(v) for v in settings.values()]}),
            hide_index=True,
            border="horizontal",
        )


def page() -> None:
    heading("Training", "How the runs went, epoch by epoch.")
    reports = reports_here()
    found = runs()
    curves = curves_of(reports, found)
    if not curves:
        st.info("No report here was trained in epochs, and the runs folder is empty.")
        return
    going = going_now(found)
    say_what_is_missing("runs", curves, "a run")
    # The names as they are: the address keeps what was chosen, also when a run has ended.
    names = st.multiselect(
        "Runs",
        list(curves),
        default=[*going, *(name for name in curves if name not in going)][:3],
        key="runs",
        max_selections=AT_MOST,
        bind="query-params",
    )
    if others := [name for name in going if name not in names]:
        st.caption(f"Training now: {', '.join(others)}.")
    quantity = st.segmented_control(
        "Curve",
        list(QUANTITIES),
        default="accuracy",
        required=True,
        key="curve",
        format_func=QUANTITIES.__getitem__,
        bind="query-params",
    )
    if not names:
        st.info("Choose a run or more above.")
        return
    every = REFRESH_SECONDS if set(going) & set(names) else None
    st.fragment(show_curves, run_every=every)(names, str(quantity))
    st.subheader("Recipes", anchor=False)
    for name in names:
        recipe(name, reports.get(name), found.get(name))


page()
