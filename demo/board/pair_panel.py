"""Two models face by face: McNemar's test in words, and the difference of their matrices."""

from itertools import combinations

import numpy as np
import pandas as pd
import streamlit as st

from demo.board import figures
from demo.board.figures import Judged
from demo.board.panels import chart, file_name
from demo.charts.matrices import difference, row_per_cent
from fer_core.emotions import LABELS
from fer_core.report import Evaluation

COUNTS, PER_CENT = "faces", "% of row"  # what the cells of a matrix hold


def pair(judged: dict[str, Evaluation], faces: dict[str, Judged]) -> None:
    st.subheader("Two models, face by face", anchor=False)
    pairs = {f"{a} and {b}": (a, b) for a, b in combinations(judged, 2)}
    name = next(iter(pairs))
    if len(pairs) > 1:
        name = st.selectbox("Pair", list(pairs), key="pair", bind="query-params")
    a, b = pairs[name]
    left, right = st.columns(2)
    if a in faces and b in faces:
        with left:
            _face_by_face(faces[a], faces[b], a, b)
    with right:
        per_cent = judged[a].n != judged[b].n or st.session_state.get("unit") != COUNTS
        matrix_a, matrix_b = (np.array(judged[each].confusion) for each in (a, b))
        gap = row_per_cent(matrix_a) - row_per_cent(matrix_b) if per_cent else matrix_a - matrix_b
        ahead = [n for n, d in zip(LABELS, np.diag(gap), strict=True) if d > 0]
        chart(
            difference(
                gap,
                "First minus second" + (", points" if per_cent else ", faces"),
                [
                    [f"{first} against {second} faces" for first, second in zip(*rows, strict=True)]
                    for rows in zip(matrix_a, matrix_b, strict=True)
                ],
            ),
            f"Difference of the confusion matrices of {a} and {b}. On the diagonal {a} is ahead "
            f"for {', '.join(ahead) or 'no expression'}.",
            file_name("difference", a, b),
            pd.DataFrame(gap, columns=list(LABELS)).assign(labelled=LABELS),
        )
        st.caption(f"Blue: more often with {a}. Orange: more often with {b}.")


def _face_by_face(faces_a: Judged, faces_b: Judged, a: str, b: str) -> None:
    result = figures.agreement(faces_a, faces_b)
    if not result.n:
        st.info(f"{a} and {b} were judged on different faces.")
        return
    st.markdown(figures.verdict(result, f"`{a}`", f"`{b}`"))
    st.markdown(f"They give the same answer for **{result.same / result.n:.1%}** of the faces.")
    counts = pd.DataFrame(
        {
            "": ["both right", f"only {a} right", f"only {b} right", "both wrong"],
            "faces": [result.both, result.only_a, result.only_b, result.neither],
        }
    )
    counts["share"] = [f"{count / result.n:.1%}" for count in counts["faces"]]
    st.table(counts, hide_index=True, border="horizontal")
    st.caption(
        f"McNemar's exact test on the {result.n:,} faces that both were judged on: p = "
        f"{result.p:.3g}. It looks only at the faces that one of the two has right."
    )
