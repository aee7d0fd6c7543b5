"""Faces from frame to frame: found now and then, followed in between, each a person."""

from dataclasses import dataclass, replace

import numpy as np

from fer_core.boxes import in_reading_order, join_faces, overlap, stack_boxes
from fer_core.crops import FaceCut
from fer_core.detection import Detector, Refiner
from fer_core.pixels import fit
from fer_core.scenes import SceneCuts
from fer_core.tracking_options import REMEMBER_SECONDS, TrackingOptions
from fer_core.types import Faces, Float32Array, UInt8Array

FOLLOW_SCORE = 0.7  # a known face counts as seen down to this; a new one has to be surer
SURE_SCORE = 0.9  # below this a refined box is refined once more: it had moved far
SETTLED = 0.02  # a box that moves by more than this share of its height is looked at again, too
SAME_FACE = 0.3  # least overlap (IoU) of a found face with the person it is taken for
HEAD = FaceCut(side=1.2)  # a head around the box of its face
TOUCHING = 0.02  # least overlap of two heads that may cover one another's faces
ONE_FACE = 0.5  # two boxes that overlap more than this lie on one face
LOST_WAY = 0.15  # a lost face has to be so much nearer than another, in heights of the box
STEADY_SECONDS = 0.12  # time constant by which a resting box follows the refined one
SPEED_SECONDS = 0.2  # time constant of the speed that is known of a face
MOVING = 0.08  # a box that moves by this share of its height follows at once
RETRY_SECONDS = 0.15  # while a face is lost, the whole frame is searched no more often than this


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
        passed = min(seconds - self.seen_seconds, REMEMBER_SECONDS)
        return np.asarray(self.raw + self.speed * np.float32(passed), np.float32)


class FaceTracker:
    """Follows faces from frame to frame.

    The whole frame is searched only now and then. In between, a detector that is a `Refiner` looks
    again at the known boxes; with another one, each frame is searched. The frames of one clip go
    through one tracker, in order.
    """

    def __init__(self, detector: Detector) -> None:
        self._detector = detector
        self._tracks: list[_Track] = []
        self._left: list[_Track] = []  # in the scene before
        self._people = 0
        self._seconds = float("-inf")  # of the last frame
        self._before_seconds = float("-inf")  # of the one before it
        self._searched_seconds = float("-inf")
        self._cuts = SceneCuts()

    def update(self, picture: UInt8Array, seconds: float, options: TrackingOptions) -> TrackedFaces:
        """The faces of the next frame, RGB uint8 (H, W, 3), at a time that does not run back."""
        # Frames may share a time; they stay distinct, as what the first shows may be lost since.
        seconds = max(seconds, float(np.nextafter(self._seconds, np.inf)))
        self._before_seconds, self._seconds = self._seconds, seconds
        if self._cuts.is_cut(picture, seconds, options.scene_cuts):
            back = self._left if self._cuts.is_back else []
            self._tracks, self._left = self._remembered(back), self._tracks
            self._searched_seconds = float("-inf")
        self._follow(picture, options)
        if seconds - self._searched_seconds >= self._search_every(options):
            return self.search(picture, options)
        return self._shown(options)

    def search(self, picture: UInt8Array, options: TrackingOptions) -> TrackedFaces:
        """The faces of the last frame, given once more, after a search of all of it."""
        self._search(picture, options)
        self._searched_seconds = self._seconds
        return self._shown(options)

    def _shown(self, options: TrackingOptions) -> TrackedFaces:
        self._tracks = self._remembered(self._tracks)
        held = self._seconds - options.hold_seconds
        since = min(held, self._before_seconds) if options.hold_frames else held
        shown = [track for track in self._tracks if track.seen_seconds >= since]
        return TrackedFaces(
            join_faces([track.face for track in shown]),
            tuple(track.person for track in shown),
            np.array([track.seen_seconds == self._seconds for track in shown], np.bool_),
        )

    def _remembered(self, tracks: list[_Track]) -> list[_Track]:
        """Those who were seen shortly before the frame before."""
        latest = self._before_seconds - REMEMBER_SECONDS
        return [track for track in tracks if track.seen_seconds >= latest]

    @property
    def searched(self) -> bool:
        """Whether the whole of the last frame was searched."""
        return self._searched_seconds == self._seconds

    def _search_every(self, options: TrackingOptions) -> float:
        """The least time from one search of the whole frame to the next, in seconds."""
        if not isinstance(self._detector, Refiner):
            return 0.0
        lost = any(track.seen_seconds < self._seconds for track in self._tracks)
        return min(options.detect_every_seconds, RETRY_SECONDS if lost else np.inf)

    def _follow(self, picture: UInt8Array, options: TrackingOptions) -> None:
        """Look again where known faces should be."""
        near = [
            index
            for index, track in enumerate(self._tracks)
            # Up to the frame before: however slow the frames come, each follows the last.
            if self._before_seconds - track.seen_seconds <= options.hold_seconds
        ]
        if not near or not isinstance(self._detector, Refiner):
            return
        expected = np.stack([self._tracks[index].expected(self._seconds) for index in near])
        faces = _refined(self._detector, picture, expected)
        # A face that passes behind another draws both boxes to the one in front. It belongs to
        # the person whose box had the shorter way; the other is lost for the moment, and may not
        # take the face while it passes over it.
        distances = np.abs(faces.xyxy - expected).max(1) / (expected[:, 3] - expected[:, 1])
        since = np.array([self._tracks[index].seen_seconds for index in near])
        distances[since < self._before_seconds] += LOST_WAY
        # What is left to see of a partly covered face is narrower, and says little of its speed.
        # Its neighbour's hair covers it before the boxes meet.
        heads = HEAD.squares(faces.xyxy)
        near_another = (overlap(heads, heads) > TOUCHING).sum(1) > 1
        taken = np.zeros((0, 4), np.float32)
        for face in np.argsort(distances, kind="stable"):
            one = faces[face]
            doubled = (overlap(one.xyxy, taken) > ONE_FACE).any()
            if one.scores[0] >= _least_score(options) and not doubled:
                track = self._tracks[near[face]]
                moved = _moved(track, one, self._seconds)
                kept = replace(moved, speed=track.speed)
                self._tracks[near[face]] = kept if near_another[face] else moved
                taken = np.concatenate([taken, one.xyxy])

    def _search(self, picture: UInt8Array, options: TrackingOptions) -> None:
        """Search the whole frame: who was lost is found again, who is new gets a number."""
        seen = self._seen()
        found = _detect_reduced(self._detector, picture, seen, options.search_side)
        found = in_reading_order(found[found.scores >= _least_score(options)])
        found = found[overlap(found.xyxy, seen).max(1, initial=0) <= ONE_FACE]
        for index in self._give_to_lost(found):
            face = found[index]
            if face.scores[0] < options.min_score:
                continue
            if isinstance(self._detector, Refiner) and options.search_side:
                # Seen sharply, the knot of a tie no longer passes for a face.
                face = _refined(self._detector, picture, face.xyxy)
                if face.scores[0] < options.min_score:
                    continue
            if (overlap(face.xyxy, self._seen()) > ONE_FACE).any():
                continue
            self._people += 1
            self._tracks.append(
                _Track(self._people, face.xyxy[0], face, np.zeros(4, np.float32), self._seconds)
            )

    def _seen(self) -> Float32Array:
        """The boxes of those seen in this frame so far, (N, 4)."""
        return stack_boxes(
            [track.raw for track in self._tracks if track.seen_seconds == self._seconds]
        )

    def _give_to_lost(self, found: Faces) -> list[int]:
        """Give found faces to the lost whose places they overlap most -> which faces are left."""
        lost = [i for i, track in enumerate(self._tracks) if track.seen_seconds < self._seconds]
        # Who walked on behind something is found ahead, who looked down where they were last.
        ahead = stack_boxes([self._tracks[index].expected(self._seconds) for index in lost])
        behind = stack_boxes([self._tracks[index].raw for index in lost])
        overlaps = np.maximum(overlap(ahead, found.xyxy), overlap(behind, found.xyxy))
        overlaps[overlaps < SAME_FACE] = 0
        # Who was seen in the frame before comes first: another may be passing behind them.
        since = np.array([self._tracks[index].seen_seconds for index in lost])
        overlaps[since < self._before_seconds] /= 2
        left = set(range(len(found)))
        while overlaps.size and overlaps.max() > 0:
            row, column = np.unravel_index(int(overlaps.argmax()), overlaps.shape)
            overlaps[row, :] = overlaps[:, column] = 0
            left.discard(int(column))
            track = self._tracks[lost[row]]
            self._tracks[lost[row]] = _moved(track, found[int(column)], self._seconds)
        return sorted(left)


