"""Two models face by face: McNemar's test in words, and the difference of their matrices."""

from itertools import combinations

import numpy as np
import pandas as pd
import streamlit as st

from demo.board.judging import Judging, in_words
from demo.board.panels import chart, say_what_is_missing
from demo.charts.matrices import difference, row_per_cent
from fer_core.emotions import LABELS
from fer_core.judged import Agreement, Judged, agreement
from fer_core.report import Evaluation

CHANCE = 0.05


def pair(
    judged: dict[str, Evaluation], faces: dict[str, Judged], judging: Judging, in_per_cent: bool
) -> None:
    """in_per_cent: of the row, which is how the difference is given in any case where the two were
    judged on different faces."""
    st.subheader("Two models, face by face", anchor=False)
    pairs = {f"{a} and {b}": (a, b) for a, b in combinations(judged, 2)}
    name = next(iter(pairs))
    say_what_is_missing("pair", pairs, "a pair")
    if len(pairs) > 1:
        name = st.selectbox("Pair", list(pairs), key="pair", bind="query-params")
    a, b = pairs[name]
    left, right = st.columns(2)
    if a in faces and b in faces:
        with left:
            _face_by_face(faces[a], faces[b], a, b)
    with right:
        same_faces = judged[a].n == judged[b].n
        per_cent = in_per_cent or not same_faces
        matrix_a, matrix_b = (np.array(judged[each].confusion) for each in (a, b))
        gap = row_per_cent(matrix_a) - row_per_cent(matrix_b) if per_cent else matrix_a - matrix_b
        ahead = [n for n, d in zip(LABELS, np.diag(gap), strict=True) if d > 0]
        chart(
            difference(
                gap,
                f"Difference in {'points' if per_cent else 'faces'}",
                [
                    [f"{first} against {second} faces" for first, second in zip(*rows, strict=True)]
                    for rows in zip(matrix_a, matrix_b, strict=True)
                ],
                matrix_a.sum(1) if same_faces else (),
            ),
            f"Difference of the confusion matrices of {a} and {b}. On the diagonal {a} is ahead "
            f"for {', '.join(ahead) or 'no expression'}.",
            "difference",
            pd.DataFrame(gap, columns=list(LABELS)).assign(labelled=LABELS),
            f"{a} minus {b}; {in_words(judging)}",
        )
        st.caption(f"Blue: more often with {a}. Orange: more often with {b}.")


def _face_by_face(faces_a: Judged, faces_b: Judged, a: str, b: str) -> None:
    result = agreement(faces_a, faces_b)
    if not result.n:
        st.info(f"{a} and {b} were judged on different faces.")
        return
    st.markdown(verdict(result, f"`{a}`", f"`{b}`"))
    st.markdown(f"They give the same answer for **{result.same / result.n:.1%}** of the faces.")
    counts = pd.DataFrame(
        {
            "": ["both right", f"only {a} right", f"only {b} right", "both wrong"],
            "faces": [result.both, result.only_a, result.only_b, result.neither],
        }
    )
    counts["share"] = [f"{count / result.n:.1%}" for count in counts["faces"]]
    counts["faces"] = [f"{count:,}" for count in counts["faces"]]
    st.table(counts, hide_index=True, border="horizontal")
    st.caption(
        f"McNemar's exact test on the {result.n:,} faces that both were judged on: p = "
        f"{result.p:.3g}. It looks only at the faces that only one of the two gets right."
    )


def verdict(result: Agreement, a: str, b: str) -> str:
    """McNemar's test in words. It is about these very models: their seed is no part of it."""
    if result.only_a == result.only_b:
        return f"{a} and {b} get equally many faces right."
    better, more, fewer = (
        (a, result.only_a, result.only_b)
        if result.only_a > result.only_b
        else (b, result.only_b, result.only_a)
    )
    counts = f"{better} alone gets {more:,} faces right, the other alone {fewer:,}."
    p = "less than 0.1%" if result.p < 0.001 else f"{result.p:.1%}"
    if result.p < CHANCE:
        return (
            f"**More than chance for these two as they were trained:** {counts} If they were "
            f"equally good on such faces, a difference this large would come up in {p} of such "
            "tests: anyone who compares many pairs will find some by chance. Trained again from "
            "another seed, the two may differ in another way."
        )
    return (
        f"**The difference is within chance:** {counts} If the two were equally good, a "
        f"difference this large would still come up in {p} of such tests."
    )
