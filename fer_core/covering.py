"""Faces that a clip's search comes upon late, covered in the frames before it as well."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from fer_core.boxes import join_faces
from fer_core.detection import Refiner
from fer_core.live import LiveAnalysis
from fer_core.tracking import FOLLOW_SCORE
from fer_core.types import Faces, UInt8Array


def carried_back(
    refiner: Refiner, pictures: Sequence[UInt8Array], analyses: Sequence[LiveAnalysis]
) -> list[LiveAnalysis]:
    """The analyses of consecutive frames of one scene, where whoever appears in one is in all
    before it, too.

    pictures: the frames, RGB uint8 (H, W, 3). Such a face counts as not seen, as one whose place
    is held. It is followed backwards; where that fails, it keeps its place: whether it was there
    yet is not known.
    """
    carried = list(analyses)
    for index in range(1, len(analyses)):
        known = set(analyses[index - 1].people)
        for row, person in enumerate(analyses[index].people):
            if person not in known:
                late = analyses[index]
                faces = _followed_back(refiner, pictures[:index], late.faces[row])
                for before, face in zip(range(index - 1, -1, -1), faces, strict=True):
                    carried[before] = _with(carried[before], late, row, face)
    return carried


def _followed_back(refiner: Refiner, pictures: Sequence[UInt8Array], face: Faces) -> list[Faces]:
    """Where a face (a Faces of 1) was in each of the frames before it, the last one first."""
    places: list[Faces] = []
    for picture in reversed(pictures):
        found = refiner.refine(picture, face.xyxy)
        face = found if found.scores[0] >= FOLLOW_SCORE else face
        places.append(face)
    return places


def _with(analysis: LiveAnalysis, late: LiveAnalysis, row: int, face: Faces) -> LiveAnalysis:
    """The analysis with another face, of which is shown what `late` says in that row."""
    if late.people[row] in analysis.people:
        return analysis
    return replace(
        analysis,
        faces=join_faces([analysis.faces, face]),
        probs=np.concatenate([analysis.probs, late.probs[row : row + 1]]),
        people=(*analysis.people, late.people[row]),
        seen=np.append(analysis.seen, False),
        answers=(*analysis.answers, late.answers[row]),
    )
