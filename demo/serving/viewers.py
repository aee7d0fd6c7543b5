"""Everyone whose camera is on: frames in, rendered frames and figures out. Knows no UI library."""

import base64
import binascii
import logging
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from secrets import token_hex
from threading import Lock
from typing import Any

from demo.data_uris import jpeg_uri
from demo.serving.periodic import Periodic
from demo.serving.pipelines import PipelineStore
from fer_core import FerError, FerPipeline, render
from fer_core.detection import DEFAULT_DETECTOR
from fer_core.frame_analysis import FrameAnalysis
from fer_core.images import read_picture
from fer_core.live import LiveOptions, LiveSession
from fer_core.pixels import fit
from fer_core.tracking_options import COVERED_SECONDS, TrackingOptions
from fer_core.types import OptionError

log = logging.getLogger(__name__)

FRAME_SIDE = 640  # longer frames are reduced: the page asks the camera for 640x480
FRAME_BYTES, FRAME_PIXELS = 2_000_000, 4_000_000
JPEG = b"\xff\xd8\xff"  # with which every file of the kind begins
QUALITY = 80  # of the pictures sent back: 40 kB instead of 90, and nobody sees it in motion
VIEWERS = 8  # at most; each gets an equal share of the processor
SWEEP_SECONDS = 10.0
IDLE_SECONDS = 35.0  # who sent nothing for this long has left
# With faces covered, everything that may be a face counts, and a lost one stays covered longer.
COVERING = TrackingOptions(
    detect_every_seconds=0.2, hold_seconds=COVERED_SECONDS, hold_frames=1, min_score=0.7
)

BUSY = "The picture before this one is still being worked on."
LATE = "This picture came after a newer one."
FULL = "All places are taken at the moment. Your turn comes as soon as somebody leaves."
BROKEN_FRAME = "The camera's picture could not be read. Stop the camera and start it again."
OUR_FAULT = "Something went wrong on our side. Stop the camera and start it again."


@dataclass(frozen=True)
class Request:
    """A viewer's frame and choices.

    viewer: the page's own random name. view: counts how often what the frames show, or how, has
    changed: people are then looked for anew. jpeg: the file's bytes, of no other kind: others may
    take far more time and memory for as many pixels.
    """

    viewer: str
    view: int
    jpeg: bytes
    style: str
    weights: str
    smoothing_seconds: float
    cover: bool

    @classmethod
    def parse(cls, message: Mapping[str, Any]) -> "Request":
        """Raises OptionError where a field is missing, too large or of another kind."""
        try:
            encoded = message["jpeg"]
            if len(encoded) > FRAME_BYTES * 4 / 3:
                raise OptionError(BROKEN_FRAME)
            jpeg = base64.b64decode(encoded, validate=True)
            if not jpeg.startswith(JPEG):
                raise OptionError(BROKEN_FRAME)
            return cls(
                viewer=str(message["viewer"])[:64],
                view=int(message["view"]),
                jpeg=jpeg,
                style=str(message["style"]),
                weights=str(message["weights"]),
                smoothing_seconds=float(message["smoothing"]),
                cover=bool(message["cover"]),
            )
        except (KeyError, TypeError, ValueError, OverflowError, binascii.Error) as error:
            raise OptionError(BROKEN_FRAME) from error


@dataclass(eq=False)
class _Place:
    """A viewer's session and its view, when their last frame came, and what is locked while one is
    in hand. name: the session's own, which no other has: people are counted from 1 in each."""

    session: LiveSession
    view: int
    seconds: float = 0.0
    in_hand: Lock = field(default_factory=Lock)
    name: str = field(default_factory=token_hex)

    def begin(self, session: LiveSession, view: int) -> None:
        """Another session, of another view."""
        self.session, self.view, self.name = session, view, token_hex()


