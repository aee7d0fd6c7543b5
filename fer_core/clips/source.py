"""Opening the file of a clip: what there is to read in it, or a sentence why not."""

import io
import os
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from numbers import Integral, Real
from pathlib import Path
from typing import IO

import av
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.stream import Discard, Disposition
from av.video.stream import VideoStream

from fer_core.clips.file_view import FileView, never
from fer_core.clips.opened import OpenedClip
from fer_core.files import reason
from fer_core.types import ClipError, OptionError

ClipSource = str | os.PathLike[str] | bytes | IO[bytes]

# The containers that hold clips. Playlists, which name other files or addresses, are none of them:
# whoever hands in a clip must not get at the machine's own files. Nor are pictures.
CONTAINERS = (
    "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts,mpeg,mpegvideo,asf,flv,live_flv,ogg,m4v,h263,"
    "h264,hevc,vvc,av1,obu,ivf,dv,mxf,gxf,nut,rm,wtv,nsv,yuv4mpegpipe,"
    "mp3,wav,w64,flac,aac,ac3,eac3,amr,amrnb,amrwb,aiff,caf,au,wv,ape"  # to say "only sound"
)
PICTURE_BRANDS = {"avif", "avis", "heic", "heix", "heim", "heis", "mif1", "msf1"}
DECODING_THREADS = 4  # each of them holds frames
MOST_STREAMS = 64  # FFmpeg unpacks a frame of each; a film has subtitles in forty languages
BLOCK_PX = 64  # the longest side of a decoder's blocks
USUAL_BITS = 24  # of a pixel: those of ten-bit colours at half the sharpness, or less
STOPPED = "was stopped before its first frame was read."


@dataclass(frozen=True)
class ClipLimits:
    """How much of a clip is used.

    max_seconds: what comes later is left out. max_side_px: larger frames are reduced until the
    longer side has this many pixels. max_source_side_px: clips with more pixels than a square of
    this side are refused, and with more than half as many of 48 bits: a decoder holds 20 frames.
    Raises OptionError for a value out of range.
    """

    max_seconds: float = 1800.0
    max_side_px: int = 1920
    max_source_side_px: int = 4096

    def __post_init__(self) -> None:
        if not (isinstance(self.max_seconds, Real) and self.max_seconds > 0):
            raise OptionError(f"The limit is {self.max_seconds!r} seconds; give more than 0.")
        side, most = self.max_side_px, self.max_source_side_px
        if not (isinstance(side, Integral) and isinstance(most, Integral) and 16 <= side <= most):
            raise OptionError(f"Frames are to be reduced to {side!r} px; give 16 to {most!r} px.")


def clip_name(source: ClipSource) -> str:
    """What to call a source in a sentence."""
    if isinstance(source, str | os.PathLike):
        return Path(source).name
    return "The clip"


def open_clip(
    source: ClipSource, name: str, limits: ClipLimits, give_up: Callable[[], bool] = never
) -> OpenedClip:
    """Open a path, the bytes of a file, or a binary file that can seek, without decoding it.

    give_up: asked again and again, as long as it is read, whether to read no further.
    Raises ClipError where that is no clip with frames that can be decoded, or one too large.
    """
    with ExitStack() as resources:
        file = FileView(_as_file(source, name, resources), give_up)
        container = resources.enter_context(_open_container(file, name, limits))
        if container.metadata.get("major_brand", "").strip() in PICTURE_BRANDS:
            raise ClipError(f"{name} is a picture, not a clip.")
        video = _video_stream(container, name)
        width, height = video.codec_context.width, video.codec_context.height
        most_px, colours = limits.max_source_side_px, video.codec_context.format
        bits = max(colours.padded_bits_per_pixel if colours else 0, USUAL_BITS)
        # A strip is longer than any picture, and takes more room than its pixels.
        if max(width, height) > 2 * most_px or width * height * bits > most_px**2 * USUAL_BITS:
            raise ClipError(
                f"{name} has {width}x{height} pixels of {bits} bits. Clips of up to "
                f"{most_px}x{most_px} pixels of {USUAL_BITS} bits can be read; make it smaller "
                "first."
            )
        video.codec_context.options = _most_pixels(limits)  # frames may grow on the way
        video.thread_type, video.thread_count = "AUTO", DECODING_THREADS
        best = container.streams.best("audio")
        sound = best if isinstance(best, AudioStream) and best.codec_context is not None else None
        for stream in container.streams:
            if stream not in (video, sound):  # else its packets are read, for nobody
                stream.discard = Discard.all
        return OpenedClip(file, container, video, sound, resources.pop_all())


