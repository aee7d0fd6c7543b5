"""Face detectors: a picture in, the faces out."""

from collections.abc import Callable
from numbers import Real
from typing import Protocol, runtime_checkable

from fer_core.boxes import in_reading_order
from fer_core.detection.haar import HaarDetector
from fer_core.detection.mtcnn import MtcnnDetector
from fer_core.device import DeviceChoice
from fer_core.types import Faces, Float32Array, OptionError, UInt8Array

DEFAULT_DETECTOR = "mtcnn"
MIN_SCORE = 0.95  # by default, what scores less is no face


class Detector(Protocol):
    """Finds faces. `name` is the key of its cut in the weights card."""

    name: str

    def __call__(self, picture: UInt8Array) -> Faces:
        """RGB uint8 (H, W, 3), any size -> the faces in its pixels, in any order."""


@runtime_checkable
class Refiner(Protocol):
    """A detector that can look again where a face was, far faster than it finds one."""

    def refine(self, picture: UInt8Array, xyxy: Float32Array) -> Faces:
        """RGB uint8 (H, W, 3) and boxes (N, 4) near faces -> N faces in the same order.

        Where there is no face, the score is low and the box means nothing.
        """


_BUILDERS: dict[str, Callable[[DeviceChoice], Detector]] = {
    "mtcnn": MtcnnDetector,
    "haar": HaarDetector,
}


def list_detectors() -> list[str]:
    """The names that `create_detector` knows, the default first."""
    return list(_BUILDERS)


def check_min_score(score: float) -> None:
    """Raises OptionError where this is no minimum detection score: it is a number from 0 to 1."""
    if not (isinstance(score, Real) and 0 <= score <= 1):
        raise OptionError(f"The minimum detection score is {score!r}; give 0 to 1.")


def detector_summary(name: str) -> str:
    """The first line of what a detector says of itself."""
    return (_BUILDERS[name].__doc__ or "").strip().partition("\n")[0]


def create_detector(name: str, choice: DeviceChoice) -> Detector:
    """A detector, its model loaded. Raises OptionError for an unknown name."""
    if name not in _BUILDERS:
        known = ", ".join(list_detectors())
        raise OptionError(f"There is no detector {name!r}. Choose one of: {known}.")
    return _BUILDERS[name](choice)


def find_faces(detector: Detector, picture: UInt8Array, min_score: float = MIN_SCORE) -> Faces:
    """The faces of RGB uint8 (H, W, 3) whose score is at least min_score, in reading order."""
    faces = detector(picture)
    return in_reading_order(faces[faces.scores >= min_score])
