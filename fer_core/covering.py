"""Faces to be covered in the frames before a search comes upon them, and until they are gone."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from fer_core.boxes import join_faces
from fer_core.detection import Refiner
from fer_core.frame_analysis import FrameAnalysis
from fer_core.tracking import FOLLOW_SCORE
from fer_core.types import Faces, UInt8Array


def followed(
    refiner: Refiner,
    pictures: Sequence[UInt8Array],
    analyses: Sequence[FrameAnalysis],
    looked_at: Sequence[bool],
    earlier: FrameAnalysis,
) -> list[FrameAnalysis]:
    """The analyses of consecutive frames of one scene, with each face extended back to the first of
    these frames, and forward until an analyzed frame neither sees nor holds it.

    pictures: the frames, RGB uint8 (H, W, 3). looked_at: of each, whether it was analyzed itself;
    the others have only who is in the analyses around them both. earlier: what this made of the
    frame before. Such a face counts as not seen, as one whose place is held. It is followed from
    frame to frame; where that fails, it keeps its place: whether it was there yet, or still, is not
    known.
    """
    seen = [_seen_of(analysis) for analysis in analyses]
    held = [
        set(analysis.people) - set(sure.people) if looked else set()
        for analysis, sure, looked in zip(analyses, seen, looked_at, strict=True)
    ]
    covered = list(seen)
    for index in range(1, len(seen)):
        late = seen[index]
        for row, person in enumerate(late.people):
            face = late.faces[row]
            for before in range(index - 1, -1, -1):
                if person in covered[before].people:
                    break
                face = _refound(refiner, pictures[before], face)
                covered[before] = _with(covered[before], late, row, face)
    for index, (analysis, looked) in enumerate(zip(analyses, looked_at, strict=True)):
        for row, person in enumerate(earlier.people):
            there = person in covered[index].people
            if not there and (not looked or person in held[index]):
                face = _refound(refiner, pictures[index], earlier.faces[row])
                covered[index] = _with(covered[index], earlier, row, face)
        for row, person in enumerate(analysis.people):  # after a cut back to their scene
            if person in held[index] and person not in covered[index].people:
                covered[index] = _with(covered[index], analysis, row, analysis.faces[row])
        earlier = covered[index]
    return covered


def _seen_of(analysis: FrameAnalysis) -> FrameAnalysis:
    """The analysis without the faces whose place is only held."""
    rows = np.flatnonzero(analysis.seen)
    return replace(
        analysis,
        faces=analysis.faces[rows],
        probs=analysis.probs[rows],
        people=tuple(analysis.people[row] for row in rows),
        seen=analysis.seen[rows],
        answers=tuple(analysis.answers[row] for row in rows),
    )


def _refound(refiner: Refiner, picture: UInt8Array, face: Faces) -> Faces:
    """Where a face (a Faces of 1) of the frame beside is in this one."""
    found = refiner.refine(picture, face.xyxy)
    return found if found.scores[0] >= FOLLOW_SCORE else face


def _with(analysis: FrameAnalysis, other: FrameAnalysis, row: int, face: Faces) -> FrameAnalysis:
    """The analysis with another face, of which is shown what `other` says in that row."""
    return replace(
        analysis,
        faces=join_faces([analysis.faces, face]),
        probs=np.concatenate([analysis.probs, other.probs[row : row + 1]]),
        people=(*analysis.people, other.people[row]),
        seen=np.append(analysis.seen, False),
        answers=(*analysis.answers, other.answers[row]),
    )
