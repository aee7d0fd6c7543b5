"""What an analysis says, as text: JSON or CSV for programs, a percentage for people."""

import csv
import io
import json
from typing import Any

from fer_core.emotions import LABELS, UNSURE, Emotion
from fer_core.types import Analysis, Float32Array


def percent(prob: float) -> str:
    """A probability in whole per cent; never "0%" or "100%" of what is not quite certain."""
    if 0 < prob <= 0.005:
        return "<1%"
    return ">99%" if 0.995 <= prob < 1 else f"{prob:.0%}"


def in_words(shown: Emotion, probs: Float32Array) -> str:
    """What is shown of a face, and its probability among `probs` (7,); "unsure" has none."""
    return shown.name if shown == UNSURE else f"{shown.name} {percent(float(probs[shown.index]))}"


def records(analysis: Analysis) -> list[dict[str, Any]]:
    """One record a face, in the analysis's order, numbered from 1; `xyxy` in pixels.

    label: the likeliest expression. shown: what pictures show, which is "unsure" in doubt.
    """
    faces, labels, shown = analysis.faces, analysis.labels, analysis.shown
    return [
        {
            "face": index + 1,
            "label": labels[index],
            "shown": shown[index].name,
            "probs": {
                label: round(float(prob), 4)
                for label, prob in zip(LABELS, analysis.probs[index], strict=True)
            },
            "xyxy": [round(float(v), 1) for v in faces.xyxy[index]],
            "score": round(float(faces.scores[index]), 4),
        }
        for index in range(len(analysis))
    ]


def to_json(analysis: Analysis, source_name: str) -> str:
    """The whole analysis of the picture `source_name` as a JSON document."""
    height, width = analysis.size_hw
    return (
        json.dumps(
            {
                "source": source_name,
                "width": width,
                "height": height,
                "notes": list(analysis.notes),
                "faces": records(analysis),
            },
            indent=2,
        )
        + "\n"
    )


def to_csv(analysis: Analysis) -> str:
    """One line a face: number, label, what is shown, box, score, and the seven probabilities."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    box = ["left", "top", "right", "bottom"]
    writer.writerow(["face", "label", "shown", *box, "score", *LABELS])
    for record in records(analysis):
        start = [record["face"], record["label"], record["shown"]]
        start += [*record["xyxy"], record["score"]]
        writer.writerow([*start, *record["probs"].values()])
    return text.getvalue()
