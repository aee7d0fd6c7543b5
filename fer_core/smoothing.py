"""Probabilities of one face over time: smoothed, and an answer that does not flicker."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from fer_core.emotions import EMOTIONS, UNSURE, UNSURE_BELOW, Emotion
from fer_core.types import Float32Array

ENTER = UNSURE_BELOW  # an expression is named once its smoothed probability is at least this
LEAVE = 0.4  # and stays named until it falls below this,
MARGIN = 0.1  # or until another one is named that is likelier by this much
FORGET_SECONDS = 2.0


@dataclass(frozen=True, eq=False)
class _Memory:
    """What is known of one person: when last seen, the smoothed row (7,), the answer shown."""

    seconds: float
    probs: Float32Array
    answer: Emotion


class ExpressionSmoother:
    """Exponential smoothing with a time constant, and hysteresis on the answer, per person."""

    def __init__(self) -> None:
        self._memories: dict[int, _Memory] = {}
        self._seconds = -math.inf  # of the update before

    def update(
        self,
        seconds: float,
        people: Sequence[int],
        probs: Float32Array,
        time_constant_seconds: float,
    ) -> None:
        """Take in what the classifier says at a time: probs (N, 7), a row for each person.

        After one time constant, a lasting change has come through by 63%, at any frame rate;
        0 takes each frame as it is. Who was not taken in shortly before the update before this is
        forgotten: a face that is missed once is known for one more frame, however slowly they come.
        """
        for person, row in zip(people, probs, strict=True):
            before = self._memories.get(person)
            if before is None:
                answer = _answer(UNSURE, row)
            else:
                row = _blend(before.probs, row, seconds - before.seconds, time_constant_seconds)
                answer = _answer(before.answer, row)
            self._memories[person] = _Memory(seconds, row, answer)
        self._memories = {
            person: memory
            for person, memory in self._memories.items()
            if memory.seconds >= self._seconds - FORGET_SECONDS
        }
        self._seconds = seconds

    def knows(self, person: int) -> bool:
        """Whether the person was taken in, and is remembered."""
        return person in self._memories

    def probs(self, people: Sequence[int]) -> Float32Array:
        """The smoothed probabilities of people that were taken in: float32 (N, 7)."""
        rows = [self._memories[person].probs for person in people]
        return np.array(rows, np.float32).reshape(len(people), len(EMOTIONS))

    def answers(self, people: Sequence[int]) -> tuple[Emotion, ...]:
        """What to show for each of them; UNSURE where no expression is clear."""
        return tuple(self._memories[person].answer for person in people)


def _blend(
    old: Float32Array, new: Float32Array, passed_seconds: float, time_constant_seconds: float
) -> Float32Array:
    if time_constant_seconds <= 0:
        return new
    share = -math.expm1(-max(passed_seconds, 0.0) / time_constant_seconds)
    return np.asarray(old + (new - old) * np.float32(share), np.float32)


def _answer(before: Emotion, probs: Float32Array) -> Emotion:
    top = EMOTIONS[int(probs.argmax())]
    held = float(probs[before.index]) if before != UNSURE else 0.0
    if probs[top.index] >= ENTER and probs[top.index] >= held + MARGIN:
        return top
    return before if held >= LEAVE else UNSURE
