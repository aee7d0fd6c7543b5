"""What a visitor asked for last, so that a slower answer to an earlier wish is dropped."""

from threading import Lock
from typing import NamedTuple


class Turn(NamedTuple):
    """The place of a photo, or of a change to it, among the wishes of its visitor."""

    visitor: str
    number: int


MOST = 10_000  # visitors


class Turns:
    """Counts each visitor's wishes. Safe to use from several threads. Knows no UI library.

    Of the last MOST visitors: anyone may come in any name, and not all of them say goodbye.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._numbers: dict[str, int] = {}

    def next(self, visitor: str) -> Turn:
        """The turn of a photo that was just chosen."""
        with self._lock:
            # The last to come is the last to go.
            self._numbers[visitor] = self._numbers.pop(visitor, 0) + 1
            if len(self._numbers) > MOST:
                del self._numbers[next(iter(self._numbers))]
            return Turn(visitor, self._numbers[visitor])

    def after(self, turn: Turn) -> Turn | None:
        """The turn of a change to what `turn` brought; None where that is not the last any more."""
        with self._lock:
            if self._numbers.get(turn.visitor) != turn.number:
                return None
            self._numbers[turn.visitor] += 1
            return Turn(turn.visitor, self._numbers[turn.visitor])

    def is_last(self, turn: Turn) -> bool:
        """Whether nothing was asked for since."""
        with self._lock:
            return self._numbers.get(turn.visitor) == turn.number

    def forget(self, visitor: str) -> None:
        """The visitor has left."""
        with self._lock:
            self._numbers.pop(visitor, None)
