"""Each person's strongest moments of a clip, kept small while it runs, drawn as one picture."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from fer_core.artwork import blend, label_tile
from fer_core.crops import FaceCut
from fer_core.emoji import render
from fer_core.emotions import UNSURE, Emotion
from fer_core.frame_analysis import FrameAnalysis
from fer_core.pixels import resize
from fer_core.types import UInt8Array

TILE_PX = 160
AROUND = FaceCut(side=1.8)  # what is kept around a face, in heights of its box
MOMENTS = 4  # of a person, at most
APART_SECONDS = 0.5  # moments nearer than this are one and the same
PEOPLE = 12  # on a sheet, at most; while a clip runs, up to twice as many are remembered

PAPER, INK, GAP_PX, FONT_PX = (250, 250, 249), (41, 37, 36), 14, 17
NAME_PX, CAPTION_PX = 104, 52

Line = tuple[str, int, int]  # a text, and the left and top of where it stands


@dataclass(frozen=True, eq=False)
class Moment:
    """When a person showed an expression most clearly.

    prob: its smoothed probability. crop: RGB uint8 (TILE_PX, TILE_PX, 3), the face and what is
    around it. analysis: of all faces in the crop, in its pixels.
    """

    person: int
    frame: int
    seconds: float
    answer: Emotion
    prob: float
    crop: UInt8Array
    analysis: FrameAnalysis


class MomentKeeper:
    """Looks at frames one after the other and remembers the strongest moments of a few people.

    Those stay who have been on screen longest; the pictures take no more room in a longer clip.
    """

    def __init__(self) -> None:
        self._frames: dict[int, int] = {}  # in how many each person was seen
        self._best: dict[int, dict[Emotion, Moment]] = {}

    def add(self, picture: UInt8Array, frame: int, analysis: FrameAnalysis) -> None:
        """Take in the analysis of a frame, RGB uint8 (H, W, 3), whose number is `frame`."""
        for face, (person, answer) in enumerate(
            zip(analysis.people, analysis.answers, strict=True)
        ):
            if not analysis.seen[face]:
                continue
            self._frames[person] = self._frames.get(person, 0) + 1
            best = self._best.setdefault(person, {})
            prob = float(analysis.probs[face, answer.index]) if answer != UNSURE else 0.0
            if prob and (answer not in best or prob > best[answer].prob):
                crop, inside = _crop(picture, analysis, face)
                best[answer] = Moment(person, frame, analysis.seconds, answer, prob, crop, inside)
        if len(self._best) > 2 * PEOPLE:
            self._best = {person: self._best[person] for person in self._longest()}

    def moments(self) -> tuple[Moment, ...]:
        """At most MOMENTS of each of at most PEOPLE people, by person, then by time."""
        with_any = [person for person in self._longest() if self._best[person]]
        chosen: list[Moment] = []
        for person in sorted(with_any):
            chosen += sorted(_strongest(self._best[person]), key=lambda moment: moment.seconds)
        return tuple(chosen)

    def _longest(self) -> list[int]:
        by_frames = sorted(self._best, key=lambda person: -self._frames[person])
        return by_frames[:PEOPLE]


def contact_sheet(moments: Sequence[Moment], cover: bool = False) -> UInt8Array:
    """The moments as one picture, RGB uint8 (H, W, 3): a row a person, each with word and time.

    cover: whether an emoji hides every face.
    """
    people = sorted({moment.person for moment in moments})
    rows = [[moment for moment in moments if moment.person == person] for person in people]
    if not rows:
        return _text_only("No expression was clear enough to be shown here.")
    columns = max(len(row) for row in rows)
    row_px = TILE_PX + CAPTION_PX + GAP_PX
    sheet = np.full(
        (GAP_PX + len(rows) * row_px, NAME_PX + columns * (TILE_PX + GAP_PX) + GAP_PX, 3),
        PAPER,
        np.uint8,
    )
    lines: list[Line] = []
    for number, row in enumerate(rows):
        top = GAP_PX + number * row_px
        lines.append((f"Person {row[0].person}", GAP_PX, top + TILE_PX // 2 - FONT_PX))
        for column, moment in enumerate(row):
            left = NAME_PX + GAP_PX + column * (TILE_PX + GAP_PX)
            crop = render(moment.crop, moment.analysis, cover=True) if cover else moment.crop
            sheet[top : top + TILE_PX, left : left + TILE_PX] = crop
            label = label_tile(moment.answer.name, FONT_PX, moment.answer.colour)
            blend(sheet, label, left, top + TILE_PX + 8)
            lines.append((_clock(moment.seconds), left + label.shape[1] + 8, top + TILE_PX + 9))
    return _with_text(sheet, lines)


def _strongest(best: dict[Emotion, Moment]) -> list[Moment]:
    """The likeliest first, leaving out what is too near in time to a likelier one."""
    chosen: list[Moment] = []
    for moment in sorted(best.values(), key=lambda moment: -moment.prob):
        if all(abs(moment.seconds - other.seconds) >= APART_SECONDS for other in chosen):
            chosen.append(moment)
    return chosen[:MOMENTS]


def _crop(
    picture: UInt8Array, analysis: FrameAnalysis, face: int
) -> tuple[UInt8Array, FrameAnalysis]:
    """The square around a face, moved into the picture, and the analysis of all faces in it."""
    square = AROUND.squares(analysis.faces.xyxy[face : face + 1])[0]
    limits = np.array(picture.shape[1::-1])  # width, height
    side = int(np.clip(square[2] - square[0], 1, limits.min()))
    corner = np.clip(np.round(square[:2]), 0, limits - side).astype(np.intp)
    part = picture[corner[1] : corner[1] + side, corner[0] : corner[0] + side]
    faces = analysis.faces.mapped(corner, TILE_PX / side)
    inside = np.flatnonzero((faces.xyxy[:, 2:] > 0).all(1) & (faces.xyxy[:, :2] < TILE_PX).all(1))
    shown = FrameAnalysis(
        faces[inside],
        analysis.probs[inside],
        (TILE_PX, TILE_PX),
        seconds=analysis.seconds,
        people=tuple(analysis.people[index] for index in inside),
        seen=analysis.seen[inside],
        answers=tuple(analysis.answers[index] for index in inside),
    )
    # A copy: what is kept must not hold on to the whole frame.
    return resize(part, (TILE_PX, TILE_PX)).copy(), shown


def _text_only(text: str) -> UInt8Array:
    width = round(ImageFont.load_default(FONT_PX).getlength(text))
    sheet = np.full((4 * FONT_PX, width + 4 * GAP_PX, 3), PAPER, np.uint8)
    return _with_text(sheet, [(text, 2 * GAP_PX, FONT_PX)])


def _with_text(sheet: UInt8Array, lines: Sequence[Line]) -> UInt8Array:
    image = Image.fromarray(sheet)
    draw, font = ImageDraw.Draw(image), ImageFont.load_default(FONT_PX)
    for text, left, top in lines:
        draw.text((left, top), text, INK, font)
    return np.array(image)


def _clock(seconds: float) -> str:
    tenths = round(seconds * 10)  # first: 59.97 seconds are 1:00.0, not 0:60.0
    return f"{tenths // 600}:{tenths % 600 / 10:04.1f}"
