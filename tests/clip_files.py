"""Clips made on the fly, and what is in the videos that come out."""

import io
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

import av
import numpy as np

from fer_core.clips.clip import Clip, ClipFrame
from fer_core.clips.writer import ClipWriter, VideoFile

SIZE_WH = (160, 120)
RED = (250, 10, 10)


def square(number: int, size_wh: tuple[int, int] = SIZE_WH) -> np.ndarray:
    """A frame: red in the upper left quarter, a grey that grows with its number elsewhere."""
    width, height = size_wh
    pixels = np.full((height, width, 3), min(30 + 4 * number, 220), np.uint8)
    pixels[: height // 2, : width // 2] = RED
    return pixels


def noise(number: int, size_wh: tuple[int, int] = SIZE_WH) -> np.ndarray:
    """A frame that hardly compresses, so that most of the file is frames, each as large."""
    width, height = size_wh
    small = np.random.default_rng(number).integers(0, 255, (height // 4, width // 4, 3), np.uint8)
    return small.repeat(4, 0).repeat(4, 1)


def make_clip(
    container: str = "mp4",
    codec: str = "libx264",
    frames: int = 12,
    *,
    size_wh: tuple[int, int] = SIZE_WH,
    time_base: Fraction = Fraction(1, 600),
    ticks: Sequence[int] | None = None,
    sound: str | None = None,
    sound_seconds: float = 1.0,
    sound_start_seconds: float = 0.0,
    rotation: tuple[float, bool, bool] | None = None,
    pixel_aspect: Fraction | None = None,
    pixel_format: str = "yuv420p",
    container_options: dict[str, str] | None = None,
    draw: Callable[[int, tuple[int, int]], np.ndarray] = square,
) -> bytes:
    """The bytes of a clip. Frames come every 1/25 s unless `ticks` says when.

    sound: a codec; half a second of silence, then a tone. rotation: degrees, and mirrors.
    """
    file = io.BytesIO()
    with av.open(file, "w", format=container, container_options=container_options or {}) as output:
        stream = output.add_stream(codec, rate=25)
        stream.width, stream.height = size_wh
        stream.pix_fmt = pixel_format
        stream.codec_context.time_base = time_base
        if pixel_aspect:
            stream.codec_context.sample_aspect_ratio = pixel_aspect
        if rotation:
            stream.set_display_rotation(*rotation)
        tone = output.add_stream(sound, rate=48000, layout="mono") if sound else None
        output.start_encoding()  # a clip without frames has a header, too
        step = max(round(Fraction(1, 25) / time_base), 1)
        for number in range(frames):
            frame = av.VideoFrame.from_ndarray(draw(number, size_wh), format="rgb24")
            frame.pts = ticks[number] if ticks else number * step
            frame.time_base = time_base
            output.mux(stream.encode(frame))
        output.mux(stream.encode(None))
        if tone:
            for part in _tone(sound_seconds, sound_start_seconds):
                output.mux(tone.encode(part))
            output.mux(tone.encode(None))
    return file.getvalue()


def sound_only(cover_picture: bool = False) -> bytes:
    """A song, with or without the picture that music shops put into it."""
    file = io.BytesIO()
    with av.open(file, "w", format="mp4" if not cover_picture else "matroska") as output:
        tone = output.add_stream("aac", rate=48000, layout="mono")
        if cover_picture:
            picture = av.VideoFrame.from_ndarray(square(0), format="rgb24")
            with av.open(jpeg := io.BytesIO(), "w", format="mjpeg") as still:
                stream = still.add_stream("mjpeg", rate=1)
                stream.width, stream.height, stream.pix_fmt = *SIZE_WH, "yuvj420p"
                still.mux([*stream.encode(picture), *stream.encode(None)])
            output.add_attachment("cover.jpg", "image/jpeg", jpeg.getvalue())
        for part in _tone(0.3, 0.0):
            output.mux(tone.encode(part))
        output.mux(tone.encode(None))
    return file.getvalue()


def _tone(seconds: float, start_seconds: float) -> list[av.AudioFrame]:
    rate = 48000
    wave = np.sin(np.arange(int(rate * seconds)) * 2 * np.pi * 440 / rate).astype(np.float32) / 2
    wave[: rate // 2] = 0
    parts = []
    for start in range(0, len(wave), 1024):
        frame = av.AudioFrame.from_ndarray(wave[None, start : start + 1024], "fltp", "mono")
        frame.sample_rate, frame.time_base = rate, Fraction(1, rate)
        frame.pts = start + round(start_seconds * rate)
        parts.append(frame)
    return parts


def frame_times(video: bytes) -> list[Fraction]:
    """When each frame is shown, exactly."""
    with av.open(io.BytesIO(video)) as container:
        stream = container.streams.video[0]
        return [frame.pts * stream.time_base for frame in container.decode(stream)]


def pictures(video: bytes) -> list[np.ndarray]:
    """The frames as RGB uint8 (H, W, 3), not turned."""
    with av.open(io.BytesIO(video)) as container:
        return [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]


def codecs(video: bytes) -> list[str]:
    with av.open(io.BytesIO(video)) as container:
        return [stream.codec_context.codec.canonical_name for stream in container.streams]


def tone_starts_seconds(video: bytes) -> float | None:
    """When the tone begins, after the first thing in the file; None without sound."""
    with av.open(io.BytesIO(video)) as container:
        start = min(float(s.start_time * s.time_base) for s in container.streams)
        for frame in container.decode(audio=0) if container.streams.audio else ():
            wave = frame.to_ndarray().astype(np.float64)
            if frame.format.name.startswith("s16"):
                wave /= 32768
            loud = np.flatnonzero(np.abs(wave).reshape(-1, frame.samples).max(0) > 0.1)
            if len(loud):
                return float(frame.pts * frame.time_base) + loud[0] / frame.sample_rate - start
    return None


def read_clip(data: Any, **more: Any) -> tuple[list[ClipFrame], Clip]:
    """The frames of a clip, and the clip after it was read."""
    with Clip(data, **more) as clip:
        return list(clip.frames()), clip


def sound_starts(clip: Clip) -> np.ndarray:
    """When each packet of the sound begins, which was read, in seconds."""
    return np.array([float(packet.pts * packet.time_base) for packet in clip.take_sound()])


def copy_clip(
    data: bytes, keep_frames: int | None = None
) -> tuple[list[Fraction], bytes, tuple[str, ...]]:
    """A clip read and written again; the times of its frames, the new file, the writer's notes."""
    with Clip(data) as clip:
        writer = ClipWriter(clip.size_hw, clip.time_base, clip.rate, clip.sound)
        times = []
        for frame in clip.frames():
            writer.add_sound(clip.take_sound())
            writer.write(frame.pixels, frame.ticks, frame.duration_ticks)
            times.append(frame.ticks * clip.time_base)
            if len(times) == keep_frames:
                break
        writer.add_sound(clip.take_sound())
        video = writer.finish(all_sound=clip.complete)
        assert (video.frames, video.sound) == (len(times), clip.sound is not None)
    return times, whole(video), writer.notes


def whole(video: VideoFile) -> bytes:
    """The bytes of a video, which is then closed."""
    data = video.read()
    video.close()
    return data
