"""Faces in the frames between two that were analyzed."""

from typing import Literal

import numpy as np

from fer_core.boxes import join_faces
from fer_core.frame_analysis import FrameAnalysis
from fer_core.types import Faces, Float32Array

Alone = Literal["nearer", "held", "left out"]


def between(
    before: FrameAnalysis, after: FrameAnalysis, seconds: float, alone: Alone = "nearer"
) -> FrameAnalysis:
    """The analysis of a frame in between: boxes and probabilities move in straight lines.

    alone: somebody who is in one of the two only keeps that place in the nearer half of the time,
    or is "held" there in all of it, so that a face that left or came in between stays covered, or
    is left out.
    """
    span = after.seconds - before.seconds
    share = float(np.clip((seconds - before.seconds) / span, 0, 1)) if span > 0 else 0.0
    # Rows of both analyses, those of `after` below those of `before`.
    starts = {person: row for row, person in enumerate(before.people)}
    ends = {person: row for row, person in enumerate(after.people, len(before))}
    people = [
        person
        for person in {**starts, **ends}
        if (person in starts and person in ends)
        or alone == "held"
        or (alone == "nearer" and (person in starts) == (share < 0.5))
    ]
    first = np.array([starts.get(person, ends.get(person)) for person in people], np.intp)
    last = np.array([ends.get(person, starts.get(person)) for person in people], np.intp)

    def mixed(values: Float32Array) -> Float32Array:
        return values[first] + (values[last] - values[first]) * np.float32(share)

    faces = join_faces([before.faces, after.faces])
    seen = np.concatenate([before.seen, after.seen])
    answers = (*before.answers, *after.answers)
    return FrameAnalysis(
        Faces(mixed(faces.xyxy), mixed(faces.landmarks), mixed(faces.scores)),
        mixed(np.concatenate([before.probs, after.probs])),
        before.size_hw,
        seconds=seconds,
        people=tuple(people),
        seen=seen[first] & seen[last],
        answers=tuple(answers[row] for row in first),
    )
