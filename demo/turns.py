"""Which photo a visitor chose last, so that a slower answer for an earlier one is dropped."""

from threading import Lock
from typing import NamedTuple


class Turn(NamedTuple):
    """A photo's place among those of its visitor."""

    visitor: str
    number: int


class Turns:
    """Counts each visitor's photos. Safe to use from several threads. Knows no UI library."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._numbers: dict[str, int] = {}

    def next(self, visitor: str) -> Turn:
        """The turn of a photo that was just chosen."""
        with self._lock:
            self._numbers[visitor] = self._numbers.get(visitor, 0) + 1
            return Turn(visitor, self._numbers[visitor])

    def current(self, visitor: str) -> Turn:
        """The turn of the photo that was chosen last."""
        with self._lock:
            return Turn(visitor, self._numbers.get(visitor, 0))

    def is_last(self, turn: Turn) -> bool:
        """Whether no other photo was chosen since."""
        return self.current(turn.visitor) == turn

    def forget(self, visitor: str) -> None:
        """The visitor has left."""
        with self._lock:
            self._numbers.pop(visitor, None)
