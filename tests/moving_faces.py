"""Made-up films whose faces are known, and a detector that finds them about as MTCNN does."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from fer_core import Faces
from fer_core.boxes import overlap
from fer_core.tracking import FaceTracker, TrackedFaces
from fer_core.tracking_options import TrackingOptions

SIZE_HW = (240, 320)
FACE = 60.0  # heights of the faces, px; they are four fifths as wide
NOISE = 0.015  # deviation of each side of a found box, in heights of the face
# The last network of the real MTCNN is sure of a face up to 30% of its height away, and draws a
# box nearer from up to 60%; the box may be 0.7 to 1.5 times as large.
SURE, CAPTURE, CAPTURE_SIZE = 0.3, 0.6, 1.5
POINTS = np.array([[0.3, 0.4], [0.7, 0.4], [0.5, 0.6], [0.35, 0.8], [0.65, 0.8]], np.float32)

Box = tuple[float, float, float, float]
Scene = Callable[[float], dict[str, Box]]  # the faces that can be seen at a time, by name


def face_at(x: float, y: float, height: float = FACE) -> Box:
    """The box of a face by its centre."""
    return x - 0.4 * height, y - height / 2, x + 0.4 * height, y + height / 2


def uncovered(front_to_back: dict[str, Box]) -> dict[str, Box]:
    """The faces less than half of whose box lies behind one in front of them."""
    seen: dict[str, Box] = {}
    for name, (x0, y0, x1, y1) in front_to_back.items():
        shared = [
            max(min(x1, a1) - max(x0, a0), 0) * max(min(y1, b1) - max(y0, b0), 0)
            for a0, b0, a1, b1 in seen.values()
        ]
        if max(shared, default=0) < 0.5 * (x1 - x0) * (y1 - y0):
            seen[name] = (x0, y0, x1, y1)
    return seen


def ground(level: int = 128, size_hw: tuple[int, int] = SIZE_HW) -> np.ndarray:
    return np.full((*size_hw, 3), level, np.uint8)


class SceneDetector:
    """Searches whole pictures only, as Haar does. `seconds` has to be set before each frame.

    searched: the sizes of the pictures that were searched. score: of each face that is found.
    """

    name = "haar"

    def __init__(self, scene: Scene, size_hw: tuple[int, int] = SIZE_HW) -> None:
        self.scene, self.size_hw = scene, size_hw
        self.seconds = 0.0
        self.score = 0.99
        self.searched: list[tuple[int, ...]] = []
        self._random = np.random.default_rng(0)

    def __call__(self, picture: np.ndarray) -> Faces:
        self.searched.append(picture.shape[:2])
        boxes = self.noisy(self.truth()) * (picture.shape[1] / self.size_hw[1])
        return with_points(boxes, np.full(len(boxes), self.score))

    def truth(self) -> np.ndarray:
        boxes = list(self.scene(self.seconds).values())
        return np.array(boxes, np.float32).reshape(-1, 4)

    def noisy(self, boxes: np.ndarray) -> np.ndarray:
        return boxes + NOISE * FACE * self._random.standard_normal(boxes.shape)


class RefiningDetector(SceneDetector):
    """Draws given boxes to the nearest face too, from farther away less surely and less exactly.

    refined: every box that it gave.
    """

    name = "mtcnn"

    def __init__(self, scene: Scene, size_hw: tuple[int, int] = SIZE_HW) -> None:
        super().__init__(scene, size_hw)
        self.refined: list[np.ndarray] = []

    def refine(self, picture: np.ndarray, xyxy: np.ndarray) -> Faces:
        boxes, scores = self.noisy(np.asarray(xyxy)), np.full(len(xyxy), 0.02)
        truth = self.truth()
        for i, box in enumerate(xyxy):
            if not len(truth):
                continue
            heights = truth[:, 3] - truth[:, 1]
            away = np.abs(centres(truth) - centres(box[None])).max(1) / heights
            near = int(away.argmin())
            size = (box[3] - box[1]) / heights[near]
            if away[near] <= CAPTURE and 1 / CAPTURE_SIZE <= size <= CAPTURE_SIZE:
                boxes[i] = self.noisy(truth[near] + 1.1 * away[near] * (box - truth[near]))
                scores[i] = self.score - 4.5 * max(away[near] - SURE, 0)
        self.refined += list(boxes)
        return with_points(boxes, scores)


def centres(boxes: np.ndarray) -> np.ndarray:
    return (boxes[:, :2] + boxes[:, 2:]) / 2


def with_points(boxes: np.ndarray, scores: np.ndarray) -> Faces:
    sides = boxes[:, None, 2:] - boxes[:, None, :2]
    points = boxes[:, None, :2] + POINTS * sides
    return Faces(
        boxes.astype(np.float32), points.astype(np.float32), np.asarray(scores, np.float32)
    )


@dataclass(frozen=True, eq=False)
class Shown:
    """What came of one frame. truth: the faces that could be seen, by name."""

    seconds: float
    tracked: TrackedFaces
    truth: dict[str, Box]

    def numbers(self) -> dict[str, int]:
        """The number on each face that was there and was seen, by name."""
        seen = np.flatnonzero(self.tracked.seen)
        on = overlap(np.array(list(self.truth.values()), np.float32).reshape(-1, 4), self.boxes)
        return {
            name: self.tracked.people[face]
            for name, row in zip(self.truth, on, strict=True)
            for face in seen
            if row[face] > 0.6
        }

    @property
    def boxes(self) -> np.ndarray:
        return self.tracked.faces.xyxy


def times(fps: float, seconds: float, start: float = 0.0) -> Iterator[float]:
    return (start + frame / fps for frame in range(round(seconds * fps)))


def play(
    detector: SceneDetector,
    fps: float,
    seconds: float,
    options: TrackingOptions | None = None,
    picture: np.ndarray | None = None,
) -> list[Shown]:
    """Follow the faces of a scene for a while."""
    tracker = FaceTracker(detector)
    picture = ground(size_hw=detector.size_hw) if picture is None else picture
    shown = []
    for now in times(fps, seconds):
        detector.seconds = now
        tracked = tracker.update(picture, now, options or TrackingOptions())
        shown.append(Shown(now, tracked, detector.scene(now)))
    return shown


FRAME_RATES = [5, 10, 30]
DETECTORS = [RefiningDetector, SceneDetector]


def resting(seconds: float) -> dict[str, Box]:
    return {"a": face_at(100, 120)}


def swaying(speed: float, reach: float = 90.0) -> Scene:
    """A face that sways left and right, at up to `speed` of its heights a second."""

    def scene(seconds: float) -> dict[str, Box]:
        return {"a": face_at(160 + reach * np.sin(seconds * speed * FACE / reach), 120)}

    return scene