def _least_score(options: TrackingOptions) -> float:
    """A known face needs a lower score than a new one, and never a higher one."""
    return min(FOLLOW_SCORE, options.min_score)


def _refined(refiner: Refiner, picture: UInt8Array, boxes: Float32Array) -> Faces:
    """The faces near boxes (N, 4), in their order; looked at twice where that did not suffice."""
    faces = refiner.refine(picture, boxes)
    unsure = faces.scores < SURE_SCORE
    heights = np.maximum(boxes[:, 3] - boxes[:, 1], 1)
    again = np.flatnonzero(unsure | (np.abs(faces.xyxy - boxes).max(1) > SETTLED * heights))
    if not len(again):
        return faces
    second = refiner.refine(picture, faces.xyxy[again])
    # Of some faces the network takes box A to B, and B to A, for ever: their mean stands still.
    unsure = unsure[again] | (second.scores < SURE_SCORE)
    share = np.where(unsure, 1.0, 0.5).astype(np.float32)
    xyxy, landmarks, scores = faces.xyxy.copy(), faces.landmarks.copy(), faces.scores.copy()
    xyxy[again] += (second.xyxy - xyxy[again]) * share[:, None]
    landmarks[again] += (second.landmarks - landmarks[again]) * share[:, None, None]
    scores[again] = second.scores
    return Faces(xyxy, landmarks, scores)


def _detect_reduced(
    detector: Detector, picture: UInt8Array, known: Float32Array, search_side: int
) -> Faces:
    """The faces beside the known boxes (N, 4), found in the reduced picture, in its own pixels."""
    if not 0 < search_side < max(picture.shape[:2]):
        return detector(picture)
    small = fit(picture, search_side).copy()
    back = np.array(picture.shape[1::-1], np.float32) / np.array(small.shape[1::-1], np.float32)
    # A cascade takes most of its time where faces are, and these are known.
    for left, top, right, bottom in (known / np.tile(back, 2)).clip(0).astype(int).tolist():
        small[top:bottom, left:right] = 128
    return detector(small).mapped(0, back)


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
    drift = np.tile(((raw - track.raw) / passed).reshape(2, 2).mean(0), 2)
    speed = track.speed + (drift - track.speed) * np.float32(-np.expm1(-passed / SPEED_SECONDS))
    return replace(
        track,
        raw=raw,
        face=Faces(shown[None], landmarks, face.scores),
        speed=np.asarray(speed, np.float32),
        seen_seconds=seconds,
    )
