"""What a clip showed of each person over time: arrays, shares and means, CSV and JSON."""

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fer_core.emotions import LABELS, UNSURE
from fer_core.frame_analysis import FrameAnalysis
from fer_core.types import Float32Array, check_array

ANSWERS: tuple[str, ...] = (*LABELS, UNSURE.name)
ROWS_AT_ONCE = 1000  # as Python objects, rows take far more room than in the arrays
# Of a Timeline: the type of each, and the shape of a row's entry.
_COLUMNS: Mapping[str, tuple[type[np.generic], tuple[int, ...]]] = MappingProxyType(
    {
        "frame": (np.int64, ()),
        "seconds": (np.float64, ()),
        "person": (np.int64, ()),
        "xyxy": (np.float32, (4,)),
        "probs": (np.float32, (len(LABELS),)),
        "answer": (np.int8, ()),
    }
)


@dataclass(frozen=True, eq=False)
class PersonSummary:
    """One person of a timeline. frames: in how many of the analyzed ones they were seen.

    shares: float32 (8,), the share of these frames in which each expression was shown, unsure last.
    mean_probs: float32 (7,), the mean of their probabilities.
    """

    person: int
    first_seconds: float
    last_seconds: float
    frames: int
    shares: Float32Array
    mean_probs: Float32Array


@dataclass(frozen=True, eq=False)
class ClipInfo:
    """What a timeline was made from. rate: frames a second, the mean from the first of them on.

    size_hw: of its frames as they were analyzed, px. seconds: when the last of them ends.
    frames, analyzed_frames: how many it has, and in how many of them faces were looked for.
    notes: sentences for the user.
    """

    name: str
    size_hw: tuple[int, int]
    rate: float
    seconds: float
    frames: int
    analyzed_frames: int
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Timeline:
    """R rows, one for each face that was seen in each frame that was analyzed, in their order.

    frame: int64 (R,), the frame's number, from 0. seconds: float64 (R,), its time after the
    clip's start. person: int64 (R,), from 1. xyxy: float32 (R, 4), px. probs: float32 (R, 7),
    smoothed. answer: int8 (R,), the index of the expression that was shown, or 7 for unsure.
    """

    frame: NDArray[np.int64]
    seconds: NDArray[np.float64]
    person: NDArray[np.int64]
    xyxy: Float32Array
    probs: Float32Array
    answer: NDArray[np.int8]

    def __post_init__(self) -> None:
        for name, (dtype, rest) in _COLUMNS.items():
            check_array(name, getattr(self, name), (len(self), *rest), dtype)

    def __len__(self) -> int:
        return len(self.frame)

    @classmethod
    def join(cls, parts: Sequence["Timeline"]) -> "Timeline":
        """Timelines that follow on each other as one."""
        empty = cls(*(np.zeros((0, *rest), dtype) for dtype, rest in _COLUMNS.values()))
        columns = ([getattr(part, name) for part in (empty, *parts)] for name in _COLUMNS)
        return cls(*(np.concatenate(arrays) for arrays in columns))

    @classmethod
    def of_frame(cls, frame: int, analysis: FrameAnalysis) -> "Timeline":
        """The rows of the faces that are seen in one frame."""
        seen = np.flatnonzero(analysis.seen)
        return cls(
            np.full(len(seen), frame, np.int64),
            np.full(len(seen), analysis.seconds, np.float64),
            np.array(analysis.people, np.int64)[seen],
            analysis.faces.xyxy[seen],
            analysis.probs[seen],
            np.array([answer.index for answer in analysis.answers], np.int8)[seen],
        )

    def of(self, person: int) -> "Timeline":
        """The rows of one person."""
        keep = self.person == person
        return Timeline(*(getattr(self, name)[keep] for name in _COLUMNS))

    @cached_property
    def people(self) -> tuple[PersonSummary, ...]:
        """Everybody who was seen, in the order in which they appeared."""
        return tuple(_summary(self.of(int(person))) for person in np.unique(self.person))

    def records(self) -> Iterator[dict[str, Any]]:
        """The rows as dictionaries, rounded for people to read.

        label: the likeliest expression. shown: what the video shows, which is "unsure" in doubt.
        """
        for start in range(0, len(self), ROWS_AT_ONCE):
            rows = slice(start, start + ROWS_AT_ONCE)
            columns = (getattr(self, name)[rows].tolist() for name in _COLUMNS)
            for frame, seconds, person, box, probs, answer in zip(*columns, strict=True):
                yield {
                    "frame": frame,
                    "seconds": round(seconds, 6),
                    "person": person,
                    "label": LABELS[int(np.argmax(probs))],
                    "shown": ANSWERS[answer],
                    "xyxy": [round(v, 1) for v in box],
                    "probs": {k: round(v, 4) for k, v in zip(LABELS, probs, strict=True)},
                }

    def to_csv(self) -> str:
        """One line a row: frame, seconds, person, label, what is shown, box, and probabilities."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        box = ["left", "top", "right", "bottom"]
        start = ["frame", "seconds", "person", "label", "shown", *box]
        writer.writerow([*start, *LABELS])
        for record in self.records():
            values = list(record.values())
            writer.writerow([*values[:5], *record["xyxy"], *record["probs"].values()])
        return text.getvalue()

    def to_json(self, clip: ClipInfo) -> str:
        """The clip, a summary of each person, and the rows, one a line."""
        head = {
            "source": clip.name,
            "width": clip.size_hw[1],
            "height": clip.size_hw[0],
            "rate": round(clip.rate, 3),
            "seconds": round(clip.seconds, 6),
            "frames": clip.frames,
            "analyzed_frames": clip.analyzed_frames,
            "notes": list(clip.notes),
            "people": [_person_record(summary) for summary in self.people],
        }
        start = json.dumps(head, indent=2).removesuffix("\n}")
        rows = ",\n    ".join(json.dumps(record) for record in self.records())
        return f'{start},\n  "faces": [\n    {rows}\n  ]\n}}\n'


def _summary(rows: Timeline) -> PersonSummary:
    counts = np.bincount(rows.answer, minlength=len(ANSWERS))
    return PersonSummary(
        int(rows.person[0]),
        float(rows.seconds[0]),
        float(rows.seconds[-1]),
        len(rows),
        (counts / len(rows)).astype(np.float32),
        rows.probs.mean(0, dtype=np.float64).astype(np.float32),
    )


def _person_record(summary: PersonSummary) -> dict[str, Any]:
    shares = zip(ANSWERS, summary.shares.tolist(), strict=True)
    means = zip(LABELS, summary.mean_probs.tolist(), strict=True)
    return {
        "person": summary.person,
        "first_seconds": round(summary.first_seconds, 6),
        "last_seconds": round(summary.last_seconds, 6),
        "frames": summary.frames,
        "shares": {name: round(share, 4) for name, share in shares},
        "mean_probs": {name: round(mean, 4) for name, mean in means},
    }
