"""A camera's frames on the server: followed, against finding and naming each frame's faces anew.

Both ways take the same JPEG frames in turns, in one run, and both give a JPEG back.
"""

import argparse
import base64
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import cv2
import numpy as np
import torch

from benchmarks.film import frames
from benchmarks.memory import memory_mb
from demo.data_uris import jpeg_uri
from demo.serving.pipelines import PipelineStore
from demo.serving.viewers import QUALITY, Viewers
from fer_core import FerPipeline, render
from fer_core.classifier import Classifier
from fer_core.images import read_picture
from fer_core.types import Faces, Float32Array, UInt8Array

OPTIONS = ("frames", "minutes")
# Frames a second: of the film, and of those sent here. A page sends up to 20, of which a smaller
# share is searched.
FILM_RATE, PAGE_RATE = 30, 12
WARM_UP = 12

Seconds = dict[str, float]


def measure(options: argparse.Namespace) -> dict[str, Any]:
    """Milliseconds a frame of both ways, their ratio, and where the time of the first goes."""
    torch.set_num_threads(1)  # as the app has it
    pipeline = FerPipeline.from_weights("default", device="cpu")
    return {
        "threads": torch.get_num_threads(),
        "frames": options.frames,
        "weights": pipeline.card.name,
        "faces": {str(faces): _film(pipeline, faces, options.frames) for faces in (1, 4)},
        "resident_mb_after_each_minute": _memory(pipeline, options.minutes),
    }


def _memory(pipeline: FerPipeline, minutes: int) -> list[float]:
    """The process's memory while one viewer streams, one face, as fast as it goes."""
    film = [_jpeg(frame) for frame in frames(1)]
    clock = _Clock()
    viewers = Viewers(PipelineStore(pipeline), clock)
    sizes = []
    for minute in range(minutes):
        for number in range(minute * 60 * PAGE_RATE, (minute + 1) * 60 * PAGE_RATE):
            clock.seconds = number / PAGE_RATE
            jpeg = film[round(number * FILM_RATE / PAGE_RATE) % len(film)]
            viewers.frame(_message(jpeg, pipeline.card.name))
        sizes.append(memory_mb("VmRSS"))
    return sizes


def _film(pipeline: FerPipeline, faces: int, count: int) -> dict[str, Any]:
    film = [_jpeg(frame) for frame in frames(faces)]
    clock, spent = _Clock(), _Spent()
    viewers = Viewers(PipelineStore(spent.watch(pipeline)), clock)
    followed: list[Seconds] = []
    plain: list[float] = []
    for number in range(WARM_UP + count):
        clock.seconds = number / PAGE_RATE
        jpeg = film[round(number * FILM_RATE / PAGE_RATE) % len(film)]
        message = _message(jpeg, pipeline.card.name)
        spent.seconds.clear()
        total, reply = _timed(partial(viewers.frame, message))
        if len(reply["faces"]) != faces:
            print(f"frame {number}: {len(reply['faces'])} of {faces} faces")
        followed.append({"all": total, **spent.seconds})
        plain.append(_timed(partial(_plain, pipeline, jpeg))[0])
    return _figures(followed[WARM_UP:], plain[WARM_UP:])


def _figures(followed: list[Seconds], plain: list[float]) -> dict[str, Any]:
    totals = np.array([frame["all"] for frame in followed])
    parts = {
        name: float(np.mean([frame.get(name, 0.0) for frame in followed]))
        for name in ("search", "follow", "classify")
    }
    parts["decode, draw, encode"] = float(totals.mean()) - sum(parts.values())
    return {
        "followed": _milliseconds(totals),
        "plain": _milliseconds(np.array(plain)),
        "plain_to_followed_median": round(float(np.median(plain) / np.median(totals)), 2),
        "plain_to_followed_mean": round(float(np.mean(plain) / totals.mean()), 2),
        "searched_frames": sum("search" in frame for frame in followed),
        "mean_milliseconds_by_part": {n: round(value * 1000, 1) for n, value in parts.items()},
    }


def _message(jpeg: bytes, weights: str) -> dict[str, Any]:
    """What the page sends with a frame."""
    return {
        "viewer": "benchmark",
        "view": 0,
        "jpeg": base64.b64encode(jpeg).decode(),
        "style": "emoji",
        "weights": weights,
        "smoothing": 0.4,
        "cover": False,
    }


def _milliseconds(seconds: np.ndarray) -> dict[str, float]:
    values = {
        "median": np.median(seconds),
        "mean": seconds.mean(),
        "p95": np.quantile(seconds, 0.95),
    }
    return {name: round(float(value) * 1000, 1) for name, value in values.items()}


def _plain(pipeline: FerPipeline, jpeg: bytes) -> str:
    frame = read_picture(jpeg).pixels
    return jpeg_uri(render(frame, pipeline.analyze(frame)), QUALITY)


def _jpeg(picture: UInt8Array) -> bytes:
    """What the page sends; it takes the same quality as the server's answer has."""
    quality = [cv2.IMWRITE_JPEG_QUALITY, QUALITY]
    return cv2.imencode(".jpg", cv2.cvtColor(picture, cv2.COLOR_RGB2BGR), quality)[1].tobytes()


def _timed(work: Callable[[], Any]) -> tuple[float, Any]:
    started = time.perf_counter()
    result = work()
    return time.perf_counter() - started, result


class _Clock:
    """The time as the film has it, whatever the machine needs for a frame."""

    seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


class _Spent:
    """Seconds that a pipeline's parts took, by part."""

    def __init__(self) -> None:
        self.seconds: Seconds = defaultdict(float)

    def watch(self, pipeline: FerPipeline) -> FerPipeline:
        """The same pipeline, its parts timed."""
        return replace(
            pipeline,
            detector=_Detector(pipeline.detector, self),
            classifier=_Classifier(pipeline.classifier, self),  # type: ignore[arg-type]
        )

    def time(self, part: str, work: Callable[[], Any]) -> Any:
        took, result = _timed(work)
        self.seconds[part] += took
        return result


class _Detector:
    """A detector whose two ways of looking are timed."""

    def __init__(self, detector: Any, spent: _Spent) -> None:
        self.name, self._detector, self._spent = detector.name, detector, spent

    def __call__(self, picture: UInt8Array) -> Faces:
        faces: Faces = self._spent.time("search", lambda: self._detector(picture))
        return faces

    def refine(self, picture: UInt8Array, xyxy: Float32Array) -> Faces:
        faces: Faces = self._spent.time("follow", lambda: self._detector.refine(picture, xyxy))
        return faces


class _Classifier:
    """A classifier that is timed, also where one pass is asked of it."""

    def __init__(self, classifier: Classifier, spent: _Spent) -> None:
        self._classifier, self._spent = classifier, spent

    def __call__(self, crops: UInt8Array) -> Float32Array:
        probs: Float32Array = self._spent.time("classify", lambda: self._classifier(crops))
        return probs

    def one_pass(self) -> "_Classifier":
        return _Classifier(self._classifier.one_pass(), self._spent)
