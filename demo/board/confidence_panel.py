"""How sure models are against how right, and what leaving the doubtful faces out would bring."""

import pandas as pd
import streamlit as st

from demo.board.judging import Judging, in_words
from demo.board.panels import chart
from demo.charts import quality
from fer_core.judged import THRESHOLDS, Judged, reliability, thresholds
from fer_core.report import Evaluation
from fer_core.results import percent


def confidence(faces: dict[str, Judged], judged: dict[str, Evaluation], judging: Judging) -> None:
    st.subheader("How sure, and how right", anchor=False)
    left, right = st.columns(2)
    bins = {name: reliability(each) for name, each in faces.items()}
    with left:
        chart(
            quality.reliability(bins),
            "Reliability: expected calibration error "
            + ", ".join(f"{name} {100 * judged[name].ece:.1f} per cent" for name in faces),
            "reliability",
            pd.concat(
                pd.DataFrame(
                    {"model": name, "confidence": b.confidence, "right": b.accuracy, "faces": b.n}
                )
                for name, b in bins.items()
            ),
            in_words(judging),
        )
        st.caption(
            "Below the diagonal, a model is right less often than its confidence says. Larger "
            "marks: more faces."
        )
    with right:
        _unsure(faces, judging)


@st.fragment
def _unsure(faces: dict[str, Judged], judging: Judging) -> None:
    curves = {name: thresholds(each) for name, each in faces.items()}
    at = st.slider(
        "Unsure below",
        0,
        100,
        50,
        format="%d%%",
        key="unsure",
        bind="query-params",
        help="A face whose most likely expression has less than this probability gets no answer.",
    )
    place = round(at / 100 * (THRESHOLDS - 1))
    words = []
    for name, curve in curves.items():
        share, right = curve.answered[place], curve.accuracy[place]
        some = f"answers {percent(share)} of the faces, {right:.1%} of them right"
        words.append(f"{name} {some if share > 0 else 'answers none'}")
    chart(
        quality.answered(curves, place),
        f"With unsure below {at} per cent: {'; '.join(words)}.",
        "accuracy-of-answered",
        pd.concat(
            pd.DataFrame(
                {
                    "model": name,
                    "threshold": c.threshold,
                    "answered": c.answered,
                    "right": c.accuracy,
                }
            )
            for name, c in curves.items()
        ),
        in_words(judging),
    )
    st.caption("; ".join(words) + ".")
