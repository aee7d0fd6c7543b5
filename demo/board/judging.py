"""By what models are judged, labels and faces; the controls that choose it, and the address."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from streamlit.delta_generator import DeltaGenerator

from demo.board.panels import switch
from fer_core.report import EvalReport, Evaluation

SUBSETS = {"all": "all faces", "clean": "without repeated faces"}
SUBSETS_HELP = (
    "Many test faces show a photo that is also among the training or validation images, perhaps "
    "moved, mirrored or changed. Judge with those faces or without them. “left out” counts the "
    "images that were kept out of a model's training for that reason, as far as was known then."
)


class Judging(NamedTuple):
    """By what models are judged: `Evaluation.judged_on`, and the subset of those faces."""

    judged_on: str
    subset: str


def judged_on(reports: Iterable[EvalReport]) -> Counter[str]:
    """What the reports are judged on, as `Evaluation.judged_on` says, and how many of them."""
    return Counter(each for report in reports for each in {e.judged_on for e in report.evaluations})


def evaluation(report: EvalReport, judging: Judging) -> Evaluation | None:
    """The report's figures on those labels and faces; on all where it has no such subset."""
    found = {e.subset: e for e in report.evaluations if e.judged_on == judging.judged_on}
    return found.get(judging.subset, found.get("all"))


def learned(report: EvalReport, judged: Evaluation) -> bool:
    """Whether it learned from the labels that it is judged by, or those faces' votes."""
    return report.main.label_set == judged.label_set.removesuffix("-clear")


def subset_switch(key: str, bar: DeltaGenerator | None = None) -> str:
    """All test faces, or the clean ones alone. key, bar: of the `switch`."""
    return switch(
        "Test faces",
        SUBSETS,
        key,
        "a choice of test faces",
        format_func=SUBSETS.__getitem__,
        hint=SUBSETS_HELP,
        bar=bar,
    )


def judged_by(reports: Sequence[EvalReport], page: str) -> Judging | None:
    """A switch for the labels and the subset that all the reports are judged on, kept in the
    address, where `in_address` puts them. None where the reports share none."""
    shared = [name for name, n in sorted(judged_on(reports).items()) if n == len(reports)]
    if not shared:
        return None
    own = reports[0].main
    judged = switch(
        "Judged by",
        shared,
        f"{page}_labels",
        "a set of labels",
        own.judged_on if own.judged_on in shared else "",
        format_func=lambda name: _without_split(name, own),
        hint="The same answers, judged by FER2013's own labels or by FER+'s ten votes. The "
        "majority is the expression with the most votes; where several tie, the first in the "
        "matrix's order. A clear majority has more than half of the votes, single ones aside.",
    )
    return Judging(judged, subset_switch(f"{page}_faces"))


def in_address(page: str, first: EvalReport, judging: Judging) -> dict[str, str]:
    """What a link to a page with `judged_by` says in its address, so that it judges like this one.

    Only what the page would not do by itself: Streamlit takes a default out of an address, which
    is one more step of the browser's history. first: the first report that the page will show.
    """
    asked = {}
    if judging.judged_on != first.main.judged_on:
        asked[f"{page}_labels"] = _without_split(judging.judged_on, first.main)
    if judging.subset != "all":
        asked[f"{page}_faces"] = SUBSETS[judging.subset]
    return asked


def in_words(judging: Judging) -> str:
    return f"{judging.judged_on}, {SUBSETS[judging.subset]}"


def _without_split(judged_on: str, own: Evaluation) -> str:
    return judged_on.removesuffix(f", {own.split}")
