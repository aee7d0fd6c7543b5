"""The data: class counts, sample and mean faces, FER+ agreement, and the label maps."""

from collections import Counter

import numpy as np
import pandas as pd
import streamlit as st

from demo.board.overlays import faces_sheet
from demo.board.own_data import own_copy
from demo.board.panels import chart, heading, reports_here
from demo.charts.data import counts as counts_chart
from demo.charts.matrices import confusion
from fer_core.emotions import DATASET_LABELS, LABELS
from fer_core.fer2013 import SPLITS, VOTE_NAMES, Fer2013, majority
from fer_core.report import EvalReport

SAMPLES, COLUMNS = 24, 8  # so few columns that a face can still be seen on a phone


def test_counts(reports: list[EvalReport]) -> None:
    """How many faces of each class the split has that most reports are judged on, as they say."""
    ((split, _),) = Counter(report.main.split for report in reports).most_common(1)
    found = {
        e.dataset: np.array(e.confusion).sum(1)
        for report in reports
        for e in report.evaluations
        if e.subset == "all" and e.split == split
    }
    show_counts(found, "Test faces by label", "test-faces", split)


def show_counts(
    found: dict[str, np.ndarray],
    title: str,
    name: str,
    split: str = "",
    in_per_cent: bool = False,
) -> None:
    """split: what they are of, if of one."""
    words = "; ".join(
        f"{of}: most {LABELS[int(n.argmax())]} ({n.max():,}), fewest {LABELS[int(n.argmin())]} "
        f"({n.min():,})"
        for of, n in found.items()
    )
    chart(
        counts_chart(found, title, in_per_cent),
        f"{title}. {words}.",
        name,
        pd.DataFrame({"expression": LABELS, **found}),
        about=split,
    )


def label_maps() -> None:
    st.subheader("How the data sets' labels map onto the seven expressions", anchor=False)
    table = pd.DataFrame(
        {"here": ours or "left out", "there": "; ".join(_other_names(ours))}
        for ours in (*LABELS, "")
    )
    st.table(table, hide_index=True, border="horizontal")
    st.caption(
        f"For {', '.join(DATASET_LABELS)}. A data set that a row does not name uses our word "
        "there; image folders may use ours too."
    )


def _other_names(ours: str) -> list[str]:
    """Each name that data sets have for our label instead, and whose it is."""
    whose: dict[str, list[str]] = {}
    for dataset, labels in DATASET_LABELS.items():
        for theirs, mapped in labels.items():
            if mapped == ours != theirs:
                whose.setdefault(theirs, []).append(dataset)
    return [f"{theirs} ({', '.join(datasets)})" for theirs, datasets in whose.items()]


def own_figures(own: Fer2013) -> None:
    by_split = {
        split: np.bincount(own.labels[own.splits == split], minlength=len(LABELS))
        for split in SPLITS
    }
    show_counts(by_split, "Labels of each split", "faces-by-split", in_per_cent=True)
    st.subheader("Faces of one class", anchor=False)
    samples(own)
    st.subheader("Mean face of each class", anchor=False)
    means = np.stack([_mean(own, index) for index in range(len(LABELS))])
    st.image(
        faces_sheet(means, len(LABELS), 128),
        width="stretch",
        alt="The mean of all training faces of each class",
        caption=", ".join(LABELS),
    )
    if own.votes is None:
        st.caption("Add fer2013new.csv to see how the FER+ votes agree.")
        return
    agreement(own.labels, own.votes)


def _mean(own: Fer2013, label: int) -> np.ndarray:
    chosen = own.images[(own.labels == label) & (own.splits == SPLITS[0])]
    return (chosen.mean(0) if len(chosen) else np.zeros(own.images.shape[1:])).astype(np.uint8)


@st.fragment
def samples(own: Fer2013) -> None:
    bar = st.container(horizontal=True, vertical_alignment="bottom")
    label = bar.selectbox("Class", LABELS, key="class", width=200)
    seed = st.session_state.setdefault("sheet", 0)
    if bar.button("Other faces", icon=":material/shuffle:"):
        st.session_state["sheet"] = seed = seed + 1
    rows = np.flatnonzero((own.labels == LABELS.index(label)) & (own.splits == SPLITS[0]))
    if not len(rows):
        st.info(f"There are no training faces labelled {label}.")
        return
    rng = np.random.default_rng(seed)
    chosen = np.sort(rng.choice(rows, min(SAMPLES, len(rows)), replace=False))
    st.image(
        faces_sheet(own.images[chosen], COLUMNS, 96),
        width="stretch",
        alt=f"{len(chosen)} training faces labelled {label}",
        caption=f"training faces labelled {label}",
    )


def agreement(labels: np.ndarray, votes: np.ndarray) -> None:
    """FER2013's label against the FER+ majority."""
    most = majority(votes)
    usable = most >= 0
    matrix = np.zeros((len(LABELS), len(LABELS)), np.int64)
    np.add.at(matrix, (labels[usable], most[usable]), 1)
    share = np.trace(matrix) / max(matrix.sum(), 1)
    st.subheader("FER2013's label against the FER+ votes", anchor=False)
    figure = confusion(matrix, "FER+ majority, % of row")
    figure.update_xaxes(title_text="FER+ majority")
    chart(
        figure,
        f"FER2013's label and the FER+ majority agree on {share:.0%} of the faces.",
        "ferplus-agreement",
        pd.DataFrame(matrix, columns=list(LABELS)).assign(labelled=LABELS),
    )
    st.caption(
        f"They agree on {share:.1%} of {matrix.sum():,} faces. For {(~usable).sum():,} others, the "
        f"votes have no majority among the seven: most said {' or '.join(VOTE_NAMES[-3:])} (not a "
        "face), or nobody voted."
    )


def page() -> None:
    heading("Data", "What the models learned from and are judged by.")
    if reports := reports_here():
        test_counts(list(reports.values()))
    own = own_copy("With it, its counts, sample and mean faces, and FER+ agreement are shown here.")
    if own is None:
        st.caption("To see faces and votes, add your own FER2013 above.")
    else:
        own_figures(own)
    label_maps()


page()