def _as_file(source: ClipSource, name: str, resources: ExitStack) -> IO[bytes]:
    """The source as a file that can seek; one that is opened here is closed with the resources."""
    file = _opened(source, resources)
    if not hasattr(file, "read"):
        kind = type(file).__name__
        raise ClipError(f"A clip was expected (path, bytes or binary file), not {kind}.")
    if hasattr(file, "encoding"):  # temporary files are of no type that tells
        raise ClipError(f"{name} was opened as text. Open it with open(path, 'rb').")
    if getattr(file, "closed", False):
        raise ClipError(f"{name} was closed before it was read. Give a file that is open.")
    if hasattr(file, "seekable") and not file.seekable():
        raise ClipError(
            f"{name} comes as a stream, and cannot be read piece by piece. Save it to a file first."
        )
    return file


def _opened(source: ClipSource, resources: ExitStack) -> IO[bytes]:
    if isinstance(source, bytes):
        return io.BytesIO(source)
    if not isinstance(source, str | os.PathLike):
        return source
    path = Path(source)
    try:
        return resources.enter_context(path.open("rb"))
    except FileNotFoundError as error:
        raise ClipError(f"There is no file at {path}. Check the path.") from error
    except (OSError, ValueError) as error:
        raise ClipError(f"{path} cannot be read as a file: {error}.") from error


def _most_pixels(limits: ClipLimits) -> dict[str, str]:
    """A decoder's option, which counts whole blocks of pixels."""
    return {"max_pixels": str((limits.max_source_side_px + BLOCK_PX) ** 2)}


def _open_container(file: FileView, name: str, limits: ClipLimits) -> InputContainer:
    start = file.read(12)
    file.seek(0)
    cause: Exception | None = None
    try:
        if start:
            # Only the file itself is read, whatever it refers to.
            safety = {"format_whitelist": CONTAINERS, "protocol_whitelist": "none"}
            container = av.open(
                file,
                "r",
                options=_most_pixels(limits) | {"max_streams": str(MOST_STREAMS)},
                container_options=safety,
                metadata_errors="replace",
            )
            if not file.given_up:
                return container
            container.close()
    except (av.FFmpegError, ValueError) as error:
        cause = error
    if file.given_up:
        why = STOPPED
    elif file.error:
        why = f"cannot be read: {reason(file.error)}."
    elif not start:
        why = "is empty (0 bytes). Choose another file, or save it again."
    elif start[4:8] in (b"ftyp", b"moov", b"mdat"):
        why = (
            "is damaged or cut short: its index cannot be read. Copy or download it again; "
            "a recording that broke off has to be repaired first."
        )
    else:
        why = (
            "is not a video that can be read here. Give a clip such as MP4, MOV, WebM, MKV or AVI."
        )
    raise ClipError(f"{name} {why}") from cause


def _video_stream(container: InputContainer, name: str) -> VideoStream:
    covers = Disposition.attached_pic | Disposition.still_image  # the picture of a song
    streams = [s for s in container.streams.video if not s.disposition & covers]
    if not streams:
        held = "only sound" if container.streams.audio else "nothing to see"
        raise ClipError(f"{name} contains {held}. Give a clip that has a picture.")
    best = container.streams.best("video")
    stream = best if isinstance(best, VideoStream) and best in streams else streams[0]
    if stream.codec_context is None:
        raise ClipError(
            f"{name} has frames in an encoding that is not known here. "
            "Convert it to H.264 (MP4) first."
        )
    return stream
