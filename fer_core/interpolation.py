"""Faces in the frames between two that were analyzed."""

import cv2
import numpy as np

from fer_core.boxes import join_faces
from fer_core.inputs import to_grey
from fer_core.live import LiveAnalysis
from fer_core.tracking import CUT_LEVELS
from fer_core.types import Faces, UInt8Array


class Scenes:
    """Tells where one scene of a film ends and the next begins, by the same rule as tracking."""

    def __init__(self) -> None:
        self._before: UInt8Array | None = None

    def cut_before(self, picture: UInt8Array) -> bool:
        """Whether RGB uint8 (H, W, 3) is nothing like the picture given before."""
        small = cv2.resize(picture, (32, 24), interpolation=cv2.INTER_AREA)
        before, self._before = self._before, to_grey(np.asarray(small, np.uint8))
        return before is not None and float(cv2.absdiff(before, self._before).mean()) > CUT_LEVELS


def between(
    before: LiveAnalysis, after: LiveAnalysis, seconds: float, hold: bool = False
) -> LiveAnalysis:
    """The analysis of a frame in between: boxes and probabilities move in straight lines.

    Somebody who is in one of the two only keeps that place in the nearer half of the time, or
    with `hold` in all of it, so that a face that left or came in between stays covered.
    """
    span = after.seconds - before.seconds
    share = float(np.clip((seconds - before.seconds) / span, 0, 1)) if span > 0 else 0.0
    starts = {person: (before, row) for row, person in enumerate(before.people)}
    ends = {person: (after, row) for row, person in enumerate(after.people)}
    people = [
        person
        for person in {**starts, **ends}
        if hold or (person in starts and person in ends) or (person in starts) == (share < 0.5)
    ]
    pairs = [(starts.get(p) or ends[p], ends.get(p) or starts[p]) for p in people]
    probs = [a.probs[i] + (b.probs[j] - a.probs[i]) * np.float32(share) for (a, i), (b, j) in pairs]
    return LiveAnalysis(
        join_faces([_mixed(_one(*start), _one(*end), share) for start, end in pairs]),
        np.array(probs, np.float32).reshape(len(people), before.probs.shape[1]),
        before.size_hw,
        seconds=seconds,
        people=tuple(people),
        seen=np.array([a.seen[i] and b.seen[j] for (a, i), (b, j) in pairs], np.bool_),
        answers=tuple(a.answers[i] for (a, i), _ in pairs),
    )


def _one(analysis: LiveAnalysis, row: int) -> Faces:
    return analysis.faces[np.array([row])]


def _mixed(first: Faces, last: Faces, share: float) -> Faces:
    part = np.float32(share)
    return Faces(
        first.xyxy + (last.xyxy - first.xyxy) * part,
        first.landmarks + (last.landmarks - first.landmarks) * part,
        first.scores + (last.scores - first.scores) * part,
    )