class Viewers:
    """Hands each viewer's frames to their own session, one frame of all at a time.

    Nobody holds anything between two frames: a viewer who leaves costs nothing from then on, and
    what was known of them is forgotten.
    """

    def __init__(self, store: PipelineStore, clock: Callable[[], float] = time.monotonic) -> None:
        self._store = store
        self._clock = clock
        self._places: dict[str, _Place] = {}
        self._lock = Lock()
        # One frame at a time, in the order in which they came: two at once would only take turns.
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="frames")
        self._watch = Periodic(self.sweep, SWEEP_SECONDS)  # though nobody else comes

    def __len__(self) -> int:
        return len(self._places)

    def frame(self, message: Mapping[str, Any]) -> dict[str, Any]:
        """One frame, as the page sends it -> what the page shows: a picture and a row a face, and
        the name of the session in which people are counted.

        Where it fails, {"error": a sentence}; the page tries again with its next frame.
        """
        try:
            request = Request.parse(message)
            place = self._place(request.viewer, request.view)
            if place is None:
                return {"error": FULL}
            # Nobody keeps more than one of the server's threads waiting.
            if not place.in_hand.acquire(blocking=False):
                return {"error": BUSY}
            try:
                started = time.perf_counter()  # to wait for other viewers' frames is no slow link
                pipeline = self._store.get(request.weights, DEFAULT_DETECTOR)
                work = self._worker.submit(self._answer, request, place, pipeline, started)
                return work.result()
            finally:
                place.in_hand.release()
        except FerError as error:
            return {"error": str(error)}
        except Exception:  # a viewer gets a sentence and the next frame; we get the traceback
            log.exception("A frame could not be processed")
            return {"error": OUR_FAULT}

    def leave(self, message: object) -> None:
        """The viewer stopped the camera. Anyone may call this, with anything."""
        if isinstance(message, Mapping):
            with self._lock:
                self._places.pop(str(message.get("viewer")), None)

    def sweep(self) -> bool:
        """Forget everyone who left without a word; whether anyone is left."""
        now = self._clock()
        with self._lock:
            for viewer, place in list(self._places.items()):
                if now - place.seconds > IDLE_SECONDS:
                    del self._places[viewer]
            return bool(self._places)

    def _place(self, viewer: str, view: int) -> _Place | None:
        """The viewer's place, a new one at their first frame; None where all are taken."""
        self.sweep()
        with self._lock:
            place = self._places.get(viewer)
            if place is None:
                if len(self._places) >= VIEWERS:
                    return None
                place = self._places[viewer] = _Place(self._session(), view)
            place.seconds = self._clock()
        self._watch.begin()
        return place

    def _session(self) -> LiveSession:
        return LiveSession(self._store.get(self._store.first.card.name, DEFAULT_DETECTOR))

    def _answer(
        self, request: Request, place: _Place, pipeline: FerPipeline, started: float
    ) -> dict[str, Any]:
        if request.view < place.view:
            raise OptionError(LATE)
        if request.view > place.view:
            place.begin(self._session(), request.view)
        frame = fit(read_picture(request.jpeg, max_pixels=FRAME_PIXELS).pixels, FRAME_SIDE)
        tracking = COVERING if request.cover else TrackingOptions()
        options = LiveOptions(request.smoothing_seconds, tracking)
        analysis = place.session.analyze(pipeline, frame, self._clock(), options)
        picture = render(frame, analysis, request.style, cover=request.cover)
        uri = jpeg_uri(picture, QUALITY)
        seconds = time.perf_counter() - started
        return {
            "picture": uri,
            "faces": rows(analysis),
            "milliseconds": seconds * 1000,
            "session": place.name,
        }


def rows(analysis: FrameAnalysis) -> list[dict[str, Any]]:
    """What the page needs of each face: the person, what is shown, the probabilities, and where it
    is, in shares of the picture: left, top, right, bottom."""
    height, width = analysis.size_hw
    shares = (analysis.faces.xyxy / (width, height, width, height)).clip(0, 1).round(4)
    return [
        {
            "person": person,
            "shown": shown.name,
            "probs": [round(float(prob), 3) for prob in probs],
            "box": box,
        }
        for person, shown, probs, box in zip(
            analysis.people, analysis.shown, analysis.probs, shares.tolist(), strict=True
        )
    ]
