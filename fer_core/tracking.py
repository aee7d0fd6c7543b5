"""Faces through the frames of a film: found now and then, followed in between, each a person."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from fer_core.detection import Detector, Refiner
from fer_core.inputs import resize, to_grey
from fer_core.types import Faces, Float32Array, OptionError, UInt8Array

FOLLOW_SCORE = 0.7  # a known face counts as seen down to this; a new one has to be surer
SURE_SCORE = 0.9  # below this a refined box is refined once more: it had moved far
SAME_FACE = 0.3  # least overlap (IoU) of a found face with the person it is taken for
ONE_FACE = 0.5  # two boxes that overlap more than this lie on one face
REMEMBER_SECONDS = 1.5  # who comes back within this time where they were to be is the same person
EXTRAPOLATE_SECONDS = 0.5  # a lost box moves on at its last speed for so long, then waits
STEADY_SECONDS = 0.12  # time constant by which a resting box follows the refined one
MOVING = 0.08  # a box that moves by this share of its height follows at once
RETRY_SECONDS = 0.15  # while a face is lost, the whole frame is searched no more often than this
CUT_LEVELS = 40.0  # mean change of the grey levels from frame to frame that makes a new scene


@dataclass(frozen=True)
class TrackingOptions:
    """How faces are followed.

    detect_every_seconds: the whole frame is searched at least this often.
    hold_seconds: how long a face that cannot be seen keeps its place.
    min_score: the least detection score for a new face, 0 to 1.
    search_side: the longer side of the picture that is searched, in px: smaller is faster, and
        misses smaller faces. 0 searches the frame as it is.
    """

    detect_every_seconds: float = 0.4
    hold_seconds: float = 0.35
    min_score: float = 0.95
    search_side: int = 320

    def __post_init__(self) -> None:
        if not 0 <= self.min_score <= 1:
            raise OptionError(f"The least detection score is {self.min_score}; give 0 to 1.")
        if not 0 <= self.hold_seconds <= REMEMBER_SECONDS:
            raise OptionError(
                f"A lost face is to be held {self.hold_seconds} seconds; "
                f"give 0 to {REMEMBER_SECONDS}."
            )


@dataclass(frozen=True, eq=False)
class TrackedFaces:
    """The faces of one frame, in the order in which people appeared.

    people: the person of each face; a number is never given twice.
    seen: bool (N,), False where a face is lost and its last place is held.
    """

    faces: Faces
    people: tuple[int, ...]
    seen: np.ndarray

    def __post_init__(self) -> None:
        if not len(self.faces) == len(self.people) == len(self.seen):
            raise ValueError("faces, people and seen have different lengths")


@dataclass(frozen=True, eq=False)
class _Track:
    """One person. raw: the box as last refined, (4,); face: a Faces of 1, as shown; speed: of the
    raw box's corners in px per second, (4,)."""

    person: int
    raw: Float32Array
    face: Faces
    speed: Float32Array
    seen_seconds: float

    def expected(self, seconds: float) -> Float32Array:
        """Where the box should be by now, (4,)."""
        passed = min(seconds - self.seen_seconds, EXTRAPOLATE_SECONDS)
        return np.asarray(self.raw + self.speed * np.float32(passed), np.float32)


