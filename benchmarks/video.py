"""Annotating a long clip: memory from minute to minute, and the speed.

The clip is four moving faces with a tone, 640x480, ten seconds repeated. Apart from that, the same
frames are followed as a camera's are, in one pass each, and analyzed one by one as pictures, in
turns in one run.
"""

import argparse
import time
from collections.abc import Callable, Iterable
from fractions import Fraction
from tempfile import TemporaryFile
from typing import IO, Any

import av
import numpy as np
import torch
from av.video.stream import VideoStream

from benchmarks.film import SIZE_HW, frames
from benchmarks.memory import memory_mb
from fer_core import FerPipeline
from fer_core.clips.source import ClipLimits
from fer_core.live import LiveOptions, LiveSession
from fer_core.types import UInt8Array
from fer_core.video import VideoJob
from fer_core.video_options import VideoOptions

OPTIONS = ("minutes", "every", "device")
FACES, RATE = 4, 25
SOUND_RATE = 48000
ROUNDS, FRAMES_A_ROUND = 3, 50


def measure(options: argparse.Namespace) -> dict[str, Any]:
    """Memory in MB by minute of clip, frames a second, and what following faces saves."""
    pipeline = FerPipeline.from_weights("default", device=options.device)
    film = frames(FACES)
    with TemporaryFile() as file:
        write_clip(file, film, options.minutes * 60)
        long = _annotate(pipeline, file, options.every)
    return {
        "weights": pipeline.card.name,
        "threads": torch.get_num_threads(),
        "clip": f"{SIZE_HW[1]}x{SIZE_HW[0]}, {RATE} frames a second, {FACES} faces, sound",
        **long,
        "each_frame_analyzed": _speeds(pipeline, film),
    }


def write_clip(file: IO[bytes], film: list[UInt8Array], seconds: float) -> None:
    """An MP4 of the film, again and again for so many seconds, coded once; and a tone."""
    once: list[bytes] = []
    with av.open(file, "w", format="mp4") as output:
        stream = output.add_stream("libx264", rate=RATE, options={"preset": "veryfast"})
        assert isinstance(stream, VideoStream)
        stream.height, stream.width = SIZE_HW
        stream.pix_fmt = "yuv420p"
        stream.codec_context.max_b_frames = 0
        tone = output.add_stream("aac", rate=SOUND_RATE, layout="mono")
        for number, picture in enumerate(film):
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            frame.pts, frame.time_base = number, Fraction(1, RATE)
            once += [bytes(packet) for packet in stream.encode(frame)]
        once += [bytes(packet) for packet in stream.encode(None)]
        sounded = 0
        for number in range(round(seconds * RATE)):
            packet = av.Packet(once[number % len(once)])
            packet.pts = packet.dts = number
            packet.stream, packet.time_base = stream, Fraction(1, RATE)
            packet.is_keyframe = number % len(once) == 0
            output.mux(packet)
            while sounded < number * SOUND_RATE / RATE:
                output.mux(tone.encode(_tone(sounded)))
                sounded += 1024
        output.mux(tone.encode(None))
    file.seek(0)


def _tone(start: int) -> av.AudioFrame:
    wave = np.sin((start + np.arange(1024)) * 2 * np.pi * 440 / SOUND_RATE) / 4
    frame = av.AudioFrame.from_ndarray(wave[None].astype(np.float32), "fltp", "mono")
    frame.sample_rate, frame.time_base, frame.pts = SOUND_RATE, Fraction(1, SOUND_RATE), start
    return frame


def _annotate(pipeline: FerPipeline, file: IO[bytes], every: int) -> dict[str, Any]:
    chosen = VideoOptions(every_nth=every, limits=ClipLimits(max_seconds=1e6))
    before = memory_mb("VmRSS")
    by_minute: dict[int, float] = {}
    started = time.perf_counter()
    with VideoJob(pipeline, file, chosen) as job:
        for progress in job:
            minute = int(max(progress.seconds - 1e-6, 0) // 60) + 1
            by_minute[minute] = max(by_minute.get(minute, 0.0), memory_mb("VmRSS"))
        result = job.finish()
    seconds = time.perf_counter() - started
    after = memory_mb("VmRSS")
    figures = {
        "every": every,
        "clip_seconds": round(result.info.seconds, 2),
        "frames": result.info.frames,
        "rows": len(result.timeline),
        "people": len(result.timeline.people),
        "frames_per_second": round(result.info.frames / seconds, 1),
        "times_as_fast_as_it_plays": round(result.info.seconds / seconds, 3),
        "memory_mb": {
            "before": round(before, 1),
            "most_in_each_minute": [round(by_minute[minute], 1) for minute in sorted(by_minute)],
            "growth_after_the_first_minute": round(max(by_minute.values()) - by_minute[1], 1),
            "at_the_end": round(after, 1),
            "peak": round(memory_mb("VmHWM"), 1),
        },
    }
    result.close()
    return figures


def _speeds(pipeline: FerPipeline, film: list[UInt8Array]) -> dict[str, Any]:
    """Milliseconds a frame of both ways: the medians of rounds that take turns."""
    options = LiveOptions(tracking=VideoOptions().tracking)
    spent: dict[str, list[float]] = {"followed": [], "as_pictures": []}
    for turn in range(ROUNDS):
        part = film[turn * FRAMES_A_ROUND : (turn + 1) * FRAMES_A_ROUND]
        session = LiveSession(pipeline)
        session.analyze(pipeline, part[0], 0.0, options)  # the first search is no following

        def follow(item: tuple[int, UInt8Array], session: LiveSession = session) -> None:
            session.analyze(pipeline, item[1], item[0] / RATE, options)

        spent["followed"].append(_milliseconds(follow, enumerate(part, 1)))
        spent["as_pictures"].append(_milliseconds(pipeline.analyze, part))
    medians = {name: float(np.median(times)) for name, times in spent.items()}
    return {
        "frames": ROUNDS * FRAMES_A_ROUND,
        "milliseconds_a_frame": {name: round(value, 1) for name, value in medians.items()},
        "pictures_to_followed": round(medians["as_pictures"] / medians["followed"], 2),
    }


def _milliseconds(act: Callable[[Any], object], items: Iterable[Any]) -> float:
    started = time.perf_counter()
    count = 0
    for item in items:
        act(item)
        count += 1
    return (time.perf_counter() - started) / count * 1000