class FaceTracker:
    """Follows faces from frame to frame.

    The whole frame is searched only now and then. In between, a detector that is a `Refiner` looks
    again at the known boxes; with another one, each frame is searched. The frames of one film go
    through one tracker, in order.
    """

    def __init__(self, detector: Detector) -> None:
        self._detector = detector
        self._tracks: list[_Track] = []
        self._people = 0
        self._searched_seconds = float("-inf")
        self._before_seconds = float("-inf")  # the frame before
        self._thumbnail = np.zeros((0, 0), np.uint8)

    def update(self, picture: UInt8Array, seconds: float, options: TrackingOptions) -> TrackedFaces:
        """The faces of the next frame, RGB uint8 (H, W, 3), at a time that does not run back."""
        if self._is_new_scene(picture):
            self._tracks = []
            self._searched_seconds = float("-inf")
        lost = self._follow(picture, seconds, options.hold_seconds)
        waited = seconds - self._searched_seconds
        if waited >= (RETRY_SECONDS if lost else options.detect_every_seconds):
            self._search(picture, seconds, options)
            self._searched_seconds = seconds
        self._tracks = [
            track
            for track in self._tracks
            if self._before_seconds - track.seen_seconds <= REMEMBER_SECONDS
        ]
        self._before_seconds = seconds
        shown = [t for t in self._tracks if seconds - t.seen_seconds <= options.hold_seconds]
        return TrackedFaces(
            join_faces([track.face for track in shown]),
            tuple(track.person for track in shown),
            np.array([track.seen_seconds == seconds for track in shown], np.bool_),
        )

    def _is_new_scene(self, picture: UInt8Array) -> bool:
        thumbnail = to_grey(np.asarray(cv2.resize(picture, (32, 24)), np.uint8))
        before, self._thumbnail = self._thumbnail, thumbnail
        return before.shape == thumbnail.shape and (
            float(cv2.absdiff(before, thumbnail).mean()) > CUT_LEVELS
        )

    def _follow(self, picture: UInt8Array, seconds: float, hold_seconds: float) -> bool:
        """Look again where known faces should be; whether one of them is not to be seen."""
        near = [
            index
            for index, track in enumerate(self._tracks)
            # Up to the frame before: however slow the frames come, each follows the last.
            if self._before_seconds - track.seen_seconds <= hold_seconds
        ]
        if not near or not isinstance(self._detector, Refiner):
            return bool(near) or not isinstance(self._detector, Refiner)
        expected = np.stack([self._tracks[index].expected(seconds) for index in near])
        faces = self._refined(picture, expected)
        # A face that passes behind another draws both boxes to the one in front. It belongs to
        # the person whose box had the shorter way; the other is lost for the moment.
        ways = np.abs(faces.xyxy - expected).max(1) / (expected[:, 3] - expected[:, 1])
        taken = np.zeros((0, 4), np.float32)
        for face in np.argsort(ways, kind="stable"):
            one = faces[np.array([face])]
            doubled = (overlap(one.xyxy, taken) > ONE_FACE).any()
            if one.scores[0] >= FOLLOW_SCORE and not doubled:
                track = self._tracks[near[face]]
                self._tracks[near[face]] = _moved(track, one, seconds)
                taken = np.concatenate([taken, one.xyxy])
        return len(taken) < len(near)

    def _refined(self, picture: UInt8Array, boxes: Float32Array) -> Faces:
        if not isinstance(self._detector, Refiner):
            raise TypeError(f"the detector {self._detector.name} cannot refine boxes")
        faces = self._detector.refine(picture, boxes)
        again = np.flatnonzero(faces.scores < SURE_SCORE)
        if not len(again):
            return faces
        second = self._detector.refine(picture, faces.xyxy[again])
        xyxy, landmarks, scores = faces.xyxy.copy(), faces.landmarks.copy(), faces.scores.copy()
        xyxy[again], landmarks[again], scores[again] = second.xyxy, second.landmarks, second.scores
        return Faces(xyxy, landmarks, scores)

    def _search(self, picture: UInt8Array, seconds: float, options: TrackingOptions) -> None:
        """Search the whole frame: who was lost is found again, who is new gets a number."""
        found = _search(self._detector, picture, options)
        boxes = [track.expected(seconds) for track in self._tracks]
        overlaps = overlap(np.array(boxes, np.float32).reshape(-1, 4), found.xyxy)
        free = set(range(len(found)))
        while overlaps.size and overlaps.max() >= SAME_FACE:
            row, column = np.unravel_index(int(overlaps.argmax()), overlaps.shape)
            overlaps[row, :] = overlaps[:, column] = 0
            free.discard(int(column))
            track = self._tracks[row]
            if track.seen_seconds < seconds:
                face = found[np.array([column])]
                self._tracks[row] = _moved(track, face, seconds)
        for index in sorted(free):
            face = found[np.array([index])]
            if face.scores[0] < options.min_score:
                continue
            if isinstance(self._detector, Refiner) and options.search_side:
                sharp = self._refined(picture, face.xyxy)  # found in the reduced picture
                face = sharp if sharp.scores[0] >= FOLLOW_SCORE else face
            seen = [t.raw for t in self._tracks if t.seen_seconds == seconds]
            if seen and (overlap(face.xyxy, np.array(seen, np.float32)) > ONE_FACE).any():
                continue
            self._people += 1
            self._tracks.append(
                _Track(self._people, face.xyxy[0], face, np.zeros(4, np.float32), seconds)
            )


def overlap(first: Float32Array, second: Float32Array) -> Float32Array:
    """Intersection over union of each box of (N, 4) with each of (M, 4): float32 (N, M)."""
    low = np.maximum(first[:, None, :2], second[None, :, :2])
    high = np.minimum(first[:, None, 2:], second[None, :, 2:])
    shared = (high - low).clip(0).prod(2)
    areas = [(boxes[:, 2:] - boxes[:, :2]).clip(0).prod(1) for boxes in (first, second)]
    together = areas[0][:, None] + areas[1][None, :] - shared
    return np.asarray(shared / np.maximum(together, 1e-6), np.float32)


def join_faces(parts: Sequence[Faces]) -> Faces:
    """The faces of several Faces, which all have landmarks or all have none, as one."""
    if not parts:
        return Faces.empty()
    return Faces(
        np.concatenate([part.xyxy for part in parts]),
        np.concatenate([part.landmarks for part in parts]),
        np.concatenate([part.scores for part in parts]),
    )


def _search(detector: Detector, picture: UInt8Array, options: TrackingOptions) -> Faces:
    height, width = picture.shape[:2]
    scale = options.search_side / max(height, width)
    if not 0 < scale < 1:
        return detector(picture)
    small = resize(picture, (max(round(height * scale), 1), max(round(width * scale), 1)))
    back = np.array([width / small.shape[1], height / small.shape[0]], np.float32)
    found = detector(small)
    return Faces(found.xyxy * np.tile(back, 2), found.landmarks * back, found.scores)


def _moved(track: _Track, face: Faces, seconds: float) -> _Track:
    """The track after its face was seen again: the shown box is steadied while it rests."""
    passed = max(seconds - track.seen_seconds, 1e-3)
    raw, before = face.xyxy[0], track.face.xyxy[0]
    height = max(float(raw[3] - raw[1]), 1.0)
    moved = float(np.abs(raw - before).max()) / height
    share = min(max(moved / MOVING, 1 - np.exp(-passed / STEADY_SECONDS)), 1.0)
    shown = np.asarray(before + (raw - before) * np.float32(share), np.float32)
    # The landmarks keep their place in the box.
    landmarks = np.asarray(face.landmarks + (shown - raw).reshape(2, 2).mean(0), np.float32)
    drift = (raw - track.raw) / passed
    speed = np.tile(drift.reshape(2, 2).mean(0), 2) if moved > MOVING else np.zeros(4)
    return replace(
        track,
        raw=raw,
        face=Faces(shown[None], landmarks, face.scores),
        speed=np.asarray(speed, np.float32),
        seen_seconds=seconds,
    )
